//! What a declaration points at, opened: certificates, keys, secrets, roots.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read},
    path::{Path, PathBuf},
};

use crate::contract::OpenApi;
use keur_catalogue::{
    Attestations, Problems, Product,
    conformity::Declaration,
    embedded,
    product::{Counterparty, Party, Patient, Secret},
};
use keur_counterparty::{Certificate, Hostile};
use keur_evidence::{
    guard::Guard,
    identity::{ClientIdentity, Identities, IdentityError},
};
use keur_probes::{
    fhir::identifiers::similar_bsn,
    jose::{Algorithm, KeyError, SigningKey},
};

/// The name of the enclosed statements, whatever the file was called.
const ATTESTATIONS: &str = "attestaties.toml";
/// The same for the declaration of conformity.
pub(crate) const CONFORMITY: &str = "conformiteit.json";

/// The name of the enclosed public keys of the product as a client, whatever the file was called.
const CLIENT_KEYS: &str = "client-jwks.json";

/// Declared files are certificates, keys and statements; none is larger.
const MAX_BYTES: u64 = 1 << 20;
/// An OpenAPI document may be longer.
const MAX_DOCUMENT: u64 = keur_openapi::source::MAX_BYTES as u64;

/// Where the files a declaration names come from.
pub trait Files {
    /// The content of a file named in the declaration.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read(&self, name: &str) -> io::Result<Vec<u8>>;

    /// The content of a document that may be larger than other files.
    ///
    /// # Errors
    /// When it cannot be read.
    fn read_document(&self, name: &str) -> io::Result<Vec<u8>> {
        self.read(name)
    }
}

/// Files beside `product.toml`.
pub struct Folder(pub PathBuf);

impl Files for Folder {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        read_bounded(&self.0.join(name))
    }

    fn read_document(&self, name: &str) -> io::Result<Vec<u8>> {
        read_below(&self.0.join(name), MAX_DOCUMENT)
    }
}

impl Files for BTreeMap<String, Vec<u8>> {
    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        self.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// Reads a file that has no business being large.
///
/// # Errors
/// When it cannot be read or is larger than 1 MiB.
pub fn read_bounded(path: &Path) -> io::Result<Vec<u8>> {
    read_below(path, MAX_BYTES)
}

fn read_below(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    if fs::metadata(path)?.is_dir() {
        return Err(io::Error::other("dit is een map"));
    }
    // What is no plain file may have no length, or no end.
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(most + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > most {
        return Err(io::Error::other(format!("groter dan {} MiB", most >> 20)));
    }
    Ok(bytes)
}

/// Something the declaration points at is not usable: a configuration fault, never a finding.
#[derive(Debug, thiserror::Error)]
pub enum MaterialError {
    /// A file cannot be read.
    #[error(
        "{what}: {name} kan niet worden gelezen: {source}\n  help: controleer het pad; het is relatief aan product.toml"
    )]
    File {
        /// Which key.
        what: String,
        /// The file.
        name: String,
        /// Why.
        source: io::Error,
    },
    /// An environment variable is not set.
    #[error(
        "{what}: de omgevingsvariabele {name} is niet gezet\n  help: zet de variabele of verwijs naar een bestand met {{ file = \"…\" }}"
    )]
    Env {
        /// Which key.
        what: String,
        /// The variable.
        name: String,
    },
    /// A certificate does not fit.
    #[error(
        "{0}\n  help: maak een certificaat en sleutel die bij elkaar horen, of verwijs naar de juiste bestanden"
    )]
    Identity(#[from] IdentityError),
    /// A signing key does not fit.
    #[error(
        "{what}: {source}\n  help: maak een sleutel in PKCS#8-PEM, bijvoorbeeld met: openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256"
    )]
    Key {
        /// Which key.
        what: String,
        /// Why.
        source: KeyError,
    },
    /// The attestation file has problems.
    #[error("{0}")]
    Attestations(Problems),
    /// The declaration of conformity has problems.
    #[error("{0}")]
    Conformity(Problems),
}

/// What keur shows when it plays the other party.
pub struct CounterpartyMaterial {
    /// Our certificate.
    pub certificate: Certificate,
    /// The wrong ones.
    pub wrong: BTreeMap<Hostile, Certificate>,
}

/// The opened declaration.
pub struct Material {
    /// TLS identities and roots.
    pub identities: Identities,
    /// Signing keys by party: `party_a`, `rotating`, `rotating.next`, `party_a.certificate`, ….
    pub signing_keys: BTreeMap<String, SigningKey>,
    /// Bearer token of the hooks.
    pub hook_token: Option<String>,
    /// Every secret text, for redaction.
    pub secrets: Vec<String>,
    /// Human statements.
    pub attestations: Attestations,
    /// The declaration of conformity.
    pub conformity: Option<Declaration>,
    /// The OpenAPI document with the files it refers to, when it is declared as a file.
    pub openapi: Option<OpenApi>,
    /// What keur shows when it plays the other party.
    pub counterparty: Option<CounterpartyMaterial>,
    /// The public keys of the product as a client, a JWK Set.
    pub client_keys: Option<serde_json::Value>,
    /// The log of the product, read when the run has ended.
    pub product_log: Option<PathBuf>,
    /// Files of the declaration that hold no secrets: they go into the evidence.
    pub enclosed: Vec<(String, Vec<u8>)>,
}

