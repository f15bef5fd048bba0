//! Evaluation, review and decision as statements, each held to what went before. Four eyes at every step.

use keur_verdict::{RunResult, Verdict};
use time::OffsetDateTime;

use super::{Filled, ReviewError, Spoken, Standing};
use crate::{
    dates::parse_day,
    keys::PublicKey,
    manifest,
    statement::{
        Predicate, Statement, Subject,
        predicate::{Conclusion, Decision, DecisionOutcome, Evaluation, Review},
    },
};

/// Kinds of statements an evaluation considers.
const CONSIDERED: [&str; 4] = ["declaration", "attestation", "practice-attestation", "waiver"];

/// The evaluation that a filled-in worksheet is: about the manifest and every statement of people in the bundle.
///
/// # Errors
/// When it recommends what the verdict does not allow.
pub fn evaluate(
    filled: Filled,
    manifest: &[u8],
    said: &[Spoken],
    result: &RunResult,
    now: OffsetDateTime,
) -> Result<Statement, ReviewError> {
    if filled.conclusion == Conclusion::Recommend && result.verdict != Verdict::Conform {
        return Err(ReviewError::NothingToRecommend(words(result.verdict)));
    }
    let considered = said.iter().filter_map(|(digest, signed)| {
        let kind = signed.statement.predicate.kind();
        CONSIDERED.contains(&kind).then(|| Subject::new(kind, digest))
    });
    let subject = [Subject::of(manifest::PATH, manifest)].into_iter().chain(considered).collect();
    let Filled { remarks, conclusion } = filled;
    Ok(Statement::new(subject, Predicate::Evaluation(Evaluation { remarks, conclusion, signed_at: now })))
}

/// A second look at the latest evaluation.
///
/// # Errors
/// When there is none, or the one who looks is the one who evaluated.
pub fn second(said: &[Spoken], key: &PublicKey, review: Review) -> Result<Statement, ReviewError> {
    let Some(((digest, evaluation), _)) = Standing::of(said).evaluation else {
        return Err(ReviewError::NoEvaluation);
    };
    four_eyes(("de tweede beoordelaar", key), ("de evaluator", &evaluation.key))?;
    Ok(Statement::new(vec![Subject::new("evaluation", digest)], Predicate::Review(review)))
}

/// A decision on the latest evaluation and the reviews of it.
///
/// # Errors
/// When these are missing, disagree or are by the same person, or the verdict does not allow the decision.
pub fn decide(
    said: &[Spoken],
    result: &RunResult,
    key: &PublicKey,
    decision: Decision,
) -> Result<Statement, ReviewError> {
    let standing = Standing::of(said);
    let Some(((digest, evaluation), evaluated)) = standing.evaluation else {
        return Err(ReviewError::NoEvaluation);
    };
    if standing.reviews.is_empty() {
        return Err(ReviewError::NoReview);
    }
    if let Some((_, review)) = standing.reviews.iter().find(|(_, review)| !review.agrees) {
        return Err(ReviewError::Disagrees(super::line(&review.remarks)));
    }
    four_eyes(("wie beslist", key), ("de evaluator", &evaluation.key))?;
    for ((_, review), _) in &standing.reviews {
        four_eyes(("wie beslist", key), ("de tweede beoordelaar", &review.key))?;
    }
    allowed(&decision, result, evaluated.conclusion, &standing)?;
    let reviews = standing.reviews.iter().map(|((digest, _), _)| Subject::new("review", digest));
    let subject = [Subject::new("evaluation", digest)].into_iter().chain(reviews).collect();
    Ok(Statement::new(subject, Predicate::Decision(decision)))
}

fn allowed(
    decision: &Decision,
    result: &RunResult,
    conclusion: Conclusion,
    standing: &Standing<'_>,
) -> Result<(), ReviewError> {
    use DecisionOutcome::{Conditional, Granted, Refused, Suspended, Withdrawn};
    let outcome = match decision.outcome {
        Granted => "granted",
        Conditional => "conditional",
        Refused => "refused",
        Suspended => "suspended",
        Withdrawn => "withdrawn",
    };
    let pointless = |option, help| Err(ReviewError::Pointless { option, outcome, help });
    if decision.outcome == Granted && !decision.conditions.is_empty() {
        return pointless("condition", "verleen onder voorwaarden met --decide conditional");
    }
    match decision.outcome {
        Granted | Conditional => granting(decision, result, conclusion),
        Refused if decision.certificate.is_some() => {
            pointless("certificate", "een geweigerd certificaat heeft geen nummer; laat de optie weg")
        }
        Refused => Ok(()),
        Suspended | Withdrawn => {
            let before = standing.decision.map(|(_, decision)| decision.outcome);
            match (before, decision.outcome) {
                (Some(Granted | Conditional), _) | (Some(Suspended), Withdrawn) => Ok(()),
                _ => Err(ReviewError::NothingGranted),
            }
        }
    }
}

/// A certificate rests on an exam that is conform and recommended; a waiver makes it conditional and limits its life.
fn granting(decision: &Decision, result: &RunResult, conclusion: Conclusion) -> Result<(), ReviewError> {
    if result.run.mode != "exam" {
        return Err(ReviewError::Practice);
    }
    if result.verdict != Verdict::Conform {
        return Err(ReviewError::NotConform(words(result.verdict)));
    }
    if conclusion != Conclusion::Recommend {
        return Err(ReviewError::NotRecommended);
    }
    let waived: Vec<_> = result.requirements.iter().filter_map(|one| one.waiver.as_ref()).collect();
    if decision.outcome == DecisionOutcome::Granted && !waived.is_empty() {
        return Err(ReviewError::Waived(waived.len()));
    }
    if decision.outcome == DecisionOutcome::Conditional && decision.conditions.is_empty() {
        return Err(ReviewError::NoCondition);
    }
    if decision.valid_until < decision.signed_at.date() {
        return Err(ReviewError::Past);
    }
    let outlives = |expires: &str| parse_day(expires).is_none_or(|expires| expires < decision.valid_until);
    match waived.iter().find(|waiver| outlives(&waiver.expires)) {
        None => Ok(()),
        Some(waiver) => Err(ReviewError::OutlivesWaiver {
            requirement: waiver.requirement.clone(),
            expires: waiver.expires.clone(),
        }),
    }
}

fn four_eyes(now: (&'static str, &PublicKey), before: (&'static str, &PublicKey)) -> Result<(), ReviewError> {
    if !now.1.same_person(before.1) {
        return Ok(());
    }
    let who = super::line(&format!("{}, {}", now.1.holder.name, now.1.holder.organisation));
    Err(ReviewError::SamePerson { one: now.0, other: before.0, who })
}

fn words(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Conform => "conform",
        Verdict::NotConform => "niet conform",
        Verdict::Incomplete => "onvolledig",
    }
}
