//! Which case a request belongs to: by the key in its path, or by what it speaks of. Never by when it came.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use tokio::sync::Notify;

use crate::{call::Call, reply::Reply};

/// Requests a place answers; what comes beyond is a flood.
pub const FLOOD: usize = 500;
/// What the path of a service with one address for all cases begins with.
const SERVICE: &str = "dienst";

/// Answers for one case.
pub trait Clerk: Send + Sync {
    /// The answer to a request; on record before it returns.
    fn serve(&self, call: Call) -> Reply;
    /// A request beyond [`FLOOD`], which got 429.
    fn flooded(&self);
    /// A client ended the handshake at a door with a wrong certificate.
    fn turned_away(&self, why: &str);
}

/// The open places.
#[derive(Default)]
pub(crate) struct Registry {
    open: Mutex<Open>,
    closed: Notify,
}

#[derive(Default)]
struct Open {
    next: u64,
    keyed: HashMap<String, Entry>,
    services: Vec<Service>,
}

#[derive(Clone)]
struct Entry {
    clerk: Arc<dyn Clerk>,
    calls: Arc<AtomicUsize>,
}

struct Service {
    id: u64,
    owner: String,
    name: String,
    content: String,
    entry: Entry,
}

/// An open place; dropping it closes it.
pub struct Place {
    registry: Arc<Registry>,
    what: What,
}

enum What {
    Keyed(String),
    Service(u64),
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.registry.lock();
        match &self.what {
            What::Keyed(key) => drop(open.keyed.remove(key)),
            What::Service(id) => open.services.retain(|service| service.id != *id),
        }
        drop(open);
        self.registry.closed.notify_waiters();
    }
}

/// Where a request leads.
pub(crate) enum Found {
    /// To a clerk; the place is this far below the root.
    Clerk(Arc<dyn Clerk>, String),
    /// To a clerk who has had enough of them.
    Flood(Arc<dyn Clerk>),
    /// Nowhere, with the reason.
    Nobody(&'static str),
}

impl Registry {
    /// Opens a place under a key of its own.
    pub(crate) fn keyed(self: &Arc<Self>, key: &str, clerk: Arc<dyn Clerk>) -> Place {
        let entry = Entry { clerk, calls: Arc::default() };
        self.lock().keyed.insert(key.to_owned(), entry);
        Place { registry: Arc::clone(self), what: What::Keyed(key.to_owned()) }
    }

    /// Opens a place at a service for what speaks of `content`, as soon as no other case has that content.
    pub(crate) async fn service(
        self: &Arc<Self>,
        owner: &str,
        name: &str,
        content: &str,
        clerk: Arc<dyn Clerk>,
    ) -> Place {
        loop {
            // Enabled before looking, so that no closing is missed in between.
            let closed = self.closed.notified();
            let mut closed = std::pin::pin!(closed);
            closed.as_mut().enable();
            if let Some(place) = self.try_service(owner, name, content, &clerk) {
                return place;
            }
            closed.await;
        }
    }

    fn try_service(
        self: &Arc<Self>,
        owner: &str,
        name: &str,
        content: &str,
        clerk: &Arc<dyn Clerk>,
    ) -> Option<Place> {
        let mut open = self.lock();
        if open.services.iter().any(|service| service.content == content && service.owner != owner) {
            return None;
        }
        open.next += 1;
        let id = open.next;
        let entry = Entry { clerk: Arc::clone(clerk), calls: Arc::default() };
        let (owner, name, content) = (owner.to_owned(), name.to_owned(), content.to_owned());
        open.services.push(Service { id, owner, name, content, entry });
        Some(Place { registry: Arc::clone(self), what: What::Service(id) })
    }

    /// Who answers this request; its path is still whole.
    pub(crate) fn find(&self, call: &Call) -> Found {
        let segments: Vec<&str> = call.path.splitn(4, '/').collect();
        let open = self.lock();
        let (entry, prefix) = match segments.as_slice() {
            ["", SERVICE, name, ..] => {
                let spoken = spoken(call);
                let named = open.services.iter().filter(|service| service.name == *name);
                let mut fits = named.filter(|service| speaks_of(&spoken, &service.content));
                let Some(first) = fits.next() else { return Found::Nobody("no case has this content") };
                if fits.any(|other| other.owner != first.owner) {
                    return Found::Nobody("the content is of several cases");
                }
                (first.entry.clone(), format!("/{SERVICE}/{name}"))
            }
            ["", key, ..] => match open.keyed.get(*key) {
                Some(entry) => (entry.clone(), format!("/{key}")),
                None => return Found::Nobody("no case has this address"),
            },
            _ => return Found::Nobody("no case has this address"),
        };
        drop(open);
        if entry.calls.fetch_add(1, Ordering::Relaxed) < FLOOD {
            Found::Clerk(entry.clerk, prefix)
        } else {
            Found::Flood(entry.clerk)
        }
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Everything a request says, decoded.
fn spoken(call: &Call) -> String {
    let mut all = vec![call.path.clone(), String::from_utf8_lossy(&call.body).into_owned()];
    all.extend(call.headers.iter().map(|(_, value)| value.clone()));
    all.extend(call.pairs().into_iter().chain(call.form()).map(|(_, value)| value));
    all.join("\n")
}

/// Whether the text holds this as a word of its own.
fn speaks_of(text: &str, content: &str) -> bool {
    let bounds = |at: usize| {
        let before = text[..at].chars().next_back();
        let after = text[at + content.len()..].chars().next();
        !before.into_iter().chain(after).any(char::is_alphanumeric)
    };
    !content.is_empty() && text.match_indices(content).any(|(at, _)| bounds(at))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Nobody;

    impl Clerk for Nobody {
        fn serve(&self, _: Call) -> Reply {
            Reply::empty(200)
        }
        fn flooded(&self) {}
        fn turned_away(&self, _: &str) {}
    }

    fn leads(registry: &Registry, call: &Call) -> bool {
        matches!(registry.find(call), Found::Clerk(..))
    }

    #[tokio::test]
    async fn a_service_knows_the_case_by_what_is_spoken_of() {
        let registry = Arc::new(Registry::default());
        let place = registry.service("a", "mitz", "999900018", Arc::new(Nobody)).await;
        let ask = |body: &str| Call::test("POST", "/dienst/mitz/vraag").sending(body);
        assert!(leads(&registry, &ask("<bsn>999900018</bsn>")));
        assert!(leads(&registry, &Call::test("GET", "/dienst/mitz?q=urn%7C999900018")));
        assert!(!leads(&registry, &ask("9999000181")) && !leads(&registry, &ask("")));
        assert!(!leads(&registry, &Call::test("GET", "/dienst/nvi?q=999900018")));
        // Another case waits until the first is done with this patient.
        assert!(registry.try_service("b", "nvi", "999900018", &(Arc::new(Nobody) as _)).is_none());
        drop(place);
        assert!(registry.try_service("b", "nvi", "999900018", &(Arc::new(Nobody) as _)).is_some());
    }

    #[test]
    fn a_place_has_enough_of_a_flood() {
        let registry = Arc::new(Registry::default());
        let _place = registry.keyed("k", Arc::new(Nobody));
        let call = Call::test("GET", "/k/fhir/Patient");
        assert!((0..FLOOD).all(|_| leads(&registry, &call)));
        assert!(matches!(registry.find(&call), Found::Flood(_)));
        assert!(matches!(registry.find(&Call::test("GET", "/anders")), Found::Nobody(_)));
    }
}
