//! How much a product is asked at once and in all, and how long it is waited for when it says that it is busy.

use std::{
    sync::atomic::{AtomicUsize, Ordering},
    time::Duration,
};

use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{
    event::{Event, Reason},
    http::{Answer, Request, Response},
    journal::Store,
    limits::Limits,
    recorder::{Recorder, Stop},
};

/// The cause when the product asks for more patience than there is.
pub(crate) const BUSY: &str = "busy";
/// The cause when the run has asked enough.
pub(crate) const BUDGET: &str = "budget";
/// So often a request is repeated at most.
const REPEATS: usize = 3;
/// Who asks for no time at all gets this much.
const LEAST: Duration = Duration::from_millis(200);

/// What is left of connections and requests.
pub(crate) struct Pace {
    slots: Semaphore,
    left: AtomicUsize,
}

impl Pace {
    /// For a run, of which a part may have been done before.
    pub(crate) fn new(limits: &Limits, store: &Store) -> Self {
        let asked = |event: &Event| matches!(event, Event::RequestSent { .. } | Event::Observation(_));
        let spent = store.entries().iter().filter(|entry| asked(&entry.event)).count();
        Self {
            slots: Semaphore::new(limits.connections),
            left: AtomicUsize::new(limits.requests.saturating_sub(spent)),
        }
    }
}

impl Recorder {
    /// Waits for a free connection, and takes one off the budget.
    pub(crate) async fn admitted(&self) -> Result<Option<SemaphorePermit<'_>>, Stop> {
        let pace = &self.seam().pace;
        let taken = pace.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        if taken.is_err() {
            let most = self.seam().limits().requests;
            let detail = format!(
                "deze uitvoering heeft het product al {most} keer iets gevraagd, en meer vraagt keur niet; kies met --only een deel van de eisen"
            );
            return Err(self.cannot_tell(Reason::Environment, BUDGET, &detail));
        }
        tokio::select! {
            () = self.seam().stopped() => Err(self.aborted()),
            // The semaphore is never closed.
            slot = pace.slots.acquire() => Ok(slot.ok()),
        }
    }

    /// The request again, after the time the product asked for; none when its answer stands.
    pub(crate) async fn again(
        &self,
        request: &Request,
        answer: &Answer,
        waited: &mut Vec<Duration>,
    ) -> Result<Option<Request>, Stop> {
        let Some(wait) = answer.response().and_then(asked) else { return Ok(None) };
        let purpose = format!("{}, herhaald na wachten ({})", request.purpose, waited.len() + 1);
        let busy = || {
            let detail = format!(
                "het product is te druk: {} met Retry-After {}",
                answer.describe(),
                answer.response().and_then(|response| response.header("retry-after")).unwrap_or_default()
            );
            self.cannot_tell(Reason::Environment, BUSY, &detail)
        };
        let repeated = Request { purpose, ..request.clone() };
        if let Some(replay) = self.seam().replay() {
            // What was not repeated then is not repeated now: an older record knows no repeating at all.
            if replay.holds(self.place(), &repeated.purpose) {
                waited.push(wait);
                return Ok(Some(repeated));
            }
            return if replay.recorded_cause(self.case()).as_deref() == Some(BUSY) {
                Err(busy())
            } else {
                Ok(None)
            };
        }
        let total = waited.iter().sum::<Duration>().saturating_add(wait);
        if waited.len() == REPEATS || total > self.seam().limits().patience || one_time(request) {
            return Err(busy());
        }
        waited.push(wait);
        self.pause(wait).await;
        Ok(Some(repeated))
    }
}

/// Holds a proof that may be used once: a product that has seen it may refuse it the second time.
fn one_time(request: &Request) -> bool {
    let proof = request.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("dpop"));
    proof || request.body.windows(16).any(|part| part == b"client_assertion")
}

/// How long the product asks to wait.
fn asked(response: &Response) -> Option<Duration> {
    if !matches!(response.status, 429 | 503) {
        return None;
    }
    let value = response.header("retry-after")?.trim();
    let wait = match value.parse() {
        Ok(seconds) => Duration::from_secs(seconds),
        // A moment is compared with the clock of the product itself, which is also on record.
        Err(_) => {
            let moment = |text: &str| OffsetDateTime::parse(text, &Rfc2822).ok();
            let now = moment(response.header("date")?)?;
            Duration::try_from(moment(value)? - now).unwrap_or_default()
        }
    };
    Some(wait.max(LEAST))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn response(status: u16, headers: &[(&str, &str)]) -> Response {
        Response {
            status,
            version: String::new(),
            headers: headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect(),
            wire_bytes: 0,
            truncated: false,
            body: Ok(Vec::new()),
            tls: None,
            timing: crate::event::Timing { head_ms: 0, total_ms: 0 },
            parsed: Default::default(),
        }
    }

    #[test]
    fn the_time_to_wait_is_read_in_both_forms() {
        let seconds = |status, headers: &[(&str, &str)]| asked(&response(status, headers));
        assert_eq!(seconds(429, &[("retry-after", "7")]), Some(Duration::from_secs(7)));
        assert_eq!(seconds(503, &[("Retry-After", " 0 ")]), Some(LEAST));
        let date = ("date", "Sun, 06 Nov 1994 08:49:30 GMT");
        let later = ("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT");
        assert_eq!(seconds(503, &[date, later]), Some(Duration::from_secs(7)));
        assert_eq!(seconds(503, &[later, ("date", "Sun, 06 Nov 1994 09:00:00 GMT")]), Some(LEAST));
        assert_eq!(seconds(503, &[later]), None, "without a clock a moment says nothing");
        assert_eq!(seconds(503, &[]), None);
        assert_eq!(seconds(429, &[("retry-after", "-1")]), None);
        assert_eq!(seconds(429, &[("retry-after", "99999999999999999999")]), None);
        assert_eq!(seconds(200, &[("retry-after", "7")]), None);
    }
}
