//! Connections: TLS, HTTP/1.1, and everything bounded.

use std::{
    convert::Infallible,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http::{HeaderName, HeaderValue, Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};
use hyper_util::rt::{TokioIo, TokioTimer};
use rustls::{ServerConfig, pki_types::UnixTime};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::timeout,
};
use tokio_rustls::{TlsAcceptor, server::TlsStream};

use crate::{
    call::{Call, Peer},
    desk::Hall,
    registry::{Clerk, Found},
    reply::{Delivery, Reply},
};

/// Connections at once.
const CONNECTIONS: usize = 256;
/// A handshake, a head or a body takes no longer.
const PATIENCE: Duration = Duration::from_secs(10);
/// A connection lasts no longer.
const MAX_AGE: Duration = Duration::from_secs(300);
/// How long we are silent at most.
const SILENCE: Duration = Duration::from_secs(60);
/// The largest body.
const MAX_BODY: usize = 2 << 20;
const MAX_HEADERS: usize = 100;
const MAX_HEAD_BYTES: usize = 64 << 10;

/// Why a connection came to nothing: it spoke HTTP without TLS.
pub const PLAIN_HTTP: &str = "http without TLS";
const ONLY_HTTPS: &[u8] =
    b"HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 17\r\nConnection: close\r\n\r\nUse https, please";

/// What a door shows at the moment, and who hears of clients that turn away from it.
pub(crate) type Shows = Arc<dyn Fn() -> Option<(Arc<ServerConfig>, Option<Arc<dyn Clerk>>)> + Send + Sync>;

/// Answers connections until it is aborted.
pub(crate) async fn listen(listener: TcpListener, base: String, shows: Shows, hall: Arc<Hall>) {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    let base: Arc<str> = base.into();
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            // Out of descriptors, mostly: trying again at once would only keep the processor busy.
            tokio::time::sleep(Duration::from_millis(50)).await;
            continue;
        };
        let Some((config, hears)) = shows() else { continue };
        let (base, hall) = (Arc::clone(&base), Arc::clone(&hall));
        tokio::spawn(async move {
            // A peer that stays too long loses its connection; there is nothing to tell it.
            let _ = timeout(MAX_AGE, connection(stream, config, hears, base, hall)).await;
            drop(permit);
        });
    }
}

async fn connection(
    mut stream: TcpStream,
    config: Arc<ServerConfig>,
    hears: Option<Arc<dyn Clerk>>,
    base: Arc<str>,
    hall: Arc<Hall>,
) {
    let _ = stream.set_nodelay(true);
    if !timeout(PATIENCE, speaks_tls(&mut stream)).await.unwrap_or(true) {
        // Nobody turned away from a certificate it did not see.
        return (hall.stray)(None, PLAIN_HTTP);
    }
    let stream = match timeout(PATIENCE, TlsAcceptor::from(config).accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => return turned_away(hears.as_deref(), &hall, &error.to_string()),
        Err(_) => return,
    };
    let peer = peer(&stream, &hall);
    let heard_of = std::sync::atomic::AtomicBool::new(false);
    let service = hyper::service::service_fn(|request: Request<Incoming>| {
        heard_of.store(true, std::sync::atomic::Ordering::Relaxed);
        // Apart from the connection: a client that hangs up halfway is heard all the same.
        let answered = tokio::spawn(answer(request, Arc::clone(&base), Arc::clone(&hall), peer.clone()));
        async move { Ok::<_, Infallible>(answered.await.unwrap_or_else(|_| response(Reply::empty(500)))) }
    });
    let served = hyper::server::conn::http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(PATIENCE)
        .half_close(true)
        .max_headers(MAX_HEADERS)
        .max_buf_size(MAX_HEAD_BYTES)
        .serve_connection(TokioIo::new(stream), service)
        .await;
    // Whoever asks nothing after the handshake turned away all the same.
    if !heard_of.into_inner() {
        let why = served.err().map_or_else(|| "closed".to_owned(), |error| error.to_string());
        turned_away(hears.as_deref(), &hall, &why);
    }
}

