//! Access tokens at the FHIR endpoint.

use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::cheat;
use crate::oauth::dpop;
use crate::oauth::jose::{JoseError, Jws};
use crate::oauth::nonces::Server;
use crate::oauth::person::Person;
use crate::options::{Binding, Variant};
use crate::state::{Product, Tenant};

/// What a valid token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Access {
    pub(crate) client_id: String,
    pub(crate) ura: String,
    pub(crate) purpose: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) person: Option<Person>,
}

/// Why a request is not authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Denied {
    NoToken,
    Token(&'static str),
    Proof(&'static str),
}

impl Denied {
    /// The value of the WWW-Authenticate header.
    pub(crate) fn challenge(self, variant: Variant) -> String {
        match self {
            Self::NoToken if variant.scheme() == "Bearer" => "Bearer".to_owned(),
            Self::Token(reason) if variant.scheme() == "Bearer" => {
                format!(r#"Bearer error="invalid_token", error_description="{reason}""#)
            }
            Self::NoToken => r#"DPoP algs="ES256""#.to_owned(),
            Self::Token(reason) => {
                format!(r#"DPoP error="invalid_token", error_description="{reason}", algs="ES256""#)
            }
            Self::Proof(reason) if reason == dpop::NO_NONCE => {
                format!(r#"DPoP error="use_dpop_nonce", error_description="{reason}", algs="ES256""#)
            }
            Self::Proof(reason) => {
                format!(r#"DPoP error="invalid_dpop_proof", error_description="{reason}", algs="ES256""#)
            }
        }
    }
}

/// The request a token came with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Presented<'a> {
    pub(crate) headers: &'a HeaderMap,
    pub(crate) method: &'a str,
    /// Scheme and authority the request was made to.
    pub(crate) origin: &'a str,
    pub(crate) path: &'a str,
    pub(crate) certificate_ura: Option<&'a str>,
    /// SHA-256 of the client certificate, base64url.
    pub(crate) certificate: Option<&'a str>,
    /// A token in the query or form, which does not count.
    pub(crate) query_token: Option<&'a str>,
    pub(crate) now: i64,
}

/// Checks the token of a FHIR request and its proof.
pub(crate) fn check(product: &Product, tenant: &Tenant, with: Presented<'_>) -> Result<Access, Denied> {
    let lax_place = || with.query_token.filter(|_| product.defects.has("query-token-accepted"));
    let Some(token) = token(with.headers, product)?.or_else(lax_place) else {
        return match with.certificate_ura {
            Some(ura)
                if product.defects.has("no-token-needed")
                    || cheat::off_guard(&product.defects, with.headers) =>
            {
                Ok(by_certificate(product, ura))
            }
            _ => Err(Denied::NoToken),
        };
    };
    let jws = Jws::parse(token).map_err(|_| Denied::Token("the token is not a JWT"))?;
    verify(&jws, product).map_err(|_| Denied::Token("the token is not signed by this server"))?;
    let here = jws.text("aud") == Some(&tenant.fhir_base) && jws.text("iss") == Some(&tenant.issuer);
    let relay = relayed(product, with, jws.text("ura"), here);
    if !here && !relay && !product.defects.has("tenant-unchecked") {
        return Err(Denied::Token("the token is for another care organisation"));
    }
    if jws.text("jti").is_some_and(|id| product.is_revoked(id)) {
        return Err(Denied::Token("the token was revoked"));
    }
    let (access, key) = claims(&jws, product.variant, with.now)?;
    if relay || product.defects.has("single-layer-token") {
        return Ok(access);
    }
    let bound = !product.defects.has("token-not-bound") && !product.defects.has("certificate-unbound");
    if bound && with.certificate_ura.is_some_and(|ura| ura != access.ura) {
        return Err(Denied::Token("the token was issued to another organisation"));
    }
    if product.variant.binding() == Binding::None {
        return Ok(access);
    }
    if product.variant.binding() == Binding::Mtls {
        return if bound && with.certificate != Some(key.as_str()) {
            Err(Denied::Token("the token is bound to another certificate"))
        } else {
            Ok(access)
        };
    }
    let address = format!("{}{}", with.origin, with.path);
    let Some(proof) = single(with.headers, "dpop").map_err(|()| Denied::Proof("more than one proof"))? else {
        let downgraded = product.defects.has("bearer-downgrade") && !is_dpop(with.headers);
        return if product.defects.has("proof-optional") || downgraded {
            Ok(access)
        } else {
            Err(Denied::Proof("the proof is missing"))
        };
    };
    let nonces = product.nonces(Server::Resource);
    let expected =
        dpop::Expected { method: with.method, address: &address, token: Some(token), nonces, now: with.now };
    let thumbprint = dpop::check(proof, expected, &product.seen, &product.defects).map_err(Denied::Proof)?;
    if bound && thumbprint != key {
        return Err(Denied::Proof("the token is bound to another key"));
    }
    Ok(access)
}

/// Whether this is a token of the care organisation that still counts, whoever shows it.
pub(crate) fn is_alive(jws: &Jws<'_>, product: &Product, tenant: &Tenant, now: i64) -> bool {
    verify(jws, product).is_ok()
        && jws.text("iss") == Some(&tenant.issuer)
        && jws.seconds("exp").is_some_and(|expiry| expiry > now)
        && !jws.text("jti").is_some_and(|id| product.is_revoked(id))
}

fn token<'a>(headers: &'a HeaderMap, product: &Product) -> Result<Option<&'a str>, Denied> {
    let defects = &product.defects;
    let found = match single(headers, AUTHORIZATION.as_str()) {
        Err(()) if defects.has("first-token-wins") => {
            headers.get(AUTHORIZATION).and_then(|v| v.to_str().ok())
        }
        found => found.map_err(|()| Denied::Token("more than one token"))?,
    };
    let Some(value) = found else { return Ok(None) };
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(product.variant.scheme()) => {
            Ok(Some(token.trim()))
        }
        Some(("Bearer", token)) if defects.has("bearer-downgrade") => Ok(Some(token)),
        Some(("Basic", token)) if defects.has("scheme-unchecked") => Ok(Some(token)),
        None if defects.has("scheme-unchecked") => Ok(Some(value)),
        _ => Err(Denied::Token("use the right scheme")),
    }
}

/// Whether the token came under the scheme that demands a proof.
fn is_dpop(headers: &HeaderMap) -> bool {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    value.get(..5).is_some_and(|scheme| scheme.eq_ignore_ascii_case("dpop "))
}

fn single<'a>(headers: &'a HeaderMap, name: &str) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        _ => Err(()),
    }
}

