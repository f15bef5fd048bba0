//! L1 to L2: what one case came to.

use std::collections::BTreeSet;

use keur_evidence::{
    event::{CheckOutcome, CheckRecord, Event, Phase, PlannedCase, Reason, Reply},
    inbound::REQUEST,
};

use crate::{
    finding::{Finding, fault, of_check, of_stop, with, worst},
    reading::{CaseLog, Reading},
    result::{CaseOutcome, CaseResult, CheckResult},
};

/// The events between the start of a case and its end.
#[derive(Default)]
struct Attempt<'j> {
    events: Vec<&'j Event>,
    /// Steps that ran to their end; none when the attempt has no end.
    steps_done: Option<usize>,
}

/// Judges one case.
pub(crate) fn judge(log: &CaseLog<'_>, reading: &Reading<'_>) -> CaseResult {
    let (attempts, stray) = split(log);
    let mut findings: Vec<Finding> =
        attempts.iter().map(|attempt| judge_attempt(log.plan, attempt, reading)).collect();
    if reading.resumed > 0 {
        // What an interruption cut off and the run made good afterwards, says nothing. What had gone wrong by then, stays.
        let last = findings.len().saturating_sub(1);
        let mut at = 0..;
        findings.retain(|finding| at.next() == Some(last) || !cut_off(finding));
    }
    if stray {
        findings.push(Finding::error("er is bewijs vastgelegd buiten de uitvoering van het scenario"));
    }
    let fault = fault(&findings);
    let has = |outcome| findings.iter().any(|finding| finding.outcome == outcome);
    if has(CaseOutcome::Passed) && has(CaseOutcome::Failed) {
        // Passing now and failing then proves neither; whatever is worse still stands.
        findings.retain(|finding| !matches!(finding.outcome, CaseOutcome::Passed | CaseOutcome::Failed));
        findings.push(Finding {
            cause: Some("flaky".to_owned()),
            detail: Some(
                "de pogingen spreken elkaar tegen: de ene keer voldaan, de andere keer niet".to_owned(),
            ),
            ..Finding::of(CaseOutcome::CantTell)
        });
    }
    let finding = with(fault, worst(findings).unwrap_or_else(|| Finding::of(CaseOutcome::Untested)));
    let (exchanges, evidence) = left_behind(log);
    CaseResult {
        id: log.plan.case.clone(),
        title: log.plan.title.clone(),
        line: log.plan.line,
        outcome: finding.outcome,
        reason: finding.reason,
        cause: finding.cause,
        detail: finding.detail,
        proof: finding.proof,
        checks: checks(&log.events).map(|check| check_result(log.plan, check)).collect(),
        exchanges,
        evidence,
        ms: log
            .events
            .iter()
            .map(|event| if let Event::CaseFinished { ms, .. } = event { *ms } else { 0 })
            .fold(0, u64::saturating_add),
    }
}

/// What held a number outside the declared set, by the place where it stood.
pub(crate) fn carrier(place: &str) -> &'static str {
    if place.starts_with(REQUEST) { "verzoek van het product" } else { "antwoord" }
}

/// Ended by an interruption, with nothing against the product and nothing of the guard.
fn cut_off(finding: &Finding) -> bool {
    finding.outcome == CaseOutcome::CantTell
        && finding.reason == Some(Reason::Aborted)
        && finding.cause.as_deref() != Some("production_data")
}

/// The attempts, and whether anything stands outside them.
fn split<'j>(log: &CaseLog<'j>) -> (Vec<Attempt<'j>>, bool) {
    let mut attempts: Vec<Attempt<'j>> = Vec::new();
    let mut stray = false;
    for event in &log.events {
        if matches!(event, Event::CaseStarted { .. }) {
            attempts.push(Attempt::default());
            continue;
        }
        match attempts.last_mut().filter(|attempt| attempt.steps_done.is_none()) {
            Some(open) => match event {
                Event::CaseFinished { steps_done, .. } => open.steps_done = Some(*steps_done),
                _ => open.events.push(event),
            },
            None => stray = true,
        }
    }
    (attempts, stray)
}

