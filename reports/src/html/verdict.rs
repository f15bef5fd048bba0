//! The first screen: the verdict in a sentence, and what to do.

use keur_verdict::{RequirementResult, Verdict};
use maud::{Markup, html};

use super::{Page, icon::icon};
use crate::{
    text::fill,
    view::{Section, View, anchor},
};

/// Items of the list of things to do; the rest stands in the sections below.
const TODO: usize = 12;

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
            p.stamp { (icon(symbol)) (words.verdict(result.verdict)) }
            h1 #verdict { (view.sentence()) }
            p.lead { (line) }
            @if !result.caveats.is_empty() {
                div.caveats {
                    p { (icon("note")) strong { (words.not_said.caveats) } }
                    ul lang=[view.dutch()] {
                        @for caveat in &result.caveats { li { (view.shown(caveat, 600)) } }
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
    let (view, words) = (&page.view, &page.view.words.todo);
    let deviations: Vec<_> = view.section(Section::Deviations).collect();
    let open: Vec<_> = view.section(Section::Incomplete).filter(|r| r.gates).collect();
    html! {
        @if deviations.is_empty() && open.is_empty() { p { (words.nothing) } }
        @if !deviations.is_empty() {
            h3 { (words.repair) }
            (steps(page, &deviations, |view, result| {
                view.requirement(&result.id).map(|r| r.fix.get(view.report.lang).to_owned()).unwrap_or_default()
            }))
        }
        @if !open.is_empty() {
            h3 { (words.complete) }
            (steps(page, &open, |view, result| {
                let (reason, advice) = view.open(result);
                if advice.is_empty() { reason.to_owned() } else { advice.to_owned() }
            }))
        }
        div.next {
            h3 { (words.next) }
            (next(view, &deviations))
        }
    }
}

fn steps(
    page: &Page<'_>,
    results: &[&RequirementResult],
    text: fn(&View<'_>, &RequirementResult) -> String,
) -> Markup {
    let view = &page.view;
    html! {
        ol.steps {
            @for result in results.iter().take(TODO) {
                li {
                    a.id href={ "#" (anchor(&result.id)) } { (view.shown(&result.id, 60)) }
                    " " span { (text(view, result)) }
                }
            }
        }
        @if results.len() > TODO {
            p { (fill(&view.words.todo.more, &[("n", &(results.len() - TODO).to_string())])) }
        }
    }
}

/// The command that comes next.
fn next(view: &View<'_>, deviations: &[&RequirementResult]) -> Markup {
    let (result, words) = (view.report.result, &view.words.todo);
    let run =
        format!("keur run {} --variant {} --product product.toml", result.profile.id, result.profile.variant);
    match result.verdict {
        Verdict::Conform => html! {
            p { (words.keep) }
            pre.command { code { (view.shown(&format!("{}/", result.run.id), 400)) } }
        },
        Verdict::NotConform if !deviations.is_empty() => {
            let ids: Vec<_> = deviations.iter().take(TODO).map(|r| r.id.as_str()).collect();
            html! {
                p { (words.rerun) }
                pre.command { code { (view.shown(&format!("{run} --only {}", ids.join(",")), 800)) } }
            }
        }
        Verdict::NotConform | Verdict::Incomplete => html! {
            p { (words.rerun_all) }
            pre.command { code { (view.shown(&run, 400)) } }
        },
    }
}
