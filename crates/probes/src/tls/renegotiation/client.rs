//! A client of TLS 1.2 that renegotiates. It verifies no certificate: it wants to know what the server lets it do, and
//! says nothing but hellos. It does no I/O.

use std::sync::Arc;

use ring::{
    agreement::{
        Algorithm, ECDH_P256, ECDH_P384, EphemeralPrivateKey, UnparsedPublicKey, X25519, agree_ephemeral,
    },
    rand::SystemRandom,
};
use rustls::{SignatureScheme, sign::CertifiedKey};

use super::{
    MOST,
    keys::{Half, SUITES, Suite, record},
};
use crate::tls::{
    flight::{
        CERTIFICATE_REQUEST, Flight, HELLO_REQUEST, SERVER_HELLO, SERVER_HELLO_DONE, SERVER_KEY_EXCHANGE,
    },
    hello::{ClientHello, Renegotiation},
    wire::{ALERT, CHANGE_CIPHER_SPEC, HANDSHAKE, Reader, messages},
};

const CERTIFICATE: u8 = 11;
const CERTIFICATE_VERIFY: u8 = 15;
const CLIENT_KEY_EXCHANGE: u8 = 16;
pub(super) const FINISHED: u8 = 20;
/// Offset of the random in a hello: kind, length and version come before.
const RANDOM: usize = 6;

/// The client.
pub struct Client {
    offer: ClientHello,
    key: Option<Arc<CertifiedKey>>,
    /// Bytes that are not a whole record yet.
    inbox: Vec<u8>,
    /// Handshake bytes that are not a whole message yet.
    pending: Vec<u8>,
    /// The messages of this handshake, both ways.
    transcript: Vec<u8>,
    agreed: Option<Agreed>,
    reading: Option<Half>,
    writing: Option<Half>,
    /// Waits for the server to change.
    next: Option<Half>,
    /// What the server said, opened.
    heard: Vec<u8>,
    finished: usize,
    over: bool,
}

/// What this handshake settled so far.
struct Agreed {
    suite: Suite,
    randoms: [u8; 64],
    bound: bool,
    master: Vec<u8>,
    share: Option<(u16, Vec<u8>)>,
    /// The schemes with which the server wants a client certificate proven.
    asked: Option<Vec<u16>>,
}

impl Client {
    /// A client that shows this certificate when it is asked for one, and its first words.
    #[must_use]
    pub fn new(offer: ClientHello, key: Option<Arc<CertifiedKey>>) -> (Self, Vec<u8>) {
        let mut client = Self {
            offer: ClientHello { suites: SUITES.to_vec(), ..offer },
            key,
            inbox: Vec::new(),
            pending: Vec::new(),
            transcript: Vec::new(),
            agreed: None,
            reading: None,
            writing: None,
            next: None,
            heard: Vec::new(),
            finished: 0,
            over: false,
        };
        let hello = client.offer.record();
        client.transcript = hello[5..].to_vec();
        (client, hello)
    }

    /// What the server said so far, its records opened.
    #[must_use]
    pub fn heard(&self) -> &[u8] {
        &self.heard
    }

