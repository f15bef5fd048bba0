//! HTTP around what was sent: reading and updating a Task, and the document of a handover.

use serde_json::Value;
use time::OffsetDateTime;

use super::fhir_route::asks_consent;
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
    let ura = match organisation(call, tenant) {
        Ok(ura) => ura,
        Err(refusal) => return refusal,
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
            let strict = call.product.defects.has("transfer-asks-consent");
            let found = found.filter(|bsn| !(strict && asks_consent(call, tenant, &ura, bsn)));
            let found = found.and_then(|bsn| document(id, [&bsn, &ura], tenant, &call.product.defects));
            found.map_or_else(unknown, |document| Reply::json(200, FHIR_JSON, &document))
        }
        (["Task", _], _) => {
            Reply::outcome(405, "not-supported", "Lees of wijzig een Task.").with("allow", "GET, PUT")
        }
        _ => unknown(),
    }
}

/// `POST /<ura>/melding/Task` with the notification of a referral, or `POST /<ura>/melding/{id}` of a handover.
pub(super) fn notified(call: &Call, tenant: &Tenant, below: &str) -> Reply {
    if call.method != "POST" {
        return Reply::outcome(405, "not-supported", "Meld met POST.").with("allow", "POST");
    }
    if let Err(refusal) = organisation(call, tenant)
        && !call.product.defects.has("notification-open")
    {
        return refusal;
    }
    let (id, status) = if below == "Task" {
        let task: Value = serde_json::from_slice(&call.body).unwrap_or_default();
        let named = task.pointer("/basedOn/0/reference").and_then(Value::as_str);
        (named.and_then(|named| named.strip_prefix("Task/")).unwrap_or_default().to_owned(), 201)
    } else {
        (below.to_owned(), 202)
    };
    if id.is_empty() || id.contains('/') {
        return Reply::outcome(400, "invalid", "De melding noemt geen Task.");
    }
    if call.product.inbox.keep(&id) {
        Reply::empty(status)
    } else {
        Reply::outcome(503, "transient", "Er is nu geen plaats voor een melding.")
    }
}

/// The organisation whose token comes with a request.
fn organisation(call: &Call, tenant: &Tenant) -> Result<String, Reply> {
    let presented = Presented {
        headers: &call.headers,
        method: &call.method,
        origin: &call.product.origin,
        path: &call.path,
        certificate_ura: call.peer.ura.as_deref(),
        certificate: call.peer.certificate.as_deref(),
        query_token: None,
        now: OffsetDateTime::now_utc().unix_timestamp(),
    };
    access::check(&call.product, tenant, presented).map(|access| access.ura).map_err(|denied| {
        let reply = Reply::outcome(401, "login", "Het token is niet geldig.");
        reply.with("www-authenticate", denied.challenge(call.product.variant))
    })
}
