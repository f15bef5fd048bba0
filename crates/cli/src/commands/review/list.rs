//! What a person must decide, per requirement, and where the dossier stands.

use keur_dossier::{
    Verification,
    dates::day_text,
    review::{Item, Spoken, Standing},
    statement::predicate::{Conclusion, DecisionOutcome},
};
use keur_verdict::Verdict;
use serde::Serialize;

use super::Dossier;
use crate::{
    args::{Form, Review},
    commands::explained::verdict,
    exit::Failure,
    output,
};

#[derive(Serialize)]
struct List<'d> {
    format: &'static str,
    version: &'static str,
    run: &'d str,
    mode: &'d str,
    verdict: Verdict,
    /// Whether the bundle verifies.
    valid: bool,
    items: &'d [Item],
    notes: Vec<String>,
    standing: Vec<String>,
}

pub(super) fn run(args: &Review, dossier: &Dossier, verification: &Verification) -> Result<(), Failure> {
    let run = &dossier.result.run;
    let (notes, standing) = (notes(verification), standing(&dossier.said));
    if args.format == Form::Json {
        let list = List {
            format: "keur/review",
            version: "1.0",
            run: &run.id,
            mode: &run.mode,
            verdict: dossier.result.verdict,
            valid: verification.valid,
            items: &dossier.items,
            notes,
            standing,
        };
        output::result(&serde_json::to_string_pretty(&list).map_err(Failure::harness)?);
        return Ok(());
    }
    let mut text = head(dossier, verification);
    for item in &dossier.items {
        text.push_str(&block(item));
    }
    text.push_str(&told("Let op", &notes));
    text.push_str(&told("Stand", &standing));
    text.push_str(&format!(
        "\n {} eisen om over te beslissen\n Volgende stap  {}\n",
        dossier.items.len(),
        match next(&dossier.said) {
            None => "geen: er is besloten".to_owned(),
            Some(next) => format!("keur review {} {next}", args.bundle.display()),
        }
    ));
    output::result(&text);
    Ok(())
}

/// Run, product, profile, verdict, and whether all this can be relied on.
pub(super) fn head(dossier: &Dossier, verification: &Verification) -> String {
    let (run, product, profile) = (&dossier.result.run, &dossier.result.product, &dossier.result.profile);
    let mode = if run.mode == "exam" { "examen" } else { "oefening" };
    let checked = match verification.broken() {
        None => "de bundel is echt".to_owned(),
        Some(step) => format!(
            "NIET GELDIG bij {}: {}",
            step.step,
            one_line(step.detail.as_deref().unwrap_or(step.title))
        ),
    };
    format!(
        " Run       {} ({mode})\n Product   {}\n Profiel   {} {}\n Oordeel   {}\n Controle  {checked}\n",
        run.id,
        one_line(&format!("{} {} {}", product.vendor, product.name, product.version)),
        profile.id,
        profile.version,
        verdict(dossier.result.verdict),
    )
}

/// A requirement with its points.
pub(super) fn block(item: &Item) -> String {
    let mut text = format!("\n {}  {}\n", item.requirement, one_line(&item.title));
    for point in &item.points {
        text.push_str(&format!("   {:<19}  {}\n", point.word(), point.text()));
    }
    text
}

/// Lines under a heading; nothing when there are none.
pub(super) fn told(heading: &str, lines: &[String]) -> String {
    let lines: String = lines.iter().map(|line| format!("   {line}\n")).collect();
    if lines.is_empty() { lines } else { format!("\n {heading}\n{lines}") }
}

/// What verification had to say.
pub(super) fn notes(verification: &Verification) -> Vec<String> {
    let of_step = |step: &keur_dossier::verify::Step| {
        let name = step.step;
        step.notes.iter().map(move |note| format!("{name}  {}", one_line(note))).collect::<Vec<_>>()
    };
    verification.steps.iter().flat_map(of_step).collect()
}

/// Evaluation, reviews and decision so far.
fn standing(said: &[Spoken]) -> Vec<String> {
    let who = |(_, signed): &Spoken| {
        let holder = &signed.key.holder;
        let day = day_text(signed.statement.signed_at().date());
        one_line(&format!("{}, {} op {day}", holder.name, holder.organisation))
    };
    let standing = Standing::of(said);
    let mut lines = Vec::new();
    if let Some((spoken, evaluation)) = standing.evaluation {
        let conclusion = match evaluation.conclusion {
            Conclusion::Recommend => "beveelt verlening aan",
            Conclusion::NotRecommend => "beveelt verlening niet aan",
            Conclusion::ReRun => "vraagt eerst een nieuwe toets",
        };
        lines.push(format!("evaluatie           {conclusion} ({})", who(spoken)));
    }
    for (spoken, review) in &standing.reviews {
        let agrees = if review.agrees { "eens" } else { "niet eens" };
        lines.push(format!("tweede beoordeling  {agrees}: {} ({})", one_line(&review.remarks), who(spoken)));
    }
    if let Some((spoken, decision)) = standing.decision {
        let until = format!("verleend tot en met {}", day_text(decision.valid_until));
        let outcome = match decision.outcome {
            DecisionOutcome::Granted => until,
            DecisionOutcome::Conditional => format!("onder voorwaarden {until}"),
            DecisionOutcome::Refused => "geweigerd".to_owned(),
            DecisionOutcome::Suspended => "geschorst".to_owned(),
            DecisionOutcome::Withdrawn => "ingetrokken".to_owned(),
        };
        lines.push(format!("besluit             {outcome} ({})", who(spoken)));
        lines.extend(decision.conditions.iter().map(|one| format!("voorwaarde          {}", one_line(one))));
    }
    lines
}

/// What the next person does.
fn next(said: &[Spoken]) -> Option<&'static str> {
    let standing = Standing::of(said);
    match (standing.evaluation, standing.reviews.as_slice()) {
        _ if standing.decision.is_some() => None,
        (None, _) => Some("--write WERKBLAD.toml"),
        (Some(_), []) => Some("--second --agree --remark TEKST --sign SLEUTEL --out NIEUW"),
        (_, reviews) if reviews.iter().any(|(_, review)| !review.agrees) => Some("--write WERKBLAD.toml"),
        _ => Some("--decide BESLUIT --sign SLEUTEL --out NIEUW"),
    }
}

/// Text of others on one line, without control characters.
pub(super) fn one_line(text: &str) -> String {
    let clean: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    clean.split_whitespace().collect::<Vec<_>>().join(" ")
}
