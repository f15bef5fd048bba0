//! One requirement: the sentence, the fix, what was expected and observed, the evidence, and where it comes from.

use keur_catalogue::requirement::{Method, Requirement, Source};
use keur_evidence::event::Attested;
use keur_verdict::{Outcome, RequirementResult};
use maud::{Markup, html};

use super::{Page, case, icon, item};
use crate::{
    read::{attested_outcome, basis, day, source as source_of},
    text::fill,
    view::{Section, anchor},
};

/// The requirements of a section.
pub(super) fn list(page: &Page<'_>, section: Section, lead: &str, folded: bool) -> Markup {
    let mut results: Vec<_> = page.view.section(section).collect();
    results.sort_by_key(|result| !result.gates);
    if results.is_empty() {
        return html! { p.none { (page.view.words.section.empty) } };
    }
    html! {
        p { (lead) }
        @for result in results {
            @if folded { (fold(page, result)) } @else { (open(page, result)) }
        }
    }
}

fn open(page: &Page<'_>, result: &RequirementResult) -> Markup {
    let id = anchor(&result.id);
    html! {
        article.req id=(id) aria-labelledby={ (id) "-t" } {
            (self_link(page, result))
            h3 id={ (id) "-t" } { (page.view.title(&result.id)) }
            (body(page, result, true))
        }
    }
}

fn fold(page: &Page<'_>, result: &RequirementResult) -> Markup {
    html! {
        details.req.folded id=(anchor(&result.id)) {
            summary {
                (icon::outcome(page, result)) " "
                span.id { (page.view.shown(&result.id, 60)) } " "
                h3 { (page.view.title(&result.id)) }
                @if let Some(attested) = &result.attestation { " " small { (line(page, attested)) } }
            }
            (body(page, result, false))
        }
    }
}

fn self_link(page: &Page<'_>, result: &RequirementResult) -> Markup {
    let words = page.view.words;
    html! {
        p.over {
            (icon::outcome(page, result)) " "
            a.id href={ "#" (anchor(&result.id)) } { (page.view.shown(&result.id, 60)) } " "
            span.level { (words.level(result.level)) " · " (words.spoor(result.spoor)) }
        }
    }
}

/// What a person stated, in one line.
fn line(page: &Page<'_>, attested: &Attested) -> String {
    let view = &page.view;
    fill(
        &view.words.attested.line,
        &[
            ("by", &view.shown(&attested.by, 160)),
            ("date", &day(view, &attested.date)),
            ("expires", &day(view, &attested.expires)),
        ],
    )
}

fn body(page: &Page<'_>, result: &RequirementResult, full: bool) -> Markup {
    let (view, words) = (&page.view, &page.view.words.requirement);
    let entry = view.requirement(&result.id);
    html! {
        @if result.outcome == Outcome::NotSatisfied {
            @if let Some(entry) = entry {
                div.fix { p { strong { (words.fix) } " " (entry.fix.get(view.report.lang)) } }
            }
        }
        @if let Some(waiver) = view.waiver(result) { p { strong lang=[view.dutch()] { (waiver) } } }
        @if matches!(result.outcome, Outcome::Undetermined | Outcome::NotTested) { (open_question(page, result)) }
        @if let Some(attested) = &result.attestation { (statement(page, attested)) }
        @for case in &result.cases { (case::case(page, result, case, full)) }
        @if let Some(entry) = entry { (about(page, result, entry)) }
    }
}

/// Why there is no outcome, and what to do about it.
fn open_question(page: &Page<'_>, result: &RequirementResult) -> Markup {
    let (reason, advice) = page.view.open(result);
    let words = &page.view.words.requirement;
    html! {
        div.fix {
            p { strong { (words.stopped) } " " (reason) }
            @if !advice.is_empty() { p { strong { (words.fix) } " " (advice) } }
        }
    }
}

fn statement(page: &Page<'_>, attested: &Attested) -> Markup {
    let (view, words) = (&page.view, &page.view.words.attested);
    html! {
        dl.wide {
            (item(&words.statement, &html! { span lang=[view.dutch()] { (view.shown(&attested.statement, 1_200)) } }))
            (item(&words.outcome, &html! { (attested_outcome(view, attested)) }))
            (item(&words.by, &html! { (view.shown(&attested.by, 200)) }))
            (item(&words.date, &page.date(&attested.date)))
            (item(&words.expires, &page.date(&attested.expires)))
            (item(&words.basis, &html! { (basis(view, attested)) }))
            (item(&words.artefact, &html! { span.hash { (view.shown(&attested.artefact, 300)) } }))
        }
    }
}

/// Where a requirement comes from and how it was tested.
fn about(page: &Page<'_>, result: &RequirementResult, entry: &Requirement) -> Markup {
    let (view, words) = (&page.view, page.view.words);
    let (r, lang) = (&words.requirement, view.report.lang);
    let gates = if result.gates { &words.level.gates } else { &words.level.gates_not };
    let scores = view.report.kill_scores.filter(|_| result.method == Method::Test);
    let kills = scores.map(|scores| match scores.get(&entry.id).copied().unwrap_or_default() {
        0 => r.kill_none.clone(),
        n => r.kill_some.fill(n, &[]),
    });
    html! {
        dl.wide.about aria-label=(r.about) {
            (item(&r.why, &html! { (entry.why.get(lang)) }))
            (item(&r.sources, &html! { ul { @for one in &entry.source { li { (source(page, one)) } } } }))
            (item(&r.level, &html! { (words.level(result.level)) ", " (gates) }))
            (item(&r.spoor, &html! { (words.spoor(result.spoor)) }))
            (item(&r.method, &html! { (words.method(result.method)) }))
            @if let Some(text) = &entry.look_at { (item(&r.look_at, &html! { (text.get(lang)) })) }
            (item(&r.aliases, &html! { (entry.aliases.join(", ")) }))
            (item(&r.kill, &html! { (kills.unwrap_or_default()) }))
        }
    }
}

fn source(page: &Page<'_>, source: &Source) -> Markup {
    let (text, worth) = source_of(&page.view, source);
    html! { (text) " " span.worth { (worth) } }
}
