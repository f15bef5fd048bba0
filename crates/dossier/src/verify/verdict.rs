//! V9: the stored evidence, judged again, gives the stored verdict.

use std::sync::Arc;

use keur_evidence::event::Entry;
use keur_verdict::RunResult;
use serde_json::Value;

use super::step::{Fault, Noted};
use crate::bundle::{Bundle, RESULT};

/// What judging again came to.
#[derive(Debug, Clone, PartialEq)]
pub struct Recomputed {
    /// The verdict.
    pub result: RunResult,
    /// What there is to know about how it was made.
    pub notes: Vec<String>,
}

/// Judges stored evidence again. It is given by the caller, because only the layer above knows the sentences.
pub trait Recompute: Sync {
    /// Judges the evidence of a bundle again; the journal is given because it was read already.
    ///
    /// # Errors
    /// Why that could not be done, in Dutch.
    fn recompute(&self, bundle: &Arc<Bundle>, entries: Vec<Entry>) -> Result<Recomputed, String>;
}

pub(super) fn check(bundle: &Arc<Bundle>, entries: Vec<Entry>, recompute: &dyn Recompute) -> Noted {
    let wrong = |message: String| Fault::new(RESULT, message);
    let bytes = bundle.archive().read(RESULT).map_err(|error| Fault::of(RESULT, &error))?;
    let stored: Value = serde_json::from_slice(&bytes).map_err(|error| wrong(error.to_string()))?;
    let recomputed = recompute
        .recompute(bundle, entries)
        .map_err(|error| wrong(format!("het oordeel kon niet opnieuw worden gevormd: {error}")))?;
    let again = serde_json::to_value(&recomputed.result).map_err(|error| wrong(error.to_string()))?;
    match first_difference(&stored, &again, &mut Vec::new()) {
        None => Ok(recomputed.notes),
        Some((place, stored, again)) => Err(wrong(format!(
            "het oordeel volgt niet uit het bewijs: bij {place} staat {stored}, maar het bewijs geeft {again}"
        ))),
    }
}

/// Place, stored value and recomputed value of the first difference.
fn first_difference(
    stored: &Value,
    again: &Value,
    path: &mut Vec<String>,
) -> Option<(String, String, String)> {
    match (stored, again) {
        (Value::Object(one), Value::Object(other)) => {
            let names = one.keys().chain(other.keys().filter(|name| !one.contains_key(*name)));
            names.into_iter().find_map(|name| {
                path.push(name.clone());
                let null = &Value::Null;
                let found = match (one.get(name), other.get(name)) {
                    (Some(stored), Some(again)) => first_difference(stored, again, path),
                    // Absent is not the same as null.
                    (stored, again) => Some(told(path, stored.unwrap_or(null), again.unwrap_or(null))),
                };
                path.pop();
                found
            })
        }
        (Value::Array(one), Value::Array(other)) => {
            let pairs = one.iter().zip(other).enumerate();
            let within = pairs.into_iter().find_map(|(index, (stored, again))| {
                path.push(name_of(again, index));
                let found = first_difference(stored, again, path);
                path.pop();
                found
            });
            within.or_else(|| {
                (one.len() != other.len()).then(|| told(path, &one.len().into(), &other.len().into()))
            })
        }
        (stored, again) => (stored != again).then(|| told(path, stored, again)),
    }
}

/// A requirement or case by its id, a check by its number.
fn name_of(item: &Value, index: usize) -> String {
    item.get("id").and_then(Value::as_str).map_or_else(|| (index + 1).to_string(), str::to_owned)
}

fn told(path: &[String], stored: &Value, again: &Value) -> (String, String, String) {
    let short = |value: &Value| match value {
        Value::Null => "niets".to_owned(),
        value => value.to_string().chars().take(120).collect(),
    };
    (path.join(" › "), short(stored), short(again))
}
