//! Which blobs the journal and the statements rest on.

use std::collections::BTreeSet;

use keur_evidence::event::{Body, Entry, Event, Reply};

use crate::{
    digest::address,
    statement::{Predicate, Statement, predicate::Artefact},
};

/// The hex addresses of all blobs an entry refers to. What is no address comes as it is: no file can have that name.
#[must_use]
pub fn blobs(entry: &Entry) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    match &entry.event {
        Event::Exchange(exchange) => {
            body(&exchange.request_body, &mut found);
            if let Reply::Response { body: answer, .. } = &exchange.reply {
                body(answer, &mut found);
            }
        }
        Event::Enclosed(enclosed) => {
            found.extend(enclosed.files.iter().map(|file| named(&file.blob)));
        }
        // What is seen below HTTP names the blob of its bytes at the top level of its facts, under this member.
        Event::Observation(observation) => {
            let blob = observation.facts.get("blob").and_then(serde_json::Value::as_str);
            found.extend(blob.and_then(address).map(str::to_owned));
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
