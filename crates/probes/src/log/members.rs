//! What one record must say.

use keur_evidence::Check;
use serde_json::Value;
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use super::{
    agents, entities,
    find::{Match, Sent},
    identifiers, references, roles, text,
};
use crate::oauth::URA_SYSTEM;

/// DICOM codes of a query and of access to a patient record.
const EVENTS: [&str; 2] = ["110112", "110110"];
/// FHIR counts a search as executing; NEN 7513 as reading.
const ACTIONS: [&str; 2] = ["R", "E"];
const UNKNOWN_ROLE: &str = "rol onbekend";

/// The record says what kind of event it was.
#[must_use]
pub fn event(record: &Value) -> Check {
    let subtypes = record.get("subtype").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let codes: Vec<String> =
        record.get("type").into_iter().chain(subtypes).map(|coding| text(coding, "code")).collect();
    let holds = codes.iter().any(|code| EVENTS.contains(&code.as_str()));
    Check::that(holds, "DICOM-code 110112 of 110110 als soort gebeurtenis", shown(&codes))
}

/// The record says what was done.
#[must_use]
pub fn action(record: &Value) -> Check {
    let action = text(record, "action");
    Check::that(ACTIONS.contains(&action.as_str()), "actie R (lezen) of E (zoekvraag)", or_absent(&action))
}

/// The record of a refusal says what was tried, when and that somebody or something tried.
#[must_use]
pub fn whole_refusal(record: &Value) -> Vec<Check> {
    let code = record["type"]["code"].as_str().unwrap_or_default();
    let (action, recorded) = (text(record, "action"), text(record, "recorded"));
    let agents = agents(record).len();
    vec![
        Check::that(!code.is_empty(), "een soort gebeurtenis (type)", or_absent(code)),
        Check::that(!action.is_empty(), "de actie die is geprobeerd (action)", or_absent(&action)),
        Check::that(!recorded.is_empty(), "het tijdstip (recorded)", or_absent(&recorded)),
        Check::that(agents > 0, "minstens één agent", format!("{agents} agents")),
    ]
}

/// The record was recognised by the request's own id, not by its circumstances.
#[must_use]
pub fn numbered(how: Option<Match>) -> Check {
    let observed = match how {
        Some(Match::RequestId) => "een logregel met dat nummer",
        Some(Match::Circumstances) => "een logregel zonder nummer, herkend aan patiënt, organisatie en tijd",
        None => "geen logregel met dat nummer",
    };
    let expected = "een logregel met de X-Request-Id van het verzoek";
    Check::that(how == Some(Match::RequestId), expected, observed)
}

/// The record says that it succeeded.
#[must_use]
pub fn outcome(record: &Value) -> Check {
    let outcome = text(record, "outcome");
    Check::that(outcome == "0", "uitkomst 0 (gelukt)", or_absent(&outcome))
}

/// The record says that it did not succeed.
#[must_use]
pub fn refused(record: &Value) -> Check {
    let outcome = text(record, "outcome");
    let holds = !outcome.is_empty() && outcome != "0";
    Check::that(holds, "een uitkomst ongelijk aan 0", or_absent(&outcome))
}

/// The record's moment has a zone and lies within the bound around the request.
#[must_use]
pub fn moment(record: &Value, sent: &Sent, skew: Duration) -> Vec<Check> {
    let recorded = text(record, "recorded");
    let parsed = OffsetDateTime::parse(&recorded, &Rfc3339).ok();
    let zoned = "datum en tijd met seconden en tijdzone (recorded)";
    let zone = Check::that(parsed.is_some(), zoned, or_absent(&recorded));
    let Some(at) = parsed else { return vec![zone] };
    let off = if at < sent.at { sent.at - at } else { (at - sent.answered).max(Duration::ZERO) };
    let expected = format!("hoogstens {} seconden verschil met de klok van de test", skew.whole_seconds());
    let observed = format!("{:.1} seconden verschil", off.as_seconds_f64());
    vec![zone, Check::that(off <= skew, expected, observed)]
}

/// The record names the patient asked for, by BSN or by reference to the Patient itself.
#[must_use]
pub fn patient(record: &Value, sent: &Sent, ids: &[String]) -> Check {
    let named = entities(record).iter().any(|entity| {
        let by_number = identifiers(entity).iter().any(|(_, value)| *value == sent.bsn);
        let by_reference = references(entity).iter().any(|reference| {
            reference.rsplit_once("Patient/").is_some_and(|(_, id)| ids.iter().any(|known| known == id))
        });
        by_number || by_reference
    });
    let observed =
        if named { "de gevraagde patiënt staat erin" } else { "de gevraagde patiënt staat er niet in" };
    Check::that(named, "de gevraagde patiënt als onderwerp (entity)", observed)
}

