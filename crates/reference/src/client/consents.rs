//! The source asks a register for FHIR Consents and weighs them itself.

use std::sync::Arc;

use serde_json::Value;
use time::OffsetDateTime;
use time::macros::format_description;

use super::{Client, mitz};
use crate::defects::Defects;
use crate::oauth::authorization::ACUTE;
use crate::state::Product;

const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";

/// What comes of a search.
enum Reply {
    Consents(Vec<Value>),
    Unreadable,
    Fault,
    Nothing,
}

/// Whether the patient permits it; anything but a Consent that says so is no.
pub(crate) async fn permits(product: &Arc<Product>, query: &mitz::Query<'_>) -> bool {
    let Ok(client) = Client::new(product) else { return false };
    let defects = &product.defects;
    let needed = mitz::categories(query.path, query.parameters);
    let all = match ask(&client, query.bsn).await {
        Reply::Consents(all) => all,
        Reply::Fault => return defects.has("fhir-consent-fault-open"),
        Reply::Unreadable | Reply::Nothing => return false,
    };
    if all.is_empty() {
        return defects.has("fhir-consent-none-permits");
    }
    let today = today();
    let valid: Vec<&Value> = all.iter().filter(|one| counts(one, query, &today, defects)).collect();
    let permitted = needed.iter().all(|category| weigh(&valid, category, defects) == Some(true));
    let denied = needed.iter().any(|category| weigh(&valid, category, defects) == Some(false));
    let kept = query.purpose != ACUTE && needed == [mitz::GENERAL];
    permitted | (kept && product.consent.still_cached(query.bsn, denied, permitted))
}

async fn ask(client: &Client, bsn: &str) -> Reply {
    let url = format!("{}/dienst/toestemming/Consent/_search", client.product.desk);
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("patient.identifier", &format!("{BSN}|{bsn}"))
        .append_pair("status", "active")
        .finish();
    let request = client
        .request(http::Method::POST, &url)
        .header("accept", "application/fhir+json")
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    match client.send(request).await {
        Err(_) => Reply::Nothing,
        Ok(answer) if answer.status != 200 => Reply::Fault,
        Ok(answer) => answer.json().and_then(consents).map_or(Reply::Unreadable, Reply::Consents),
    }
}

/// The Consents of a searchset.
fn consents(bundle: Value) -> Option<Vec<Value>> {
    if bundle["resourceType"] != "Bundle" || bundle["type"] != "searchset" {
        return None;
    }
    let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
    let resources = entries.iter().map(|entry| entry["resource"].clone());
    Some(resources.filter(|one| one["resourceType"] == "Consent").collect())
}

/// Whether a Consent is in force, of this patient, and for whoever asks. A register may give more than was asked.
fn counts(consent: &Value, query: &mitz::Query<'_>, today: &str, defects: &Defects) -> bool {
    let provision = &consent["provision"];
    let is = |identifier: &Value, system: &str, value: &str| {
        identifier["system"] == system && identifier["value"] == value
    };
    let actors = provision["actor"].as_array().map_or(&[][..], Vec::as_slice);
    let meant =
        actors.is_empty() || actors.iter().any(|one| is(&one["reference"]["identifier"], URA, query.asking));
    let day = |edge: &str| provision["period"][edge].as_str().and_then(|text| text.get(..10));
    let current =
        day("start").is_none_or(|start| start <= today) && day("end").is_none_or(|end| today <= end);
    (consent["status"] == "active" || defects.has("fhir-consent-status-ignored"))
        && (is(&consent["patient"]["identifier"], BSN, query.bsn)
            || defects.has("fhir-consent-patient-ignored"))
        && (meant || defects.has("fhir-consent-actor-ignored"))
        && (current || defects.has("fhir-consent-period-ignored"))
}

