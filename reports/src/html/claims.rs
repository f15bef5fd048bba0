//! What is claimed beside what was seen: the declaration of conformity, and each option by its three sources.

use keur_verdict::OptionRow;
use maud::{Markup, html};

use super::{Page, icon::badge};
use crate::{
    crosswalk::word,
    read::{agreement_word, harmony_word, said_word, summary, told, unmeasured},
    text::fill,
    view::anchor,
};

/// Both tables; nothing when nothing was laid side by side.
pub(super) fn claims(page: &Page<'_>) -> Option<Markup> {
    let result = page.view.report.result;
    let some = result.declaration.is_some() || !result.options.is_empty();
    some.then(|| {
        html! {
            p { (page.view.words.claims.lead) }
            @if result.declaration.is_some() { (declaration(page)) }
            @if !result.options.is_empty() { (options(page, &result.options)) }
        }
    })
}

fn declaration(page: &Page<'_>) -> Markup {
    let (view, words) = (&page.view, &page.view.words.claims);
    let unmeasured = unmeasured(view).to_string();
    html! {
        h3 { (words.declaration) }
        div.scroll tabindex="0" role="region" aria-label=(words.declaration_caption) {
            table {
                caption { (words.declaration_caption) }
                thead { tr {
                    th scope="col" { (words.key) }
                    th scope="col" { (words.about) }
                    th scope="col" { (words.declared) }
                    th scope="col" { (words.measured) }
                    th scope="col" { (words.agreement) }
                } }
                tbody {
                    @for row in told(view) {
                        @let (kind, agreement) = agreement_word(view, row.agreement);
                        tr {
                            th.nowrap scope="row" { (view.shown(&row.key, 20)) }
                            td { (summary(view, &row.key)) }
                            td { (row.declared.map_or("–", |declared| declared.as_str())) }
                            td {
                                @for (n, one) in row.measured.iter().enumerate() {
                                    @if n > 0 { ", " }
                                    a href={ "#" (anchor(&one.requirement)) } { (view.shown(&one.requirement, 40)) }
                                    " " (word(&one.outcome))
                                }
                            }
                            td { (badge(kind, agreement)) }
                        }
                    }
                }
            }
        }
        p { (fill(&words.unmeasured, &[("n", &unmeasured)])) }
    }
}

fn options(page: &Page<'_>, rows: &[OptionRow]) -> Markup {
    let (view, words) = (&page.view, &page.view.words.claims);
    html! {
        h3 { (words.options) }
        div.scroll tabindex="0" role="region" aria-label=(words.options_caption) {
            table {
                caption { (words.options_caption) }
                thead { tr {
                    th scope="col" { (words.option) }
                    th scope="col" { (words.declared) }
                    th scope="col" { (words.advertised) }
                    th scope="col" { (words.observed) }
                    th scope="col" { (words.agreement) }
                } }
                tbody {
                    @for row in rows {
                        @let (kind, harmony) = harmony_word(view, row);
                        tr {
                            th scope="row" { (view.shown(&row.subject, 80)) ": " (view.shown(&row.option, 40)) }
                            td { (said_word(view, row.declared)) }
                            td { (said_word(view, row.advertised)) }
                            td { (said_word(view, row.observed)) " (" (view.shown(&row.seen, 120)) ")" }
                            td {
                                (badge(kind, harmony))
                                @if let Some(id) = row.requirement.as_ref().filter(|_| kind == "note") {
                                    " "
                                    @if view.requirement(id).is_some() { a href={ "#" (anchor(id)) } { (view.shown(id, 40)) } }
                                    @else { (view.shown(id, 40)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}
