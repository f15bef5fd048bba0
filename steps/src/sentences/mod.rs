//! The Dutch sentences, one domain concept per file. Each is glue of a few lines: facts from probes, judged by checks.

mod basis;

pub use wires::Wires;

mod wires {
    /// What scenarios below HTTP found.
    #[derive(Default)]
    pub struct Wires {
        /// Handshakes made, latest last.
        pub handshakes: Vec<Result<keur_evidence::wire::Handshake, keur_evidence::http::Transport>>,
        /// Raw connections made, latest last.
        pub raw: Vec<keur_evidence::wire::Raw>,
    }
}
