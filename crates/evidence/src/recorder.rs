//! The recorder of one case: keeps checks and facts, and is the only maker of the error that stops a scenario. Requests
//! are made in `exchange`.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use serde::{Serialize, de::DeserializeOwned};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};
use url::Url;

use crate::{
    check::Check,
    digest,
    disguise::Disguise,
    event::{
        CheckOutcome, CheckRecord, Event, Exchange, Observation, Phase, Reason, RunEnd, StopKind, Stopped,
    },
    health::PATIENCE,
    identity::IdentityError,
    journal::JournalError,
    pace::BUDGET,
    seam::Seam,
};

/// Causes of an early end that lie outside the steps: a replay cannot meet them again.
const FROM_OUTSIDE: [&str; 3] = ["unreachable", "step_timeout", BUDGET];

/// What mostly holds what the guard looks for.
pub(crate) const ANSWER: &str = "antwoord";

/// Ends a scenario. Only a [`Recorder`] makes one, after it wrote down why: no failing step without evidence.
#[derive(Debug)]
pub struct Stop(String);

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Stop {}

/// What a step returns.
pub type Step = Result<(), Stop>;

/// Records for one case.
#[derive(Clone)]
pub struct Recorder {
    seam: Arc<Seam>,
    case: Arc<str>,
    attempt: usize,
    disguise: Option<Arc<Disguise>>,
    state: Arc<Mutex<State>>,
}

struct State {
    step: usize,
    phase: Phase,
    latest: Option<String>,
    draws: u64,
    draws_for_all: u64,
    draws_for_marks: u64,
    stopped: bool,
    /// How many nested fetches for all cases are going on.
    for_all: usize,
    /// In a replay: what the product asked us, as far as the record was followed.
    came_in: Vec<Exchange>,
}

/// While it lives, what the recorder fetches is for all cases of the run.
pub struct ForAll(Arc<Mutex<State>>);

impl Drop for ForAll {
    fn drop(&mut self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).for_all -= 1;
    }
}

impl Recorder {
    pub(crate) fn new(seam: Arc<Seam>, case: &str, attempt: usize) -> Self {
        let state = State {
            step: 0,
            phase: Phase::Given,
            latest: None,
            draws: 0,
            draws_for_all: 0,
            draws_for_marks: 0,
            stopped: false,
            for_all: 0,
            came_in: Vec::new(),
        };
        Self { seam, case: case.into(), attempt, disguise: None, state: Arc::new(Mutex::new(state)) }
    }

    /// The same, in a guise drawn from the seed.
    pub(crate) fn disguised(seam: Arc<Seam>, case: &str, attempt: usize) -> Self {
        // Draws of the case count from 1.
        let disguise = Some(Arc::new(Disguise::new(seam.random(case, attempt, 0))));
        Self { disguise, ..Self::new(seam, case, attempt) }
    }

    /// The run's seam.
    #[must_use]
    pub fn seam(&self) -> &Arc<Seam> {
        &self.seam
    }

    /// The engine tells which step runs.
    pub fn at_step(&self, step: usize, phase: Phase) {
        let mut state = self.lock();
        state.step = step;
        state.phase = phase;
    }

    /// What follows is fetched once and used by all cases; a replay may find it with another case.
    #[must_use]
    pub fn for_all(&self) -> ForAll {
        self.lock().for_all += 1;
        ForAll(Arc::clone(&self.state))
    }

    /// Whether the case was ended by this recorder.
    #[must_use]
    pub fn has_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// 32 random bytes, reproducible from the run's seed.
    #[must_use]
    pub fn random(&self) -> [u8; 32] {
        let (place, position) = {
            let mut state = self.lock();
            if state.for_all > 0 {
                // Whoever fetches for all draws apart: what it draws for itself must not depend on who came first.
                state.draws_for_all += 1;
                (format!("{} for all", self.case), state.draws_for_all)
            } else {
                state.draws += 1;
                (self.case.to_string(), state.draws)
            }
        };
        self.seam.random(&place, self.attempt, position)
    }

