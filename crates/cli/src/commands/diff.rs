//! `keur diff`: what changed between two runs, and why.

use serde::Serialize;

use crate::{
    args::{Diff, Form, Global},
    commands::explained::{Change, changes, human, verdict},
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
    let was = first.judged(&old, &first.selection(&old)?)?;
    let is = second.judged(&new, &second.selection(&new)?)?;
    let mut changes = changes((&first, &old, &was), (&second, &new, &is))?;
    changes.retain(|change| change.was != change.is);
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
