//! Connections below HTTP: TLS handshakes with chosen settings, and raw bytes for handshakes no library makes.

use std::{sync::Arc, time::Duration};

use rustls::{
    ClientConfig, ClientConnection, ProtocolVersion,
    pki_types::{IpAddr, ServerName},
};
pub use rustls::{
    SupportedProtocolVersion,
    version::{TLS12, TLS13},
};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use url::Url;

use crate::{
    event::Failure,
    http::Transport,
    recorder::{ANSWER, Recorder, Stop},
};

/// Most bytes read from a raw connection.
pub(crate) const RAW_CAP: usize = 64 << 10;
/// How long a peer may stay silent before what it sent is taken to be all.
pub(crate) const QUIET: Duration = Duration::from_millis(1500);

/// Facts of a completed TLS handshake.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// Id of the observation in the journal.
    pub id: String,
    /// `TLSv1_3`.
    pub version: String,
    /// Cipher suite.
    pub suite: String,
    /// Key exchange group.
    pub group: String,
    /// Application protocol.
    pub alpn: String,
    /// The chain the peer sent, DER, leaf first.
    pub chain: Vec<Vec<u8>>,
    /// The server would take (or, with early data sent, took) 0-RTT data.
    pub early_data: bool,
}

/// What came of a raw connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Raw {
    /// Id of the observation in the journal.
    pub id: String,
    /// The bytes the peer sent, or why there was no connection.
    pub received: Result<Vec<u8>, Transport>,
    /// The peer ended the connection; otherwise it fell silent, or enough was read.
    pub closed: bool,
}

impl Recorder {
    /// Makes a TLS handshake as `identity` with the given protocol versions and keeps its facts.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`]; a refused handshake is a fact, not an error.
    pub async fn handshake(
        &self,
        purpose: &str,
        url: &Url,
        identity: &str,
        versions: &[&'static SupportedProtocolVersion],
    ) -> Result<(String, Result<Handshake, Transport>), Stop> {
        if let Some(replay) = self.seam().replay() {
            return self.replayed_handshake(replay, purpose);
        }
        let config = self
            .seam()
            .identities()
            .client_config(identity, versions)
            .map_err(|error| self.identity_missing(&error))?;
        let made = self.bounded(url, connect(url, config.clone())).await?;
        self.seam().health.heard(url, made.as_ref().err().map(|transport| transport.failure));
        let made = match made {
            // Whether 0-RTT is on shows only in the ticket, so a second handshake with it is needed.
            Ok(mut shake) if shake.version == "TLSv1_3" => {
                shake.early_data = self.bounded(url, resumes_early(url, config)).await?.unwrap_or(false);
                Ok(shake)
            }
            other => other,
        };
        let facts = match &made {
            Ok(shake) => json!({
                "identity": identity, "version": shake.version, "suite": shake.suite, "group": shake.group,
                "alpn": shake.alpn, "early_data": shake.early_data,
                "chain": shake.chain.iter().map(|der| self.keep(der)).collect::<Result<Vec<_>, _>>()?,
            }),
            Err(transport) => {
                let mut facts = failed(transport);
                facts["identity"] = identity.into();
                facts
            }
        };
        let id = self.observe("tls_handshake", purpose, facts)?;
        Ok((id.clone(), made.map(|shake| Handshake { id, ..shake })))
    }

    /// Sends raw bytes over TCP and reads what comes back until the peer closes, falls silent or fills the cap.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`].
    pub async fn raw(&self, purpose: &str, url: &Url, bytes: &[u8]) -> Result<Raw, Stop> {
        self.raw_until(purpose, url, bytes, |_| false).await
    }

    /// As [`Recorder::raw`], and stops reading once what came in is `enough`, because a peer that waits for our next
    /// message keeps the connection open.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`].
    pub async fn raw_until(
        &self,
        purpose: &str,
        url: &Url,
        bytes: &[u8],
        enough: impl Fn(&[u8]) -> bool,
    ) -> Result<Raw, Stop> {
        if let Some(replay) = self.seam().replay() {
            return self.replayed_raw(replay, "tcp", purpose);
        }
        let made = self.bounded(url, raw(url, bytes, enough)).await?;
        match &made {
            // An open port alone does not say that anything behind it answers.
            Ok((reply, _)) if reply.is_empty() => {}
            other => self.seam().health.heard(url, other.as_ref().err().map(|transport| transport.failure)),
        }
        if let Ok((reply, _)) = &made {
            self.guard(ANSWER, &[], reply)?;
        }
        let redactor = self.seam().redactor();
        let facts = match &made {
            Ok((reply, closed)) => json!({
                "sent": self.keep(&redactor.body(bytes))?,
                "received_bytes": reply.len(),
                "received": self.keep(&redactor.body(reply))?,
                "closed_by_peer": closed,
            }),
            Err(transport) => failed(transport),
        };
        let id = self.observe("tcp", purpose, facts)?;
        let closed =
            made.as_ref().map_or_else(|error| error.failure == Failure::Closed, |(_, closed)| *closed);
        Ok(Raw { id, received: made.map(|(reply, _)| reply), closed })
    }

    /// Records facts that were found without a connection of this module.
    ///
    /// # Errors
    /// [`Stop`] when evidence cannot be written.
    pub fn fact(&self, what: &str, purpose: &str, facts: Value) -> Result<String, Stop> {
        self.observe(what, purpose, facts)
    }

    pub(crate) async fn bounded<T>(
        &self,
        url: &Url,
        work: impl Future<Output = Result<T, Transport>>,
    ) -> Result<Result<T, Transport>, Stop> {
        self.bounded_by(self.seam().limits().connect * 2, url, work).await
    }

    pub(crate) async fn bounded_by<T>(
        &self,
        bound: Duration,
        url: &Url,
        work: impl Future<Output = Result<T, Transport>>,
    ) -> Result<Result<T, Transport>, Stop> {
        if self.seam().health.is_gone(url) {
            return Err(self.unreachable(url));
        }
        let _slot = self.admitted().await?;
        tokio::select! {
            () = self.seam().stopped() => Err(self.aborted()),
            made = timeout(bound, work) => Ok(made.unwrap_or_else(|_| Err(Transport::timeout(bound)))),
        }
    }
}

pub(crate) fn failed(transport: &Transport) -> Value {
    json!({
        "failure": transport.to_string(),
        "failure_kind": transport.failure,
        "failure_message": transport.message,
    })
}

pub(crate) async fn tcp(url: &Url) -> Result<TcpStream, Transport> {
    let port = url.port_or_known_default().unwrap_or(443);
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']).to_owned();
    TcpStream::connect((host.as_str(), port)).await.map_err(|error| Transport::from_io(&error))
}

pub(crate) fn server_name(url: &Url) -> Result<ServerName<'static>, Transport> {
    let bad = |message: String| Transport { failure: Failure::Dns, message };
    match url.host() {
        Some(url::Host::Domain(name)) => {
            ServerName::try_from(name.to_owned()).map_err(|error| bad(error.to_string()))
        }
        Some(url::Host::Ipv4(address)) => {
            Ok(ServerName::IpAddress(IpAddr::from(std::net::IpAddr::V4(address))))
        }
        Some(url::Host::Ipv6(address)) => {
            Ok(ServerName::IpAddress(IpAddr::from(std::net::IpAddr::V6(address))))
        }
        None => Err(bad("no host".to_owned())),
    }
}

