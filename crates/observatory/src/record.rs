//! What is kept of a verified bundle: all that is counted, and nothing of the evidence.

use std::io::{BufRead, BufReader};

use keur_catalogue::requirement::Spoor;
use keur_dossier::{
    Bundle,
    bundle::{BundleError, JOURNAL, RUN},
    dates::{day_text, instant_text, parse_instant},
    keys::PublicKey,
    review::Standing,
    statement::{Statement, predicate::DecisionOutcome},
};
use keur_evidence::event::{EXAM, Entry, Event, RunEnd};
use keur_verdict::{Modality, Outcome, RequirementResult, RunResult, Verdict};
use serde::{Deserialize, Serialize};

use crate::model::WaiverLine;

/// The organisation that holds the keys of generated demonstrations.
pub const GENERATED: &str = "Keur-demonstratie (gegenereerd)";

/// A run as its verified bundle tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Record {
    /// Run id.
    pub run: String,
    /// practice or exam.
    pub mode: String,
    /// SHA-256 (hex) of the journal's last line: what makes it this run.
    pub journal_head: String,
    /// Seed of the run's randomness: no two runs share one.
    pub seed: String,
    /// First event.
    pub started: String,
    /// The latest instant in it: last event or last signature.
    pub latest: String,
    /// Vendor.
    pub vendor: String,
    /// Product.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Chamber of commerce number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kvk: Option<String>,
    /// Profile.
    pub profile: String,
    /// Its release.
    pub release: String,
    /// Its variant.
    pub variant: String,
    /// For part of the requirements only, or not run to its end.
    pub partial: bool,
    /// Whole profile.
    pub verdict: Verdict,
    /// Spoor 1.
    pub spoor_1: Verdict,
    /// Spoor 2.
    pub spoor_2: Verdict,
    /// The outcomes in the order of the profile, as [`outcomes`] writes them: there are millions of these.
    pub outcomes: String,
    /// Waivers that hold in it.
    pub waivers: Vec<Waived>,
    /// What ends on a day, other than waivers: statements of people that a verdict rests on.
    pub rests: Vec<Rest>,
    /// The latest decision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision: Option<Decided>,
    /// Key ids with the day they signed, the operator's first.
    pub keys: Vec<(String, String)>,
    /// How many statements it holds: of two bundles of one run the fuller one counts.
    pub statements: usize,
    /// Signed by a key of the generator.
    pub generated: bool,
}

/// A waiver and the track it is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// The waiver.
    #[serde(flatten)]
    pub line: WaiverLine,
    /// The track of its requirement.
    pub spoor: Spoor,
}

/// A statement a verdict rests on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rest {
    /// Last day it holds, `YYYY-MM-DD`.
    pub until: String,
    /// The track of its requirement.
    pub spoor: Spoor,
}

/// A decision on the run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Decided {
    /// What was decided.
    pub outcome: DecisionOutcome,
    /// Number of the certificate.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The organisation that decided.
    pub by: String,
    /// Under which conditions.
    pub conditions: Vec<String>,
    /// When, `YYYY-MM-DD`.
    pub decided: String,
    /// Last day, `YYYY-MM-DD`.
    pub valid_until: String,
}

impl Record {
    /// Reads it off a bundle that was verified.
    ///
    /// # Errors
    /// When a part cannot be read after all.
    pub fn of(bundle: &Bundle) -> Result<Self, BundleError> {
        let result = bundle.result()?;
        let said = bundle.signed()?;
        let keys = bundle.keys()?;
        let wrong = |source| BundleError::Statement { path: RUN.to_owned(), source };
        let run = Statement::open(&bundle.run_statement()?, &keys).map_err(wrong)?;
        let signed = || std::iter::once(&run).chain(said.iter().map(|(_, signed)| signed));
        let started = parse_instant(&result.run.started);
        let latest = signed()
            .map(|signed| signed.statement.signed_at())
            .chain(parse_instant(&result.run.finished))
            .max()
            .or(started);
        let decision = Standing::of(&said).decision.map(|((_, signed), decision)| Decided {
            outcome: decision.outcome,
            number: decision.certificate.clone(),
            by: signed.key.holder.organisation.clone(),
            conditions: decision.conditions.clone(),
            decided: day_text(decision.signed_at.date()),
            valid_until: day_text(decision.valid_until),
        });
        let day = |key: &PublicKey, at: time::OffsetDateTime| (key.id.clone(), day_text(at.date()));
        Ok(Self {
            keys: signed().map(|one| day(&one.key, one.statement.signed_at())).collect(),
            latest: latest.map(instant_text).unwrap_or_default(),
            statements: said.len(),
            generated: run.key.holder.organisation == GENERATED,
            partial: is_partial(bundle)?,
            decision,
            ..Self::of_result(result)
        })
    }

