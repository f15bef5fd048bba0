//! What the sample product is started with, and why starting can fail.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

use time::OffsetDateTime;

use crate::defects::Defects;
use crate::fhir::LoadError;

/// The profile variants the product can follow; the first is the default.
pub const VARIANTS: [&str; 10] = [
    "gisa-2026-b",
    "gisa-2026-a",
    "nen7512-persoon",
    "mtls-gebonden",
    "nlgov",
    "fapi2",
    "smart-backend",
    "nl-gf",
    "mitz",
    "fhir-consent",
];
/// The variants under which it is an open FHIR server that may be written to, instead of a BgZ source.
pub const SANDBOXES: [&str; 2] = ["open", "stu3"];

/// How to start the sample product.
#[derive(Debug, Clone)]
pub struct Options {
    /// Address to listen on; port 0 picks a free port.
    pub listen: SocketAddr,
    /// The defects that are switched on.
    pub defects: Defects,
    /// The profile variant to follow, one of [`VARIANTS`] or [`SANDBOXES`].
    pub variant: String,
    /// A folder with FHIR resources to serve instead of the embedded synthetic patients.
    pub data: Option<PathBuf>,
    /// The moment the certificates are made relative to; the system clock when absent.
    pub seed_time: Option<OffsetDateTime>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from((Ipv4Addr::LOCALHOST, 0)),
            defects: Defects::default(),
            variant: VARIANTS[0].to_owned(),
            data: None,
            seed_time: None,
        }
    }
}

/// The rules that differ per variant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Variant {
    /// Organisations only; the organisation type is optional.
    GisaB,
    /// Organisations only; the organisation type is mandatory.
    GisaA,
    /// A natural person at eIDAS level high is mandatory.
    Person,
    /// As the first, with tokens that are bound to the client certificate (RFC 8705) instead of to a proof.
    Mtls,
    /// The Dutch government's profile for OAuth.
    Nlgov,
    /// FAPI 2.0, with nonces for proofs.
    Fapi2,
    /// SMART Backend Services.
    Smart,
    /// The Dutch generic functions.
    Gf,
    /// As the first, with consent asked at the facility over the wire.
    Mitz,
    /// As the first, with Consents asked of a register over the wire.
    FhirConsent,
    /// No BgZ source but an open FHIR server that may be written to.
    Open {
        /// STU3 instead of R4.
        stu3: bool,
    },
}

/// What a token is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Binding {
    /// A proof of possession.
    Dpop,
    /// The client certificate.
    Mtls,
    /// Nothing; the certificate must still be of the same organisation.
    None,
}

impl Variant {
    /// What its tokens are bound to.
    pub(crate) fn binding(self) -> Binding {
        match self {
            Self::Mtls => Binding::Mtls,
            Self::Nlgov | Self::Smart => Binding::None,
            _ => Binding::Dpop,
        }
    }

    /// The scheme a token comes under.
    pub(crate) fn scheme(self) -> &'static str {
        if self.binding() == Binding::Dpop { "DPoP" } else { "Bearer" }
    }

    /// The algorithms a client assertion may be signed with.
    pub(crate) fn algorithms(self) -> &'static [&'static str] {
        match self {
            Self::Nlgov => &["ES256", "PS256", "RS256"],
            Self::Fapi2 | Self::Gf => &["ES256", "PS256"],
            Self::Smart => &["ES384", "RS384"],
            _ => &["ES256"],
        }
    }

    /// Whether an assertion is meant for the issuer rather than for the token endpoint.
    pub(crate) fn wants_issuer(self) -> bool {
        matches!(self, Self::Fapi2 | Self::Gf)
    }

    /// Whether it asks another party for consent, over the wire.
    pub(crate) fn asks_consent(self) -> bool {
        matches!(self, Self::Mitz | Self::FhirConsent)
    }

    /// Whether proofs carry a nonce of the server.
    pub(crate) fn has_nonces(self) -> bool {
        self == Self::Fapi2
    }

    pub(crate) fn parse(name: &str) -> Result<Self, StartError> {
        match name {
            "gisa-2026-b" => Ok(Self::GisaB),
            "gisa-2026-a" => Ok(Self::GisaA),
            "nen7512-persoon" => Ok(Self::Person),
            "mtls-gebonden" => Ok(Self::Mtls),
            "nlgov" => Ok(Self::Nlgov),
            "fapi2" => Ok(Self::Fapi2),
            "smart-backend" => Ok(Self::Smart),
            "nl-gf" => Ok(Self::Gf),
            "mitz" => Ok(Self::Mitz),
            "fhir-consent" => Ok(Self::FhirConsent),
            "open" => Ok(Self::Open { stu3: false }),
            "stu3" => Ok(Self::Open { stu3: true }),
            _ => Err(StartError::UnknownVariant(name.to_owned())),
        }
    }
}

/// Why the sample product did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The variant is not one the product knows.
    #[error("unknown variant {0:?}; choose one of {known}", known = [&VARIANTS[..], &SANDBOXES].concat().join(", "))]
    UnknownVariant(String),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {source}; choose another address or port 0")]
    Listen {
        /// The address asked for.
        address: SocketAddr,
        /// The cause.
        source: std::io::Error,
    },
    /// The test certificates could not be made.
    #[error("cannot make the test certificates: {0}")]
    Certificates(#[from] rcgen::Error),
    /// The TLS configuration was refused.
    #[error("cannot set up TLS: {0}")]
    Tls(String),
    /// A signing key could not be used.
    #[error("cannot use a signing key: {0}")]
    Key(String),
    /// The data folder cannot be served.
    #[error(transparent)]
    Data(#[from] LoadError),
    /// The data folder holds no patient with a BSN.
    #[error("{0}: no Patient with a BSN in this folder")]
    NoPatients(PathBuf),
}