/// The record names the user with an id and a role. "Rol onbekend" is only right when no role was given.
#[must_use]
pub fn user(record: &Value, role_given: bool) -> Vec<Check> {
    let agent = requestor(record);
    let ids = agent.map(who).unwrap_or_default();
    let names: Vec<String> = agent.map(roles).unwrap_or_default();
    let id = Check::that(!ids.is_empty(), "een gebruiker met een nummer", shown(&ids));
    let known = names.iter().any(|name| !name.eq_ignore_ascii_case(UNKNOWN_ROLE));
    let (holds, expected) = if role_given {
        (known, "de rol van de gebruiker uit het token")
    } else {
        (!names.is_empty(), "de rol van de gebruiker, of de tekst rol onbekend")
    };
    vec![id, Check::that(holds, expected, shown(&names))]
}

/// The record names who is responsible: the person with this number, or else an organisation by its URA.
#[must_use]
pub fn responsible(record: &Value, person: Option<&str>) -> Check {
    let says_so =
        |agent: &&Value| roles(agent).iter().any(|role| role.to_lowercase().contains("verantwoordelijk"));
    let all = agents(record);
    let found = all.iter().find(says_so).or_else(|| all.get(1));
    let ids = found.map(identifiers).unwrap_or_default();
    let (holds, expected) = match person {
        Some(number) => (
            ids.iter().any(|(_, value)| value == number),
            "de natuurlijke persoon uit het token als verantwoordelijke",
        ),
        None => (
            ids.iter().any(|(system, _)| system == URA_SYSTEM),
            "een organisatie met haar URA-nummer als verantwoordelijke",
        ),
    };
    let observed: Vec<String> = ids.iter().map(|(system, value)| format!("{system}|{value}")).collect();
    Check::that(holds, expected, shown(&observed))
}

/// The record names the asking organisation with the URA it asked with.
#[must_use]
pub fn organisation(record: &Value, ura: &str) -> Check {
    let all: Vec<String> = agents(record)
        .iter()
        .flat_map(identifiers)
        .filter(|(system, _)| system == URA_SYSTEM)
        .map(|(_, value)| value)
        .collect();
    let expected = format!("URA-nummer {ura} van de vragende organisatie");
    Check::that(all.iter().any(|one| one == ura), expected, shown(&all))
}

/// The record names the authorisation protocol, or says there is none.
#[must_use]
pub fn policy(record: &Value) -> Check {
    let named: Vec<String> = agents(record)
        .iter()
        .filter_map(|agent| agent.get("policy")?.as_array())
        .flatten()
        .filter_map(|policy| policy.as_str().map(str::to_owned))
        .filter(|policy| !policy.trim().is_empty())
        .collect();
    Check::that(!named.is_empty(), "het autorisatieprotocol, of de tekst geen protocol", shown(&named))
}

/// The record of a request without valid token names no user: only the organisation of the certificate is known.
#[must_use]
pub fn nobody_invented(record: &Value, certificate_ura: &str) -> Check {
    let invented: Vec<String> = agents(record)
        .iter()
        .filter(|agent| agent["requestor"] != false)
        .flat_map(|agent| {
            let mut names = who(agent);
            names.extend(agent.get("name").and_then(Value::as_str).map(str::to_owned));
            names
        })
        .filter(|name| {
            !name.is_empty() && name != certificate_ura && !name.ends_with(&format!("/{certificate_ura}"))
        })
        .collect();
    let observed = if invented.is_empty() { "geen gebruiker".to_owned() } else { shown(&invented) };
    Check::that(invented.is_empty(), "geen gebruiker, want die is niet bekend", observed)
}

/// The agent that asked: marked so, or else the first.
pub(super) fn requestor(record: &Value) -> Option<&Value> {
    let all = agents(record);
    all.iter().find(|agent| agent["requestor"] == true).or_else(|| all.first())
}

/// Every way an agent says who it is.
pub(super) fn who(agent: &Value) -> Vec<String> {
    identifiers(agent).into_iter().map(|(_, value)| value).chain(references(agent)).collect()
}

