//! What is claimed beside what was seen, on paper: the declaration of conformity, and each option by its three sources.

use keur_reports::read::{View, agreement_word, harmony_word, said_word, summary, told, unmeasured};
use serde::Serialize;

/// Both tables, in words.
#[derive(Debug, Serialize)]
pub(super) struct Claims {
    /// Key, what it is about, declared, measured by, kind and word of what they come to.
    declaration: Vec<[String; 6]>,
    unmeasured: usize,
    /// Option, declared, advertised, observed, kind and word of what they come to.
    options: Vec<[String; 6]>,
}

/// The tables of the run; none when nothing was laid side by side.
pub(super) fn claims(view: &View<'_>) -> Option<Claims> {
    let result = view.report().result;
    if result.declaration.is_none() && result.options.is_empty() {
        return None;
    }
    let declaration = told(view).into_iter().map(|row| {
        let (kind, agreement) = agreement_word(view, row.agreement);
        let measured: Vec<&str> = row.measured.iter().map(|one| one.requirement.as_str()).collect();
        [
            view.shown(&row.key, 20),
            summary(view, &row.key).to_owned(),
            row.declared.map_or("–", |declared| declared.as_str()).to_owned(),
            view.shown(&measured.join(", "), 120),
            colour(kind).to_owned(),
            agreement.to_owned(),
        ]
    });
    let options = result.options.iter().map(|row| {
        let (kind, harmony) = harmony_word(view, row);
        [
            view.shown(&format!("{}: {}", row.subject, row.option), 120),
            said_word(view, row.declared).to_owned(),
            said_word(view, row.advertised).to_owned(),
            said_word(view, row.observed).to_owned(),
            colour(kind).to_owned(),
            harmony.to_owned(),
        ]
    });
    Some(Claims {
        declaration: declaration.collect(),
        unmeasured: unmeasured(view),
        options: options.collect(),
    })
}

/// The colour of a kind of badge, by its key in the template.
fn colour(kind: &str) -> &'static str {
    match kind {
        "ok" => "satisfied",
        "bad" => "deviation",
        "open" | "note" => "undetermined",
        _ => "not_applicable",
    }
}