/// Whether a client begins TLS; one that speaks HTTP is told what is spoken here.
async fn speaks_tls(stream: &mut TcpStream) -> bool {
    let mut first = [0];
    // The first letter of a method is no record type of TLS.
    let plain = stream.peek(&mut first).await.is_ok_and(|count| count == 1 && first[0].is_ascii_uppercase());
    if plain {
        // What is left unread would take our answer with it.
        let _ = stream.read(&mut [0; 4096]).await;
        let _ = stream.write_all(ONLY_HTTPS).await;
        let _ = stream.shutdown().await;
    }
    !plain
}

fn turned_away(hears: Option<&dyn Clerk>, hall: &Hall, why: &str) {
    match hears {
        Some(clerk) => clerk.turned_away(why),
        None => (hall.stray)(None, why),
    }
}

fn peer(stream: &TlsStream<TcpStream>, hall: &Hall) -> Option<Peer> {
    let (leaf, between) = stream.get_ref().1.peer_certificates()?.split_first()?;
    let trusted = hall
        .judge
        .as_ref()
        .is_some_and(|judge| judge.verify_client_cert(leaf, between, UnixTime::now()).is_ok());
    Some(Peer { leaf: leaf.to_vec(), trusted })
}

async fn answer(
    request: Request<Incoming>,
    base: Arc<str>,
    hall: Arc<Hall>,
    peer: Option<Peer>,
) -> Response<Parts> {
    let (head, body) = request.into_parts();
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let headers = head.headers.iter().map(|(name, value)| (name.as_str().to_owned(), text(value))).collect();
    let (body, whole) = collected(body).await;
    let mut call = Call {
        method: head.method.as_str().to_owned(),
        base: base.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers,
        body,
        whole,
        peer,
    };
    let reply = match hall.registry.find(&call) {
        Found::Clerk(clerk, prefix) => {
            call.path = call.path.split_off(prefix.len());
            call.base.push_str(&prefix);
            clerk.serve(call)
        }
        Found::Flood(clerk) => {
            clerk.flooded();
            Reply::empty(429).header("retry-after", "60")
        }
        Found::Nobody(why) => {
            (hall.stray)(Some(&call), why);
            Reply::empty(404).answering(&call)
        }
    };
    if reply.delivery == Delivery::Silent {
        tokio::time::sleep(SILENCE).await;
    }
    response(reply)
}

/// The body, or what came of it before it broke off, took too long or grew too large.
async fn collected(mut body: Incoming) -> (Vec<u8>, bool) {
    let mut bytes = Vec::new();
    let all = async {
        while let Some(frame) = body.frame().await {
            let Ok(frame) = frame else { return false };
            let Some(data) = frame.data_ref() else { continue };
            let room = MAX_BODY - bytes.len();
            bytes.extend_from_slice(&data[..data.len().min(room)]);
            if data.len() > room {
                return false;
            }
        }
        true
    };
    let whole = timeout(PATIENCE, all).await.unwrap_or(false);
    (bytes, whole)
}

fn response(reply: Reply) -> Response<Parts> {
    let length = reply.body.len();
    let (sent, ending) = match reply.delivery {
        Delivery::Whole => (length, Ending::Whole),
        Delivery::Half | Delivery::Silent => (length / 2, Ending::Breaks),
    };
    let bytes = Bytes::from(reply.body).slice(..sent);
    let mut response = Response::new(Parts { bytes, length, ending });
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// A body that may break off before its promised end.
struct Parts {
    bytes: Bytes,
    length: usize,
    ending: Ending,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Ending {
    Whole,
    Breaks,
    Broken,
}

impl Body for Parts {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        if !self.bytes.is_empty() {
            return Poll::Ready(Some(Ok(Frame::data(std::mem::take(&mut self.bytes)))));
        }
        match self.ending {
            Ending::Whole => Poll::Ready(None),
            Ending::Breaks => {
                // Once more later: what was given before must reach the wire first.
                self.ending = Ending::Broken;
                context.waker().wake_by_ref();
                Poll::Pending
            }
            Ending::Broken => Poll::Ready(Some(Err(std::io::ErrorKind::ConnectionAborted.into()))),
        }
    }

    fn size_hint(&self) -> SizeHint {
        // What is left when nothing was given yet; hyper asks before it begins.
        SizeHint::with_exact(if self.ending == Ending::Whole { self.bytes.len() } else { self.length } as u64)
    }

    fn is_end_stream(&self) -> bool {
        self.ending == Ending::Whole && self.bytes.is_empty()
    }
}