fn judge_attempt(plan: &PlannedCase, attempt: &Attempt<'_>, reading: &Reading<'_>) -> Finding {
    let own: BTreeSet<&str> = attempt.events.iter().filter_map(|event| observed_id(event)).collect();
    let mut findings = Vec::new();
    for event in &attempt.events {
        match event {
            Event::Check(check) => {
                findings.extend(of_check(plan, check, reading));
                if check.outcome != CheckOutcome::Holds
                    && attempt.steps_done.is_some_and(|done| check.step < done)
                {
                    findings.push(Finding::error("een stap die niet uitkwam, telt als uitgevoerd"));
                }
            }
            Event::Stopped(stopped) => findings.push(of_stop(stopped, &own)),
            Event::GuardTripped { place, .. } => findings.push(Finding::cant_tell(
                Reason::Aborted,
                Some("production_data"),
                format!("een {} bevatte een BSN buiten de opgegeven testset", carrier(place)),
            )),
            _ => {}
        }
    }
    if attempt.steps_done.is_none() {
        let detail = "het scenario is afgebroken voordat het klaar was".to_owned();
        findings.push(Finding::cant_tell(Reason::Aborted, None, detail));
    }
    if own.is_empty() && findings.iter().any(|finding| finding.outcome == CaseOutcome::Failed) {
        findings.push(Finding::error("er is niets waargenomen, en toch is er geoordeeld"));
    }
    let fault = fault(&findings);
    with(fault, worst(findings).unwrap_or_else(|| passed(plan, attempt, own.is_empty())))
}

/// Nothing spoke against it; that alone proves nothing.
fn passed(plan: &PlannedCase, attempt: &Attempt<'_>, nothing_observed: bool) -> Finding {
    let checked: BTreeSet<usize> = checks(&attempt.events).map(|check| check.step).collect();
    let mut thens = (0..).zip(&plan.steps).filter(|(_, step)| step.phase == Phase::Then).peekable();
    if attempt.steps_done != Some(plan.steps.len()) {
        Finding::error("niet alle stappen zijn uitgevoerd, en niets zegt waarom")
    } else if thens.peek().is_none() {
        Finding::error("het scenario stelt niets vast: het heeft geen Dan-stap")
    } else if thens.any(|(index, _)| !checked.contains(&index)) {
        Finding::error("een Dan-stap heeft niets gecontroleerd")
    } else if nothing_observed {
        Finding::error("er is niets waargenomen")
    } else {
        Finding::of(CaseOutcome::Passed)
    }
}

fn checks<'e>(events: &'e [&'e Event]) -> impl Iterator<Item = &'e CheckRecord> {
    events.iter().filter_map(|event| if let Event::Check(check) = event { Some(check) } else { None })
}

fn observed_id(event: &Event) -> Option<&str> {
    match event {
        Event::Exchange(exchange) => Some(&exchange.id),
        Event::Observation(observation) => Some(&observation.id),
        _ => None,
    }
}

/// Ids of exchanges and observations, and the blobs they left, in their order.
fn left_behind(log: &CaseLog<'_>) -> (Vec<String>, Vec<String>) {
    let exchanges = log.events.iter().filter_map(|event| observed_id(event)).map(str::to_owned).collect();
    let mut evidence: Vec<String> = Vec::new();
    for event in &log.events {
        let Event::Exchange(exchange) = event else { continue };
        let answered = match &exchange.reply {
            Reply::Response { body, .. } => body.blob.as_ref(),
            Reply::Failure { .. } => None,
        };
        for blob in exchange.request_body.blob.iter().chain(answered) {
            if !evidence.contains(blob) {
                evidence.push(blob.clone());
            }
        }
    }
    (exchanges, evidence)
}

fn check_result(plan: &PlannedCase, check: &CheckRecord) -> CheckResult {
    CheckResult {
        step: plan.steps.get(check.step).map_or_else(String::new, |step| step.text.clone()),
        expected: check.expected.clone(),
        observed: check.observed.clone(),
        holds: match check.outcome {
            CheckOutcome::Holds => Some(true),
            CheckOutcome::Violated => Some(false),
            CheckOutcome::NotEvaluable(_) => None,
        },
        evidence: check.evidence.clone(),
    }
}
