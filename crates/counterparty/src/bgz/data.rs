//! The searches of our own source: what each is about, and the Bundle that answers it.

use serde_json::{Map, Value, json};
use url::form_urlencoded;

use super::resource;
use crate::{bgz::FHIR, call::Call};

/// NamingSystem of the citizen service number.
pub(super) const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";

pub(super) const SCT: &str = "http://snomed.info/sct";
pub(super) const LOINC: &str = "http://loinc.org";
/// What the source does with a parameter it does not know: nothing, and so its self link does not name it.
const PARAMETERS: [&str; 9] = [
    "identifier",
    "patient.identifier",
    "beneficiary.identifier",
    "code",
    "category",
    "status",
    "_include",
    "_revinclude",
    "bladzijde",
];

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

/// Where a section stands among the searches.
pub(super) fn place(name: &str) -> usize {
    ROWS.iter().position(|(known, ..)| *known == name).unwrap_or_default()
}

/// The codes of a section.
pub(super) fn codes(name: &str) -> &'static [(&'static str, &'static str)] {
    row(name).2
}

/// The resource type of a section.
pub(super) fn kind(name: &str) -> &'static str {
    row(name).1
}

/// A searchset of these resources.
pub(super) fn bundle(
    call: &Call,
    pairs: &[(String, String)],
    resources: Vec<Value>,
    total: usize,
    next: Option<String>,
    strange: bool,
) -> Value {
    let entry = |resource: Value, mode: &str| {
        let id = resource["id"].as_str().unwrap_or_default();
        let full =
            format!("{}{FHIR}/{}/{id}", call.base, resource["resourceType"].as_str().unwrap_or_default());
        let resource = if strange { strange_like(&resource) } else { resource };
        json!({ "fullUrl": full, "resource": resource, "search": { "mode": mode } })
    };
    let along = along(&resources, pairs);
    let mut entries: Vec<Value> = resources.into_iter().map(|one| entry(one, "match")).collect();
    entries.extend(along.into_iter().map(|one| entry(one, "include")));
    let mut links = vec![json!({ "relation": "self", "url": self_link(call, pairs) })];
    links.extend(next.map(|next| json!({ "relation": "next", "url": next })));
    if strange {
        links.push(json!({ "relation": "keur-onbekend", "url": call.url() }));
        let unknown = json!({ "resourceType": "Basic", "id": "keur-extra", "meta": { "profile": ["https://voorbeeld.test/StructureDefinition/onbekend"] }, "code": { "text": "Onbekend" } });
        entries.insert(0, json!({ "fullUrl": format!("{}{FHIR}/Basic/keur-extra", call.base), "resource": unknown, "search": { "mode": "include" } }));
    }
    let bundle = json!({ "resourceType": "Bundle", "type": "searchset", "total": total, "link": links, "entry": entries });
    if strange { strange_like(&bundle) } else { bundle }
}

/// What comes along because the search asks for it.
fn along(resources: &[Value], pairs: &[(String, String)]) -> Vec<Value> {
    let asks = |name: &str, value: &str| pairs.iter().any(|(n, v)| n == name && v == value);
    let payor = !resources.is_empty() && asks("_include", "Coverage:payor");
    let origins = asks("_revinclude", "Provenance:target");
    let origins = resources.iter().filter(|_| origins).map(resource::provenance);
    payor.then(resource::payor).into_iter().chain(origins).collect()
}

/// The search as it was understood.
fn self_link(call: &Call, pairs: &[(String, String)]) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.extend_pairs(pairs.iter().filter(|(name, _)| PARAMETERS.contains(&name.as_str())));
    format!("{}{}?{}", call.base, call.path, query.finish())
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
