//! From an HTTP request to the part of the product that answers it.

use std::sync::Arc;
use std::time::Duration;

use http::{HeaderMap, HeaderValue};
use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use tokio::time::timeout;

use super::respond::{self, Reply};
use super::{fhir_route, hooks, message_route, sandbox_route, token_route};
use crate::agenda;
use crate::state::Product;

/// The largest request body.
const MAX_BODY: usize = 64 * 1024;
/// How long a client may take to send its body.
const BODY: Duration = Duration::from_secs(10);
const MAX_REQUEST_ID: usize = 128;

/// Who is at the other end.
#[derive(Debug)]
pub(crate) struct Peer {
    pub(crate) address: String,
    /// Not over TLS: only for the sandbox, and with the `plain-http` defect.
    pub(crate) plain: bool,
    /// SHA-256 of the client certificate, base64url, when one was shown.
    pub(crate) certificate: Option<String>,
    /// The URA in that certificate.
    pub(crate) ura: Option<String>,
}

/// One request, read whole.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) product: Arc<Product>,
    pub(crate) peer: Arc<Peer>,
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Call {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    /// The request id to echo and to log; an absurd one is neither.
    pub(crate) fn request_id(&self) -> Option<&str> {
        let sane = |id: &&str| !id.is_empty() && id.len() <= MAX_REQUEST_ID && id.is_ascii();
        self.header("x-request-id").filter(sane)
    }
}

/// Answers a request.
pub(super) async fn answer(
    product: Arc<Product>,
    peer: Arc<Peer>,
    request: Request<Incoming>,
) -> Response<Full<Bytes>> {
    let (parts, body) = request.into_parts();
    let mut call = Call {
        product,
        peer,
        method: parts.method.as_str().to_owned(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: Bytes::new(),
    };
    let reply = match timeout(BODY, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(body)) => {
            call.body = body.to_bytes();
            let call = Arc::new(call);
            let reply = dispatch(Arc::clone(&call)).await;
            return respond::finish(&call, reply);
        }
        Ok(Err(_)) => {
            Reply::outcome(413, "too-costly", "De inhoud van het verzoek is te groot of onvolledig.")
        }
        Err(_) => Reply::outcome(408, "timeout", "De inhoud van het verzoek bleef uit."),
    };
    let mut response = respond::finish(&call, reply);
    response.headers_mut().insert("connection", HeaderValue::from_static("close"));
    response
}

async fn dispatch(call: Arc<Call>) -> Reply {
    if call.product.sandbox.is_some() {
        return sandbox_route::answer(call).await;
    }
    let path = call.path.clone();
    let segments: Vec<&str> = path.trim_start_matches('/').splitn(3, '/').collect();
    if path.starts_with(agenda::BASE) {
        return agenda::answer(&call);
    }
    let is_token = matches!(segments.as_slice(), [_, "oauth", "token"]);
    if let Some(refusal) = without_certificate(&call, is_token) {
        return refusal;
    }
    match segments.as_slice() {
        ["hooks", "audit"] => hooks::audit(&call),
        ["hooks", "consent"] => hooks::consent(&call),
        ["hooks", "log", rest] => hooks::log(&call, rest),
        ["hooks", "revocation"] => hooks::revocation(&call),
        ["hooks", "trigger"] => hooks::trigger(&call).await,
        ["hooks", "overzicht"] => hooks::overview(&call),
        [ura, "oauth", "token"] => match call.product.tenant(ura) {
            Some(tenant) => token_route::answer(&call, tenant).await,
            None => not_found(),
        },
        [ura, "bericht"] => match call.product.tenant(ura) {
            Some(tenant) => message_route::answer(&call, tenant),
            None => not_found(),
        },
        [ura, "oauth", question @ ("introspect" | "revoke")] => match call.product.tenant(ura) {
            Some(tenant) => token_route::about(&call, tenant, question).await,
            None => not_found(),
        },
        [ura, ".well-known", "oauth-authorization-server"] => match call.product.tenant(ura) {
            Some(tenant) => token_route::metadata(&call, tenant),
            None => not_found(),
        },
        [ura, "jwks"] => match call.product.tenant(ura) {
            Some(_) => token_route::jwks(&call),
            None => not_found(),
        },
        [ura, "fhir", rest @ ..] if call.product.tenant(ura).is_some() => {
            fhir_route::answer(&call, ura, rest.first().copied().unwrap_or_default()).await
        }
        _ => not_found(),
    }
}

pub(super) fn not_found() -> Reply {
    Reply::outcome(404, "not-found", "Dit adres is er niet.")
}

/// The certificate is demanded in the handshake; this is the second line, for the defects that do not.
fn without_certificate(call: &Call, is_token: bool) -> Option<Reply> {
    let defects = &call.product.defects;
    let lax = call.peer.plain
        || defects.has("mtls-optional")
        || defects.has("single-layer-token")
        || is_token && defects.has("token-endpoint-without-mtls");
    let fine = if call.peer.certificate.is_some() { call.peer.ura.is_some() } else { lax };
    (!fine).then(|| Reply::outcome(403, "forbidden", "Een clientcertificaat met een URA is verplicht."))
}