fn verify(jws: &Jws<'_>, product: &Product) -> Result<(), JoseError> {
    let public = product.signing.public();
    let algorithm = jws.header_text("alg").unwrap_or_default();
    let confused = || public.as_confused_secrets().iter().any(|secret| jws.is_hmac_of(secret));
    let lax = product.defects.has("alg-none-accepted") && algorithm.eq_ignore_ascii_case("none")
        || product.defects.has("hs256-confusion") && algorithm == "HS256" && confused()
        || product.defects.has("token-signature-ignored") && algorithm == "ES256";
    if lax {
        return Ok(());
    }
    if jws.header_text("typ") != Some("at+jwt")
        || jws.header_text("kid") != Some(product.signing.kid().as_str())
    {
        return Err(JoseError::Key);
    }
    jws.verify(&public)
}

/// Two defects: another connected organisation counts as a go-between when it sends no proof at all, at the care
/// organisation the token is for, or at another.
fn relayed(product: &Product, with: Presented<'_>, token_ura: Option<&str>, here: bool) -> bool {
    let other = with.certificate_ura.is_some_and(|ura| Some(ura) != token_ura);
    let defects = &product.defects;
    let trusted = if here { defects.has("gateway-trusted") } else { defects.has("hub-trusted") };
    trusted && other && !with.headers.contains_key("dpop")
}

fn claims(jws: &Jws<'_>, variant: Variant, now: i64) -> Result<(Access, String), Denied> {
    if jws.seconds("exp").is_none_or(|expiry| expiry <= now) {
        return Err(Denied::Token("the token has expired"));
    }
    let text = |name: &str| jws.text(name).map(str::to_owned).ok_or(Denied::Token("a claim is missing"));
    let person = jws.claims.get("person").and_then(|person| {
        let text = |name: &str| person[name].as_str().map(str::to_owned);
        Some(Person { id: text("id")?, role: text("role")? })
    });
    let access = Access {
        client_id: text("client_id")?,
        ura: text("ura")?,
        purpose: text("purpose")?,
        scopes: text("scope")?.split(' ').map(str::to_owned).collect(),
        person,
    };
    let binding = match variant.binding() {
        Binding::Dpop => "jkt",
        Binding::Mtls => "x5t#S256",
        Binding::None => return Ok((access, String::new())),
    };
    let key = jws.claims.get("cnf").and_then(|cnf| cnf[binding].as_str());
    Ok((access, key.ok_or(Denied::Token("the token is not bound to a key"))?.to_owned()))
}

/// The defect: the organisation of the certificate counts as if it showed a full token.
fn by_certificate(product: &Product, ura: &str) -> Access {
    let client = product.clients.iter().find(|client| client.ura == ura);
    Access {
        client_id: client.map_or_else(|| "onbekend".to_owned(), |client| client.id.clone()),
        ura: ura.to_owned(),
        purpose: "TREAT".to_owned(),
        scopes: vec!["system/*.rs".to_owned()],
        person: None,
    }
}
