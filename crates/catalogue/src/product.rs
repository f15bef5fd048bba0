//! The vendor's declaration, `product.toml`: what the product is, where it is, and what keur shows it.

mod counterparty;
mod identity;
mod parse;
mod patients;

use std::collections::BTreeMap;

pub use self::counterparty::{Counterparty, Desk};

/// `product.toml`, read and checked. Secrets are references; nothing is opened here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The item under test.
    pub about: About,
    /// Where it is.
    pub endpoints: Endpoints,
    /// How it issues tokens; absent for an open server.
    pub oauth: Option<OAuth>,
    /// How it takes signed messages; absent when it takes none.
    pub signing: Option<Signing>,
    /// What keur presents itself as.
    pub identity: Identity,
    /// Where keur plays the other party; absent for a product that only answers.
    pub counterparty: Option<Counterparty>,
    /// CA files for the product's certificate; empty = the public ones.
    pub trust: Vec<Secret>,
    /// Synthetic patients by purpose.
    pub patients: Patients,
    /// What the product offers for testing.
    pub hooks: Hooks,
    /// Capabilities the product declares.
    pub claims: BTreeMap<String, String>,
    /// The file with statements by people, relative to this file.
    pub attestations: Option<String>,
    /// The declaration of conformity with the Nictiz API requirements: a file, relative to this file.
    pub declaration_of_conformity: Option<String>,
    /// The log of the product or of a gateway before it: a file, relative to this file, read when the run has ended.
    pub product_log: Option<String>,
    /// The file as written: it holds no secrets.
    pub text: String,
    /// SHA-256 of the file, `sha256:…`.
    pub digest: String,
}

/// The item under test.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct About {
    /// Vendor.
    pub vendor: String,
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
    /// Chamber of commerce number.
    pub kvk: Option<String>,
    /// Roles it plays.
    pub roles: Vec<String>,
}

/// Absolute http(s) URLs as written, without a slash at the end.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Endpoints {
    /// FHIR base of the tenant under test.
    pub fhir_base: String,
    /// Token endpoint.
    pub token_endpoint: Option<String>,
    /// JWKS of the product.
    pub jwks: Option<String>,
    /// FHIR base of another tenant.
    pub other_tenant_fhir_base: Option<String>,
    /// Public documentation.
    pub documentation: Option<String>,
    /// Token introspection, RFC 7662.
    pub introspection: Option<String>,
    /// Token revocation, RFC 7009.
    pub revocation: Option<String>,
    /// Metadata of the authorization server, RFC 8414.
    pub oauth_metadata: Option<String>,
    /// The OpenAPI document: an address, or a file beside the declaration.
    pub openapi: Option<String>,
    /// Base of the API that document describes.
    pub api: Option<String>,
    /// Where the product is told that a referral or handover is there for it.
    pub notification: Option<String>,
}

impl Endpoints {
    /// The OpenAPI document when it is a file.
    #[must_use]
    pub fn openapi_file(&self) -> Option<&str> {
        self.openapi.as_deref().filter(|named| !is_address(named))
    }

    /// What a report names as tested: the FHIR base, or else the API or its document.
    #[must_use]
    pub fn tested(&self) -> &str {
        let others = [self.api.as_deref(), self.openapi.as_deref()];
        let others = others.into_iter().flatten().next().unwrap_or_default();
        if self.fhir_base.is_empty() { others } else { &self.fhir_base }
    }
}

fn is_address(text: &str) -> bool {
    text.contains("://")
}

/// How the product issues tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OAuth {
    /// The audience of a client assertion.
    pub audience: String,
    /// What binds a token to its holder.
    pub sender_constraint: SenderConstraint,
    /// The scope the client asks for.
    pub scope: String,
    /// A scope without clinical resources.
    pub narrow_scope: Option<String>,
    /// More than the client may have.
    pub wide_scope: Option<String>,
    /// URA of the source.
    pub organization: Option<String>,
    /// How long the product may keep a cached JWKS, in seconds.
    pub jwks_max_age_s: u64,
    /// The issuer of the tokens, when it is another name than the audience.
    pub issuer: Option<String>,
    /// How long a DPoP nonce counts, in seconds, when the product hands them out.
    pub dpop_nonce_max_age_s: Option<u64>,
    /// How long the product may go by what it knew of a token, in seconds.
    pub introspection_max_age_s: u64,
}

