//! A recorded run judged again: today's sentences, checks and judgement, on the evidence of then. Nothing leaves the
//! machine; the seam answers from the record.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
    num::NonZero,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use keur_catalogue::{
    Problems, Product, Selection,
    conformity::{Conformity, Declaration},
};
use keur_evidence::{
    Seam, SeamParts,
    event::{EXAM, Entry, Event, Reason, RunStarted, StopKind},
    journal::{JournalError, Store},
    limits::Limits,
    replay::{Blobs, Replay},
};
use keur_probes::jose::KeyError;

use crate::{
    contract::OpenApi,
    engine::{self, SentenceProblem, Silent},
    exam,
    features::Case,
    material::{CONFORMITY, Material, guard, made_up_bsn},
    norms::Norms,
    plan::Plan,
    run::Run,
    session::{parameters, proof_keys},
    trail,
    turns::Turns,
};

/// What came of a replay.
pub struct Replayed {
    /// The journal as it would be now.
    pub entries: Vec<Entry>,
    /// Cases that asked for what the record does not hold: they cannot be decided from this evidence.
    pub missing: BTreeSet<String>,
}

/// Why a record cannot be judged again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// The journal does not begin with run_started.
    #[error("het journaal begint niet met run_started")]
    NoStart,
    /// A run's own files are not in the evidence.
    #[error("het bewijs bevat geen {0}: de uitvoering is niet opnieuw te beoordelen")]
    NotEnclosed(&'static str),
    /// The enclosed declaration does not read.
    #[error("{0}")]
    Declaration(Problems),
    /// A sentence of the features has no step any more.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Sentences(Vec<SentenceProblem>),
    /// The seed is not 32 bytes of hex.
    #[error("de toevalswaarde (seed) van de uitvoering ontbreekt of is onleesbaar")]
    Seed,
    /// The system gives no means to execute anything.
    #[error("het systeem laat niets uitvoeren: {0}")]
    Runtime(io::Error),
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The replay's own journal failed.
    #[error(transparent)]
    Journal(#[from] JournalError),
}

/// The enclosed files of one kind, the latest first known; `None` when there are none.
#[must_use]
pub fn enclosed(entries: &[Entry], what: &str, blobs: &dyn Blobs) -> Option<Vec<(String, Vec<u8>)>> {
    let event = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::Enclosed(enclosed) if enclosed.what == what => Some(enclosed),
        _ => None,
    })?;
    event.files.iter().map(|file| Some((file.name.clone(), blobs.get(&file.blob)?))).collect()
}

/// The norms the run was judged by, when they are enclosed.
#[must_use]
pub fn enclosed_norms(entries: &[Entry], blobs: &dyn Blobs) -> Option<Vec<(String, String)>> {
    let files = enclosed(entries, "norms", blobs).filter(|files| !files.is_empty())?;
    files.into_iter().map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?))).collect()
}

/// The enclosed declaration.
///
/// # Errors
/// When there is none, or it does not read.
pub fn enclosed_product(entries: &[Entry], blobs: &dyn Blobs) -> Result<Product, ReplayError> {
    let files = enclosed(entries, "declaration", blobs).unwrap_or_default();
    let file = files.into_iter().find(|(name, _)| name == "product.toml");
    let (name, bytes) = file.ok_or(ReplayError::NotEnclosed("product.toml"))?;
    Product::parse(&name, &String::from_utf8_lossy(&bytes)).map_err(ReplayError::Declaration)
}

