//! Listens at the desk for one scenario: every request is guarded, answered by the script and on record before the answer
//! leaves.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use keur_counterparty::{Call, Clerk, Delivery, Reply, Script};
use keur_evidence::{
    Recorder,
    heard::Heard,
    inbound::{Answered, Incoming},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::{sync::watch, time::timeout};

/// Most handshakes that were ended by the client that are told apart.
const TURNED_AWAY: usize = 20;

/// What a scenario hears, at all its places.
pub(super) struct Hearing {
    state: Mutex<State>,
    changed: watch::Sender<u64>,
    began: Instant,
}

#[derive(Default)]
struct State {
    closed: bool,
    calls: Vec<Heard>,
    turned_away: Vec<String>,
    flood: u64,
}

/// What is on record of a wait.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Listened {
    /// Ids of the requests so far.
    pub calls: Vec<String>,
    /// Why clients ended the handshake at the second address.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub turned_away: Vec<String>,
    /// Requests that were refused because there were too many.
    #[serde(default)]
    pub flood: u64,
    /// How many of the requests had come before the product was asked to do something; left out when none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<usize>,
    /// When nothing came: what came meanwhile that belongs to no scenario.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub strays: Vec<String>,
}

impl Default for Hearing {
    fn default() -> Self {
        Self { state: Mutex::default(), changed: watch::Sender::new(0), began: Instant::now() }
    }
}

impl Hearing {
    pub(super) fn close(&self) {
        self.lock().closed = true;
    }

    /// Waits until what was heard is enough.
    pub(super) async fn until(&self, enough: impl Fn(&[Heard]) -> bool) {
        let is_enough = |_: &u64| {
            let state = self.lock();
            !state.turned_away.is_empty()
                || state.flood > 0
                || !state.calls.is_empty() && enough(&state.calls)
        };
        // The sender lives as long as this waits.
        let _ = self.changed.subscribe().wait_for(is_enough).await;
    }

    /// Waits until nothing new was heard for this long; a flood is never quiet.
    pub(super) async fn quiet(&self, time: Duration) {
        let mut changed = self.changed.subscribe();
        while self.lock().flood == 0 && timeout(time, changed.changed()).await.is_ok() {}
    }

    pub(super) fn so_far(&self) -> (Vec<Heard>, Listened) {
        let state = self.lock();
        let calls = state.calls.iter().map(|call| call.id.clone()).collect();
        let (turned_away, flood) = (state.turned_away.clone(), state.flood);
        (state.calls.clone(), Listened { calls, turned_away, flood, ..Listened::default() })
    }

    fn change(&self, change: impl FnOnce(&mut State)) {
        let mut state = self.lock();
        if !state.closed {
            change(&mut state);
        }
        drop(state);
        self.changed.send_modify(|count| *count += 1);
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Answers at one place.
pub(super) struct Ear {
    recorder: Recorder,
    service: &'static str,
    script: Arc<dyn Script>,
    hearing: Arc<Hearing>,
}

/// A request as evidence takes it.
pub(super) fn incoming<'c>(service: &'c str, call: &'c Call, url: &'c str) -> Incoming<'c> {
    Incoming {
        service,
        method: &call.method,
        url,
        path: &call.path,
        headers: &call.headers,
        body: &call.body,
        whole: call.whole,
        peer: call.peer.as_ref().map(|peer| (peer.leaf.as_slice(), peer.trusted)),
    }
}

impl Ear {
    pub(super) fn new(
        recorder: Recorder,
        service: &'static str,
        script: Arc<dyn Script>,
        hearing: Arc<Hearing>,
    ) -> Self {
        Self { recorder, service, script, hearing }
    }

    /// The answer, when the request may be answered and both are on record.
    fn answered(&self, call: &Call) -> Option<(Reply, Heard)> {
        let url = call.url();
        let incoming = incoming(self.service, call, &url);
        self.recorder.admit(&incoming).ok()?;
        let mut reply = self.script.answer(call).answering(call);
        let ms = u64::try_from(self.hearing.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        reply.notes.insert("ms".to_owned(), ms.into());
        let notes = Value::Object(reply.notes.clone());
        if reply.delivery == Delivery::Silent {
            // What does not leave is not on record as if it did.
            (reply.status, reply.headers, reply.body) = (0, Vec::new(), Vec::new());
        }
        let answered = Answered {
            status: reply.status,
            headers: &reply.headers,
            body: &reply.body,
            delivery: reply.delivery.as_str(),
            notes: &notes,
        };
        let heard = self.recorder.inbound(&incoming, &answered).ok()?;
        Some((reply, heard))
    }
}

impl Clerk for Ear {
    fn serve(&self, call: Call) -> Reply {
        let mut reply = None;
        // One at a time, so that a request is on record before the scenario can end.
        self.hearing.change(|state| {
            if let Some((answer, heard)) = self.answered(&call) {
                state.calls.push(heard);
                reply = Some(answer);
            }
        });
        // The scenario is over, or the run: there is nobody to answer for.
        reply.unwrap_or_else(|| Reply::empty(503))
    }

    fn flooded(&self) {
        self.hearing.change(|state| state.flood += 1);
    }

    fn turned_away(&self, why: &str) {
        self.hearing.change(|state| {
            if state.turned_away.len() < TURNED_AWAY {
                state.turned_away.push(why.to_owned());
            }
        });
    }
}
