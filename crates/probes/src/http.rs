//! Checks on answers, whatever they carry: refused, served, silent about patients.

use keur_evidence::{
    Check,
    event::{Failure, Reason},
    http::Answer,
};
use serde_json::Value;

/// FHIR types that hold data about a patient.
pub(crate) const CLINICAL: [&str; 26] = [
    "Patient",
    "Coverage",
    "Consent",
    "Observation",
    "Condition",
    "NutritionOrder",
    "Flag",
    "AllergyIntolerance",
    "MedicationStatement",
    "MedicationRequest",
    "MedicationDispense",
    "MedicationAdministration",
    "DeviceUseStatement",
    "Immunization",
    "Procedure",
    "ProcedureRequest",
    "Encounter",
    "CareTeam",
    "CarePlan",
    "DiagnosticReport",
    "DocumentReference",
    "Composition",
    "RelatedPerson",
    "EpisodeOfCare",
    "Specimen",
    "Provenance",
];

/// The answer is a response with this status.
#[must_use]
pub fn status(answer: &Answer, wanted: u16) -> Check {
    on_response(answer, &format!("status {wanted}"), |status| status == wanted)
}

/// The answer is a response with one of these statuses.
#[must_use]
pub fn status_in(answer: &Answer, wanted: &[u16]) -> Check {
    let words = wanted.iter().map(ToString::to_string).collect::<Vec<_>>().join(" of ");
    on_response(answer, &format!("status {words}"), |status| wanted.contains(&status))
}

/// The answer is a response between 400 and 499.
#[must_use]
pub fn client_error(answer: &Answer) -> Check {
    on_response(answer, "een status van 400 tot en met 499", |status| (400..500).contains(&status))
}

/// The answer is a response with a `WWW-Authenticate` header that names a scheme.
#[must_use]
pub fn challenge(answer: &Answer) -> Check {
    let expected = "een kop WWW-Authenticate die een schema noemt";
    let check = match &answer.reply {
        Err(transport) => Check::undecided(reason(transport.failure), expected, answer.describe()),
        Ok(response) => {
            match response.header("www-authenticate").map(str::trim).filter(|value| !value.is_empty()) {
                Some(value) => Check::that(true, expected, format!("WWW-Authenticate: {value}")),
                None => {
                    Check::that(false, expected, format!("{} zonder WWW-Authenticate", answer.describe()))
                }
            }
        }
    };
    check.on([answer.id.clone()])
}

fn on_response(answer: &Answer, expected: &str, holds: impl Fn(u16) -> bool) -> Check {
    let observed = answer.describe();
    match &answer.reply {
        Ok(response) => Check::that(holds(response.status), expected, observed),
        Err(transport) => Check::undecided(reason(transport.failure), expected, observed),
    }
    .on([answer.id.clone()])
}

/// Why a transport failure leaves a check undecided.
#[must_use]
pub fn reason(failure: Failure) -> Reason {
    if failure == Failure::Timeout { Reason::Timeout } else { Reason::Environment }
}

/// The request was refused: by TLS, by closing the connection, or by a status of the 400 range.
/// Nothing at all within the time limit is no refusal.
#[must_use]
pub fn refused(answer: &Answer) -> Check {
    let expected = "weigering: een TLS-fout, een verbroken verbinding of een status van 400 tot en met 499";
    let observed = answer.describe();
    match &answer.reply {
        Ok(response) => Check::that((400..500).contains(&response.status), expected, observed),
        Err(transport) => match transport.failure {
            Failure::TlsRefused | Failure::Closed | Failure::Tls | Failure::Protocol => {
                Check::that(true, expected, observed)
            }
            other => Check::undecided(reason(other), expected, observed),
        },
    }
    .on([answer.id.clone()])
}

/// The answer holds no data about a patient: no clinical resource, and none of the given marks.
#[must_use]
pub fn no_patient_data(answer: &Answer, marks: &[String]) -> Check {
    let expected = "geen patiëntgegevens";
    let Some(response) = answer.response() else {
        return Check::that(true, expected, format!("{}, dus geen gegevens", answer.describe()))
            .on([answer.id.clone()]);
    };
    let json = response.json();
    let mut found = json.map(resources).unwrap_or_default();
    let text = String::from_utf8_lossy(response.bytes());
    if found.is_empty() {
        // XML, JSON that was cut, or a body that is not FHIR at all.
        let marks = |ty: &str| match &json {
            Some(_) => text.contains(&format!("<{ty} ")),
            None => {
                [format!("<{ty} "), format!("<{ty}>"), format!("\"{ty}\"")].iter().any(|m| text.contains(m))
            }
        };
        found.extend(CLINICAL.iter().filter(|ty| marks(ty)).map(|ty| (*ty).to_owned()));
    }
    let marked = marks.iter().any(|mark| !mark.is_empty() && text.contains(mark.as_str()));
    let observed = match (found.len(), marked) {
        (0, false) if response.truncated || response.body.is_err() => {
            let observed =
                format!("status {}, een antwoord dat niet in zijn geheel te lezen is", response.status);
            return Check::undecided(Reason::Environment, expected, observed).on([answer.id.clone()]);
        }
        (0, false) => format!("status {}, geen patiëntgegevens", response.status),
        (0, true) => format!("status {}, gegevens van de testpatiënt in de tekst", response.status),
        (count, _) => format!("status {}, {count} resources: {}", response.status, summary(&found)),
    };
    Check::that(found.is_empty() && !marked, expected, observed).on([answer.id.clone()])
}

/// The clinical resource types in a resource or Bundle.
#[must_use]
pub fn resources(json: &Value) -> Vec<String> {
    let ty = json.get("resourceType").and_then(Value::as_str).unwrap_or_default();
    if ty == "Bundle" {
        let entries = json.get("entry").and_then(Value::as_array);
        return entries
            .into_iter()
            .flatten()
            .filter_map(|entry| entry.get("resource"))
            .flat_map(resources)
            .collect();
    }
    if CLINICAL.contains(&ty) { vec![ty.to_owned()] } else { Vec::new() }
}

fn summary(types: &[String]) -> String {
    let mut names = types.to_vec();
    names.sort();
    names.dedup();
    names.truncate(5);
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent};

    #[test]
    fn a_challenge_names_a_scheme() {
        let mut refused = answer(401, &json!({}));
        assert_eq!(challenge(&refused).outcome, CheckOutcome::Violated);
        if let Ok(response) = &mut refused.reply {
            response.headers.push(("www-authenticate".to_owned(), "DPoP algs=\"ES256\"".to_owned()));
        }
        assert!(challenge(&refused).holds());
        assert!(matches!(challenge(&silent(Failure::Closed)).outcome, CheckOutcome::NotEvaluable(_)));
    }
}
