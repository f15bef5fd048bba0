//! Reading the log over a hook of the test environment, until what must be there is there.

use std::time::Duration;

use keur_evidence::{
    Stop,
    event::Reason,
    http::{Answer, Request},
};
use keur_probes::{
    fhir::query::BSN_SYSTEM,
    log::{self, Match, Sent},
};
use serde_json::Value;
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use crate::{World, run::Party};

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(150);
/// How far the last look goes back: a log with a clock far behind holds the record, but not since the request.
const FAR: time::Duration = time::Duration::hours(25);

/// Where the log can be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hook {
    /// Everything since a moment.
    Export,
    /// The search of IHE ITI-81, by moment and patient.
    Search,
    /// The same, by moment only.
    SearchAll,
    /// What the patient gets to see.
    Overview,
}

/// What was seen at the last look.
pub struct Seen {
    /// The answer of the hook.
    pub answer: Answer,
    /// The record of each request, in order.
    pub found: Vec<Option<(Value, Match)>>,
    /// Seconds until all were there, or until the search ended.
    pub seconds: f64,
}

pub(super) fn skew(w: &World) -> time::Duration {
    time::Duration::seconds(w.run.parameter("clock_skew_max_s", 5))
}

pub(super) fn limit(w: &World) -> Duration {
    Duration::from_secs(u64::try_from(w.run.parameter("log_within_s", 10)).unwrap_or(10))
}

/// The hook in which records are looked up: the export when there is one, else the search.
pub(super) fn any(w: &World) -> Hook {
    if w.run.product.hooks.log_export.is_some() { Hook::Export } else { Hook::SearchAll }
}

/// What must be in the log of a request of this party.
pub(super) fn sent(
    w: &World,
    party: Party,
    purpose: &str,
    answer: &Answer,
    (at, answered): (OffsetDateTime, OffsetDateTime),
) -> Result<Sent, Stop> {
    let request_id = answer.request.headers.iter().find(|(name, _)| name == "X-Request-Id");
    let ura = party.of(&w.run.product).and_then(|party| party.ura.clone());
    Ok(Sent {
        request_id: request_id.map(|(_, value)| value.clone()).unwrap_or_default(),
        bsn: w.bsn_for(purpose)?,
        ura: ura.unwrap_or_default(),
        at,
        answered,
    })
}

/// Looks until the record of every request is there, or the agreed time is over.
pub(super) async fn look(w: &World, hook: Hook, all: &[Sent]) -> Result<Seen, Stop> {
    let first = all.iter().min_by_key(|sent| sent.at);
    let first = first.ok_or_else(|| w.recorder.broken("er is nog niets gevraagd"))?;
    let wait = "wachten op de logregel";
    let (began, limit) = (w.recorder.clock(wait)?, limit(w));
    // A log holds what all others did too: little of it is asked for, until that proves too little.
    let mut back = time::Duration::ZERO;
    loop {
        let waited = w.recorder.clock(wait)? - began;
        let over = waited >= limit;
        let since = first.at - if over { FAR } else { back };
        let answer = w.recorder.http(request(w, hook, since, &first.bsn)?).await?;
        let export = readable(w, &answer)?;
        let records = log::records(export);
        let found: Vec<_> = all
            .iter()
            .map(|sent| log::find(&records, sent, skew(w)).map(|(record, how)| (record.clone(), how)))
            .collect();
        if over || found.iter().all(Option::is_some) {
            let seconds = (w.recorder.clock(wait)? - began).as_seconds_f64();
            return Ok(Seen { answer, found, seconds });
        }
        back = skew(w);
        w.recorder.pause(PAUSE).await;
    }
}

/// The content of a log that was read; without it nothing about the log can be told.
pub(super) fn readable<'a>(w: &World, answer: &'a Answer) -> Result<&'a Value, Stop> {
    let json = answer.response().filter(|response| response.status == 200);
    json.and_then(|response| response.json()).ok_or_else(|| {
        let detail = format!("het logboek is niet uit te lezen: {}", answer.describe());
        w.recorder.cannot_tell(Reason::Precondition, "log_export", &detail)
    })
}

/// The declared address of a hook.
pub(super) fn address(w: &World, hook: Hook) -> Result<Url, Stop> {
    let hooks = &w.run.product.hooks;
    let (name, declared) = match hook {
        Hook::Export => ("log_export", &hooks.log_export),
        Hook::Search | Hook::SearchAll => ("log_search", &hooks.log_search),
        Hook::Overview => ("patient_overview", &hooks.patient_overview),
    };
    let missing = || w.recorder.not_declared(&format!("[hooks] {name}"));
    Url::parse(declared.as_deref().ok_or_else(missing)?).map_err(|_| missing())
}

/// The request that reads the log since a moment, about one patient where the hook takes one.
pub(super) fn request(w: &World, hook: Hook, since: OffsetDateTime, bsn: &str) -> Result<Request, Stop> {
    let mut url = address(w, hook)?;
    let since = since.replace_nanosecond(0).unwrap_or(since).format(&Rfc3339).unwrap_or_default();
    let patient = format!("{BSN_SYSTEM}|{bsn}");
    let moment = match hook {
        Hook::Export => Some(("since", since)),
        Hook::Search | Hook::SearchAll => Some(("date", format!("ge{since}"))),
        Hook::Overview => None,
    };
    url.query_pairs_mut().extend_pairs(moment);
    if matches!(hook, Hook::Search | Hook::Overview) {
        url.query_pairs_mut().append_pair("patient.identifier", &patient);
    }
    let purpose = match hook {
        Hook::Export => "logboek uitlezen",
        Hook::Search | Hook::SearchAll => "zoeken in het logboek",
        Hook::Overview => "overzicht van de patiënt",
    };
    Ok(authorised(w, Request::new(purpose, "GET", url, w.run.tls_identity(Party::A)))
        .header("Accept", "application/fhir+json"))
}

/// The request with the secret of the hooks.
pub(super) fn authorised(w: &World, request: Request) -> Request {
    match &w.run.hook_token {
        Some(token) => request.header("Authorization", &format!("Bearer {token}")),
        None => request,
    }
}
