//! `keur report`: renders a report again from a run's folder. The same journal gives the same bytes.

use std::path::Path;

use keur_evidence::{
    event::{Event, RunStarted},
    journal::{self, JournalError},
};
use keur_reports::Blobs;
use keur_verdict::judge;

use crate::{
    args::{Global, Report},
    commands::rendering::{Dossier, format_named, render, write},
    content,
    exit::{Exit, Failure},
    output,
};

/// Bodies from a run's folder.
struct Folder<'a>(&'a Path);

impl Blobs for Folder<'_> {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        journal::read_blob(self.0, digest)
    }
}

pub fn run(args: &Report, _: &Global) -> Result<Exit, Failure> {
    let format = format_named(&args.format)?;
    let entries = journal::read(&args.dir).map_err(|error| match error {
        JournalError::Chain { .. } | JournalError::Entry { .. } => {
            Failure { exit: Exit::VerifyFailed, message: error.to_string() }
        }
        JournalError::Io { .. } => Failure::usage(format!(
            "{error}\n  help: geef de map van een uitvoering, met journal.ndjson erin"
        )),
    })?;
    let Some(Event::RunStarted(started)) = entries.first().map(|entry| &entry.event) else {
        return Err(Failure {
            exit: Exit::VerifyFailed,
            message: "het journaal begint niet met run_started".to_owned(),
        });
    };
    let catalogue = content::catalogue()?;
    let profile = content::profile(&catalogue, &started.profile)?;
    same_norms(started, &catalogue.digest, &profile.digest)?;
    let selection =
        content::selection(&catalogue, &profile, Some(&started.variant), started.only.as_deref())?;
    let result = judge(&selection, &profile, &entries)
        .map_err(|error| Failure { exit: Exit::VerifyFailed, message: error.to_string() })?;
    let dossier = Dossier::new(&result, &entries, &profile, &selection);
    let blobs = Folder(&args.dir);
    let report = dossier.report(&blobs, args.lang.into());
    match &args.out {
        Some(path) if path == Path::new("-") => output::bytes(&render(format, &report)?),
        Some(path) => write(path, format, &report)?,
        None => output::bytes(&render(format, &report)?),
    }
    Ok(Exit::Conform)
}

/// A verdict under other norms is another verdict.
fn same_norms(started: &RunStarted, catalogue: &str, profile: &str) -> Result<(), Failure> {
    if started.catalogue_digest == catalogue && started.profile_digest == profile {
        return Ok(());
    }
    Err(Failure::usage(format!(
        "deze uitvoering is gemaakt met een andere catalogus of een ander profiel dan in deze keur zit\n  help: gebruik keur {}, waarmee zij is gemaakt",
        started.harness_version
    )))
}
