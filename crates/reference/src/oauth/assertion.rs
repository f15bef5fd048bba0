//! Who the client is: private_key_jwt of RFC 7523, tied to the organisation of the certificate.

use serde_json::Value;

use crate::oauth::form::Form;
use crate::oauth::jose::Jws;
use crate::oauth::keys::PublicKey;
use crate::oauth::{OauthError, SKEW_S};
use crate::options::Variant;
use crate::state::{Client, Product, Tenant};

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// How far ahead the expiry of an assertion may be.
const MAX_LIFE_S: i64 = 300;

/// A client that proved who it is.
#[derive(Debug)]
pub(crate) struct Authenticated<'a> {
    pub(crate) client_id: String,
    pub(crate) ura: String,
    pub(crate) assertion: Option<Jws<'a>>,
    pub(crate) key: Option<PublicKey>,
}

/// Whom an assertion must be meant for, and the address it was sent to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Audience<'a> {
    pub(crate) expected: &'a str,
    pub(crate) endpoint: &'a str,
}

impl<'a> Audience<'a> {
    pub(crate) fn of(tenant: &'a Tenant, variant: Variant) -> Self {
        let endpoint = tenant.token_endpoint.as_str();
        Self { expected: if variant.wants_issuer() { &tenant.issuer } else { endpoint }, endpoint }
    }
}

/// Authenticates the client of a token request.
pub(crate) async fn authenticate<'a>(
    form: &'a Form,
    basic: Option<&str>,
    certificate_ura: Option<&str>,
    product: &Product,
    audience: Audience<'_>,
    now: i64,
) -> Result<Authenticated<'a>, OauthError> {
    let Some(assertion) = form.get("client_assertion") else {
        return without_assertion(form, basic, certificate_ura, product);
    };
    if form.get("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(OauthError::client("client_assertion_type is not jwt-bearer"));
    }
    let mut jws = Jws::parse(assertion)
        .map_err(|error| OauthError::client(format!("client_assertion is {error}")).unreadable())?;
    if product.defects.has("crit-ignored") {
        jws.header.remove("crit");
    }
    let allowed = algorithms(product);
    jws.verify_algorithm(&allowed).map_err(|error| OauthError::client(error.to_string()))?;

    let subject = jws.text("sub").ok_or_else(|| OauthError::client("sub is missing"))?.to_owned();
    if jws.text("iss") != Some(subject.as_str()) && !product.defects.has("assertion-iss-unchecked") {
        return Err(OauthError::client("iss differs from sub"));
    }
    if form.get("client_id").is_some_and(|client_id| client_id != subject) {
        return Err(OauthError::client("client_id differs from sub"));
    }
    let Some(client) = product.client(&subject) else {
        return unknown_client(subject, jws, certificate_ura, product);
    };
    let key = signing_key(&jws, client, product).await?;
    let signature = jws.verify_with(&key, &allowed);
    if let Err(error) = signature
        && !product.defects.has("assertion-signature-ignored")
    {
        return Err(OauthError::client(error.to_string()));
    }
    check_claims(&jws, product, audience, now)?;
    check_organisation(client, certificate_ura)?;
    Ok(Authenticated { client_id: subject, ura: client.ura.clone(), assertion: Some(jws), key: Some(key) })
}

fn algorithms(product: &Product) -> Vec<&'static str> {
    let mut allowed = product.variant.algorithms().to_vec();
    if product.defects.has("rs256-accepted") {
        allowed.push("RS256");
    }
    if product.defects.has("rs256-refused") {
        allowed.retain(|algorithm| *algorithm != "RS256");
    }
    allowed
}

async fn signing_key(jws: &Jws<'_>, client: &Client, product: &Product) -> Result<PublicKey, OauthError> {
    let kid = jws.header_text("kid").ok_or_else(|| OauthError::client("kid is missing"))?;
    let followed = jws.header_text("jku").filter(|_| product.defects.has("jku-followed"));
    let mut key = product.jwks.key(followed.unwrap_or(&client.jwks_uri), kid).await;
    if product.defects.has("keys-of-all-organisations") {
        for other in &product.clients {
            if matches!(key, Ok(None)) {
                key = product.jwks.key(&other.jwks_uri, kid).await;
            }
        }
    }
    key.map_err(|error| OauthError::client(error.to_string()))?
        .ok_or_else(|| OauthError::client("kid is not in the client's key set"))
}

