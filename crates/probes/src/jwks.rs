//! A published key set: what is in it, and whether a token was signed with one of its keys (RFC 7517, 7518).

use std::collections::BTreeSet;

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD as B64},
};
use keur_evidence::{Check, http::Answer};
use ring::signature::{self, RsaPublicKeyComponents, UnparsedPublicKey};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{http, jose::Jwt};

/// Members that only a private or symmetric key has.
const SECRET: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

/// The keys in an answer; `None` when it is not a key set.
#[must_use]
pub fn keys(answer: &Answer) -> Option<Vec<Value>> {
    let json = answer.response().filter(|response| response.status == 200)?.json()?;
    json.get("keys")?.as_array().cloned()
}

/// Status 200 and a set of one or more asymmetric keys that can be told apart and show nothing secret.
#[must_use]
pub fn published(answer: &Answer) -> Vec<Check> {
    let status = http::status(answer, 200);
    if !status.holds() {
        return vec![status];
    }
    let Some(keys) = keys(answer) else {
        let check = Check::that(false, "een JSON Web Key Set met keys", "geen sleutelset");
        return vec![status, check.on([answer.id.clone()])];
    };
    let checks = [filled(&keys), asymmetric(&keys), distinct(&keys), public(&keys)];
    std::iter::once(status).chain(checks.map(|check| check.on([answer.id.clone()]))).collect()
}

fn filled(keys: &[Value]) -> Check {
    Check::that(!keys.is_empty(), "ten minste één sleutel", format!("{} sleutels", keys.len()))
}

fn asymmetric(keys: &[Value]) -> Check {
    let weak = |key: &&Value| {
        let kind = text(key, "kty");
        let algorithm = text(key, "alg");
        !["EC", "RSA", "OKP"].contains(&kind) || algorithm.starts_with("HS") || algorithm == "none"
    };
    let found: Vec<String> = keys.iter().filter(weak).map(name).collect();
    let observed =
        if found.is_empty() { "alleen asymmetrische sleutels".to_owned() } else { found.join(", ") };
    Check::that(found.is_empty(), "alleen asymmetrische sleutels (kty EC, RSA of OKP)", observed)
}

fn distinct(keys: &[Value]) -> Check {
    let ids: BTreeSet<&str> = keys.iter().map(|key| text(key, "kid")).filter(|kid| !kid.is_empty()).collect();
    let observed = format!("{} sleutels met {} verschillende kid", keys.len(), ids.len());
    Check::that(ids.len() == keys.len(), "bij elke sleutel een eigen kid", observed)
}

fn public(keys: &[Value]) -> Check {
    let secret = |key: &Value| {
        SECRET
            .iter()
            .filter(|member| key.get(**member).is_some())
            .map(|member| (*member).to_owned())
            .collect()
    };
    let found: Vec<String> = keys
        .iter()
        .map(|key| (name(key), secret(key)))
        .filter(|(_, members): &(String, Vec<String>)| !members.is_empty())
        .map(|(name, members)| format!("{name} bevat {}", members.join(", ")))
        .collect();
    let observed = if found.is_empty() { "geen geheime delen".to_owned() } else { found.join("; ") };
    Check::that(found.is_empty(), "geen geheime delen van een sleutel", observed)
}

/// What verifying a token against a key set comes to. The signature itself is never kept, this is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verified {
    /// `alg` of the token.
    pub algorithm: String,
    /// `kid` of the token; empty when it has none.
    pub kid: String,
    /// Keys of the set that may have signed it.
    pub candidates: usize,
    /// One of them did.
    pub holds: bool,
}

/// Verifies the signature of a JWT with the published keys.
#[must_use]
pub fn verify_with(token: &str, keys: &[Value]) -> Verified {
    let header = Jwt::parse(token).map(|jwt| jwt.header).unwrap_or_default();
    let member = |name: &str| header.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let (algorithm, kid) = (member("alg"), member("kid"));
    let matching = keys.iter().filter(|key| kid.is_empty() || text(key, "kid") == kid);
    let holds = matching.clone().any(|key| verify(token, &algorithm, key));
    let candidates = matching.count();
    Verified { algorithm, kid, candidates, holds }
}

