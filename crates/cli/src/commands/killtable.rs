//! `keur killtable`: the reference product, clean and with each defect. Exact or not proven.

use std::{
    collections::{BTreeMap, BTreeSet},
    num::NonZero,
    sync::{Mutex, PoisonError},
    thread,
};

use keur_catalogue::{Profile, requirement::Method};
use keur_evidence::{event::PlannedCase, limits::Limits};
use keur_reference::defects::{self, Defect, Mode};
use keur_steps::engine::{Progress, Silent};
use keur_verdict::{Outcome, RunResult};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use crate::{
    args::{Global, Killtable, TableForm},
    commands::conduct::{Keeping, Setup},
    content,
    exit::{Exit, Failure},
    output, product,
};

/// One run of the table.
#[derive(Debug, Clone, Serialize)]
struct Row {
    /// The defect; empty for a clean run.
    defect: String,
    /// The variant of the profile it ran under.
    variant: String,
    /// practice or exam.
    mode: Mode,
    /// What must go red.
    expected: BTreeSet<String>,
    /// What went red.
    killed: BTreeSet<String>,
    /// What changed otherwise: requirements whose outcome is neither that of the clean run nor not satisfied.
    disturbed: BTreeSet<String>,
    /// Exactly what is expected.
    exact: bool,
}

/// The whole table.
#[derive(Debug, Serialize)]
struct Table {
    profile: String,
    exact: bool,
    rows: Vec<Row>,
    /// Automated requirement → the defects that turn it red.
    killed_by: BTreeMap<String, Vec<String>>,
    /// Automated requirements no defect turns red.
    unproven: Vec<String>,
}

/// A variant of the profile and how it is run.
type Way = (String, Mode);
type Outcomes = BTreeMap<String, Outcome>;

pub fn run(args: &Killtable, global: &Global) -> Result<Exit, Failure> {
    let catalogue = content::catalogue()?;
    let profile = content::profile(&catalogue, &args.profile)?;
    product::defects(&args.defect)?;
    let selected = |defect: &Defect| {
        let named = args.defect.is_empty() || args.defect.contains(&defect.name);
        let mut known = profile.variant.iter().map(|variant| &variant.id);
        // A defect that shows under a variant of another profile says nothing of this one.
        let shows = defect.variant.as_ref().is_none_or(|wanted| known.any(|id| id == wanted));
        named && shows && defect.breaks.iter().any(|id| profile.requirements.contains(id))
    };
    let chosen: Vec<Defect> = defects::all().into_iter().filter(selected).collect();
    if chosen.is_empty() {
        return Err(Failure {
            exit: Exit::NothingSelected,
            message: format!("geen enkel defect raakt een eis van profiel `{}`", profile.id),
        });
    }
    let table = make(args, &profile, &chosen, global)?;
    output::result(&match args.format {
        TableForm::Json => serde_json::to_string_pretty(&table).map_err(Failure::harness)?,
        TableForm::Csv => csv(&table),
        TableForm::Table => human(&table, args.defect.is_empty()),
    });
    Ok(if table.exact { Exit::Conform } else { Exit::NotConform })
}