fn check_claims(
    jws: &Jws<'_>,
    product: &Product,
    audience: Audience<'_>,
    now: i64,
) -> Result<(), OauthError> {
    let defects = &product.defects;
    let strict = product.variant == Variant::Fapi2 && !defects.has("audience-in-list");
    let lax = defects.has("audience-token-endpoint");
    let ours = |one: &Value| one == audience.expected || lax && one == audience.endpoint;
    let for_us = match jws.claims.get("aud") {
        Some(Value::Array(all)) => !strict && all.iter().any(ours),
        Some(one) => ours(one),
        None => false,
    };
    if !for_us && !defects.has("assertion-aud-unchecked") {
        return Err(OauthError::client("aud is not this token endpoint"));
    }
    let issued = jws.seconds("iat").ok_or_else(|| OauthError::client("iat is missing"))?;
    let begins = jws.seconds("nbf").map_or(issued, |begin| begin.max(issued));
    if begins > now + SKEW_S && !defects.has("assertion-far-ahead") {
        return Err(OauthError::client("iat or nbf is in the future"));
    }
    let expiry =
        jws.seconds("exp").filter(|expiry| (now - SKEW_S..=now + MAX_LIFE_S + SKEW_S).contains(expiry));
    let expiry = match expiry {
        Some(expiry) => expiry,
        None if defects.has("assertion-exp-unchecked") => now + MAX_LIFE_S,
        None if defects.has("assertion-long-lived") && jws.seconds("exp") > Some(now) => now + MAX_LIFE_S,
        None => return Err(OauthError::client("exp is missing, past or too far ahead")),
    };
    let Some(id) = jws.text("jti") else {
        let lax = defects.has("assertion-jti-unchecked");
        return if lax { Ok(()) } else { Err(OauthError::client("jti is missing")) };
    };
    let subject = jws.text("sub").unwrap_or_default();
    let first = product.seen.first_time(subject, id, now, expiry + SKEW_S);
    if !first && !defects.has("assertion-replay-accepted") {
        return Err(OauthError::client("the assertion was used before"));
    }
    Ok(())
}

fn check_organisation(client: &Client, certificate_ura: Option<&str>) -> Result<(), OauthError> {
    if certificate_ura.is_none_or(|ura| ura == client.ura) {
        Ok(())
    } else {
        Err(OauthError::client("the certificate is of another organisation"))
    }
}

/// No registration, no token; the defect lets any organisation with a valid certificate in.
fn unknown_client<'a>(
    subject: String,
    jws: Jws<'a>,
    certificate_ura: Option<&str>,
    product: &Product,
) -> Result<Authenticated<'a>, OauthError> {
    let stranger = certificate_ura.filter(|ura| !product.clients.iter().any(|client| client.ura == **ura));
    match stranger {
        Some(ura) if product.defects.has("unknown-client-accepted") => {
            Ok(Authenticated { client_id: subject, ura: ura.to_owned(), assertion: Some(jws), key: None })
        }
        _ => Err(OauthError::client("unknown client")),
    }
}

/// A request without assertion is refused; two defects take less.
fn without_assertion<'a>(
    form: &Form,
    basic: Option<&str>,
    certificate_ura: Option<&str>,
    product: &Product,
) -> Result<Authenticated<'a>, OauthError> {
    let secret = form.get("client_secret").is_some_and(|secret| !secret.is_empty()) || basic.is_some();
    let lax = product.defects.has("assertion-optional") && !secret
        || ["client-secret-accepted", "false-declaration"].iter().any(|name| product.defects.has(name))
            && secret;
    let named = form.get("client_id").or(basic).and_then(|id| product.client(id));
    let by_certificate =
        || product.clients.iter().find(|client| Some(client.ura.as_str()) == certificate_ura);
    match named.or_else(by_certificate) {
        Some(client) if lax => {
            check_organisation(client, certificate_ura)?;
            Ok(Authenticated {
                client_id: client.id.clone(),
                ura: client.ura.clone(),
                assertion: None,
                key: None,
            })
        }
        _ => Err(OauthError::client("authenticate with a client_assertion (private_key_jwt)")),
    }
}