/// The signature of a JWT matches one of the published keys.
#[must_use]
pub fn verifies(verified: &Verified) -> Check {
    let expected = "een token dat met een gepubliceerde sleutel is ondertekend";
    let Verified { algorithm, kid, candidates, holds } = verified;
    let observed = match (holds, candidates) {
        (true, _) => format!("de handtekening ({algorithm}) klopt met een gepubliceerde sleutel"),
        (false, 0) => format!("de kid van het token ({kid}) staat niet in de sleutelset"),
        (false, _) => format!("de handtekening ({algorithm}) klopt met geen gepubliceerde sleutel"),
    };
    Check::that(*holds, expected, observed)
}

fn verify(token: &str, algorithm: &str, key: &Value) -> bool {
    let Some((signed, signature)) = token.rsplit_once('.') else { return false };
    let Ok(signature) = B64.decode(signature) else { return false };
    let Some(material) = material(key) else { return false };
    let with = |algorithm: &'static dyn signature::VerificationAlgorithm, point: &[u8]| {
        UnparsedPublicKey::new(algorithm, point).verify(signed.as_bytes(), &signature).is_ok()
    };
    match (algorithm, material) {
        ("ES256", Material::Point(point)) if text(key, "crv") == "P-256" => {
            with(&signature::ECDSA_P256_SHA256_FIXED, &point)
        }
        ("ES384", Material::Point(point)) if text(key, "crv") == "P-384" => {
            with(&signature::ECDSA_P384_SHA384_FIXED, &point)
        }
        ("EdDSA", Material::Edwards(point)) => with(&signature::ED25519, &point),
        (_, Material::Rsa(n, e)) => rsa(algorithm).is_some_and(|parameters| {
            RsaPublicKeyComponents { n, e }.verify(parameters, signed.as_bytes(), &signature).is_ok()
        }),
        _ => false,
    }
}

fn rsa(algorithm: &str) -> Option<&'static signature::RsaParameters> {
    Some(match algorithm {
        "RS256" => &signature::RSA_PKCS1_2048_8192_SHA256,
        "RS384" => &signature::RSA_PKCS1_2048_8192_SHA384,
        "RS512" => &signature::RSA_PKCS1_2048_8192_SHA512,
        "PS256" => &signature::RSA_PSS_2048_8192_SHA256,
        "PS384" => &signature::RSA_PSS_2048_8192_SHA384,
        "PS512" => &signature::RSA_PSS_2048_8192_SHA512,
        _ => return None,
    })
}

enum Material {
    /// Uncompressed elliptic curve point.
    Point(Vec<u8>),
    Edwards(Vec<u8>),
    /// Modulus and exponent.
    Rsa(Vec<u8>, Vec<u8>),
}

fn material(key: &Value) -> Option<Material> {
    let bytes = |name: &str| B64.decode(text(key, name)).ok().filter(|bytes| !bytes.is_empty());
    Some(match text(key, "kty") {
        "EC" => Material::Point([vec![4], bytes("x")?, bytes("y")?].concat()),
        "OKP" => Material::Edwards(bytes("x")?),
        "RSA" => Material::Rsa(bytes("n")?, bytes("e")?),
        _ => return None,
    })
}

/// The bytes a careless verifier could take for an HMAC secret when it reads a public key, by the name of their form.
#[must_use]
pub fn confusable_secret(key: &Value, form: &str) -> Option<Vec<u8>> {
    let raw = match material(key)? {
        Material::Point(bytes) | Material::Edwards(bytes) | Material::Rsa(bytes, _) => bytes,
    };
    Some(match form {
        "JWK" => key.to_string().into_bytes(),
        "punt" => raw,
        "DER" => spki(key)?,
        "PEM" => {
            let text = BASE64_STANDARD.encode(spki(key)?);
            let lines: Vec<&str> =
                (0..text.len()).step_by(64).filter_map(|at| text.get(at..text.len().min(at + 64))).collect();
            format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"))
                .into_bytes()
        }
        _ => return None,
    })
}

