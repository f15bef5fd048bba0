//! What a report does not say, and how to check what it does say.

use keur_catalogue::profile::LegalStatus;
use keur_verdict::{Outcome, RequirementResult};
use maud::{Markup, html};

use super::Page;
use crate::{
    text::fill,
    view::{Section, anchor},
};

/// What this report does not say.
pub(super) fn not_said(page: &Page<'_>) -> Markup {
    let (view, words) = (&page.view, &page.view.words.not_said);
    let (result, profile) = (view.report.result, view.report.profile);
    let all = |keep: &dyn Fn(&&RequirementResult) -> bool| {
        result.requirements.iter().filter(keep).collect::<Vec<_>>()
    };
    let weak = |id: &str| {
        view.requirement(id).is_some_and(|entry| !entry.source.iter().any(|source| source.status.gates()))
    };
    let unknown_clause = result
        .requirements
        .iter()
        .filter_map(|r| view.requirement(&r.id))
        .any(|entry| entry.source.iter().any(|source| source.clause.as_deref() == Some("unknown")));
    let variant = profile.variant.iter().find(|variant| variant.id == result.profile.variant);
    let variant = variant.map_or_else(
        || view.shown(&result.profile.variant, 80),
        |variant| variant.title.get(view.report.lang).to_owned(),
    );
    html! {
        ul.said {
            li { (words.decision) }
            @if result.run.mode == "practice" { li { (words.practice) } }
            @if profile.legal.status != LegalStatus::Designated { li { (words.legal) } }
            li { (words.sample) }
            li { (words.outside) }
            @if profile.variant.len() > 1 { li { (fill(&words.variant, &[("variant", &variant)])) } }
            li { (words.purpose) }
            (ids(page, &words.untested, &all(&|r| r.outcome == Outcome::NotTested)))
            (ids(page, &words.undetermined, &all(&|r| r.outcome == Outcome::Undetermined)))
            (ids(page, &words.attested, &view.section(Section::Attested).collect::<Vec<_>>()))
            (ids(page, &words.concept, &all(&|r| weak(&r.id))))
            @for gate in profile.gate.iter().filter(|gate| result.requirements.iter().any(|r| r.id == gate.requirement)) {
                li { (words.gated) " " a href={ "#" (anchor(&gate.requirement)) } { (gate.requirement) } ". " (gate.reason.get(view.report.lang)) }
            }
            @if unknown_clause { li { (words.clauses) } }
        }
        @if !result.caveats.is_empty() {
            h3 { (words.caveats) }
            ul.said lang=[view.dutch()] { @for caveat in &result.caveats { li { (view.shown(caveat, 600)) } } }
        }
    }
}

fn ids(page: &Page<'_>, sentence: &str, results: &[&RequirementResult]) -> Markup {
    html! {
        @if !results.is_empty() {
            li {
                (sentence)
                ul.ids { @for result in results { li { a href={ "#" (anchor(&result.id)) } { (page.view.shown(&result.id, 60)) } } } }
            }
        }
    }
}

/// How to verify this report.
pub(super) fn verify(page: &Page<'_>) -> Markup {
    let (view, words) = (&page.view, &page.view.words.verify);
    let run = &view.report.result.run;
    let command = |text: &str| html! { pre.command { code { (text) } } };
    html! {
        p { (words.lead) }
        p { (words.chain) }
        p { (words.head) }
        (command("tail -n 1 journal.ndjson | tr -d '\\n' | sha256sum"))
        p { (words.expect) " " code.hash { (view.shown(run.journal_head.trim_start_matches("sha256:"), 100)) } }
        p { (words.blobs) }
        p { (words.again) }
        (command(&view.shown(&format!("keur report {} --out report.html", run.id), 200)))
    }
}
