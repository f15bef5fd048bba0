//! What the product says it shows its user, laid beside what we gave it.

use std::collections::BTreeMap;

use keur_evidence::{Check, event::Reason, heard::Heard};
use serde_json::Value;

use super::{searches, section};
use crate::fhir::query::SECTIONS;

/// What the product shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    sections: BTreeMap<String, (u64, bool)>,
    warnings: usize,
    error: Option<String>,
}

impl Shown {
    /// Reads `{"sections": [{"name", "count", "complete"}], "warnings": […], "error": null}`; none when it is
    /// something else.
    #[must_use]
    pub fn of(told: &Value) -> Option<Self> {
        let sections = told.get("sections")?.as_array()?;
        let one = |section: &Value| {
            let name = section["name"].as_str()?.to_owned();
            Some((name, (section["count"].as_u64()?, section["complete"].as_bool()?)))
        };
        Some(Self {
            sections: sections.iter().map(one).collect::<Option<_>>()?,
            warnings: told["warnings"].as_array().map_or(0, Vec::len),
            error: told["error"].as_str().map(str::to_owned),
        })
    }

    fn error_text(&self) -> String {
        self.error.as_ref().map_or_else(String::new, |error| format!(" (het product meldt: {error})"))
    }
}

/// Every section shows as many as we hold, and is called complete; but not the section named.
#[must_use]
pub fn told(shown: &Shown, calls: &[Heard], except: Option<&str>) -> Vec<Check> {
    let mut held = BTreeMap::<&str, u64>::new();
    for call in searches(calls) {
        if let (Some(name), Some(total)) = (section(call), call.notes["total"].as_u64()) {
            held.insert(name, total);
        }
    }
    let expected = "in elk onderdeel zo veel gegevens als de bron heeft";
    let names = SECTIONS.iter().map(|section| section.name).filter(|name| Some(*name) != except);
    let wrong: Vec<String> = names
        .filter_map(|name| {
            let there = held.get(name).copied()?;
            match shown.sections.get(name) {
                Some((count, true)) if *count == there => None,
                Some((count, complete)) => {
                    let whole = if *complete { "" } else { ", als niet volledig" };
                    Some(format!("{name}: {count} in plaats van {there}{whole}"))
                }
                None => Some(format!("{name}: niet getoond, er zijn er {there}")),
            }
        })
        .collect();
    if held.is_empty() {
        return vec![Check::undecided(Reason::NoData, expected, "het product vroeg niets")];
    }
    let observed = if wrong.is_empty() {
        format!("in alle {} gevraagde onderdelen", held.len())
    } else {
        format!("{}{}", wrong.join("; "), shown.error_text())
    };
    vec![Check::that(wrong.is_empty(), expected, observed)]
}

/// The section that failed is not shown as if there were nothing: it is called incomplete, and the user is warned.
#[must_use]
pub fn incomplete(shown: &Shown, name: &str) -> Check {
    let expected = format!("{name} als niet volledig getoond, met een waarschuwing");
    let (holds, observed) = match shown.sections.get(name) {
        Some((count, true)) => (false, format!("{name} getoond als volledig, met {count}")),
        Some((_, false)) if shown.warnings > 0 => {
            (true, "als niet volledig, met een waarschuwing".to_owned())
        }
        Some((_, false)) => (false, "als niet volledig, zonder waarschuwing".to_owned()),
        None if shown.error.is_some() => (true, format!("helemaal niets{}", shown.error_text())),
        None => (false, format!("{name} ontbreekt, zonder melding")),
    };
    Check::that(holds, expected, observed)
}
