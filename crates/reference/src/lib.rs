//! The conformant sample product: a BgZ source as a real server, with named defects. Shares no code with the harness.
//!
//! [`start`] makes a private test PKI, starts the server on one TLS port and hands over everything a harness needs:
//! the declaration `product.toml` and the files it names.

mod agenda;
mod audit;
mod authority;
mod cheat;
mod client;
mod consent;
pub mod defects;
pub mod fhir;
mod handover;
mod oauth;
mod options;
mod outbound;
mod pki;
mod policy;
pub mod port;
mod random;
mod sandbox;
mod server;
mod state;
mod tls;
mod transfer;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use handover::Handover;
pub use handover::write_product;
pub use options::{Options, SANDBOXES, StartError, VARIANTS};

/// How long [`Running::shutdown`] waits for the server to end.
const SHUTDOWN: Duration = Duration::from_secs(5);

/// A running product; dropping it stops the server.
#[derive(Debug)]
pub struct Running {
    addr: SocketAddr,
    origin: String,
    handover: Handover,
    product_toml: String,
    stop: watch::Sender<bool>,
    server: JoinHandle<()>,
}

impl Running {
    /// The address the product listens on.
    #[must_use]
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Scheme and authority as a client reaches them.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The declaration of the product; the files it names are those of [`Running::files`].
    #[must_use]
    pub fn product_toml(&self) -> &str {
        &self.product_toml
    }

    /// Certificates, keys, the hook token and the example attestations, by the name `product.toml` uses.
    #[must_use]
    pub fn files(&self) -> &BTreeMap<String, Vec<u8>> {
        &self.handover.files
    }

    /// Stops the server: no new connections, running requests get a moment to finish.
    pub async fn shutdown(mut self) {
        // The server may be gone already; then there is nobody to tell.
        let _ = self.stop.send(true);
        if tokio::time::timeout(SHUTDOWN, &mut self.server).await.is_err() {
            self.server.abort();
        }
    }
}

/// Starts the product.
///
/// # Errors
/// [`StartError`] when the options do not hold, the address is taken or the data cannot be served.
pub async fn start(options: Options) -> Result<Running, StartError> {
    let variant = options::Variant::parse(&options.variant)?;
    let now = options.seed_time.unwrap_or_else(OffsetDateTime::now_utc);
    let published = listen((Ipv4Addr::LOCALHOST, 0).into()).await?;
    let pki = pki::Pki::generate(now, address(&published)?, &options.defects)?;
    let listener = listen(options.listen).await?;
    let addr = address(&listener)?;
    let scheme = if matches!(variant, options::Variant::Open { .. }) { "http" } else { "https" };
    let origin = format!("{scheme}://{}", reachable(addr));
    let jwks_listen = free_port()?;
    let open = listen((options.listen.ip(), 0).into()).await?;
    let open_origin = format!("https://{}", reachable(address(&open)?));
    let desk = handover::Desk { main: free_port()?, second: free_port()? };
    let product = state::Product::new(
        &options,
        variant,
        [origin.clone(), open_origin, desk.base()],
        &format!("http://{jwks_listen}"),
        Arc::clone(&pki.authority),
        client::Own::new(&pki)?,
    )?;

    let door = server::Door {
        tls: tls::config(&pki, &options.defects, now)?,
        certificate: pki.server.clone(),
        product: Arc::new(product),
    };
    // The same product for everybody: the open API asks for no certificate.
    let for_all = server::Door {
        tls: tls::config_for_all(&pki, &options.defects, now)?,
        certificate: pki.server.clone(),
        product: Arc::clone(&door.product),
    };
    let handover = Handover::new(&door.product, &pki, jwks_listen, &desk, options.data.is_some())?;
    let (stop, stopped) = watch::channel(false);
    let lists = server::publish(published, pki.authority, stopped.clone());
    let server = tokio::spawn(async move {
        let open = server::serve(open, Arc::new(for_all), stopped.clone());
        tokio::join!(server::serve(listener, Arc::new(door), stopped), open, lists);
    });
    Ok(Running { addr, origin, product_toml: handover.product_toml(""), handover, stop, server })
}

/// The address a client on this machine can use.
fn reachable(addr: SocketAddr) -> SocketAddr {
    let ip = match addr.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, addr.port())
}

/// A port for the harness to open: to publish its keys on, or to be asked at.
fn free_port() -> Result<SocketAddr, StartError> {
    port::free().map_err(|source| StartError::Listen { address: (Ipv4Addr::LOCALHOST, 0).into(), source })
}

async fn listen(address: SocketAddr) -> Result<TcpListener, StartError> {
    TcpListener::bind(address).await.map_err(|source| StartError::Listen { address, source })
}

fn address(listener: &TcpListener) -> Result<SocketAddr, StartError> {
    let unknown = SocketAddr::from((Ipv4Addr::UNSPECIFIED, 0));
    listener.local_addr().map_err(|source| StartError::Listen { address: unknown, source })
}
