//! Closed lists, dates and sources as a reader meets them; what stands outside a list is shown as it is.

use keur_catalogue::requirement::Source;
use keur_evidence::event::Attested;

use super::View;
use crate::text::{date, instant};

/// The kind of run.
#[must_use]
pub fn mode(view: &View<'_>) -> String {
    match view.report.result.run.mode.as_str() {
        "practice" => view.words.key.practice.clone(),
        "exam" => view.words.key.exam.clone(),
        other => view.shown(other, 60),
    }
}

/// An RFC 3339 instant.
#[must_use]
pub fn moment(view: &View<'_>, value: &str) -> String {
    match instant(value, &view.words.months) {
        Some((day, time)) => format!("{day}, {time}"),
        None => view.shown(value, 60),
    }
}

/// A `YYYY-MM-DD` date.
#[must_use]
pub fn day(view: &View<'_>, value: &str) -> String {
    date(value, &view.words.months).unwrap_or_else(|| view.shown(value, 40))
}

/// What a statement rests on.
#[must_use]
pub fn basis(view: &View<'_>, attested: &Attested) -> String {
    let words = &view.words.attested;
    match attested.basis.as_str() {
        "certificate" => words.certificate.clone(),
        "document" => words.document.clone(),
        "demonstration" => words.demonstration.clone(),
        "interview" => words.interview.clone(),
        other => view.shown(other, 80),
    }
}

/// What was stated, in a word.
#[must_use]
pub fn attested_outcome(view: &View<'_>, attested: &Attested) -> String {
    let words = &view.words.outcome;
    match attested.outcome.as_str() {
        "satisfied" => words.satisfied.of(1).to_owned(),
        "not_satisfied" => words.deviation.of(1).to_owned(),
        "not_applicable" => words.not_applicable.of(1).to_owned(),
        other => view.shown(other, 80),
    }
}

/// A source with its clause, and what it is worth.
#[must_use]
pub fn source<'a>(view: &View<'a>, source: &Source) -> (String, &'a str) {
    let words = view.words;
    let mut text = view.shown(&source.reference, 200);
    if let Some(clause) = source.clause.as_deref() {
        let clause = if clause == "unknown" { &words.unknown } else { clause };
        text.push_str(&format!(", {} {clause}", words.source.clause));
    }
    (text, words.source(source.status))
}
