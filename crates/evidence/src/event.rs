//! The closed, versioned set of journal events: all a verdict is computed from.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{decode::DecodeError, heard::Inbound};

/// The version of the journal format.
pub const FORMAT: &str = "keur/journal/1";
/// The mode of a run whose seed stays secret until the end.
pub const EXAM: &str = "exam";
/// What the id of a case's twin in an exam ends in.
pub const TWIN: &str = "~tweeling";

/// The observation that names the attack of a case: which layers it breaks, and how.
pub const LAYER_ATTACK: &str = "layer_attack";

/// One line of `journal.ndjson`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Position, from 0.
    pub seq: u64,
    /// RFC 3339 instant in UTC, milliseconds.
    pub at: String,
    /// SHA-256 (hex) of the previous line's bytes without newline; 64 zeros at the start.
    pub prev: String,
    /// What happened.
    pub event: Event,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// The run began; always the first event.
    RunStarted(Box<RunStarted>),
    /// A case that was selected.
    CasePlanned(PlannedCase),
    /// A human statement read from the declared attestations.
    Attested(Attested),
    /// Files the run rests on: the declaration, the norms, the public part of our identities. With them the journal
    /// and its blobs can be judged again by anyone.
    Enclosed(Enclosed),
    /// An interrupted run went on; what was open is executed again.
    Resumed(Resumed),
    /// A reading of the clock that a check depends on. Not an observation of the product.
    Clock {
        /// The case.
        case: String,
        /// What for, in Dutch.
        purpose: String,
        /// RFC 3339 instant in UTC, nanoseconds.
        at: String,
    },
    /// A case began.
    CaseStarted {
        /// The case.
        case: String,
    },
    /// A request is about to be sent: written before it leaves.
    RequestSent {
        /// Id of the exchange to come.
        id: String,
        /// The case.
        case: String,
        /// Method.
        method: String,
        /// URL, redacted.
        url: String,
        /// Test numbers (BSN) in headers and content: a log may show them before the exchange is on record.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        numbers: Vec<String>,
    },
    /// A request and what came of it.
    Exchange(Box<Exchange>),
    /// A fact that is not an HTTP exchange (TLS handshake, published key set, …).
    Observation(Observation),
    /// One assertion.
    Check(CheckRecord),
    /// The case ended early for a reason that is not a violated check.
    Stopped(Stopped),
    /// The case ended.
    CaseFinished {
        /// The case.
        case: String,
        /// Steps that ran to their end.
        steps_done: usize,
        /// Duration in milliseconds.
        ms: u64,
    },
    /// The production-data guard stopped the run.
    GuardTripped {
        /// The case in which it happened.
        case: String,
        /// Where the number stood, without the number.
        place: String,
    },
    /// The seed of an exam, which the commitment at its start was about; right before the end.
    SeedRevealed {
        /// Seed of the run's randomness, hex.
        seed: String,
    },
    /// The run ended; always the last event of a complete journal.
    RunFinished {
        /// How it ended.
        how: RunEnd,
    },
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunEnd {
    /// All selected cases were executed.
    Completed,
    /// The operator stopped it.
    Interrupted,
    /// The production-data guard stopped it.
    Guarded,
}

/// What a run is about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RunStarted {
    /// [`FORMAT`].
    pub format: String,
    /// Time-ordered run id.
    pub run: String,
    /// `practice` or `exam`.
    pub mode: String,
    /// Seed of the run's randomness, hex; empty in an exam until it is revealed.
    pub seed: String,
    /// In an exam: SHA-256 of the bytes of the seed, `sha256:…`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed_commitment: Option<String>,
    /// keur's version.
    pub harness_version: String,
    /// SHA-256 of the keur executable, `sha256:…`.
    pub harness_digest: String,
    /// Profile id.
    pub profile: String,
    /// Profile release.
    pub profile_release: String,
    /// SHA-256 of the profile file.
    pub profile_digest: String,
    /// The chosen variant.
    pub variant: String,
    /// SHA-256 of the catalogue files.
    pub catalogue_digest: String,
    /// SHA-256 of the feature files.
    pub features_digest: String,
    /// The item under test.
    pub product: ProductIdentity,
    /// The selection expression of `--only`; a run with one is partial and can never be conform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub only: Option<String>,
    /// Operating system and architecture of the test host.
    pub host: String,
}

