//! HTTP around the open FHIR server.

use std::sync::Arc;

use super::fhir_route::stale_session;
use super::respond::Reply;
use super::route::{Call, not_found};
use crate::fhir::Request;

pub(super) async fn answer(call: Arc<Call>) -> Reply {
    // A defect of the sandbox waits; that must not hold up other connections.
    let work = tokio::task::spawn_blocking(move || respond(&call));
    work.await.unwrap_or_else(|_| Reply::outcome(500, "exception", "Er ging iets mis."))
}

fn respond(call: &Call) -> Reply {
    let below = call.path.strip_prefix("/fhir").filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let (Some(sandbox), Some(path)) = (&call.product.sandbox, below) else { return not_found() };
    if let Some(refusal) = stale_session(call) {
        return refusal;
    }
    let (method, query) = (call.method.as_str(), call.query.as_str());
    let request = Request { method, path, query, headers: &call.headers, body: &call.body };
    let answer = sandbox.handle(&request);
    Reply { status: answer.status, headers: answer.headers, body: answer.body }
}
