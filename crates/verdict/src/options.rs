//! Declared, advertised and observed, option by option: three sources that ought to say the same.

use keur_evidence::event::{Event, OPTIONS};
use serde::{Deserialize, Serialize};

use crate::reading::Reading;

/// One option of a product, and what each source says of it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OptionRow {
    /// Whose option: a resource type, a path, the token endpoint, ….
    pub subject: String,
    /// The option: an interaction, a method, a format.
    pub option: String,
    /// Whether the vendor declares it; none when the declaration is silent.
    pub declared: Option<bool>,
    /// Whether the product advertises it; none when there is nothing to look in.
    pub advertised: Option<bool>,
    /// Whether it was seen to work; none when it was not tried, or could not be told.
    pub observed: Option<bool>,
    /// What was seen, in words.
    pub seen: String,
    /// The requirement under which a disagreement is judged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requirement: Option<String>,
}

/// Whether the sources agree.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Harmony {
    /// At least two sources speak, and they say the same.
    Agree,
    /// Two sources say the opposite.
    Disagree,
    /// At most one source speaks.
    Alone,
}

impl OptionRow {
    /// Whether the sources that speak agree.
    #[must_use]
    pub fn harmony(&self) -> Harmony {
        let said: Vec<bool> = [self.declared, self.advertised, self.observed].into_iter().flatten().collect();
        match said.as_slice() {
            [] | [_] => Harmony::Alone,
            [first, others @ ..] if others.iter().all(|other| other == first) => Harmony::Agree,
            _ => Harmony::Disagree,
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Rows {
    rows: Vec<OptionRow>,
}

/// The rows an event holds; an error when they are not as known.
pub(crate) fn rows(event: &Event) -> Option<Result<Rows, serde_json::Error>> {
    let Event::Observation(observation) = event else { return None };
    (observation.what == OPTIONS).then(|| Rows::deserialize(&observation.facts))
}

/// All options of a run, each once; in no other order than their own, so that the order of cases does not matter.
pub(crate) fn table(reading: &Reading<'_>) -> Vec<OptionRow> {
    let events = reading.cases.iter().flat_map(|log| &log.events);
    let mut all: Vec<OptionRow> =
        events.filter_map(|event| rows(event)?.ok()).flat_map(|rows| rows.rows).collect();
    all.sort();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_sources_are_needed_to_agree_or_not() {
        let of = |declared, advertised, observed| {
            let (subject, option, seen) = Default::default();
            OptionRow { subject, option, declared, advertised, observed, seen, requirement: None }.harmony()
        };
        assert_eq!(of(None, Some(true), None), Harmony::Alone);
        assert_eq!(of(None, Some(true), Some(true)), Harmony::Agree);
        assert_eq!(of(Some(true), Some(true), Some(false)), Harmony::Disagree);
        assert_eq!(of(Some(false), None, Some(false)), Harmony::Agree);
        assert_eq!(of(None, None, None), Harmony::Alone);
    }
}
