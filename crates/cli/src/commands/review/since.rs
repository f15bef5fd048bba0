//! What changed since the previous submission, and whether what was asked then was done.

use std::collections::BTreeSet;

use keur_dossier::{
    Verification,
    review::{Earlier, Item, earlier},
    statement::predicate::Action,
};
use keur_verdict::{Outcome, RunResult};
use serde::Serialize;

use super::{
    Dossier,
    list::{block, head, notes, one_line, told},
};
use crate::{
    args::{Form, Review},
    commands::explained::{Because, Change, changes, human},
    exit::Failure,
    output,
};

#[derive(Serialize)]
struct Since<'d> {
    format: &'static str,
    version: &'static str,
    run: &'d str,
    previous: &'d str,
    valid: bool,
    changes: Vec<Change>,
    /// What must be decided about the changed requirements.
    items: Vec<&'d Item>,
    earlier: Vec<Earlier>,
    notes: Vec<String>,
}

pub(super) fn run(
    args: &Review,
    dossier: &Dossier,
    previous: &Dossier,
    verification: &Verification,
) -> Result<(), Failure> {
    let is = (&dossier.evidence, &dossier.norms, &dossier.result);
    let was = (&previous.evidence, &previous.norms, &previous.result);
    let mut changes = changes(was, is)?;
    changes.retain(|change| matters(change, &previous.result, &dossier.result));
    let changed = |item: &&Item| changes.iter().any(|change| change.requirement == item.requirement);
    let items: Vec<&Item> = dossier.items.iter().filter(changed).collect();
    let earlier = earlier(&previous.said, &previous.result, &dossier.said, &dossier.result);
    if args.format == Form::Json {
        let since = Since {
            format: "keur/review-delta",
            version: "1.0",
            run: &dossier.result.run.id,
            previous: &previous.result.run.id,
            valid: verification.valid,
            changes,
            items,
            earlier,
            notes: notes(verification),
        };
        output::result(&serde_json::to_string_pretty(&since).map_err(Failure::harness)?);
        return Ok(());
    }
    let mut text = head(dossier, verification);
    text.push_str(&format!("\n Sinds {}\n", previous.result.run.id));
    text.push_str(&human(&changes, " Geen eis is veranderd."));
    text.extend(items.iter().map(|item| block(item)));
    let asked: Vec<String> = earlier.iter().map(told_earlier).collect();
    text.push_str(&told("Gevraagd bij de vorige indiening", &asked));
    text.push_str(&told("Let op", &notes(verification)));
    output::result(&text);
    Ok(())
}

/// In every run times, numbers and addresses differ; of what stays good, only another set of scenarios or another
/// statement is news.
fn matters(change: &Change, was: &RunResult, is: &RunResult) -> bool {
    let cases = |result: &RunResult| -> BTreeSet<String> {
        let of = result.requirements.iter().filter(|one| one.id == change.requirement);
        of.flat_map(|one| &one.cases).map(|case| case.id.clone()).collect()
    };
    let good = matches!(change.is, Some(Outcome::Satisfied | Outcome::NotApplicable));
    let news = change.was != change.is || change.because == Because::Statement;
    news || !good || cases(was) != cases(is)
}

fn told_earlier(earlier: &Earlier) -> String {
    let mark = if earlier.met { "✓ gedaan" } else { "✗ open" };
    let asked = match earlier.remark.action {
        Action::ReRun => "opnieuw toetsen",
        Action::Question => "vraag",
        Action::Accept => "akkoord",
    };
    let remark = &earlier.remark;
    format!("{mark:<8}  {}  {asked}: {} ({})", remark.requirement, one_line(&remark.remark), earlier.found)
}
