//! The FHIR STU3 service of the sample product: a BgZ source over synthetic (or given) patients.
//!
//! The service knows nothing of sockets, TLS or tokens: it gets a [`Request`] with the [`Grant`] that the server
//! worked out, and answers with plain bytes.

pub(crate) mod bsn;
pub(crate) mod bundle;
mod capability;
pub(crate) mod dates;
mod definitions;
mod embedded;
mod find;
pub(crate) mod flaws;
mod handed;
mod handler;
mod include;
mod lastn;
mod load;
pub(crate) mod negotiate;
pub(crate) mod order;
pub(crate) mod outcome;
pub(crate) mod paging;
pub(crate) mod params;
mod scopes;
pub(crate) mod search;
mod store;
mod subject;
mod xml;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::defects::Defects;

pub(crate) use embedded::shielded;
use paging::Pager;
use store::{Record, Store};

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
    store: Store,
    pager: Pager,
    patients: PatientsByPurpose,
    from_folder: bool,
    /// Only used by the defects that keep state between requests.
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    versions: BTreeMap<String, u64>,
    deleted: BTreeSet<String>,
}

impl Service {
    /// The service of a tenant over the embedded synthetic data.
    ///
    /// # Panics
    /// When the embedded data is not valid JSON; a test guards that.
    #[must_use]
    pub fn synthetic(tenant: &str, base: String, defects: Defects) -> Self {
        let (resources, mut patients) = embedded::synthetic(tenant);
        let store = Store::new(resources);
        patients.unknown = Some(embedded::UNKNOWN.to_owned());
        Self::over(store, base, defects, patients, false)
    }

    /// The service over every `*.json` file below a folder.
    ///
    /// The patient with most resources stands for `complete`, the next one for `other`.
    ///
    /// # Errors
    /// [`LoadError`] naming the file that cannot be used.
    pub fn from_folder(dir: &Path, base: String, defects: Defects) -> Result<Self, LoadError> {
        let store = Store::new(load::folder(dir)?);
        let mut ranked: Vec<(usize, String)> = store
            .bsns()
            .filter_map(|number| Some((store.weight(store.patient_of(number)?), number.to_owned())))
            .collect();
        ranked.sort_by(|left, right| right.0.cmp(&left.0).then_with(|| left.1.cmp(&right.1)));
        let bare = ranked.iter().position(|(weight, _)| *weight == 0);
        let empty = bare.map(|at| ranked.remove(at).1);
        let mut ranked = ranked.into_iter().map(|(_, number)| number);
        let taken: Vec<String> = store.bsns().map(str::to_owned).collect();
        let patients = PatientsByPurpose {
            complete: ranked.next(),
            other: ranked.next(),
            empty,
            unknown: bsn::unused(&taken),
            ..PatientsByPurpose::default()
        };
        Ok(Self::over(store, base, defects, patients, true))
    }

    fn over(
        store: Store,
        base: String,
        defects: Defects,
        patients: PatientsByPurpose,
        from_folder: bool,
    ) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        let state = Mutex::default();
        Self { base, defects, store, pager: Pager::new(), patients, from_folder, state }
    }

    /// Answers one request; `grant` is absent only for `metadata`.
    #[must_use]
    pub fn handle(&self, request: &Request<'_>, grant: Option<&Grant<'_>>) -> Answer {
        self.answer(request, grant)
    }

    /// Every BSN in the data, sorted.
    #[must_use]
    pub fn bsns(&self) -> Vec<String> {
        self.store.bsns().map(str::to_owned).collect()
    }

    /// Test patients by purpose.
    #[must_use]
    pub fn patients(&self) -> PatientsByPurpose {
        self.patients.clone()
    }

    /// A resource as it is served, always with a version.
    fn render(&self, record: &Record) -> Value {
        let mut resource = record.json.clone();
        if resource["meta"]["versionId"].is_null() {
            resource["meta"]["versionId"] = Value::from("1");
        }
        flaws::spoil(&mut resource, &self.defects);
        resource
    }

    /// The defect `get-changes-version`: reading writes.
    fn bump(&self, resource: &mut Value, count: bool) {
        let key = format!("{}/{}", resource["resourceType"], resource["id"]);
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let version = state.versions.entry(key).or_insert(1);
        *version += u64::from(count);
        resource["meta"]["versionId"] = Value::from(version.to_string());
    }

    /// The defect `second-delete-500`: whether this resource was to be deleted before.
    fn seen_before(&self, kind: &str, id: &str) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Bounded: the set only holds resources that exist or one name for all others.
        let key = self.store.get(kind, id).map_or(String::new(), |record| format!("{kind}/{}", record.id));
        !state.deleted.insert(key)
    }
}
