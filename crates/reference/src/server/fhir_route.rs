//! HTTP around the FHIR service: token, policy, log.

use std::sync::Arc;

use time::OffsetDateTime;

use super::respond::Reply;
use super::route::Call;
use crate::audit::{Event, Kind};
use crate::cheat;
use crate::fhir::{Answer, Grant, Request};
use crate::oauth::access::{self, Access, Denied, Presented};
use crate::oauth::nonces::Server;
use crate::outbound;
use crate::policy::{Decisions, Ground};
use crate::state::Tenant;

pub(super) async fn answer(call: &Arc<Call>, ura: &str, path: &str) -> Reply {
    let (call, ura, path) = (Arc::clone(call), ura.to_owned(), path.to_owned());
    // The service computes and may wait for the consent facility; that must not hold up other connections.
    let work = tokio::task::spawn_blocking(move || {
        call.product.tenant(&ura).map(|tenant| respond(&call, tenant, &path))
    });
    match work.await {
        Ok(Some(reply)) => reply,
        _ => Reply::outcome(500, "exception", "Er ging iets mis."),
    }
}

fn respond(call: &Call, tenant: &Tenant, path: &str) -> Reply {
    if let Some(refusal) = stale_session(call) {
        return refusal;
    }
    let request =
        Request { method: &call.method, path, query: &call.query, headers: &call.headers, body: &call.body };
    if path.trim_end_matches('/') == "metadata" {
        return reply(tenant.service.handle(&request, None));
    }
    wander(call);
    let query_token = token_named(&call.query).or_else(|| token_named(form(call)));
    let presented = Presented {
        headers: &call.headers,
        method: &call.method,
        origin: &call.product.origin,
        path: &call.path,
        certificate_ura: call.peer.ura.as_deref(),
        certificate: call.peer.certificate.as_deref(),
        query_token: query_token.as_deref(),
        now: OffsetDateTime::now_utc().unix_timestamp(),
    };
    let reply = match access::check(&call.product, tenant, presented) {
        Ok(access) => serve(call, tenant, &request, &access),
        Err(denied) => {
            let bsn = bsn_named(&call.query).or_else(|| bsn_named(form(call)));
            if !(matches!(denied, Denied::Proof(_)) && call.product.defects.has("proof-refusals-unlogged")) {
                log(call, tenant, path, 401, None, None, bsn.as_deref(), false);
            }
            unauthenticated(call, denied)
        }
    };
    reply.with_nonce(call.product.nonces(Server::Resource))
}

fn serve(call: &Call, tenant: &Tenant, request: &Request<'_>, access: &Access) -> Reply {
    let defects = &call.product.defects;
    let decisions = Decisions::new(&call.product, tenant, access, request);
    // The defect: clinical data of a patient who was referred wait for a consent all the same.
    let strict = defects.has("transfer-asks-consent") && request.path.trim_matches('/') == "Condition";
    let may_see =
        |bsn: &str| decisions.may_see(bsn) && !(strict && asks_consent(call, tenant, &access.ura, bsn));
    let everything = ["system/*.rs".to_owned()];
    let scopes = if defects.has("scope-ignored") { &everything[..] } else { &access.scopes[..] };
    let who = (access.client_id.as_str(), &tenant.bsns);
    let nothing = format!("{}&_id=niets", call.query);
    let request = match cheat::not_learnt(defects, who, request.path, &call.query) {
        true => &Request { query: &nothing, ..*request },
        false => request,
    };
    let answer = tenant.service.handle(request, Some(&Grant { scopes, may_see: &may_see }));

    let named = || bsn_named(&call.query).or_else(|| bsn_named(form(call)));
    let bsn = answer.asked_bsn.clone().or_else(named);
    let decision = bsn.as_deref().and_then(|bsn| decisions.about(bsn));
    let withheld = decision.is_some_and(|(allowed, _)| !allowed);
    let exists = bsn.as_ref().is_some_and(|bsn| tenant.bsns.contains(bsn));
    let refused = withheld && exists && defects.has("existing-patient-403");
    let reply = if refused {
        Reply::outcome(403, "forbidden", "U mag deze patiënt niet inzien.")
    } else {
        reply(answer)
    };
    let ground = decision.map(|(_, ground)| ground);
    log(call, tenant, request.path, reply.status, Some(access), ground, bsn.as_deref(), withheld);
    reply
}

