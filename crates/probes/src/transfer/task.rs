//! The Task a receiver fetches: its profile, what it is about, and what it opens.

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use super::Kind;
use crate::http;

const SNOMED: &str = "http://snomed.info/sct";
/// The input of a handover: the report of the nursing handover.
pub const HANDOFF: &str = "11171000146100";

/// Whether a CodeableConcept holds this coding.
#[must_use]
pub fn coded(concept: &Value, system: &str, code: &str) -> bool {
    let codings = concept["coding"].as_array();
    codings.into_iter().flatten().any(|coding| coding["system"] == system && coding["code"] == code)
}

/// The Task in an answer.
#[must_use]
pub fn of(answer: &Answer) -> Option<&Value> {
    answer.response()?.json().filter(|json| json["resourceType"] == "Task")
}

/// The queries a referral lists.
#[must_use]
pub fn queries(task: &Value) -> Vec<String> {
    let inputs = task["input"].as_array().into_iter().flatten();
    let strings = inputs.filter_map(|input| input["valueString"].as_str());
    strings.filter(|query| is_query(query)).map(str::to_owned).collect()
}

/// The Composition a handover names, relative to the FHIR base.
#[must_use]
pub fn composition(task: &Value) -> Option<String> {
    let mut inputs = task["input"].as_array()?.iter();
    let input = inputs.find(|input| coded(&input["type"], SNOMED, HANDOFF))?;
    let reference = input.pointer("/valueReference/reference")?.as_str()?;
    let id = reference.strip_prefix("Composition/")?;
    (!id.is_empty() && !id.contains(['/', '?'])).then(|| reference.to_owned())
}

/// A search below the FHIR base: a resource type, perhaps an operation, perhaps parameters; never an address elsewhere.
fn is_query(text: &str) -> bool {
    let path = text.split('?').next().unwrap_or_default();
    path.starts_with(|first: char| first.is_ascii_uppercase())
        && path.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'$'))
}

/// The Task is served and says what the exchange demands.
#[must_use]
pub fn content(answer: &Answer, kind: Kind) -> Vec<Check> {
    let served = http::status(answer, 200);
    let Some(task) = of(answer).filter(|_| served.holds()) else {
        let seen = answer.describe();
        return vec![served, Check::that(false, "een Task", seen).on([answer.id.clone()])];
    };
    let (profile, code, states): (_, _, &[&str]) = match kind {
        Kind::Referral => ("BgZ-verwijzing-Task", "3457005", &["requested"]),
        Kind::Handover => ("eOverdracht-Task", "308292007", &["requested", "in-progress"]),
    };
    let profile = format!("http://nictiz.nl/fhir/StructureDefinition/{profile}");
    let claimed = task.pointer("/meta/profile").and_then(Value::as_array);
    let claims = claimed.is_some_and(|all| all.iter().any(|one| *one == profile.as_str()));
    let status = task["status"].as_str().unwrap_or("geen");
    let present = |yes: bool| if yes { "aanwezig" } else { "ontbreekt" };
    let code_held = coded(&task["code"], SNOMED, code);
    let mut checks = vec![
        served,
        Check::that(claims, format!("het profiel {profile} in meta.profile"), present(claims)),
        Check::that(
            states.contains(&status),
            format!("status {}", states.join(" of ")),
            format!("status {status}"),
        ),
        Check::that(code_held, format!("de SNOMED-code {code}"), present(code_held)),
    ];
    for (path, name) in [("/for", "for"), ("/requester/agent", "requester.agent"), ("/owner", "owner")] {
        let there = task.pointer(path).is_some_and(Value::is_object);
        checks.push(Check::that(there, format!("een gevuld element {name}"), present(there)));
    }
    checks.push(match kind {
        Kind::Referral => {
            let (listed, all) = (queries(task).len(), task["input"].as_array().map_or(0, Vec::len));
            let typed = task["input"].as_array().into_iter().flatten().all(has_code);
            let expected = "inputs met een code en een zoekvraag onder het FHIR-adres";
            Check::that(
                listed > 0 && listed == all && typed,
                expected,
                format!("{listed} zoekvragen in {all} inputs"),
            )
        }
        Kind::Handover => {
            let named = composition(task);
            let expected = format!("een input met SNOMED-code {HANDOFF} die naar een Composition verwijst");
            Check::that(named.is_some(), expected, named.unwrap_or_else(|| "geen".to_owned()))
        }
    });
    checks.into_iter().map(|check| check.on([answer.id.clone()])).collect()
}

fn has_code(input: &Value) -> bool {
    let codings = input.pointer("/type/coding").and_then(Value::as_array);
    codings.into_iter().flatten().any(|coding| coding["system"].is_string() && coding["code"].is_string())
}

/// The Task is served with this status.
#[must_use]
pub fn has_status(answer: &Answer, wanted: &str) -> Check {
    let seen = of(answer).and_then(|task| task["status"].as_str());
    let observed = match seen {
        Some(status) => format!("status {status}"),
        None => answer.describe(),
    };
    let expected = format!("een Task met status {wanted}");
    match &answer.reply {
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, observed),
        Ok(_) => Check::that(seen == Some(wanted), expected, observed),
    }
    .on([answer.id.clone()])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    fn task(kind: Kind) -> Value {
        let (profile, code, status, input) = match kind {
            Kind::Referral => (
                "BgZ-verwijzing-Task",
                "3457005",
                "requested",
                json!({ "type": { "coding": [{ "system": "http://loinc.org", "code": "11450-4" }] }, "valueString": "Condition?a=b" }),
            ),
            Kind::Handover => (
                "eOverdracht-Task",
                "308292007",
                "in-progress",
                json!({ "type": { "coding": [{ "system": SNOMED, "code": HANDOFF }] }, "valueReference": { "reference": "Composition/c" } }),
            ),
        };
        json!({
            "resourceType": "Task", "id": "t", "status": status,
            "meta": { "profile": [format!("http://nictiz.nl/fhir/StructureDefinition/{profile}")] },
            "code": { "coding": [{ "system": SNOMED, "code": code }] },
            "for": { "reference": "Patient/p" }, "owner": { "display": "o" }, "requester": { "agent": { "display": "r" } },
            "input": [input],
        })
    }

    #[test]
    fn a_right_task_passes_and_each_lack_shows() {
        for kind in [Kind::Referral, Kind::Handover] {
            let right = task(kind);
            assert!(content(&answer(200, &right), kind).iter().all(Check::holds), "{kind:?}");
            for lacking in ["meta", "code", "for", "owner", "requester", "input", "status"] {
                let mut poorer = right.clone();
                poorer[lacking] = Value::Null;
                assert!(!content(&answer(200, &poorer), kind).iter().all(Check::holds), "{kind:?} {lacking}");
            }
            assert!(!content(&answer(404, &right), kind).iter().all(Check::holds));
            assert!(has_status(&answer(200, &right), right["status"].as_str().unwrap_or_default()).holds());
            assert!(!has_status(&answer(200, &right), "completed").holds());
        }
    }

    #[test]
    fn a_query_stays_below_the_base() {
        assert!(is_query("Observation/$lastn?code=a|b") && is_query("Flag"));
        assert!(!is_query("https://elders/Flag") && !is_query("../Flag") && !is_query(""));
    }
}