    fn of_result(result: RunResult) -> Self {
        let waivers = result.requirements.iter().filter_map(waived).collect();
        let rests = result.requirements.iter().filter_map(rest).collect();
        Self {
            partial: false,
            run: result.run.id,
            mode: result.run.mode,
            journal_head: result.run.journal_head,
            seed: result.run.seed,
            started: result.run.started,
            latest: String::new(),
            vendor: result.product.vendor,
            name: result.product.name,
            version: result.product.version,
            kvk: result.product.kvk,
            profile: result.profile.id,
            release: result.profile.version,
            variant: result.profile.variant,
            verdict: result.verdict,
            spoor_1: result.spoor.one,
            spoor_2: result.spoor.two,
            outcomes: outcomes(&result.requirements),
            waivers,
            rests,
            decision: None,
            keys: Vec::new(),
            statements: 0,
            generated: false,
        }
    }

    /// Whether it can count at all: somebody answers for it.
    #[must_use]
    pub fn is_exam(&self) -> bool {
        self.mode == EXAM
    }

    /// The outcomes, in the order of the profile.
    pub fn requirements(&self) -> impl Iterator<Item = (&str, Outcome, Modality)> {
        self.outcomes.split(' ').filter_map(|word| {
            let (id, code) = word.rsplit_once(':')?;
            let code = code.chars().next()?;
            let modality = if code.is_ascii_uppercase() { Modality::Attested } else { Modality::Automatic };
            let (outcome, _) = CODES.into_iter().find(|(_, known)| *known == code.to_ascii_lowercase())?;
            Some((id, outcome, modality))
        })
    }
}

/// One letter an outcome; a capital when a person found it.
const CODES: [(Outcome, char); 5] = [
    (Outcome::Satisfied, 's'),
    (Outcome::NotSatisfied, 'f'),
    (Outcome::Undetermined, 'u'),
    (Outcome::NotApplicable, 'a'),
    (Outcome::NotTested, 'n'),
];

/// Ids with the letter of their outcome: `WGZ-SEC-010:s WGZ-ATT-001:S`.
fn outcomes(results: &[RequirementResult]) -> String {
    let word = |one: &RequirementResult| {
        let code = CODES.iter().find(|(outcome, _)| *outcome == one.outcome).map_or('n', |(_, code)| *code);
        let code = if one.modality == Modality::Attested { code.to_ascii_uppercase() } else { code };
        format!("{}:{code}", one.id)
    };
    results.iter().map(word).collect::<Vec<_>>().join(" ")
}

/// Whether the run was for part of the requirements only, or did not come to its end.
fn is_partial(bundle: &Bundle) -> Result<bool, BundleError> {
    let reader = BufReader::new(bundle.archive().open_entry(JOURNAL)?);
    let (mut first, mut last) = (Vec::new(), Vec::new());
    for line in reader.split(b'\n') {
        last = line.map_err(|source| BundleError::Io { path: JOURNAL.into(), source })?;
        if first.is_empty() {
            first.clone_from(&last);
        }
    }
    let event = |line: &[u8]| serde_json::from_slice::<Entry>(line).ok().map(|entry| entry.event);
    let whole = matches!(event(&first), Some(Event::RunStarted(started)) if started.only.is_none());
    let ended = matches!(event(&last), Some(Event::RunFinished { how: RunEnd::Completed }));
    Ok(!(whole && ended))
}

fn waived(result: &RequirementResult) -> Option<Waived> {
    let waiver = result.waiver.as_ref()?;
    let line = WaiverLine {
        requirement: waiver.requirement.clone(),
        reason: waiver.reason.clone(),
        granted: waiver.granted.clone(),
        expires: waiver.expires.clone(),
    };
    Some(Waived { line, spoor: result.spoor })
}

/// The statement a requirement rests on, when it decides and is met by it.
fn rest(result: &RequirementResult) -> Option<Rest> {
    let met = matches!(result.outcome, Outcome::Satisfied | Outcome::NotApplicable);
    let attested = result.attestation.as_ref()?;
    let rests = result.gates && met && result.modality == Modality::Attested;
    rests.then(|| Rest { until: attested.expires.clone(), spoor: result.spoor })
}