/// SubjectPublicKeyInfo in DER.
fn spki(key: &Value) -> Option<Vec<u8>> {
    const EC: [u8; 9] = [0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
    const P256: [u8; 10] = [0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07];
    const P384: [u8; 7] = [0x06, 0x05, 0x2B, 0x81, 0x04, 0x00, 0x22];
    const RSA: [u8; 13] = [0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00];
    const ED25519: [u8; 5] = [0x06, 0x03, 0x2B, 0x65, 0x70];
    let (algorithm, bits) = match (material(key)?, text(key, "crv")) {
        (Material::Point(point), "P-256") => ([&EC[..], &P256].concat(), point),
        (Material::Point(point), "P-384") => ([&EC[..], &P384].concat(), point),
        (Material::Edwards(point), "Ed25519") => (ED25519.to_vec(), point),
        (Material::Rsa(n, e), _) => {
            let numbers = [integer(&n), integer(&e)].concat();
            (RSA.to_vec(), der(0x30, &numbers))
        }
        _ => return None,
    };
    let bits = [vec![0], bits].concat();
    Some(der(0x30, &[der(0x30, &algorithm), der(0x03, &bits)].concat()))
}

fn integer(bytes: &[u8]) -> Vec<u8> {
    let sign = bytes.first().is_some_and(|first| first & 0x80 != 0);
    der(0x02, &[if sign { vec![0] } else { Vec::new() }, bytes.to_vec()].concat())
}

fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len();
    let size = length.to_be_bytes();
    let significant = &size[size.iter().position(|byte| *byte != 0).unwrap_or(size.len() - 1)..];
    let mut out = vec![tag];
    if length >= 0x80 {
        // The length of a length is at most eight.
        out.push(0x80 | u8::try_from(significant.len()).unwrap_or_default());
    }
    out.extend_from_slice(significant);
    out.extend_from_slice(content);
    out
}

fn text<'a>(key: &'a Value, member: &str) -> &'a str {
    key.get(member).and_then(Value::as_str).unwrap_or_default()
}

fn name(key: &Value) -> String {
    format!("sleutel {} (kty {}, alg {})", text(key, "kid"), text(key, "kty"), text(key, "alg"))
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::Failure;
    use serde_json::json;

    use super::*;
    use crate::{
        jose::{Signer, SigningKey, flip_signature},
        test_support::{answer, silent},
    };

    fn violated(set: &Value) -> usize {
        published(&answer(200, set)).iter().filter(|check| !check.holds()).count()
    }

    #[test]
    fn a_set_holds_public_asymmetric_keys_with_their_own_kid() {
        let key = SigningKey::generate().expect("a key");
        let good = key.key_set();
        assert_eq!(violated(&good), 0);
        let with = |member: &str, value: &str| {
            let mut set = good.clone();
            set["keys"][0][member] = json!(value);
            violated(&set)
        };
        assert_eq!(with("d", "c2VjcmV0"), 1);
        assert_eq!(with("kty", "oct"), 1);
        assert_eq!(with("alg", "HS256"), 1);
        assert_eq!(violated(&json!({ "keys": [good["keys"][0], good["keys"][0]] })), 1);
        assert_eq!(violated(&json!({ "keys": [] })), 1);
        assert_eq!(violated(&json!([])), 1);
        assert_eq!(published(&answer(404, &json!({}))).len(), 1);
        assert!(!published(&silent(Failure::Connect))[0].holds());
    }

    #[test]
    fn a_token_verifies_with_the_key_that_signed_it_only() {
        let (key, other) = (SigningKey::generate().expect("a key"), SigningKey::generate().expect("a key"));
        let set = |key: &SigningKey| key.key_set()["keys"].as_array().cloned().expect("keys");
        let header = json!({ "alg": "ES256", "kid": key.thumbprint() });
        let map = |value: &Value| value.as_object().cloned().expect("an object");
        let token = Jwt { header: map(&header), claims: map(&json!({})) }.sign(&Signer::Key(key.clone()));
        assert!(verifies(&verify_with(&token, &set(&key))).holds());
        assert!(!verifies(&verify_with(&token, &set(&other))).holds());
        assert!(!verifies(&verify_with(&flip_signature(&token), &set(&key))).holds());
        assert!(!verifies(&verify_with("opaque", &set(&key))).holds());
    }

    #[test]
    fn a_public_key_has_the_forms_libraries_use() {
        let key = SigningKey::generate().expect("a key").public_jwk();
        let der = confusable_secret(&key, "DER").expect("DER");
        assert_eq!((der.len(), &der[..4]), (91, &[0x30, 0x59, 0x30, 0x13][..]));
        assert_eq!(confusable_secret(&key, "punt").expect("point").len(), 65);
        let pem = String::from_utf8(confusable_secret(&key, "PEM").expect("PEM")).expect("text");
        assert_eq!(pem.lines().count(), 4);
        assert!(confusable_secret(&key, "anders").is_none());
        let rsa = json!({ "kty": "RSA", "n": B64.encode([0xAB; 256]), "e": "AQAB" });
        assert_eq!(confusable_secret(&rsa, "DER").expect("DER").len(), 294);
    }
}
