//! `keur diff`: what changed between two runs, and why.

use keur_verdict::{Outcome, compare};
use serde::Serialize;

use crate::{
    args::{Diff, Form, Global},
    commands::explained::{Because, Change, human, undecidable, verdict},
    evidence::Evidence,
    exit::{Exit, Failure},
    output,
};

#[derive(Serialize)]
struct Differences<'r> {
    format: &'static str,
    version: &'static str,
    /// Run id of the first.
    was: &'r str,
    /// Run id of the second.
    is: &'r str,
    changes: Vec<Change>,
}

pub fn run(args: &Diff, _: &Global) -> Result<Exit, Failure> {
    let (first, second) = (Evidence::open(&args.first)?, Evidence::open(&args.second)?);
    let (old, new) = (first.norms()?, second.norms()?);
    if old.profile.id != new.profile.id {
        return Err(Failure::usage(format!(
            "de uitvoeringen gaan over verschillende profielen: {} en {}\n  help: vergelijk twee uitvoeringen van hetzelfde profiel",
            old.profile.id, new.profile.id
        )));
    }
    let was = first.judged(&old, &first.selection(&old)?)?;
    let is = second.judged(&new, &second.selection(&new)?)?;
    // What the first run would be by the norms of the second: what differs then does not come from the product.
    let (crossed, replayed) = first.judged_again(&new)?;
    let undecidable = undecidable(&crossed, &replayed.missing);
    let same_norms = was.harness.catalogue_digest == is.harness.catalogue_digest
        && was.harness.features_digest == is.harness.features_digest
        && was.profile.digest == is.profile.digest;
    let outcome = |id: &str| -> Option<Outcome> {
        crossed.requirements.iter().find(|requirement| requirement.id == id).map(|found| found.outcome)
    };
    let changes: Vec<Change> = compare::differences(&was, &is)
        .into_iter()
        .filter(|difference| difference.outcome_changed())
        .map(|difference| {
            let by_norms = outcome(&difference.requirement) == difference.is;
            let because = if undecidable.contains(difference.requirement.as_str()) {
                Because::NotDecidable
            } else if by_norms && same_norms {
                Because::Tool
            } else if by_norms {
                Because::Norm
            } else {
                Because::Product
            };
            Change::new(difference, because)
        })
        .collect();
    let changed = !changes.is_empty();
    match args.format {
        Form::Json => {
            let whole = Differences {
                format: "keur/differences",
                version: "1.0",
                was: &was.run.id,
                is: &is.run.id,
                changes,
            };
            output::result(&serde_json::to_string_pretty(&whole).map_err(Failure::harness)?);
        }
        Form::Human => {
            let mut text = human(&changes, "Elke eis kwam in beide uitvoeringen hetzelfde uit.");
            if changed && was.product.version == is.product.version {
                text.push_str(" let op: beide uitvoeringen noemen dezelfde productversie\n");
            }
            text.push_str(&format!(
                " {} {} ({}) → {} {} ({})\n",
                was.run.id,
                verdict(was.verdict),
                was.product.version,
                is.run.id,
                verdict(is.verdict),
                is.product.version
            ));
            output::result(&text);
        }
    }
    Ok(if changed { Exit::NotConform } else { Exit::Conform })
}
