//! Layered security: which lock has to hold in each attempt, and whether it does.

use keur_verdict::Outcome;

use super::View;

/// What an intruder has to do with a layer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lock {
    /// He has the key to it.
    Open,
    /// It has to stop him.
    Stops,
    /// It plays no part.
    Idle,
}

use Lock::{Idle, Open, Stops};

/// The attempts: client certificate, token, proof of key.
const ATTEMPTS: [(&str, [Lock; 3]); 9] = [
    ("WGZ-SEC-006", [Stops, Idle, Idle]),
    ("WGZ-SEC-007", [Stops, Idle, Idle]),
    ("WGZ-SEC-008", [Stops, Idle, Idle]),
    ("WGZ-SEC-009", [Stops, Idle, Idle]),
    ("WGZ-SEC-010", [Open, Stops, Idle]),
    ("WGZ-SEC-011", [Stops, Open, Open]),
    ("WGZ-SEC-012", [Open, Open, Stops]),
    ("WGZ-SEC-013", [Open, Open, Stops]),
    ("WGZ-SEC-014", [Open, Open, Stops]),
];

/// An attempt to get at the data with some locks already open.
#[derive(Debug, Clone)]
pub struct Attempt<'a> {
    /// The requirement.
    pub id: &'static str,
    /// What was tried.
    pub tried: &'a str,
    /// Certificate, token, proof of key.
    pub locks: [Lock; 3],
    /// The lock that has to hold.
    pub lock: &'a str,
    /// None: it cannot be told.
    pub held: Option<bool>,
    /// The same in a word.
    pub answer: &'a str,
}

/// The attempts of this run; none when no such requirement was selected.
#[must_use]
pub fn attempts<'a>(view: &View<'a>) -> Vec<Attempt<'a>> {
    let words = &view.words.layers;
    let names = [&words.certificate, &words.token, &words.proof];
    let results = &view.report.result.requirements;
    let attempt = |(id, locks): &(&'static str, [Lock; 3])| {
        let result = results.iter().find(|result| result.id == *id)?;
        let (held, answer) = match result.outcome {
            Outcome::Satisfied => (Some(true), &words.held),
            Outcome::NotSatisfied => (Some(false), &words.fell),
            Outcome::NotApplicable => return None,
            Outcome::Undetermined | Outcome::NotTested => (None, &words.untold),
        };
        let lock = names.iter().zip(locks).find(|(_, lock)| **lock == Stops).map_or("", |(name, _)| name);
        let tried = view.words.layer.get(*id).map_or("", String::as_str);
        Some(Attempt { id, tried, locks: *locks, lock, held, answer })
    };
    ATTEMPTS.iter().filter_map(attempt).collect()
}
