//! One case: the scenario, its checks, and why it ended.

use keur_verdict::{CaseOutcome, CaseResult, CheckResult, RequirementResult};
use maud::{Markup, html};

use super::{Page, evidence, icon, item};
use crate::{
    text::{duration, fill},
    view::{anchor, feature},
};

/// Longer values are cut.
const VALUE: usize = 700;
/// More checks than this stay in the journal; the violated ones come first then.
const CHECKS: usize = 60;

/// One case; with its evidence in full when it did not pass and the reader has to act on it.
pub(super) fn case(page: &Page<'_>, result: &RequirementResult, case: &CaseResult, full: bool) -> Markup {
    let (view, words) = (&page.view, page.view.words);
    let slug = case.id.split_once('#').map_or("", |(_, slug)| slug);
    let line = case.line.to_string();
    html! {
        section.case id={ (anchor(&result.id)) "--" (anchor(slug)) } {
            h4 lang=[view.dutch()] { (view.shown(&case.title, 300)) }
            p.meta {
                (icon::case(page, case.outcome)) " "
                span { code { (fill(&words.requirement.case_line, &[("file", &view.shown(feature(case), 200)), ("line", &line)])) } }
                " · " (duration(case.ms, &words.decimal))
            }
            (ending(page, case))
            @if !case.checks.is_empty() { (checks(page, case)) }
            @if full && case.outcome != CaseOutcome::Passed {
                (evidence::in_full(page, case))
            } @else {
                (evidence::by_id(page, case))
            }
        }
    }
}

/// Why a case ended without a judgement, or does not apply.
fn ending(page: &Page<'_>, case: &CaseResult) -> Markup {
    let (view, words) = (&page.view, &page.view.words.requirement);
    let nl = view.dutch();
    let reason = case.reason.map(|reason| view.words.reason(reason).0);
    html! {
        @if case.reason.is_some() || case.detail.is_some() {
            p.stop {
                strong { (words.stopped) } " "
                @if let Some(reason) = reason { (reason) @if case.detail.is_some() { ": " } }
                @if let Some(detail) = &case.detail { span lang=[nl] { (view.shown(detail, VALUE)) } }
                @if let Some(cause) = &case.cause { " (" (words.cause) ": " code { (view.shown(cause, 80)) } ")" }
            }
        }
        @if let Some(proof) = &case.proof {
            dl.wide aria-label=(words.proof) {
                (item(&words.predicate, &html! { span lang=[nl] { (view.shown(&proof.predicate, VALUE)) } }))
                (item(&words.declared, &html! { span lang=[nl] { (view.shown(&proof.declared, VALUE)) } }))
                (item(&words.observed, &html! { span lang=[nl] { (view.shown(&proof.observed, VALUE)) } }))
            }
        }
    }
}

/// The checks: expected, observed, judgement.
fn checks(page: &Page<'_>, case: &CaseResult) -> Markup {
    let (view, words) = (&page.view, &page.view.words.check);
    let mut shown: Vec<&CheckResult> = case.checks.iter().collect();
    if shown.len() > CHECKS {
        shown.sort_by_key(|check| match check.holds {
            Some(false) => 0,
            None => 1,
            Some(true) => 2,
        });
        shown.truncate(CHECKS);
    }
    let rest = case.checks.len() - shown.len();
    html! {
        table.checks {
            caption.visually-hidden { (fill(&view.words.requirement.checks_caption, &[("case", &view.shown(&case.title, 120))])) }
            thead {
                tr { th scope="col" { (words.expected) } th scope="col" { (words.observed) } th scope="col" { (words.judgement) } }
            }
            @for check in shown { (row(page, check)) }
        }
        @if rest > 0 { p.meta { (fill(&view.words.and_more, &[("n", &rest.to_string())])) } }
    }
}

fn row(page: &Page<'_>, check: &CheckResult) -> Markup {
    let (view, words) = (&page.view, &page.view.words.check);
    let (kind, text) = match check.holds {
        Some(true) => ("ok", &words.holds),
        Some(false) => ("bad", &words.violated),
        None => ("open", &words.not_evaluable),
    };
    let nl = view.dutch();
    html! {
        tbody {
            tr { th colspan="3" scope="rowgroup" lang=[nl] { (view.shown(&check.step, 300)) } }
            tr {
                td lang=[nl] { (view.shown(&check.expected, VALUE)) }
                td lang=[nl] { (view.shown(&check.observed, VALUE)) }
                td class=(kind) { (icon::icon(kind)) (text) }
            }
        }
    }
}
