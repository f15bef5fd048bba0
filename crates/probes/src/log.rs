//! Records of the access log: FHIR AuditEvents, in the shape of STU3 or of R4.

mod ehds;
mod find;
mod members;
mod overview;
mod whole;

pub use ehds::{access, under_purpose};
pub use find::{Match, Sent, find, records};
pub use members::{
    action, event, moment, nobody_invented, numbered, organisation, outcome, patient, policy, refused,
    responsible, user, whole_refusal,
};
pub use overview::{about_one, viewed};
pub use whole::{each_refusal, log_use, no_secrets, secrets, structured};

use serde_json::Value;

/// System and value of every identifier an agent or entity carries. STU3 puts it on the element itself, R4 in a
/// reference.
#[must_use]
pub fn identifiers(element: &Value) -> Vec<(String, String)> {
    let places = ["/userId", "/identifier", "/who/identifier", "/what/identifier", "/reference/identifier"];
    let mut found: Vec<(String, String)> = places
        .iter()
        .filter_map(|place| element.pointer(place))
        .filter_map(|identifier| {
            Some((text(identifier, "system"), identifier.get("value")?.as_str()?.to_owned()))
        })
        .collect();
    if let Some(other) = element.get("altId").and_then(Value::as_str) {
        found.push((String::new(), other.to_owned()));
    }
    found.retain(|(_, value)| !value.trim().is_empty());
    found
}

/// The literal references of an agent or entity.
#[must_use]
pub fn references(element: &Value) -> Vec<String> {
    let places = ["/reference/reference", "/who/reference", "/what/reference"];
    places.iter().filter_map(|place| element.pointer(place)?.as_str().map(str::to_owned)).collect()
}

/// The agents of a record.
#[must_use]
pub fn agents(record: &Value) -> &[Value] {
    record.get("agent").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The entities of a record.
#[must_use]
pub fn entities(record: &Value) -> &[Value] {
    record.get("entity").and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// Texts, displays and codes of an agent's role.
#[must_use]
pub fn roles(agent: &Value) -> Vec<String> {
    let of_concept = |concept: &Value| {
        let codings = concept.get("coding").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let mut words = vec![text(concept, "text")];
        for coding in codings {
            words.extend([text(coding, "code"), text(coding, "display")]);
        }
        words
    };
    let concepts = agent.get("role").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let words = concepts.iter().chain(agent.get("type")).flat_map(of_concept);
    words.filter(|word| !word.trim().is_empty()).collect()
}

fn text(value: &Value, member: &str) -> String {
    value.get(member).and_then(Value::as_str).unwrap_or_default().to_owned()
}