/// Completes a handshake and asks for a page, because TLS 1.3 refuses a client only after the handshake.
async fn connect(url: &Url, config: ClientConfig) -> Result<Handshake, Transport> {
    let connector = TlsConnector::from(Arc::new(config));
    let io = |error: std::io::Error| Transport::from_io(&error);
    let mut stream = connector.connect(server_name(url)?, tcp(url).await?).await.map_err(io)?;
    stream.write_all(request(url).as_bytes()).await.map_err(io)?;
    let mut first = [0; 512];
    let read = timeout(Duration::from_secs(5), stream.read(&mut first)).await;
    if let Ok(Err(error)) = &read
        && error.kind() != std::io::ErrorKind::UnexpectedEof
    {
        return Err(Transport::from_io(error));
    }
    Ok(facts(stream.get_ref().1))
}

/// Whether the server offers 0-RTT in its ticket: a second handshake that resumes tells.
async fn resumes_early(url: &Url, mut config: ClientConfig) -> Result<bool, Transport> {
    config.enable_early_data = true;
    let config = Arc::new(config);
    let io = |error: std::io::Error| Transport::from_io(&error);
    // One request, so that the ticket has arrived before the second connection.
    let connector = TlsConnector::from(Arc::clone(&config));
    let mut stream = connector.connect(server_name(url)?, tcp(url).await?).await.map_err(io)?;
    stream.write_all(request(url).as_bytes()).await.map_err(io)?;
    let mut first = [0; 512];
    let _ = timeout(Duration::from_secs(5), stream.read(&mut first)).await;
    drop(stream);
    let mut second = ClientConnection::new(config, server_name(url)?)
        .map_err(|error| Transport { failure: Failure::Tls, message: error.to_string() })?;
    Ok(second.early_data().is_some())
}

pub(crate) fn request(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")
}

fn facts(connection: &ClientConnection) -> Handshake {
    Handshake {
        id: String::new(),
        version: match connection.protocol_version() {
            Some(ProtocolVersion::TLSv1_3) => "TLSv1_3".to_owned(),
            Some(ProtocolVersion::TLSv1_2) => "TLSv1_2".to_owned(),
            other => format!("{other:?}"),
        },
        suite: connection.negotiated_cipher_suite().map(|s| format!("{:?}", s.suite())).unwrap_or_default(),
        group: connection
            .negotiated_key_exchange_group()
            .map(|group| format!("{:?}", group.name()))
            .unwrap_or_default(),
        alpn: connection.alpn_protocol().map(|p| String::from_utf8_lossy(p).into_owned()).unwrap_or_default(),
        chain: connection.peer_certificates().unwrap_or_default().iter().map(|c| c.to_vec()).collect(),
        early_data: false,
    }
}

/// What the peer sent, and whether it ended the connection.
async fn raw(url: &Url, bytes: &[u8], enough: impl Fn(&[u8]) -> bool) -> Result<(Vec<u8>, bool), Transport> {
    let io = |error: std::io::Error| Transport::from_io(&error);
    let mut stream = tcp(url).await?;
    stream.write_all(bytes).await.map_err(io)?;
    let mut received = Vec::new();
    let mut buffer = [0; 4096];
    while received.len() < RAW_CAP && !enough(&received) {
        match timeout(QUIET, stream.read(&mut buffer)).await {
            Ok(Ok(0)) => return Ok((received, true)),
            Ok(Ok(read)) => received.extend_from_slice(&buffer[..read]),
            // A reset after an alert is an answer too.
            Ok(Err(error)) if received.is_empty() => return Err(io(error)),
            Ok(Err(_)) => return Ok((received, true)),
            Err(_) => break,
        }
    }
    Ok((received, false))
}
