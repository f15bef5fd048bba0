//! The command line of `keur review`.

use std::path::PathBuf;

use clap::{ArgGroup, Args, ValueEnum};

use super::Form;

/// `keur review`.
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("step").args(["write", "evaluate", "second", "decide"]))]
#[command(group = ArgGroup::new("opinion").args(["agree", "disagree"]))]
pub struct Review {
    /// The bundle.
    pub bundle: PathBuf,
    /// A public key that is trusted in the role it names; repeatable.
    #[arg(long, value_name = "KEY")]
    pub trust: Vec<PathBuf>,
    /// What the scheme demands beyond soundness.
    #[arg(long, value_name = "FILE")]
    pub policy: Option<PathBuf>,
    /// The bundle of the previous submission: only what changed since, and what was asked then.
    #[arg(long, value_name = "BUNDLE", conflicts_with = "step")]
    pub previous: Option<PathBuf>,
    /// Form of the list on stdout.
    #[arg(long, value_enum, default_value_t = Form::Human)]
    pub format: Form,
    /// Write a worksheet for the evaluator.
    #[arg(long, value_name = "FILE")]
    pub write: Option<PathBuf>,
    /// Sign the evaluation that this filled-in worksheet is; needs a laboratory's key.
    #[arg(long, value_name = "FILE", requires_all = ["sign", "out"])]
    pub evaluate: Option<PathBuf>,
    /// Sign a second person's view of the evaluation; needs a reviewer's key.
    #[arg(long, requires_all = ["opinion", "remark", "sign", "out"])]
    pub second: bool,
    /// The second person comes to the same.
    #[arg(long, requires = "second")]
    pub agree: bool,
    /// The second person does not.
    #[arg(long, requires = "second")]
    pub disagree: bool,
    /// What the second person has to say.
    #[arg(long, value_name = "TEXT", requires = "second")]
    pub remark: Option<String>,
    /// Sign the decision; needs a certification body's key.
    #[arg(long, value_enum, value_name = "OUTCOME", requires_all = ["sign", "out"])]
    pub decide: Option<Decide>,
    /// A condition; repeatable.
    #[arg(long, value_name = "TEXT", requires = "decide")]
    pub condition: Vec<String>,
    /// The last day the certificate holds, YYYY-MM-DD.
    #[arg(long, value_name = "DAY", requires = "decide")]
    pub valid_until: Option<String>,
    /// Number of the certificate.
    #[arg(long, value_name = "NR", requires = "decide")]
    pub certificate: Option<String>,
    /// The private key to sign with.
    #[arg(long, value_name = "KEY", requires = "step")]
    pub sign: Option<PathBuf>,
    /// The new bundle.
    #[arg(long, value_name = "FILE", requires = "sign")]
    pub out: Option<PathBuf>,
}

/// What a certification body can decide.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Decide {
    /// Granted: an exam that is conform without waivers.
    Granted,
    /// Refused.
    Refused,
    /// Granted under conditions; the only way when there are waivers.
    Conditional,
    /// Suspended.
    Suspended,
    /// Withdrawn.
    Withdrawn,
}
