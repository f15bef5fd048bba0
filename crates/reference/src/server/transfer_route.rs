//! HTTP around what was sent: reading and updating a Task, and the document of a handover.

use serde_json::Value;
use time::OffsetDateTime;

use super::respond::Reply;
use super::route::Call;
use crate::oauth::access::{self, Presented};
use crate::state::Tenant;
use crate::transfer::{Refused, document};

const FHIR_JSON: &str = "application/fhir+json; charset=utf-8";

/// Whether this path below the FHIR base is about what was sent.
pub(super) fn concerns(path: &str) -> bool {
    path.starts_with("Task/") || path.starts_with("Composition/")
}

/// `GET` and `PUT Task/{id}`, `GET Composition/{id}/$document`.
pub(super) fn answer(call: &Call, tenant: &Tenant, path: &str) -> Reply {
    let presented = Presented {
        headers: &call.headers,
        method: &call.method,
        path: &call.path,
        certificate_ura: call.peer.ura.as_deref(),
        certificate: call.peer.certificate.as_deref(),
        query_token: None,
        now: OffsetDateTime::now_utc().unix_timestamp(),
    };
    let ura = match access::check(&call.product, tenant, presented) {
        Ok(access) => access.ura,
        Err(denied) => {
            let reply = Reply::outcome(401, "login", "Het token is niet geldig.");
            return reply.with("www-authenticate", denied.challenge(call.product.variant));
        }
    };
    let outbox = &call.product.outbox;
    let unknown = || Reply::outcome(404, "not-found", "Dit is er niet voor uw organisatie.");
    match (path.split('/').collect::<Vec<_>>().as_slice(), call.method.as_str()) {
        (["Task", id], "GET") => {
            outbox.read(id, &ura).map_or_else(unknown, |task| Reply::json(200, FHIR_JSON, &task))
        }
        (["Task", id], "PUT") => {
            let wanted: Value = serde_json::from_slice(&call.body).unwrap_or_default();
            match outbox.update(id, &ura, &wanted) {
                Ok(task) => Reply::json(200, FHIR_JSON, &task),
                Err(Refused::Unknown) => unknown(),
                Err(Refused::Invalid) => {
                    Reply::outcome(400, "invalid", "Dit is geen Task met dit nummer en een status.")
                }
                Err(Refused::Jump) => {
                    Reply::outcome(422, "business-rule", "Deze status kan niet op de huidige volgen.")
                }
                Err(Refused::Again) => Reply::outcome(409, "conflict", "De Task heeft deze status al."),
            }
        }
        (["Composition", id, "$document"], "GET") => {
            let found = outbox.handed_over(id, &ura);
            let found = found.and_then(|bsn| document(id, &bsn, tenant, &call.product.defects));
            found.map_or_else(unknown, |document| Reply::json(200, FHIR_JSON, &document))
        }
        (["Task", _], _) => {
            Reply::outcome(405, "not-supported", "Lees of wijzig een Task.").with("allow", "GET, PUT")
        }
        _ => unknown(),
    }
}
