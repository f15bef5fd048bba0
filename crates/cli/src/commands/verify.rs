//! `keur verify`: proves a bundle offline, step by step, and judges its evidence again.

use std::{
    collections::BTreeMap,
    num::NonZero,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

use keur_dossier::{
    Bundle, Policy, Verification,
    dates::parse_instant,
    verify::{self, Editions, KnownNorms, Options, Recompute, Recomputed, page},
};
use keur_evidence::event::Entry;
use keur_steps::{features::Features, norms::Norms};
use keur_verdict::compare;
use time::OffsetDateTime;

use crate::{
    args::{Form, Global, Verify},
    commands::{given::day, keys::public},
    evidence::{Evidence, processors},
    exit::{Exit, Failure},
    output,
};

pub fn run(args: &Verify, _: &Global) -> Result<Exit, Failure> {
    if !args.bundle.is_file() {
        return Err(Failure::usage(format!(
            "{} is geen bestand\n  help: maak een bundel van de map van een uitvoering met: keur bundle MAP",
            args.bundle.display()
        )));
    }
    let now = match &args.at {
        None => OffsetDateTime::now_utc(),
        Some(text) => match parse_instant(text) {
            Some(at) => at,
            None => day("--at", text)?.midnight().assume_utc(),
        },
    };
    let (policy, previous) = (args.policy.as_deref(), args.previous.as_deref());
    let verification = verification(&args.bundle, &Wanted { trust: &args.trust, policy, previous, now })?;
    match args.format {
        Form::Json => {
            output::result(&serde_json::to_string_pretty(&verification).map_err(Failure::harness)?);
        }
        Form::Human => output::result(&page(&verification)),
    }
    Ok(if verification.valid { Exit::Conform } else { Exit::VerifyFailed })
}

/// Whom and what a verifier trusts, as given on the command line.
pub struct Wanted<'a> {
    /// Files of public keys.
    pub trust: &'a [PathBuf],
    /// File of the scheme's policy.
    pub policy: Option<&'a Path>,
    /// The previous bundle.
    pub previous: Option<&'a Path>,
    /// The verifier's clock.
    pub now: OffsetDateTime,
}

/// Verifies a bundle.
pub fn verification(bundle: &Path, wanted: &Wanted<'_>) -> Result<Verification, Failure> {
    let trust = wanted.trust.iter().map(|path| public(path)).collect::<Result<Vec<_>, _>>()?;
    let policy = wanted.policy.map(Policy::open).transpose().map_err(Failure::usage)?;
    let previous = wanted
        .previous
        .map(Bundle::open)
        .transpose()
        .map_err(|error| Failure { exit: Exit::VerifyFailed, message: format!("--previous: {error}") })?;
    let options = Options {
        trust: &trust,
        known: &known()?,
        editions: &Editions::default(),
        policy: policy.as_ref(),
        previous: previous.as_ref(),
        now: wanted.now,
        recompute: &Again::default(),
    };
    Ok(verify::verify(bundle, &options))
}

/// The norms in this keur, and those of earlier editions.
pub fn known() -> Result<KnownNorms, Failure> {
    let features = Features::embedded().map_err(Failure::harness)?;
    Ok(KnownNorms::embedded(&features.digest))
}

/// Executes the run again on its own evidence and by its own norms, which are read once for all runs they judge.
pub struct Again {
    norms: Mutex<BTreeMap<String, Arc<Norms>>>,
    threads: NonZero<usize>,
}

impl Default for Again {
    /// On all processors.
    fn default() -> Self {
        Self::on(processors())
    }
}

impl Again {
    /// On so many threads.
    pub fn on(threads: NonZero<usize>) -> Self {
        Self { norms: Mutex::default(), threads }
    }

    /// Most norms that are kept: editions of profiles, not runs.
    const MOST: usize = 64;

    fn norms(&self, evidence: &Evidence) -> Result<Arc<Norms>, Failure> {
        let key = evidence.norms_key();
        let known = || self.norms.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(norms) = known().get(&key) {
            return Ok(Arc::clone(norms));
        }
        let norms = Arc::new(evidence.norms()?);
        let mut known = known();
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(key, Arc::clone(&norms));
        Ok(norms)
    }
}

impl Recompute for Again {
    fn recompute(&self, bundle: &Arc<Bundle>, entries: Vec<Entry>) -> Result<Recomputed, String> {
        let words = |failure: Failure| failure.message;
        let evidence = Evidence::of_entries(entries, Arc::clone(bundle));
        let norms = self.norms(&evidence).map_err(words)?;
        let selection = evidence.selection(&norms).map_err(words)?;
        let result = evidence.judged(&norms, &selection).map_err(words)?;
        if evidence.seed_is_secret() {
            let note = "het zaadgetal van dit examen is niet onthuld: het oordeel volgt uit de vastgelegde controles, maar de controles zelf zijn niet opnieuw uitgevoerd";
            return Ok(Recomputed { result, notes: vec![note.to_owned()] });
        }
        let (again, _) = evidence.judged_again(&norms, self.threads).map_err(words)?;
        if let Some(first) = compare::differences(&result, &again).first() {
            let case = first.case.as_deref().unwrap_or("-");
            return Err(format!(
                "de controles op het bewijs geven iets anders dan het journaal bij {} ({case}): {}",
                first.requirement, first.detail
            ));
        }
        if !compare::same(&result, &again) {
            return Err("de controles op het bewijs geven een ander oordeel dan het journaal".to_owned());
        }
        Ok(Recomputed { result, notes: Vec::new() })
    }
}
