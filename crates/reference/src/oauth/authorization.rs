//! The authorization_details of a token request (RFC 9396): who asks, why, and where.

use serde_json::Value;

use crate::defects::Defects;
use crate::oauth::OauthError;
use crate::options::Variant;

const KIND: &str = "nl-gis-v1";
const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
/// What the protocol allows: care, and in an emergency acute care and breaking the glass.
const PURPOSES: [&str; 4] = ["TREAT", "COC", ACUTE, OVERRIDE];
/// Acute care.
pub(crate) const ACUTE: &str = "ETREAT";
/// Breaking the glass.
pub(crate) const OVERRIDE: &str = "BTG";
pub(crate) const ORGANISATION_TYPES: &str = "https://www.cbs.nl/standaard-bedrijfsindeling";

/// The codes as which this product knows an insurer and a company doctor, whom the law excludes, and the defect that
/// lets each in.
pub(crate) const INSURER: &str = "6512";
pub(crate) const COMPANY_DOCTOR: &str = "86922";
const EXCLUDED: [(&str, &str); 2] = [(INSURER, "insurer-served"), (COMPANY_DOCTOR, "company-doctor-served")];

/// What the product took from the details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Details {
    pub(crate) ura: String,
    pub(crate) purpose: String,
    pub(crate) raw: Value,
}

/// The facts the details must agree with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    pub(crate) certificate_ura: Option<&'a str>,
    pub(crate) source_ura: &'a str,
    pub(crate) fhir_base: &'a str,
    pub(crate) variant: Variant,
}

/// Reads and checks the details.
pub(crate) fn check(text: Option<&str>, facts: Facts<'_>, defects: &Defects) -> Result<Details, OauthError> {
    let text = text.ok_or_else(|| refuse("authorization_details is missing"))?;
    let raw: Value = serde_json::from_str(text).map_err(|_| {
        refuse("authorization_details is not JSON; send an array with one object of type nl-gis-v1")
            .unreadable()
    })?;
    let detail = match raw.as_array().map(Vec::as_slice) {
        Some([detail]) if detail["type"] == KIND => detail,
        Some([detail, ..]) if defects.has("details-type-unchecked") => detail,
        _ => return Err(refuse("authorization_details must hold one object of type nl-gis-v1")),
    };
    let field = |name: &str| detail[name].as_str().unwrap_or_default();

    let asking = field("subject_organization_id").strip_prefix(URA).and_then(|rest| rest.strip_prefix('|'));
    let asking = asking.ok_or_else(|| refuse("subject_organization_id is not a URA"))?;
    let same = facts.certificate_ura.is_none_or(|certificate| certificate == asking);
    if !same && !defects.has("ura-mismatch-accepted") {
        return Err(refuse("subject_organization_id differs from the URA of the certificate"));
    }
    if field("locations_organization_id") != format!("{URA}|{}", facts.source_ura) {
        return Err(refuse("locations_organization_id is not this care organisation"));
    }
    let elsewhere = |location: &Value| location.as_str() != Some(facts.fhir_base);
    if detail["locations"].as_array().is_some_and(|locations| locations.iter().any(elsewhere))
        && !defects.has("locations-unchecked")
    {
        return Err(refuse("locations names another FHIR base"));
    }
    let organisation_type = field("subject_organisation_type");
    let typed = organisation_type
        .strip_prefix(ORGANISATION_TYPES)
        .and_then(|rest| rest.strip_prefix('|'))
        .is_some_and(|code| !code.is_empty());
    let demanded = facts.variant == Variant::GisaA || !organisation_type.is_empty();
    if !typed && demanded && !defects.has("organisation-type-ignored") {
        return Err(refuse("subject_organisation_type is missing or not a code of the SBI"));
    }
    let code = organisation_type.rsplit('|').next().unwrap_or_default();
    if EXCLUDED.iter().any(|(excluded, defect)| code == *excluded && !defects.has(defect)) {
        return Err(refuse("this kind of organisation is excluded by law"));
    }
    let purpose = purpose(field("purpose_of_use"), facts.variant, defects)?;
    Ok(Details { ura: asking.to_owned(), purpose, raw })
}

