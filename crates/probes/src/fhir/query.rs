//! Search parameters of the Dutch exchanges.

/// NamingSystem of the citizen service number.
pub const BSN_SYSTEM: &str = "http://fhir.nl/fhir/NamingSystem/bsn";

/// The token value `system|bsn`, percent-encoded for a query.
#[must_use]
pub fn bsn_token(bsn: &str) -> String {
    url::form_urlencoded::byte_serialize(format!("{BSN_SYSTEM}|{bsn}").as_bytes()).collect()
}
