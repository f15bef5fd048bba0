//! The nursing handover as one document: everything the Composition refers to is in it.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::defects::Defects;
use crate::state::Tenant;

const SNOMED: &str = "http://snomed.info/sct";
const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
const TRANSFER_DATE: &str = "http://nictiz.nl/fhir/StructureDefinition/eOverdracht-TransferDate";
/// The most resources of a document.
const MOST: usize = 200;

/// The document of a handover of a patient to an organisation.
pub(crate) fn document(
    id: &str,
    [bsn, receiver]: [&str; 2],
    tenant: &Tenant,
    defects: &Defects,
) -> Option<Value> {
    let patient = tenant.service.patient(bsn)?;
    let subject = reference(&patient);
    let mut problems = tenant.service.about(bsn, "Condition");
    if defects.has("handover-holds-shielded") {
        problems.extend(shielded(&subject));
    }
    let team = tenant.service.about(bsn, "CareTeam");
    let author = problems.iter().chain(&team).find_map(|resource| referred(resource, "Practitioner/"));
    let organization = std::iter::once(&patient).chain(&team).find_map(|one| referred(one, "Organization/"));
    let role = problems.iter().chain(&team).find_map(|one| referred(one, "PractitionerRole/"));
    let payer = tenant.service.about(bsn, "Coverage").first().map(reference);
    let receiver = json!({
        "resourceType": "Organization",
        "id": format!("ontvanger-{receiver}"),
        "identifier": [{ "system": URA, "value": receiver }],
        "name": "Ontvangende organisatie",
    });
    let entries = |codes: &[Value]| -> Vec<Value> {
        codes.iter().map(|one| json!({ "reference": reference(one), "display": "probleem" })).collect()
    };
    let section = |code: &str, display: &str, rest: Value| {
        let mut section =
            json!({ "code": { "coding": [{ "system": SNOMED, "code": code, "display": display }] } });
        for (key, value) in rest.as_object().into_iter().flatten() {
            section[key] = value.clone();
        }
        section
    };
    let named = |all: &[&Option<String>]| {
        let there = all.iter().copied().flatten();
        there.map(|one| json!({ "reference": one, "display": "betrokkene" })).collect::<Vec<_>>()
    };
    let mut composition = json!({
        "resourceType": "Composition",
        "id": id,
        "meta": { "profile": ["http://nictiz.nl/fhir/StructureDefinition/eOverdracht-NursingHandoff-Adults"] },
        "status": "final",
        "type": { "coding": [{ "system": SNOMED, "code": "11171000146100", "display": "verslag van verpleegkundige overdracht" }] },
        "subject": { "reference": subject, "display": "de patiënt" },
        "date": "2026-09-01",
        "author": named(&[&author]),
        "title": "Verpleegkundige overdracht",
        "section": [
            section("405624007", "administratieve gegevens", json!({
                "extension": [{ "url": TRANSFER_DATE, "valueDateTime": "2026-09-01" }],
                "section": [
                    section("302147001", "persoonsgegevens", json!({ "entry": named(&[&payer]) })),
                    section("185362004", "verzendende organisatie", json!({ "entry": named(&[&organization, &author, &role]) })),
                    section("275645009", "ontvangende organisatie", json!({ "entry": named(&[&Some(reference(&receiver))]) })),
                ],
            })),
            section("371524004", "medische context", json!({ "section": [
                section("405623001", "zorgverleners", json!({ "entry": named(&[&author, &role]) })),
                section("52870002", "medische diagnose", json!({ "entry": entries(&problems[..problems.len().min(1)]) })),
            ] })),
            section("773130005", "verpleegkundig zorgplan", json!({ "section": [
                section("86644006", "actuele problemen", json!({ "entry": entries(&problems) })),
            ] })),
        ],
    });
    if defects.has("handover-without-care-plan")
        && let Some(sections) = composition["section"].as_array_mut()
    {
        sections.truncate(2);
        // What only the care plan named goes with it.
        problems.truncate(1);
    }
    let mut all = vec![composition, patient, receiver];
    all.extend(problems);
    if defects.has("handover-holds-more") {
        all.extend(tenant.service.about(bsn, "AllergyIntolerance"));
    }
    close(&mut all, tenant);
    if defects.has("handover-dangling-reference") {
        all.retain(|resource| resource["resourceType"] != "Practitioner");
    }
    if defects.has("handover-composition-later") {
        all.swap(0, 1);
    }
    let entry = |resource: Value| json!({ "fullUrl": format!("{}/{}", tenant.fhir_base, reference(&resource)), "resource": resource });
    Some(json!({
        "resourceType": "Bundle",
        "id": id,
        "identifier": { "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{id}") },
        "type": "document",
        "entry": all.into_iter().map(entry).collect::<Vec<_>>(),
    }))
}

/// The problems a patient had shielded, which a sound product keeps to itself.
fn shielded(subject: &str) -> Vec<Value> {
    let all = crate::fhir::shielded().into_iter();
    all.filter(|one| one["resourceType"] == "Condition" && one["subject"]["reference"] == subject).collect()
}

/// Adds what is referred to, until all is there.
fn close(all: &mut Vec<Value>, tenant: &Tenant) {
    let mut known: BTreeSet<String> = all.iter().map(reference).collect();
    let mut at = 0;
    while at < all.len() && all.len() < MOST {
        let mut found = Vec::new();
        references(&all[at], &mut found);
        for one in found {
            if let Some(resource) = tenant.service.referred(&one).filter(|_| known.insert(one)) {
                all.push(resource);
            }
        }
        at += 1;
    }
}

fn reference(resource: &Value) -> String {
    let text = |key: &str| resource[key].as_str().unwrap_or_default();
    format!("{}/{}", text("resourceType"), text("id"))
}

/// The first reference to a resource of this type.
fn referred(resource: &Value, kind: &str) -> Option<String> {
    let mut found = Vec::new();
    references(resource, &mut found);
    found.into_iter().find(|one| one.starts_with(kind))
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get("reference") {
                found.push(reference.clone());
            }
            fields.values().for_each(|field| references(field, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pki::URA_SOURCE;

    #[test]
    fn a_document_holds_all_it_refers_to() {
        let none = Defects::default();
        let tenant = Tenant::new(URA_SOURCE, "https://bron.example", &none, None).expect("a tenant");
        let patients = tenant.service.patients();
        for bsn in [patients.complete, patients.other, patients.no_consent].into_iter().flatten() {
            let document = document("doc", [&bsn, "90000111"], &tenant, &none).expect("a document");
            let entries = document["entry"].as_array().expect("entries");
            assert_eq!(entries[0]["resource"]["resourceType"], "Composition");
            let here: BTreeSet<String> = entries.iter().map(|entry| reference(&entry["resource"])).collect();
            let mut named = Vec::new();
            references(&document, &mut named);
            let lost: Vec<_> = named.iter().filter(|one| !here.contains(*one)).collect();
            assert!(lost.is_empty(), "{lost:?}");
            assert!(here.iter().any(|one| one.starts_with("Practitioner/")), "{here:?}");
        }
    }
}
