//! What we send: the Task, its notification, the data it lists and the document it names. One synthetic patient.

use serde_json::{Value, json};

use super::Kind;

const SCT: &str = "http://snomed.info/sct";
const LOINC: &str = "http://loinc.org";
const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const NICTIZ: &str = "http://nictiz.nl/fhir/StructureDefinition";
/// Code system, code and resource type of what our referral lists.
const LISTED: [(&str, &str, &str); 4] = [
    (LOINC, "79191-3", "Patient"),
    (LOINC, "11450-4", "Condition"),
    (LOINC, "48765-2", "AllergyIntolerance"),
    (LOINC, "75310-3", "Flag"),
];

/// The queries our referral lists.
#[must_use]
pub fn queries(bsn: &str) -> Vec<String> {
    LISTED.iter().map(|(_, _, kind)| query(kind, bsn)).collect()
}

fn query(kind: &str, bsn: &str) -> String {
    let parameter = if kind == "Patient" { "identifier" } else { "patient.identifier" };
    format!("{kind}?{parameter}={BSN}|{bsn}")
}

/// The Composition a handover names, below the FHIR base.
#[must_use]
pub fn composition(id: &str) -> String {
    format!("Composition/{id}")
}

/// The Task.
#[must_use]
pub fn workflow(kind: Kind, id: &str, bsn: &str, [from, to]: [&str; 2], status: &str) -> Value {
    let (profile, code, display) = match kind {
        Kind::Referral => ("BgZ-verwijzing-Task", "3457005", "verwijzen van patiënt"),
        Kind::Handover => ("eOverdracht-Task", "308292007", "overdracht van zorg"),
    };
    let party =
        |ura: &str, name: &str| json!({ "identifier": { "system": URA, "value": ura }, "display": name });
    let typed = |system: &str, code: &str, display: &str| json!({ "coding": [{ "system": system, "code": code, "display": display }] });
    let input: Value = match kind {
        Kind::Referral => LISTED
            .iter()
            .map(|(system, code, resource)| json!({ "type": typed(system, code, resource), "valueString": query(resource, bsn) }))
            .collect(),
        Kind::Handover => json!([{
            "type": typed(SCT, "11171000146100", "verslag van verpleegkundige overdracht"),
            "valueReference": { "reference": composition(id), "display": "Overdrachtsbericht" },
        }]),
    };
    json!({
        "resourceType": "Task",
        "id": id,
        "meta": { "profile": [format!("{NICTIZ}/{profile}")] },
        "status": status,
        "intent": "order",
        "code": typed(SCT, code, display),
        "for": { "reference": "Patient/keur-patient", "display": "Toets Keur" },
        "requester": { "agent": party(from, "Keur als verzender"), "onBehalfOf": party(from, "Keur als verzender") },
        "owner": party(to, "de ontvanger"),
        "input": input,
    })
}

/// The notification of a referral. It says nothing of the patient.
#[must_use]
pub fn notification(id: &str, [from, to]: [&str; 2], [group, own, base]: [&str; 3]) -> Value {
    let urn = |uuid: &str| json!({ "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{uuid}") });
    let typed = |code: &str| json!({ "coding": [{ "system": "http://fhir.nl/fhir/NamingSystem/TaskParameter", "code": code }] });
    let ura = |number: &str| json!({ "identifier": { "system": URA, "value": number } });
    json!({
        "resourceType": "Task",
        "identifier": [urn(own)],
        "groupIdentifier": urn(group),
        "basedOn": [{ "reference": format!("Task/{id}") }],
        "status": "requested",
        "intent": "proposal",
        "code": { "coding": [{ "system": "http://fhir.nl/fhir/NamingSystem/TaskCode", "code": "pull-notification" }] },
        "requester": { "agent": ura(from), "onBehalfOf": ura(from) },
        "owner": ura(to),
        "input": [
            { "type": typed("authorization-base"), "valueString": base },
            { "type": typed("get-workflow-task"), "valueBoolean": true },
        ],
    })
}

fn patient(bsn: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "id": "keur-patient",
        "meta": { "profile": ["http://fhir.nl/fhir/StructureDefinition/nl-core-patient"] },
        "identifier": [{ "system": BSN, "value": bsn }],
        "name": [{ "text": "Toets Keur", "family": "Keur" }],
        "gender": "unknown",
        "birthDate": "1970-01-01",
    })
}

/// The answer to a listed query.
pub(super) fn found(kind: &str, bsn: &str, base: &str) -> Value {
    let whose = json!({ "reference": "Patient/keur-patient", "display": "Toets Keur" });
    let code = json!({ "text": "toetsgegeven" });
    let resource = match kind {
        "Patient" => patient(bsn),
        "Condition" => problem(),
        "Flag" => {
            json!({ "resourceType": kind, "id": "keur-flag", "status": "active", "code": code, "subject": whose })
        }
        kind => json!({
            "resourceType": kind,
            "id": format!("keur-{}", kind.to_ascii_lowercase()),
            "verificationStatus": "confirmed",
            "code": code,
            "patient": whose,
        }),
    };
    let mut entry = addressed(base, &resource);
    entry["search"] = json!({ "mode": "match" });
    let own = format!("{base}/{}", query(kind, bsn).replace('|', "%7C"));
    json!({
        "resourceType": "Bundle",
        "type": "searchset",
        "total": 1,
        "link": [{ "relation": "self", "url": own }],
        "entry": [entry],
    })
}

/// An entry of a Bundle: the resource and its address.
fn addressed(base: &str, resource: &Value) -> Value {
    let text = |key: &str| resource[key].as_str().unwrap_or_default();
    json!({ "fullUrl": format!("{base}/{}/{}", text("resourceType"), text("id")), "resource": resource })
}

fn problem() -> Value {
    json!({
        "resourceType": "Condition",
        "id": "keur-condition",
        "meta": { "profile": [format!("{NICTIZ}/zib-Problem")] },
        "subject": { "reference": "Patient/keur-patient", "display": "Toets Keur" },
        "code": { "coding": [{ "system": SCT, "code": "44054006", "display": "diabetes mellitus type 2" }] },
    })
}

/// The document of a handover.
pub(super) fn document(id: &str, bsn: &str, base: &str) -> Value {
    let composition = json!({
        "resourceType": "Composition",
        "id": id,
        "meta": { "profile": [format!("{NICTIZ}/eOverdracht-NursingHandoff-Adults")] },
        "status": "final",
        "type": { "coding": [{ "system": SCT, "code": "11171000146100", "display": "verslag van verpleegkundige overdracht" }] },
        "subject": { "reference": "Patient/keur-patient", "display": "Toets Keur" },
        "date": "2026-01-15",
        "author": [{ "display": "Keur als verzender" }],
        "title": "Verpleegkundige overdracht",
        "section": [{
            "code": { "coding": [{ "system": SCT, "code": "773130005", "display": "verpleegkundig zorgplan" }] },
            "section": [{
                "code": { "coding": [{ "system": SCT, "code": "86644006", "display": "actuele problemen" }] },
                "entry": [{ "reference": "Condition/keur-condition", "display": "diabetes mellitus type 2" }],
            }],
        }],
    });
    let entries: Vec<Value> =
        [composition, patient(bsn), problem()].iter().map(|resource| addressed(base, resource)).collect();
    json!({ "resourceType": "Bundle", "id": id, "type": "document", "entry": entries })
}
