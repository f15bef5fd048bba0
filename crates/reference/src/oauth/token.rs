//! The token endpoint.

use serde_json::{Value, json};

use crate::oauth::assertion::{self, Audience, Authenticated};
use crate::oauth::authorization::{self, Details, Facts};
use crate::oauth::form::Form;
use crate::oauth::nonces::Server;
use crate::oauth::person::{self, Person};
use crate::oauth::{OauthError, credentials, dpop, scope};
use crate::options::{Binding, Variant};
use crate::state::{Product, Tenant};

/// How long a token lives.
const LIFE_S: i64 = 300;
const LONG_LIFE_S: i64 = 8 * 3600;

/// What came with a token request besides the form.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    pub(crate) certificate_ura: Option<&'a str>,
    /// SHA-256 of the client certificate, base64url.
    pub(crate) certificate: Option<&'a str>,
    /// Client id of an HTTP Basic header.
    pub(crate) basic: Option<&'a str>,
    pub(crate) proof: Option<&'a str>,
    pub(crate) now: i64,
}

/// Issues a token or says why not.
pub(crate) async fn issue(
    product: &Product,
    tenant: &Tenant,
    body: &[u8],
    with: Circumstances<'_>,
) -> Result<Value, OauthError> {
    let form = Form::parse(body, &product.defects)?;
    match form.get("grant_type") {
        Some("client_credentials") => {}
        Some(_) => return Err(OauthError::new("unsupported_grant_type", "use client_credentials")),
        None => return Err(OauthError::new("invalid_request", "grant_type is missing")),
    }
    let endpoint = tenant.token_endpoint.as_str();
    let audience = Audience::of(tenant, product.variant);
    let client =
        assertion::authenticate(&form, with.basic, with.certificate_ura, product, audience, with.now).await?;
    credentials::check(client.assertion.as_ref(), &client.client_id, product, with.now).await?;
    let facts = Facts {
        certificate_ura: Some(with.certificate_ura.unwrap_or(&client.ura)),
        source_ura: &tenant.ura,
        fhir_base: &tenant.fhir_base,
        variant: product.variant,
    };
    let details = authorization::check(form.get("authorization_details"), facts, &product.defects)?;
    let person = person::check(
        client.assertion.as_ref(),
        client.key.as_ref(),
        &client.ura,
        &details.purpose,
        product.variant,
        &product.defects,
        with.now,
    )?;
    let scopes = scopes(form.get("scope").unwrap_or_default(), product)?;

    let binding = product.variant.binding();
    if binding == Binding::Mtls {
        let certificate = with.certificate.ok_or_else(|| OauthError::client("show a client certificate"))?;
        let bound = json!({ "x5t#S256": certificate });
        return answer(product, tenant, &client, &details, person, &scopes, Some(bound), with.now);
    }
    if binding == Binding::None {
        return answer(product, tenant, &client, &details, person, &scopes, None, with.now);
    }
    if with.proof.is_none() && product.defects.has("bearer-issued") {
        return answer(product, tenant, &client, &details, person, &scopes, None, with.now);
    }
    let proof = with.proof.ok_or_else(|| OauthError::new("invalid_dpop_proof", "send a DPoP proof"))?;
    let expected = dpop::Expected {
        method: "POST",
        address: endpoint,
        token: None,
        nonces: product.nonces(Server::Authorization),
        now: with.now,
    };
    let thumbprint = dpop::check(proof, expected, &product.seen, &product.defects).map_err(|reason| {
        let code = if reason == dpop::NO_NONCE { "use_dpop_nonce" } else { "invalid_dpop_proof" };
        OauthError::new(code, reason)
    })?;

    answer(product, tenant, &client, &details, person, &scopes, Some(json!({ "jkt": thumbprint })), with.now)
}

fn scopes(requested: &str, product: &Product) -> Result<String, OauthError> {
    if product.defects.has("scope-as-asked") && !requested.is_empty() {
        return Ok(requested.to_owned());
    }
    match scope::granted(requested) {
        granted if granted.is_empty() => Err(OauthError::new(
            "invalid_scope",
            "no requested scope is allowed; ask system/*.rs or narrower",
        )),
        granted => Ok(granted.join(" ")),
    }
}

#[expect(clippy::too_many_arguments, reason = "every part of the token stands beside the others once")]
fn answer(
    product: &Product,
    tenant: &Tenant,
    client: &Authenticated<'_>,
    details: &Details,
    person: Option<Person>,
    scope: &str,
    bound: Option<Value>,
    now: i64,
) -> Result<Value, OauthError> {
    let life = if product.defects.has("long-token-life") { LONG_LIFE_S } else { LIFE_S };
    let mut claims = json!({
        "iss": tenant.issuer, "sub": client.client_id, "client_id": client.client_id,
        "aud": tenant.fhir_base, "iat": now, "exp": now + life, "jti": crate::random::uuid(),
        "scope": scope, "ura": details.ura, "purpose": details.purpose,
    });
    let kind = if bound.as_ref().is_some_and(|bound| bound.get("jkt").is_some()) { "DPoP" } else { "Bearer" };
    if let Some(bound) = bound {
        claims["cnf"] = bound;
    }
    if product.variant == Variant::Nlgov && !product.defects.has("token-without-azp") {
        claims["azp"] = json!(client.client_id);
    }
    if let Some(Person { id, role }) = person {
        claims["person"] = json!({ "id": id, "role": role });
    }
    let header = json!({ "typ": "at+jwt", "alg": "ES256", "kid": product.signing.kid() });
    let token = product
        .signing
        .sign(&header, &claims)
        .map_err(|_| OauthError::new("server_error", "the token could not be signed"))?;
    Ok(json!({ "access_token": token, "token_type": kind, "expires_in": life, "scope": scope,
        "authorization_details": details.raw }))
}
