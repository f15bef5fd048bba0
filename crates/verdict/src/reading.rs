//! Reads a journal once: what was planned, and which events belong to which case.

use std::collections::{BTreeMap, BTreeSet};

use keur_evidence::digest;
use keur_evidence::event::{
    Attested, EXAM, Entry, Event, FORMAT, Failure, PlannedCase, Reply, RunEnd, RunStarted, TWIN,
};
use keur_evidence::trail::{PRODUCT_LOG, Trail};
use serde::Deserialize;
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339};

use crate::{JudgeError, declaration, layers, options, overlay::Overlays};

/// A journal in the order a verdict needs.
pub(crate) struct Reading<'j> {
    pub(crate) started: &'j RunStarted,
    pub(crate) first_at: &'j str,
    pub(crate) last_at: &'j str,
    /// The day the run began (UTC): the day at which statements must be valid.
    pub(crate) day: Date,
    /// The day at which signed statements and waivers must be valid.
    pub(crate) added_day: Date,
    /// In plan order.
    pub(crate) cases: Vec<CaseLog<'j>>,
    pub(crate) statements: Vec<Statement<'j>>,
    /// Where the production-data guard tripped.
    pub(crate) guarded: Vec<&'j str>,
    pub(crate) end: Option<RunEnd>,
    /// How often the run went on after an interruption.
    pub(crate) resumed: usize,
    /// The seed of the run, hex; none in an exam that did not reveal it.
    pub(crate) seed: Option<&'j str>,
    /// The log of the product beside the run.
    pub(crate) product_log: Option<Trail>,
    /// Ids of every exchange and observation of the run.
    pub(crate) observed: BTreeSet<&'j str>,
    /// Ids of the exchanges and connections to which nothing answered.
    pub(crate) unanswered: BTreeSet<&'j str>,
}

/// A planned case and its events in their order.
pub(crate) struct CaseLog<'j> {
    pub(crate) plan: &'j PlannedCase,
    pub(crate) events: Vec<&'j Event>,
}

/// A human statement with its dates read.
pub(crate) struct Statement<'j> {
    pub(crate) seq: u64,
    pub(crate) attested: &'j Attested,
    pub(crate) from: Date,
    pub(crate) until: Date,
    /// Added afterwards, under a signature.
    pub(crate) signed: bool,
}

impl<'j> Statement<'j> {
    fn new(seq: u64, attested: &'j Attested, signed: bool) -> Result<Self, JudgeError> {
        let (from, until) = (day(seq, &attested.date)?, day(seq, &attested.expires)?);
        Ok(Self { seq, attested, from, until, signed })
    }
}

impl<'j> Reading<'j> {
    pub(crate) fn new(entries: &'j [Entry], overlays: &'j Overlays) -> Result<Self, JudgeError> {
        let (first, last) = entries.first().zip(entries.last()).ok_or(JudgeError::Empty)?;
        let Event::RunStarted(started) = &first.event else { return Err(JudgeError::NoStart) };
        if started.format != FORMAT {
            return Err(JudgeError::Format { found: started.format.clone(), expected: FORMAT });
        }
        if !["practice", EXAM].contains(&started.mode.as_str()) {
            return Err(JudgeError::UnknownWord { seq: 0, what: "mode", found: started.mode.clone() });
        }
        let day = instant(first)?.to_offset(time::UtcOffset::UTC).date();
        let mut reading = Self {
            started,
            seed: seed_at_start(started)?,
            first_at: &first.at,
            last_at: &last.at,
            day,
            added_day: overlays.day(day),
            product_log: None,
            cases: Vec::new(),
            statements: Vec::new(),
            guarded: Vec::new(),
            end: None,
            resumed: 0,
            observed: BTreeSet::new(),
            unanswered: BTreeSet::new(),
        };
        let mut places = BTreeMap::new();
        for (expected, entry) in (0_u64..).zip(entries) {
            if entry.seq != expected {
                return Err(JudgeError::Sequence { expected, found: entry.seq });
            }
            instant(entry)?;
            // An interrupted run may go on; a completed or guarded one is over.
            let goes_on =
                matches!(entry.event, Event::Resumed(_)) && reading.end == Some(RunEnd::Interrupted);
            if goes_on {
                reading.end = None;
            } else if reading.end.is_some() {
                return Err(JudgeError::Misplaced { seq: entry.seq, what: "an event after run_finished" });
            }
            let revealed = reading.is_exam() && reading.seed.is_some();
            if revealed && !matches!(entry.event, Event::RunFinished { .. }) {
                return Err(JudgeError::Misplaced { seq: entry.seq, what: "an event after seed_revealed" });
            }
            reading.take(entry, &mut places)?;
        }
        for attested in &overlays.attested {
            reading.statements.push(Statement::new(u64::MAX, attested, true)?);
        }
        Ok(reading)
    }

    /// Whether the run was an exam.
    pub(crate) fn is_exam(&self) -> bool {
        self.started.mode == EXAM
    }

    /// How many cases of an exam are not asked a second time in another guise.
    pub(crate) fn without_twin(&self) -> usize {
        if !self.is_exam() {
            return 0;
        }
        let planned: BTreeSet<&str> = self.cases.iter().map(|log| log.plan.case.as_str()).collect();
        let alone =
            |case: &&&str| !case.ends_with(TWIN) && !planned.contains(format!("{case}{TWIN}").as_str());
        planned.iter().filter(alone).count()
    }

