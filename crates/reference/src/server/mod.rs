//! The one port: accepting connections, bounded in number and time.

mod connection;
mod fhir_route;
mod hooks;
mod message_route;
mod publish;
mod respond;
mod route;
mod sandbox_route;
mod token_route;
mod transfer_route;

use std::sync::Arc;
use std::time::Duration;

use rustls::ServerConfig;
use rustls::pki_types::CertificateDer;
use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

pub(crate) use message_route::HEADER as SIGNATURE_HEADER;
pub(crate) use publish::publish;

pub(crate) use respond::Reply;
pub(crate) use route::Call;

use crate::state::Product;

/// The most connections at the same time.
const MAX_CONNECTIONS: usize = 256;
/// How long running requests get when the product stops.
const GRACE: Duration = Duration::from_secs(2);
/// Pause after the system refused to accept, for example for lack of file handles.
const ACCEPT_BACKOFF: Duration = Duration::from_millis(50);

/// What every connection needs.
#[derive(Debug)]
pub(crate) struct Door {
    pub(crate) product: Arc<Product>,
    pub(crate) tls: Arc<ServerConfig>,
    pub(crate) certificate: CertificateDer<'static>,
}

/// Serves until told to stop, or until the handle that could tell so is gone.
pub(crate) async fn serve(listener: TcpListener, door: Arc<Door>, mut stop: watch::Receiver<bool>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = stop.changed() => break,
            Some(_) = connections.join_next() => continue,
            accepted = accept(&listener, &places) => accepted,
        };
        match accepted {
            Some((stream, peer, place)) => {
                let (door, stop) = (Arc::clone(&door), stop.clone());
                connections.spawn(async move {
                    connection::run(stream, peer, &door, stop).await;
                    drop(place);
                });
            }
            None => tokio::time::sleep(ACCEPT_BACKOFF).await,
        }
    }
    drop(listener);
    let finish = async { while connections.join_next().await.is_some() {} };
    let _ = tokio::time::timeout(GRACE, finish).await;
    connections.shutdown().await;
}

type Accepted = (tokio::net::TcpStream, std::net::SocketAddr, tokio::sync::OwnedSemaphorePermit);

async fn accept(listener: &TcpListener, places: &Arc<Semaphore>) -> Option<Accepted> {
    let place = Arc::clone(places).acquire_owned().await.ok()?;
    let (stream, peer) = listener.accept().await.ok()?;
    Some((stream, peer, place))
}
