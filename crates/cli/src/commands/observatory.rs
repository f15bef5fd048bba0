//! `keur observatory`: the national picture from signed bundles, the yearly report, and a history to show them with.

mod generate;

use std::{fs, num::NonZero};

use keur_catalogue::Lang;
use keur_dossier::{
    dates::parse_instant,
    verify::{Editions, Options},
};
use keur_observatory::{
    Picture,
    build::{Built, Request, build},
    compose::Norm,
    model::Sources,
    policy::Policy,
    yearly,
};
use time::OffsetDateTime;

use crate::{
    args::{Global, Observatory, ObservatoryBuild, ObservatoryReport, YearlyForm},
    commands::{
        conduct::own_digest,
        given::day,
        keys::public,
        verify::{Again, known},
    },
    content,
    exit::{Exit, Failure},
    output,
    progress::files,
};

/// Largest picture that is read back.
const LARGEST: u64 = 1 << 30;

pub fn run(command: &Observatory, global: &Global) -> Result<Exit, Failure> {
    match command {
        Observatory::Build(args) => build_site(args, global),
        Observatory::Report(args) => report(args),
        Observatory::Generate(args) => generate::run(args, global),
    }
}

fn build_site(args: &ObservatoryBuild, global: &Global) -> Result<Exit, Failure> {
    let as_of = args.as_of.as_deref().map(moment).transpose()?;
    let policy = args.policy.as_deref().map(Policy::open).transpose().map_err(Failure::usage)?;
    let policy = policy.unwrap_or_default();
    let trust = args.trust.iter().map(|path| public(path)).collect::<Result<Vec<_>, _>>()?;
    let catalogue = content::catalogue()?;
    let norms = Norm::all(&catalogue, content::profiles(&catalogue)?);
    let mut langs: Vec<Lang> = Vec::new();
    for lang in args.lang.iter().map(|lang| Lang::from(*lang)) {
        if !langs.contains(&lang) {
            langs.push(lang);
        }
    }
    let known = known()?;
    // Bundles are taken side by side already.
    let (editions, again) = (Editions::default(), Again::on(NonZero::<usize>::MIN));
    let options = Options {
        trust: &trust,
        known: &known,
        editions: &editions,
        policy: policy.verify.as_ref(),
        previous: None,
        now: as_of.unwrap_or_else(OffsetDateTime::now_utc),
        recompute: &again,
    };
    let digest = own_digest();
    let request = Request {
        paths: &args.bundles,
        out: &args.out,
        langs: &langs,
        policy: &policy,
        as_of,
        options: &options,
        norms: &norms,
        harness: env!("CARGO_PKG_VERSION"),
        harness_digest: &digest,
        anew: args.anew,
    };
    let bar = files(global.quiet);
    let built = build(&request, &|done, total| {
        bar.set_length(total as u64);
        bar.set_position(done as u64);
    });
    bar.finish_and_clear();
    let built = built.map_err(Failure::usage)?;
    if let Some(why) = &built.rebuilt {
        output::error(&format!("let op: {why}"));
    }
    if let Some(path) = &args.details {
        let lines: Vec<String> = built
            .details
            .iter()
            .map(|(file, why)| format!("{}\t{}", file.display(), why.replace('\n', " ")))
            .collect();
        fs::write(path, lines.join("\n") + "\n")
            .map_err(|error| Failure::usage(format!("{}: {error}", path.display())))?;
    }
    if built.sources.counted == 0 && built.sources.refused > 0 {
        output::error(
            "let op: geen enkel dossier telt mee\n  help: vertrouw met --trust de sleutels van wie tekende; met --details BESTAND leest u wat er per bestand misgaat",
        );
    }
    output::result(&told(args, &built));
    Ok(Exit::Conform)
}

fn told(args: &ObservatoryBuild, built: &Built) -> String {
    let Sources { files, counted, practice, repeated, refused, other } = built.sources;
    let generated = if built.picture.generated { "   Let op: dit zijn gegenereerde gegevens\n" } else { "" };
    format!(
        " {files} bestanden: {counted} tellen mee · {refused} afgewezen · {practice} oefening · {repeated} dubbel · {other} onbruikbaar\n \
         Gecontroleerd {} nieuw, de rest was al gecontroleerd\n{generated} Site      {}   (stand van {})\n Open data {}\n",
        built.verified,
        args.out.join("index.html").display(),
        built.picture.as_of.get(..10).unwrap_or_default(),
        args.out.join("data").display()
    )
}

fn moment(text: &str) -> Result<OffsetDateTime, Failure> {
    match parse_instant(text) {
        Some(at) => Ok(at),
        // A day is meant as a whole.
        None => Ok(day("--as-of", text)?.with_hms(23, 59, 59).map_err(Failure::usage)?.assume_utc()),
    }
}

fn report(args: &ObservatoryReport) -> Result<Exit, Failure> {
    let path = args.site.join("data").join("picture.json");
    let name = path.display();
    let wrong = |error: &dyn std::fmt::Display| {
        Failure::usage(format!(
            "{name}: {error}\n  help: maak eerst de site met: keur observatory build BUNDELS --out {}",
            args.site.display()
        ))
    };
    if fs::metadata(&path).map_err(|error| wrong(&error))?.len() > LARGEST {
        return Err(wrong(&"het bestand is te groot"));
    }
    let bytes = fs::read(&path).map_err(|error| wrong(&error))?;
    let picture: Picture = serde_json::from_slice(&bytes).map_err(|error| wrong(&error))?;
    let text = match args.format {
        YearlyForm::Html => yearly::html(&picture, args.year),
        YearlyForm::Csv => yearly::csv(&picture, args.year),
    };
    let years: Vec<String> =
        picture.periods.iter().filter(|period| period.yearly).map(|period| period.year.to_string()).collect();
    let text = text.ok_or_else(|| {
        let help = format!("de site gaat over: {}", years.join(", "));
        Failure::usage(format!("over {} is niets bekend\n  help: {help}", args.year))
    })?;
    fs::write(&args.out, text).map_err(|error| Failure::usage(format!("{}: {error}", args.out.display())))?;
    output::result(&format!(" Jaarverslag {} {}\n", args.year, args.out.display()));
    Ok(Exit::Conform)
}
