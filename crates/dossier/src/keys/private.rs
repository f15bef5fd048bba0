//! Private keys: made, written once, read back beside their public half.

use std::{
    fmt,
    fs::OpenOptions,
    io::Write,
    path::{Path, PathBuf},
};

use base64::{Engine, prelude::BASE64_STANDARD};
use ring::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use sha2::{Digest, Sha256};
use time::{Date, macros::date};

use super::{Algorithm, Holder, KeyError, PublicKey, Role};

const BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const END: &str = "-----END PRIVATE KEY-----";

/// A private key with its public half.
pub struct SigningKey {
    pair: Pair,
    public: PublicKey,
}

enum Pair {
    Ed25519(Ed25519KeyPair),
    EcdsaP256(EcdsaKeyPair),
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.public.id)
    }
}

impl SigningKey {
    /// Makes a new pair and writes both halves: `path`, readable by its owner only, and beside it the same name ending
    /// in `.pub`. Existing files are never overwritten.
    ///
    /// # Errors
    /// When a file exists already or cannot be written.
    pub fn create(
        path: &Path,
        algorithm: Algorithm,
        role: Role,
        holder: Holder,
        valid: (Date, Date),
    ) -> Result<Self, KeyError> {
        let random = SystemRandom::new();
        let pkcs8 = match algorithm {
            Algorithm::Ed25519 => Ed25519KeyPair::generate_pkcs8(&random),
            Algorithm::EcdsaP256 => EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &random),
        };
        let pkcs8 = pkcs8.map_err(|_| KeyError::Random)?;
        let pair = Pair::parse(pkcs8.as_ref()).ok_or(KeyError::Random)?;
        let public = PublicKey::new(algorithm, pair.public(), role, holder, valid);
        let beside = public_path(path);
        write_new(&beside, &public.to_toml(), 0o644)?;
        let written = write_new(path, &pem(pkcs8.as_ref()), 0o600);
        if written.is_err() {
            // The public half of a key that is not kept is of no use, and would stand in the way next time.
            let _ = std::fs::remove_file(&beside);
        }
        written.map(|()| Self { pair, public })
    }

    /// Reads a private key and the `.pub` beside it.
    ///
    /// # Errors
    /// When one of them cannot be read, or they are not a pair.
    pub fn open(path: &Path) -> Result<Self, KeyError> {
        let help = "geef het bestand met de privésleutel";
        let io = |source| KeyError::Io { path: path.to_owned(), source, help };
        let wrong = || KeyError::Private { path: path.to_owned() };
        if std::fs::metadata(path).map_err(io)?.len() > 16 << 10 {
            return Err(wrong());
        }
        let text = std::fs::read(path).map_err(io)?;
        let pair = std::str::from_utf8(&text).ok().and_then(der).and_then(|der| Pair::parse(&der));
        let pair = pair.ok_or_else(wrong)?;
        let public = PublicKey::open(&public_path(path))?;
        if public.bare() != pair.public() {
            return Err(KeyError::Pair { path: path.to_owned() });
        }
        Ok(Self { pair, public })
    }

    pub(super) fn practice(journal_head: &str) -> Self {
        let seed = Sha256::new().chain_update(b"keur practice key").chain_update(journal_head).finalize();
        let Ok(pair) = Ed25519KeyPair::from_seed_unchecked(&seed) else {
            unreachable!("every 32 bytes are a seed")
        };
        let pair = Pair::Ed25519(pair);
        let holder = Holder { name: "oefening".to_owned(), organisation: "niemand".to_owned() };
        let days = (date!(2000 - 01 - 01), date!(9999 - 12 - 31));
        let public = PublicKey::new(Algorithm::Ed25519, pair.public(), Role::Practice, holder, days);
        Self { pair, public }
    }

    /// Its public half.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Result<Vec<u8>, KeyError> {
        match &self.pair {
            Pair::Ed25519(pair) => Ok(pair.sign(message).as_ref().to_vec()),
            Pair::EcdsaP256(pair) => {
                let signature = pair.sign(&SystemRandom::new(), message).map_err(|_| KeyError::Random)?;
                Ok(signature.as_ref().to_vec())
            }
        }
    }
}

impl Pair {
    fn parse(pkcs8: &[u8]) -> Option<Self> {
        if let Ok(pair) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(pkcs8) {
            return Some(Self::Ed25519(pair));
        }
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, pkcs8, &SystemRandom::new()).ok()?;
        Some(Self::EcdsaP256(pair))
    }

    fn public(&self) -> &[u8] {
        match self {
            Self::Ed25519(pair) => pair.public_key().as_ref(),
            Self::EcdsaP256(pair) => pair.public_key().as_ref(),
        }
    }
}

/// Where the public half of a private key stands.
fn public_path(path: &Path) -> PathBuf {
    path.with_extension("pub")
}

fn write_new(path: &Path, text: &str, mode: u32) -> Result<(), KeyError> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let help = "een bestaande sleutel wordt nooit overschreven; kies een andere naam of map";
    let io = |source| KeyError::Io { path: path.to_owned(), source, help };
    options.open(path).and_then(|mut file| file.write_all(text.as_bytes())).map_err(io)
}

fn pem(der: &[u8]) -> String {
    let text = BASE64_STANDARD.encode(der);
    let mut out = format!("{BEGIN}\n");
    for line in text.as_bytes().chunks(64) {
        out.push_str(&String::from_utf8_lossy(line));
        out.push('\n');
    }
    out + END + "\n"
}

fn der(pem: &str) -> Option<Vec<u8>> {
    let body = pem.trim().strip_prefix(BEGIN)?.strip_suffix(END)?;
    let text: String = body.split_ascii_whitespace().collect();
    BASE64_STANDARD.decode(text).ok()
}
