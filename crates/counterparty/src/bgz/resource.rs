//! The synthetic patient of our own source: compact, and whole enough for the zib profiles it names.

use serde_json::{Value, json};

use super::data::{BSN, LOINC, SCT, codes, is_patient, kind, place};

const NICTIZ: &str = "http://nictiz.nl/fhir/StructureDefinition/";
const NL_CORE: &str = "http://fhir.nl/fhir/StructureDefinition/";
const UCUM: &str = "http://unitsofmeasure.org";
const PAYOR: &str = "keur-verzekeraar";

/// The profile of a section's resources.
fn profile(name: &str) -> String {
    let zib = match name {
        "Betaler" => "zib-Payer",
        "Behandelaanwijzing" => "zib-TreatmentDirective",
        "Wilsverklaring" => "zib-AdvanceDirective",
        "Functionele of mentale status" => "zib-FunctionalOrMentalStatus",
        "Probleem" => "zib-Problem",
        "Woonsituatie" => "zib-LivingSituation",
        "Drugsgebruik" => "zib-DrugUse",
        "Alcoholgebruik" => "zib-AlcoholUse",
        "Tabakgebruik" => "zib-TobaccoUse",
        "Voedingsadvies" => "zib-NutritionAdvice",
        "Alert" => "zib-Alert",
        "Allergie of intolerantie" => "zib-AllergyIntolerance",
        "Medicatiegebruik" => "zib-MedicationUse",
        "Medicatieafspraak" => "zib-MedicationAgreement",
        "Toedieningsafspraak" => "zib-AdministrationAgreement",
        "Medisch hulpmiddel" => "zib-MedicalDevice",
        "Vaccinatie" => "zib-Vaccination",
        "Bloeddruk" => "zib-BloodPressure",
        "Lichaamsgewicht" => "zib-BodyWeight",
        "Lichaamslengte" => "zib-BodyHeight",
        "Laboratoriumuitslag" => "zib-LaboratoryTestResult-Observation",
        "Verrichting" => "zib-Procedure",
        "Contact" => "zib-Encounter",
        "Geplande verrichting" => "zib-ProcedureRequest",
        _ => return format!("{NL_CORE}nl-core-careteam"),
    };
    format!("{NICTIZ}{zib}")
}

fn concept(system: &str, code: &str, text: &str) -> Value {
    json!({ "coding": [{ "system": system, "code": code, "display": text }], "text": text })
}

fn about() -> Value {
    json!({ "reference": "Patient/keur-patient", "display": "Puck Testpatiënt-Keur" })
}

/// One resource of a section.
pub(super) fn of(name: &str, index: usize, bsn: &str) -> Value {
    if is_patient(name) {
        return patient(bsn);
    }
    let (system, code) = codes(name).first().copied().unwrap_or((SCT, "404684003"));
    let (concept, about) = (concept(system, code, name), about());
    let id = format!("keur-{}-{}", place(name) + 1, index + 1);
    let mut resource =
        json!({ "resourceType": kind(name), "id": id, "meta": { "profile": [profile(name)] } });
    let more = match kind(name) {
        "Coverage" => {
            let payor =
                json!([{ "reference": format!("Organization/{PAYOR}"), "display": "Verzekeraar Keur" }]);
            json!({ "status": "active", "beneficiary": about, "payor": payor, "period": { "start": "2020-01-01", "end": "2030-12-31" } })
        }
        "Consent" => consent(name, &concept, &about),
        "Condition" => {
            json!({ "clinicalStatus": "active", "verificationStatus": "confirmed", "code": concept, "subject": about, "onsetDateTime": "2023-05-04" })
        }
        "AllergyIntolerance" => {
            json!({ "clinicalStatus": "active", "verificationStatus": "confirmed", "code": concept, "patient": about })
        }
        "Flag" => json!({ "status": "active", "code": concept, "subject": about }),
        "NutritionOrder" => json!({ "status": "active", "patient": about, "dateTime": "2024-03-01" }),
        "MedicationStatement" | "MedicationRequest" | "MedicationDispense" => {
            medication(name, &concept, &about)
        }
        "DeviceUseStatement" => {
            json!({ "status": "active", "subject": about, "device": { "display": "Hulpmiddel" } })
        }
        "Immunization" => {
            json!({ "status": "completed", "notGiven": false, "primarySource": true, "vaccineCode": concept, "patient": about, "date": "2022-10-01" })
        }
        "Procedure" => {
            let category = self::concept(SCT, "387713003", "Chirurgische verrichting");
            json!({ "status": "completed", "category": category, "code": concept, "subject": about, "performedDateTime": "2023-08-17" })
        }
        "Encounter" => {
            json!({ "status": "finished", "class": { "system": "http://hl7.org/fhir/v3/ActCode", "code": "AMB", "display": "poliklinisch" }, "subject": about })
        }
        "ProcedureRequest" => {
            json!({ "status": "active", "intent": "order", "code": concept, "subject": about })
        }
        "CareTeam" => json!({ "status": "active", "subject": about }),
        _ => observation(name, &concept, &about, index),
    };
    if let (Value::Object(resource), Value::Object(more)) = (&mut resource, more) {
        resource.extend(more);
    }
    resource
}

