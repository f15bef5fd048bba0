//! Per requirement, what a person must decide.

use keur_verdict::{CaseOutcome, CaseResult, Modality, Outcome, RequirementResult, RunResult};
use serde::Serialize;
use time::{Date, Duration};

use super::{Point, Spoken, point::reason_words};
use crate::{
    dates::parse_day,
    statement::{Predicate, predicate::Found},
};

/// How long before its end a statement is told to end.
const SOON: Duration = Duration::days(90);

/// A requirement that a person must look at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// The requirement.
    pub requirement: String,
    /// Its title.
    pub title: String,
    /// Why.
    pub points: Vec<Point>,
}

/// All that must be decided, in profile order. `flaky` comes from the ledger; `title` gives a requirement's title.
#[must_use]
pub fn items(
    result: &RunResult,
    said: &[Spoken],
    flaky: &[String],
    today: Date,
    title: &dyn Fn(&str) -> String,
) -> Vec<Item> {
    let item = |requirement: &RequirementResult| {
        let points = points(requirement, said, flaky, today);
        let (id, title) = (requirement.id.clone(), title(&requirement.id));
        (!points.is_empty()).then_some(Item { requirement: id, title, points })
    };
    result.requirements.iter().filter_map(item).collect()
}

fn points(requirement: &RequirementResult, said: &[Spoken], flaky: &[String], today: Date) -> Vec<Point> {
    let mut points = Vec::new();
    let attested = requirement.modality == Modality::Attested;
    let statement = requirement.attestation.as_ref().filter(|_| attested);
    if let Some(statement) = statement {
        points.push(Point::Attested {
            outcome: statement.outcome.clone(),
            statement: statement.statement.clone(),
            basis: statement.basis.clone(),
            by: statement.by.clone(),
            artefact: statement.artefact.clone(),
            expires: statement.expires.clone(),
            signed_by: signer(said, &requirement.id, &statement.outcome),
        });
    }
    match requirement.outcome {
        Outcome::NotSatisfied if statement.is_none() => {
            let detail = seen(requirement);
            points.push(match requirement.remark {
                true => Point::Remark { detail },
                false => Point::Deviation { detail },
            });
        }
        Outcome::Undetermined => points.push(Point::Undetermined { detail: undecided(requirement) }),
        Outcome::NotTested => {
            let detail =
                if attested { "wacht op de verklaring van een mens" } else { "er is niets uitgevoerd" };
            points.push(Point::NotTested { detail: detail.to_owned() });
        }
        Outcome::NotApplicable if statement.is_none() => {
            let proofs = requirement.cases.iter().filter_map(|case| case.proof.as_ref());
            points.extend(proofs.take(1).map(|proof| Point::NotApplicable {
                predicate: proof.predicate.clone(),
                declared: proof.declared.clone(),
                observed: proof.observed.clone(),
            }));
        }
        _ => {}
    }
    if let Some(waiver) = &requirement.waiver {
        points.push(Point::Waived {
            reason: waiver.reason.clone(),
            by: waiver.by.clone(),
            granted: waiver.granted.clone(),
            expires: waiver.expires.clone(),
        });
    }
    if flaky.contains(&requirement.id) {
        points.push(Point::Flaky);
    }
    let ends = statement
        .map(|one| &one.expires)
        .into_iter()
        .chain(requirement.waiver.as_ref().map(|one| &one.expires));
    points.extend(ends.filter_map(|until| expiring(until, today)));
    points
}

fn expiring(until: &str, today: Date) -> Option<Point> {
    let day = parse_day(until)?;
    (day < today.saturating_add(SOON))
        .then(|| Point::Expiring { until: until.to_owned(), expired: day < today })
}

/// Who signed this outcome of a requirement.
fn signer(said: &[Spoken], id: &str, outcome: &str) -> Option<String> {
    said.iter().find_map(|(_, signed)| match &signed.statement.predicate {
        Predicate::Attestation(one) if one.requirement == id && word(one.outcome) == outcome => {
            let holder = &signed.key.holder;
            Some(format!("{}, {} ({})", holder.name, holder.organisation, signed.key.role))
        }
        _ => None,
    })
}

fn word(found: Found) -> &'static str {
    match found {
        Found::Satisfied => "satisfied",
        Found::NotSatisfied => "not_satisfied",
        Found::NotApplicable => "not_applicable",
    }
}

/// The first check that does not hold.
fn seen(requirement: &RequirementResult) -> String {
    let checks = requirement.cases.iter().flat_map(|case| &case.checks);
    let check = checks.into_iter().find(|check| check.holds == Some(false));
    check.map_or_else(
        || "zie het rapport".to_owned(),
        |check| format!("verwacht: {}; waargenomen: {}", check.expected, check.observed),
    )
}

/// Why the first undecided case could not be told.
fn undecided(requirement: &RequirementResult) -> String {
    let open = |case: &&CaseResult| {
        matches!(case.outcome, CaseOutcome::CantTell | CaseOutcome::Error | CaseOutcome::Untested)
    };
    let Some(case) = requirement.cases.iter().find(open) else {
        return match requirement.modality {
            Modality::Attested => {
                "de verklaring geldt niet op de dag van de toets, of een andere spreekt haar tegen"
            }
            Modality::Automatic => "de uitkomst wisselt tussen pogingen",
        }
        .to_owned();
    };
    let reason = match case.outcome {
        CaseOutcome::Error => "een fout van keur zelf",
        CaseOutcome::Untested => "niet uitgevoerd",
        _ => case.reason.map_or("niet vast te stellen", reason_words),
    };
    match &case.detail {
        Some(detail) => format!("{reason}: {detail} ({})", case.title),
        None => format!("{reason} ({})", case.title),
    }
}