/// Whether there is an emergency procedure: in one variant the product has none, and says so.
pub(crate) fn has_override(variant: Variant) -> bool {
    variant != Variant::Person
}

fn purpose(value: &str, variant: Variant, defects: &Defects) -> Result<String, OauthError> {
    let code = value.strip_prefix(ACT_REASON).and_then(|rest| rest.strip_prefix('|'));
    match code {
        Some(code) if PURPOSES.contains(&code) && (code != OVERRIDE || has_override(variant)) => {
            Ok(code.to_owned())
        }
        _ if defects.has("purpose-ignored") => Ok("TREAT".to_owned()),
        _ => Err(refuse("purpose_of_use is missing or not allowed")),
    }
}

fn refuse(description: &str) -> OauthError {
    OauthError::new("invalid_authorization_details", description)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const FACTS: Facts<'_> = Facts {
        certificate_ura: Some("90000111"),
        source_ura: "90000382",
        fhir_base: "https://127.0.0.1:1/90000382/fhir",
        variant: Variant::GisaB,
    };

    fn details(change: impl FnOnce(&mut Value)) -> String {
        let mut detail = json!({
            "type": KIND,
            "subject_organization_id": format!("{URA}|90000111"),
            "purpose_of_use": format!("{ACT_REASON}|TREAT"),
            "locations_organization_id": format!("{URA}|90000382"),
            "locations": [FACTS.fhir_base],
            "subject_organisation_type": format!("{ORGANISATION_TYPES}|8610"),
        });
        change(&mut detail);
        json!([detail]).to_string()
    }

    fn run(change: impl FnOnce(&mut Value), defects: &Defects) -> Result<Details, OauthError> {
        check(Some(&details(change)), FACTS, defects)
    }

    #[test]
    fn the_right_details_are_accepted_and_each_wrong_one_is_refused() {
        let none = Defects::default();
        assert_eq!(run(|_| (), &none).map(|details| details.purpose), Ok("TREAT".to_owned()));
        for (field, value) in [
            ("type", json!("other")),
            ("subject_organization_id", json!(format!("{URA}|90000222"))),
            ("subject_organization_id", Value::Null),
            ("purpose_of_use", Value::Null),
            ("purpose_of_use", json!(format!("{ACT_REASON}|HMARKT"))),
            ("locations_organization_id", json!(format!("{URA}|90000383"))),
            ("locations", json!(["https://example.org/fhir"])),
            ("subject_organisation_type", json!("8610")),
            ("subject_organisation_type", json!(format!("{ORGANISATION_TYPES}|{INSURER}"))),
            ("subject_organisation_type", json!(format!("{ORGANISATION_TYPES}|{COMPANY_DOCTOR}"))),
        ] {
            let error = run(|detail| detail[field] = value.clone(), &none).expect_err(field);
            assert_eq!(error.code, "invalid_authorization_details");
        }
        assert!(check(None, FACTS, &none).is_err());
        assert!(check(Some("{"), FACTS, &none).is_err());
    }

    #[test]
    fn breaking_the_glass_is_a_purpose_where_there_is_a_procedure_for_it() {
        let emergency =
            details(|detail| detail["purpose_of_use"] = json!(format!("{ACT_REASON}|{OVERRIDE}")));
        let none = Defects::default();
        assert!(check(Some(&emergency), FACTS, &none).is_ok());
        assert!(check(Some(&emergency), Facts { variant: Variant::Person, ..FACTS }, &none).is_err());
    }

    #[test]
    fn the_organisation_type_is_mandatory_in_one_variant_only() {
        let without = details(|detail| detail["subject_organisation_type"] = Value::Null);
        let none = Defects::default();
        assert!(check(Some(&without), FACTS, &none).is_ok());
        assert!(check(Some(&without), Facts { variant: Variant::GisaA, ..FACTS }, &none).is_err());
    }
}
