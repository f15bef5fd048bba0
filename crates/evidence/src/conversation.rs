//! A connection below TLS with more than one turn, driven by somebody who does no I/O.

use std::sync::Arc;

use rustls::{SignatureScheme, sign::CertifiedKey};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    time::timeout,
};
use url::Url;

use crate::{
    event::Failure,
    http::Transport,
    recorder::{ANSWER, Recorder, Stop},
    wire::{QUIET, RAW_CAP, Raw, failed, tcp},
};

/// What the observation is called.
pub(crate) const WHAT: &str = "tls_conversation";

/// One side of a conversation.
pub trait Conversation {
    /// Takes what came in, and answers.
    fn hear(&mut self, bytes: &[u8]) -> Vec<u8>;
    /// Whether there is nothing more to say or to hear.
    fn is_over(&self) -> bool;
    /// What the other side said, readable. This is what is kept: keys never are.
    fn heard(&self) -> &[u8];
}

impl Recorder {
    /// Holds a conversation over TCP until it is over or the peer closes or falls silent. Whoever begins it gets the
    /// certificate and key of the identity. Gives what the conversation made readable of what the peer sent.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`].
    pub async fn conversation<C: Conversation>(
        &self,
        purpose: &str,
        url: &Url,
        identity: &str,
        begin: impl FnOnce(Option<Arc<CertifiedKey>>) -> (C, Vec<u8>),
    ) -> Result<Raw, Stop> {
        if let Some(replay) = self.seam().replay() {
            return self.replayed_raw(replay, WHAT, purpose);
        }
        let config = self
            .seam()
            .identities()
            .client_config(identity, rustls::ALL_VERSIONS)
            .map_err(|error| self.identity_missing(&error))?;
        // The resolver looks at neither list: there is one certificate or none.
        let schemes: [SignatureScheme; 0] = [];
        let (mut side, first) = begin(config.client_auth_cert_resolver.resolve(&[], &schemes));
        // Many handshakes in a row take as long as a request may.
        let bound = self.seam().limits().request;
        let made = self.bounded_by(bound, url, talk(url, &mut side, first)).await?;
        // When the time is up, what was heard until then stands.
        let made = if side.heard().is_empty() { made } else { made.or(Ok(false)) };
        self.seam().health.heard(url, made.as_ref().err().map(|transport| transport.failure));
        let facts = match &made {
            Ok(closed) => {
                self.guard(ANSWER, &[], side.heard())?;
                json!({
                    "identity": identity,
                    "received": self.keep(&self.seam().redactor().body(side.heard()))?,
                    "closed_by_peer": closed,
                })
            }
            Err(transport) => failed(transport),
        };
        let id = self.observe(WHAT, purpose, facts)?;
        let closed = made.as_ref().map_or_else(|error| error.failure == Failure::Closed, |closed| *closed);
        Ok(Raw { id, received: made.map(|_| side.heard().to_vec()), closed })
    }
}

/// Whether the peer ended it.
async fn talk(url: &Url, side: &mut impl Conversation, first: Vec<u8>) -> Result<bool, Transport> {
    let mut stream = tcp(url).await?;
    stream.write_all(&first).await.map_err(|error| Transport::from_io(&error))?;
    let (mut buffer, mut total) = ([0; 4096], 0);
    while total < RAW_CAP && !side.is_over() {
        match timeout(QUIET, stream.read(&mut buffer)).await {
            Ok(Ok(0)) => return Ok(true),
            Ok(Ok(read)) => {
                total += read;
                let said = side.hear(&buffer[..read]);
                if stream.write_all(&said).await.is_err() {
                    return Ok(true);
                }
            }
            // A reset in the middle is an answer; what was heard before it stands.
            Ok(Err(error)) if total == 0 => return Err(Transport::from_io(&error)),
            Ok(Err(_)) => return Ok(true),
            Err(_) => break,
        }
    }
    Ok(false)
}