fn make(args: &Killtable, profile: &Profile, chosen: &[Defect], global: &Global) -> Result<Table, Failure> {
    let variant_of =
        |defect: &Defect| defect.variant.clone().unwrap_or_else(|| profile.default_variant.clone());
    let way_of = |defect: &Defect| (variant_of(defect), defect.mode);
    let ways: BTreeSet<Way> = std::iter::once((profile.default_variant.clone(), Mode::Practice))
        .chain(chosen.iter().map(way_of))
        .collect();
    let setups: BTreeMap<Way, Setup> = ways
        .iter()
        .map(|(variant, mode)| Ok(((variant.clone(), *mode), setup(profile, variant, *mode)?)))
        .collect::<Result<_, Failure>>()?;
    let mut work: Vec<(Way, Option<&Defect>)> = ways.iter().map(|way| (way.clone(), None)).collect();
    work.extend(chosen.iter().map(|defect| (way_of(defect), Some(defect))));

    // Each run is one thread and waits now and then: two of them keep a core busy.
    let cores = thread::available_parallelism().map_or(1, NonZero::get);
    let jobs = args.jobs.map_or(2 * cores, usize::from);
    let outcomes = concurrently(&work, jobs, global, |(way, defect)| {
        let names: Vec<String> = defect.iter().map(|defect| defect.name.clone()).collect();
        one(&setups[way], &way.0, &names)
    })?;

    let clean: BTreeMap<&Way, &Outcomes> = work
        .iter()
        .zip(&outcomes)
        .filter(|((_, defect), _)| defect.is_none())
        .map(|((way, _), outcomes)| (way, outcomes))
        .collect();
    let rows: Vec<Row> = work
        .iter()
        .zip(&outcomes)
        .map(|((way, defect), outcomes)| row(way, *defect, outcomes, clean[way]))
        .collect();
    let mut killed_by: BTreeMap<String, Vec<String>> = setups
        .values()
        .flat_map(|setup| &setup.selection.requirements)
        .filter(|selected| selected.requirement.method == Method::Test)
        .map(|selected| (selected.requirement.id.clone(), Vec::new()))
        .collect();
    for row in &rows {
        for id in row.killed.intersection(&row.expected) {
            killed_by.entry(id.clone()).or_default().push(row.defect.clone());
        }
    }
    // A table of some defects proves only what these kill.
    let whole = args.defect.is_empty();
    let unproven: Vec<String> =
        killed_by.iter().filter(|(_, by)| whole && by.is_empty()).map(|(id, _)| id.clone()).collect();
    let exact = unproven.is_empty() && rows.iter().all(|row| row.exact);
    Ok(Table { profile: profile.id.clone(), exact, rows, killed_by, unproven })
}

fn setup(profile: &Profile, variant: &str, mode: Mode) -> Result<Setup, Failure> {
    let norms = content::norms(&profile.id, None)?;
    let selection = content::selection(&norms.catalogue, profile, Some(variant), None)?;
    Ok(Setup {
        norms,
        selection,
        jobs: 16,
        limits: Limits::default(),
        // Nothing of these runs is kept.
        harness_digest: "unknown".to_owned(),
        exam: mode == Mode::Exam,
    })
}

/// One run of the reference product, in memory.
fn one(setup: &Setup, variant: &str, defects: &[String]) -> Result<Outcomes, Failure> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(Failure::harness)?;
    let result: RunResult = runtime.block_on(async {
        let target = product::embedded(variant, defects).await?;
        let conducted = setup.conduct(target, Keeping::Memory, CancellationToken::new(), &Silent).await?;
        Ok::<_, Failure>(conducted.result)
    })?;
    Ok(result.requirements.into_iter().map(|requirement| (requirement.id, requirement.outcome)).collect())
}

fn row((variant, mode): &Way, defect: Option<&Defect>, outcomes: &Outcomes, clean: &Outcomes) -> Row {
    // What a defect breaks beyond the profile does not show.
    let breaks = defect.iter().flat_map(|defect| &defect.breaks).filter(|id| outcomes.contains_key(*id));
    let expected: BTreeSet<String> = breaks.cloned().collect();
    let killed: BTreeSet<String> =
        outcomes.iter().filter(|(_, o)| **o == Outcome::NotSatisfied).map(|(id, _)| id.clone()).collect();
    let disturbed: BTreeSet<String> = outcomes
        .iter()
        .filter(|(id, outcome)| !killed.contains(*id) && clean.get(*id) != Some(*outcome))
        .map(|(id, _)| id.clone())
        .collect();
    // A clean run must also decide everything that is automated.
    let undecided = |outcome: &Outcome| matches!(outcome, Outcome::Undetermined | Outcome::NotTested);
    let open = defect.is_none() && outcomes.values().any(undecided);
    let exact = killed == expected && disturbed.is_empty() && !open;
    let defect = defect.map(|defect| defect.name.clone()).unwrap_or_default();
    let disturbed = if open {
        outcomes.iter().filter(|(_, outcome)| undecided(outcome)).map(|(id, _)| id.clone()).collect()
    } else {
        disturbed
    };
    Row { defect, variant: variant.clone(), mode: *mode, expected, killed, disturbed, exact }
}