impl Material {
    /// Opens everything a declaration points at.
    ///
    /// # Errors
    /// The first thing that is missing or does not fit.
    pub fn open(product: &Product, files: &dyn Files) -> Result<Self, MaterialError> {
        let mut opened = Self {
            identities: Identities::default(),
            signing_keys: BTreeMap::new(),
            hook_token: None,
            secrets: Vec::new(),
            attestations: Attestations::default(),
            conformity: None,
            openapi: None,
            counterparty: None,
            client_keys: None,
            product_log: None,
            enclosed: vec![("product.toml".to_owned(), product.text.clone().into_bytes())],
        };
        for secret in &product.trust {
            let (name, pem) = resolve("[trust] ca", secret, files)?;
            opened.identities.trust(&name, &pem)?;
        }
        for (name, party) in parties(product) {
            opened.party(name, party, files)?;
        }
        if let Some(token) = &product.hooks.token {
            let (_, bytes) = resolve("[hooks] token", token, files)?;
            let token = String::from_utf8_lossy(&bytes).trim().to_owned();
            opened.secrets.push(token.clone());
            opened.hook_token = Some(token);
        }
        if let Some(name) = &product.attestations {
            let bytes = read("attestations", name, files)?;
            let text = String::from_utf8_lossy(&bytes);
            opened.attestations = Attestations::parse(name, &text).map_err(MaterialError::Attestations)?;
            opened.enclosed.push((ATTESTATIONS.to_owned(), bytes));
        }
        if let Some(name) = &product.declaration_of_conformity {
            let bytes = read("declaration_of_conformity", name, files)?;
            let text = String::from_utf8_lossy(&bytes);
            let read = Declaration::parse(name, &text, &embedded::conformity());
            opened.conformity = Some(read.map_err(MaterialError::Conformity)?);
            opened.enclosed.push((CONFORMITY.to_owned(), bytes));
        }
        if let Some(name) = product.endpoints.openapi_file() {
            let what = || "[endpoints] openapi".to_owned();
            let found = OpenApi::read(name, &mut |name| files.read_document(name));
            let found = found.map_err(|source| MaterialError::File {
                what: what(),
                name: name.to_owned(),
                source,
            })?;
            opened.enclosed.extend(found.to_enclose());
            opened.openapi = Some(found);
        }
        if let Some(declared) = &product.counterparty {
            opened.counterparty = Some(opened.counterparty(declared, files)?);
        }
        Ok(opened)
    }

    fn counterparty(
        &mut self,
        declared: &Counterparty,
        files: &dyn Files,
    ) -> Result<CounterpartyMaterial, MaterialError> {
        let mut shown = |what: &str, certificate: &Secret, key: &Secret| {
            let (chain_name, chain) = resolve(what, certificate, files)?;
            let (key_name, key) = resolve(what, key, files)?;
            self.secret(&key);
            let what = format!("{what} {chain_name}, {key_name}");
            Certificate::from_pem(&chain, &key)
                .map_err(|detail| MaterialError::Identity(IdentityError::Pem { what, detail }))
        };
        let certificate = shown("[counterparty]", &declared.certificate, &declared.key)?;
        let mut wrong = BTreeMap::new();
        for (kind, certificate, key) in &declared.wrong {
            let known = Hostile::ALL.into_iter().find(|known| known.name() == *kind);
            let shown = shown(&format!("[counterparty.hostile.{kind}]"), certificate, key)?;
            wrong.extend(known.map(|known| (known, shown)));
        }
        if let Some(name) = &declared.client_jwks {
            let what = "[counterparty] client_jwks";
            let bytes = read(what, name, files)?;
            let set = serde_json::from_slice(&bytes).map_err(|error| MaterialError::File {
                what: what.to_owned(),
                name: name.clone(),
                source: io::Error::other(error),
            })?;
            self.client_keys = Some(set);
            self.enclosed.push((CLIENT_KEYS.to_owned(), bytes));
        }
        Ok(CounterpartyMaterial { certificate, wrong })
    }

    /// What a replay has instead: the public parts, and keys of its own where there were keys. Nothing they sign leaves.
    ///
    /// # Errors
    /// When the system gives no randomness.
    pub fn of_replay(
        product: &Product,
        leaves: impl IntoIterator<Item = (String, Vec<u8>)>,
    ) -> Result<Self, KeyError> {
        let mut identities = Identities::default();
        for (name, leaf) in leaves {
            identities.add_public(&name, leaf);
        }
        let key = SigningKey::generate()?;
        let mut signing_keys = BTreeMap::new();
        for (name, party) in parties(product) {
            for (suffix, _, secret) in declared_keys(party) {
                if secret.is_some() {
                    signing_keys.insert(format!("{name}{suffix}"), key.clone());
                }
            }
            if party.key.is_some() {
                signing_keys.insert(certificate_key(name), key.clone());
            }
        }
        Ok(Self {
            identities,
            signing_keys,
            hook_token: product.hooks.token.as_ref().map(|_| "$KEUR_TOKEN".to_owned()),
            secrets: Vec::new(),
            attestations: Attestations::default(),
            conformity: None,
            openapi: None,
            counterparty: None,
            client_keys: None,
            product_log: None,
            enclosed: Vec::new(),
        })
    }

