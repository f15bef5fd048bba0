//! National numbers: who carries which, and whom a number finds.

use std::collections::BTreeSet;

use keur_catalogue::bsn::{in_test_range, is_valid_bsn};
use keur_evidence::{Check, event::Reason, http::Answer};
use serde_json::Value;

use crate::{
    fhir::{bundle, query::BSN_SYSTEM},
    http,
};

/// NamingSystem of the organisation number in the register of care subscribers.
pub const URA_SYSTEM: &str = "http://fhir.nl/fhir/NamingSystem/ura";

/// Names under which systems keep the BSN.
const BSN_NAMES: [&str; 2] = ["NamingSystem/bsn", "2.16.840.1.113883.2.4.6.3"];

/// The values of a resource's identifiers of one system.
fn values<'r>(resource: &'r Value, system: &str) -> Vec<&'r str> {
    let list = resource.get("identifier").and_then(Value::as_array);
    list.into_iter()
        .flatten()
        .filter(|identifier| identifier["system"] == system)
        .filter_map(|identifier| identifier["value"].as_str())
        .collect()
}

fn systems(resource: &Value) -> String {
    let list = resource.get("identifier").and_then(Value::as_array);
    let names: BTreeSet<&str> =
        list.into_iter().flatten().filter_map(|identifier| identifier["system"].as_str()).collect();
    if names.is_empty() { "geen system".to_owned() } else { names.into_iter().collect::<Vec<_>>().join(", ") }
}

/// Each patient found carries the BSN asked for, under its national name.
#[must_use]
pub fn patient_has_bsn(answer: &Answer, bsn: &str) -> Check {
    let expected = format!("bij de patiënt het gevraagde BSN met system {BSN_SYSTEM}");
    let Some(set) = bundle::searchset(answer) else { return no_set(answer, &expected) };
    let patients: Vec<&Value> = bundle::matches(set).filter(|one| one["resourceType"] == "Patient").collect();
    let right = |patient: &&Value| values(patient, BSN_SYSTEM) == [bsn];
    let observed = match patients.iter().find(|patient| !right(patient)) {
        None if patients.is_empty() => {
            return Check::undecided(Reason::NoData, expected, "geen patiënt in het antwoord")
                .on([answer.id.clone()]);
        }
        None => "het gevraagde BSN, met dat system".to_owned(),
        Some(other) if values(other, BSN_SYSTEM).is_empty() => {
            format!("geen BSN met dat system; wel: {}", systems(other))
        }
        Some(_) => "een ander BSN of meer dan één".to_owned(),
    };
    Check::that(patients.iter().all(right), expected, observed).on([answer.id.clone()])
}

/// The organisation carries a URA number under its national name.
#[must_use]
pub fn organization_has_ura(answer: &Answer) -> Check {
    let expected = format!("bij de organisatie een URA-nummer van acht cijfers met system {URA_SYSTEM}");
    let organization = answer.response().filter(|response| response.status == 200).and_then(|r| r.json());
    let Some(organization) = organization.filter(|json| json["resourceType"] == "Organization") else {
        let observed = format!("{}, {}", answer.describe(), bundle::describe(answer));
        return Check::undecided(Reason::NoData, expected, observed).on([answer.id.clone()]);
    };
    let numbers = values(organization, URA_SYSTEM);
    let right = |number: &&str| number.len() == 8 && number.bytes().all(|byte| byte.is_ascii_digit());
    let observed = match numbers.first() {
        None => format!("geen URA met dat system; wel: {}", systems(organization)),
        Some(_) if numbers.iter().all(right) => "een URA-nummer, met dat system".to_owned(),
        Some(number) => format!("{number:?} is geen URA-nummer"),
    };
    Check::that(!numbers.is_empty() && numbers.iter().all(right), expected, observed).on([answer.id.clone()])
}

/// The organisations a patient refers to, the managing one first, as `Organization/id`.
#[must_use]
pub fn organizations_of(patient: &Value) -> Vec<String> {
    let own = patient.pointer("/managingOrganization/reference");
    let others = patient.get("generalPractitioner").and_then(Value::as_array);
    let others = others.into_iter().flatten().filter_map(|reference| reference.get("reference"));
    let mut found = Vec::new();
    for reference in own.into_iter().chain(others).filter_map(Value::as_str) {
        let mut parts = reference.rsplit('/');
        if let (Some(id), Some("Organization")) = (parts.next(), parts.next()) {
            let path = format!("Organization/{id}");
            if !found.contains(&path) {
                found.push(path);
            }
        }
    }
    found
}

/// The search found exactly this many patients.
#[must_use]
pub fn found(answer: &Answer, wanted: usize) -> Check {
    let expected = match wanted {
        0 => "een searchset zonder patiënten".to_owned(),
        1 => "een searchset met precies één patiënt".to_owned(),
        more => format!("een searchset met {more} patiënten"),
    };
    let Some(set) = bundle::searchset(answer) else { return no_set(answer, &expected) };
    let count = bundle::matches(set).filter(|one| one["resourceType"] == "Patient").count();
    Check::that(count == wanted, expected, format!("een searchset met {count} patiënten"))
        .on([answer.id.clone()])
}

