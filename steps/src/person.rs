//! The person in the transaction: the stand-in for the Dezi attestation in variant `nen7512-persoon`.

use keur_probes::jose::{Jwt, Signer, SigningKey};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

/// The variant in which a person is part of the transaction.
pub const VARIANT: &str = "nen7512-persoon";
/// eIDAS level of assurance high.
pub const LOA_HIGH: &str = "http://eidas.europa.eu/LoA/high";
/// Number of the person we say we are.
pub const NUMBER: &str = "900000001";

/// An attestation of a professional of the organisation with this URA.
#[must_use]
pub fn attestation(ura: &str, level: &str, key: &SigningKey, now: OffsetDateTime) -> String {
    let header = json!({ "alg": key.algorithm().name(), "typ": "JWT", "kid": key.thumbprint() });
    let claims = json!({
        "dezi_nummer": NUMBER, "abonnee_nummer": ura, "rol_code": "01.015", "loa_dezi": level,
        "iat": now.unix_timestamp(), "exp": now.unix_timestamp() + 300,
    });
    let map = |value: Value| match value {
        Value::Object(map) => map,
        _ => Map::new(),
    };
    Jwt { header: map(header), claims: map(claims) }.sign(&Signer::Key(key.clone()))
}
