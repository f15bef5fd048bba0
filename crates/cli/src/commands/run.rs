//! `keur run`: tests a product and writes the run's folder.

use std::{
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use keur_catalogue::product::Counterparty;
use keur_evidence::{event::RunEnd, journal::Store, limits::Limits};
use keur_reports::{Blobs, Format, Report, terminal};
use keur_steps::{
    plan::Plan,
    resume::{Interrupted, ResumeError},
};
use keur_verdict::{Outcome, Overlays, RunResult, exit_code, judge_with};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::{
    args::{Form, Global, LATEST, Run},
    commands::{
        baseline::Baseline,
        block_on,
        conduct::{Conducted, Keeping, Resumable, Setup, own_digest},
        rendering::{Dossier, format_named, render, write, write_folder},
    },
    content,
    exit::{Exit, Failure},
    output,
    product::{self, Target},
    progress::Bar,
};

/// Bodies from the run's own store.
struct Kept<'a>(&'a Store);

impl Blobs for Kept<'_> {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        self.0.get(digest)
    }
}

pub fn run(args: &Run, global: &Global) -> Result<Exit, Failure> {
    if args.exam && args.only.is_some() {
        return Err(Failure::usage(
            "--exam en --only gaan niet samen: een examen gaat over het hele profiel\n  help: laat --only weg, of oefen een deel zonder --exam",
        ));
    }
    if args.exam && args.baseline.is_some() {
        return Err(Failure::usage(
            "--exam en --baseline gaan niet samen: in een examen telt elke afwijking\n  help: laat --baseline weg, of oefen zonder --exam",
        ));
    }
    // The largest file of all, meanwhile.
    let harness_digest = thread::spawn(own_digest);
    let norms = content::norms(&args.profile, args.features.as_deref())?;
    let selection =
        content::selection(&norms.catalogue, &norms.profile, args.variant.as_deref(), args.only.as_deref())?;
    let wanted = extra_reports(&args.report)?;
    let baseline = args.baseline.as_deref().map(|path| Baseline::open(path, &norms.catalogue)).transpose()?;
    if selection.requirements.is_empty() {
        let message =
            "de selectie is leeg: er is niets te toetsen\n  help: keur plan toont wat een profiel bevat"
                .to_owned();
        return Err(Failure { exit: Exit::NothingSelected, message });
    }
    // In an exam every case has a twin.
    let total = Plan::new(&selection, &norms.features).cases.len() * if args.exam { 2 } else { 1 };
    let setup = Setup {
        norms,
        selection,
        jobs: args.jobs.into(),
        limits: Limits::of_request(Duration::from_secs(args.timeout.into())),
        harness_digest: harness_digest
            .join()
            .map_err(|_| Failure::harness("de eigen som is niet te bepalen"))?,
        exam: args.exam,
    };
    let interrupted = match &args.resume {
        Some(folder) => Some(resumable(folder, args)?),
        None => None,
    };
    let began = Instant::now();
    let conducted = block_on(async {
        let mut target = match &args.product {
            Some(path) => product::declared(path)?,
            None => product::embedded(&setup.selection.variant, &args.defect).await?,
        };
        if args.product_log.is_some() {
            target.material.product_log.clone_from(&args.product_log);
        }
        if args.product.is_some() && !global.quiet && setup.norms.profile.counterparty {
            target.product.counterparty.iter().for_each(|ours| output::error(&to_configure(ours, &target)));
        }
        let cancel = CancellationToken::new();
        let stop = cancel.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
            // The second time means: now, whatever is left unwritten.
            if tokio::signal::ctrl_c().await.is_ok() {
                std::process::exit(Exit::Interrupted as i32);
            }
        });
        let bar = Bar::new(total, global.quiet);
        let keeping = match interrupted {
            Some(resumable) => Keeping::Resumed(Box::new(resumable)),
            None => Keeping::Below(&args.out),
        };
        setup.conduct(target, keeping, cancel, &bar).await
    })?;
    let elapsed = began.elapsed();
    let kept = Kept(conducted.seam.store());
    let dossier = Dossier::new(&conducted.result, &conducted.entries, &setup.norms, &setup.selection);
    let today = OffsetDateTime::now_utc().date();
    let stamps = baseline.as_ref().map(|list| list.stamps(&conducted.result, today)).unwrap_or_default();
    let report = Report { stamps: &stamps, ..dossier.report(&kept, args.lang.into()) };
    let folder = args.out.join(&conducted.result.run.id);
    write_folder(&folder, &report)?;
    for (format, path) in wanted {
        write(&path, format, &report)?;
    }
    match args.format {
        Form::Json => {
            stamps.iter().for_each(|stamp| output::error(stamp));
            output::bytes(&render(keur_reports::format("json").unwrap_or(keur_reports::FORMATS[0]), &report)?)
        }
        Form::Human => print(&report, &folder, elapsed, args, global),
    }
    let waivers = baseline.map(|list| list.waivers(&conducted.result, today)).unwrap_or_default();
    if waivers.is_empty() {
        return Ok(exit(&conducted, &conducted.result));
    }
    let overlays = Overlays { waivers, ..Overlays::default() };
    let besides = judge_with(&setup.selection, &setup.norms.profile, &conducted.entries, &overlays);
    Ok(exit(&conducted, &besides.map_err(Failure::harness)?))
}