/// What binds a token to its holder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SenderConstraint {
    /// DPoP, RFC 9449.
    Dpop,
    /// Mutual TLS, RFC 8705.
    Mtls,
    /// Nothing.
    None,
}

/// How the product takes signed messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signing {
    /// Where a message is posted.
    pub message: String,
    /// The forms of signature it takes.
    pub forms: Vec<SignatureForm>,
    /// The header that carries a detached signature.
    pub header: String,
}

/// Where the signature of a message is (RFC 7515).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignatureForm {
    /// Around the message: compact serialisation.
    Compact,
    /// In a header, with the message as body.
    Detached,
}

/// What keur presents itself as.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Identity {
    /// Where keur publishes the JWKS of its parties, `host:port`.
    pub jwks_listen: Option<String>,
    /// The URL under which the product fetches them.
    pub jwks_base: Option<String>,
    /// The asking organisation.
    pub party_a: Option<Party>,
    /// Another valid organisation.
    pub party_b: Option<Party>,
    /// A valid certificate of an organisation the product does not know.
    pub unregistered: Option<Party>,
    /// Party A with a client whose signing key is replaced.
    pub rotating: Option<Party>,
    /// A certificate of party A that the test CA revokes and restores on request.
    pub revocable: Option<Party>,
    /// How long the product may go by revocation data it already has, in seconds.
    pub revocation_max_age_s: u64,
    /// Identities the product must refuse.
    pub hostile: Hostile,
}

/// One identity.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Party {
    /// OAuth client id.
    pub client_id: Option<String>,
    /// URA.
    pub ura: Option<String>,
    /// PEM chain.
    pub certificate: Option<Secret>,
    /// PKCS#8 PEM of the certificate's key.
    pub key: Option<Secret>,
    /// PKCS#8 PEM, ECDSA P-256: signs assertions.
    pub signing_key: Option<Secret>,
    /// The key that replaces it.
    pub next_signing_key: Option<Secret>,
    /// PKCS#8 PEM, RSA: for the OAuth profiles that speak of RS256 and PS256.
    pub rsa_signing_key: Option<Secret>,
}

/// Identities the product must refuse.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hostile {
    /// From another CA, with party A's name.
    pub foreign_ca: Option<Party>,
    /// Expired.
    pub expired: Option<Party>,
    /// Not valid yet.
    pub not_yet_valid: Option<Party>,
    /// Revoked.
    pub revoked: Option<Party>,
}

/// Where a secret is; never the secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Secret {
    /// An environment variable.
    Env(String),
    /// A file, relative to product.toml.
    File(String),
}

/// Synthetic patients by purpose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Patients {
    /// Data in every section; referred.
    pub complete: Option<Patient>,
    /// Exists; not referred to party A.
    pub other: Option<Patient>,
    /// Exists without clinical data; referred.
    pub empty: Option<Patient>,
    /// Exists; not referred to party A, consent denied.
    pub no_consent: Option<Patient>,
    /// Referred; some records shielded.
    pub restricted: Option<Patient>,
    /// What betrays a shielded record of `restricted`: ids and words that occur in no other record.
    pub shielded: Vec<String>,
    /// Does not exist.
    pub unknown: Option<Patient>,
    /// Further test BSNs that may occur in answers.
    pub also_present: Vec<String>,
}

/// How a patient is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Patient {
    /// By BSN.
    Bsn(String),
    /// By a search of the vendor's, `Patient?identifier=…`.
    Search(String),
}

/// What the product offers for testing.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hooks {
    /// Log export.
    pub log_export: Option<String>,
    /// Search for AuditEvents, as in IHE ITI-81.
    pub log_search: Option<String>,
    /// The patient's overview of who saw what.
    pub patient_overview: Option<String>,
    /// Sets the answer of the consent facility.
    pub consent: Option<String>,
    /// Has the test CA revoke or restore a certificate.
    pub revocation: Option<String>,
    /// Has the product do something as a client.
    pub trigger: Option<String>,
    /// Bearer token for the hooks.
    pub token: Option<Secret>,
}