/// None of the patients found carries another BSN than the one asked for, under whatever name.
#[must_use]
pub fn nobody_else(answer: &Answer, bsn: &str) -> Check {
    let expected = "geen patiënt met een ander BSN";
    let Some(set) = bundle::searchset(answer) else { return no_set(answer, expected) };
    let others = bundle::matches(set)
        .flat_map(|patient| patient.get("identifier").and_then(Value::as_array).into_iter().flatten())
        .filter(|identifier| {
            identifier["system"]
                .as_str()
                .is_some_and(|name| BSN_NAMES.iter().any(|known| name.contains(known)))
        })
        .filter(|identifier| identifier["value"] != bsn)
        .count();
    let observed = if others == 0 { "geen ander BSN".to_owned() } else { format!("{others} andere BSN's") };
    Check::that(others == 0, expected, observed).on([answer.id.clone()])
}

fn no_set(answer: &Answer, expected: &str) -> Check {
    match &answer.reply {
        Ok(_) => {
            let observed = format!("{}, {}", answer.describe(), bundle::describe(answer));
            Check::that(false, expected, observed)
        }
        Err(failure) => Check::undecided(http::reason(failure.failure), expected, failure.to_string()),
    }
    .on([answer.id.clone()])
}

/// A number that fails the 11-proof, one digit away from a real one.
#[must_use]
pub fn broken_bsn(bsn: &str, step: u8) -> Option<String> {
    let (head, last) = bsn.split_at_checked(bsn.len().checked_sub(1)?)?;
    let digit = last.parse::<u8>().ok()?;
    let other = format!("{head}{}", (digit + step % 10) % 10);
    (!is_valid_bsn(&other)).then_some(other)
}

/// A test number that passes the 11-proof, is none of the declared ones and looks most like the given one: two digits
/// differ, because one never can.
#[must_use]
pub fn similar_bsn(bsn: &str, declared: &BTreeSet<String>) -> Option<String> {
    let digits = bsn.as_bytes();
    for first in (4..digits.len()).rev() {
        for second in (4..first).rev() {
            for change in 0..100_u8 {
                let mut other = digits.to_vec();
                other[first] = b'0' + change % 10;
                other[second] = b'0' + change / 10;
                let other = String::from_utf8(other).ok()?;
                if other != bsn && is_valid_bsn(&other) && in_test_range(&other) && !declared.contains(&other)
                {
                    return Some(other);
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::*;
    use crate::test_support::{silent, text as answer};

    const BSN: &str = "999900006";

    fn set(patients: &[Value]) -> Answer {
        let entry: Vec<Value> = patients.iter().map(|patient| json!({"resource": patient})).collect();
        let body = json!({"resourceType": "Bundle", "type": "searchset", "entry": entry});
        answer(200, "application/fhir+json", &body.to_string())
    }

    fn patient(system: &str, value: &str) -> Value {
        json!({"resourceType": "Patient", "identifier": [{"system": system, "value": value}]})
    }

    #[test]
    fn the_bsn_is_there_under_its_name() {
        assert!(patient_has_bsn(&set(&[patient(BSN_SYSTEM, BSN)]), BSN).holds());
        assert!(!patient_has_bsn(&set(&[patient("urn:oid:2.16.840.1.113883.2.4.6.3", BSN)]), BSN).holds());
        assert!(!patient_has_bsn(&set(&[patient(BSN_SYSTEM, "999911120")]), BSN).holds());
        assert!(matches!(patient_has_bsn(&set(&[]), BSN).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn the_ura_is_there_under_its_name() {
        let of = |system: &str, value: &str| {
            let body =
                json!({"resourceType": "Organization", "identifier": [{"system": system, "value": value}]});
            organization_has_ura(&answer(200, "application/fhir+json", &body.to_string()))
        };
        assert!(of(URA_SYSTEM, "90000382").holds());
        assert!(!of(URA_SYSTEM, "382").holds());
        assert!(!of("urn:oid:2.16.528.1.1007.3.3", "90000382").holds());
        assert!(matches!(organization_has_ura(&answer(404, "", "")).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn references_to_organisations_are_found() {
        let patient = json!({"managingOrganization": {"reference": "Organization/1"}, "generalPractitioner": [
            {"reference": "Practitioner/2"}, {"reference": "https://x/fhir/Organization/3"}, {"display": "x"}]});
        assert_eq!(organizations_of(&patient), ["Organization/1", "Organization/3"]);
    }

    #[test]
    fn a_count_is_exact() {
        let one = patient(BSN_SYSTEM, BSN);
        assert!(found(&set(std::slice::from_ref(&one)), 1).holds());
        assert!(!found(&set(&[one.clone(), one]), 1).holds());
        assert!(found(&set(&[]), 0).holds());
        assert!(!found(&answer(404, "", ""), 0).holds());
        assert!(nobody_else(&set(&[patient(BSN_SYSTEM, BSN)]), BSN).holds());
        assert!(nobody_else(&set(&[patient("local", "7")]), BSN).holds());
        assert!(!nobody_else(&set(&[patient(BSN_SYSTEM, "999911120")]), BSN).holds());
        assert!(matches!(found(&silent(Failure::Connect), 0).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn numbers_are_spoilt_and_resembled() {
        let broken = broken_bsn(BSN, 1).expect("a number");
        assert!(!is_valid_bsn(&broken) && broken.len() == 9);
        let similar = similar_bsn(BSN, &BTreeSet::new()).expect("a number");
        assert!(is_valid_bsn(&similar) && similar != BSN);
        let next = similar_bsn(BSN, &BTreeSet::from([similar.clone()])).expect("another number");
        assert_ne!(next, similar);
        assert_eq!(broken_bsn("", 1), None);
    }
}
