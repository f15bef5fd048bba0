//! The synthetic patient of our own source: compact, and made from the search that asks for it.

use serde_json::{Map, Value, json};

use crate::{bgz::FHIR, call::Call};

/// NamingSystem of the citizen service number.
pub(super) const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";

const SCT: &str = "http://snomed.info/sct";
const LOINC: &str = "http://loinc.org";

/// A section: its name, the resource type, and the codes by which it differs from others of that type.
type Row = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const ROWS: [Row; 27] = [
    ("Patiënt", "Patient", &[]),
    ("Betaler", "Coverage", &[]),
    ("Behandelaanwijzing", "Consent", &[(SCT, "11291000146105")]),
    ("Wilsverklaring", "Consent", &[(SCT, "11341000146107")]),
    ("Functionele of mentale status", "Observation", &[(SCT, "118228005"), (SCT, "384821006")]),
    ("Contactpersoon", "Patient", &[]),
    ("Probleem", "Condition", &[]),
    ("Woonsituatie", "Observation", &[(SCT, "365508006")]),
    ("Drugsgebruik", "Observation", &[(SCT, "228366006")]),
    ("Alcoholgebruik", "Observation", &[(SCT, "228273003")]),
    ("Tabakgebruik", "Observation", &[(SCT, "365980008")]),
    ("Voedingsadvies", "NutritionOrder", &[]),
    ("Alert", "Flag", &[]),
    ("Allergie of intolerantie", "AllergyIntolerance", &[]),
    ("Medicatiegebruik", "MedicationStatement", &[]),
    ("Medicatieafspraak", "MedicationRequest", &[]),
    ("Toedieningsafspraak", "MedicationDispense", &[]),
    ("Medisch hulpmiddel", "DeviceUseStatement", &[]),
    ("Vaccinatie", "Immunization", &[]),
    ("Bloeddruk", "Observation", &[(LOINC, "85354-9")]),
    ("Lichaamsgewicht", "Observation", &[(LOINC, "29463-7")]),
    ("Lichaamslengte", "Observation", &[(LOINC, "8302-2"), (LOINC, "8306-3"), (LOINC, "8308-9")]),
    ("Laboratoriumuitslag", "Observation", &[(SCT, "49581000146104")]),
    ("Verrichting", "Procedure", &[]),
    ("Contact", "Encounter", &[]),
    ("Geplande verrichting", "ProcedureRequest", &[]),
    ("Zorgteam", "CareTeam", &[]),
];

/// The names of the sections, in the order of the searches.
pub const NAMES: [&str; 27] = {
    let mut names = [""; 27];
    let mut at = 0;
    while at < 27 {
        names[at] = ROWS[at].0;
        at += 1;
    }
    names
};

/// The section a search is about: by its type, and by its codes where sections share a type.
#[must_use]
pub fn section(kind: &str, pairs: &[(String, String)]) -> Option<&'static str> {
    let kind = kind.trim_end_matches("/$lastn");
    let of = |names: [&str; 2]| {
        let values = pairs.iter().filter(|(name, _)| names.contains(&name.as_str()));
        let mut codes: Vec<&str> = values.flat_map(|(_, value)| value.split(',')).collect();
        codes.sort_unstable();
        codes
    };
    let codes = of(["code", "category"]);
    if kind == "Patient" {
        let with_practitioner = pairs.iter().any(|(name, _)| name == "_include");
        return Some(if with_practitioner { "Patiënt" } else { "Contactpersoon" });
    }
    let fits = |(_, own, wanted): &&Row| {
        let mut wanted: Vec<String> =
            wanted.iter().map(|(system, code)| format!("{system}|{code}")).collect();
        wanted.sort_unstable();
        *own == kind && (wanted.is_empty() || wanted == codes)
    };
    ROWS.iter().find(fits).map(|(name, ..)| *name)
}

/// Whether a section is about the patient itself.
pub(super) fn is_patient(name: &str) -> bool {
    kind(name) == "Patient"
}

fn row(name: &str) -> &'static Row {
    ROWS.iter().find(|(known, ..)| *known == name).unwrap_or(&ROWS[0])
}

/// The resource type of a section.
pub(super) fn kind(name: &str) -> &'static str {
    row(name).1
}

