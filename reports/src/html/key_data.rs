//! The key data: what was tested, against what, with what, when.

use keur_verdict::Verdict;
use maud::{Markup, html};

use super::{Page, icon, item};
use crate::read::{
    host, legal_at, mode, sources as sources_of, subjects as subjects_of, took, variant, variant_source,
};

/// The key data.
pub(super) fn key_data(page: &Page<'_>) -> Markup {
    html! {
        div.facts { (product(page)) (profile(page)) (run(page)) }
        (subjects(page))
        (sources(page))
        (digests(page))
    }
}

fn product(page: &Page<'_>) -> Markup {
    let (view, k) = (&page.view, &page.view.words.key);
    let product = &view.report.result.product;
    let text = |value: &str| html! { (view.shown(value, 300)) };
    html! {
        section aria-labelledby="product" {
            h3 #product { (k.product) }
            dl {
                (item(&k.product, &text(&product.name)))
                (item(&k.version, &text(&product.version)))
                (item(&k.vendor, &text(&product.vendor)))
                (item(&k.kvk, &text(product.kvk.as_deref().unwrap_or_default())))
                (item(&k.roles, &text(&product.roles.join(", "))))
                (item(&k.endpoint, &html! { code { (view.shown(&product.endpoint, 300)) } }))
                @if !product.claims.is_empty() {
                    (item(&k.claims, &html! { ul { @for claim in product.claims.iter().take(40) { li { code { (view.shown(claim, 200)) } } } } }))
                }
            }
        }
    }
}

fn profile(page: &Page<'_>) -> Markup {
    let (view, k) = (&page.view, &page.view.words.key);
    let (result, profile, lang) = (view.report.result, view.report.profile, view.report.lang);
    let variant = variant(view);
    let legal = &profile.legal;
    html! {
        section aria-labelledby="profile" {
            h3 #profile { (k.profile) }
            dl {
                (item(&k.profile, &html! { (view.profile()) " (" code { (view.shown(&result.profile.id, 80)) } ")" }))
                (item(&k.variant, &html! {
                    @if let Some(variant) = variant { (variant.title.get(lang)) " (" }
                    code { (view.shown(&result.profile.variant, 80)) }
                    @if variant.is_some() {
                        ")" br; small { (variant_source(view)) }
                    }
                }))
                (item(&k.legal, &html! {
                    strong { (view.words.legal(legal.status)) } ". " (legal.note.get(lang)) br;
                    small { (legal_at(view)) }
                }))
                (item(&k.spoor_verdicts, &html! {
                    (spoor(page, &view.words.spoor.one, result.spoor.one)) br;
                    (spoor(page, &view.words.spoor.two, result.spoor.two))
                }))
            }
        }
    }
}

fn spoor(page: &Page<'_>, track: &str, verdict: Verdict) -> Markup {
    let kind = match verdict {
        Verdict::Conform => "ok",
        Verdict::NotConform => "bad",
        Verdict::Incomplete => "open",
    };
    html! { (track) ": " (icon::badge(kind, &page.view.words.verdict(verdict).to_lowercase())) }
}

fn run(page: &Page<'_>) -> Markup {
    let (view, k) = (&page.view, &page.view.words.key);
    let run = &view.report.result.run;
    html! {
        section aria-labelledby="run" {
            h3 #run { (k.run) }
            dl {
                (item(&k.run, &html! { code { (view.shown(&run.id, 80)) } }))
                (item(&k.mode, &html! { (mode(view)) }))
                (item(&k.started, &page.time(&run.started)))
                (item(&k.finished, &page.time(&run.finished)))
                (item(&k.took, &html! { (took(view).unwrap_or_default()) }))
                (item(&k.tool, &html! { "Keur " (view.shown(&view.report.result.harness.version, 60)) }))
                (item(&k.host, &html! { (host(view).unwrap_or_default()) }))
                (item(&k.seed, &html! { code { (view.shown(&run.seed, 80)) } }))
            }
        }
    }
}

fn subjects(page: &Page<'_>) -> Markup {
    let (view, k, o) = (&page.view, &page.view.words.key, &page.view.words.outcome);
    let columns = [
        o.satisfied.of(2),
        o.attested.of(2),
        o.deviation.of(2),
        &k.incomplete,
        o.remark.of(2),
        o.not_applicable.of(2),
    ];
    let subjects = subjects_of(view);
    let mut total = [0; 6];
    for subject in &subjects {
        for (sum, n) in total.iter_mut().zip(subject.counts) {
            *sum += n;
        }
    }
    let number = |n: usize| html! { td.zero[n == 0] { (n) } };
    html! {
        h3 #outcomes { (k.outcomes) }
        div.scroll tabindex="0" role="region" aria-labelledby="outcomes" {
            table.numbers {
                caption { (k.outcomes_caption) }
                thead {
                    tr {
                        th scope="col" { (k.subject) }
                        @for name in &columns { th scope="col" { (name) } }
                        th scope="col" { (k.total) }
                    }
                }
                tbody {
                    @for subject in &subjects {
                        tr {
                            th scope="row" { (subject.name) }
                            @for n in subject.counts { (number(n)) }
                            (number(subject.counts.iter().sum()))
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" { (k.total) }
                        @for n in total { (number(n)) }
                        (number(total.iter().sum()))
                    }
                }
            }
        }
    }
}

/// The documents the requirements rest on, what each is worth, and for how many requirements.
fn sources(page: &Page<'_>) -> Markup {
    let (view, k) = (&page.view, &page.view.words.key);
    let documents = sources_of(view);
    html! {
        details.fold {
            summary { h3 { (k.editions) " (" (documents.len()) ")" } }
            table.fixed {
                caption { (k.editions_caption) }
                thead { tr { th scope="col" { (k.source) } th scope="col" { (k.status) } th scope="col" { (k.requirements) } } }
                tbody {
                    @for (name, status, count) in documents {
                        tr { th scope="row" { (view.shown(name, 200)) } td { (view.words.source(status)) } td { (count) } }
                    }
                }
            }
        }
    }
}

fn digests(page: &Page<'_>) -> Markup {
    let (view, k) = (&page.view, &page.view.words.key);
    let result = view.report.result;
    let digest = |value: &str| html! { code.hash { (view.shown(value, 100)) } };
    html! {
        details.fold {
            summary { h3 { (k.digests) } }
            dl.wide {
                (item(&k.journal_head, &digest(&result.run.journal_head)))
                (item(&k.profile_digest, &digest(&result.profile.digest)))
                (item(&k.catalogue, &digest(&result.harness.catalogue_digest)))
                (item(&k.features, &digest(&result.harness.features_digest)))
                (item(&k.executable, &digest(&result.harness.digest)))
                (item(&k.declaration, &digest(&result.product.declaration_digest)))
            }
        }
    }
}
