//! What people add to a run afterwards: signed statements and waivers. Their signatures and scope were checked before;
//! here is only what they do to the judgement.

use keur_evidence::event::Attested;
use serde::{Deserialize, Serialize};
use time::{Date, macros::format_description};

use crate::result::{CaseOutcome, Outcome, RequirementResult};

/// Everything people added, checked and in scope.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Overlays {
    /// Signed statements; they outweigh what the vendor states about itself.
    pub attested: Vec<Attested>,
    /// Waivers.
    pub waivers: Vec<Waiver>,
}

/// A scheme owner's decision that a requirement need not be met for now. It changes what blocks, never what was seen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Waiver {
    /// The requirement.
    pub requirement: String,
    /// Why.
    pub reason: String,
    /// Who: name, organisation, role.
    pub by: String,
    /// From when, `YYYY-MM-DD`.
    pub granted: String,
    /// Until when, `YYYY-MM-DD`.
    pub expires: String,
    /// SHA-256 of the signed waiver, `sha256:…`.
    pub digest: String,
}

impl Overlays {
    /// The day at which they count: that of the run, or of the last thing added after it.
    pub(crate) fn day(&self, run: Date) -> Date {
        let added = self.attested.iter().map(|attested| &attested.date);
        added
            .chain(self.waivers.iter().map(|waiver| &waiver.granted))
            .filter_map(|text| date(text))
            .fold(run, Date::max)
    }

    /// Sets the waiver of a requirement that it holds for: on that day, when the requirement would block, and never
    /// when a fault of the tool is the reason.
    pub(crate) fn waive(&self, result: &mut RequirementResult, day: Date) {
        let open =
            matches!(result.outcome, Outcome::NotSatisfied | Outcome::Undetermined | Outcome::NotTested);
        let fault = result.cases.iter().any(|case| case.outcome == CaseOutcome::Error);
        let holds = |waiver: &&Waiver| {
            waiver.requirement == result.id
                && date(&waiver.granted).is_some_and(|from| from <= day)
                && date(&waiver.expires).is_some_and(|until| day <= until)
        };
        if result.gates && open && !fault {
            result.waiver = self.waivers.iter().find(holds).cloned();
        }
    }
}

/// A date as `YYYY-MM-DD`.
pub(crate) fn date(text: &str) -> Option<Date> {
    Date::parse(text, format_description!("[year]-[month]-[day]")).ok()
}
