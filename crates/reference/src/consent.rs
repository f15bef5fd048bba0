//! The national consent facility, simulated, and how the product reads its answers.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

use crate::defects::Defects;

/// How long the product waits for the facility.
const PATIENCE: Duration = Duration::from_millis(50);
/// How long the `consent-cached` defect holds on to a consent.
const CACHE_LIFE: Duration = Duration::from_secs(2);
/// The most patients whose state can be set.
const CAPACITY: usize = 1_000;

/// What the facility will do when asked about a patient.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    /// The patient never made a choice.
    Unregistered,
    Permit,
    Deny,
    Indeterminate,
    Fault,
    Timeout,
    Malformed,
}

impl State {
    pub(crate) fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "permit" => Self::Permit,
            "deny" => Self::Deny,
            "indeterminate" => Self::Indeterminate,
            "fault" => Self::Fault,
            "timeout" => Self::Timeout,
            "malformed" => Self::Malformed,
            "unregistered" => Self::Unregistered,
            _ => return None,
        })
    }
}

/// What comes back from the facility.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reply {
    Decision(&'static str),
    Fault,
    Nothing,
}

/// The product's connection to the facility.
#[derive(Debug)]
pub(crate) struct Consent {
    states: Mutex<HashMap<String, State>>,
    permitted: Mutex<HashMap<String, Instant>>,
    defects: Defects,
}

impl Consent {
    pub(crate) fn new(denied: Option<&str>, defects: Defects) -> Self {
        let states = denied.map(|bsn| (bsn.to_owned(), State::Deny)).into_iter().collect();
        Self { states: Mutex::new(states), permitted: Mutex::default(), defects }
    }

    /// Sets what the facility answers from now on; false when its memory is full.
    pub(crate) fn set(&self, bsn: &str, state: State) -> bool {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        if states.len() >= CAPACITY && !states.contains_key(bsn) {
            return false;
        }
        states.insert(bsn.to_owned(), state);
        true
    }

    /// Whether the patient permits; anything but a clear Permit is no.
    pub(crate) fn permits(&self, bsn: &str) -> bool {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        let state = states.get(bsn).copied().unwrap_or(State::Unregistered);
        drop(states);
        let permitted = self.reads_as_permit(ask(state), state);
        permitted | self.still_cached(bsn, state == State::Deny, permitted)
    }

    /// Whether the patient refused explicitly.
    pub(crate) fn refuses(&self, bsn: &str) -> bool {
        let states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.get(bsn) == Some(&State::Deny)
    }

    fn reads_as_permit(&self, reply: Reply, state: State) -> bool {
        match reply {
            Reply::Decision("Permit") => true,
            Reply::Decision("Deny") => state == State::Deny && self.defects.has("refusal-read-as-consent"),
            Reply::Decision("Indeterminate") => self.defects.has("consent-indeterminate-open"),
            Reply::Decision(_) => self.defects.has("consent-malformed-open"),
            Reply::Fault => self.defects.has("consent-fault-open"),
            Reply::Nothing => self.defects.has("consent-timeout-open"),
        }
    }

    /// The defect: a withdrawn consent is answered once more from a cache, which is refreshed meanwhile.
    pub(crate) fn still_cached(&self, bsn: &str, denied: bool, permitted: bool) -> bool {
        if !self.defects.has("consent-cached") && !self.defects.has("fhir-consent-cached") {
            return false;
        }
        let mut cache = self.permitted.lock().unwrap_or_else(PoisonError::into_inner);
        if permitted {
            cache.insert(bsn.to_owned(), Instant::now());
            return true;
        }
        let cached = cache.remove(bsn);
        denied && cached.is_some_and(|since| since.elapsed() < CACHE_LIFE)
    }
}

/// Asks the facility; a facility that does not answer costs no more than our patience.
fn ask(state: State) -> Reply {
    match state {
        State::Permit => Reply::Decision("Permit"),
        State::Deny | State::Unregistered => Reply::Decision("Deny"),
        State::Indeterminate => Reply::Decision("Indeterminate"),
        State::Malformed => Reply::Decision("<Respons"),
        State::Fault => Reply::Fault,
        State::Timeout => {
            // The facility holds its end open and never sends.
            let (facility, line) = mpsc::channel::<Reply>();
            let reply = line.recv_timeout(PATIENCE).unwrap_or(Reply::Nothing);
            drop(facility);
            reply
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [&str; 6] = ["permit", "deny", "indeterminate", "fault", "timeout", "malformed"];

    fn consent(defect: Option<&str>) -> Consent {
        Consent::new(Some("1"), Defects::new(defect.map(str::to_owned)).expect("known"))
    }

    fn permitting(defect: Option<&str>) -> Vec<&'static str> {
        let opens = |name: &&&str| {
            let consent = consent(defect);
            consent.set("9", State::parse(name).expect("a state"));
            consent.permits("9")
        };
        ALL.iter().filter(opens).copied().collect()
    }

    #[test]
    fn only_permit_permits() {
        assert_eq!(permitting(None), ["permit"]);
        let none = consent(None);
        assert!(!none.permits("1") && !none.permits("unknown"));
        assert!(none.refuses("1") && !none.refuses("unknown"));
    }

    #[test]
    fn each_defect_opens_one_more_answer() {
        for state in &ALL[2..] {
            let defect = format!("consent-{state}-open");
            assert_eq!(permitting(Some(&defect)), ["permit", *state]);
        }
        assert_eq!(permitting(Some("refusal-read-as-consent")), ["permit", "deny"]);
        assert!(!consent(Some("refusal-read-as-consent")).permits("never asked"));
    }

    #[test]
    fn withdrawal_works_at_the_next_request_unless_cached() {
        for (defect, next) in [(None, false), (Some("consent-cached"), true)] {
            let consent = consent(defect);
            consent.set("1", State::Permit);
            assert!(consent.permits("1"));
            consent.set("1", State::Deny);
            assert_eq!(consent.permits("1"), next);
            assert!(!consent.permits("1"));
        }
    }
}
