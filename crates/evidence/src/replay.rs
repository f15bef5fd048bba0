//! The seam when it answers from a journal: the same questions get the answers that were recorded.

mod address;

use std::{
    collections::{BTreeMap, BTreeSet, HashMap, VecDeque},
    sync::{Mutex, MutexGuard, PoisonError},
};

use self::address::address;
use crate::{
    event::{Entry, Event, Exchange, Observation, StopKind, Stopped, TWIN},
    http::Request,
};

/// Where the bodies of a replayed journal come from.
pub trait Blobs: Send + Sync {
    /// The bytes with this digest (`sha256:…`), when kept.
    fn get(&self, digest: &str) -> Option<Vec<u8>>;
}

impl<B: Blobs + ?Sized> Blobs for std::sync::Arc<B> {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        self.as_ref().get(digest)
    }
}

/// A recorded run that answers.
pub struct Replay {
    tapes: Mutex<BTreeMap<String, Tape>>,
    /// For each purpose, the cases that recorded something for it and where on their tapes.
    places: HashMap<String, BTreeMap<String, Vec<usize>>>,
    blobs: Box<dyn Blobs>,
    missing: Mutex<BTreeSet<String>>,
}

/// What was recorded in the last attempt at one case, in order; taken items are gone.
#[derive(Default)]
struct Tape {
    items: Vec<Option<Item>>,
    /// What the product asked us: the number of items before it, and the exchange.
    inbound: VecDeque<(usize, Exchange)>,
    /// How many items lie before the furthest that was taken, itself included.
    reached: usize,
    stop: Option<Stopped>,
}

enum Item {
    /// An exchange, and its address as far as that makes a request the same.
    Exchange(Box<Exchange>, String),
    Observation(Observation),
    Clock {
        purpose: String,
        at: String,
    },
}

impl Item {
    fn purpose(&self) -> &str {
        match self {
            Self::Exchange(exchange, _) => &exchange.purpose,
            Self::Observation(observation) => &observation.purpose,
            Self::Clock { purpose, .. } => purpose,
        }
    }
}

impl Replay {
    /// A replay of a journal's last attempt at every case.
    #[must_use]
    pub fn new(entries: &[Entry], blobs: Box<dyn Blobs>) -> Self {
        let mut tapes = BTreeMap::<String, Tape>::new();
        for entry in entries {
            let (case, item) = match &entry.event {
                Event::CaseStarted { case } => {
                    tapes.insert(case.clone(), Tape::default());
                    continue;
                }
                Event::Stopped(stopped) => {
                    tapes.entry(stopped.case.clone()).or_default().stop = Some(stopped.clone());
                    continue;
                }
                Event::Exchange(exchange) if exchange.inbound.is_some() => {
                    let tape = tapes.entry(exchange.case.clone()).or_default();
                    tape.inbound.push_back((tape.items.len(), Exchange::clone(exchange)));
                    continue;
                }
                Event::Exchange(exchange) => {
                    (&exchange.case, Item::Exchange(exchange.clone(), address(&exchange.url)))
                }
                Event::Observation(observation) => {
                    (&observation.case, Item::Observation(observation.clone()))
                }
                Event::Clock { case, purpose, at } => {
                    (case, Item::Clock { purpose: purpose.clone(), at: at.clone() })
                }
                _ => continue,
            };
            tapes.entry(case.clone()).or_default().items.push(Some(item));
        }
        let mut places = HashMap::<String, BTreeMap<String, Vec<usize>>>::new();
        for (case, tape) in &tapes {
            for (at, item) in tape.items.iter().enumerate() {
                let Some(purpose) = item.as_ref().map(Item::purpose) else { continue };
                places.entry(purpose.to_owned()).or_default().entry(case.clone()).or_default().push(at);
            }
        }
        Self { tapes: Mutex::new(tapes), places, blobs, missing: Mutex::default() }
    }

    /// The recorded bytes.
    pub(crate) fn blob(&self, digest: &str) -> Option<Vec<u8>> {
        self.blobs.get(digest)
    }

