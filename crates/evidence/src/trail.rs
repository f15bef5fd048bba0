//! The log of the other side laid beside ours: every exchange with the lines that carry its marks. What is missing on
//! either side is a finding.

mod line;

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use time::{Duration, OffsetDateTime, format_description::well_known::Rfc3339};

use self::line::Line;
use crate::{
    event::{Entry, Event, Exchange, Reply},
    marks::{REQUEST_ID, TRACE},
};

/// The enclosure that holds the extract, and the observation of what came of laying it beside the journal.
pub const PRODUCT_LOG: &str = "product_log";
/// The largest extract that is read.
pub const MAX_BYTES: usize = 16 << 20;
/// The longest line that is looked into.
const MAX_LINE: usize = 64 << 10;
/// How many findings of a kind are named; all are counted.
const NAMED: usize = 50;
/// How far the clocks of a product, a gateway and ours may lie apart.
const APART: Duration = Duration::seconds(60);

/// What came of laying a log beside the journal.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Trail {
    /// The name of the extract.
    pub name: String,
    /// Why there is nothing to lay beside it; the numbers are 0 then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreadable: Option<String>,
    /// Lines that are not empty.
    pub lines: usize,
    /// Lines that are too long to look into, or no text.
    pub skipped: usize,
    /// Exchanges that belong in the log.
    pub exchanges: usize,
    /// Those with at least one line.
    pub found: usize,
    /// Exchanges without a line.
    pub gaps: Findings,
    /// Lines that carry a mark of this run beside one that was never sent.
    pub strange: Findings,
    /// Lines that say another status or moment than was seen.
    pub differing: Findings,
}

/// Findings of one kind.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    /// How many there are.
    pub count: usize,
    /// The first of them.
    pub first: Vec<Finding>,
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    /// The exchange.
    pub exchange: String,
    /// When it was recorded.
    pub at: String,
    /// The mark by which it is looked for, or the strange one.
    pub mark: String,
    /// The line of the log, from 1; none where there is no line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<usize>,
    /// In words, in Dutch.
    pub what: String,
}

impl Findings {
    fn add(&mut self, finding: Finding) {
        self.count += 1;
        if self.first.len() < NAMED {
            self.first.push(finding);
        }
    }
}

/// An exchange that belongs in the log.
struct Wanted<'j> {
    exchange: &'j Exchange,
    at: &'j str,
    moment: Option<OffsetDateTime>,
    mark: String,
    found: bool,
}

/// Lays a log beside the exchanges of a journal. What the product asked us belongs in it, and what we asked at or below
/// one of these addresses and was answered.
#[must_use]
pub fn join(entries: &[Entry], addresses: &[String], name: &str, log: &[u8]) -> Trail {
    let mut wanted = Vec::new();
    let mut known = BTreeMap::<String, Vec<usize>>::new();
    for entry in entries {
        let Event::Exchange(exchange) = &entry.event else { continue };
        let asked = matches!(exchange.reply, Reply::Response { .. })
            && addresses.iter().any(|address| lies_below(&exchange.url, address));
        let marks = marks(exchange);
        let Some(mark) = marks.first().filter(|_| asked || exchange.inbound.is_some()) else { continue };
        let moment = OffsetDateTime::parse(&entry.at, &Rfc3339).ok();
        for one in &marks {
            known.entry(one.clone()).or_default().push(wanted.len());
        }
        wanted.push(Wanted { exchange, at: &entry.at, moment, mark: mark.clone(), found: false });
    }
    let mut trail = Trail { name: name.to_owned(), exchanges: wanted.len(), ..Trail::default() };
    for (index, bytes) in log.split(|byte| *byte == b'\n').enumerate() {
        if bytes.trim_ascii().is_empty() {
            continue;
        }
        trail.lines += 1;
        match std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_LINE) {
            Some(text) => trail.take(index + 1, &Line::read(text), &known, &mut wanted),
            None => trail.skipped += 1,
        }
    }
    trail.found = wanted.iter().filter(|one| one.found).count();
    for one in wanted.iter().filter(|one| !one.found) {
        let what = format!("geen regel bij {} {}", one.exchange.method, path(&one.exchange.url));
        trail.gaps.add(finding(one, None, what));
    }
    trail
}

impl Trail {
    fn take(
        &mut self,
        number: usize,
        line: &Line,
        known: &BTreeMap<String, Vec<usize>>,
        wanted: &mut [Wanted<'_>],
    ) {
        let about: BTreeSet<usize> =
            line.marks().filter_map(|mark| known.get(mark)).flatten().copied().collect();
        let Some(first) = about.first().copied() else { return };
        for index in &about {
            wanted[*index].found = true;
        }
        if let Some(strange) = line.ids.iter().find(|id| !known.contains_key(*id)) {
            let what =
                "het nummer van een verzoek dat keur niet deed, bij een trace van deze uitvoering".to_owned();
            self.strange
                .add(Finding { mark: strange.clone(), ..finding(&wanted[first], Some(number), what) });
            return;
        }
        let seen: Vec<u16> = about.iter().filter_map(|index| status(wanted[*index].exchange)).collect();
        if let Some(said) = line.status.filter(|said| !seen.is_empty() && !seen.contains(said)) {
            let what = format!("status {said} in de regel, {} waargenomen", seen[0]);
            self.differing.add(finding(&wanted[first], Some(number), what));
        }
        let near = |index: &usize| {
            wanted[*index].moment.zip(line.at).is_none_or(|(ours, theirs)| (ours - theirs).abs() <= APART)
        };
        if !about.iter().any(near) {
            let what = format!("een tijd in de regel die meer dan {} s afwijkt", APART.whole_seconds());
            self.differing.add(finding(&wanted[first], Some(number), what));
        }
    }
}

fn finding(one: &Wanted<'_>, line: Option<usize>, what: String) -> Finding {
    Finding { exchange: one.exchange.id.clone(), at: one.at.to_owned(), mark: one.mark.clone(), line, what }
}

/// The marks of an exchange: the id of the request, and the trace.
fn marks(exchange: &Exchange) -> Vec<String> {
    let header = |name: &str| {
        let found = exchange.request_headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.trim().to_owned()).filter(|value| !value.is_empty())
    };
    let trace = header(TRACE).and_then(|parent| line::trace(&parent).map(str::to_owned));
    header(REQUEST_ID).into_iter().chain(trace).collect()
}

fn status(exchange: &Exchange) -> Option<u16> {
    match &exchange.reply {
        Reply::Response { status, .. } if *status > 0 => Some(*status),
        _ => None,
    }
}

fn lies_below(url: &str, address: &str) -> bool {
    let rest = url.strip_prefix(address.trim_end_matches('/'));
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '?']))
}

/// Of an address what names no patient.
fn path(url: &str) -> &str {
    url.split_once('?').map_or(url, |(path, _)| path)
}

#[cfg(test)]
mod tests;
