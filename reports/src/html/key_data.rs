//! The key data: what was tested, against what, with what, when.

use keur_catalogue::requirement::SourceStatus;
use keur_verdict::Verdict;
use maud::{Markup, html};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

use super::{Page, icon, item};
use crate::{
    text::{duration, fill},
    view::Section,
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
    let variant = profile.variant.iter().find(|variant| variant.id == result.profile.variant);
    let legal = &profile.legal;
    let at = |date: &str| crate::text::date(date, &view.words.months).unwrap_or_else(|| date.to_owned());
    html! {
        section aria-labelledby="profile" {
            h3 #profile { (k.profile) }
            dl {
                (item(&k.profile, &html! { (view.profile()) " (" code { (view.shown(&result.profile.id, 80)) } ")" }))
                (item(&k.variant, &html! {
                    @if let Some(variant) = variant { (variant.title.get(lang)) " (" }
                    code { (view.shown(&result.profile.variant, 80)) }
                    @if let Some(variant) = variant {
                        ")" br; small { (fill(&k.variant_source, &[("source", &variant.source)])) }
                    }
                }))
                (item(&k.legal, &html! {
                    strong { (view.words.legal(legal.status)) } ". " (legal.note.get(lang)) br;
                    small { (fill(&k.legal_at, &[("date", &at(&legal.date)), ("source", &legal.source)])) }
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
    let mode = match run.mode.as_str() {
        "practice" => k.practice.clone(),
        "exam" => k.exam.clone(),
        other => view.shown(other, 60),
    };
    html! {
        section aria-labelledby="run" {
            h3 #run { (k.run) }
            dl {
                (item(&k.run, &html! { code { (view.shown(&run.id, 80)) } }))
                (item(&k.mode, &html! { (mode) }))
                (item(&k.started, &page.time(&run.started)))
                (item(&k.finished, &page.time(&run.finished)))
                @if let Some(ms) = took(&run.started, &run.finished) {
                    (item(&k.took, &html! { (duration(ms, &view.words.decimal)) }))
                }
                (item(&k.tool, &html! { "Keur " (view.shown(&view.report.result.harness.version, 60)) }))
                @if let Some(started) = view.started { (item(&k.host, &html! { (view.shown(&started.host, 120)) })) }
                (item(&k.seed, &html! { code { (view.shown(&run.seed, 80)) } }))
            }
        }
    }
}

fn took(started: &str, finished: &str) -> Option<u64> {
    let parse = |value| OffsetDateTime::parse(value, &Rfc3339).ok();
    u64::try_from((parse(finished)? - parse(started)?).whole_milliseconds()).ok()
}

/// The subject of a requirement: the middle of its id.
fn subject(id: &str) -> &str {
    id.split('-').nth(1).unwrap_or(id)
}

fn subjects(page: &Page<'_>) -> Markup {
    let (view, k, o) = (&page.view, &page.view.words.key, &page.view.words.outcome);
    let columns = [
        (Section::Satisfied, o.satisfied.of(2)),
        (Section::Attested, o.attested.of(2)),
        (Section::Deviations, o.deviation.of(2)),
        (Section::Incomplete, k.incomplete.as_str()),
        (Section::Attention, o.remark.of(2)),
        (Section::NotApplicable, o.not_applicable.of(2)),
    ];
    let mut subjects: Vec<&str> = Vec::new();
    for requirement in &view.report.result.requirements {
        if !subjects.contains(&subject(&requirement.id)) {
            subjects.push(subject(&requirement.id));
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
                        @for (_, name) in &columns { th scope="col" { (name) } }
                        th scope="col" { (k.total) }
                    }
                }
                tbody {
                    @for name in &subjects {
                        tr {
                            th scope="row" { (view.words.group.get(*name).map_or_else(|| view.shown(name, 40), Clone::clone)) }
                            @for (section, _) in &columns {
                                (number(view.section(*section).filter(|r| subject(&r.id) == *name).count()))
                            }
                            (number(view.report.result.requirements.iter().filter(|r| subject(&r.id) == *name).count()))
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" { (k.total) }
                        @for (section, _) in &columns { (number(view.count(*section))) }
                        (number(view.report.result.requirements.len()))
                    }
                }
            }
        }
    }
}

/// The documents the requirements rest on, what each is worth, and for how many requirements.
fn sources(page: &Page<'_>) -> Markup {
    let (view, k) = (&page.view, &page.view.words.key);
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
