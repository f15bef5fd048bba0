//! The natural person behind a request, in the variant that asks for one.

use crate::defects::Defects;
use crate::oauth::jose::Jws;
use crate::oauth::keys::PublicKey;
use crate::oauth::{OauthError, SKEW_S};
use crate::options::Variant;

const LEVEL_HIGH: &str = "http://eidas.europa.eu/LoA/high";

/// A person as attested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) id: String,
    pub(crate) role: String,
}

/// Reads the attestation from a client assertion whose signature was checked with `key`.
pub(crate) fn check(
    assertion: Option<&Jws<'_>>,
    key: Option<&PublicKey>,
    ura: &str,
    purpose: &str,
    variant: Variant,
    defects: &Defects,
    now: i64,
) -> Result<Option<Person>, OauthError> {
    let attestation = assertion.and_then(|assertion| assertion.claims.get("dezi")?.as_str());
    if variant != Variant::Person {
        // Persons are authenticated by their own organisation; a claim about them is neither needed nor used.
        if defects.has("person-demanded") && purpose == "COC" && attestation.is_none() {
            return Err(refuse("a person is required"));
        }
        return Ok(None);
    }
    let attestation = attestation.ok_or_else(|| refuse("the assertion names no person"))?;
    let jws = Jws::parse(attestation).map_err(|_| refuse("the attestation is not a JWS"))?;
    if let Some(key) = key {
        jws.verify(key).map_err(|_| refuse("the attestation's signature does not match"))?;
    }
    if jws.seconds("exp").is_some_and(|expiry| expiry + SKEW_S < now) {
        return Err(refuse("the attestation has expired"));
    }
    if jws.text("abonnee_nummer") != Some(ura) {
        return Err(refuse("the attestation is of another organisation"));
    }
    if jws.text("loa_dezi") != Some(LEVEL_HIGH) && !defects.has("low-loa-accepted") {
        return Err(refuse("the level of assurance is not high"));
    }
    let text =
        |name: &str, missing: &'static str| jws.text(name).map(str::to_owned).ok_or_else(|| refuse(missing));
    Ok(Some(Person {
        id: text("dezi_nummer", "the attestation has no dezi_nummer")?,
        role: text("rol_code", "the attestation has no rol_code")?,
    }))
}

fn refuse(description: &'static str) -> OauthError {
    OauthError::new("invalid_grant", description)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::oauth::keys::tests::key;

    fn run(
        level: Option<&str>,
        variant: Variant,
        defect: Option<&str>,
    ) -> Result<Option<Person>, OauthError> {
        let key = key();
        let header = json!({ "alg": "ES256" });
        let attestation = json!({ "dezi_nummer": "900001", "abonnee_nummer": "90000111",
            "rol_code": "01.015", "loa_dezi": level });
        let attestation = key.sign(&header, &attestation).expect("signed");
        let claims = if level.is_some() { json!({ "dezi": attestation }) } else { json!({}) };
        let assertion = key.sign(&header, &claims).expect("signed");
        let jws = Jws::parse(&assertion).expect("parses");
        let defects = Defects::new(defect.map(str::to_owned)).expect("known");
        check(Some(&jws), Some(&key.public()), "90000111", "COC", variant, &defects, 0)
    }

    #[test]
    fn the_person_variant_demands_the_high_level() {
        let low = "http://eidas.europa.eu/LoA/low";
        assert!(matches!(run(Some(LEVEL_HIGH), Variant::Person, None), Ok(Some(_))));
        assert!(run(Some(low), Variant::Person, None).is_err());
        assert!(run(None, Variant::Person, None).is_err());
        assert!(matches!(run(Some(low), Variant::Person, Some("low-loa-accepted")), Ok(Some(_))));
    }

    #[test]
    fn the_organisation_variants_demand_no_person() {
        assert_eq!(run(None, Variant::GisaB, None), Ok(None));
        assert!(run(None, Variant::GisaB, Some("person-demanded")).is_err());
    }
}
