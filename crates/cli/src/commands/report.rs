//! `keur report`: renders a report again from a run's evidence. The same journal gives the same bytes.

use std::path::Path;

use crate::{
    args::{Global, Report},
    commands::rendering::{Dossier, format_named, render, write},
    evidence::Evidence,
    exit::{Exit, Failure},
    output,
};

pub fn run(args: &Report, _: &Global) -> Result<Exit, Failure> {
    let format = format_named(&args.format)?;
    let evidence = Evidence::open(&args.dir)?;
    let norms = evidence.norms()?;
    let selection = evidence.selection(&norms)?;
    let result = evidence.judged(&norms, &selection)?;
    let dossier = Dossier::new(&result, &evidence.entries, &norms, &selection);
    let blobs = evidence.blobs();
    let signed = evidence.signed()?;
    let report = keur_reports::Report { signed: &signed, ..dossier.report(blobs.as_ref(), args.lang.into()) };
    match &args.out {
        Some(path) if path != Path::new("-") => write(path, format, &report)?,
        _ => output::bytes(&render(format, &report)?),
    }
    Ok(Exit::Conform)
}
