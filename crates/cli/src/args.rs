//! The command line. Help, completions and the manual page all come from these definitions.

mod review;

pub use review::{Decide, Review};

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use keur_catalogue::Lang;

use crate::{exit::Exit, usage};

/// Tests a product for electronic exchange in Dutch healthcare against a profile of requirements, keeps the
/// evidence, and makes the report.
#[derive(Debug, Parser)]
#[command(name = "keur", version, max_term_width = 100, arg_required_else_help = true)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// Settings of every command.
    #[command(flatten)]
    pub global: Global,
}

/// What `--resume` means without a value.
pub const LATEST: &str = "latest";

/// Settings of every command.
#[derive(Debug, Clone, Args)]
pub struct Global {
    /// Colour on the terminal.
    #[arg(long, global = true, value_enum, default_value_t = Colour::Auto, env = "KEUR_COLOR")]
    pub color: Colour,
    /// Only the result, no progress.
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// More of the log on stderr; repeat for more.
    #[arg(short, long, global = true, action = clap::ArgAction::Count)]
    pub verbose: u8,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set or TERM is dumb.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The form of a result on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// A table's form on stdout.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TableForm {
    /// For people.
    Table,
    /// For programs.
    Json,
    /// For spreadsheets.
    Csv,
}

/// The language of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ReportLang {
    /// Dutch.
    Nl,
    /// English.
    En,
}

impl From<ReportLang> for Lang {
    fn from(lang: ReportLang) -> Self {
        match lang {
            ReportLang::Nl => Self::Nl,
            ReportLang::En => Self::En,
        }
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Test a product against a profile.
    Run(Run),
    /// Check configuration and connections before anything is judged.
    Doctor(Doctor),
    /// Write a commented product.toml.
    Init(Init),
    /// List the profiles.
    Profiles(Profiles),
    /// Show what a run would do.
    Plan(Plan),
    /// Explain a requirement, a case or the exit codes.
    Explain(Explain),
    /// Look after the norms: catalogue, features, defects.
    #[command(subcommand)]
    Norms(Norms),
    /// Run the reference product as a process of its own.
    Reference(Reference),
    /// Prove that every test can fail: the reference product, clean and with each defect.
    Killtable(Killtable),
    /// Render a report again from a run's folder.
    Report(Report),
    /// Make or show the keys statements and bundles are signed with.
    #[command(subcommand)]
    Keys(Keys),
    /// Add a person's statement about a requirement to a run.
    Attest(Attest),
    /// Add a scheme owner's waiver for a requirement to a run.
    Waive(Waive),
    /// Make one signed file of a run.
    Bundle(Bundle),
    /// Prove a bundle offline and judge its evidence again.
    Verify(Verify),
    /// Evaluate a bundle, look at the evaluation a second time, and decide.
    Review(Review),
    /// Judge stored evidence again, under the norms of today or another edition of the profile.
    Rejudge(Rejudge),
    /// Show what changed between two runs, and why.
    Diff(Diff),
    /// Write the completions for a shell.
    Completions {
        /// The shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Write the manual page.
    Man,
}

/// `keur run`.
#[derive(Debug, Args)]
pub struct Run {
    /// The profile, as listed by `keur profiles`.
    pub profile: String,
    /// The vendor's declaration; without it the embedded reference product is tested.
    #[arg(long, value_name = "FILE", env = "KEUR_PRODUCT")]
    pub product: Option<PathBuf>,
    /// Where the run's folder is made.
    #[arg(long, value_name = "DIR", default_value = "keur-out", env = "KEUR_OUT")]
    pub out: PathBuf,
    /// Only these requirements: ids, prefixes with *, exclusions with !.
    #[arg(long, value_name = "EXPR")]
    pub only: Option<String>,
    /// The variant of the profile.
    #[arg(long, value_name = "V", env = "KEUR_VARIANT")]
    pub variant: Option<String>,
    /// Feature files from a folder instead of the embedded ones.
    #[arg(long, value_name = "DIR")]
    pub features: Option<PathBuf>,
    /// Cases at once.
    #[arg(long, value_name = "N", default_value_t = 8, env = "KEUR_JOBS", value_parser = clap::value_parser!(u16).range(1..=256))]
    pub jobs: u16,
    /// Seconds a request with its whole answer may take.
    #[arg(long, value_name = "SECONDS", default_value_t = 15, env = "KEUR_TIMEOUT", value_parser = clap::value_parser!(u16).range(1..=600))]
    pub timeout: u16,
    /// One more report, as FORMAT=PATH; repeatable.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub report: Vec<String>,
    /// Language of the report.
    #[arg(long, value_enum, default_value_t = ReportLang::Nl, env = "KEUR_LANG")]
    pub lang: ReportLang,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
    /// Go on with an interrupted run: its folder, or `latest`, the latest one of the profile in --out.
    #[arg(long, value_name = "DIR", num_args = 0..=1, default_missing_value = LATEST)]
    pub resume: Option<PathBuf>,
    /// Defects of the embedded reference product, to see what a finding looks like.
    #[arg(long, value_name = "NAME", conflicts_with = "product")]
    pub defect: Vec<String>,
    /// An exam: every case twice, the second time as another client, in an order and with values nobody knows beforehand.
    #[arg(long)]
    pub exam: bool,
    /// Known deviations that do not count for the exit code; the verdict stays what it is.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
}

/// `keur doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// The profile the product will be tested against.
    pub profile: Option<String>,
    /// The vendor's declaration.
    #[arg(long, value_name = "FILE", env = "KEUR_PRODUCT")]
    pub product: PathBuf,
    /// The variant of the profile.
    #[arg(long, value_name = "V", env = "KEUR_VARIANT")]
    pub variant: Option<String>,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
}

/// `keur init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Where to write it.
    #[arg(long, value_name = "FILE", default_value = "product.toml")]
    pub out: PathBuf,
    /// Ask nothing; write the template as it is.
    #[arg(long)]
    pub no_input: bool,
}