/// Does the work on `jobs` threads, results in the order of the work.
fn concurrently<I: Sync, O: Send>(
    work: &[I],
    jobs: usize,
    global: &Global,
    job: impl Fn(&I) -> Result<O, Failure> + Sync,
) -> Result<Vec<O>, Failure> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let done: Mutex<Vec<Option<Result<O, Failure>>>> = Mutex::new(work.iter().map(|_| None).collect());
    let bar = crate::progress::Bar::new(work.len(), global.quiet);
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, work.len().max(1)) {
            scope.spawn(|| {
                loop {
                    let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
                    let Some(item) = work.get(at) else { return };
                    let result = job(item);
                    bar.finished(&none(), result.is_ok());
                    done.lock().unwrap_or_else(PoisonError::into_inner)[at] = Some(result);
                }
            });
        }
    });
    let done = done.into_inner().unwrap_or_else(PoisonError::into_inner);
    done.into_iter()
        .map(|result| result.unwrap_or_else(|| Err(Failure::harness("een uitvoering is verloren gegaan"))))
        .collect()
}

/// The bar counts runs here, not cases.
fn none() -> PlannedCase {
    PlannedCase {
        case: String::new(),
        requirement: String::new(),
        title: String::new(),
        line: 0,
        steps: Vec::new(),
    }
}

fn human(table: &Table, whole: bool) -> String {
    let mut lines = Vec::new();
    for row in &table.rows {
        let exam = if row.mode == Mode::Exam { ", examen" } else { "" };
        let name = if row.defect.is_empty() {
            format!("(zonder defect, {}{exam})", row.variant)
        } else {
            format!("{}{exam}", row.defect)
        };
        let list = |ids: &BTreeSet<String>| ids.iter().cloned().collect::<Vec<_>>().join(" ");
        let mark = if row.exact { "exact  " } else { "AFWIJKT" };
        lines.push(format!("{mark}  {name:<36} {}", list(&row.killed)));
        let missed: BTreeSet<String> = row.expected.difference(&row.killed).cloned().collect();
        let surplus: BTreeSet<String> = row.killed.difference(&row.expected).cloned().collect();
        for (label, ids) in
            [("niet gedood", missed), ("onverwacht rood", surplus), ("onbeslist", row.disturbed.clone())]
        {
            if !ids.is_empty() {
                lines.push(format!("         {label}: {}", list(&ids)));
            }
        }
    }
    lines.push("─".repeat(78));
    if whole {
        for (id, by) in &table.killed_by {
            lines.push(format!(
                "{id}  {}",
                if by.is_empty() { "NIET BEWEZEN".to_owned() } else { by.join(" ") }
            ));
        }
        lines.push("─".repeat(78));
    }
    let exact = table.rows.iter().filter(|row| row.exact).count();
    let proven = table.killed_by.values().filter(|by| !by.is_empty()).count();
    let verdict = if table.exact { "EXACT" } else { "NIET EXACT" };
    lines.push(format!(
        "{verdict}: {exact} van {} uitvoeringen precies zoals verwacht; {proven} van {} geautomatiseerde eisen aantoonbaar rood te krijgen",
        table.rows.len(),
        table.killed_by.len()
    ));
    lines.join("\n")
}

fn csv(table: &Table) -> String {
    let list = |ids: &BTreeSet<String>| ids.iter().cloned().collect::<Vec<_>>().join(" ");
    let rows = table.rows.iter().map(|row| {
        [
            row.defect.clone(),
            row.variant.clone(),
            row.mode.as_str().to_owned(),
            list(&row.expected),
            list(&row.killed),
            list(&row.disturbed),
            row.exact.to_string(),
        ]
        .join(",")
    });
    std::iter::once("defect,variant,mode,expected,killed,disturbed,exact".to_owned())
        .chain(rows)
        .collect::<Vec<_>>()
        .join("\n")
}