/// Judges a recorded run again by these norms, on so many threads.
///
/// # Errors
/// [`ReplayError`]; what the record lacks is not an error but an undecided case.
pub fn replay(
    entries: &[Entry],
    blobs: Box<dyn Blobs>,
    norms: &Norms,
    selection: &Selection,
    threads: NonZero<usize>,
) -> Result<Replayed, ReplayError> {
    let Some(Event::RunStarted(then)) = entries.first().map(|entry| &entry.event) else {
        return Err(ReplayError::NoStart);
    };
    let product = enclosed_product(entries, blobs.as_ref())?;
    let leaves = enclosed(entries, "identities", blobs.as_ref());
    let leaves = leaves.ok_or(ReplayError::NotEnclosed("identiteiten"))?;
    let material = Material::of_replay(&product, leaves)?;
    let declared = enclosed(entries, "declaration", blobs.as_ref()).unwrap_or_default();
    let mut plan = Plan::new(selection, &norms.features);
    let is_exam = then.mode == EXAM;
    if is_exam {
        plan.cases = exam::with_twins(plan.cases, &product);
    }
    let record = Record::new(entries);
    if record.order.is_empty() {
        // Cut off before the first case, maybe in the middle of its plan: there is nothing to plan beside it.
        plan.cases.retain(|case| record.planned.contains(case.planned.case.as_str()));
    }
    let problems = engine::unmatched(&plan.cases);
    if !problems.is_empty() {
        return Err(ReplayError::Sentences(problems));
    }
    let seed = seed(revealed(then, entries))?;
    let similar_bsn = made_up_bsn(&product, if is_exam { exam::skipped(&seed) } else { 0 });
    let parts = SeamParts {
        store: Store::of_replay(&entries[0].at),
        secrets: Vec::new(),
        guard: guard(&product, similar_bsn.as_deref()),
        identities: material.identities,
        limits: Limits::default(),
        seed,
    };
    let blobs: Arc<dyn Blobs> = blobs.into();
    let seam = Seam::replaying(parts, Replay::new(entries, Box::new(Arc::clone(&blobs))));
    seam.append(Event::RunStarted(Box::new(RunStarted {
        profile_release: norms.profile.release.clone(),
        profile_digest: norms.profile.digest.clone(),
        catalogue_digest: norms.catalogue.digest.clone(),
        features_digest: norms.features.digest.clone(),
        variant: selection.variant.clone(),
        ..RunStarted::clone(then)
    })))?;
    for case in &plan.cases {
        seam.append(Event::CasePlanned(case.planned.clone()))?;
    }
    for entry in entries {
        if let Event::Attested(attested) = &entry.event
            && selection.get(&attested.requirement).is_some()
        {
            seam.append(Event::Attested(attested.clone()))?;
        }
    }
    let cases = record.in_order(&plan.cases);
    let run = Arc::new(Run {
        declaration: declaration(&declared, &norms.catalogue.conformity),
        openapi: OpenApi::enclosed(&product, declared),
        proof_keys: proof_keys(&product)?,
        signing_keys: material.signing_keys,
        hook_token: material.hook_token,
        layers: norms.catalogue.layers.clone(),
        conformity: norms.catalogue.conformity.clone(),
        parameters: parameters(&norms.catalogue, &norms.profile),
        oauth: norms.catalogue.oauth_of(&norms.profile, &selection.variant),
        fhir: norms.profile.fhir_in(&selection.variant),
        variant: selection.variant.clone(),
        exam: is_exam,
        similar_bsn,
        turns: Some(Turns::new(cases.iter().map(|case| case.planned.case.as_str()))),
        ..Run::bare(Arc::clone(&seam), product)
    });
    record.all_again(&run, &cases, threads)?;
    trail::again(&seam, &run.product, entries, blobs.as_ref())?;
    let resumed = entries.iter().filter(|entry| matches!(entry.event, Event::Resumed(_)));
    for entry in resumed {
        seam.append(entry.event.clone())?;
    }
    if let Some(entry) = entries.iter().find(|entry| matches!(entry.event, Event::SeedRevealed { .. })) {
        seam.append(entry.event.clone())?;
    }
    if let Some(Event::RunFinished { how }) = entries.last().map(|entry| &entry.event) {
        seam.append(Event::RunFinished { how: *how })?;
    }
    let missing = seam.replay().map(Replay::missing).unwrap_or_default();
    Ok(Replayed { entries: seam.store().entries(), missing })
}

/// The enclosed declaration of conformity; none when these norms cannot read it.
fn declaration(enclosed: &[(String, Vec<u8>)], known: &Conformity) -> Option<Declaration> {
    let (name, bytes) = enclosed.iter().find(|(name, _)| name == CONFORMITY)?;
    Declaration::parse(name, &String::from_utf8_lossy(bytes), known).ok()
}

/// The seed of a run, hex: known from its start, or revealed at the end of an exam.
fn revealed<'e>(then: &'e RunStarted, entries: &'e [Entry]) -> &'e str {
    let revealed = entries.iter().rev().find_map(|entry| match &entry.event {
        Event::SeedRevealed { seed } => Some(seed.as_str()),
        _ => None,
    });
    revealed.unwrap_or(&then.seed)
}

/// The seed of a run, from the 64 hex digits in its journal.
///
/// # Errors
/// [`ReplayError::Seed`].
pub fn seed(text: &str) -> Result<[u8; 32], ReplayError> {
    let mut seed = [0; 32];
    let text = text.as_bytes();
    if text.len() != 64 {
        return Err(ReplayError::Seed);
    }
    for (byte, pair) in seed.iter_mut().zip(text.chunks(2)) {
        let pair = std::str::from_utf8(pair).map_err(|_| ReplayError::Seed)?;
        *byte = u8::from_str_radix(pair, 16).map_err(|_| ReplayError::Seed)?;
    }
    Ok(seed)
}