/// The item under test, as declared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductIdentity {
    /// Vendor.
    pub vendor: String,
    /// Product name.
    pub name: String,
    /// Product version.
    pub version: String,
    /// Chamber of commerce number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kvk: Option<String>,
    /// Roles it plays.
    pub roles: Vec<String>,
    /// The endpoint under test.
    pub endpoint: String,
    /// What it claims, as `key = value` lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub claims: Vec<String>,
    /// SHA-256 of product.toml.
    pub declaration_digest: String,
}

/// The kind of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Gegeven: a precondition.
    Given,
    /// Als: an action.
    When,
    /// Dan: an expectation; only these can fail a product.
    Then,
}

/// A selected case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedCase {
    /// `features/nen-7512/….feature#slug` or `…#slug@row`.
    pub case: String,
    /// The requirement it is a case of.
    pub requirement: String,
    /// The scenario's name.
    pub title: String,
    /// Line in the feature file.
    pub line: usize,
    /// The steps, background included.
    pub steps: Vec<PlannedStep>,
}

/// A step of a selected case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlannedStep {
    /// Gegeven, Als or Dan.
    pub phase: Phase,
    /// The sentence as written, keyword included.
    pub text: String,
}

/// Files of one kind, kept as blobs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Enclosed {
    /// `declaration`, `norms` or `identities`.
    pub what: String,
    /// The files.
    pub files: Vec<EnclosedFile>,
}

/// One enclosed file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnclosedFile {
    /// Its name: a path of the norms, a file of the declaration, an identity.
    pub name: String,
    /// SHA-256 of its bytes, `sha256:…`.
    pub blob: String,
}

/// How an interrupted run went on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Resumed {
    /// SHA-256 of product.toml as it is now.
    pub declaration_digest: String,
    /// The endpoint as it is now.
    pub endpoint: String,
    /// Every case is executed again, because the declaration is another: only the embedded product may do so.
    pub all: bool,
    /// Bytes of a half-written last line that were cut off.
    pub torn_bytes: u64,
}

/// A human statement.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attested {
    /// The requirement.
    pub requirement: String,
    /// satisfied, not_satisfied or not_applicable.
    pub outcome: String,
    /// What was stated.
    pub statement: String,
    /// certificate, document, demonstration or interview.
    pub basis: String,
    /// Who: name, organisation, role.
    pub by: String,
    /// When, `YYYY-MM-DD`.
    pub date: String,
    /// Until when, `YYYY-MM-DD`.
    pub expires: String,
    /// Title and SHA-256 of the artefact it rests on.
    pub artefact: String,
}

/// A header as sent or received, redacted.
pub type Header = (String, String);

/// A body as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Body {
    /// SHA-256 of the redacted, decoded bytes in `blobs/`, `sha256:…`; absent for an empty body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blob: Option<String>,
    /// Bytes as they came over the wire.
    pub wire_bytes: u64,
    /// Not all of the body is kept: it was longer than the cap, or is not what its `Content-Encoding` says.
    #[serde(default)]
    pub truncated: bool,
    /// Why it is not what its `Content-Encoding` says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub undecoded: Option<DecodeError>,
}