pub(super) fn shown(values: &[String]) -> String {
    let words: Vec<&str> = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
    if words.is_empty() { "ontbreekt".to_owned() } else { words.join(", ") }
}

pub(super) fn or_absent(value: &str) -> String {
    if value.is_empty() { "ontbreekt".to_owned() } else { value.to_owned() }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sent() -> Sent {
        let at = OffsetDateTime::parse("2026-11-22T10:00:00Z", &Rfc3339).expect("a moment");
        Sent { request_id: "r".into(), bsn: "999900018".into(), ura: "90000111".into(), at, answered: at }
    }

    fn stu3() -> Value {
        json!({
            "type": { "code": "110112" }, "action": "R", "outcome": "0", "recorded": "2026-11-22T11:00:01+01:00",
            "agent": [
                { "role": [{ "text": "rol onbekend" }], "userId": { "system": "s", "value": "client" },
                  "requestor": true, "policy": ["geen protocol"] },
                { "role": [{ "text": "verantwoordelijke organisatie" }], "requestor": false,
                  "userId": { "system": URA_SYSTEM, "value": "90000111" } },
            ],
            "entity": [{ "identifier": { "value": "999900018" } }],
        })
    }

    fn r4() -> Value {
        json!({
            "type": { "code": "rest" }, "subtype": [{ "code": "110112" }], "action": "E", "outcome": "0",
            "recorded": "2026-11-22T10:00:01Z",
            "agent": [
                { "type": { "coding": [{ "code": "01.015" }] }, "who": { "identifier": { "value": "900000001" } },
                  "requestor": true, "policy": ["urn:x"] },
                { "who": { "identifier": { "system": URA_SYSTEM, "value": "90000111" } }, "requestor": false },
            ],
            "entity": [{ "what": { "reference": "https://x/fhir/Patient/p" } }],
        })
    }

    fn all(record: &Value) -> Vec<Check> {
        let mut checks = vec![
            event(record),
            action(record),
            outcome(record),
            patient(record, &sent(), &["p".to_owned()]),
            responsible(record, None),
            organisation(record, "90000111"),
            policy(record),
        ];
        checks.extend(moment(record, &sent(), Duration::seconds(5)));
        checks.extend(user(record, false));
        checks
    }

    #[test]
    fn both_shapes_are_understood() {
        for record in [stu3(), r4()] {
            for check in all(&record) {
                assert!(check.holds(), "{}: {}", check.expected, check.observed);
            }
        }
        assert!(all(&json!({})).iter().all(|check| !check.holds()));
    }

    #[test]
    fn each_member_is_judged_on_its_own() {
        let mut record = stu3();
        record["recorded"] = json!("2026-11-22T11:00:01");
        assert!(!moment(&record, &sent(), Duration::seconds(5))[0].holds());
        record["recorded"] = json!("2026-11-22T11:00:01Z");
        assert!(!moment(&record, &sent(), Duration::seconds(5))[1].holds());
        record["agent"][1]["userId"] = json!({ "system": "urn:x", "value": "svc" });
        assert!(!responsible(&record, None).holds() && !organisation(&record, "90000111").holds());
        assert!(!user(&record, true)[1].holds());
        assert!(!responsible(&stu3(), Some("900000001")).holds());
        assert!(!organisation(&stu3(), "90000222").holds());
    }

    #[test]
    fn a_refusal_names_nobody_but_the_organisation_of_the_certificate() {
        let record = |agent: Value| json!({ "outcome": "4", "agent": [agent] });
        let unknown = record(json!({ "role": [{ "text": "rol onbekend" }], "requestor": true }));
        assert!(nobody_invented(&unknown, "90000111").holds() && refused(&unknown).holds());
        let known = record(json!({ "userId": { "system": URA_SYSTEM, "value": "90000111" } }));
        assert!(nobody_invented(&known, "90000111").holds());
        let invented = record(json!({ "userId": { "value": "000000001" }, "name": "Beheerder" }));
        assert!(!nobody_invented(&invented, "90000111").holds());
        assert!(!refused(&json!({ "outcome": "0" })).holds() && !refused(&json!({})).holds());
        assert!(!whole_refusal(&unknown).iter().all(Check::holds));
        assert!(whole_refusal(&stu3()).iter().all(Check::holds));
    }

    #[test]
    fn only_its_own_number_links_a_record_to_a_request() {
        assert!(numbered(Some(Match::RequestId)).holds());
        assert!(!numbered(Some(Match::Circumstances)).holds() && !numbered(None).holds());
    }
}
