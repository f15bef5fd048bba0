//! What is claimed beside what was seen, made ready to be read: the declaration of conformity, and the options.

use keur_verdict::{Agreement, DeclarationRow, Harmony, OptionRow};

use super::View;

/// The rows of the declaration that say something: what was compared, or declared and not measured.
#[must_use]
pub fn told<'a>(view: &View<'a>) -> Vec<&'a DeclarationRow> {
    let table = view.report.result.declaration.iter();
    table.flat_map(|table| &table.rows).filter(|row| !row.measured.is_empty()).collect()
}

/// How many keys were not measured in this run.
#[must_use]
pub fn unmeasured(view: &View<'_>) -> usize {
    let table = view.report.result.declaration.iter();
    table.flat_map(|table| &table.rows).filter(|row| row.measured.is_empty()).count()
}

/// What a key is about, in our own words.
#[must_use]
pub fn summary<'a>(view: &View<'a>, key: &str) -> &'a str {
    let known = view.report.conformity.keys.iter().find(|known| known.id == key);
    known.map_or("", |known| known.summary.get(view.report.lang))
}

/// What declared and measured come to, in words, and the kind of badge.
#[must_use]
pub fn agreement_word<'a>(view: &View<'a>, agreement: Agreement) -> (&'static str, &'a str) {
    let words = &view.words.claims;
    match agreement {
        Agreement::Agrees => ("ok", &words.agrees),
        Agreement::Contradicts => ("bad", &words.contradicts),
        Agreement::Undecided => ("open", &words.undecided),
        Agreement::Understates => ("note", &words.understates),
        Agreement::Applies => ("note", &words.applies),
        Agreement::NotCompared => ("na", &words.not_compared),
    }
}

/// The same of an option.
#[must_use]
pub fn harmony_word<'a>(view: &View<'a>, row: &OptionRow) -> (&'static str, &'a str) {
    let words = &view.words.claims;
    match row.harmony() {
        Harmony::Agree => ("ok", &words.agrees),
        Harmony::Disagree => ("note", &words.disagrees),
        Harmony::Alone => ("na", &words.not_compared),
    }
}

/// Yes, no, or nothing said.
#[must_use]
pub fn said_word<'a>(view: &View<'a>, said: Option<bool>) -> &'a str {
    let words = &view.words.claims;
    match said {
        Some(true) => &words.yes,
        Some(false) => &words.no,
        None => "–",
    }
}
