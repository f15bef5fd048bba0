//! Metadata of an authorization server (RFC 8414): sound in itself, and equal to what is used.

use keur_evidence::{Check, http::Answer};
use serde_json::Value;
use url::Url;

use crate::jwks;

/// An RSA modulus in bytes.
const RSA_MIN: usize = 256;
/// Grants and response types that RFC 9700 takes out of use.
const OUTDATED_GRANTS: [&str; 2] = ["implicit", "password"];

/// What is known of the server from elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Known<'a> {
    /// Declared issuer.
    pub issuer: Option<&'a str>,
    /// Token endpoint in use.
    pub token_endpoint: Option<&'a str>,
}

/// The address of the key set in the metadata.
#[must_use]
pub fn jwks_uri(answer: &Answer) -> Option<Url> {
    Url::parse(answer.response()?.json()?.get("jwks_uri")?.as_str()?).ok()
}

/// The metadata say who they are about, over https only, with no weak algorithm and no outdated grant.
#[must_use]
pub fn sound(answer: &Answer, known: Known<'_>) -> Vec<Check> {
    let status = crate::http::status(answer, 200);
    let Some(json) = answer.response().and_then(|response| response.json()) else {
        let check = Check::that(false, "OAuth-gegevens in JSON", answer.describe());
        return vec![status, check.on([answer.id.clone()])];
    };
    let checks = [
        equal(json, "issuer", known.issuer),
        equal(json, "token_endpoint", known.token_endpoint),
        none_found("alleen adressen met https", open_addresses(json)),
        none_found("geen algoritme none of HS*", listed(json, "_values_supported", weak)),
        none_found(
            "geen verouderde grant",
            listed(json, "grant_types_supported", |one| OUTDATED_GRANTS.contains(&one)),
        ),
        none_found(
            "geen antwoordsoort die een token in het adres zet",
            listed(json, "response_types_supported", |one| {
                one.split(' ').any(|part| matches!(part, "token" | "id_token"))
            }),
        ),
        Check::that(json["jwks_uri"].is_string(), "een jwks_uri", text(&json["jwks_uri"])),
    ];
    std::iter::once(status).chain(checks.into_iter().map(|check| check.on([answer.id.clone()]))).collect()
}

/// Every RSA key has at least 2048 bits.
#[must_use]
pub fn large_enough(answer: &Answer) -> Option<Check> {
    let keys = jwks::keys(answer)?;
    let small = keys.iter().filter(|key| key["kty"] == "RSA").filter_map(|key| {
        let length = key["n"].as_str().unwrap_or_default().len() * 3 / 4;
        (length < RSA_MIN).then(|| format!("RSA-sleutel van {} bits", length * 8))
    });
    Some(none_found("RSA-sleutels van ten minste 2048 bits", small.collect()).on([answer.id.clone()]))
}

fn equal(json: &Value, name: &str, known: Option<&str>) -> Check {
    let said = json[name].as_str();
    let holds = said.is_some() && known.is_none_or(|known| said == Some(known));
    Check::that(holds, format!("{name} {}", known.unwrap_or("met een waarde")), text(&json[name]))
}

fn none_found(expected: &str, found: Vec<String>) -> Check {
    let observed = if found.is_empty() { expected.to_owned() } else { found.join("; ") };
    Check::that(found.is_empty(), expected, observed)
}

/// The addresses that are not https.
fn open_addresses(json: &Value) -> Vec<String> {
    let members = json.as_object().into_iter().flatten();
    let address = |name: &str| name == "issuer" || name.ends_with("_endpoint") || name.ends_with("_uri");
    members
        .filter(|(name, value)| {
            address(name) && !value.as_str().is_some_and(|url| url.starts_with("https://"))
        })
        .map(|(name, value)| format!("{name}: {}", text(value)))
        .collect()
}

/// What stands in the lists whose name ends like this and is wrong.
fn listed(json: &Value, ending: &str, wrong: impl Fn(&str) -> bool) -> Vec<String> {
    let lists = json.as_object().into_iter().flatten().filter(|(name, _)| name.ends_with(ending));
    let found = lists.flat_map(|(name, all)| {
        all.as_array().into_iter().flatten().filter_map(Value::as_str).map(move |one| (name, one))
    });
    found.filter(|(_, one)| wrong(one)).map(|(name, one)| format!("{name}: {one}")).collect()
}

fn weak(algorithm: &str) -> bool {
    algorithm.eq_ignore_ascii_case("none") || algorithm.starts_with("HS")
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| "ontbreekt".to_owned(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    const KNOWN: Known<'_> =
        Known { issuer: Some("https://bron.example"), token_endpoint: Some("https://bron.example/token") };

    fn violated(change: impl FnOnce(&mut Value)) -> usize {
        let mut json = json!({
            "issuer": "https://bron.example", "token_endpoint": "https://bron.example/token",
            "jwks_uri": "https://bron.example/jwks", "grant_types_supported": ["client_credentials"],
            "token_endpoint_auth_signing_alg_values_supported": ["ES256"], "response_types_supported": [],
        });
        change(&mut json);
        sound(&answer(200, &json), KNOWN).iter().filter(|check| !check.holds()).count()
    }

    #[test]
    fn each_fault_of_the_metadata_is_seen() {
        assert_eq!(violated(|_| ()), 0);
        assert_eq!(violated(|json| json["issuer"] = json!("https://elders.example")), 1);
        assert_eq!(violated(|json| json["jwks_uri"] = json!("http://bron.example/jwks")), 1);
        let algorithms = "token_endpoint_auth_signing_alg_values_supported";
        assert_eq!(violated(|json| json[algorithms] = json!(["ES256", "HS256"])), 1);
        assert_eq!(violated(|json| json["grant_types_supported"] = json!(["password"])), 1);
        assert_eq!(violated(|json| json["response_types_supported"] = json!(["code id_token"])), 1);
        assert!(sound(&answer(404, &json!([])), KNOWN).iter().any(|check| !check.holds()));
    }

    #[test]
    fn an_rsa_key_of_1024_bits_is_too_small() {
        let set = |length: usize| json!({ "keys": [{ "kty": "RSA", "n": "A".repeat(length) }] });
        assert!(large_enough(&answer(200, &set(342))).is_some_and(|check| check.holds()));
        assert!(large_enough(&answer(200, &set(171))).is_some_and(|check| !check.holds()));
    }
}
