//! The matrix of layers on paper: a picture of which layers were broken together, and each combination in a row.

use keur_reports::read::{View, attacks_of, broken_sets, layer_names, layer_word};
use keur_verdict::{LayerCell, LayerMatrix, LayerOutcome};
use serde::Serialize;

/// The matrix, in words.
#[derive(Debug, Serialize)]
pub(super) struct Matrix {
    /// How many layers were broken at once, at most.
    depth: usize,
    /// The smallest sets that together expose data, by name.
    smallest: Vec<String>,
    layers: Vec<String>,
    sets: Vec<Set>,
    cells: Vec<Cell>,
}

/// Layers that were broken together: a column of the picture.
#[derive(Debug, Serialize)]
struct Set {
    broken: Vec<bool>,
    tried: usize,
    kind: &'static str,
}

/// A combination of attacks.
#[derive(Debug, Serialize)]
struct Cell {
    layers: String,
    attacks: String,
    observed: String,
    kind: &'static str,
    outcome: String,
    requirement: String,
}

/// The matrix of the run; none when no layer was attacked.
pub(super) fn matrix(view: &View<'_>) -> Option<Matrix> {
    let matrix = view.report().result.layers.as_ref()?;
    let lang = view.report().lang;
    Some(Matrix {
        depth: matrix.depth,
        smallest: matrix
            .smallest
            .iter()
            .map(|set| view.shown(&layer_names(view, matrix, set), 200))
            .collect(),
        layers: matrix.layers.iter().map(|layer| view.shown(layer.title.get(lang), 26)).collect(),
        sets: broken_sets(matrix)
            .into_iter()
            .map(|set| Set { broken: set.broken, tried: set.tried, kind: kind(set.worst) })
            .collect(),
        cells: matrix.cells.iter().map(|cell| row(view, matrix, cell)).collect(),
    })
}

fn row(view: &View<'_>, matrix: &LayerMatrix, cell: &LayerCell) -> Cell {
    Cell {
        layers: view.shown(&layer_names(view, matrix, &cell.layers), 120),
        attacks: view.shown(&attacks_of(view, matrix, cell), 240),
        observed: view.shown(&cell.observed, 240),
        kind: kind(cell.outcome),
        outcome: layer_word(view, cell.outcome).to_owned(),
        requirement: view.shown(&cell.requirement, 40),
    }
}

/// The colour of an outcome, by its key in the template.
fn kind(outcome: LayerOutcome) -> &'static str {
    match outcome {
        LayerOutcome::Holds => "satisfied",
        LayerOutcome::Exposed => "deviation",
        LayerOutcome::CantTell => "undetermined",
        LayerOutcome::NotApplicable => "not_applicable",
    }
}