/// `keur profiles`.
#[derive(Debug, Args)]
pub struct Profiles {
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
}

/// `keur plan`.
#[derive(Debug, Args)]
pub struct Plan {
    /// The profile.
    pub profile: String,
    /// Only these requirements.
    #[arg(long, value_name = "EXPR")]
    pub only: Option<String>,
    /// The variant of the profile.
    #[arg(long, value_name = "V", env = "KEUR_VARIANT")]
    pub variant: Option<String>,
    /// Feature files from a folder instead of the embedded ones.
    #[arg(long, value_name = "DIR")]
    pub features: Option<PathBuf>,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
}

/// `keur explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// A requirement id, an alias, a case id, or `exit-codes`.
    pub what: String,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
}

/// `keur norms`.
#[derive(Debug, Subcommand)]
pub enum Norms {
    /// Lint catalogue, profiles, features and defects together.
    Check {
        /// The checkout to lint; by default the current folder when it is one, else what is embedded.
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
    },
    /// Requirement × scenarios × defects.
    Coverage {
        /// The checkout to look at; as for check.
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
        /// Form of the result on stdout.
        #[arg(long, value_enum, default_value_t = TableForm::Table)]
        format: TableForm,
    },
}

/// `keur reference`.
#[derive(Debug, Args)]
pub struct Reference {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// A defect to switch on; repeatable.
    #[arg(long, value_name = "NAME")]
    pub defect: Vec<String>,
    /// Write a product.toml for this product, with its files beside it.
    #[arg(long, value_name = "FILE")]
    pub write_product: Option<PathBuf>,
    /// Serve the FHIR resources of a folder instead of the synthetic patients.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The variant of the profile to follow.
    #[arg(long, value_name = "V", env = "KEUR_VARIANT")]
    pub variant: Option<String>,
    /// List the defects and what each breaks.
    #[arg(long)]
    pub list_defects: bool,
}

/// `keur killtable`.
#[derive(Debug, Args)]
pub struct Killtable {
    /// The profile.
    #[arg(default_value = "bgz-beschikbaarstellen")]
    pub profile: String,
    /// Only these defects; repeatable.
    #[arg(long, value_name = "NAME")]
    pub defect: Vec<String>,
    /// Runs at once.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = TableForm::Table)]
    pub format: TableForm,
}

/// `keur report`.
#[derive(Debug, Args)]
pub struct Report {
    /// The folder of a run.
    pub dir: PathBuf,
    /// The format.
    #[arg(long, default_value = "html")]
    pub format: String,
    /// Where to write it; `-` is stdout.
    #[arg(long, value_name = "PATH")]
    pub out: Option<PathBuf>,
    /// Language of the report.
    #[arg(long, value_enum, default_value_t = ReportLang::Nl, env = "KEUR_LANG")]
    pub lang: ReportLang,
}

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

/// Reads the command line; prints help or the error itself.
pub fn parse() -> Result<Cli, Exit> {
    Cli::try_parse().map_err(|error| usage::report(&error))
}
