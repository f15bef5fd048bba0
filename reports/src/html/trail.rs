//! The log of the product beside the exchanges of the run.

use keur_evidence::trail::{Finding, Findings, Trail};
use maud::{Markup, html};

use super::Page;
use crate::text::fill;

/// Totals and findings; nothing when no log was given.
pub(super) fn trail(page: &Page<'_>) -> Option<Markup> {
    let trail = page.view.report.result.product_log.as_ref()?;
    let words = &page.view.words.trail;
    let name = page.view.shown(&trail.name, 80);
    if let Some(why) = &trail.unreadable {
        let why = page.view.shown(why, 200);
        return Some(html! { p { (fill(&words.unreadable, &[("name", &name), ("why", &why)])) } });
    }
    Some(html! {
        p { (words.lead) }
        p { (totals(page, trail, &name)) }
        @if trail.skipped > 0 { p { (fill(&words.skipped, &[("n", &trail.skipped.to_string())])) } }
        (table(page, &words.gaps, &trail.gaps))
        (table(page, &words.strange, &trail.strange))
        (table(page, &words.differing, &trail.differing))
    })
}

fn totals(page: &Page<'_>, trail: &Trail, name: &str) -> String {
    let [lines, exchanges, found] = [trail.lines, trail.exchanges, trail.found].map(|n| n.to_string());
    let values = [("name", name), ("lines", &lines), ("exchanges", &exchanges), ("found", &found)];
    fill(&page.view.words.trail.totals, &values)
}

fn table(page: &Page<'_>, title: &str, findings: &Findings) -> Markup {
    let words = &page.view.words.trail;
    let count = findings.count.to_string();
    let title = fill(title, &[("n", &count)]);
    let more = (findings.count - findings.first.len()).to_string();
    html! {
        h3 { (title) }
        @if findings.count == 0 {
            p { (words.none) }
        } @else {
            div.scroll tabindex="0" role="region" aria-label=(title) {
                table {
                    caption { (title) }
                    thead { tr {
                        th scope="col" { (words.mark) }
                        th scope="col" { (words.exchange) }
                        th scope="col" { (words.at) }
                        th scope="col" { (words.line) }
                        th scope="col" { (words.what) }
                    } }
                    tbody { @for one in &findings.first { (row(page, one)) } }
                }
            }
            @if findings.count > findings.first.len() { p { (fill(&words.more, &[("n", &more)])) } }
        }
    }
}

fn row(page: &Page<'_>, one: &Finding) -> Markup {
    html! {
        tr {
            th scope="row" { code { (page.view.shown(&one.mark, 80)) } }
            td { code { (page.view.shown(&one.exchange, 20)) } }
            td.nowrap { (page.view.shown(&one.at, 30)) }
            td { (one.line.map_or_else(|| "–".to_owned(), |line| line.to_string())) }
            td { (page.view.shown(&one.what, 300)) }
        }
    }
}
