//! Reads a journal once: what was planned, and which events belong to which case.

use std::collections::{BTreeMap, BTreeSet};

use keur_evidence::event::{Attested, Entry, Event, FORMAT, Failure, PlannedCase, Reply, RunEnd, RunStarted};
use time::{Date, OffsetDateTime, format_description::well_known::Rfc3339, macros::format_description};

use crate::JudgeError;

/// A journal in the order a verdict needs.
pub(crate) struct Reading<'j> {
    pub(crate) started: &'j RunStarted,
    pub(crate) first_at: &'j str,
    pub(crate) last_at: &'j str,
    /// The day the run began (UTC): the day at which statements must be valid.
    pub(crate) day: Date,
    /// In plan order.
    pub(crate) cases: Vec<CaseLog<'j>>,
    pub(crate) statements: Vec<Statement<'j>>,
    /// Where the production-data guard tripped.
    pub(crate) guarded: Vec<&'j str>,
    pub(crate) end: Option<RunEnd>,
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
}

impl<'j> Reading<'j> {
    pub(crate) fn new(entries: &'j [Entry]) -> Result<Self, JudgeError> {
        let (first, last) = entries.first().zip(entries.last()).ok_or(JudgeError::Empty)?;
        let Event::RunStarted(started) = &first.event else { return Err(JudgeError::NoStart) };
        if started.format != FORMAT {
            return Err(JudgeError::Format { found: started.format.clone(), expected: FORMAT });
        }
        if !["practice", "exam"].contains(&started.mode.as_str()) {
            return Err(JudgeError::UnknownWord { seq: 0, what: "mode", found: started.mode.clone() });
        }
        let mut reading = Self {
            started,
            first_at: &first.at,
            last_at: &last.at,
            day: instant(first)?.to_offset(time::UtcOffset::UTC).date(),
            cases: Vec::new(),
            statements: Vec::new(),
            guarded: Vec::new(),
            end: None,
            observed: BTreeSet::new(),
            unanswered: BTreeSet::new(),
        };
        let mut places = BTreeMap::new();
        for (expected, entry) in (0_u64..).zip(entries) {
            if entry.seq != expected {
                return Err(JudgeError::Sequence { expected, found: entry.seq });
            }
            instant(entry)?;
            if reading.end.is_some() {
                return Err(JudgeError::Misplaced { seq: entry.seq, what: "an event after run_finished" });
            }
            reading.take(entry, &mut places)?;
        }
        Ok(reading)
    }

    fn take(&mut self, entry: &'j Entry, places: &mut BTreeMap<&'j str, usize>) -> Result<(), JudgeError> {
        let seq = entry.seq;
        let (case, outside_allowed) = match &entry.event {
            Event::RunStarted(_) if seq == 0 => return Ok(()),
            Event::RunStarted(_) => {
                return Err(JudgeError::Misplaced { seq, what: "a second run_started" });
            }
            Event::Enclosed(enclosed) => {
                if !["declaration", "norms", "identities"].contains(&enclosed.what.as_str()) {
                    let found = enclosed.what.clone();
                    return Err(JudgeError::UnknownWord { seq, what: "enclosure", found });
                }
                return Ok(());
            }
            Event::CasePlanned(plan) => {
                if places.insert(&plan.case, self.cases.len()).is_some() {
                    return Err(JudgeError::Misplaced { seq, what: "a case planned twice" });
                }
                self.cases.push(CaseLog { plan, events: Vec::new() });
                return Ok(());
            }
            Event::Attested(attested) => {
                let from = day(seq, &attested.date)?;
                let until = day(seq, &attested.expires)?;
                self.statements.push(Statement { seq, attested, from, until });
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
                let kind = observation.facts.get("failure_kind").and_then(serde_json::Value::as_str);
                if matches!(kind, Some("dns" | "connect" | "timeout")) {
                    self.unanswered.insert(&observation.id);
                }
                (&observation.case, true)
            }
            Event::RequestSent { case, .. } => (case, true),
            Event::CaseStarted { case } | Event::CaseFinished { case, .. } => (case, false),
            Event::Check(check) => (&check.case, false),
            Event::Stopped(stopped) => (&stopped.case, false),
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
    Date::parse(text, format_description!("[year]-[month]-[day]"))
        .map_err(|_| JudgeError::Time { seq, found: text.to_owned() })
}
