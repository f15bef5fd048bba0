//! HTTP around the token endpoint and the published keys.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use time::OffsetDateTime;

use super::respond::Reply;
use super::route::Call;
use crate::audit::{Event, Kind};
use crate::oauth::OauthError;
use crate::oauth::life::{self, Asking};
use crate::oauth::nonces::Server;
use crate::oauth::token::{self, Circumstances};
use crate::state::Tenant;

const JSON: &str = "application/json; charset=utf-8";
const FORM: &str = "application/x-www-form-urlencoded";
/// What the `token-stack-trace` defect gives away.
const TRACE: &str = "java.lang.IllegalStateException: at nl.referentiebron.oauth.TokenServlet.doPost(TokenServlet.java:118)\n\tat /opt/bron/lib/oauth-2.4.1.jar";

pub(super) async fn answer(call: &Call, tenant: &Tenant) -> Reply {
    if call.method == "GET" && call.product.defects.has("token-by-get") {
        return issue(call, tenant, call.query.as_bytes()).await;
    }
    if call.method != "POST" {
        return Reply::empty(405).with("allow", "POST");
    }
    let content_type = call.header("content-type").unwrap_or_default();
    if !content_type.split(';').next().unwrap_or_default().trim().eq_ignore_ascii_case(FORM) {
        let error = OauthError::new("invalid_request", "send application/x-www-form-urlencoded");
        return refuse(call, tenant, &error, 415);
    }
    issue(call, tenant, &call.body).await
}

async fn issue(call: &Call, tenant: &Tenant, form: &[u8]) -> Reply {
    let basic = call.header("authorization").and_then(basic_user);
    let mut proofs = call.headers.get_all("dpop").iter();
    let proof = proofs.next().and_then(|proof| proof.to_str().ok()).filter(|_| proofs.next().is_none());
    let with = Circumstances {
        certificate_ura: call.peer.ura.as_deref(),
        certificate: call.peer.certificate.as_deref(),
        basic: basic.as_deref(),
        proof,
        now: OffsetDateTime::now_utc().unix_timestamp(),
    };
    match token::issue(&call.product, tenant, form, with).await {
        Ok(body) => with_nonce(call, Reply::json(200, JSON, &body).with("pragma", "no-cache")),
        Err(error) => refuse(call, tenant, &error, error.status()),
    }
}

fn with_nonce(call: &Call, reply: Reply) -> Reply {
    reply.with_nonce(call.product.nonces(Server::Authorization))
}

fn refuse(call: &Call, tenant: &Tenant, error: &OauthError, status: u16) -> Reply {
    call.product.audit.record(Event {
        kind: Kind::TokenRequest,
        status,
        withheld: false,
        access: None,
        ground: None,
        bsn: None,
        request_id: call.request_id(),
        source_ura: &tenant.ura,
        peer: &call.peer.address,
        data: None,
        authorization: None,
    });
    let leaks = error.malformed && call.product.defects.has("token-stack-trace");
    let description = if leaks { TRACE } else { error.description.as_str() };
    let body = json!({ "error": error.code, "error_description": description });
    let reply = with_nonce(call, Reply::json(status, JSON, &body).with("pragma", "no-cache"));
    let kept = call.product.defects.has("token-error-cached");
    if kept { reply.with("cache-control", "max-age=60") } else { reply }
}

fn basic_user(header: &str) -> Option<String> {
    let (scheme, credentials) = header.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = String::from_utf8(STANDARD.decode(credentials.trim()).ok()?).ok()?;
    decoded.split_once(':').map(|(user, _)| user.to_owned())
}

/// The keys the product signs tokens with.
pub(super) fn jwks(call: &Call) -> Reply {
    if !matches!(call.method.as_str(), "GET" | "HEAD") {
        return Reply::empty(405).with("allow", "GET, HEAD");
    }
    let with_private_part = call.product.defects.has("private-jwks");
    Reply::json(200, JSON, &json!({ "keys": [call.product.signing.jwk(with_private_part)] }))
}

/// Introspection and revocation.
pub(super) async fn about(call: &Call, tenant: &Tenant, question: &str) -> Reply {
    if call.method != "POST" {
        return Reply::empty(405).with("allow", "POST");
    }
    let with =
        Asking { certificate_ura: call.peer.ura.as_deref(), now: OffsetDateTime::now_utc().unix_timestamp() };
    let said = if question == "revoke" {
        life::revoke(&call.product, tenant, &call.body, with).await.map(|()| Reply::empty(200))
    } else {
        let said = life::introspect(&call.product, tenant, &call.body, with).await;
        said.map(|said| Reply::json(200, JSON, &said))
    };
    said.unwrap_or_else(|error| refuse(call, tenant, &error, error.status()))
}

/// Metadata of the authorization server, RFC 8414.
pub(super) fn metadata(call: &Call, tenant: &Tenant) -> Reply {
    if !matches!(call.method.as_str(), "GET" | "HEAD") {
        return Reply::empty(405).with("allow", "GET, HEAD");
    }
    let mut algorithms = call.product.variant.algorithms().to_vec();
    if call.product.defects.has("metadata-hs256") {
        algorithms.push("HS256");
    }
    let body = json!({
        "issuer": tenant.issuer,
        "token_endpoint": tenant.token_endpoint,
        "jwks_uri": tenant.jwks_uri,
        "introspection_endpoint": format!("{}/oauth/introspect", tenant.issuer),
        "revocation_endpoint": format!("{}/oauth/revoke", tenant.issuer),
        "grant_types_supported": ["client_credentials"],
        "response_types_supported": [],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "token_endpoint_auth_signing_alg_values_supported": algorithms,
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_details_types_supported": ["nl-gis-v1"],
    });
    Reply::json(200, JSON, &body)
}
