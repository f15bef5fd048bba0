//! What a report does not say, and how to check what it does say.

use maud::{Markup, html};

use super::Page;
use crate::{
    read::{Said, not_said as not_said_of},
    view::anchor,
};

/// What this report does not say.
pub(super) fn not_said(page: &Page<'_>) -> Markup {
    let (view, words) = (&page.view, &page.view.words.not_said);
    html! {
        ul.said { @for said in not_said_of(view) { (one(page, &said)) } }
        @if !view.report.caveats().is_empty() {
            h3 { (words.caveats) }
            ul.said lang=[view.dutch()] { @for caveat in view.report.caveats() { li { (view.shown(caveat, 600)) } } }
        }
    }
}

fn one(page: &Page<'_>, said: &Said<'_>) -> Markup {
    let link = |id: &str| html! { a href={ "#" (anchor(id)) } { (page.view.shown(id, 60)) } };
    html! {
        li {
            (said.sentence)
            @match said.reason {
                Some(reason) => { @for id in &said.ids { " " (link(id)) ". " } (reason) },
                None => @if !said.ids.is_empty() { ul.ids { @for id in &said.ids { li { (link(id)) } } } },
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
