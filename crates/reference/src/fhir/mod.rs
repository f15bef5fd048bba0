//! The FHIR STU3 service of the sample product: a BgZ source over synthetic (or given) patients.
//!
//! The service knows nothing of sockets, TLS or tokens: it gets a [`Request`] with the [`Grant`] that the server
//! worked out, and answers with plain bytes.

use std::path::Path;

use crate::defects::Defects;

/// One request below the FHIR base.
#[derive(Debug, Clone, Copy)]
pub struct Request<'a> {
    /// HTTP method as received.
    pub method: &'a str,
    /// Path below the FHIR base without leading slash, e.g. `Patient/123`, `metadata`, `Observation/$lastn`.
    pub path: &'a str,
    /// Raw query string, without the question mark.
    pub query: &'a str,
    /// Request headers.
    pub headers: &'a http::HeaderMap,
    /// Request body, already bounded by the server.
    pub body: &'a [u8],
}

/// What the access token and the policy of the source allow.
#[derive(Clone, Copy)]
pub struct Grant<'a> {
    /// SMART scopes of the token.
    pub scopes: &'a [String],
    /// Whether the asking party may see the patient with this BSN.
    pub may_see: &'a (dyn Fn(&str) -> bool + Sync),
}

/// The answer to one request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Headers that belong to the FHIR answer (content type, ETag, Allow, …).
    pub headers: Vec<(String, String)>,
    /// Body, not compressed.
    pub body: Vec<u8>,
    /// BSN of the patient asked for, for the audit log.
    pub asked_bsn: Option<String>,
}

/// Test patients of the sample product by what they are for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PatientsByPurpose {
    /// Data in every BgZ section, referred.
    pub complete: Option<String>,
    /// Exists with data, not referred, no consent.
    pub other: Option<String>,
    /// Exists without clinical data, referred.
    pub empty: Option<String>,
    /// Exists with data, not referred to party A, consent denied.
    pub no_consent: Option<String>,
    /// Referred; some records are shielded.
    pub restricted: Option<String>,
    /// A valid BSN that does not occur.
    pub unknown: Option<String>,
}

/// Why a folder of resources could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A file or folder could not be read.
    #[error("cannot read {file}: {source}")]
    Read {
        /// The file or folder.
        file: String,
        /// The cause.
        source: std::io::Error,
    },
    /// A file is not a JSON FHIR resource or Bundle.
    #[error("{file}: {reason}")]
    Content {
        /// The file.
        file: String,
        /// What is wrong and what helps.
        reason: String,
    },
    /// The folder is too large.
    #[error("{folder}: {reason}")]
    TooMuch {
        /// The folder.
        folder: String,
        /// The limit that was passed.
        reason: String,
    },
}

/// The FHIR service of one tenant.
#[derive(Debug)]
pub struct Service {
    base: String,
    defects: Defects,
}

impl Service {
    /// The service of a tenant over the embedded synthetic data.
    #[must_use]
    pub fn synthetic(_tenant: &str, base: String, defects: Defects) -> Self {
        Self { base, defects }
    }

    /// The service over every `*.json` file below a folder.
    ///
    /// # Errors
    /// [`LoadError`] naming the file that cannot be used.
    pub fn from_folder(_dir: &Path, base: String, defects: Defects) -> Result<Self, LoadError> {
        Ok(Self { base, defects })
    }

    /// Answers one request; `grant` is absent only for `metadata`.
    #[must_use]
    pub fn handle(&self, request: &Request<'_>, grant: Option<&Grant<'_>>) -> Answer {
        let _ = (request, grant, &self.base, &self.defects);
        Answer { status: 501, headers: Vec::new(), body: Vec::new(), asked_bsn: None }
    }

    /// Every BSN in the data, sorted.
    #[must_use]
    pub fn bsns(&self) -> Vec<String> {
        Vec::new()
    }

    /// Test patients by purpose.
    #[must_use]
    pub fn patients(&self) -> PatientsByPurpose {
        PatientsByPurpose::default()
    }
}
