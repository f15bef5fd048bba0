//! The raw facts behind a case: requests and answers as they were, and how to repeat them.

use std::collections::BTreeSet;

use keur_evidence::event::{Body, Exchange, Header, Observation, Reply};
use keur_verdict::CaseResult;
use maud::{Markup, PreEscaped, html};

use super::{Page, item};
use crate::{
    curl,
    text::{cut, duration, reindent, visible},
    view::{Evidence, anchor},
};

/// Longer header values are cut, and more headers are left out.
const HEADER: usize = 1_000;
const HEADERS: usize = 60;
/// Bodies longer than this are shown as they came, not indented.
const INDENTED: usize = 262_144;

/// The evidence of a case, folded; what lies under a check that does not hold goes first.
pub(super) fn in_full(page: &Page<'_>, case: &CaseResult) -> Markup {
    let view = &page.view;
    let mut seen = BTreeSet::new();
    let ids: Vec<&str> = case.exchanges.iter().map(String::as_str).filter(|id| seen.insert(*id)).collect();
    let behind: BTreeSet<&str> = case
        .checks
        .iter()
        .filter(|check| check.holds != Some(true))
        .flat_map(|check| check.evidence.iter().map(String::as_str))
        .collect();
    let mut chosen: Vec<_> = ids.iter().enumerate().collect();
    chosen.sort_by_key(|(at, id)| (!behind.contains(*id), *at));
    let chosen: BTreeSet<&str> = chosen.into_iter().take(page.exchanges).map(|(_, id)| *id).collect();
    let rest: Vec<_> = ids.iter().filter(|id| !chosen.contains(*id)).map(|id| view.shown(id, 40)).collect();
    html! {
        @for id in ids.iter().filter(|id| chosen.contains(*id)) {
            @match view.evidence(id) {
                Some(Evidence::Exchange(exchange)) => (self::exchange(page, case, exchange)),
                Some(Evidence::Observation(observation)) => (self::observation(page, case, observation)),
                None => p.meta { code { (view.shown(id, 40)) } ": " (view.words.evidence.missing) },
            }
        }
        @if !rest.is_empty() {
            p.meta { (view.words.evidence.more.fill(rest.len(), &[("ids", &listed(page, &rest))])) }
        }
    }
}

/// The evidence of a case, by id only.
pub(super) fn by_id(page: &Page<'_>, case: &CaseResult) -> Markup {
    let ids: Vec<_> = case.exchanges.iter().map(|id| page.view.shown(id, 40)).collect();
    html! {
        @if !ids.is_empty() {
            p.meta { (page.view.words.evidence.ids) ": " code { (listed(page, &ids)) } }
        }
    }
}

/// The first ids, and how many more there are.
fn listed(page: &Page<'_>, ids: &[String]) -> String {
    const MOST: usize = 30;
    let mut out = ids.iter().take(MOST).map(String::as_str).collect::<Vec<_>>().join(", ");
    if ids.len() > MOST {
        let more = (ids.len() - MOST).to_string();
        out.push_str(&format!(", {}", crate::text::fill(&page.view.words.and_more, &[("n", &more)])));
    }
    out
}

/// The id attribute: only where the evidence belongs, so that it stands once.
fn target(owner: &str, case: &CaseResult, id: &str) -> Option<String> {
    (owner == case.id).then(|| anchor(id))
}

fn exchange(page: &Page<'_>, case: &CaseResult, exchange: &Exchange) -> Markup {
    let (view, words) = (&page.view, &page.view.words.evidence);
    let decimal = &view.words.decimal;
    let asked_us = exchange.inbound.is_some();
    let (status, answer) = match &exchange.reply {
        // When we were silent there is no status.
        Reply::Response { status: 0, .. } => ("–".to_owned(), &words.no_response),
        Reply::Response { status, .. } if asked_us => (status.to_string(), &words.answered),
        Reply::Response { status, .. } => (status.to_string(), &words.response),
        Reply::Failure { failure, .. } => (view.words.failure(*failure).to_owned(), &words.no_response),
    };
    let identity = if exchange.identity == "none" {
        words.identity_none.clone()
    } else {
        view.shown(&exchange.identity, 80)
    };
    html! {
        details.x id=[target(&exchange.case, case, &exchange.id)] {
            summary {
                code { (view.shown(&exchange.id, 40)) } " "
                span lang=[view.dutch()] { (view.shown(&exchange.purpose, 200)) } " "
                small { (view.shown(&exchange.method, 20)) " → " (status) " · " (duration(exchange.timing.total_ms, decimal)) }
            }
            dl.wide {
                (item(&words.identity, &html! { code { (identity) } }))
                @if let Reply::Response { tls: Some(tls), .. } = &exchange.reply {
                    (item(&words.tls, &html! { (view.shown(&tls.version, 40)) @if let Some(suite) = &tls.suite { ", " (view.shown(suite, 80)) } }))
                    (item(&words.peer, &html! { code.hash { (view.shown(&tls.peer, 100)) } }))
                }
            }
            (raw(if asked_us { &words.asked } else { &words.request }, &request(page, exchange)))
            (raw(answer, &response(page, exchange)))
            // What the product asked is not for the reader to repeat.
            @if !asked_us {
                (raw(&words.again, &visible(&curl::command(exchange, view.report.blobs))))
                p.meta { (words.again_note) }
            }
        }
    }
}

