//! Publishes the JSON Web Key Sets of the parties Keur plays, at `/<client_id>/jwks.json`, and what an issuer of
//! credentials says of them.

use std::{
    collections::BTreeMap,
    convert::Infallible,
    io,
    net::SocketAddr,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use http::{Method, Request, Response, StatusCode};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde_json::Value;
use tokio::{net::TcpListener, sync::Semaphore, task::JoinHandle, time::timeout};

use crate::trap::Traps;

/// A connection may last this long: a key set is one small answer.
const PATIENCE: Duration = Duration::from_secs(10);
/// Connections at once.
const CONNECTIONS: usize = 64;

type Sets = Arc<RwLock<BTreeMap<String, Published>>>;

/// What is published at a path, and how often it was fetched.
#[derive(Default)]
struct Published {
    kind: &'static str,
    /// JSON, or a text as it is.
    content: Value,
    fetches: AtomicUsize,
}

/// The running publisher; dropping it stops it.
pub struct KeyPublisher {
    address: SocketAddr,
    sets: Sets,
    traps: Arc<Traps>,
    task: JoinHandle<()>,
}

impl KeyPublisher {
    /// Listens on `address`.
    ///
    /// # Errors
    /// When the address is in use or not of this machine.
    pub async fn start(address: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(address).await?;
        let address = listener.local_addr()?;
        let sets = Sets::default();
        let traps = Arc::<Traps>::default();
        let task = tokio::spawn(serve(listener, Arc::clone(&sets), Arc::clone(&traps)));
        Ok(Self { address, sets, traps, task })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The traps at the same address: a product that can fetch our keys can come here too.
    #[must_use]
    pub fn traps(&self) -> &Traps {
        &self.traps
    }

    /// Publishes a key set for a client, replacing the one before.
    pub fn publish(&self, client: &str, set: Value) {
        self.publish_at(&key_set(client), "application/jwk-set+json", set);
    }

    /// Publishes JSON, or a text as it is, at a path, replacing what was there before.
    pub fn publish_at(&self, path: &str, kind: &'static str, content: Value) {
        let mut sets = self.sets.write().unwrap_or_else(PoisonError::into_inner);
        let published = sets.entry(path.to_owned()).or_default();
        (published.kind, published.content) = (kind, content);
    }

    /// How often the key set of a client was fetched.
    #[must_use]
    pub fn fetches(&self, client: &str) -> usize {
        let sets = self.sets.read().unwrap_or_else(PoisonError::into_inner);
        sets.get(&key_set(client)).map_or(0, |published| published.fetches.load(Ordering::Relaxed))
    }
}

impl Drop for KeyPublisher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(listener: TcpListener, sets: Sets, traps: Arc<Traps>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, mostly: trying again at once would only keep the processor busy.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let (sets, traps) = (Arc::clone(&sets), Arc::clone(&traps));
        tokio::spawn(async move {
            let service = hyper::service::service_fn(move |request: Request<Incoming>| {
                traps.visited(request.uri().path());
                let answer = answer(&request, &sets);
                async move { Ok::<_, Infallible>(answer) }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), service);
            // A peer that misbehaves loses its connection; there is nothing to tell it.
            let _ = timeout(PATIENCE * 3, connection).await;
            drop(permit);
        });
    }
}

fn key_set(client: &str) -> String {
    format!("{client}/jwks.json")
}

fn answer(request: &Request<Incoming>, sets: &Sets) -> Response<Full<Bytes>> {
    let path = request.uri().path().trim_start_matches('/');
    let found = {
        let sets = sets.read().unwrap_or_else(PoisonError::into_inner);
        sets.get(path).map(|published| {
            published.fetches.fetch_add(1, Ordering::Relaxed);
            let text = published.content.as_str().map(str::to_owned);
            (published.kind, text.unwrap_or_else(|| published.content.to_string()))
        })
    };
    let (status, kind, body) = match found {
        _ if request.method() != Method::GET => (StatusCode::METHOD_NOT_ALLOWED, "text/plain", String::new()),
        Some((kind, text)) => (StatusCode::OK, kind, text),
        None => (StatusCode::NOT_FOUND, "text/plain", String::new()),
    };
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(http::header::CONTENT_TYPE, http::HeaderValue::from_static(kind));
    headers.insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-cache"));
    response
}
