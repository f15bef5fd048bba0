//! What comes to the desk and belongs to no scenario: on record with the run, told at once to the person who is asked to
//! do something, and remembered for a scenario that waits in vain.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use keur_counterparty::{Call, PLAIN_HTTP};
use keur_evidence::Seam;
use serde_json::json;

use super::ear::incoming;
use crate::engine::Voice;

/// How many are kept: enough to see what is wrong.
const MOST: usize = 20;

/// What belonged to no scenario.
#[derive(Default)]
pub struct Strays {
    kept: Mutex<Vec<String>>,
    /// Where it goes on record; nothing came before that is set.
    seam: OnceLock<Arc<Seam>>,
    voice: OnceLock<Voice>,
}

impl Strays {
    /// From now on it goes on record here, and is told by this voice when there is one.
    pub fn record(&self, seam: &Arc<Seam>, voice: Option<Voice>) {
        // Set once per run.
        let _ = self.seam.set(Arc::clone(seam));
        if let Some(voice) = voice {
            let _ = self.voice.set(voice);
        }
    }

    /// How many there were.
    pub(super) fn count(&self) -> usize {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// In words, those after the first so many.
    pub(super) fn after(&self, count: usize) -> Vec<String> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(count..).unwrap_or_default().to_vec()
    }

    /// Hears of one: a request, or a connection that came to nothing.
    pub(super) fn hear(&self, call: Option<&Call>, why: &str) {
        let Some(seam) = self.seam.get() else { return };
        let words = words(call, why);
        {
            let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
            if kept.len() == MOST {
                return;
            }
            kept.push(words.clone());
        }
        if note(seam, call, why)
            && let Some(voice) = self.voice.get()
        {
            voice(&format!(
                "Dit hoort bij geen opdracht van keur: {words}. Gebruik precies de adressen uit de opdracht."
            ));
        }
    }
}

/// Without the query: who strays may say anything in it.
fn words(call: Option<&Call>, why: &str) -> String {
    match call {
        Some(call) => format!("{} {}{}", call.method, call.base, call.path),
        None if why == PLAIN_HTTP => "een verbinding met http, waar alleen https wordt gesproken".to_owned(),
        None => format!("een verbinding die niet tot een verzoek kwam ({why})"),
    }
}

/// Puts it on record, without its content; false when it may not be kept.
fn note(seam: &Arc<Seam>, call: Option<&Call>, why: &str) -> bool {
    let recorder = seam.case("");
    let facts = match call {
        None => json!({ "why": why }),
        Some(call) => {
            let url = call.url();
            if recorder.admit(&incoming("", call, &url)).is_err() {
                return false;
            }
            json!({ "why": why, "method": call.method, "url": url })
        }
    };
    // When evidence cannot be written the run ends anyway.
    recorder.observe("desk_stray", "verzoek aan keur dat bij geen scenario hoort", facts).is_ok()
}