/// Text as it was, with what it is.
fn raw(what: &str, text: &str) -> Markup {
    html! { figure { figcaption { (what) } pre { code { (PreEscaped(escaped(text))) } } } }
}

/// Escaped as element content. Quotes stay: bodies are full of them, and six bytes for each is a lot.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

fn request(page: &Page<'_>, exchange: &Exchange) -> String {
    let view = &page.view;
    let mut out = format!("{} {}\n", view.shown(&exchange.method, 40), view.shown(&exchange.url, 2_000));
    headers(page, &mut out, &exchange.request_headers);
    body(page, &mut out, &exchange.request_body);
    out
}

fn response(page: &Page<'_>, exchange: &Exchange) -> String {
    let view = &page.view;
    match &exchange.reply {
        Reply::Response { status, version, headers: all, body: content, .. } => {
            let mut out = format!("{} {status}\n", view.shown(version, 20));
            headers(page, &mut out, all);
            body(page, &mut out, content);
            out
        }
        Reply::Failure { failure, message } => {
            format!("{}\n{}", view.words.failure(*failure), view.shown(message, HEADER))
        }
    }
}

fn headers(page: &Page<'_>, out: &mut String, headers: &[Header]) {
    for (name, value) in headers.iter().take(HEADERS) {
        let one = |text: &str| page.view.shown(text, HEADER).replace('\n', "␊");
        out.push_str(&format!("{}: {}\n", one(name), one(value)));
    }
    if headers.len() > HEADERS {
        out.push_str(&format!("… ({})\n", page.view.words.truncated));
    }
}

/// The body: the first part of it, indented when it is JSON, as far as the report has room.
fn body(page: &Page<'_>, out: &mut String, body: &Body) {
    let (view, words) = (&page.view, &page.view.words.evidence);
    let Some(digest) = &body.blob else { return };
    let size = crate::text::fill(&words.body, &[("bytes", &body.wire_bytes.to_string())]);
    out.push('\n');
    let Some(bytes) = view.report.blobs.get(digest) else {
        out.push_str(&format!("({size}, {}: {})", words.missing, view.shown(digest, 100)));
        return;
    };
    let Ok(text) = String::from_utf8(bytes) else {
        out.push_str(&format!("({size}, {}: {})", words.binary, view.shown(digest, 100)));
        return;
    };
    let pretty = if text.len() <= INDENTED { reindent(&text) } else { None };
    let (part, more) = cut(pretty.as_deref().unwrap_or(&text), page.body);
    out.push_str(&visible(part));
    if more || body.truncated {
        out.push_str(&format!("\n… ({}, {size}: {})", view.words.truncated, view.shown(digest, 100)));
    }
}

fn observation(page: &Page<'_>, case: &CaseResult, observation: &Observation) -> Markup {
    let (view, words) = (&page.view, &page.view.words.evidence);
    let flat = observation.facts.as_object().filter(|facts| {
        facts.len() <= 30 && facts.values().all(|value| !value.is_object() && !value.is_array())
    });
    html! {
        details.x id=[target(&observation.case, case, &observation.id)] {
            summary {
                code { (view.shown(&observation.id, 40)) } " "
                span lang=[view.dutch()] { (view.shown(&observation.purpose, 200)) } " "
                small { (words.observation) ": " (view.shown(&observation.what, 60)) }
            }
            @match flat {
                Some(facts) => dl.wide {
                    @for (name, value) in facts {
                        (item(&view.shown(name, 80), &html! { code { (scalar(page, value)) } }))
                    }
                },
                None => {
                    @let text = serde_json::to_string_pretty(&observation.facts).unwrap_or_default();
                    (raw(&words.observation, &view.shown(&text, page.body)))
                }
            }
        }
    }
}

fn scalar(page: &Page<'_>, value: &serde_json::Value) -> String {
    match value.as_str() {
        Some(text) => page.view.shown(text, HEADER),
        None => value.to_string(),
    }
}