/// The recorded attempts by case.
struct Record<'e> {
    attempts: BTreeMap<&'e str, Vec<Vec<&'e Event>>>,
    /// Cases in the order in which they first began.
    order: BTreeMap<&'e str, usize>,
    planned: BTreeSet<&'e str>,
}

impl<'e> Record<'e> {
    fn new(entries: &'e [Entry]) -> Self {
        let mut record = Self { attempts: BTreeMap::new(), order: BTreeMap::new(), planned: BTreeSet::new() };
        for entry in entries {
            if let Event::CasePlanned(case) = &entry.event {
                record.planned.insert(&case.case);
            }
            let Some(case) = case_of(&entry.event) else { continue };
            if matches!(entry.event, Event::CaseStarted { .. }) {
                let next = record.order.len();
                record.order.entry(case).or_insert(next);
                record.attempts.entry(case).or_default().push(Vec::new());
            }
            if let Some(attempt) = record.attempts.get_mut(case).and_then(|all| all.last_mut()) {
                attempt.push(&entry.event);
            }
        }
        record
    }

    /// The cases in the order of the record; those it does not know last.
    fn in_order<'c>(&self, cases: &'c [Case]) -> Vec<&'c Case> {
        let mut cases: Vec<&Case> = cases.iter().collect();
        cases.sort_by_key(|case| self.order.get(case.planned.case.as_str()).copied().unwrap_or(usize::MAX));
        cases
    }

    /// Executes all cases again.
    fn all_again(&self, run: &Arc<Run>, cases: &[&Case], threads: NonZero<usize>) -> Result<(), ReplayError> {
        let next = AtomicUsize::new(0);
        let work = || -> Result<(), ReplayError> {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let runtime = runtime.map_err(ReplayError::Runtime)?;
            while let Some(case) = cases.get(next.fetch_add(1, Ordering::Relaxed)) {
                let _begun = run.turns.as_ref().map(|turns| turns.begin(&case.planned.case));
                runtime.block_on(self.again(run, case))?;
            }
            Ok(())
        };
        let threads = threads.get().min(cases.len());
        if threads <= 1 {
            return work();
        }
        thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            // A panic of a step is an outcome already; another one is ours, and goes on.
            threads.into_iter().try_for_each(|one| match one.join() {
                Ok(done) => done,
                Err(panic) => std::panic::resume_unwind(panic),
            })
        })
    }

    /// Executes a case on its last attempt. Earlier attempts, and those that were ended from outside or not at all, stand
    /// as they were recorded: there is nothing in them to execute to its end, and no verdict rests on them.
    async fn again(&self, run: &Arc<Run>, case: &Case) -> Result<(), JournalError> {
        let id = case.planned.case.as_str();
        let Some(attempts) = self.attempts.get(id) else {
            // Planned then and never begun: untested still. Unknown then: it will miss its evidence, and say so.
            return if self.planned.contains(id) { Ok(()) } else { engine::one(run, case, 1, &Silent).await };
        };
        let (last, earlier) = attempts.split_last().map_or((&[][..], &[][..]), |(l, e)| (&l[..], e));
        for event in earlier.iter().flatten() {
            run.seam.append(Event::clone(event))?;
        }
        let aborted = last.iter().any(|event| match event {
            Event::Stopped(stopped) => {
                matches!(stopped.stop, StopKind::CantTell { reason: Reason::Aborted, .. })
            }
            _ => false,
        });
        let finished = matches!(last.last(), Some(Event::CaseFinished { .. }));
        if finished && !aborted {
            return engine::one(run, case, attempts.len(), &Silent).await;
        }
        last.iter().try_for_each(|event| run.seam.append(Event::clone(event)))
    }
}

fn case_of(event: &Event) -> Option<&str> {
    match event {
        Event::CaseStarted { case }
        | Event::CaseFinished { case, .. }
        | Event::RequestSent { case, .. }
        | Event::Clock { case, .. }
        | Event::GuardTripped { case, .. } => Some(case),
        Event::Exchange(exchange) => Some(&exchange.case),
        Event::Observation(observation) => Some(&observation.case),
        Event::Check(check) => Some(&check.case),
        Event::Stopped(stopped) => Some(&stopped.case),
        _ => None,
    }
}
