//! What a receiver does with a notification: what it fetches, what it says of the Task, and when it stops.

use keur_evidence::{Check, heard::Heard};
use serde_json::Value;
use url::form_urlencoded;

use super::{Kind, legal};

const FHIR: &str = "/fhir/";

/// The path below the FHIR base, when a request went there.
fn below(heard: &Heard) -> Option<&str> {
    heard.path.strip_prefix(FHIR)
}

fn is_task(heard: &Heard, method: &str, id: &str) -> bool {
    heard.method == method && below(heard).and_then(|path| path.strip_prefix("Task/")) == Some(id)
}

/// Requests for data: below the FHIR base, and neither a Task nor the description of the server.
pub fn data(heard: &[Heard]) -> impl Iterator<Item = &Heard> {
    heard.iter().filter(|one| below(one).is_some_and(|path| !path.starts_with("Task") && path != "metadata"))
}

/// Whether the Task was read.
#[must_use]
pub fn read(heard: &[Heard], id: &str) -> bool {
    heard.iter().any(|one| is_task(one, "GET", id))
}

/// The statuses the receiver gave the Task, in order.
#[must_use]
pub fn statuses(heard: &[Heard], id: &str) -> Vec<String> {
    let puts = heard.iter().filter(|one| is_task(one, "PUT", id));
    puts.map(|one| status(one).unwrap_or_else(|| "geen".to_owned())).collect()
}

fn status(heard: &Heard) -> Option<String> {
    heard.json()?["status"].as_str().map(str::to_owned)
}

fn on(check: Check, heard: &[Heard]) -> Check {
    check.on(heard.iter().map(|one| one.id.clone()))
}

/// The Task was fetched.
#[must_use]
pub fn fetched(heard: &[Heard], id: &str) -> Check {
    let yes = read(heard, id);
    on(
        Check::that(yes, "de ontvanger haalt de Task op", if yes { "opgehaald" } else { "niet opgehaald" }),
        heard,
    )
}

/// Everything listed is asked for, and nothing else.
#[must_use]
pub fn as_listed(heard: &[Heard], listed: &[String]) -> Check {
    let asked: Vec<String> = data(heard).filter_map(asked).collect();
    let wanted: Vec<String> = listed.iter().map(|query| plain(query)).collect();
    let missed: Vec<&String> = wanted.iter().filter(|query| !asked.contains(query)).collect();
    let extra: Vec<&String> = asked.iter().filter(|query| !wanted.contains(query)).collect();
    let name = |query: &&String| query.split('?').next().unwrap_or_default().to_owned();
    let names = |queries: &[&String]| queries.iter().map(name).collect::<Vec<_>>().join(", ");
    let observed = match (missed.as_slice(), extra.as_slice()) {
        ([], []) => format!("alle {} en geen andere", wanted.len()),
        (missed, []) => format!("niet opgehaald: {}", names(missed)),
        ([], extra) => format!("ook gevraagd: {}", names(extra)),
        (missed, extra) => format!("niet opgehaald: {}; ook gevraagd: {}", names(missed), names(extra)),
    };
    let holds = missed.is_empty() && extra.is_empty();
    on(Check::that(holds, "precies wat de Task noemt wordt opgehaald", observed), heard)
}

/// What a request asks for, in the form of [`plain`]. A search by POST says the same in its form.
fn asked(heard: &Heard) -> Option<String> {
    let path = below(heard)?;
    match (heard.method.as_str(), path.strip_suffix("/_search")) {
        ("GET", None) => Some(plain(&format!("{path}?{}", heard.query))),
        ("POST", Some(kind)) => Some(plain(&format!("{kind}?{}", String::from_utf8_lossy(&heard.body)))),
        _ => Some(format!("{} {path}", heard.method)),
    }
}

