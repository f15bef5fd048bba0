//! Receiving a signed message: the token, the signature, and the certificate it was made with.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use time::OffsetDateTime;
use x509_parser::prelude::{FromDer, X509Certificate};

use super::respond::Reply;
use super::route::Call;
use crate::defects::Defects;
use crate::oauth::access::{self, Presented};
use crate::oauth::jose::{decode, encode};
use crate::state::Tenant;

/// The header that carries a detached signature.
pub(crate) const HEADER: &str = "X-JWS-Signature";

/// `POST /<ura>/bericht`
pub(super) fn answer(call: &Call, tenant: &Tenant) -> Reply {
    if call.method != "POST" {
        return Reply::outcome(405, "not-supported", "Stuur een bericht met POST.").with("allow", "POST");
    }
    let now = OffsetDateTime::now_utc();
    let presented = Presented {
        headers: &call.headers,
        method: &call.method,
        origin: &call.product.origin,
        path: &call.path,
        certificate_ura: call.peer.ura.as_deref(),
        certificate: call.peer.certificate.as_deref(),
        query_token: None,
        now: now.unix_timestamp(),
    };
    if let Err(denied) = access::check(&call.product, tenant, presented) {
        let reply = Reply::outcome(401, "login", "Het token is niet geldig.");
        return reply.with("www-authenticate", denied.challenge(call.product.variant));
    }
    match signed(call).and_then(|parts| verify(call, parts.as_deref(), now)) {
        Ok(()) => Reply::empty(202),
        Err(reason) => Reply::outcome(400, "security", reason),
    }
}

/// The compact form of what was sent; none when nothing in it is a signature.
fn signed(call: &Call) -> Result<Option<String>, &'static str> {
    if call.header("content-type") == Some("application/jose") {
        let text = std::str::from_utf8(&call.body).map_err(|_| "Het bericht is geen JWS.")?;
        return Ok(Some(text.to_owned()));
    }
    let Some(detached) = call.header(HEADER) else { return Ok(None) };
    let (header, signature) = detached.split_once("..").ok_or("De losse handtekening is onleesbaar.")?;
    Ok(Some(format!("{header}.{}.{signature}", encode(&call.body))))
}

fn verify(call: &Call, compact: Option<&str>, now: OffsetDateTime) -> Result<(), &'static str> {
    let defects: &Defects = &call.product.defects;
    let Some(compact) = compact else {
        return if defects.has("message-unsigned-accepted") {
            Ok(())
        } else {
            Err("Het bericht is niet ondertekend.")
        };
    };
    let (input, signature) = compact.rsplit_once('.').ok_or("Het bericht is geen JWS.")?;
    let header = input.split('.').next().and_then(decode).ok_or("Het bericht is geen JWS.")?;
    let header: Value = serde_json::from_slice(&header).map_err(|_| "Het bericht is geen JWS.")?;
    if header["alg"] == "none" && defects.has("message-alg-none") {
        return Ok(());
    }
    if header["alg"] != "ES256" || header.get("crit").is_some() {
        return Err("Alleen ES256 wordt aangenomen.");
    }
    let certificate = header.pointer("/x5c/0").and_then(Value::as_str);
    let der = certificate.and_then(|text| STANDARD.decode(text).ok()).ok_or("Het certificaat ontbreekt.")?;
    let (_, certificate) = X509Certificate::from_der(&der).map_err(|_| "Het certificaat is onleesbaar.")?;
    let trusted = call.product.authority.vouches_for(&certificate, now);
    if !trusted && !defects.has("message-foreign-certificate") {
        return Err("Het certificaat van de handtekening is niet te vertrouwen.");
    }
    let signature = decode(signature).ok_or("De handtekening is onleesbaar.")?;
    let point = &certificate.public_key().subject_public_key.data;
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point);
    match key.verify(input.as_bytes(), &signature) {
        Err(_) if !defects.has("message-signature-unchecked") => Err("De handtekening klopt niet."),
        _ => Ok(()),
    }
}