fn consent(name: &str, category: &Value, about: &Value) -> Value {
    let treatment = json!({ "text": "Opname op de intensive care" });
    let mut consent = json!({ "status": "active", "patient": about, "category": [category, treatment], "dateTime": "2024-02-01" });
    if name == "Behandelaanwijzing" {
        let url = format!("{NICTIZ}zib-TreatmentDirective-TreatmentPermitted");
        let permitted = concept("urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4", "JA", "Ja");
        consent["modifierExtension"] = json!([{ "url": url, "valueCodeableConcept": permitted }]);
    }
    consent
}

fn medication(name: &str, what: &Value, about: &Value) -> Value {
    match name {
        "Medicatiegebruik" => {
            let category = concept("urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3", "6", name);
            json!({ "status": "active", "taken": "y", "category": category, "medicationCodeableConcept": what, "subject": about, "dateAsserted": "2024-04-01" })
        }
        "Medicatieafspraak" => {
            let category = concept(SCT, "16076005", name);
            json!({ "status": "active", "intent": "order", "category": category, "medicationCodeableConcept": what, "subject": about, "authoredOn": "2024-04-01" })
        }
        _ => {
            let category = concept(SCT, "422037009", name);
            json!({ "status": "completed", "category": category, "medicationCodeableConcept": what, "subject": about })
        }
    }
}

fn observation(name: &str, code: &Value, about: &Value, index: usize) -> Value {
    let quantity =
        |value: f64, unit: &str| json!({ "value": value, "unit": unit, "system": UCUM, "code": unit });
    let pressure = |code: &str, text: &str, value: f64| json!({ "code": concept(LOINC, code, text), "valueQuantity": quantity(value, "mm[Hg]") });
    let category = code.clone();
    let mut observation = json!({ "status": "final", "category": [category], "code": code, "subject": about, "effectiveDateTime": "2024-06-11T09:00:00+02:00" });
    let (member, value) = match name {
        "Bloeddruk" => (
            "component",
            json!([
                pressure("8480-6", "Systolische bloeddruk", 120.0),
                pressure("8462-4", "Diastolische bloeddruk", 80.0)
            ]),
        ),
        "Lichaamsgewicht" => ("valueQuantity", quantity(70.0, "kg")),
        "Lichaamslengte" => ("valueQuantity", quantity(175.0, "cm")),
        "Drugsgebruik" | "Alcoholgebruik" | "Tabakgebruik" => {
            ("valueCodeableConcept", json!({ "text": "Geen gebruik" }))
        }
        _ => ("valueString", json!(format!("Waarde {}", index + 1))),
    };
    observation[member] = value;
    observation
}

/// Who pays.
pub(super) fn payor() -> Value {
    json!({
        "resourceType": "Organization",
        "id": PAYOR,
        "meta": { "profile": [format!("{NL_CORE}nl-core-organization")] },
        "identifier": [{ "system": "http://fhir.nl/fhir/NamingSystem/uzovi", "value": "0000" }],
        "name": "Verzekeraar Keur",
    })
}

/// Where a resource comes from.
pub(super) fn provenance(of: &Value) -> Value {
    let [kind, id] = ["resourceType", "id"].map(|name| of[name].as_str().unwrap_or_default());
    json!({
        "resourceType": "Provenance",
        "id": format!("herkomst-{id}"),
        "meta": { "profile": [format!("{NICTIZ}BgZ-Metadata")] },
        "target": [{ "reference": format!("{kind}/{id}"), "display": kind }],
        "recorded": "2024-06-11T09:00:00+02:00",
        "activity": { "system": "http://hl7.org/fhir/v3/DataOperation", "code": "CREATE", "display": "aangemaakt" },
        "agent": [{ "whoReference": { "reference": "Organization/keur-bron", "display": "Bron Keur" } }],
    })
}

fn patient(bsn: &str) -> Value {
    json!({
        "resourceType": "Patient",
        "id": "keur-patient",
        "meta": { "profile": [format!("{NL_CORE}nl-core-patient")] },
        "identifier": [{ "system": BSN, "value": bsn }],
        "name": [{ "use": "official", "family": "Testpatiënt-Keur", "given": ["Puck"] }],
        "gender": "female",
        "birthDate": "1980-02-29",
        "contact": [{ "name": { "family": "Contact-Keur" }, "telecom": [{ "system": "phone", "value": "0000000000" }] }],
    })
}
