//! `keur rejudge`: the stored evidence of a run under the norms of today, or under another edition of its profile.

use std::{collections::BTreeSet, path::Path};

use keur_steps::{features::Features, material::read_bounded, norms::Norms};
use keur_verdict::{RunResult, compare, exit_code};
use serde::Serialize;

use crate::{
    args::{Form, Global, Rejudge},
    commands::explained::{Because, Change, human, undecidable, verdict},
    content,
    evidence::{Evidence, processors},
    exit::{Exit, Failure},
    output,
};

/// The result on stdout.
#[derive(Serialize)]
struct Rejudged<'r> {
    format: &'static str,
    version: &'static str,
    /// The verdict as it was.
    was: &'r RunResult,
    /// The verdict as it is.
    is: &'r RunResult,
    changes: Vec<Change>,
}

pub fn run(args: &Rejudge, _: &Global) -> Result<Exit, Failure> {
    let evidence = Evidence::open(&args.evidence)?;
    let own = evidence.norms()?;
    let was = evidence.judged(&own, &evidence.selection(&own)?)?;
    let norms = match &args.profile {
        Some(path) => other(path)?,
        None => content::norms(&evidence.started()?.profile, None)?,
    };
    if norms.profile.id != own.profile.id {
        return Err(Failure::usage(format!(
            "{} is een ander profiel dan dat van de uitvoering ({})\n  help: geef een andere uitgave van hetzelfde profiel",
            norms.profile.id, own.profile.id
        )));
    }
    let (is, replayed) = evidence.judged_again(&norms, processors())?;
    let by_tool: BTreeSet<String> = if same(&own, &norms) {
        was.requirements.iter().map(|requirement| requirement.id.clone()).collect()
    } else {
        let (now, _) = evidence.judged_again(&own, processors())?;
        compare::differences(&was, &now).into_iter().map(|difference| difference.requirement).collect()
    };
    let undecidable = undecidable(&is, &replayed.missing);
    let changes: Vec<Change> = compare::differences(&was, &is)
        .into_iter()
        .map(|difference| {
            let id = difference.requirement.as_str();
            let because = if undecidable.contains(id) {
                Because::NotDecidable
            } else if by_tool.contains(id) {
                Because::Tool
            } else {
                Because::Norm
            };
            Change::new(difference, because)
        })
        .collect();
    match args.format {
        Form::Json => {
            let whole = Rejudged { format: "keur/rejudged", version: "1.0", was: &was, is: &is, changes };
            output::result(&serde_json::to_string_pretty(&whole).map_err(Failure::harness)?);
        }
        Form::Human => {
            let mut text = human(&changes, "Het oordeel blijft in elk onderdeel hetzelfde.");
            text.push_str(&format!(
                " {} met {} {} → {} met {} {}\n",
                verdict(was.verdict),
                was.profile.id,
                was.profile.version,
                verdict(is.verdict),
                is.profile.id,
                is.profile.version
            ));
            output::result(&text);
        }
    }
    Ok(match exit_code(&is) {
        0 => Exit::Conform,
        1 => Exit::NotConform,
        3 => Exit::Incomplete,
        5 => Exit::NothingSelected,
        _ => Exit::HarnessError,
    })
}

/// Another edition of a profile, with the catalogue and features of today.
fn other(path: &Path) -> Result<Norms, Failure> {
    let name = path.display().to_string();
    let bytes = read_bounded(path)
        .map_err(|error| Failure::usage(format!("{name} kan niet worden gelezen: {error}")))?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name} is geen UTF-8-tekst")))?;
    let file = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Norms::with_profile((format!("profiles/{file}"), text), Features::embedded_files())
        .map_err(Failure::usage)
}

fn same(one: &Norms, other: &Norms) -> bool {
    let digests = |norms: &Norms| {
        (norms.catalogue.digest.clone(), norms.profile.digest.clone(), norms.features.digest.clone())
    };
    digests(one) == digests(other)
}