    /// The cases that asked for something the record does not hold.
    #[must_use]
    pub fn missing(&self) -> BTreeSet<String> {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn note_missing(&self, case: &str) {
        self.missing.lock().unwrap_or_else(PoisonError::into_inner).insert(case.to_owned());
    }

    /// The next recorded exchange of this case with this purpose, method, identity and address.
    pub(crate) fn exchange(
        &self,
        place: (&str, bool),
        request: &Request,
        url: &str,
    ) -> Option<Box<Exchange>> {
        let asked = address(url);
        let fits = |item: &Item| match item {
            Item::Exchange(one, address) => {
                one.method == request.method && one.identity == request.identity && *address == asked
            }
            _ => false,
        };
        let item = self.take(place, &request.purpose, fits)?;
        if let Item::Exchange(exchange, _) = item { Some(exchange) } else { None }
    }

    /// The next recorded observation of this case with this kind and purpose.
    pub(crate) fn observation(&self, place: (&str, bool), what: &str, purpose: &str) -> Option<Observation> {
        let fits = |item: &Item| matches!(item, Item::Observation(one) if one.what == what);
        let item = self.take(place, purpose, fits)?;
        if let Item::Observation(observation) = item { Some(observation) } else { None }
    }

    /// The next recorded reading of the clock of this case with this purpose.
    pub(crate) fn clock(&self, place: (&str, bool), purpose: &str) -> Option<String> {
        let fits = |item: &Item| matches!(item, Item::Clock { .. });
        if let Item::Clock { at, .. } = self.take(place, purpose, fits)? { Some(at) } else { None }
    }

    /// Whether an exchange with this purpose is still to come.
    pub(crate) fn holds(&self, (case, for_all): (&str, bool), purpose: &str) -> bool {
        let tapes = self.lock();
        let there = |(case, at): (&String, &Vec<usize>)| {
            let items = tapes.get(case).map_or(&[][..], |tape| &tape.items);
            at.iter().any(|at| matches!(items.get(*at), Some(Some(Item::Exchange(..)))))
        };
        self.places
            .get(purpose)
            .is_some_and(|places| places.iter().filter(|(other, _)| for_all || *other == case).any(there))
    }

    /// What the product asked us before what was taken last, and was not handed out yet; at the end of the case all.
    pub(crate) fn came_in(&self, case: &str, all: bool) -> Vec<Exchange> {
        let mut tapes = self.lock();
        let Some(tape) = tapes.get_mut(case) else { return Vec::new() };
        let is_next = |(before, _): &(usize, Exchange)| all || *before < tape.reached;
        let count = tape.inbound.iter().take_while(|one| is_next(one)).count();
        tape.inbound.drain(..count).map(|(_, exchange)| exchange).collect()
    }

    /// The cause for which the case was ended early when it was recorded.
    pub(crate) fn recorded_cause(&self, case: &str) -> Option<String> {
        match self.recorded_stop(case)?.stop {
            StopKind::CantTell { cause, .. } => Some(cause),
            _ => None,
        }
    }

    /// Why the case ended early when it was recorded.
    pub(crate) fn recorded_stop(&self, case: &str) -> Option<Stopped> {
        self.lock().get(case).and_then(|tape| tape.stop.clone())
    }

    /// What the case itself recorded comes first. What is fetched once for all cases (a token, the answers to all
    /// searches) can stand with another one: who came first then, need not come first now. In an exam twins fetch for
    /// twins, so a case of the same guise comes before one of the other.
    fn take(
        &self,
        (case, for_all): (&str, bool),
        purpose: &str,
        fits: impl Fn(&Item) -> bool,
    ) -> Option<Item> {
        let places = self.places.get(purpose)?;
        let mut tapes = self.lock();
        let mut from = |(case, at): (&String, &Vec<usize>)| {
            let tape = tapes.get_mut(case)?;
            let at = *at.iter().find(|at| tape.items[**at].as_ref().is_some_and(&fits))?;
            tape.reached = tape.reached.max(at + 1);
            tape.items[at].take()
        };
        if let Some(item) = places.get_key_value(case).and_then(&mut from) {
            return Some(item);
        }
        if !for_all {
            return None;
        }
        let alike = |(other, _): &(&String, &Vec<usize>)| other.ends_with(TWIN) == case.ends_with(TWIN);
        let others = places.iter().filter(|place| !alike(place));
        places.iter().filter(alike).chain(others).find_map(from)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<String, Tape>> {
        self.tapes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
