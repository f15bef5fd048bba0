//! The bounds of every wait and every answer.

use std::time::Duration;

/// Bounds that hold for a whole run.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// A TCP and TLS connection.
    pub connect: Duration,
    /// A request with its whole answer.
    pub request: Duration,
    /// A step with all its requests.
    pub step: Duration,
    /// Bytes of an answer as sent.
    pub body: usize,
    /// Bytes of an answer after decompression.
    pub decoded: usize,
    /// Requests and other connections at the same time.
    pub connections: usize,
    /// Requests and other connections in all.
    pub requests: usize,
    /// Waiting in all for a product that asks for it with `Retry-After`, per request.
    pub patience: Duration,
}

impl Limits {
    /// Bounds in proportion to that of a request.
    #[must_use]
    pub fn of_request(request: Duration) -> Self {
        let default = Self::default();
        Self { connect: default.connect.min(request), request, step: request * 4, ..default }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connect: Duration::from_secs(5),
            request: Duration::from_secs(15),
            step: Duration::from_secs(60),
            body: 8 << 20,
            decoded: 32 << 20,
            connections: 24,
            requests: 50_000,
            patience: Duration::from_secs(30),
        }
    }
}
