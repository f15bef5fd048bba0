//! The run at a glance: its variant, its duration, outcomes per subject, and what the requirements rest on.

use keur_catalogue::{profile::Variant, requirement::SourceStatus};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Section, View, day};
use crate::text::{duration, fill};

/// The chosen variant, when the profile knows it.
#[must_use]
pub fn variant<'a>(view: &View<'a>) -> Option<&'a Variant> {
    let result = view.report.result;
    view.report.profile.variant.iter().find(|variant| variant.id == result.profile.variant)
}

/// What the chosen variant follows.
#[must_use]
pub fn variant_source(view: &View<'_>) -> String {
    variant(view).map_or_else(String::new, |variant| {
        fill(&view.words.key.variant_source, &[("source", &variant.source)])
    })
}

/// From when and where the profile's legal status is.
#[must_use]
pub fn legal_at(view: &View<'_>) -> String {
    let legal = &view.report.profile.legal;
    fill(&view.words.key.legal_at, &[("date", &day(view, &legal.date)), ("source", &legal.source)])
}

/// The machine the test ran on, when the journal has it.
#[must_use]
pub fn host(view: &View<'_>) -> Option<String> {
    view.started.map(|started| view.shown(&started.host, 120))
}

/// How long the run took.
#[must_use]
pub fn took(view: &View<'_>) -> Option<String> {
    let run = &view.report.result.run;
    let parse = |value| OffsetDateTime::parse(value, &Rfc3339).ok();
    let ms = u64::try_from((parse(&run.finished)? - parse(&run.started)?).whole_milliseconds()).ok()?;
    Some(duration(ms, &view.words.decimal))
}

/// The columns of [`Subject::counts`].
const COLUMNS: [Section; 6] = [
    Section::Satisfied,
    Section::Attested,
    Section::Deviations,
    Section::Incomplete,
    Section::Attention,
    Section::NotApplicable,
];

/// How many requirements about a subject stand in each section.
#[derive(Debug, Clone)]
pub struct Subject {
    /// Its name.
    pub name: String,
    /// Satisfied, attested, deviations, incomplete, attention, not applicable.
    pub counts: [usize; 6],
}

/// The subjects, in profile order.
#[must_use]
pub fn subjects(view: &View<'_>) -> Vec<Subject> {
    let mut all: Vec<(&str, [usize; 6])> = Vec::new();
    for result in &view.report.result.requirements {
        let id = result.id.split('-').nth(1).unwrap_or(&result.id);
        if !all.iter().any(|(other, _)| *other == id) {
            all.push((id, [0; 6]));
        }
        let section = Section::of(result);
        for (_, counts) in all.iter_mut().filter(|(other, _)| *other == id) {
            for (count, _) in counts.iter_mut().zip(COLUMNS).filter(|(_, column)| *column == section) {
                *count += 1;
            }
        }
    }
    let name = |id| view.words.group.get(id).map_or_else(|| view.shown(id, 40), Clone::clone);
    all.into_iter().map(|(id, counts)| Subject { name: name(id), counts }).collect()
}

/// The documents the requirements rest on, what each is worth, and for how many requirements.
#[must_use]
pub fn sources<'a>(view: &View<'a>) -> Vec<(&'a str, SourceStatus, usize)> {
    let mut documents: Vec<(&str, SourceStatus, usize)> = Vec::new();
    for result in &view.report.result.requirements {
        for source in view.requirement(&result.id).into_iter().flat_map(|r| &r.source) {
            let name = source.reference.split(", ").next().unwrap_or(&source.reference);
            match documents.iter_mut().find(|(n, status, _)| *n == name && *status == source.status) {
                Some((_, _, count)) => *count += 1,
                None => documents.push((name, source.status, 1)),
            }
        }
    }
    documents.sort_by_key(|(name, _, _)| *name);
    documents
}
