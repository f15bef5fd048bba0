//! The first page: what was tested, against what, when, and what came of it in numbers.

use keur_reports::read::{Section, View, mode, moment, variant};
use serde::Serialize;

use super::Fact;

/// How many requirements came to an outcome; the key is that of its word.
#[derive(Debug, Serialize)]
pub(crate) struct Tally {
    n: usize,
    key: &'static str,
}

/// What a reader must know to file it.
pub(crate) fn facts(view: &View<'_>) -> Vec<Fact> {
    let result = view.report().result;
    let variant = variant(view).map(|variant| variant.title.get(view.report().lang).to_owned());
    vec![
        Fact::text("product", view.product()),
        Fact::text("vendor", view.shown(&result.product.vendor, 200)),
        Fact::text("profile", view.profile()),
        Fact::text("variant", variant.unwrap_or_else(|| view.shown(&result.profile.variant, 80))),
        Fact::text("mode", mode(view)),
        Fact::code("run", view.shown(&result.run.id, 100)),
        Fact::text("started", moment(view, &result.run.started)),
        Fact::text("finished", moment(view, &result.run.finished)),
    ]
}

/// The outcome in numbers.
pub(crate) fn tally(view: &View<'_>) -> Vec<Tally> {
    let sections = [
        (Section::Deviations, "deviation"),
        (Section::Incomplete, "incomplete"),
        (Section::Attention, "remark"),
        (Section::NotApplicable, "not_applicable"),
        (Section::Satisfied, "satisfied"),
        (Section::Attested, "attested"),
    ];
    sections.into_iter().map(|(section, key)| Tally { n: view.count(section), key }).collect()
}
