//! The matrix of layers made ready to be read: which sets of layers were broken together, and what came of each.

use keur_verdict::{LayerCell, LayerMatrix, LayerOutcome};

use super::View;

/// A set of layers that were broken together, and the worst that came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BrokenSet {
    /// One per layer of the matrix: whether it was broken.
    pub broken: Vec<bool>,
    /// How many combinations of attacks were tried on it.
    pub tried: usize,
    /// The worst of them.
    pub worst: LayerOutcome,
}

/// The sets of layers that were broken, the smallest first.
#[must_use]
pub fn broken_sets(matrix: &LayerMatrix) -> Vec<BrokenSet> {
    let mut sets: Vec<BrokenSet> = Vec::new();
    for cell in &matrix.cells {
        let broken: Vec<bool> = matrix.layers.iter().map(|layer| cell.layers.contains(&layer.id)).collect();
        match sets.iter_mut().find(|set| set.broken == broken) {
            Some(set) => {
                set.tried += 1;
                if rank(cell.outcome) > rank(set.worst) {
                    set.worst = cell.outcome;
                }
            }
            None => sets.push(BrokenSet { broken, tried: 1, worst: cell.outcome }),
        }
    }
    let size = |set: &BrokenSet| set.broken.iter().filter(|broken| **broken).count();
    sets.sort_by(|one, other| size(one).cmp(&size(other)).then_with(|| other.broken.cmp(&one.broken)));
    sets
}

/// Worst wins.
fn rank(outcome: LayerOutcome) -> u8 {
    match outcome {
        LayerOutcome::NotApplicable => 0,
        LayerOutcome::Holds => 1,
        LayerOutcome::CantTell => 2,
        LayerOutcome::Exposed => 3,
    }
}

/// An outcome in a word.
#[must_use]
pub fn layer_word<'a>(view: &View<'a>, outcome: LayerOutcome) -> &'a str {
    let words = &view.words.matrix;
    match outcome {
        LayerOutcome::Holds => &words.held,
        LayerOutcome::Exposed => &words.exposed,
        LayerOutcome::CantTell => &words.cant_tell,
        LayerOutcome::NotApplicable => &words.not_applicable,
    }
}

/// The attacks of a combination in words.
#[must_use]
pub fn attacks_of(view: &View<'_>, matrix: &LayerMatrix, cell: &LayerCell) -> String {
    let title = |id: &String| {
        let attack = matrix.attacks.iter().find(|attack| attack.id == *id);
        attack.map_or(id.as_str(), |attack| attack.title.get(view.report.lang)).to_owned()
    };
    cell.attacks.iter().map(title).collect::<Vec<_>>().join(" + ")
}

/// Layers by their names.
#[must_use]
pub fn layer_names(view: &View<'_>, matrix: &LayerMatrix, ids: &[String]) -> String {
    let named = matrix.layers.iter().filter(|layer| ids.contains(&layer.id));
    named.map(|layer| layer.title.get(view.report.lang)).collect::<Vec<_>>().join(" + ")
}

#[cfg(test)]
mod tests {
    use keur_catalogue::{Text, layers::Layer};

    use super::*;

    #[test]
    fn sets_are_counted_once_and_the_worst_of_them_shows() {
        let layer =
            |id: &str| Layer { id: id.to_owned(), title: Text { nl: id.to_owned(), en: id.to_owned() } };
        let cell = |layers: &[&str], outcome| LayerCell {
            case: String::new(),
            requirement: String::new(),
            attacks: vec![],
            layers: layers.iter().map(|id| (*id).to_owned()).collect(),
            observed: String::new(),
            outcome,
        };
        let matrix = LayerMatrix {
            depth: 2,
            layers: vec![layer("a"), layer("b")],
            attacks: vec![],
            smallest: vec![],
            cells: vec![
                cell(&["a", "b"], LayerOutcome::Exposed),
                cell(&["b"], LayerOutcome::Holds),
                cell(&["a"], LayerOutcome::Holds),
                cell(&["a"], LayerOutcome::CantTell),
            ],
        };
        let sets = broken_sets(&matrix);
        let seen: Vec<_> = sets.iter().map(|set| (set.broken.as_slice(), set.tried, set.worst)).collect();
        assert_eq!(
            seen,
            [
                (&[true, false][..], 2, LayerOutcome::CantTell),
                (&[false, true], 1, LayerOutcome::Holds),
                (&[true, true], 1, LayerOutcome::Exposed),
            ]
        );
    }
}
