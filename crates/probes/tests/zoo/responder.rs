//! Servers of a few lines: a function from the client's first bytes to what comes back.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::timeout,
};

/// What of a hello matters to a server.
#[derive(Debug, Default)]
pub struct Heard {
    pub version: u16,
    pub suites: Vec<u16>,
    pub groups: Vec<u16>,
    pub schemes: Vec<u16>,
    pub name: Option<String>,
    pub deflate: bool,
}

/// Serves every connection with what the function makes of its first record.
pub async fn serve(answer: impl Fn(&[u8]) -> Vec<u8> + Send + Sync + 'static) -> SocketAddr {
    serve_with(move |mut stream, hello| {
        let bytes = answer(&hello);
        async move {
            let _ = stream.write_all(&bytes).await;
            // An alert ends the connection; after a flight it is the client's turn.
            if bytes.first() != Some(&21) {
                let _ = timeout(Duration::from_secs(5), stream.read(&mut [0; 64])).await;
            }
        }
    })
    .await
}

/// Gives every connection with its first record to the function.
pub async fn serve_with<F: Future<Output = ()> + Send + 'static>(
    each: impl Fn(TcpStream, Vec<u8>) -> F + Send + Sync + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let each = Arc::new(each);
    tokio::spawn(async move {
        while let Ok((mut stream, _)) = listener.accept().await {
            let each = Arc::clone(&each);
            tokio::spawn(async move {
                let mut hello = vec![0; 16 << 10];
                let read = stream.read(&mut hello).await.unwrap_or(0);
                hello.truncate(read);
                each(stream, hello).await;
            });
        }
    });
    address
}

/// Reads a hello; SSL 2.0 and what is no hello give none.
pub fn heard(bytes: &[u8]) -> Option<Heard> {
    let word = |at: usize| Some(u16::from_be_bytes([*bytes.get(at)?, *bytes.get(at + 1)?]));
    let words = |bytes: &[u8]| -> Vec<u16> {
        bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
    };
    (bytes.first() == Some(&22)).then_some(())?;
    let mut heard = Heard { version: word(9)?, ..Heard::default() };
    let mut at = 43 + 1 + usize::from(*bytes.get(43)?);
    let length = usize::from(word(at)?);
    heard.suites = words(bytes.get(at + 2..at + 2 + length)?);
    at += 2 + length;
    let methods = usize::from(*bytes.get(at)?);
    heard.deflate = bytes.get(at + 1..at + 1 + methods)?.contains(&1);
    at += 1 + methods + 2;
    while let (Some(kind), Some(length)) = (word(at), word(at + 2)) {
        let content = bytes.get(at + 4..at + 4 + usize::from(length))?;
        match kind {
            0 => heard.name = Some(String::from_utf8_lossy(content.get(5..)?).into_owned()),
            10 => heard.groups = words(content.get(2..)?),
            13 => heard.schemes = words(content.get(2..)?),
            43 => heard.version = u16::from_be_bytes([*content.get(1)?, *content.get(2)?]),
            _ => {}
        }
        at += 4 + usize::from(length);
    }
    Some(heard)
}

/// A flight under construction.
#[derive(Debug, Clone, Default)]
pub struct Flight {
    pub version: u16,
    pub suite: u16,
    pub compression: u8,
    pub extensions: Vec<(u16, Vec<u8>)>,
    pub retry: bool,
    pub messages: Vec<(u8, Vec<u8>)>,
}

pub const RENEGOTIATION: (u16, &[u8]) = (0xFF01, &[0]);
pub const MASTER_SECRET: (u16, &[u8]) = (23, &[]);
const RETRY: &str = "cf21ad74e59a6111be1d8c021e65b891c2a211167abb8c5e079e09e2c8a8339c";

impl Flight {
    pub fn new(version: u16, suite: u16) -> Self {
        Self { version, suite, ..Self::default() }.with(RENEGOTIATION).with(MASTER_SECRET)
    }

    pub fn with(mut self, (kind, content): (u16, &[u8])) -> Self {
        self.extensions.push((kind, content.to_vec()));
        self
    }

    pub fn without(mut self, kind: u16) -> Self {
        self.extensions.retain(|(own, _)| *own != kind);
        self
    }

    pub fn message(mut self, kind: u8, body: Vec<u8>) -> Self {
        self.messages.push((kind, body));
        self
    }

    /// A key exchange over a named curve.
    pub fn curve(self, group: u16, scheme: u16) -> Self {
        let mut body = vec![3];
        body.extend(group.to_be_bytes());
        body.extend([1, 4]);
        let tls12 = self.version == 0x0303;
        self.message(12, signed(body, tls12.then_some(scheme)))
    }

    /// A key exchange over a prime of this many bytes.
    pub fn prime(self, bytes: usize) -> Self {
        let mut body = prefixed(&vec![0xFF; bytes]);
        body.extend(prefixed(&[2]));
        body.extend(prefixed(&[3]));
        let tls12 = self.version == 0x0303;
        self.message(12, signed(body, tls12.then_some(0x0401)))
    }

    /// The handshake bytes, without records.
    pub fn handshake(&self) -> Vec<u8> {
        let mut hello = self.version.min(0x0303).to_be_bytes().to_vec();
        let retry: Vec<u8> =
            (0..32).filter_map(|at| u8::from_str_radix(&RETRY[2 * at..2 * at + 2], 16).ok()).collect();
        hello.extend(if self.retry { retry } else { vec![9; 32] });
        hello.push(0);
        hello.extend(self.suite.to_be_bytes());
        hello.push(self.compression);
        let mut extensions = Vec::new();
        for (kind, content) in &self.extensions {
            extensions.extend(kind.to_be_bytes());
            extensions.extend(prefixed(content));
        }
        if self.version > 0x0300 {
            hello.extend(prefixed(&extensions));
        }
        let mut bytes = message(2, &hello);
        for (kind, body) in &self.messages {
            bytes.extend(message(*kind, body));
        }
        if self.version < 0x0304 {
            bytes.extend(message(14, &[]));
        }
        bytes
    }

    /// In records.
    pub fn bytes(&self) -> Vec<u8> {
        let version = self.version.min(0x0303).to_be_bytes();
        self.handshake().chunks(16 << 10).flat_map(|part| record(22, version, part)).collect()
    }
}

fn signed(mut body: Vec<u8>, scheme: Option<u16>) -> Vec<u8> {
    body.extend(scheme.into_iter().flat_map(u16::to_be_bytes));
    body.extend(prefixed(&[0; 8]));
    body
}

pub fn record(kind: u8, version: [u8; 2], content: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind, version[0], version[1]];
    bytes.extend(prefixed(content));
    bytes
}

pub fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut bytes = vec![kind];
    bytes.extend(&(body.len() as u32).to_be_bytes()[1..]);
    bytes.extend(body);
    bytes
}

pub fn prefixed(content: &[u8]) -> Vec<u8> {
    let mut bytes = (content.len() as u16).to_be_bytes().to_vec();
    bytes.extend(content);
    bytes
}

/// The Certificate message of a chain.
pub fn chain(certificates: &[Vec<u8>]) -> Vec<u8> {
    let length = |of: usize| (of as u32).to_be_bytes()[1..].to_vec();
    let list: Vec<u8> =
        certificates.iter().flat_map(|der| [length(der.len()), der.clone()].concat()).collect();
    [length(list.len()), list].concat()
}

pub fn alert(description: u8) -> Vec<u8> {
    vec![21, 3, 3, 0, 2, 2, description]
}
