//! `keur keys`, `attest`, `waive`, `bundle`, `verify`, `rejudge`, `diff`: what becomes of a run.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::Form;

/// `keur keys`.
#[derive(Debug, Subcommand)]
pub enum Keys {
    /// Make a key pair: FILE and, beside it, the public half ending in .pub.
    New(KeysNew),
    /// Show what a key is.
    Show(KeysShow),
}

/// `keur keys new`.
#[derive(Debug, Args)]
pub struct KeysNew {
    /// What the holder is in the scheme: operator, vendor, assessor, laboratory, reviewer, certification_body or scheme_owner.
    #[arg(long, default_value = "operator")]
    pub role: String,
    /// Name of the person who holds it.
    #[arg(long, default_value = "onbekend")]
    pub name: String,
    /// Organisation of the holder.
    #[arg(long, default_value = "onbekend")]
    pub organisation: String,
    /// Algorithm.
    #[arg(long, value_enum, default_value_t = KeyAlgorithm::Ed25519)]
    pub algorithm: KeyAlgorithm,
    /// First day it may sign, YYYY-MM-DD; by default today.
    #[arg(long, value_name = "DAY")]
    pub valid_from: Option<String>,
    /// Last day it may sign, YYYY-MM-DD; by default two years later.
    #[arg(long, value_name = "DAY")]
    pub valid_until: Option<String>,
    /// Where to write it; by default ROLE.key in the current folder.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// The algorithm of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyAlgorithm {
    /// Ed25519: the same run gives the same bundle.
    Ed25519,
    /// ECDSA on P-256.
    EcdsaP256,
}

/// `keur keys show`.
#[derive(Debug, Args)]
pub struct KeysShow {
    /// A .pub file, or a private key with its .pub beside it.
    pub key: PathBuf,
}

/// `keur attest`.
#[derive(Debug, Args)]
pub struct Attest {
    /// The folder of a run.
    pub dir: PathBuf,
    /// The requirement.
    #[arg(long, value_name = "ID")]
    pub requirement: String,
    /// What was found.
    #[arg(long, value_enum)]
    pub outcome: AttestOutcome,
    /// Who: "name, organisation, role".
    #[arg(long, value_name = "WHO")]
    pub by: String,
    /// In words.
    #[arg(long, value_name = "TEXT")]
    pub statement: Option<String>,
    /// What it rests on.
    #[arg(long, value_enum, default_value_t = AttestBasis::Document)]
    pub basis: AttestBasis,
    /// Somebody watched the demonstration.
    #[arg(long)]
    pub witnessed: bool,
    /// The day it was found, YYYY-MM-DD; by default today.
    #[arg(long, value_name = "DAY")]
    pub date: Option<String>,
    /// The last day it holds, YYYY-MM-DD; by default a year later.
    #[arg(long, value_name = "DAY")]
    pub expires: Option<String>,
    /// The file it rests on; repeatable.
    #[arg(long, value_name = "FILE")]
    pub artefact: Vec<PathBuf>,
    /// Keep these files in the bundle; without it only their digests.
    #[arg(long)]
    pub enclose: bool,
    /// The assessor's key; a practice run does without.
    #[arg(long, value_name = "KEY")]
    pub sign: Option<PathBuf>,
}

/// What an assessor can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[value(rename_all = "snake_case")]
pub enum AttestOutcome {
    /// The product meets it.
    Satisfied,
    /// The product does not meet it.
    #[value(alias = "not-satisfied")]
    NotSatisfied,
    /// It does not apply.
    #[value(alias = "not-applicable")]
    NotApplicable,
}

/// What a statement rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum AttestBasis {
    /// A certificate by a third party.
    Certificate,
    /// A document.
    Document,
    /// A demonstration.
    Demonstration,
    /// An interview.
    Interview,
}

/// `keur waive`.
#[derive(Debug, Args)]
pub struct Waive {
    /// The folder of a run.
    pub dir: PathBuf,
    /// The requirement.
    #[arg(long, value_name = "ID")]
    pub requirement: String,
    /// Why it need not be met for now.
    #[arg(long, value_name = "TEXT")]
    pub reason: String,
    /// Who: "name, organisation, role".
    #[arg(long, value_name = "WHO")]
    pub by: String,
    /// The first day it holds, YYYY-MM-DD; by default today.
    #[arg(long, value_name = "DAY")]
    pub granted: Option<String>,
    /// The last day it holds, YYYY-MM-DD.
    #[arg(long, value_name = "DAY")]
    pub expires: String,
    /// For every version of the product, and not only the one that was tested.
    #[arg(long)]
    pub every_version: bool,
    /// A file it rests on; repeatable.
    #[arg(long, value_name = "FILE")]
    pub artefact: Vec<PathBuf>,
    /// Keep these files in the bundle; without it only their digests.
    #[arg(long)]
    pub enclose: bool,
    /// The scheme owner's key.
    #[arg(long, value_name = "KEY")]
    pub sign: PathBuf,
}

/// `keur bundle`.
#[derive(Debug, Args)]
pub struct Bundle {
    /// The folder of a run.
    pub dir: PathBuf,
    /// The operator's key; a practice run does without.
    #[arg(long, value_name = "KEY")]
    pub sign: Option<PathBuf>,
    /// Where to write it; by default RUN-ID.keur in the current folder.
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
}

/// `keur verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// The bundle.
    pub bundle: PathBuf,
    /// A public key that is trusted in the role it names; repeatable.
    #[arg(long, value_name = "KEY")]
    pub trust: Vec<PathBuf>,
    /// What the scheme demands beyond soundness.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The previous bundle of the same product and profile: no attempt may be missing since.
    #[arg(long, value_name = "BUNDLE")]
    pub previous: Option<PathBuf>,
    /// Verify as of this moment (RFC 3339) or day, instead of now.
    #[arg(long, value_name = "MOMENT")]
    pub at: Option<String>,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
}

/// `keur rejudge`.
#[derive(Debug, Args)]
pub struct Rejudge {
    /// A bundle, or the folder of a run.
    pub evidence: PathBuf,
    /// Another edition of the profile, as a file; by default the profile in this keur.
    #[arg(long, value_name = "FILE")]
    pub profile: Option<PathBuf>,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
}

/// `keur diff`.
#[derive(Debug, Args)]
pub struct Diff {
    /// The first run: a bundle, or the folder of a run.
    pub first: PathBuf,
    /// The second run.
    pub second: PathBuf,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
}