/// A request and what came of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Exchange {
    /// Id within the run: `x-000001`.
    pub id: String,
    /// The case it was made in.
    pub case: String,
    /// Why it was made, in Dutch: "opvraging met certificaat en token".
    pub purpose: String,
    /// Method.
    pub method: String,
    /// URL, redacted.
    pub url: String,
    /// Request headers.
    pub request_headers: Vec<Header>,
    /// Request body.
    pub request_body: Body,
    /// The identity shown in TLS: `party_a`, `hostile.expired`, `none`.
    pub identity: String,
    /// What came back.
    pub reply: Reply,
    /// Milliseconds from sending to the first byte of the answer, and to its end.
    pub timing: Timing,
    /// Set when the product asked and we answered; `reply` is what we answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub inbound: Option<Box<Inbound>>,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum Reply {
    /// An HTTP response.
    Response {
        /// Status code.
        status: u16,
        /// `HTTP/1.1`, `HTTP/2.0`.
        version: String,
        /// Response headers.
        headers: Vec<Header>,
        /// Response body.
        body: Body,
        /// Facts of the connection; absent over plain http.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        tls: Option<TlsFacts>,
    },
    /// No HTTP response.
    Failure {
        /// What kind of failure.
        failure: Failure,
        /// In words.
        message: String,
    },
}

/// What kind of transport failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Failure {
    /// Name not found.
    Dns,
    /// No TCP connection.
    Connect,
    /// The peer ended the TLS handshake or the connection right after it with an alert.
    TlsRefused,
    /// We refused the peer's certificate.
    TlsUntrusted,
    /// Any other TLS failure.
    Tls,
    /// Nothing, or not all, within the time limit.
    Timeout,
    /// The connection was closed or reset without an answer.
    Closed,
    /// Not HTTP.
    Protocol,
}

/// Facts of a TLS connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsFacts {
    /// `TLSv1.3`.
    pub version: String,
    /// Cipher suite, when known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suite: Option<String>,
    /// SHA-256 of the peer's leaf certificate, `sha256:…`.
    pub peer: String,
}

/// Durations in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// To the response head.
    pub head_ms: u64,
    /// To the end of the body.
    pub total_ms: u64,
}

/// A fact that is not an HTTP exchange.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Observation {
    /// Id within the run: `o-000001`.
    pub id: String,
    /// The case.
    pub case: String,
    /// `tls_handshake`, `tcp`, `key_set`, `configuration`, `layer_attack`, ….
    pub what: String,
    /// What it was about, in Dutch.
    pub purpose: String,
    /// The facts.
    pub facts: Value,
}

/// One assertion.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CheckRecord {
    /// The case.
    pub case: String,
    /// Index of the step in the plan.
    pub step: usize,
    /// Phase of that step.
    pub phase: Phase,
    /// What should be there.
    pub expected: String,
    /// What is there.
    pub observed: String,
    /// holds, violated or not_evaluable.
    pub outcome: CheckOutcome,
    /// Ids of the exchanges and observations it rests on.
    pub evidence: Vec<String>,
}

/// L1: one assertion's outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "is", content = "because")]
pub enum CheckOutcome {
    /// As expected.
    Holds,
    /// Not as expected.
    Violated,
    /// Could not be decided.
    NotEvaluable(Reason),
}

/// Why something could not be decided: the closed list of `cant_tell`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// A precondition was not met.
    Precondition,
    /// The product holds no data to judge.
    NoData,
    /// Nothing within the time limit.
    Timeout,
    /// A service outside the product was down.
    ServiceDown,
    /// The environment: network, DNS, TLS outside the requirement.
    Environment,
    /// The declaration or configuration is wrong or lacks something.
    Configuration,
    /// The run was stopped.
    Aborted,
    /// The norm is ambiguous here.
    NormAmbiguous,
}

/// Why a case ended early.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stopped {
    /// The case.
    pub case: String,
    /// Index of the step.
    pub step: usize,
    /// Phase of that step.
    pub phase: Phase,
    /// What it means.
    pub stop: StopKind,
    /// In words, in Dutch, for the reader.
    pub detail: String,
}

/// What an early end means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum StopKind {
    /// It cannot be told.
    CantTell {
        /// From the closed list.
        reason: Reason,
        /// Finer: `unreachable`, `hook_missing`, `not_declared`, ….
        cause: String,
    },
    /// It does not apply, with proof.
    Inapplicable {
        /// The predicate that is false.
        predicate: String,
        /// What the product declared.
        declared: String,
        /// Id of the exchange or observation that shows it.
        observed: String,
    },
    /// The tool's fault.
    Error,
}
