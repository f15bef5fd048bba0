//! The matrix of layers: which attacks were tried on which layers of trust, alone and together, and whether the others held.

use std::collections::BTreeSet;

use keur_catalogue::{Text, layers::Layer};
use keur_evidence::event::{Event, LAYER_ATTACK};
use serde::{Deserialize, Serialize};

use crate::{
    reading::{CaseLog, Reading},
    result::{CaseOutcome, CaseResult, RequirementResult},
};

/// What was tried on the layers of trust, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerMatrix {
    /// How many layers were broken at once, at most.
    pub depth: usize,
    /// The layers, from the outside in.
    pub layers: Vec<Layer>,
    /// The attacks that were made.
    pub attacks: Vec<LayerAttack>,
    /// The smallest sets of layers that together expose data, by id; none when nothing was exposed.
    pub smallest: Vec<Vec<String>>,
    /// One combination each, in the order of the plan.
    pub cells: Vec<LayerCell>,
}

/// An attack, as the run recorded it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerAttack {
    /// `revoked-certificate`, ….
    pub id: String,
    /// The layers it breaks, by id.
    pub layers: Vec<String>,
    /// What was sent.
    pub title: Text,
}

/// One combination of attacks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LayerCell {
    /// The case.
    pub case: String,
    /// The requirement it is a case of.
    pub requirement: String,
    /// The attacks, by id.
    pub attacks: Vec<String>,
    /// The layers they break together, by id.
    pub layers: Vec<String>,
    /// What came back.
    pub observed: String,
    /// Whether the other layers held.
    pub outcome: LayerOutcome,
}

/// What became of the data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LayerOutcome {
    /// Nothing came out.
    Holds,
    /// Data, or the existence of a patient, came out.
    Exposed,
    /// It cannot be told: a positive control failed, or something was not declared.
    CantTell,
    /// The product has nothing to attack this way, with proof.
    NotApplicable,
}

/// The facts of the observation: all layers, and the attacks of the case.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Tried {
    layers: Vec<Layer>,
    attacks: Vec<LayerAttack>,
}

/// The attack an event names; an error when it names one in another way than is known.
pub(crate) fn tried(event: &Event) -> Option<Result<Tried, serde_json::Error>> {
    let Event::Observation(observation) = event else { return None };
    (observation.what == LAYER_ATTACK).then(|| Tried::deserialize(&observation.facts))
}

/// The matrix of a run; none when no case attacked a layer.
pub(crate) fn matrix(reading: &Reading<'_>, results: &[RequirementResult]) -> Option<LayerMatrix> {
    let mut matrix =
        LayerMatrix { depth: 0, layers: vec![], attacks: vec![], smallest: vec![], cells: vec![] };
    for log in &reading.cases {
        let Some(tried) = of_case(log) else { continue };
        let result = results.iter().find(|result| result.id == log.plan.requirement);
        let Some(case) = result.and_then(|r| r.cases.iter().find(|case| case.id == log.plan.case)) else {
            continue;
        };
        matrix.cells.push(cell(log, &tried, case));
        for layer in tried.layers {
            if !matrix.layers.iter().any(|known| known.id == layer.id) {
                matrix.layers.push(layer);
            }
        }
        for attack in tried.attacks {
            if !matrix.attacks.iter().any(|known| known.id == attack.id) {
                matrix.attacks.push(attack);
            }
        }
    }
    matrix.depth = matrix.cells.iter().map(|cell| cell.layers.len()).max()?;
    matrix.smallest = smallest(&matrix.cells);
    Some(matrix)
}

fn of_case(log: &CaseLog<'_>) -> Option<Tried> {
    log.events.iter().rev().find_map(|event| tried(event))?.ok()
}

fn cell(log: &CaseLog<'_>, tried: &Tried, case: &CaseResult) -> LayerCell {
    let outcome = match case.outcome {
        CaseOutcome::Passed => LayerOutcome::Holds,
        CaseOutcome::Failed => LayerOutcome::Exposed,
        CaseOutcome::Inapplicable => LayerOutcome::NotApplicable,
        CaseOutcome::CantTell | CaseOutcome::Error | CaseOutcome::Untested => LayerOutcome::CantTell,
    };
    // What exposed it; else what was seen of the data, which the first `Dan` looks at.
    let violated = case.checks.iter().find(|check| check.holds == Some(false));
    let first_then = case.checks.iter().find(|check| check.step.starts_with("Dan "));
    let told = match outcome {
        LayerOutcome::Holds | LayerOutcome::Exposed => violated.or(first_then).map(|c| c.observed.clone()),
        _ => case.detail.clone(),
    };
    let breaks = |id: &String| tried.attacks.iter().any(|attack| attack.layers.contains(id));
    LayerCell {
        case: case.id.clone(),
        requirement: log.plan.requirement.clone(),
        attacks: tried.attacks.iter().map(|attack| attack.id.clone()).collect(),
        layers: tried.layers.iter().map(|layer| layer.id.clone()).filter(breaks).collect(),
        observed: told.unwrap_or_default(),
        outcome,
    }
}

/// The sets of layers of exposed cells that contain no smaller such set.
fn smallest(cells: &[LayerCell]) -> Vec<Vec<String>> {
    let exposed = cells.iter().filter(|cell| cell.outcome == LayerOutcome::Exposed);
    let sets: BTreeSet<BTreeSet<&str>> =
        exposed.map(|cell| cell.layers.iter().map(String::as_str).collect()).collect();
    let minimal = sets.iter().filter(|set| !sets.iter().any(|other| other != *set && other.is_subset(set)));
    minimal.map(|set| set.iter().map(|id| (*id).to_owned()).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn exposed(layers: &[&str], outcome: LayerOutcome) -> LayerCell {
        LayerCell {
            case: String::new(),
            requirement: String::new(),
            attacks: vec![],
            layers: layers.iter().map(|id| (*id).to_owned()).collect(),
            observed: String::new(),
            outcome,
        }
    }

    #[test]
    fn only_the_smallest_sets_count() {
        let cells = [
            exposed(&["party", "binding", "transport"], LayerOutcome::Exposed),
            exposed(&["party", "binding"], LayerOutcome::Exposed),
            exposed(&["signature"], LayerOutcome::Holds),
            exposed(&["authorisation", "transport"], LayerOutcome::Exposed),
            exposed(&["party"], LayerOutcome::CantTell),
        ];
        assert_eq!(smallest(&cells), [["authorisation", "transport"], ["binding", "party"]]);
        assert!(smallest(&cells[2..3]).is_empty());
    }
}