/// What was chosen about a category; a choice about the category itself goes before one about all data, and among
/// equals the objection wins.
fn weigh(valid: &[&Value], category: &str, defects: &Defects) -> Option<bool> {
    let (mut specific, mut general) = (Vec::new(), Vec::new());
    for consent in valid {
        let provision = &consent["provision"];
        let nested = provision["provision"].as_array().map_or(&[][..], Vec::as_slice);
        for one in std::iter::once(provision).chain(nested) {
            let permit = match one["type"].as_str() {
                Some("permit") => true,
                Some("deny") => false,
                // The defect: a Consent that says nothing counts as one that permits.
                _ if defects.has("fhir-consent-silent-permits") => true,
                _ => continue,
            };
            let ignored = !permit && one != provision && defects.has("fhir-consent-exception-ignored");
            match codes(one).as_slice() {
                [] => general.push(permit),
                codes if codes.contains(&category) && !ignored => specific.push(permit),
                _ => {}
            }
        }
    }
    let weighed = if specific.is_empty() { general } else { specific };
    (!weighed.is_empty()).then(|| weighed.iter().all(|permit| *permit))
}

fn codes(provision: &Value) -> Vec<&str> {
    let concepts = provision["code"].as_array().into_iter().flatten();
    concepts
        .filter_map(|one| one["coding"].as_array())
        .flatten()
        .filter_map(|one| one["code"].as_str())
        .collect()
}

fn today() -> String {
    OffsetDateTime::now_utc().format(format_description!("[year]-[month]-[day]")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const QUERY: mitz::Query<'_> = mitz::Query {
        bsn: "999900018",
        custodian: "90000382",
        asking: "90000111",
        purpose: "TREAT",
        path: "Condition",
        parameters: "",
    };

    fn consent(provision: Value) -> Value {
        json!({ "resourceType": "Consent", "status": "active",
            "patient": { "identifier": { "system": BSN, "value": "999900018" } }, "provision": provision })
    }

    fn about(kind: &str, code: &str) -> Value {
        json!({ "type": kind, "code": [{ "coding": [{ "code": code }] }] })
    }

    fn with(defect: &str) -> Defects {
        Defects::new([defect.to_owned()]).expect("known")
    }

    #[test]
    fn a_consent_counts_when_it_is_in_force_and_meant_for_whoever_asks() {
        let none = Defects::default();
        let right =
            consent(json!({ "type": "permit", "period": { "start": "2020-01-01", "end": "2030-01-01" } }));
        assert!(counts(&right, &QUERY, "2026-11-22", &none));
        let actor = json!([{ "reference": { "identifier": { "system": URA, "value": "90000222" } } }]);
        for (pointer, value, defect) in [
            ("/status", json!("inactive"), "fhir-consent-status-ignored"),
            ("/patient/identifier/value", json!("999900031"), "fhir-consent-patient-ignored"),
            ("/provision/period/end", json!("2021-01-01"), "fhir-consent-period-ignored"),
            ("/provision/period/start", json!("2029-01-01"), "fhir-consent-period-ignored"),
            ("/provision", json!({ "type": "permit", "actor": actor }), "fhir-consent-actor-ignored"),
        ] {
            let mut wrong = right.clone();
            *wrong.pointer_mut(pointer).expect("a place") = value;
            assert!(!counts(&wrong, &QUERY, "2026-11-22", &none), "{pointer}");
            assert!(counts(&wrong, &QUERY, "2026-11-22", &with(defect)), "{pointer}");
        }
    }

    #[test]
    fn the_specific_choice_and_the_objection_go_first() {
        let none = Defects::default();
        let mut base = json!({ "type": "permit", "provision": [about("deny", "GGC013")] });
        let permit_but = consent(base.clone());
        assert_eq!(weigh(&[&permit_but], "GGC013", &none), Some(false));
        assert_eq!(weigh(&[&permit_but], "GGC002", &none), Some(true));
        assert_eq!(weigh(&[&permit_but], "GGC013", &with("fhir-consent-exception-ignored")), Some(true));
        base = json!({ "type": "deny", "provision": [about("permit", "GGC013")] });
        assert_eq!(weigh(&[&consent(base)], "GGC013", &with("fhir-consent-exception-ignored")), Some(true));
        let (yes, no) = (consent(about("permit", "GGC013")), consent(about("deny", "GGC013")));
        assert_eq!(weigh(&[&yes, &no], "GGC013", &none), Some(false));
        assert_eq!(weigh(&[&no, &yes], "GGC013", &none), Some(false));
        assert_eq!(weigh(&[&yes], "GGC002", &none), None);
        assert_eq!(weigh(&[&consent(Value::Null)], "GGC002", &none), None);
        assert_eq!(
            weigh(&[&consent(Value::Null)], "GGC002", &with("fhir-consent-silent-permits")),
            Some(true)
        );
    }
}
