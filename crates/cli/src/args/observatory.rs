//! `keur observatory`: the national picture from signed bundles.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use super::ReportLang;

/// `keur observatory`.
#[derive(Debug, Subcommand)]
pub enum Observatory {
    /// Verify bundles, recompute their verdicts, and publish a static site with open data.
    Build(ObservatoryBuild),
    /// Write the yearly report from a published site.
    Report(ObservatoryReport),
    /// Make a plausible history of signed bundles, for demonstrations and benchmarks. No bundle of it counts among real ones.
    Generate(ObservatoryGenerate),
}

/// `keur observatory build`.
#[derive(Debug, Args)]
pub struct ObservatoryBuild {
    /// Bundles, and folders with bundles (*.keur).
    #[arg(required = true)]
    pub bundles: Vec<PathBuf>,
    /// Where the site is published.
    #[arg(long, value_name = "DIR", default_value = "observatorium")]
    pub out: PathBuf,
    /// The languages of the site.
    #[arg(long, value_enum, value_delimiter = ',', default_value = "nl,en")]
    pub lang: Vec<ReportLang>,
    /// What may be told: named products, small cells, periods, revoked keys.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// A public key that is trusted in the role it names; repeatable.
    #[arg(long, value_name = "KEY")]
    pub trust: Vec<PathBuf>,
    /// The picture as of this moment (RFC 3339) or day, instead of the newest evidence.
    #[arg(long, value_name = "MOMENT")]
    pub as_of: Option<String>,
    /// Verify every bundle again, also those that an earlier build verified.
    #[arg(long)]
    pub anew: bool,
    /// Write here what is wrong with each bundle that does not verify; not for publication, because it may name products.
    #[arg(long, value_name = "FILE")]
    pub details: Option<PathBuf>,
}

/// `keur observatory report`.
#[derive(Debug, Args)]
pub struct ObservatoryReport {
    /// The year.
    #[arg(long, value_name = "YEAR")]
    pub year: i32,
    /// Where to write it.
    #[arg(long, value_name = "FILE")]
    pub out: PathBuf,
    /// The published site it is about.
    #[arg(long, value_name = "DIR", default_value = "observatorium")]
    pub site: PathBuf,
    /// The format.
    #[arg(long, value_enum, default_value_t = YearlyForm::Html)]
    pub format: YearlyForm,
}

/// The format of the yearly report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum YearlyForm {
    /// One file to read and to print.
    Html,
    /// Its figures.
    Csv,
}

/// `keur observatory generate`.
#[derive(Debug, Args)]
pub struct ObservatoryGenerate {
    /// Where the bundles and the public keys are written.
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Products.
    #[arg(long, value_name = "N", default_value_t = 2000, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub products: u32,
    /// Years of history.
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u8).range(1..=20))]
    pub years: u8,
    /// The last day of the history, YYYY-MM-DD; by default yesterday.
    #[arg(long, value_name = "DAY")]
    pub until: Option<String>,
    /// Only these profiles; by default all.
    #[arg(long, value_name = "PROFILE", value_delimiter = ',')]
    pub profile: Vec<String>,
    /// Of each profile, as many exams with a defect are recorded beside the clean one.
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub defects: usize,
    /// Only whole exams, signed with keys that hold, that arrive as they were sent: every bundle counts.
    #[arg(long)]
    pub sound: bool,
    /// Keep the recordings here, and use those that are there: recording takes longer than all the rest.
    #[arg(long, value_name = "DIR")]
    pub recordings: Option<PathBuf>,
    /// Another number gives another history.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub seed: u64,
}
