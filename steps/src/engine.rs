//! Executes cases: matches sentences by cucumber's collection, bounds every step, and turns every way a step can end
//! into a typed outcome in the journal. cucumber's own runner knows only passed, failed and skipped, has no time
//! limits and replaces the process's panic hook; so only its World, macros and matching are used.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::HashMap,
    panic::AssertUnwindSafe,
    sync::{Arc, LazyLock, Once, PoisonError, RwLock},
    time::Instant,
};

use cucumber::{
    Step, World as _,
    gherkin::{self, StepType},
    step::{Collection, Context},
};
use futures::{FutureExt, StreamExt, future::poll_fn};
use keur_evidence::{
    Recorder,
    event::{Event, PlannedCase, Reason},
    journal::JournalError,
};
use tokio::time::timeout;

use crate::{
    World,
    features::{Case, phase},
    run::Run,
};

/// All sentences, compiled once per process.
static SENTENCES: LazyLock<Collection<World>> = LazyLock::new(World::collection);
/// What was found for a sentence: most cases begin with the same ones, and each search tries every expression.
static FOUND: LazyLock<RwLock<HashMap<(StepType, String), Found>>> = LazyLock::new(RwLock::default);

const MOST_FOUND: usize = 10_000;

#[derive(Clone)]
struct Found {
    function: Step<World>,
    matches: Vec<(Option<String>, String)>,
}

/// The step of a sentence.
///
/// # Errors
/// Why it cannot be executed.
fn find(step: &gherkin::Step) -> Result<Found, &'static str> {
    let key = (step.ty, step.value.clone());
    let known = FOUND.read().unwrap_or_else(PoisonError::into_inner).get(&key).cloned();
    if let Some(known) = known {
        return Ok(known);
    }
    let found = match SENTENCES.find(step) {
        Ok(Some((function, _, _, context))) => Found { function: *function, matches: context.matches },
        Ok(None) => return Err("undefined step"),
        Err(_) => return Err("ambiguous step"),
    };
    let mut known = FOUND.write().unwrap_or_else(PoisonError::into_inner);
    // Features that came with a bundle can hold any number of sentences.
    if known.len() >= MOST_FOUND {
        known.clear();
    }
    known.insert(key, found.clone());
    Ok(found)
}

/// Says something to the person at the terminal.
pub type Voice = Arc<dyn Fn(&str) + Send + Sync>;

/// Hears how a run goes.
pub trait Progress {
    /// How a person is asked to do something; nobody hears it unless said otherwise.
    fn voice(&self) -> Voice {
        Arc::new(|_| {})
    }

    /// A case began.
    fn started(&self, case: &PlannedCase);
    /// A case ended; `clean` when no step stopped it.
    fn finished(&self, case: &PlannedCase, clean: bool);
}

/// Hears nothing.
pub struct Silent;

impl Progress for Silent {
    fn started(&self, _: &PlannedCase) {}
    fn finished(&self, _: &PlannedCase, _: bool) {}
}

/// A sentence no step, or more than one step, matches: our fault.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{case}: {problem}: {sentence}")]
pub struct SentenceProblem {
    /// The case.
    pub case: String,
    /// The sentence.
    pub sentence: String,
    /// Undefined or ambiguous.
    pub problem: &'static str,
}

/// Sentences of these cases that cannot be executed.
#[must_use]
pub fn unmatched(cases: &[Case]) -> Vec<SentenceProblem> {
    let mut problems = Vec::new();
    for case in cases {
        for (step, planned) in case.steps.iter().zip(&case.planned.steps) {
            if let Err(problem) = find(step) {
                let (case, sentence) = (case.planned.case.clone(), planned.text.clone());
                problems.push(SentenceProblem { case, sentence, problem });
            }
        }
    }
    problems
}

/// A case to execute, and which attempt at it this is: 1, unless a run goes on after an interruption.
pub type Attempt<'c> = (&'c Case, usize);

/// Executes the cases for the first time, as [`execute_attempts`].
///
/// # Errors
/// When evidence cannot be written.
pub async fn execute(
    run: &Arc<Run>,
    cases: &[Case],
    jobs: usize,
    progress: &dyn Progress,
) -> Result<(), JournalError> {
    let attempts: Vec<Attempt<'_>> = cases.iter().map(|case| (case, 1)).collect();
    execute_attempts(run, &attempts, jobs, progress).await
}

