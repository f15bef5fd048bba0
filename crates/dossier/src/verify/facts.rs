//! What the later steps need of the journal, so that it is walked once.

use std::collections::BTreeSet;

use keur_catalogue::bsn::test_numbers;
use keur_evidence::event::{EnclosedFile, Entry, Event, Reply, RunEnd, RunStarted};
use time::OffsetDateTime;

use crate::{
    bundle::{Bundle, blobs_of},
    dates::parse_instant,
};

/// Longest request body that is looked into for numbers keur asked for.
const LONGEST_REQUEST: u64 = 1 << 20;

/// What a journal says, as far as it matters here.
pub(super) struct Facts {
    pub(super) started: RunStarted,
    /// First and last instant.
    pub(super) first: OffsetDateTime,
    pub(super) last: OffsetDateTime,
    /// The first entry whose time is none or goes back.
    pub(super) odd_time: Option<u64>,
    pub(super) end: Option<RunEnd>,
    /// Hex addresses of all blobs referred to.
    pub(super) blobs: BTreeSet<String>,
    pub(super) declaration: Vec<EnclosedFile>,
    pub(super) norms: Vec<EnclosedFile>,
    /// Digests of the server certificates seen over HTTP.
    pub(super) peers: BTreeSet<String>,
    /// Addresses of the answers to requests for the CapabilityStatement.
    pub(super) metadata: BTreeSet<String>,
    /// Made-up numbers of the test range that keur itself asked for.
    pub(super) asked: BTreeSet<String>,
}

impl Facts {
    /// `None` when the journal does not begin with the start of a run.
    pub(super) fn of(bundle: &Bundle, entries: &[Entry]) -> Option<Self> {
        let (first, last) = entries.first().zip(entries.last())?;
        let Event::RunStarted(started) = &first.event else { return None };
        let mut facts = Self {
            started: started.as_ref().clone(),
            first: parse_instant(&first.at)?,
            last: parse_instant(&last.at)?,
            odd_time: odd_time(entries),
            end: None,
            blobs: BTreeSet::new(),
            declaration: Vec::new(),
            norms: Vec::new(),
            peers: BTreeSet::new(),
            metadata: BTreeSet::new(),
            asked: BTreeSet::new(),
        };
        for entry in entries {
            facts.blobs.extend(blobs_of(entry));
            facts.take(bundle, &entry.event);
        }
        Some(facts)
    }

    fn take(&mut self, bundle: &Bundle, event: &Event) {
        match event {
            Event::Enclosed(enclosed) => match enclosed.what.as_str() {
                "declaration" => self.declaration.extend(enclosed.files.iter().cloned()),
                "norms" => self.norms.extend(enclosed.files.iter().cloned()),
                _ => {}
            },
            Event::RequestSent { url, numbers, .. } => {
                self.asked.extend(test_numbers(url).map(str::to_owned));
                self.asked.extend(numbers.iter().flat_map(|number| test_numbers(number)).map(str::to_owned));
            }
            // What the product asked us is no question of keur's, and our answer no description of the product.
            Event::Exchange(exchange) if exchange.inbound.is_some() => {}
            Event::Exchange(exchange) => {
                for (_, value) in &exchange.request_headers {
                    self.asked.extend(test_numbers(value).map(str::to_owned));
                }
                if let Some(address) = &exchange.request_body.blob
                    && exchange.request_body.wire_bytes <= LONGEST_REQUEST
                    && let Some(bytes) = bundle.blob(address)
                {
                    self.asked.extend(test_numbers(&String::from_utf8_lossy(&bytes)).map(str::to_owned));
                }
                if let Reply::Response { body, tls, .. } = &exchange.reply {
                    self.peers.extend(tls.as_ref().map(|tls| tls.peer.clone()));
                    let path = exchange.url.split('?').next().unwrap_or_default();
                    if exchange.method == "GET" && path.ends_with("/metadata") {
                        self.metadata.extend(body.blob.clone());
                    }
                }
            }
            Event::RunFinished { how } => self.end = Some(*how),
            _ => {}
        }
    }
}

fn odd_time(entries: &[Entry]) -> Option<u64> {
    let mut before = OffsetDateTime::UNIX_EPOCH;
    for entry in entries {
        match parse_instant(&entry.at).filter(|at| *at >= before) {
            Some(at) => before = at,
            None => return Some(entry.seq),
        }
    }
    None
}