/// Whether nothing but what was sent just now opens this patient.
pub(super) fn asks_consent(call: &Call, tenant: &Tenant, ura: &str, bsn: &str) -> bool {
    !tenant.referrals.contains(&(bsn.to_owned(), ura.to_owned())) && !call.product.consent.permits(bsn)
}

fn reply(answer: Answer) -> Reply {
    Reply { status: answer.status, headers: answer.headers, body: answer.body }
}

fn unauthenticated(call: &Call, denied: Denied) -> Reply {
    let text = match denied {
        Denied::NoToken => "Voor deze vraag is een token nodig.",
        Denied::Token(_) => "Het token is niet geldig.",
        Denied::Proof(_) => "Het bewijs bij het token is niet geldig.",
    };
    let reply = Reply::outcome(401, "login", text);
    if denied == Denied::NoToken && call.product.defects.has("challenge-missing") {
        return reply;
    }
    reply.with("www-authenticate", denied.challenge(call.product.variant))
}

/// The defect `needs-session`: a cookie of another session is not taken.
pub(super) fn stale_session(call: &Call) -> Option<Reply> {
    let cookie = call.header("cookie").filter(|_| call.product.defects.has("needs-session"))?;
    let known = cookie.contains(&call.product.session);
    (!known).then(|| Reply::outcome(440, "login", "De sessie is verlopen."))
}

/// Two defects: the product goes where a reference or an entity in the input points.
fn wander(call: &Call) {
    let defects = &call.product.defects;
    if defects.has("owa-reference-fetched") {
        let values = url::form_urlencoded::parse(call.query.as_bytes());
        values
            .filter(|(_, value)| value.starts_with("http://127."))
            .for_each(|(_, value)| outbound::fetch(&value));
    }
    if defects.has("owa-entity-fetched")
        && let Some((_, rest)) = form(call).split_once("SYSTEM \"")
    {
        outbound::fetch(rest.split('"').next().unwrap_or_default());
    }
}

fn form(call: &Call) -> &str {
    std::str::from_utf8(&call.body).unwrap_or_default()
}

/// An access token in a query or form.
fn token_named(query: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(query.as_bytes());
    pairs.find(|(name, _)| name == "access_token").map(|(_, value)| value.into_owned())
}

/// The BSN that a query or form names, whatever became of the request.
fn bsn_named(query: &str) -> Option<String> {
    url::form_urlencoded::parse(query.as_bytes()).find_map(|(_, value)| {
        let (_, rest) = value.split_once("http://fhir.nl/fhir/NamingSystem/bsn|")?;
        let bsn: String = rest.chars().take_while(char::is_ascii_digit).collect();
        (bsn.len() == 9).then_some(bsn)
    })
}

fn kind(call: &Call, path: &str) -> Kind {
    let path = path.trim_matches('/');
    match call.method.as_str() {
        "PUT" | "PATCH" => Kind::Update,
        "DELETE" => Kind::Delete,
        _ if path.contains('$') => Kind::Operation,
        "POST" if !path.ends_with("_search") => Kind::Create,
        "POST" => Kind::Search,
        _ if path.contains('/') => Kind::Read,
        _ => Kind::Search,
    }
}

#[expect(clippy::too_many_arguments, reason = "the facts of one record, each known elsewhere")]
fn log(
    call: &Call,
    tenant: &Tenant,
    path: &str,
    status: u16,
    access: Option<&Access>,
    ground: Option<Ground>,
    bsn: Option<&str>,
    withheld: bool,
) {
    call.product.audit.record(Event {
        kind: kind(call, path),
        status,
        withheld,
        access,
        ground,
        bsn,
        request_id: call.request_id(),
        source_ura: &tenant.ura,
        peer: &call.peer.address,
        data: path.trim_matches('/').split('/').next().filter(|kind| !kind.is_empty()),
        authorization: call.header("authorization"),
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_patient_of_a_refused_request_is_still_found() {
        let query =
            "patient.identifier=http%3A%2F%2Ffhir.nl%2Ffhir%2FNamingSystem%2Fbsn%7C999900018&_count=1";
        assert_eq!(bsn_named(query).as_deref(), Some("999900018"));
        assert_eq!(bsn_named("identifier=http://fhir.nl/fhir/NamingSystem/bsn|12"), None);
        assert_eq!(bsn_named("code=1"), None);
    }
}