    fn take(&mut self, entry: &'j Entry, places: &mut BTreeMap<&'j str, usize>) -> Result<(), JudgeError> {
        let seq = entry.seq;
        let (case, outside_allowed) = match &entry.event {
            Event::RunStarted(_) if seq == 0 => return Ok(()),
            Event::RunStarted(_) => {
                return Err(JudgeError::Misplaced { seq, what: "a second run_started" });
            }
            Event::CasePlanned(plan) => {
                if places.insert(&plan.case, self.cases.len()).is_some() {
                    return Err(JudgeError::Misplaced { seq, what: "a case planned twice" });
                }
                self.cases.push(CaseLog { plan, events: Vec::new() });
                return Ok(());
            }
            Event::Attested(attested) => {
                self.statements.push(Statement::new(seq, attested, false)?);
                return Ok(());
            }
            // What the run rests on, and when: for whoever judges again.
            Event::Enclosed(enclosed) => {
                if !["declaration", "norms", "identities", PRODUCT_LOG].contains(&enclosed.what.as_str()) {
                    let found = enclosed.what.clone();
                    return Err(JudgeError::UnknownWord { seq, what: "enclosure", found });
                }
                return Ok(());
            }
            Event::Resumed(_) => {
                self.resumed += 1;
                return Ok(());
            }
            Event::SeedRevealed { seed } => {
                let commitment = self.started.seed_commitment.as_deref();
                if commitment.is_none() {
                    return Err(JudgeError::Misplaced { seq, what: "a seed_revealed outside an exam" });
                }
                if bytes(seed).map(|bytes| digest::sha256(&bytes)).as_deref() != commitment {
                    return Err(JudgeError::Seed { seq, what: "the revealed seed is not the committed one" });
                }
                self.seed = Some(seed);
                return Ok(());
            }
            Event::RunFinished { how } => {
                self.end = Some(*how);
                return Ok(());
            }
            Event::GuardTripped { case, place } => {
                self.guarded.push(place);
                (case, true)
            }
            Event::Exchange(exchange) => {
                self.observed.insert(&exchange.id);
                if is_unanswered(&exchange.reply) {
                    self.unanswered.insert(&exchange.id);
                }
                (&exchange.case, true)
            }
            Event::Observation(observation) => {
                self.observed.insert(&observation.id);
                if let Some(Err(error)) = layers::tried(&entry.event) {
                    return Err(JudgeError::UnknownWord { seq, what: "attack", found: error.to_string() });
                }
                if let Some(Err(error)) = declaration::declared(&entry.event) {
                    let what = "declaration of conformity";
                    return Err(JudgeError::UnknownWord { seq, what, found: error.to_string() });
                }
                if let Some(Err(error)) = options::rows(&entry.event) {
                    return Err(JudgeError::UnknownWord { seq, what: "option", found: error.to_string() });
                }
                if observation.what == PRODUCT_LOG && observation.case.is_empty() {
                    let trail = Trail::deserialize(&observation.facts).map_err(|error| {
                        JudgeError::UnknownWord { seq, what: "product log", found: error.to_string() }
                    })?;
                    self.product_log = Some(trail);
                }
                let kind = observation.facts.get("failure_kind").and_then(serde_json::Value::as_str);
                if matches!(kind, Some("dns" | "connect" | "timeout")) {
                    self.unanswered.insert(&observation.id);
                }
                (&observation.case, true)
            }
            Event::RequestSent { case, .. } | Event::Clock { case, .. } => (case, true),
            Event::CaseStarted { case } | Event::CaseFinished { case, .. } => (case, false),
            Event::Check(check) => (&check.case, false),
            // The guard can trip on what belongs to no case.
            Event::Stopped(stopped) => (&stopped.case, true),
        };
        match places.get(case.as_str()) {
            Some(&place) => self.cases[place].events.push(&entry.event),
            // Contact with the product outside any case (no name) is evidence, but of no case.
            None if outside_allowed && case.is_empty() => {}
            None => return Err(JudgeError::UnknownCase { seq, case: case.clone() }),
        }
        Ok(())
    }
}

/// The seed as the start tells it: openly in practice, by commitment alone in an exam.
fn seed_at_start(started: &RunStarted) -> Result<Option<&str>, JudgeError> {
    let told = |what| Err(JudgeError::Seed { seq: 0, what });
    match (started.mode == EXAM, &started.seed_commitment) {
        (false, None) => Ok(Some(&started.seed)),
        (false, Some(_)) => told("practice commits to no seed"),
        (true, None) => told("an exam begins without commitment to its seed"),
        (true, Some(_)) if !started.seed.is_empty() => told("an exam tells its seed before the end"),
        (true, Some(_)) => Ok(None),
    }
}

/// The bytes of a hex text.
fn bytes(hex: &str) -> Option<Vec<u8>> {
    if !hex.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let byte = |at: usize| u8::from_str_radix(hex.get(at..at + 2)?, 16).ok();
    (0..hex.len()).step_by(2).map(byte).collect()
}

/// The product could not be reached, or fell silent.
fn is_unanswered(reply: &Reply) -> bool {
    let Reply::Failure { failure, .. } = reply else { return false };
    matches!(failure, Failure::Dns | Failure::Connect | Failure::Timeout | Failure::Closed)
}

fn instant(entry: &Entry) -> Result<OffsetDateTime, JudgeError> {
    OffsetDateTime::parse(&entry.at, &Rfc3339)
        .map_err(|_| JudgeError::Time { seq: entry.seq, found: entry.at.clone() })
}

fn day(seq: u64, text: &str) -> Result<Date, JudgeError> {
    crate::overlay::date(text).ok_or_else(|| JudgeError::Time { seq, found: text.to_owned() })
}