    /// 32 bytes for the marks of a request.
    pub(crate) fn drawn_for_marks(&self) -> [u8; 32] {
        let position = {
            let mut state = self.lock();
            state.draws_for_marks += 1;
            state.draws_for_marks
        };
        self.seam.random(&format!("{} marks", self.case), self.attempt, position)
    }

    /// A random UUID (version 4), reproducible from the run's seed.
    #[must_use]
    pub fn uuid(&self) -> String {
        let mut b = self.random();
        b[6] = b[6] & 0x0f | 0x40;
        b[8] = b[8] & 0x3f | 0x80;
        let hex = digest::to_hex(&b[..16]);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// Records a fact that is not an HTTP exchange; returns its id.
    ///
    /// # Errors
    /// [`Stop`] when evidence cannot be written.
    pub fn observe(&self, what: &str, purpose: &str, facts: serde_json::Value) -> Result<String, Stop> {
        let recorded = self.seam.replay().and_then(|replay| replay.observation(self.place(), what, purpose));
        let id = recorded.map_or_else(|| self.seam.next_id("o"), |observation| observation.id);
        self.write_observation(id, what, purpose, facts)
    }

    /// Records a fact that takes what is never kept, such as a signature: a replay reads it back instead of finding
    /// it again. Returns its id too.
    ///
    /// # Errors
    /// [`Stop`] when evidence cannot be written, or a replay does not hold it.
    pub fn witness<F: Serialize + DeserializeOwned>(
        &self,
        what: &str,
        purpose: &str,
        find: impl FnOnce() -> F,
    ) -> Result<(String, F), Stop> {
        let Some(replay) = self.seam.replay() else {
            let fact = find();
            let facts = serde_json::to_value(&fact).unwrap_or_default();
            return Ok((self.write_observation(self.seam.next_id("o"), what, purpose, facts)?, fact));
        };
        let recorded = replay.observation(self.place(), what, purpose);
        let (id, facts) =
            recorded.map(|one| (one.id, one.facts)).ok_or_else(|| self.not_recorded(purpose))?;
        let fact = serde_json::from_value(facts.clone()).map_err(|_| self.not_recorded(purpose))?;
        Ok((self.write_observation(id, what, purpose, facts)?, fact))
    }

    pub(crate) fn write_observation(
        &self,
        id: String,
        what: &str,
        purpose: &str,
        facts: serde_json::Value,
    ) -> Result<String, Stop> {
        let text = self.seam.redactor.text(&facts.to_string());
        let facts = serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
        self.write(Event::Observation(Observation {
            id: id.clone(),
            case: self.case.to_string(),
            what: what.to_owned(),
            purpose: purpose.to_owned(),
            facts,
        }))?;
        self.latest(&id);
        Ok(id)
    }

    /// Reads the clock and records the reading: for moments a check depends on.
    ///
    /// # Errors
    /// [`Stop`] when it cannot be written, or a replay does not hold it.
    pub fn clock(&self, purpose: &str) -> Result<OffsetDateTime, Stop> {
        let at = match self.seam.replay() {
            None => self.seam.now().format(&Rfc3339).unwrap_or_default(),
            Some(replay) => replay.clock(self.place(), purpose).ok_or_else(|| self.not_recorded(purpose))?,
        };
        let moment = OffsetDateTime::parse(&at, &Rfc3339).map_err(|error| self.broken(&error.to_string()))?;
        self.write(Event::Clock { case: self.case.to_string(), purpose: purpose.to_owned(), at })?;
        Ok(moment)
    }

    /// Waits, or ends at once when the run is stopped or only answers from its record.
    pub async fn pause(&self, time: Duration) {
        if self.seam.replay().is_none() {
            tokio::select! {
                () = self.seam.stopped() => {}
                () = tokio::time::sleep(time) => {}
            }
        }
    }

    /// Records a check.
    ///
    /// # Errors
    /// [`Stop`] when it does not hold.
    pub fn expect(&self, check: Check) -> Step {
        self.expect_all([check])
    }

    /// Records several checks of one step, all of them.
    ///
    /// # Errors
    /// [`Stop`] when at least one does not hold, or when there are none: a step that checked nothing proves nothing.
    pub fn expect_all(&self, checks: impl IntoIterator<Item = Check>) -> Step {
        let (mut stop, mut count) = (None, 0_usize);
        for check in checks {
            count += 1;
            let (step, phase, latest) = {
                let state = self.lock();
                (state.step, state.phase, state.latest.clone())
            };
            let evidence =
                if check.evidence.is_empty() { latest.into_iter().collect() } else { check.evidence };
            let redactor = &self.seam.redactor;
            let record = CheckRecord {
                case: self.case.to_string(),
                step,
                phase,
                expected: redactor.text(&check.expected),
                observed: redactor.text(&check.observed),
                outcome: check.outcome,
                evidence,
            };
            if record.outcome != CheckOutcome::Holds && stop.is_none() {
                stop = Some(format!("verwacht: {}; waargenomen: {}", record.expected, record.observed));
            }
            self.write(Event::Check(record))?;
        }
        match stop {
            Some(text) => Err(self.stopping(text)),
            None if count == 0 => Err(self.broken("de stap heeft niets gecontroleerd")),
            None => Ok(()),
        }
    }

    /// The case cannot be told, with a reason from the closed list and a finer cause.
    #[must_use]
    pub fn cannot_tell(&self, reason: Reason, cause: &str, detail: &str) -> Stop {
        self.stopped_by(StopKind::CantTell { reason, cause: cause.to_owned() }, detail)
    }

    /// The requirement does not apply; `observed` is the id of the exchange or observation that shows it.
    #[must_use]
    pub fn inapplicable(&self, predicate: &str, declared: &str, observed: &str, detail: &str) -> Stop {
        let (predicate, declared, observed) =
            (predicate.to_owned(), declared.to_owned(), observed.to_owned());
        self.stopped_by(StopKind::Inapplicable { predicate, declared, observed }, detail)
    }

    /// The tool itself is wrong.
    #[must_use]
    pub fn broken(&self, detail: &str) -> Stop {
        self.stopped_by(StopKind::Error, detail)
    }

    /// The run was stopped.
    #[must_use]
    pub fn aborted(&self) -> Stop {
        self.cannot_tell(Reason::Aborted, "stopped", "de uitvoering is gestopt")
    }

    /// The declared identity or file a step needs is not there.
    #[must_use]
    pub fn not_declared(&self, what: &str) -> Stop {
        let detail = format!("{what} ontbreekt in product.toml");
        self.cannot_tell(Reason::Precondition, "not_declared", &detail)
    }

    pub(crate) fn identity_missing(&self, error: &IdentityError) -> Stop {
        match error {
            IdentityError::Unknown(name) => self.not_declared(&format!("[identity.{name}]")),
            other => self.cannot_tell(Reason::Configuration, "identity", &other.to_string()),
        }
    }

    fn stopped_by(&self, stop: StopKind, detail: &str) -> Stop {
        let (step, phase) = {
            let state = self.lock();
            (state.step, state.phase)
        };
        let detail = self.seam.redactor.text(detail);
        let event = Event::Stopped(Stopped {
            case: self.case.to_string(),
            step,
            phase,
            stop,
            detail: detail.clone(),
        });
        if let Err(error) = self.seam.append(event) {
            return self.stopping(error.to_string());
        }
        self.stopping(detail)
    }

    fn stopping(&self, text: String) -> Stop {
        self.lock().stopped = true;
        Stop(text)
    }

    /// Nothing answers there any more; the time limit need not pass once more for every request.
    pub(crate) fn unreachable(&self, url: &Url) -> Stop {
        let host = url.host_str().unwrap_or_default();
        let port = url.port_or_known_default().unwrap_or_default();
        let detail = format!(
            "{host}:{port} antwoordt niet: {PATIENCE} verzoeken achtereen bleven zonder antwoord; dit verzoek is niet meer gedaan"
        );
        self.cannot_tell(Reason::Environment, "unreachable", &detail)
    }

    /// Stops the run before anything of an answer or request (`what`) with a foreign BSN is written.
    ///
    /// # Errors
    /// [`Stop`] when there is one.
    pub(crate) fn guard(&self, what: &str, headers: &[(String, String)], body: &[u8]) -> Step {
        self.guard_read(what, headers, body, None)
    }

    /// The same for a body that was read as JSON already.
    pub(crate) fn guard_read(
        &self,
        what: &str,
        headers: &[(String, String)],
        body: &[u8],
        json: Option<&serde_json::Value>,
    ) -> Step {
        let Some(place) = self.seam.guard.scan_read(headers, body, json) else { return Ok(()) };
        let place = if what == ANSWER { place } else { format!("{what}: {place}") };
        self.write(Event::GuardTripped { case: self.case.to_string(), place })?;
        self.seam.stop(RunEnd::Guarded);
        let detail = format!(
            "het {what} bevat een BSN buiten de opgegeven testset; de uitvoering is gestopt en niets van het {what} is bewaard"
        );
        Err(self.cannot_tell(Reason::Aborted, "production_data", &detail))
    }

    /// Stops the run because evidence cannot be kept. The journal itself may have failed, so the reason can only
    /// travel with the error.
    pub(crate) fn unwritable(&self, error: &JournalError) -> Stop {
        self.seam.stop(RunEnd::Interrupted);
        Stop(format!("bewijs kan niet worden weggeschreven: {error}"))
    }

    /// A replay was asked for what the record does not hold. When the recorded case was ended from outside just here,
    /// so is this one.
    pub(crate) fn not_recorded(&self, what: &str) -> Stop {
        let recorded = self.seam.replay().and_then(|replay| replay.recorded_stop(self.case()));
        if let Some(Stopped { stop: StopKind::CantTell { reason, cause }, detail, .. }) = recorded
            && (reason == Reason::Aborted || FROM_OUTSIDE.contains(&cause.as_str()))
        {
            return self.cannot_tell(reason, &cause, &detail);
        }
        if let Some(replay) = self.seam.replay() {
            replay.note_missing(self.case());
        }
        let detail = format!("het bewijs bevat dit niet: {what}");
        self.cannot_tell(Reason::NoData, "not_recorded", &detail)
    }

    pub(crate) fn disguise(&self) -> Option<&Disguise> {
        self.disguise.as_deref()
    }

    /// The case this recorder is for.
    #[must_use]
    pub fn case(&self) -> &str {
        &self.case
    }

    /// The case, and whether what it fetches is for all.
    pub(crate) fn place(&self) -> (&str, bool) {
        (&self.case, self.lock().for_all > 0)
    }

    /// What a check rests on when it does not say.
    pub(crate) fn latest(&self, id: &str) {
        self.lock().latest = Some(id.to_owned());
    }

    /// Keeps bytes as a blob and returns their address; none for no bytes.
    pub(crate) fn keep(&self, bytes: &[u8]) -> Result<Option<String>, Stop> {
        self.seam.store.blob(bytes).map_err(|error| self.unwritable(&error))
    }

    pub(crate) fn write(&self, event: Event) -> Result<(), Stop> {
        self.take_over(false)?;
        self.seam.append(event).map_err(|error| self.unwritable(&error))
    }

    /// In a replay: writes what the product asked us up to here, in its place among the other events.
    pub(crate) fn take_over(&self, all: bool) -> Result<(), Stop> {
        let Some(replay) = self.seam.replay() else { return Ok(()) };
        for exchange in replay.came_in(self.case(), all) {
            let event = Event::Exchange(Box::new(exchange.clone()));
            self.seam.append(event).map_err(|error| self.unwritable(&error))?;
            self.lock().came_in.push(exchange);
        }
        Ok(())
    }

    /// In a replay: what the product asked us under this id.
    pub(crate) fn came_in(&self, id: &str) -> Option<Exchange> {
        self.lock().came_in.iter().find(|exchange| exchange.id == id).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
