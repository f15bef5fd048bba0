//! Search parameters of the Dutch exchanges, and the searches of the BgZ.

/// NamingSystem of the citizen service number.
pub const BSN_SYSTEM: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
/// Stands for the patient's `system|number` in the text of a search.
pub const PATIENT: &str = "{bsn}";

/// The token value `system|bsn`, percent-encoded for a query.
#[must_use]
pub fn bsn_token(bsn: &str) -> String {
    encoded(&format!("{BSN_SYSTEM}|{bsn}"))
}

/// One search of the BgZ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Section {
    /// The building block it fetches.
    pub name: &'static str,
    /// The search, with [`PATIENT`] for the patient, readable: not percent-encoded.
    pub search: &'static str,
}

const fn section(name: &'static str, search: &'static str) -> Section {
    Section { name, search }
}

/// The 27 searches of BgZ-MSZ 2.0, in the order of the published test scripts.
///
/// The published search for the care team leaves the patient to the token; here it names the patient.
pub const SECTIONS: [Section; 27] = [
    section(
        "Patiënt",
        "Patient?identifier={bsn}&_include=Patient:general-practitioner&_revinclude=Provenance:target",
    ),
    section(
        "Betaler",
        "Coverage?beneficiary.identifier={bsn}&_include=Coverage:payor&_revinclude=Provenance:target",
    ),
    section(
        "Behandelaanwijzing",
        "Consent?patient.identifier={bsn}&category=http://snomed.info/sct|11291000146105&_revinclude=Provenance:target",
    ),
    section(
        "Wilsverklaring",
        "Consent?patient.identifier={bsn}&category=http://snomed.info/sct|11341000146107&_revinclude=Provenance:target",
    ),
    section(
        "Functionele of mentale status",
        "Observation?patient.identifier={bsn}&category=http://snomed.info/sct|118228005,http://snomed.info/sct|384821006&_revinclude=Provenance:target",
    ),
    section("Contactpersoon", "Patient?identifier={bsn}&_revinclude=Provenance:target"),
    section("Probleem", "Condition?patient.identifier={bsn}&_revinclude=Provenance:target"),
    section(
        "Woonsituatie",
        "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|365508006&_revinclude=Provenance:target",
    ),
    section(
        "Drugsgebruik",
        "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|228366006&_revinclude=Provenance:target",
    ),
    section(
        "Alcoholgebruik",
        "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|228273003&_revinclude=Provenance:target",
    ),
    section(
        "Tabakgebruik",
        "Observation?patient.identifier={bsn}&code=http://snomed.info/sct|365980008&_revinclude=Provenance:target",
    ),
    section("Voedingsadvies", "NutritionOrder?patient.identifier={bsn}&_revinclude=Provenance:target"),
    section("Alert", "Flag?patient.identifier={bsn}&_revinclude=Provenance:target"),
    section(
        "Allergie of intolerantie",
        "AllergyIntolerance?patient.identifier={bsn}&_revinclude=Provenance:target",
    ),
    section(
        "Medicatiegebruik",
        "MedicationStatement?patient.identifier={bsn}&category=urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3|6&_include=MedicationStatement:medication&_revinclude=Provenance:target",
    ),
    section(
        "Medicatieafspraak",
        "MedicationRequest?patient.identifier={bsn}&category=http://snomed.info/sct|16076005&_include=MedicationRequest:medication&_revinclude=Provenance:target",
    ),
    section(
        "Toedieningsafspraak",
        "MedicationDispense?patient.identifier={bsn}&category=http://snomed.info/sct|422037009&_include=MedicationDispense:medication&_revinclude=Provenance:target",
    ),
    section(
        "Medisch hulpmiddel",
        "DeviceUseStatement?patient.identifier={bsn}&_include=DeviceUseStatement:device&_revinclude=Provenance:target",
    ),
    section(
        "Vaccinatie",
        "Immunization?patient.identifier={bsn}&status=completed&_revinclude=Provenance:target",
    ),
    section("Bloeddruk", "Observation/$lastn?patient.identifier={bsn}&code=http://loinc.org|85354-9"),
    section(
        "Lichaamsgewicht",
        "Observation?patient.identifier={bsn}&code=http://loinc.org|29463-7&_revinclude=Provenance:target",
    ),
    section(
        "Lichaamslengte",
        "Observation?patient.identifier={bsn}&code=http://loinc.org|8302-2,http://loinc.org|8306-3,http://loinc.org|8308-9&_revinclude=Provenance:target",
    ),
    section(
        "Laboratoriumuitslag",
        "Observation?patient.identifier={bsn}&category=http://snomed.info/sct|49581000146104&_include=Observation:related-target&_revinclude=Provenance:target",
    ),
    section(
        "Verrichting",
        "Procedure?patient.identifier={bsn}&category=http://snomed.info/sct|387713003,http://snomed.info/sct|258174001&_include=Procedure:based-on&_revinclude=Provenance:target",
    ),
    section("Contact", "Encounter?patient.identifier={bsn}&_revinclude=Provenance:target"),
    section(
        "Geplande verrichting",
        "ProcedureRequest?patient.identifier={bsn}&status=active&_revinclude=Provenance:target",
    ),
    section(
        "Zorgteam",
        "CareTeam?patient.identifier={bsn}&status=active&_include=CareTeam:participant&_revinclude=Provenance:target",
    ),
];

