//! The first screen: the verdict in a sentence, and what to do.

use keur_verdict::Verdict;
use maud::{Markup, html};

use super::{Page, icon::icon};
use crate::{
    read::{TODO, todo as todo_of},
    text::fill,
    view::{Section, anchor},
};

/// The verdict.
pub(super) fn banner(page: &Page<'_>) -> Markup {
    let (view, words) = (&page.view, page.view.words);
    let result = view.report.result;
    let (kind, symbol, line) = match result.verdict {
        Verdict::Conform => ("conform", "ok", &words.sentence.conform_line),
        Verdict::NotConform => ("not-conform", "bad", &words.sentence.not_conform_line),
        Verdict::Incomplete => ("incomplete", "open", &words.sentence.incomplete_line),
    };
    let o = &words.outcome;
    let satisfied = (view.count(Section::Satisfied), &o.satisfied, "satisfied", "ok");
    let tally = [
        (view.count(Section::Deviations), &o.deviation, "deviations", "bad"),
        (view.count(Section::Incomplete), &o.undetermined, "incomplete", "open"),
        (view.count(Section::Attention), &o.remark, "attention", "note"),
        (view.count(Section::NotApplicable), &o.not_applicable, "not-applicable", "na"),
        satisfied,
        (view.count(Section::Attested), &o.attested, "attested", "person"),
    ];
    html! {
        section class={ "verdict " (kind) } aria-labelledby="verdict" {
            p.stamp { (icon(symbol)) (view.verdict()) }
            h1 #verdict { (view.sentence()) }
            p.lead { (line) }
            @if !view.report.caveats().is_empty() {
                div.caveats {
                    p { (icon("note")) strong { (words.not_said.caveats) } }
                    ul lang=[view.dutch()] {
                        @for caveat in view.report.caveats() { li { (view.shown(caveat, 600)) } }
                    }
                }
            }
            ul.tally {
                @for (n, plural, id, kind) in tally {
                    li class=(kind) {
                        a href={ "#" (id) } {
                            span.figure { (n) }
                            span.what { (icon(kind)) @if id == "incomplete" { (words.verdict.incomplete.to_lowercase()) } @else { (plural.of(n)) } }
                        }
                    }
                }
            }
        }
    }
}

/// What to do.
pub(super) fn todo(page: &Page<'_>) -> Markup {
    let words = &page.view.words.todo;
    let todo = todo_of(&page.view);
    html! {
        @if todo.repair.is_empty() && todo.complete.is_empty() { p { (words.nothing) } }
        @if !todo.repair.is_empty() { h3 { (words.repair) } (steps(page, &todo.repair)) }
        @if !todo.complete.is_empty() { h3 { (words.complete) } (steps(page, &todo.complete)) }
        div.next {
            h3 { (words.next) }
            p { (todo.next) }
            pre.command { code { (todo.command) } }
        }
    }
}

fn steps(page: &Page<'_>, all: &[(&str, &str)]) -> Markup {
    let view = &page.view;
    html! {
        ol.steps {
            @for (id, text) in all.iter().take(TODO) {
                li { a.id href={ "#" (anchor(id)) } { (view.shown(id, 60)) } " " span { (text) } }
            }
        }
        @if all.len() > TODO {
            p { (fill(&view.words.todo.more, &[("n", &(all.len() - TODO).to_string())])) }
        }
    }
}
