//! Handshakes below HTTP: what the product agrees to, and what it refuses.

use keur_evidence::{
    http::Transport,
    wire::{Handshake, Raw},
};

/// What scenarios below HTTP found.
#[derive(Default)]
pub struct Wires {
    /// Handshakes made, latest last: the observation and what came of it.
    pub handshakes: Vec<(String, Result<Handshake, Transport>)>,
    /// Raw connections made, latest last.
    pub raw: Vec<Raw>,
}