    /// Whether there is nothing more to say or to hear.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.over
    }

    /// Takes what came in, and answers.
    pub fn hear(&mut self, bytes: &[u8]) -> Vec<u8> {
        self.inbox.extend_from_slice(bytes);
        let mut said = Vec::new();
        while let Some((kind, content)) = self.take() {
            let opened = match &mut self.reading {
                Some(half) => half.open(kind, &content),
                None => Some(content),
            };
            // What makes no sense ends the conversation: what was heard until then stands.
            let answer = opened.and_then(|opened| {
                self.heard.extend(record(kind, &opened));
                self.react(kind, &opened)
            });
            match answer {
                Some(answer) => said.extend(answer),
                None => self.over = true,
            }
            if self.over {
                break;
            }
        }
        said
    }

    /// The next whole record.
    fn take(&mut self) -> Option<(u8, Vec<u8>)> {
        let mut reader = Reader(&self.inbox);
        let kind = reader.byte()?;
        reader.word()?;
        let content = reader.prefixed16()?.to_vec();
        let rest = reader.0.len();
        self.inbox.drain(..self.inbox.len() - rest);
        Some((kind, content))
    }

    fn react(&mut self, kind: u8, content: &[u8]) -> Option<Vec<u8>> {
        match kind {
            CHANGE_CIPHER_SPEC => {
                self.reading = Some(self.next.take()?);
                Some(Vec::new())
            }
            HANDSHAKE => {
                self.pending.extend_from_slice(content);
                let pending = std::mem::take(&mut self.pending);
                let (found, endless) = messages(&pending);
                let mut said = Vec::new();
                let mut read = 0;
                for (kind, body) in found {
                    read += 4 + body.len();
                    said.extend(self.message(kind, &message(kind, body), body)?);
                }
                self.pending = pending[read..].to_vec();
                (!endless).then_some(said)
            }
            // An alert says all there is to say, but for a mere warning about the name.
            ALERT => matches!(content, [1, 112]).then(Vec::new),
            _ => Some(Vec::new()),
        }
    }

    fn message(&mut self, kind: u8, whole: &[u8], body: &[u8]) -> Option<Vec<u8>> {
        match kind {
            HELLO_REQUEST => return Some(Vec::new()),
            FINISHED => return self.finish(whole, body),
            SERVER_HELLO => self.agree(whole)?,
            SERVER_KEY_EXCHANGE => {
                let mut reader = Reader(body);
                (reader.byte()? == 3).then_some(())?;
                let group = reader.word()?;
                self.agreed.as_mut()?.share = Some((group, reader.prefixed8()?.to_vec()));
            }
            CERTIFICATE_REQUEST => {
                let mut reader = Reader(body);
                reader.prefixed8()?;
                let schemes = reader.prefixed16()?;
                let schemes = schemes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                self.agreed.as_mut()?.asked = Some(schemes.collect());
            }
            _ => {}
        }
        self.transcript.extend_from_slice(whole);
        if kind == SERVER_HELLO_DONE { self.answer() } else { Some(Vec::new()) }
    }

    fn agree(&mut self, whole: &[u8]) -> Option<()> {
        let hello = Flight::read(&record(HANDSHAKE, whole)).hello?;
        (hello.version == self.offer.version).then_some(())?;
        let mut randoms = [0; 64];
        randoms[..32].copy_from_slice(self.transcript.get(RANDOM..RANDOM + 32)?);
        randoms[32..].copy_from_slice(whole.get(RANDOM..RANDOM + 32)?);
        self.agreed = Some(Agreed {
            suite: Suite::new(hello.suite)?,
            randoms,
            bound: hello.master_secret,
            master: Vec::new(),
            share: None,
            asked: None,
        });
        Some(())
    }

    /// The flight after the server has said all: a certificate when asked for, the key, the proof, and Finished.
    fn answer(&mut self) -> Option<Vec<u8>> {
        let agreed = self.agreed.as_mut()?;
        let (group, theirs) = agreed.share.take()?;
        let algorithm = curve(group)?;
        let own = EphemeralPrivateKey::generate(algorithm, &SystemRandom::new()).ok()?;
        let public = own.compute_public_key().ok()?;
        let shared = agree_ephemeral(own, &UnparsedPublicKey::new(algorithm, theirs), <[u8]>::to_vec).ok()?;
        let mut flight = Vec::new();
        let mut say = |transcript: &mut Vec<u8>, kind: u8, body: &[u8]| {
            transcript.extend(message(kind, body));
            flight.push(message(kind, body));
        };
        let signer = agreed.asked.as_ref().and_then(|schemes| {
            let schemes: Vec<SignatureScheme> = schemes.iter().copied().map(Into::into).collect();
            self.key.as_ref().and_then(|key| Some((key, key.key.choose_scheme(&schemes)?)))
        });
        if agreed.asked.is_some() {
            let chain = signer.as_ref().map(|(key, _)| key.cert.as_slice()).unwrap_or_default();
            let list: Vec<u8> = chain.iter().flat_map(|one| prefixed24(one)).collect();
            say(&mut self.transcript, CERTIFICATE, &prefixed24(&list));
        }
        let length = u8::try_from(public.as_ref().len()).ok()?;
        say(&mut self.transcript, CLIENT_KEY_EXCHANGE, &[&[length], public.as_ref()].concat());
        agreed.master = agreed.suite.master(&shared, &self.transcript, &agreed.randoms, agreed.bound);
        if let Some((_, signer)) = signer {
            let signature = signer.sign(&self.transcript).ok()?;
            let mut body = u16::from(signer.scheme()).to_be_bytes().to_vec();
            body.extend(u16::try_from(signature.len()).ok()?.to_be_bytes());
            body.extend(signature);
            say(&mut self.transcript, CERTIFICATE_VERIFY, &body);
        }
        let (client, server) = agreed.suite.halves(&agreed.master, &agreed.randoms)?;
        let verify = agreed.suite.finished(&agreed.master, b"client finished", &self.transcript);
        let finished = message(FINISHED, &verify);
        self.transcript.extend_from_slice(&finished);
        // The next hello, if there will be one, is bound to this handshake.
        self.offer.renegotiation = Renegotiation::Bound(verify);
        let mut said = Vec::new();
        for message in flight {
            said.extend(self.seal(HANDSHAKE, &message)?);
        }
        said.extend(self.seal(CHANGE_CIPHER_SPEC, &[1])?);
        (self.writing, self.next) = (Some(client), Some(server));
        said.extend(self.seal(HANDSHAKE, &finished)?);
        Some(said)
    }

    /// The server ends the handshake; the client begins another.
    fn finish(&mut self, whole: &[u8], body: &[u8]) -> Option<Vec<u8>> {
        let agreed = self.agreed.take()?;
        let verify = agreed.suite.finished(&agreed.master, b"server finished", &self.transcript);
        (verify == body && whole.len() > body.len()).then_some(())?;
        self.finished += 1;
        if self.finished > MOST {
            self.over = true;
            return Some(Vec::new());
        }
        let hello = self.offer.record();
        self.transcript = hello[5..].to_vec();
        let transcript = self.transcript.clone();
        self.seal(HANDSHAKE, &transcript)
    }

    fn seal(&mut self, kind: u8, content: &[u8]) -> Option<Vec<u8>> {
        match &mut self.writing {
            Some(half) => half.seal(kind, content),
            None => Some(record(kind, content)),
        }
    }
}

/// The curves with which the client can finish a handshake.
pub(super) const CURVES: [u16; 3] = [0x001D, 0x0017, 0x0018];

fn curve(group: u16) -> Option<&'static Algorithm> {
    match group {
        0x001D => Some(&X25519),
        0x0017 => Some(&ECDH_P256),
        0x0018 => Some(&ECDH_P384),
        _ => None,
    }
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &prefixed24(body)].concat()
}

fn prefixed24(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes();
    [&length[1..], content].concat()
}
