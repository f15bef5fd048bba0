//! One connection: first bytes, TLS, then HTTP/1.1 or HTTP/2.

use std::convert::Infallible;
use std::future::Future;
use std::io::Read;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, server::conn};
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;

use super::Door;
use super::route::{self, Peer};
use crate::oauth::jose::sha256;
use crate::pki::ura_of;
use crate::tls::hello::Hello;
use crate::tls::renegotiation;
use crate::tls::replayed::Replayed;

/// How long a client may take to say hello and to finish the handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// How long a client may be silent between requests, or take to send a header.
const HEADER: Duration = Duration::from_secs(60);
/// How long one connection may last at most.
const MAX_AGE: Duration = Duration::from_secs(15 * 60);
const TLS_HANDSHAKE: u8 = 22;
const MAX_RECORD: usize = 16 * 1024 + 256;
const MAX_HEADERS: usize = 64;
const MAX_HEADER_BYTES: usize = 32 * 1024;

/// Runs a connection to its end.
pub(super) async fn run(mut stream: TcpStream, peer: SocketAddr, door: &Door, stop: watch::Receiver<bool>) {
    // Small answers go out at once; a system that cannot is merely slower.
    let _ = stream.set_nodelay(true);
    let Ok(Some(first)) = timeout(HANDSHAKE, first_record(&mut stream)).await else { return };
    let defects = &door.product.defects;
    if first.first() != Some(&TLS_HANDSHAKE) {
        if defects.has("plain-http") || door.product.sandbox.is_some() {
            let peer = Peer { address: peer.ip().to_string(), plain: true, certificate: None, ura: None };
            serve(Replayed::new(first, stream), false, peer, door, stop).await;
        }
        return;
    }
    let answer = Hello::parse(&first).and_then(|hello| hello.defective_answer(defects, &door.certificate));
    if let Some(bytes) = answer {
        let _ = timeout(HANDSHAKE, give(&mut stream, &bytes)).await;
        return;
    }
    let acceptor = TlsAcceptor::from(Arc::clone(&door.tls));
    let Ok(Ok(mut tls)) = timeout(HANDSHAKE, acceptor.accept(Replayed::new(first, stream))).await else {
        return;
    };
    if defects.has("client-renegotiation")
        && tls.get_ref().1.protocol_version() == Some(rustls::ProtocolVersion::TLSv1_2)
    {
        let (stream, session) = tls.get_mut();
        let Ok(Ok(next)) = timeout(HEADER, renegotiation::record(stream)).await else { return };
        if renegotiation::begins(&next) {
            let (stream, session) = tls.into_inner();
            let again = renegotiation::serve(Arc::clone(&door.tls), session, stream, next);
            let _ = timeout(HEADER, again).await;
            return;
        }
        // An ordinary request: the library reads on from here.
        let given = session.read_tls(&mut next.as_slice()).is_ok() && session.process_new_packets().is_ok();
        if !given {
            return;
        }
    }
    let (_, session) = tls.get_mut();
    let mut early = Vec::new();
    if let Some(mut data) = session.early_data() {
        // Bounded by max_early_data_size; only there with the defect that allows it.
        let _ = data.read_to_end(&mut early);
    }
    let certificate = session.peer_certificates().and_then(<[_]>::first);
    let http2 = session.alpn_protocol() == Some(b"h2");
    let peer = Peer {
        address: peer.ip().to_string(),
        plain: false,
        certificate: certificate.map(|certificate| sha256(certificate)),
        ura: certificate.and_then(ura_of),
    };
    serve(Replayed::new(early, tls), http2, peer, door, stop).await;
}

/// The first TLS record, or whatever a client that does not speak TLS sent first.
async fn first_record(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 5];
    let read = stream.read(&mut bytes).await.ok().filter(|read| *read > 0)?;
    if bytes[0] != TLS_HANDSHAKE {
        bytes.truncate(read);
        return Some(bytes);
    }
    stream.read_exact(&mut bytes[read..]).await.ok()?;
    let length = usize::from(u16::from_be_bytes([bytes[3], bytes[4]]));
    if length <= MAX_RECORD {
        bytes.resize(5 + length, 0);
        stream.read_exact(&mut bytes[5..]).await.ok()?;
    }
    Some(bytes)
}

/// Sends the first flight of a defective handshake and waits for the client to turn away.
async fn give(stream: &mut TcpStream, bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await?;
    let mut sink = [0; 512];
    let _ = stream.read(&mut sink).await?;
    stream.shutdown().await
}

async fn serve<S>(stream: S, http2: bool, peer: Peer, door: &Door, mut stop: watch::Receiver<bool>)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let peer = Arc::new(peer);
    let product = Arc::clone(&door.product);
    let service = service_fn(move |request: Request<Incoming>| {
        let (peer, product) = (Arc::clone(&peer), Arc::clone(&product));
        async move { Ok::<_, Infallible>(route::answer(product, peer, request).await) }
    });
    let io = TokioIo::new(stream);
    if http2 {
        let mut builder = conn::http2::Builder::new(TokioExecutor::new());
        builder
            .timer(TokioTimer::new())
            .max_concurrent_streams(32)
            .max_header_list_size(u32::try_from(MAX_HEADER_BYTES).unwrap_or(u32::MAX))
            .keep_alive_interval(Duration::from_secs(20))
            .keep_alive_timeout(Duration::from_secs(10));
        let mut connection = pin!(builder.serve_connection(io, service));
        if !ended(connection.as_mut(), &mut stop).await {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(HANDSHAKE, connection).await;
        }
    } else {
        let mut builder = conn::http1::Builder::new();
        builder
            .timer(TokioTimer::new())
            .header_read_timeout(HEADER)
            .max_headers(MAX_HEADERS)
            .max_buf_size(MAX_HEADER_BYTES);
        let mut connection = pin!(builder.serve_connection(io, service));
        if !ended(connection.as_mut(), &mut stop).await {
            connection.as_mut().graceful_shutdown();
            let _ = timeout(HANDSHAKE, connection).await;
        }
    }
}

/// Whether the connection came to its end by itself; if not, it must be closed.
async fn ended<F: Future>(connection: F, stop: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        _ = connection => true,
        _ = stop.changed() => false,
        () = tokio::time::sleep(MAX_AGE) => false,
    }
}
