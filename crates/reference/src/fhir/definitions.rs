//! What can be searched and read: types, parameters and includes.

/// How values of a parameter compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    Token,
    Date,
}

/// What can be searched on one resource type.
#[derive(Debug)]
pub(crate) struct Searchable {
    pub kind: &'static str,
    /// Parameters that name the patient: by reference, or by identifier as `<name>.identifier`.
    pub patient: &'static [&'static str],
    /// Name, style and dotted path of the other parameters.
    pub filters: &'static [(&'static str, Style, &'static str)],
    /// Name and dotted path of what `_include` may follow.
    pub includes: &'static [(&'static str, &'static str)],
}

const fn on(
    kind: &'static str,
    patient: &'static [&'static str],
    filters: &'static [(&'static str, Style, &'static str)],
    includes: &'static [(&'static str, &'static str)],
) -> Searchable {
    Searchable { kind, patient, filters, includes }
}

const PATIENT: &[&str] = &["patient"];
const EITHER: &[&str] = &["patient", "subject"];
const STATUS: (&str, Style, &str) = ("status", Style::Token, "status");
const CATEGORY: (&str, Style, &str) = ("category", Style::Token, "category");
const CODE: (&str, Style, &str) = ("code", Style::Token, "code");
const MEDICATION: &[(&str, &str)] = &[("medication", "medicationReference")];

/// Every type that can be searched.
pub(crate) const SEARCHABLE: &[Searchable] = &[
    on("AllergyIntolerance", PATIENT, &[CODE, ("clinical-status", Style::Token, "clinicalStatus")], &[]),
    on("CareTeam", EITHER, &[STATUS, CATEGORY], &[("participant", "participant.member")]),
    on("Condition", EITHER, &[CATEGORY, CODE, ("clinical-status", Style::Token, "clinicalStatus")], &[]),
    on("Consent", PATIENT, &[STATUS, CATEGORY], &[]),
    on("Coverage", &["beneficiary"], &[], &[("payor", "payor")]),
    on("DeviceUseStatement", EITHER, &[], &[("device", "device")]),
    on(
        "Encounter",
        EITHER,
        &[STATUS, ("class", Style::Token, "class"), ("date", Style::Date, "period")],
        &[],
    ),
    on("Flag", EITHER, &[], &[]),
    on("Immunization", PATIENT, &[STATUS, ("date", Style::Date, "date")], &[]),
    on("MedicationDispense", EITHER, &[STATUS, CATEGORY], MEDICATION),
    on("MedicationRequest", EITHER, &[STATUS, CATEGORY, ("intent", Style::Token, "intent")], MEDICATION),
    on("MedicationStatement", EITHER, &[STATUS, CATEGORY], MEDICATION),
    on("NutritionOrder", PATIENT, &[STATUS], &[]),
    on(
        "Observation",
        EITHER,
        &[STATUS, CATEGORY, CODE, ("date", Style::Date, "effectiveDateTime|effectivePeriod")],
        &[("related-target", "related.target"), ("specimen", "specimen")],
    ),
    on(
        "Patient",
        &[],
        &[("birthdate", Style::Date, "birthDate")],
        &[("general-practitioner", "generalPractitioner")],
    ),
    on("Procedure", EITHER, &[STATUS, CATEGORY, CODE], &[("based-on", "basedOn")]),
    on("ProcedureRequest", EITHER, &[STATUS, CODE, ("intent", Style::Token, "intent")], &[]),
];

/// Types that can only be read by id.
pub(crate) const READABLE: &[&str] =
    &["Device", "Medication", "Organization", "Practitioner", "PractitionerRole", "Provenance", "Specimen"];

/// Page size when nothing is asked, and the largest one.
pub(crate) const PAGE: usize = 50;
pub(crate) const LARGEST_PAGE: usize = 100;

/// The search definition of a type.
pub(crate) fn searchable(kind: &str) -> Option<&'static Searchable> {
    SEARCHABLE.iter().find(|searchable| searchable.kind == kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_but_the_patient_names_its_patient() {
        for on in SEARCHABLE {
            assert_eq!(on.patient.is_empty(), on.kind == "Patient", "{}", on.kind);
            assert!(!READABLE.contains(&on.kind), "{}", on.kind);
        }
    }
}