    fn party(&mut self, name: &str, party: &Party, files: &dyn Files) -> Result<(), MaterialError> {
        if let (Some(certificate), Some(key)) = (&party.certificate, &party.key) {
            let what = format!("[identity.{name}]");
            let (chain_name, chain) = resolve(&what, certificate, files)?;
            let (key_name, key) = resolve(&what, key, files)?;
            self.secret(&key);
            let what = format!("{what} {chain_name}, {key_name}");
            let identity = ClientIdentity::from_pem(&what, &chain, &key)?;
            // A certificate with another kind of key signs no messages; TLS takes it all the same.
            if let Some(key) =
                SigningKey::from_pem(&key).ok().filter(|key| key.algorithm() == Algorithm::Es256)
            {
                self.signing_keys.insert(certificate_key(name), key);
            }
            self.identities.add(name, identity).map_err(|error| match error {
                IdentityError::Pair { detail, .. } => IdentityError::Pair { what, detail },
                other => other,
            })?;
        }
        for (suffix, key, secret) in declared_keys(party) {
            let Some(secret) = secret else { continue };
            let what = format!("[identity.{name}] {key}");
            let (_, pem) = resolve(&what, secret, files)?;
            self.secret(&pem);
            let key = SigningKey::from_pem(&pem).map_err(|source| MaterialError::Key { what, source })?;
            self.signing_keys.insert(format!("{name}{suffix}"), key);
        }
        Ok(())
    }

    /// A key is secret as a whole and line by line, however it is wrapped.
    fn secret(&mut self, pem: &[u8]) {
        let text = String::from_utf8_lossy(pem);
        let lines = text.lines().map(str::trim).filter(|line| !line.starts_with("-----"));
        self.secrets.extend(lines.filter(|line| line.len() >= 16).map(str::to_owned));
    }
}

/// The keys of a party that sign assertions: what follows its name, their key in product.toml, and where they are.
fn declared_keys(party: &Party) -> [(&'static str, &'static str, &Option<Secret>); 3] {
    [
        ("", "signing_key", &party.signing_key),
        (".next", "next_signing_key", &party.next_signing_key),
        (".rsa", "rsa_signing_key", &party.rsa_signing_key),
    ]
}

/// The name under which the key of an identity's certificate signs.
pub(crate) fn certificate_key(name: &str) -> String {
    format!("{name}.certificate")
}

/// The declared identities by name.
fn parties(product: &Product) -> impl Iterator<Item = (&'static str, &Party)> {
    let identity = &product.identity;
    let hostile = &identity.hostile;
    [
        ("party_a", &identity.party_a),
        ("party_b", &identity.party_b),
        ("unregistered", &identity.unregistered),
        ("rotating", &identity.rotating),
        ("revocable", &identity.revocable),
        ("hostile.foreign_ca", &hostile.foreign_ca),
        ("hostile.expired", &hostile.expired),
        ("hostile.not_yet_valid", &hostile.not_yet_valid),
        ("hostile.revoked", &hostile.revoked),
    ]
    .into_iter()
    .filter_map(|(name, party)| party.as_ref().map(|party| (name, party)))
}

/// The guard for a declaration's patients. The number keur itself makes up and asks for comes back in links and in the
/// product's log, so it is one of the test set.
#[must_use]
pub fn guard(product: &Product, made_up: Option<&str>) -> Guard {
    let declared = product.declared_bsns().into_iter().chain(made_up).map(str::to_owned);
    Guard::new(declared.collect())
}

/// A number that looks like that of the patient `complete` and is nobody's; `skip` leaves out the likest ones.
#[must_use]
pub fn made_up_bsn(product: &Product, skip: usize) -> Option<String> {
    let complete = product.patients.complete.as_ref().and_then(Patient::bsn)?;
    let mut taken: BTreeSet<String> = product.declared_bsns().into_iter().map(str::to_owned).collect();
    for _ in 0..skip {
        taken.insert(similar_bsn(complete, &taken)?);
    }
    similar_bsn(complete, &taken)
}

fn resolve(what: &str, secret: &Secret, files: &dyn Files) -> Result<(String, Vec<u8>), MaterialError> {
    match secret {
        Secret::File(name) => Ok((name.clone(), read(what, name, files)?)),
        Secret::Env(name) => match std::env::var(name) {
            Ok(value) if !value.is_empty() => Ok((format!("${name}"), value.into_bytes())),
            _ => Err(MaterialError::Env { what: what.to_owned(), name: name.clone() }),
        },
    }
}

fn read(what: &str, name: &str, files: &dyn Files) -> Result<Vec<u8>, MaterialError> {
    files.read(name).map_err(|source| MaterialError::File {
        what: what.to_owned(),
        name: name.to_owned(),
        source,
    })
}