/// One resource of a section.
pub(super) fn resource(name: &str, index: usize, bsn: &str) -> Value {
    let (_, kind, codes) = row(name);
    if is_patient(name) {
        return patient(bsn);
    }
    let place = ROWS.iter().position(|(known, ..)| *known == name).unwrap_or_default();
    let (system, code) = codes.first().copied().unwrap_or((SCT, "404684003"));
    let concept = json!({ "coding": [{ "system": system, "code": code }], "text": name });
    let about = json!({ "reference": "Patient/keur-patient" });
    let mut resource = json!({ "resourceType": kind, "id": format!("keur-{}-{}", place + 1, index + 1) });
    let more = match *kind {
        "Coverage" => {
            json!({ "status": "active", "beneficiary": about, "period": { "start": "2020-01-01" } })
        }
        "Consent" => {
            json!({ "status": "active", "patient": about, "category": [concept], "dateTime": "2024-02-01" })
        }
        "Condition" => {
            json!({ "clinicalStatus": "active", "verificationStatus": "confirmed", "code": concept, "subject": about, "onsetDateTime": "2023-05-04" })
        }
        "AllergyIntolerance" => {
            json!({ "clinicalStatus": "active", "verificationStatus": "confirmed", "code": concept, "patient": about })
        }
        "Flag" => json!({ "status": "active", "code": concept, "subject": about }),
        "NutritionOrder" => json!({ "status": "active", "patient": about, "dateTime": "2024-03-01" }),
        "MedicationStatement" => {
            json!({ "status": "active", "taken": "y", "medicationCodeableConcept": concept, "subject": about })
        }
        "MedicationRequest" => {
            json!({ "status": "active", "intent": "order", "medicationCodeableConcept": concept, "subject": about })
        }
        "MedicationDispense" => {
            json!({ "status": "completed", "medicationCodeableConcept": concept, "subject": about })
        }
        "DeviceUseStatement" => {
            json!({ "status": "active", "subject": about, "device": { "display": "Hulpmiddel" } })
        }
        "Immunization" => {
            json!({ "status": "completed", "notGiven": false, "primarySource": true, "vaccineCode": concept, "patient": about, "date": "2022-10-01" })
        }
        "Procedure" => {
            json!({ "status": "completed", "code": concept, "subject": about, "performedDateTime": "2023-08-17" })
        }
        "Encounter" => {
            json!({ "status": "finished", "class": { "system": "http://hl7.org/fhir/v3/ActCode", "code": "AMB" }, "subject": about })
        }
        "ProcedureRequest" => {
            json!({ "status": "active", "intent": "order", "code": concept, "subject": about })
        }
        "CareTeam" => json!({ "status": "active", "subject": about }),
        _ => {
            json!({ "status": "final", "code": concept, "subject": about, "effectiveDateTime": "2024-06-11T09:00:00+02:00", "valueString": format!("Waarde {}", index + 1) })
        }
    };
    if let (Value::Object(resource), Value::Object(more)) = (&mut resource, more) {
        resource.extend(more);
    }
    resource
}

fn patient(bsn: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "id": "keur-patient",
        "meta": { "profile": ["http://fhir.nl/fhir/StructureDefinition/nl-core-patient"] },
        "identifier": [{ "system": BSN, "value": bsn }],
        "name": [{ "use": "official", "family": "Testpatiënt-Keur", "given": ["Puck"] }],
        "gender": "female",
        "birthDate": "1980-02-29",
        "contact": [{ "name": { "family": "Contact-Keur" }, "telecom": [{ "system": "phone", "value": "0000000000" }] }],
    })
}

/// A searchset of these resources.
pub(super) fn bundle(
    call: &Call,
    resources: Vec<Value>,
    total: usize,
    next: Option<String>,
    strange: bool,
) -> Value {
    let entry = |resource: Value| {
        let id = resource["id"].as_str().unwrap_or_default();
        let full =
            format!("{}{FHIR}/{}/{id}", call.base, resource["resourceType"].as_str().unwrap_or_default());
        let resource = if strange { strange_like(&resource) } else { resource };
        json!({ "fullUrl": full, "resource": resource, "search": { "mode": "match" } })
    };
    let mut entries: Vec<Value> = resources.into_iter().map(entry).collect();
    let mut links = vec![json!({ "relation": "self", "url": call.url() })];
    links.extend(next.map(|next| json!({ "relation": "next", "url": next })));
    if strange {
        links.push(json!({ "relation": "keur-onbekend", "url": call.url() }));
        let unknown = json!({ "resourceType": "Basic", "id": "keur-extra", "code": { "text": "Onbekend" } });
        entries.insert(0, json!({ "resource": unknown, "search": { "mode": "include" } }));
    }
    let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": total, "link": links, "entry": entries });
    if strange { strange_like(&bundle) } else { bundle }
}

/// The same content with members in the reverse order and one more that nobody knows.
fn strange_like(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let mut turned: Map<String, Value> =
        members.iter().rev().map(|(name, value)| (name.clone(), value.clone())).collect();
    turned.insert("keurNieuwElement".to_owned(), json!({ "waarde": "toekomst" }));
    Value::Object(turned)
}

/// What the source says of itself.
pub(super) fn capability(base: &str) -> Value {
    json!({
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": "2026-11-22",
        "kind": "instance",
        "fhirVersion": "3.0.2",
        "acceptUnknown": "extensions",
        "format": ["application/fhir+json"],
        "implementation": { "description": "BgZ-bron van Keur", "url": format!("{base}{FHIR}") },
        "rest": [{ "mode": "server" }],
    })
}
