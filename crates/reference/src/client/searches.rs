//! The searches of the BgZ as the product makes them (BgZ-MSZ 2.0).

/// One search: the section it fetches, and its text with `{bsn}` for the patient.
#[derive(Debug, Clone, Copy)]
pub(super) struct Search {
    pub(super) name: &'static str,
    pub(super) text: &'static str,
}

impl Search {
    /// The resource type it asks for.
    pub(super) fn kind(&self) -> &'static str {
        self.text.split(['?', '/']).next().unwrap_or_default()
    }
}

const fn search(name: &'static str, text: &'static str) -> Search {
    Search { name, text }
}

/// All of them.
pub(super) const SEARCHES: [Search; 27] = [
    search(
        "Patiënt",
        "Patient?identifier={bsn}&_include=Patient:general-practitioner&_revinclude=Provenance:target",
    ),
    search(
        "Betaler",
        "Coverage?beneficiary.identifier={bsn}&_include=Coverage:payor&_revinclude=Provenance:target",
    ),
    search(
        "Behandelaanwijzing",
        "Consent?patient.identifier={bsn}&category=http://snomed.info/sct|11291000146105&_revinclude=Provenance:target",
    ),
    search(
        "Wilsverklaring",
        "Consent?patient.identifier={bsn}&category=http://snomed.info/sct|11341000146107&_revinclude=Provenance:target",
    ),
    search(
        "Functionele of mentale status",
        "Observation?patient.identifier={bsn}&category=http://snomed.info/sct|118228005,http://snomed.info/sct|384821006&_revinclude=Provenance:target",
    ),
    search("Contactpersoon", "Patient?identifier={bsn}&_revinclude=Provenance:target"),
    search("Probleem", "Condition?patient.identifier={bsn}&_revinclude=Provenance:target"),
    search(
        "Woonsituatie",
        "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|365508006&_revinclude=Provenance:target",
    ),
    search(
        "Drugsgebruik",
        "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|228366006&_revinclude=Provenance:target",
    ),
    search(
        "Alcoholgebruik",
        "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|228273003&_revinclude=Provenance:target",
    ),
    search(
        "Tabakgebruik",
        "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|365980008&_revinclude=Provenance:target",
    ),
    search("Voedingsadvies", "NutritionOrder?patient.identifier={bsn}&_revinclude=Provenance:target"),
    search("Alert", "Flag?patient.identifier={bsn}&_revinclude=Provenance:target"),
    search(
        "Allergie of intolerantie",
        "AllergyIntolerance?patient.identifier={bsn}&_revinclude=Provenance:target",
    ),
    search(
        "Medicatiegebruik",
        "MedicationStatement?patient.identifier={bsn}&category=urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3|6&_include=MedicationStatement:medication&_revinclude=Provenance:target",
    ),
    search(
        "Medicatieafspraak",
        "MedicationRequest?patient.identifier={bsn}&category=http://snomed.info/sct|16076005&_include=MedicationRequest:medication&_revinclude=Provenance:target",
    ),
    search(
        "Toedieningsafspraak",
        "MedicationDispense?patient.identifier={bsn}&category=http://snomed.info/sct|422037009&_include=MedicationDispense:medication&_revinclude=Provenance:target",
    ),
    search(
        "Medisch hulpmiddel",
        "DeviceUseStatement?patient.identifier={bsn}&_include=DeviceUseStatement:device&_revinclude=Provenance:target",
    ),
    search(
        "Vaccinatie",
        "Immunization?patient.identifier={bsn}&status=completed&_revinclude=Provenance:target",
    ),
    search("Bloeddruk", "Observation/$lastn?patient.identifier={bsn}&code=http://loinc.org|85354-9"),
    search(
        "Lichaamsgewicht",
        "Observation?patient.identifier={bsn}&code=http://loinc.org|29463-7&_revinclude=Provenance:target",
    ),
    search(
        "Lichaamslengte",
        "Observation?patient.identifier={bsn}&code=http://loinc.org|8302-2,http://loinc.org|8306-3,http://loinc.org|8308-9&_revinclude=Provenance:target",
    ),
    search(
        "Laboratoriumuitslag",
        "Observation?patient.identifier={bsn}&category=http://snomed.info/sct|49581000146104&_include=Observation:related-target&_revinclude=Provenance:target",
    ),
    search(
        "Verrichting",
        "Procedure?patient.identifier={bsn}&category=http://snomed.info/sct|387713003,http://snomed.info/sct|258174001&_include=Procedure:based-on&_revinclude=Provenance:target",
    ),
    search("Contact", "Encounter?patient.identifier={bsn}&_revinclude=Provenance:target"),
    search(
        "Geplande verrichting",
        "ProcedureRequest?patient.identifier={bsn}&status=active&_revinclude=Provenance:target",
    ),
    search(
        "Zorgteam",
        "CareTeam?patient.identifier={bsn}&status=active&_include=CareTeam:participant&_revinclude=Provenance:target",
    ),
];
