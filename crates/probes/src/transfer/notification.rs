//! What tells a receiver that something is there for it: addressed, complete, and about nobody.

use keur_evidence::{Check, heard::Heard};
use serde_json::Value;

use super::{Kind, task::coded};

const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const CODE: (&str, &str) = ("http://fhir.nl/fhir/NamingSystem/TaskCode", "pull-notification");
const PARAMETERS: &str = "http://fhir.nl/fhir/NamingSystem/TaskParameter";
/// Members of a resource that say something of a person.
const PERSONAL: [&str; 4] = ["birthDate", "telecom", "address", "contained"];

/// Whether a request is a notification: a POST that is no token request.
#[must_use]
pub fn is_one(heard: &Heard) -> bool {
    heard.method == "POST" && !heard.path.starts_with("/oauth")
}

/// The id of the Task it is about.
#[must_use]
pub fn task(kind: Kind, heard: &Heard) -> Option<String> {
    let named = match kind {
        Kind::Referral => heard.json()?.pointer("/basedOn/0/reference")?.as_str()?.to_owned(),
        Kind::Handover => heard.path.clone(),
    };
    let id = named.rsplit('/').next()?;
    is_id(id).then(|| id.to_owned())
}

/// The form of an id in FHIR.
fn is_id(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(allowed)
}

/// It says nothing of a person: not the BSN, no patient by number or name, none of the marks of the patient.
#[must_use]
pub fn about_nobody(heard: &Heard, bsn: &str, marks: &[String]) -> Check {
    let body = String::from_utf8_lossy(&heard.body);
    let headers = heard.headers.iter().map(|(_, value)| value.as_str());
    let everywhere: Vec<&str> =
        [heard.path.as_str(), &heard.query, &body].into_iter().chain(headers).collect();
    let holds = |mark: &str| !mark.is_empty() && everywhere.iter().any(|text| text.contains(mark));
    let mut found = Vec::new();
    if holds(bsn) || holds(BSN) {
        found.push("het BSN".to_owned());
    }
    if marks.iter().any(|mark| holds(mark)) {
        found.push("gegevens waaraan de patiënt te herkennen is".to_owned());
    }
    if let Some(json) = heard.json() {
        let patient = &json["for"];
        if patient["identifier"].is_object() || patient["display"].is_string() {
            found.push("de patiënt in `for`".to_owned());
        }
        found.extend(PERSONAL.iter().filter(|name| !json[*name].is_null()).map(|name| format!("`{name}`")));
    }
    let observed = if found.is_empty() { "geen persoonsgegevens".to_owned() } else { found.join(", ") };
    Check::that(found.is_empty(), "een melding zonder persoonsgegevens", observed).on([heard.id.clone()])
}

/// The notification of a handover has no body.
#[must_use]
pub fn empty(heard: &Heard) -> Check {
    let observed = match heard.body.len() {
        0 => "geen inhoud".to_owned(),
        length => format!("{length} bytes"),
    };
    Check::that(heard.body.is_empty() && heard.whole, "een melding zonder inhoud", observed)
        .on([heard.id.clone()])
}

/// It came with a token we gave.
#[must_use]
pub fn with_token(heard: &Heard) -> Check {
    let token = heard.notes["token"].as_str().unwrap_or("missing");
    let observed = match token {
        "right" => "het token van de ontvanger",
        "missing" => "geen token",
        "stolen" => "een token van een ander",
        _ => "een onbekend token",
    };
    Check::that(token == "right", "een melding met het token dat de ontvanger gaf", observed)
        .on([heard.id.clone()])
}