impl Section {
    /// The resource type it searches.
    #[must_use]
    pub fn resource_type(&self) -> &'static str {
        self.search.split(['?', '/']).next().unwrap_or_default()
    }

    /// The values of a parameter, e.g. of every `_include`.
    pub fn values(&self, name: &'static str) -> impl Iterator<Item = &'static str> {
        let (_, query) = self.search.split_once('?').unwrap_or_default();
        query
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .filter(move |(known, _)| *known == name)
            .map(|(_, value)| value)
    }
}

/// A readable search as path and query: the patient filled in, values percent-encoded.
#[must_use]
pub fn filled(search: &str, bsn: &str) -> String {
    let Some((path, query)) = search.split_once('?') else { return search.to_owned() };
    let patient = format!("{BSN_SYSTEM}|{bsn}");
    let pairs = query.split('&').map(|pair| match pair.split_once('=') {
        Some((name, value)) => format!("{name}={}", encoded(&value.replace(PATIENT, &patient))),
        None => pair.to_owned(),
    });
    format!("{path}?{}", pairs.collect::<Vec<_>>().join("&"))
}

/// The same search without the parameter that names the patient: the patient is left to the token.
#[must_use]
pub fn without_patient(search: &str) -> String {
    let Some((path, query)) = search.split_once('?') else { return search.to_owned() };
    let others: Vec<&str> = query.split('&').filter(|pair| !pair.contains(PATIENT)).collect();
    format!("{path}?{}", others.join("&"))
}

fn encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patient_is_filled_in_and_values_are_encoded() {
        assert_eq!(
            filled("Flag?patient.identifier={bsn}&code=a|b", "999900018"),
            "Flag?patient.identifier=http%3A%2F%2Ffhir.nl%2Ffhir%2FNamingSystem%2Fbsn%7C999900018&code=a%7Cb"
        );
        assert_eq!(filled("metadata", "1"), "metadata");
        assert_eq!(
            without_patient("CareTeam?patient.identifier={bsn}&status=active"),
            "CareTeam?status=active"
        );
    }

    #[test]
    fn every_section_names_the_patient_once() {
        for section in SECTIONS {
            assert_eq!(section.search.matches(PATIENT).count(), 1, "{}", section.name);
            assert!(section.resource_type().starts_with(char::is_uppercase), "{}", section.name);
        }
        let includes: Vec<&str> = SECTIONS.iter().flat_map(|section| section.values("_include")).collect();
        assert_eq!(includes.len(), 9);
    }
}