/// What the vendor sets up in a product that asks us.
fn to_configure(ours: &Counterparty, target: &Target) -> String {
    let mut lines = vec![format!(
        "Keur speelt de andere partij op {} (luistert op {})",
        ours.desk.base, ours.desk.listen
    )];
    lines.push("  laat het product het certificaat in [counterparty] vertrouwen".to_owned());
    if let Some(side) = &ours.hostile {
        lines.push(format!("  tweede adres, met certificaten om te weigeren: {}", side.base));
    }
    let client = ours.client_id.as_deref().unwrap_or("(geen client_id opgegeven)");
    lines.push(format!("  het product vraagt tokens als {client}"));
    lines.push(match &target.product.hooks.trigger {
        Some(hook) => format!("  keur stuurt het product aan via {hook}"),
        None => format!(
            "  zonder [hooks] trigger vraagt keur u steeds om iets te doen, en wacht dan hoogstens {} s\n  stoppen kan met ctrl-C; verder gaan met dezelfde opdracht en --resume",
            ours.wait_s
        ),
    });
    lines.join("\n")
}

/// The interrupted run to go on with: the one named, or else the latest of this profile below `--out`.
fn resumable(named: &Path, args: &Run) -> Result<Resumable, Failure> {
    let open = |folder: &Path| {
        let run = Interrupted::open(folder)?;
        let started = run.started()?.clone();
        Ok::<_, ResumeError>(Resumable { run, started, folder: folder.to_owned() })
    };
    if named != Path::new(LATEST) {
        return open(named).map_err(|error| Failure::usage(format!("{}: {error}", named.display())));
    }
    let mut folders: Vec<PathBuf> = std::fs::read_dir(&args.out)
        .map(|entries| entries.flatten().map(|entry| entry.path()).collect())
        .unwrap_or_default();
    folders.retain(|folder| folder.join("journal.ndjson").is_file());
    folders.sort();
    let of_profile = |found: &Resumable| found.started.profile == args.profile;
    folders.iter().rev().filter_map(|folder| open(folder).ok()).find(of_profile).ok_or_else(|| {
        Failure::usage(format!(
            "in {} staat geen onderbroken uitvoering van {}\n  help: noem de map van de uitvoering: --resume MAP",
            args.out.display(),
            args.profile
        ))
    })
}

fn exit(conducted: &Conducted, result: &RunResult) -> Exit {
    if conducted.seam.end() == RunEnd::Interrupted {
        return Exit::Interrupted;
    }
    match exit_code(result) {
        0 => Exit::Conform,
        1 => Exit::NotConform,
        3 => Exit::Incomplete,
        5 => Exit::NothingSelected,
        _ => Exit::HarnessError,
    }
}

fn print(report: &Report<'_>, folder: &Path, elapsed: Duration, args: &Run, global: &Global) {
    let style = output::style(global);
    let mut text = String::new();
    if !global.quiet {
        for requirement in &report.result.requirements {
            if matches!(requirement.outcome, Outcome::NotSatisfied | Outcome::Undetermined) {
                text.push_str(&terminal::finding(report, requirement, style));
                text.push('\n');
            }
        }
    }
    let html = folder.join("report.html").display().to_string();
    let next = next_command(report, args);
    text.push_str(&terminal::summary(report, elapsed, terminal::Paths { report: &html, next: &next }, style));
    output::result(&text);
}

/// The command that repeats what needs attention.
fn next_command(report: &Report<'_>, args: &Run) -> String {
    let mut command = format!("keur run {}", args.profile);
    if let Some(product) = &args.product {
        command.push_str(&format!(" --product {}", product.display()));
    }
    for defect in &args.defect {
        command.push_str(&format!(" --defect {defect}"));
    }
    if let Some(list) = &args.baseline {
        command.push_str(&format!(" --baseline {}", list.display()));
    }
    if let Some(variant) = &args.variant {
        command.push_str(&format!(" --variant {variant}"));
    }
    let open = |outcome| matches!(outcome, Outcome::NotSatisfied | Outcome::Undetermined);
    let ids: Vec<&str> =
        report.result.requirements.iter().filter(|r| open(r.outcome)).map(|r| r.id.as_str()).collect();
    match ids.len() {
        0 if args.exam => format!("{command} --exam"),
        0 => command,
        1..=6 => format!("{command} --only {}", ids.join(",")),
        _ => format!("{command} --only {},…", ids[..6].join(",")),
    }
}

fn extra_reports(asked: &[String]) -> Result<Vec<(&'static dyn Format, PathBuf)>, Failure> {
    asked
        .iter()
        .map(|text| {
            let (name, path) =
                text.split_once('=').filter(|(_, path)| !path.is_empty()).ok_or_else(|| {
                    Failure::usage(format!(
                        "`{text}` is geen FORMAT=PATH\n  help: bijvoorbeeld --report junit=uit/junit.xml"
                    ))
                })?;
            Ok((format_named(name)?, PathBuf::from(path)))
        })
        .collect()
}