/// The notification of a referral says of which kind it is, from whom, to whom, and what to fetch.
#[must_use]
pub fn complete(heard: &Heard, receiver: &str) -> Vec<Check> {
    let json = heard.json().unwrap_or_default();
    let uuid = |value: &Value| {
        let value = value["value"].as_str().unwrap_or_default();
        value.strip_prefix("urn:uuid:").is_some_and(|uuid| uuid.len() == 36)
    };
    let ura = |value: &Value| {
        let identifier = &value["identifier"];
        let number = identifier["value"].as_str().filter(|_| identifier["system"] == URA);
        number.filter(|number| number.len() == 8).map(str::to_owned)
    };
    let input = |code: &str| {
        let inputs = json["input"].as_array().into_iter().flatten();
        inputs.into_iter().find(|input| coded(&input["type"], PARAMETERS, code)).cloned()
    };
    let base = input("authorization-base");
    let base = base.as_ref().and_then(|input| input["valueString"].as_str()).unwrap_or_default();
    let (from, to) = (ura(&json["requester"]["onBehalfOf"]), ura(&json["owner"]));
    let said = |value: &Option<String>| value.clone().unwrap_or_else(|| "geen URA".to_owned());
    let present = |yes: bool| if yes { "aanwezig" } else { "ontbreekt" };
    let ids = uuid(&json["groupIdentifier"])
        && json["identifier"].as_array().is_some_and(|all| all.iter().any(uuid));
    let code = coded(&json["code"], CODE.0, CODE.1);
    let what = format!("{}, status {}", json["resourceType"], json["status"]);
    let checks = vec![
        Check::that(heard.path.ends_with("/Task"), "een POST naar …/Task", heard.describe()),
        Check::that(
            json["resourceType"] == "Task" && json["status"] == "requested",
            "een Task met status requested",
            what,
        ),
        Check::that(code, "de code pull-notification", present(code)),
        Check::that(ids, "identifier en groupIdentifier met een urn:uuid", present(ids)),
        Check::that(from.is_some(), "de URA van de verzender in requester.onBehalfOf", said(&from)),
        Check::that(
            to.as_deref() == Some(receiver),
            format!("de URA van de ontvanger ({receiver}) in owner"),
            said(&to),
        ),
        Check::that(
            !base.is_empty(),
            "een input authorization-base met een waarde",
            present(!base.is_empty()),
        ),
    ];
    checks.into_iter().map(|check| check.on([heard.id.clone()])).collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::transfer::receiving::tests::heard;

    fn right() -> Value {
        let uuid = json!({ "system": "urn:ietf:rfc:3986", "value": "urn:uuid:484639e6-e647-464c-8722-6e8a73cda4e0" });
        json!({
            "resourceType": "Task", "status": "requested", "identifier": [uuid], "groupIdentifier": uuid,
            "basedOn": [{ "reference": "Task/w-1" }],
            "code": { "coding": [{ "system": CODE.0, "code": CODE.1 }] },
            "requester": { "onBehalfOf": { "identifier": { "system": URA, "value": "90000382" } } },
            "owner": { "identifier": { "system": URA, "value": "90000111" } },
            "input": [{ "type": { "coding": [{ "system": PARAMETERS, "code": "authorization-base" }] }, "valueString": "b" }],
        })
    }

    #[test]
    fn a_right_notification_is_complete_and_about_nobody() {
        let one = heard("POST", "/melding/Task", &right());
        assert!(complete(&one, "90000111").iter().all(Check::holds));
        assert!(about_nobody(&one, "999900018", &["Lindenberg".to_owned()]).holds());
        assert_eq!(task(Kind::Referral, &one).as_deref(), Some("w-1"));
        assert_eq!(
            task(Kind::Handover, &heard("POST", "/melding/t-9", &Value::Null)).as_deref(),
            Some("t-9")
        );
        assert_eq!(task(Kind::Handover, &heard("POST", "/melding/", &Value::Null)), None);
    }

    #[test]
    fn what_is_missing_or_too_much_shows() {
        for spoiled in ["owner", "input", "code", "groupIdentifier", "requester", "status"] {
            let mut body = right();
            body[spoiled] = Value::Null;
            assert!(!complete(&heard("POST", "/melding/Task", &body), "90000111").iter().all(Check::holds));
        }
        let mut body = right();
        body["for"] = json!({ "identifier": { "system": BSN, "value": "999900018" } });
        assert!(!about_nobody(&heard("POST", "/melding/Task", &body), "999900018", &[]).holds());
        body["for"] = json!({ "display": "Van Lindenberg" });
        assert!(!about_nobody(&heard("POST", "/melding/Task", &body), "999900018", &[]).holds());
        assert!(!about_nobody(&heard("POST", "/melding/999900018", &Value::Null), "999900018", &[]).holds());
        assert!(!empty(&heard("POST", "/melding/t", &body)).holds());
    }
}
