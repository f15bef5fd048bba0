//! The defect: whoever asks for a new handshake over a connection of TLS 1.2 gets one, as often as it asks.

use std::io;
use std::sync::Arc;

use ring::aead::{AES_128_GCM, AES_256_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use rustls::{ConnectionTrafficSecrets, ServerConfig, ServerConnection};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

const CHANGE_CIPHER_SPEC: u8 = 20;
const HANDSHAKE: u8 = 22;
const TAG: usize = 16;

/// One record, header included.
pub(crate) async fn record(stream: &mut (impl AsyncRead + Unpin)) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; 5];
    stream.read_exact(&mut bytes).await?;
    bytes.resize(5 + usize::from(u16::from_be_bytes([bytes[3], bytes[4]])), 0);
    stream.read_exact(&mut bytes[5..]).await?;
    Ok(bytes)
}

/// Whether the record asks for a new handshake.
pub(crate) fn begins(record: &[u8]) -> bool {
    record.first() == Some(&HANDSHAKE)
}

/// Makes new handshakes until the client has enough of it. Each is that of the library, sealed with the keys of the one
/// before until both sides change.
pub(crate) async fn serve(
    config: Arc<ServerConfig>,
    session: ServerConnection,
    mut stream: impl AsyncRead + AsyncWrite + Unpin,
    mut first: Vec<u8>,
) -> io::Result<()> {
    let mut keys = keys_of(session)?;
    loop {
        let mut inner = ServerConnection::new(Arc::clone(&config)).map_err(io::Error::other)?;
        let (mut read, mut written) = (Some(keys.0), Some(keys.1));
        let mut next = std::mem::take(&mut first);
        while inner.is_handshaking() {
            if next.is_empty() {
                next = record(&mut stream).await?;
            }
            let opened = match &mut read {
                Some(half) => half.open(&next)?,
                None => next.clone(),
            };
            if opened[0] == CHANGE_CIPHER_SPEC {
                read = None;
            }
            next.clear();
            inner.read_tls(&mut opened.as_slice())?;
            inner.process_new_packets().map_err(io::Error::other)?;
            let mut said = Vec::new();
            while inner.wants_write() {
                inner.write_tls(&mut said)?;
            }
            let mut rest = said.as_slice();
            while !rest.is_empty() {
                let one = record(&mut rest).await?;
                let sealed = match &mut written {
                    Some(half) => half.seal(&one)?,
                    None => one.clone(),
                };
                if one[0] == CHANGE_CIPHER_SPEC {
                    written = None;
                }
                stream.write_all(&sealed).await?;
            }
        }
        keys = keys_of(inner)?;
        first = record(&mut stream).await?;
    }
}

/// The keys to read and to write with.
fn keys_of(session: ServerConnection) -> io::Result<(Half, Half)> {
    let secrets = session.dangerous_extract_secrets().map_err(io::Error::other)?;
    Ok((Half::new(secrets.rx)?, Half::new(secrets.tx)?))
}

/// The keys of one direction.
struct Half {
    key: LessSafeKey,
    iv: [u8; 12],
    sequence: u64,
}

impl Half {
    fn new((sequence, secrets): (u64, ConnectionTrafficSecrets)) -> io::Result<Self> {
        let (key, iv, algorithm) = match secrets {
            ConnectionTrafficSecrets::Aes128Gcm { key, iv } => (key, iv, &AES_128_GCM),
            ConnectionTrafficSecrets::Aes256Gcm { key, iv } => (key, iv, &AES_256_GCM),
            _ => return Err(io::Error::other("only AES-GCM is renegotiated")),
        };
        let key = UnboundKey::new(algorithm, key.as_ref()).map_err(|_| refused())?;
        let iv = iv.as_ref().try_into().map_err(io::Error::other)?;
        Ok(Self { key: LessSafeKey::new(key), iv, sequence })
    }

    fn open(&mut self, record: &[u8]) -> io::Result<Vec<u8>> {
        let (explicit, sealed) = record[5..]
            .split_at_checked(8)
            .filter(|(_, sealed)| sealed.len() >= TAG)
            .ok_or(io::ErrorKind::InvalidData)?;
        let mut nonce = self.iv;
        nonce[4..].copy_from_slice(explicit);
        let aad = self.aad(record[0], sealed.len() - TAG);
        let mut sealed = sealed.to_vec();
        let nonce = Nonce::assume_unique_for_key(nonce);
        let opened = self.key.open_in_place(nonce, aad, &mut sealed).map_err(|_| refused())?;
        self.sequence += 1;
        Ok(plain(record[0], opened))
    }

    fn seal(&mut self, record: &[u8]) -> io::Result<Vec<u8>> {
        let mut nonce = self.iv;
        for (byte, with) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
            *byte ^= with;
        }
        let mut sealed = record[5..].to_vec();
        let aad = self.aad(record[0], sealed.len());
        let explicit = nonce[4..].to_vec();
        self.key
            .seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), aad, &mut sealed)
            .map_err(|_| refused())?;
        self.sequence += 1;
        Ok(plain(record[0], &[explicit, sealed].concat()))
    }

    fn aad(&self, kind: u8, length: usize) -> Aad<Vec<u8>> {
        let mut bytes = self.sequence.to_be_bytes().to_vec();
        bytes.extend([kind, 3, 3]);
        bytes.extend(u16::try_from(length).unwrap_or(u16::MAX).to_be_bytes());
        Aad::from(bytes)
    }
}

/// A record that the keys do not fit.
fn refused() -> io::Error {
    io::ErrorKind::InvalidData.into()
}

fn plain(kind: u8, content: &[u8]) -> Vec<u8> {
    let mut record = vec![kind, 3, 3];
    record.extend(u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes());
    record.extend_from_slice(content);
    record
}
