//! The command line. Help, completions and the manual page all come from these definitions.

mod dossier;
mod makers;
mod observatory;
mod review;

pub use dossier::{
    Attest, AttestBasis, AttestOutcome, Bundle, Diff, KeyAlgorithm, Keys, KeysNew, KeysShow, Rejudge, Verify,
    Waive,
};
pub use makers::{Killtable, Norms, Reference};
pub use observatory::{Observatory, ObservatoryBuild, ObservatoryGenerate, ObservatoryReport, YearlyForm};
pub use review::{Decide, Review};

use std::path::PathBuf;

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
    /// Make the national picture from signed bundles.
    #[command(subcommand)]
    Observatory(Observatory),
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
    /// The log of the product or of a gateway before it, read when the last case has ended: NDJSON or plain lines.
    #[arg(long, value_name = "FILE")]
    pub product_log: Option<PathBuf>,
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

/// `keur report`.
#[derive(Debug, Args)]
pub struct Report {
    /// The folder of a run, or a bundle.
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

/// Reads the command line; prints help or the error itself.
pub fn parse() -> Result<Cli, Exit> {
    Cli::try_parse().map_err(|error| usage::report(&error))
}