/// A query with its parameters decoded and in order: the same question, whoever wrote it.
fn plain(query: &str) -> String {
    let (path, parameters) = query.split_once('?').unwrap_or((query, ""));
    let mut pairs: Vec<_> = form_urlencoded::parse(parameters.as_bytes()).into_owned().collect();
    pairs.sort();
    let pairs: Vec<String> = pairs.into_iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// Every request below the FHIR base shows the token we gave.
#[must_use]
pub fn with_token(heard: &[Heard]) -> Check {
    let below: Vec<&Heard> =
        heard.iter().filter(|one| below(one).is_some_and(|path| path != "metadata")).collect();
    let without = below.iter().filter(|one| one.notes["token"] != "right").count();
    let observed = format!("{without} van {} verzoeken zonder geldig token", below.len());
    let holds = without == 0 && !below.is_empty();
    on(Check::that(holds, "elk verzoek met het token van de verzender", observed), heard)
}

/// The Task moves legally from the status it had, and ends completed.
#[must_use]
pub fn completed(heard: &[Heard], id: &str, kind: Kind, from: &str) -> Vec<Check> {
    let said = statuses(heard, id);
    let mut now = from;
    let mut jump = None;
    for next in &said {
        if !legal(kind, now, next) {
            jump.get_or_insert_with(|| format!("van {now} naar {next}"));
        }
        now = next;
    }
    let way = std::iter::once(from).chain(said.iter().map(String::as_str)).collect::<Vec<_>>().join(" → ");
    let expected = match kind {
        Kind::Referral => "de Task gaat van requested via accepted naar completed",
        Kind::Handover => "de Task gaat van in-progress naar completed",
    };
    let observed = jump.as_ref().map_or_else(|| way.clone(), |jump| format!("{way}: {jump} kan niet"));
    vec![
        on(Check::that(jump.is_none(), "alleen statussen die op elkaar kunnen volgen", observed), heard),
        on(Check::that(now == "completed", expected, way), heard),
    ]
}

/// What the receiver sends back is the Task it read: patient, requester and input are still there.
#[must_use]
pub fn kept(heard: &[Heard], id: &str, task: &Value) -> Check {
    let mut lost = Vec::new();
    for put in heard.iter().filter(|one| is_task(one, "PUT", id)) {
        let body = put.json().unwrap_or_default();
        for (pointer, name) in
            [("/for", "for"), ("/requester/agent", "requester.agent"), ("/input", "input"), ("/code", "code")]
        {
            if body.pointer(pointer) != task.pointer(pointer) && !lost.contains(&name) {
                lost.push(name);
            }
        }
    }
    let observed =
        if lost.is_empty() { "ongewijzigd".to_owned() } else { format!("anders: {}", lost.join(", ")) };
    on(
        Check::that(
            lost.is_empty(),
            "for, requester.agent, input en code van de Task blijven gelijk",
            observed,
        ),
        heard,
    )
}

/// Of a Task that is closed or gone nothing is fetched, and nothing is said of it.
#[must_use]
pub fn left_alone(heard: &[Heard], id: &str) -> Check {
    let (data, said) = (data(heard).count(), statuses(heard, id));
    let observed = match (data, said.as_slice()) {
        (0, []) => "niets opgehaald en niets gewijzigd".to_owned(),
        (data, []) => format!("{data} opvragingen"),
        (data, said) => format!("{data} opvragingen, en de Task kreeg status {}", said.join(", ")),
    };
    on(
        Check::that(data == 0 && said.is_empty(), "geen opvragingen en geen wijziging van de Task", observed),
        heard,
    )
}

/// What was not received whole is not reported as completed.
#[must_use]
pub fn not_completed(heard: &[Heard], id: &str) -> Check {
    let said = statuses(heard, id);
    let never = !said.iter().any(|status| status == "completed");
    let observed =
        if said.is_empty() { "geen status".to_owned() } else { format!("status {}", said.join(", ")) };
    on(Check::that(never, "de Task krijgt niet de status completed", observed), heard)
}

/// A later notification of what was done already sets nothing going: no data fetched, no other status.
#[must_use]
pub fn once(first: &[Heard], again: &[Heard], id: &str) -> Check {
    let done = statuses(first, id);
    let last = done.last().map(String::as_str);
    let (fetched, said) = (data(again).count(), statuses(again, id));
    let others = said.iter().any(|status| Some(status.as_str()) != last);
    let observed =
        format!("{fetched} opvragingen en {} wijzigingen van de Task na de tweede melding", said.len());
    let check = Check::that(
        fetched == 0 && !others,
        "de tweede melding leidt niet tot een tweede overdracht",
        observed,
    );
    if again.is_empty() { on(check, first) } else { on(check, again) }
}

#[cfg(test)]
pub(crate) mod tests {
    use serde_json::json;

    use super::*;

    /// A request of the product.
    pub(crate) fn heard(method: &str, target: &str, body: &Value) -> Heard {
        let (path, query) = target.split_once('?').unwrap_or((target, ""));
        Heard {
            id: "x-000001".to_owned(),
            service: "toets".to_owned(),
            origin: "https://keur.test".to_owned(),
            method: method.to_owned(),
            path: path.to_owned(),
            query: query.to_owned(),
            headers: Vec::new(),
            body: if body.is_null() { Vec::new() } else { body.to_string().into_bytes() },
            whole: true,
            certificate: None,
            trusted: None,
            status: 200,
            delivery: "whole".to_owned(),
            notes: json!({ "token": "right" }),
        }
    }

    fn put(status: &str) -> Heard {
        heard("PUT", "/fhir/Task/t", &json!({ "resourceType": "Task", "id": "t", "status": status }))
    }

    #[test]
    fn only_what_is_listed_is_fetched() {
        let listed = ["Condition?a=x|y&b=1".to_owned(), "Flag".to_owned()];
        let right = [
            heard("GET", "/fhir/Task/t", &Value::Null),
            heard("GET", "/fhir/Condition?b=1&a=x%7Cy", &Value::Null),
            heard("GET", "/fhir/Flag", &Value::Null),
        ];
        assert!(as_listed(&right, &listed).holds() && read(&right, "t") && with_token(&right).holds());
        assert!(!as_listed(&right[..2], &listed).holds());
        let more = [&right[..], &[heard("GET", "/fhir/Encounter", &Value::Null)]].concat();
        assert!(!as_listed(&more, &listed).holds());
        let mut bare = right.to_vec();
        bare[1].notes = json!({ "token": "missing" });
        assert!(!with_token(&bare).holds() && !with_token(&[]).holds());
    }

    #[test]
    fn a_task_moves_as_it_may() {
        let holds =
            |puts: &[Heard]| completed(puts, "t", Kind::Referral, "requested").iter().all(Check::holds);
        assert!(holds(&[put("accepted"), put("completed")]));
        assert!(!holds(&[put("completed")]) && !holds(&[put("accepted")]) && !holds(&[]));
        assert!(!holds(&[put("accepted"), put("completed"), put("in-progress"), put("completed")]));
        let task = json!({ "for": { "reference": "Patient/p" } });
        assert!(!kept(&[put("completed")], "t", &task).holds() && kept(&[], "t", &task).holds());
    }

    #[test]
    fn a_closed_task_is_left_alone_and_a_broken_one_not_completed() {
        let look = [heard("GET", "/fhir/Task/t", &Value::Null)];
        assert!(left_alone(&look, "t").holds());
        assert!(!left_alone(&[heard("GET", "/fhir/Flag", &Value::Null)], "t").holds());
        assert!(!left_alone(&[put("accepted")], "t").holds());
        assert!(not_completed(&[put("accepted"), put("rejected")], "t").holds());
        assert!(!not_completed(&[put("completed")], "t").holds());
        let first = [put("completed")];
        assert!(once(&first, &look, "t").holds() && once(&first, &[put("completed")], "t").holds());
        assert!(!once(&first, &[put("accepted")], "t").holds());
        assert!(!once(&first, &[heard("GET", "/fhir/Flag", &Value::Null)], "t").holds());
    }
}
