//! Exit codes: the contract with every script that calls keur.

use std::process::ExitCode;

/// What a process ends with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Exit {
    /// Every must satisfied.
    Conform = 0,
    /// At least one must not satisfied.
    NotConform = 1,
    /// Flags, configuration or TOML wrong.
    Usage = 2,
    /// Something is undetermined, untested or awaits attestation.
    Incomplete = 3,
    /// Product not reachable or set-up wrong.
    DoctorFailed = 4,
    /// The selection is empty.
    NothingSelected = 5,
    /// Damaged bundle, or the recomputed verdict differs.
    VerifyFailed = 6,
    /// Our bug.
    HarnessError = 70,
    /// Interrupted.
    Interrupted = 130,
}

/// Every exit code with its name and meaning, for `keur explain exit-codes`.
pub const ALL: [(Exit, &str, &str); 9] = [
    (
        Exit::Conform,
        "conform",
        "aan elke verplichte eis is voldaan, of de eis is aantoonbaar niet van toepassing",
    ),
    (Exit::NotConform, "not_conform", "aan ten minste één verplichte eis is niet voldaan"),
    (Exit::Usage, "usage", "een optie, de configuratie of een TOML-bestand is onjuist"),
    (
        Exit::Incomplete,
        "incomplete",
        "niets is afgekeurd, maar iets is onbeslist, niet getoetst of wacht op een verklaring",
    ),
    (
        Exit::DoctorFailed,
        "doctor_failed",
        "het product is niet bereikbaar of verkeerd ingericht; er is niets beoordeeld",
    ),
    (Exit::NothingSelected, "nothing_selected", "de selectie is leeg"),
    (
        Exit::VerifyFailed,
        "verify_failed",
        "de bundel is beschadigd, een handtekening wordt niet vertrouwd of het oordeel wijkt af",
    ),
    (Exit::HarnessError, "harness_error", "een fout in keur zelf"),
    (Exit::Interrupted, "interrupted", "onderbroken; het journaal is netjes afgesloten"),
];

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

/// Why a command did not do its work, with the code that goes with it.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    /// The code.
    pub exit: Exit,
    /// For the reader on stderr: what, where and the remedy.
    pub message: String,
}

impl Failure {
    /// Flags, configuration or TOML wrong.
    pub fn usage(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::Usage, message: message.to_string() }
    }

    /// Our bug, or a machine that does not let us keep evidence.
    pub fn harness(message: impl std::fmt::Display) -> Self {
        Self { exit: Exit::HarnessError, message: message.to_string() }
    }
}
