//! The keys of TLS 1.2 with AEAD suites: how they are derived, and what is sealed with them.

use ring::{
    aead::{self, AES_128_GCM, AES_256_GCM, Aad, CHACHA20_POLY1305, LessSafeKey, Nonce, UnboundKey},
    digest, hmac,
};

/// ECDHE with ECDSA or RSA and an AEAD, best first.
pub const SUITES: [u16; 6] = [0xC02C, 0xC030, 0xCCA9, 0xCCA8, 0xC02B, 0xC02F];
const VERSION: [u8; 2] = [3, 3];
const TAG: usize = 16;
const MASTER: usize = 48;
const FINISHED: usize = 12;

/// What a suite is made of.
#[derive(Debug, Clone, Copy)]
pub struct Suite {
    hmac: hmac::Algorithm,
    hash: &'static digest::Algorithm,
    aead: &'static aead::Algorithm,
}

impl Suite {
    /// By its number.
    #[must_use]
    pub fn new(number: u16) -> Option<Self> {
        let (hmac, hash, aead) = match number {
            0xC02C | 0xC030 => (hmac::HMAC_SHA384, &digest::SHA384, &AES_256_GCM),
            0xC02B | 0xC02F => (hmac::HMAC_SHA256, &digest::SHA256, &AES_128_GCM),
            0xCCA8 | 0xCCA9 => (hmac::HMAC_SHA256, &digest::SHA256, &CHACHA20_POLY1305),
            _ => return None,
        };
        Some(Self { hmac, hash, aead })
    }

    /// The master secret: bound to the whole handshake (RFC 7627) when that was agreed, else to both randoms.
    #[must_use]
    pub fn master(self, shared: &[u8], transcript: &[u8], randoms: &[u8; 64], bound: bool) -> Vec<u8> {
        if bound {
            let session = digest::digest(self.hash, transcript);
            self.prf(shared, b"extended master secret", session.as_ref(), MASTER)
        } else {
            self.prf(shared, b"master secret", randoms, MASTER)
        }
    }

    /// The content of a Finished.
    #[must_use]
    pub fn finished(self, master: &[u8], label: &[u8], transcript: &[u8]) -> Vec<u8> {
        self.prf(master, label, digest::digest(self.hash, transcript).as_ref(), FINISHED)
    }

    /// The keys of client and server.
    #[must_use]
    pub fn halves(self, master: &[u8], randoms: &[u8; 64]) -> Option<(Half, Half)> {
        let (client, server) = randoms.split_at(32);
        let fixed = if self.aead == &CHACHA20_POLY1305 { 12 } else { 4 };
        let key = self.aead.key_len();
        let block = self.prf(master, b"key expansion", &[server, client].concat(), 2 * (key + fixed));
        let (keys, ivs) = block.split_at(2 * key);
        let half = |key: &[u8], iv: &[u8]| {
            let key = LessSafeKey::new(UnboundKey::new(self.aead, key).ok()?);
            Some(Half { key, iv: iv.to_vec(), sequence: 0 })
        };
        Some((half(&keys[..key], &ivs[..fixed])?, half(&keys[key..], &ivs[fixed..])?))
    }

    /// P_hash of RFC 5246.
    fn prf(self, secret: &[u8], label: &[u8], seed: &[u8], length: usize) -> Vec<u8> {
        let (key, seed) = (hmac::Key::new(self.hmac, secret), [label, seed].concat());
        let (mut out, mut a) = (Vec::new(), hmac::sign(&key, &seed));
        while out.len() < length {
            out.extend_from_slice(hmac::sign(&key, &[a.as_ref(), &seed].concat()).as_ref());
            a = hmac::sign(&key, a.as_ref());
        }
        out.truncate(length);
        out
    }
}

/// The keys of one side.
#[derive(Debug)]
pub struct Half {
    key: LessSafeKey,
    iv: Vec<u8>,
    sequence: u64,
}

impl Half {
    /// The record with this content, sealed.
    #[must_use]
    pub fn seal(&mut self, kind: u8, content: &[u8]) -> Option<Vec<u8>> {
        // The part of the nonce that is sent is the number of the record.
        let sequence = self.sequence.to_be_bytes();
        let explicit: &[u8] = if self.iv.len() == 4 { &sequence } else { &[] };
        let nonce = self.nonce(explicit)?;
        let mut sealed = content.to_vec();
        self.key.seal_in_place_append_tag(nonce, self.aad(kind, content.len())?, &mut sealed).ok()?;
        self.sequence += 1;
        Some(record(kind, &[explicit, &sealed].concat()))
    }

    /// The content of a sealed record.
    #[must_use]
    pub fn open(&mut self, kind: u8, content: &[u8]) -> Option<Vec<u8>> {
        let (explicit, sealed) = content.split_at_checked(if self.iv.len() == 4 { 8 } else { 0 })?;
        let nonce = self.nonce(explicit)?;
        let aad = self.aad(kind, sealed.len().checked_sub(TAG)?)?;
        let mut sealed = sealed.to_vec();
        let opened = self.key.open_in_place(nonce, aad, &mut sealed).ok()?.to_vec();
        self.sequence += 1;
        Some(opened)
    }

    fn nonce(&self, explicit: &[u8]) -> Option<Nonce> {
        let mut nonce: [u8; 12] = [&self.iv[..], explicit].concat().try_into().ok()?;
        if explicit.is_empty() {
            for (byte, with) in nonce[4..].iter_mut().zip(self.sequence.to_be_bytes()) {
                *byte ^= with;
            }
        }
        Some(Nonce::assume_unique_for_key(nonce))
    }

    fn aad(&self, kind: u8, length: usize) -> Option<Aad<[u8; 13]>> {
        let length = u16::try_from(length).ok()?.to_be_bytes();
        let bytes = [&self.sequence.to_be_bytes()[..], &[kind], &VERSION, &length].concat();
        bytes.try_into().ok().map(Aad::from)
    }
}

/// A record of TLS 1.2.
#[must_use]
pub fn record(kind: u8, content: &[u8]) -> Vec<u8> {
    let length = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    [&[kind][..], &VERSION, &length, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_once_and_only_unchanged() {
        for number in SUITES {
            let suite = Suite::new(number).expect("known");
            let randoms = [7; 64];
            let halves = || suite.halves(&[1; 48], &randoms).expect("keys");
            let ((mut client, _), (mut peer, mut other)) = (halves(), halves());
            let sealed = client.seal(22, b"groet").expect("sealed");
            assert_eq!(other.open(22, &sealed[5..]), None, "the other direction has keys of its own");
            assert_eq!(peer.open(21, &sealed[5..]), None, "the kind is bound");
            assert_eq!(peer.open(22, &sealed[5..]).as_deref(), Some(b"groet".as_slice()));
            assert_eq!(peer.open(22, &sealed[5..]), None, "each record is opened once");
            assert_eq!(peer.open(22, &[]), None);
        }
        assert!(Suite::new(0x002F).is_none());
    }
}
