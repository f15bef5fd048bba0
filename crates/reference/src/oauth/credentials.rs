//! Credentials that a client shows in its assertion: who vouches, for whom, until when, and whether it was revoked since.

use std::io::Read;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use flate2::read::GzDecoder;
use serde_json::Value;

use crate::oauth::jose::Jws;
use crate::oauth::jwks::JwksClient;
use crate::oauth::keys::PublicKey;
use crate::oauth::{OauthError, SKEW_S};
use crate::options::Variant;
use crate::state::Product;

/// As whom the product knows the issuer it trusts.
pub(crate) const ISSUER: &str = "keur-uitgever";
/// The most credentials in a presentation.
const MOST: usize = 8;
/// The longest list that is unpacked, in bytes.
const LONGEST: u64 = 1 << 20;

/// Checks what the assertion shows. Showing nothing is allowed.
pub(crate) async fn check(
    assertion: Option<&Jws<'_>>,
    client_id: &str,
    product: &Product,
    now: i64,
) -> Result<(), OauthError> {
    let shown = assertion.and_then(|assertion| assertion.claims.get("vp"));
    let Some(shown) = shown.filter(|_| product.variant == Variant::Gf) else { return Ok(()) };
    let all = shown["verifiableCredential"].as_array().filter(|all| (1..=MOST).contains(&all.len()));
    for one in all.ok_or_else(|| refuse("the presentation holds no credentials"))? {
        let credential = signed(one.as_str().unwrap_or_default(), product, now).await?;
        if credential.get("sub").and_then(Value::as_str) != Some(client_id) {
            return Err(refuse("the credential is of another client"));
        }
        if !product.defects.has("credential-status-ignored") {
            standing(&credential["vc"]["credentialStatus"], product, now).await?;
        }
    }
    Ok(())
}

/// The claims of what the trusted issuer signed.
async fn signed(text: &str, product: &Product, now: i64) -> Result<Value, OauthError> {
    let jws = Jws::parse(text).map_err(|_| refuse("the credential is not a JWT"))?;
    if jws.text("iss") != Some(product.credential_issuer.as_str()) {
        return Err(refuse("the issuer is not trusted"));
    }
    let keys: &JwksClient = &product.jwks;
    let address = format!("{}/jwks.json", product.credential_issuer);
    let key: Option<PublicKey> =
        keys.key(&address, jws.header_text("kid").unwrap_or_default()).await.ok().flatten();
    key.and_then(|key| jws.verify(&key).ok())
        .ok_or_else(|| refuse("the signature of the issuer is wrong"))?;
    if jws.seconds("exp").is_none_or(|expiry| expiry + SKEW_S < now) {
        return Err(refuse("the credential has expired"));
    }
    Ok(Value::Object(jws.claims))
}

/// Asks the issuer's list, at each use; what cannot be told counts as revoked.
async fn standing(entry: &Value, product: &Product, now: i64) -> Result<(), OauthError> {
    let unknown = || refuse("the status of the credential cannot be told");
    let address = entry["statusListCredential"].as_str().ok_or_else(unknown)?;
    let place: usize =
        entry["statusListIndex"].as_str().and_then(|text| text.parse().ok()).ok_or_else(unknown)?;
    let below = format!("{}/", product.credential_issuer);
    if entry["type"] != "BitstringStatusListEntry" || !address.starts_with(&below) {
        return Err(unknown());
    }
    let text = product.jwks.text(address).await.ok_or_else(unknown)?;
    let list = signed(&text, product, now).await?;
    let encoded = list["vc"]["credentialSubject"]["encodedList"].as_str().ok_or_else(unknown)?;
    match revoked(encoded, place).ok_or_else(unknown)? {
        true => Err(refuse("the credential was revoked")),
        false => Ok(()),
    }
}

/// The bit at this place of a list.
fn revoked(encoded: &str, place: usize) -> Option<bool> {
    let packed = URL_SAFE_NO_PAD.decode(encoded.strip_prefix('u')?).ok()?;
    let mut bits = Vec::new();
    GzDecoder::new(packed.as_slice()).take(LONGEST).read_to_end(&mut bits).ok()?;
    Some(bits.get(place / 8)? & (0x80 >> (place % 8)) != 0)
}

fn refuse(description: &'static str) -> OauthError {
    OauthError::new("invalid_grant", description)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    #[test]
    fn the_bit_of_a_place_is_read_from_the_left() {
        let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
        packed.write_all(&[0b0100_0000, 0b0000_0001]).expect("written");
        let list = format!("u{}", URL_SAFE_NO_PAD.encode(packed.finish().expect("packed")));
        let set: Vec<usize> = (0..16).filter(|place| revoked(&list, *place) == Some(true)).collect();
        assert_eq!(set, [1, 15]);
        assert_eq!(revoked(&list, 16), None);
        assert_eq!(revoked("u!", 0), None);
        assert_eq!(revoked(&list[1..], 0), None);
    }
}
