//! What a CA publishes over plain HTTP: its list of revoked certificates, and its answers of OCSP.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

use crate::authority::{Authority, CRL_PATH, OCSP_PATH};

/// How long a connection may last: every answer is small.
const PATIENCE: Duration = Duration::from_secs(10);
const MAX_CONNECTIONS: usize = 32;
const MAX_REQUEST: usize = 4 * 1024;

/// Publishes until told to stop.
pub(crate) async fn publish(
    listener: TcpListener,
    authority: Arc<Authority>,
    mut stop: watch::Receiver<bool>,
) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    loop {
        let accepted = tokio::select! {
            _ = stop.changed() => return,
            accepted = super::accept(&listener, &places) => accepted,
        };
        let Some((stream, _, place)) = accepted else {
            tokio::time::sleep(super::ACCEPT_BACKOFF).await;
            continue;
        };
        let authority = Arc::clone(&authority);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let authority = Arc::clone(&authority);
                async move { Ok::<_, Infallible>(answer(&authority, request).await) }
            });
            let connection = hyper::server::conn::http1::Builder::new()
                .timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .serve_connection(TokioIo::new(stream), service);
            // Whoever misbehaves loses the connection; there is nobody to tell.
            let _ = timeout(PATIENCE, connection).await;
            drop(place);
        });
    }
}

async fn answer(authority: &Authority, request: Request<Incoming>) -> Response<Full<Bytes>> {
    let path = request.uri().path().to_owned();
    let content = if path == CRL_PATH {
        authority.crl().ok().map(|list| ("application/pkix-crl", list.to_vec()))
    } else if path == OCSP_PATH {
        let body = Limited::new(request.into_body(), MAX_REQUEST).collect().await;
        let answer = body.ok().and_then(|body| authority.ocsp(&body.to_bytes()));
        answer.map(|bytes| ("application/ocsp-response", bytes))
    } else {
        None
    };
    let mut response = Response::new(Full::default());
    match content {
        Some((kind, bytes)) => {
            *response.body_mut() = Full::new(Bytes::from(bytes));
            response.headers_mut().insert("content-type", http::HeaderValue::from_static(kind));
        }
        None => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    response
}
