//! Whether the peer still answers: a run against a product that is gone ends in seconds, not in as many time limits
//! as there are cases.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use url::Url;

use crate::event::Failure;

/// So many requests in a row without any answer, and the peer is taken to be gone for the rest of the run.
pub const PATIENCE: u32 = 5;

/// Requests without an answer in a row, per host and port.
#[derive(Default)]
pub(crate) struct Health {
    silent: Mutex<HashMap<String, u32>>,
}

impl Health {
    /// Whether asking again is no use.
    pub(crate) fn is_gone(&self, url: &Url) -> bool {
        self.silent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&place(url))
            .is_some_and(|count| *count >= PATIENCE)
    }

    /// Takes note of what came of a request. A refusal, however rude, is a sign of life.
    pub(crate) fn heard(&self, url: &Url, failure: Option<Failure>) {
        let mut silent = self.silent.lock().unwrap_or_else(PoisonError::into_inner);
        if failure.is_some_and(is_silence) {
            let count = silent.entry(place(url)).or_default();
            *count = count.saturating_add(1);
        } else {
            silent.remove(&place(url));
        }
    }
}

/// No sign of life.
fn is_silence(failure: Failure) -> bool {
    matches!(failure, Failure::Dns | Failure::Connect | Failure::Timeout)
}

fn place(url: &Url) -> String {
    format!("{}:{}", url.host_str().unwrap_or_default(), url.port_or_known_default().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_silence_in_a_row_counts() {
        let health = Health::default();
        let [one, other] = ["http://a:1/x", "http://a:2/x"].map(|url| Url::parse(url).unwrap());
        for _ in 0..PATIENCE - 1 {
            health.heard(&one, Some(Failure::Timeout));
        }
        assert!(!health.is_gone(&one));
        health.heard(&one, Some(Failure::TlsRefused));
        for _ in 0..PATIENCE - 1 {
            health.heard(&one, Some(Failure::Connect));
        }
        assert!(!health.is_gone(&one));
        health.heard(&one, Some(Failure::Dns));
        assert!(health.is_gone(&one) && !health.is_gone(&other));
        health.heard(&one, None);
        assert!(!health.is_gone(&one));
    }
}
