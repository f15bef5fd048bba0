//! Why a person must look at a requirement.

use keur_evidence::event::Reason;
use serde::Serialize;

use super::line;

/// One thing to look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Point {
    /// A person's statement is all there is.
    Attested {
        /// satisfied, not_satisfied or not_applicable.
        outcome: String,
        /// In words.
        statement: String,
        /// certificate, document, demonstration or interview.
        basis: String,
        /// Who.
        by: String,
        /// What it rests on.
        artefact: String,
        /// Last day it holds.
        expires: String,
        /// Who signed the same outcome; none when it is only declared.
        signed_by: Option<String>,
    },
    /// A blocking requirement is not satisfied.
    Deviation {
        /// What was expected and observed.
        detail: String,
    },
    /// It is not satisfied, and that does not block.
    Remark {
        /// What was expected and observed.
        detail: String,
    },
    /// It cannot be told.
    Undetermined {
        /// Why.
        detail: String,
    },
    /// Nothing was executed or stated.
    NotTested {
        /// Why.
        detail: String,
    },
    /// It does not apply, with proof.
    NotApplicable {
        /// The predicate that is false.
        predicate: String,
        /// What the product declared.
        declared: String,
        /// What was observed.
        observed: String,
    },
    /// The scheme owner lifted it.
    Waived {
        /// Why.
        reason: String,
        /// Who.
        by: String,
        /// First day.
        granted: String,
        /// Last day.
        expires: String,
    },
    /// Its outcome differs between attempts at the same product.
    Flaky,
    /// A statement or waiver has ended or ends soon.
    Expiring {
        /// Its last day.
        until: String,
        /// It has ended.
        expired: bool,
    },
}

impl Point {
    /// A word for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::Attested { .. } => "verklaring",
            Self::Deviation { .. } => "afwijking",
            Self::Remark { .. } => "aandachtspunt",
            Self::Undetermined { .. } => "onbeslist",
            Self::NotTested { .. } => "niet getoetst",
            Self::NotApplicable { .. } => "niet van toepassing",
            Self::Waived { .. } => "ontheffing",
            Self::Flaky => "wisselend",
            Self::Expiring { .. } => "geldigheid",
        }
    }

    /// The rest, on one line.
    #[must_use]
    pub fn text(&self) -> String {
        line(&match self {
            Self::Attested { outcome, statement, basis, by, artefact, expires, signed_by } => {
                let signed = signed_by.as_ref().map_or_else(
                    || "niet ondertekend: een opgave van de leverancier".to_owned(),
                    |who| format!("ondertekend door {who}"),
                );
                format!(
                    "{}: “{statement}” ({by}); op grond van {}; stuk: {artefact}; geldig tot en met {expires}; {signed}",
                    outcome_words(outcome),
                    basis_words(basis)
                )
            }
            Self::Deviation { detail }
            | Self::Remark { detail }
            | Self::Undetermined { detail }
            | Self::NotTested { detail } => detail.clone(),
            Self::NotApplicable { predicate, declared, observed } => {
                format!("{predicate}; verklaard: {declared}; waargenomen: {observed}")
            }
            Self::Waived { reason, by, granted, expires } => {
                format!("{reason} ({by}); geldig van {granted} tot en met {expires}")
            }
            Self::Flaky => "de uitkomst wisselt tussen pogingen met hetzelfde product".to_owned(),
            Self::Expiring { until, expired: true } => format!("vervallen sinds {until}"),
            Self::Expiring { until, expired: false } => format!("vervalt binnenkort, op {until}"),
        })
    }
}

fn outcome_words(outcome: &str) -> &str {
    match outcome {
        "satisfied" => "voldaan",
        "not_satisfied" => "niet voldaan",
        "not_applicable" => "niet van toepassing",
        other => other,
    }
}

fn basis_words(basis: &str) -> &str {
    match basis {
        "certificate" => "een certificaat",
        "document" => "een document",
        "demonstration" => "een demonstratie",
        "interview" => "een gesprek",
        other => other,
    }
}

/// Why something cannot be told.
pub(super) fn reason_words(reason: Reason) -> &'static str {
    match reason {
        Reason::Precondition => "aan een voorwaarde vooraf is niet voldaan",
        Reason::NoData => "er zijn geen gegevens om te beoordelen",
        Reason::Timeout => "geen antwoord binnen de tijd",
        Reason::ServiceDown => "een dienst buiten het product deed het niet",
        Reason::Environment => "de omgeving (netwerk, DNS, TLS) liet het niet toe",
        Reason::Configuration => "de verklaring of de instelling klopt niet of mist iets",
        Reason::Aborted => "de toets is gestopt",
        Reason::NormAmbiguous => "de norm is hier niet eenduidig",
    }
}
