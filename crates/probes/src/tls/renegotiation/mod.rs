//! Renegotiation begun by the client, tried out: whole handshakes one inside the other, as many as the server allows.

mod client;
mod keys;

use std::sync::Arc;

use keur_evidence::{Recorder, Stop, conversation::Conversation, wire::Raw};
use rustls::sign::CertifiedKey;
use serde::Serialize;
use url::Url;

pub use self::client::Client;
use self::client::{CURVES, FINISHED};
use super::{
    flight::SERVER_HELLO,
    hello::ClientHello,
    wire::{ALERT, HANDSHAKE, Reader, messages},
};

/// So many renegotiations on one connection are still a limit.
pub const LIMIT: usize = 10;
/// One more than the limit.
const MOST: usize = LIMIT + 1;

/// What came of the attempts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Renegotiated {
    /// The first handshake did not come to its end, so nothing could be tried; what was seen instead.
    NotTried(String),
    /// The server refused the first attempt.
    Never,
    /// So many times, and then it refused.
    Times(usize),
    /// More often than any limit.
    Unlimited,
    /// The server neither refused nor went along.
    Unclear(String),
}

/// Tries at this address, as the identity that the server expects.
///
/// # Errors
/// [`Stop`] as in [`Recorder::conversation`].
pub async fn run(recorder: &Recorder, url: &Url, identity: &str) -> Result<(Renegotiated, String), Stop> {
    let strong = ClientHello::strong(url, recorder.random());
    let offer = ClientHello { groups: CURVES.to_vec(), names_version: true, ..strong };
    let purpose = "TLS-proef: heronderhandeling door de client";
    let raw = recorder
        .conversation(purpose, url, identity, |key: Option<Arc<CertifiedKey>>| {
            let (client, hello) = Client::new(offer, key);
            (Talk(client), hello)
        })
        .await?;
    let id = raw.id.clone();
    Ok((read(&raw), id))
}

struct Talk(Client);

impl Conversation for Talk {
    fn hear(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.0.hear(bytes)
    }

    fn is_over(&self) -> bool {
        self.0.is_over()
    }

    fn heard(&self) -> &[u8] {
        self.0.heard()
    }
}

/// What the opened records of the server say.
fn read(raw: &Raw) -> Renegotiated {
    let bytes = match &raw.received {
        Ok(bytes) => bytes,
        Err(transport) => return Renegotiated::NotTried(transport.to_string()),
    };
    let (mut rest, mut handshake, mut alert) = (Reader(bytes), Vec::new(), None);
    while let Some(kind) = rest.byte() {
        let Some(content) = rest.word().and_then(|_| rest.prefixed16()) else { break };
        match (kind, content) {
            (HANDSHAKE, content) => handshake.extend_from_slice(content),
            (ALERT, [1, 112]) => {}
            (ALERT, [_, description]) => alert = Some(*description),
            _ => {}
        }
    }
    let (messages, _) = messages(&handshake);
    let count = |wanted: u8| messages.iter().filter(|(kind, _)| *kind == wanted).count();
    let (begun, finished) = (count(SERVER_HELLO), count(FINISHED));
    let seen = match alert {
        Some(alert) => format!("TLS-alert {alert}"),
        None if raw.closed => "het product verbreekt de verbinding".to_owned(),
        None => "geen antwoord binnen de tijd".to_owned(),
    };
    match finished.checked_sub(1) {
        None => Renegotiated::NotTried(seen),
        Some(MOST..) => Renegotiated::Unlimited,
        // Begun and not finished is neither yes nor no.
        Some(_) if begun > finished => Renegotiated::Unclear(seen),
        Some(_) if alert.is_none() && !raw.closed => Renegotiated::Unclear(seen),
        Some(0) => Renegotiated::Never,
        Some(times) => Renegotiated::Times(times),
    }
}
