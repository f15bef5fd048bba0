//! Which blobs the journal and the statements rest on.

use std::collections::BTreeSet;

use keur_evidence::event::{Body, Entry, Event, Reply};
use serde_json::Value;

use crate::{
    digest::address,
    statement::{Predicate, Statement, predicate::Artefact},
};

/// Members of an observation's facts that name a blob, or several.
const BELOW_HTTP: [&str; 5] = ["sent", "received", "chain", "staple", "issuers"];

/// The hex addresses of all blobs an entry refers to. What is no address comes as it is: no file can have that name.
#[must_use]
pub fn blobs(entry: &Entry) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match &entry.event {
        Event::Exchange(exchange) => {
            body(&exchange.request_body, &mut found);
            let certificate = exchange.inbound.as_ref().and_then(|inbound| inbound.certificate.as_deref());
            found.extend(certificate.map(named));
            if let Reply::Response { body: answer, .. } = &exchange.reply {
                body(answer, &mut found);
            }
        }
        Event::Enclosed(enclosed) => {
            found.extend(enclosed.files.iter().map(|file| named(&file.blob)));
        }
        // What is seen below HTTP names the blobs of its bytes under these members of its facts.
        Event::Observation(observation) => {
            let named = BELOW_HTTP.iter().filter_map(|name| observation.facts.get(name));
            let texts = named.flat_map(|value| match value {
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect(),
                value => Vec::from_iter(value.as_str()),
            });
            found.extend(texts.filter_map(address).map(str::to_owned));
        }
        _ => {}
    }
    found
}

fn named(blob: &str) -> String {
    address(blob).unwrap_or(blob).to_owned()
}

fn body(body: &Body, found: &mut BTreeSet<String>) {
    found.extend(body.blob.as_deref().map(named));
}

/// The artefacts a statement rests on.
pub(crate) fn artefacts(statement: &Statement) -> &[Artefact] {
    match &statement.predicate {
        Predicate::Attestation(attestation) | Predicate::PracticeAttestation(attestation) => {
            &attestation.artefacts
        }
        Predicate::Waiver(waiver) => &waiver.artefacts,
        _ => &[],
    }
}