/// Executes the cases, at most `jobs` at once; those tagged `@alleen` after the others, one by one.
///
/// # Errors
/// When evidence cannot be written.
pub async fn execute_attempts(
    run: &Arc<Run>,
    cases: &[Attempt<'_>],
    jobs: usize,
    progress: &dyn Progress,
) -> Result<(), JournalError> {
    let (alone, together): (Vec<Attempt<'_>>, Vec<Attempt<'_>>) =
        cases.iter().partition(|(case, _)| case.alone);
    for (group, jobs) in [(together, jobs.max(1)), (alone, 1)] {
        let mut running = futures::stream::iter(group)
            .map(|(case, attempt)| one(run, case, attempt, progress))
            .buffer_unordered(jobs);
        while let Some(result) = running.next().await {
            result?;
        }
    }
    Ok(())
}

pub(crate) async fn one(
    run: &Arc<Run>,
    case: &Case,
    attempt: usize,
    progress: &dyn Progress,
) -> Result<(), JournalError> {
    quiet_panics();
    // After a stop, what did not begin stays untested.
    if run.seam.is_stopped() {
        return Ok(());
    }
    let id = &case.planned.case;
    progress.started(&case.planned);
    run.seam.append(Event::CaseStarted { case: id.clone() })?;
    let began = Instant::now();
    let recorder =
        if case.twin.is_some() { run.seam.twin(id, attempt) } else { run.seam.attempt(id, attempt) };
    let mut world = World::new_for(Arc::clone(run), recorder.clone());
    world.twin = case.twin;
    let mut steps_done = 0;
    for (index, step) in case.steps.iter().enumerate() {
        recorder.at_step(index, phase(step.ty));
        if !step_ends_well(&mut world, &recorder, step).await {
            break;
        }
        steps_done += 1;
    }
    world.desk.close();
    // What stopped this is on record, or nothing can be any more.
    let _ = recorder.close();
    let ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX);
    run.seam.append(Event::CaseFinished { case: id.clone(), steps_done, ms })?;
    progress.finished(&case.planned, steps_done == case.steps.len());
    Ok(())
}

/// Whether the next step may run. When not, the journal says why.
async fn step_ends_well(world: &mut World, recorder: &Recorder, step: &gherkin::Step) -> bool {
    if recorder.seam().is_stopped() {
        let _ = recorder.aborted();
        return false;
    }
    let Ok(Found { function, matches }) = find(step) else {
        let _ = recorder.broken(&format!("geen stap voor: {}", step.value));
        return false;
    };
    let context = Context { step: step.clone(), matches };
    let limit = recorder.seam().limits().step;
    let mut work = Box::pin(AssertUnwindSafe(function(world, context)).catch_unwind());
    let guarded = poll_fn(|cx| {
        let _inside = InStep::enter();
        work.as_mut().poll(cx)
    });
    let ended = tokio::select! {
        // A recorder that is asked first ends the step with more words than this.
        biased;
        ended = timeout(limit, guarded) => ended,
        () = recorder.seam().stopped() => {
            if !recorder.has_stopped() {
                let _ = recorder.aborted();
            }
            return false;
        }
    };
    match ended {
        Ok(Ok(())) => !recorder.has_stopped(),
        Ok(Err(panic)) => {
            // A step that returns `Err(Stop)` panics with it: the recorder knows the reason already.
            if !recorder.has_stopped() {
                let _ = recorder.broken(&format!("een stap is vastgelopen: {}", describe(panic.as_ref())));
            }
            false
        }
        Err(_) => {
            let detail = format!("de stap duurde langer dan {} s", limit.as_secs());
            let _ = recorder.cannot_tell(Reason::Timeout, "step_timeout", &detail);
            false
        }
    }
}

thread_local! {
    static IN_STEP: Cell<bool> = const { Cell::new(false) };
    static LAST_PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Marks the thread while a step is polled, so that the panic hook knows a step's panic from any other.
struct InStep(bool);

impl InStep {
    fn enter() -> Self {
        Self(IN_STEP.replace(true))
    }
}

impl Drop for InStep {
    fn drop(&mut self) {
        IN_STEP.set(self.0);
    }
}

/// A step's panic is an outcome, not noise on the terminal. Every other panic keeps the hook that was there.
fn quiet_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if IN_STEP.get() {
                let place = info.location().map(|at| format!(" ({}:{})", at.file(), at.line()));
                LAST_PANIC.set(place);
            } else {
                before(info);
            }
        }));
    });
}

fn describe(panic: &(dyn Any + Send)) -> String {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("zonder melding");
    format!("{message}{}", LAST_PANIC.take().unwrap_or_default())
}

#[cfg(test)]
mod tests;
