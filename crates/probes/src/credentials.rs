//! Credentials of an organisation as JWTs, and the list on which their issuer says which are revoked (W3C Bitstring Status
//! List). What is made here is shown to a product; nothing here judges.

use std::io::Write;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD as B64};
use flate2::{Compression, write::GzEncoder};
use serde_json::{Map, Value, json};
use time::OffsetDateTime;

use crate::{
    jose::{Jwt, Signer, SigningKey},
    oauth::URA_SYSTEM,
};

/// The least a list holds, so that one entry does not stand out.
const ENTRIES: usize = 131_072;
/// How long what is made lives, in seconds.
const LIFE: i64 = 3_600;

/// Who vouches, by address and key.
#[derive(Clone, Copy)]
pub struct Issuer<'a> {
    /// What its credentials name as issuer.
    pub name: &'a str,
    /// Signs.
    pub key: &'a SigningKey,
    /// Where its list is.
    pub list: &'a str,
}

impl Issuer<'_> {
    /// A credential that says which organisation a client belongs to, at this place of the list.
    #[must_use]
    pub fn credential(&self, client: &str, ura: &str, place: usize, id: &str, now: OffsetDateTime) -> String {
        let credential = json!({
            "@context": ["https://www.w3.org/2018/credentials/v1"],
            "type": ["VerifiableCredential"],
            "credentialSubject": { "id": client, "identifier": { "system": URA_SYSTEM, "value": ura } },
            "credentialStatus": {
                "id": format!("{}#{place}", self.list),
                "type": "BitstringStatusListEntry",
                "statusPurpose": "revocation",
                "statusListIndex": place.to_string(),
                "statusListCredential": self.list,
            },
        });
        self.sign(json!({ "sub": client, "jti": id, "vc": credential }), now)
    }

    /// The list, in which these places are revoked.
    #[must_use]
    pub fn status_list(&self, revoked: &[usize], now: OffsetDateTime) -> String {
        let credential = json!({
            "@context": ["https://www.w3.org/ns/credentials/v2"],
            "id": self.list,
            "type": ["VerifiableCredential", "BitstringStatusListCredential"],
            "credentialSubject": {
                "id": format!("{}#list", self.list),
                "type": "BitstringStatusList",
                "statusPurpose": "revocation",
                "encodedList": encoded(revoked),
            },
        });
        self.sign(json!({ "sub": self.list, "vc": credential }), now)
    }

    fn sign(&self, claims: Value, now: OffsetDateTime) -> String {
        let now = now.unix_timestamp();
        let header =
            json!({ "alg": self.key.algorithm().name(), "typ": "JWT", "kid": self.key.thumbprint() });
        let mut claims = object(claims);
        claims.extend(object(json!({ "iss": self.name, "nbf": now - 60, "exp": now + LIFE })));
        Jwt { header: object(header), claims }.sign(&Signer::Key(self.key.clone()))
    }
}

/// The claim that shows a credential in a client assertion.
#[must_use]
pub fn presentation(credential: &str) -> Value {
    json!({
        "@context": ["https://www.w3.org/2018/credentials/v1"],
        "type": ["VerifiablePresentation"],
        "verifiableCredential": [credential],
    })
}

/// One bit an entry, the first entry leftmost; compressed, and in base64url behind the letter of that encoding.
fn encoded(revoked: &[usize]) -> String {
    let mut bits = vec![0_u8; ENTRIES / 8];
    for place in revoked {
        if let Some(byte) = bits.get_mut(place / 8) {
            *byte |= 0x80 >> (place % 8);
        }
    }
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    // Writing to memory does not fail.
    let done = packed.write_all(&bits).and_then(|()| packed.finish());
    format!("u{}", B64.encode(done.unwrap_or_default()))
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use flate2::read::GzDecoder;

    use super::*;

    fn bits(list: &str) -> Vec<u8> {
        let packed = B64.decode(list.strip_prefix('u').expect("the letter")).expect("base64url");
        let mut bits = Vec::new();
        GzDecoder::new(packed.as_slice()).read_to_end(&mut bits).expect("gzip");
        bits
    }

    #[test]
    fn a_list_says_of_each_place_whether_it_is_revoked() {
        let none = bits(&encoded(&[]));
        assert_eq!(none.len(), ENTRIES / 8);
        assert!(none.iter().all(|byte| *byte == 0));
        let some = bits(&encoded(&[0, 15, ENTRIES + 1]));
        assert_eq!(&some[..3], &[0x80, 0x01, 0]);
    }

    #[test]
    fn a_credential_names_its_holder_and_its_place() {
        let key = SigningKey::generate().expect("a key");
        let issuer = Issuer { name: "https://keur.test/u", key: &key, list: "https://keur.test/u/lijst" };
        let text = issuer.credential("keur-a", "90000111", 7, "id", OffsetDateTime::UNIX_EPOCH);
        let claims = Jwt::parse(&text).expect("a JWT").claims;
        assert_eq!(claims["sub"], "keur-a");
        assert_eq!(claims["vc"]["credentialStatus"]["statusListIndex"], "7");
        assert_eq!(claims["vc"]["credentialSubject"]["identifier"]["value"], "90000111");
        let list = Jwt::parse(&issuer.status_list(&[7], OffsetDateTime::UNIX_EPOCH)).expect("a JWT");
        let encoded = list.claims["vc"]["credentialSubject"]["encodedList"].as_str().expect("a list");
        assert_eq!(bits(encoded)[0], 1);
    }
}
