//! Which numbers may be told, so that no small one can be computed from those that are: primary suppression of small
//! cells, and complementary suppression over all sums that link them.
//!
//! A reader knows the sums, which cells are few, and, of a named product, everything. So what is protected is the rest of
//! each cell after the named products. The rule: from all that is told, by sums, differences and combinations of these,
//! a small cell keeps at least half of the values that "few" allows.

mod audit;

use self::audit::Bounds;
use crate::model::Count;

/// A cell's position in its system.
pub type Id = usize;

/// Cells and the sums that link them: everything that is published about one moment.
#[derive(Debug, Clone, Default)]
pub struct System {
    cells: Vec<Cell>,
    sums: Vec<Sum>,
}

#[derive(Debug, Clone, Copy)]
struct Cell {
    /// Of all products.
    all: u64,
    /// Of the products that are not named.
    rest: u64,
    /// How much is lost when it is not told: a part 0, a total more.
    rank: u8,
    /// It is never told; a reader knows that it is there and at least zero.
    secret: bool,
}

/// The total is the sum of the parts.
#[derive(Debug, Clone)]
struct Sum {
    total: Id,
    parts: Vec<Id>,
}

/// What a reader is told of a cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Told {
    /// The number.
    Number,
    /// At least one, and fewer than the threshold.
    Few,
    /// Nothing. A reader who knows the method may still guess that it is no small cell, unless it is `blind`.
    Withheld { blind: bool },
}

impl System {
    /// Adds a cell: of all products, and of those of them that are named.
    pub fn cell(&mut self, all: u64, named: u64, rank: u8) -> Id {
        self.cells.push(Cell { all, rest: all.saturating_sub(named), rank, secret: false });
        self.cells.len() - 1
    }

    /// Adds what a reader can only reckon with: by how much one number is at least another. It is never told itself, and
    /// protected as every cell.
    pub fn secret(&mut self, all: u64, named: u64) -> Id {
        let id = self.cell(all, named, u8::MAX);
        self.cells[id].secret = true;
        id
    }

    /// Tells that a cell is the sum of others; every reader knows.
    pub fn sum(&mut self, total: Id, parts: impl IntoIterator<Item = Id>) {
        self.sums.push(Sum { total, parts: parts.into_iter().collect() });
    }

    /// How many of a cell's products are not named.
    #[must_use]
    pub fn rest(&self, id: Id) -> u64 {
        self.cells[id].rest
    }

    /// What may be told of every cell. Numbers from 1 to one below `threshold` may not.
    #[must_use]
    pub fn told(&self, threshold: u64) -> Vec<Count> {
        let told = self.protect(threshold);
        let count = |(cell, told): (&Cell, Told)| match told {
            Told::Number => Count::Number(cell.all),
            // With named products among them it may be no small number at all.
            Told::Few if cell.all == cell.rest => Count::Few,
            Told::Few | Told::Withheld { .. } => Count::Withheld,
        };
        self.cells.iter().zip(told).map(count).collect()
    }

    fn protect(&self, threshold: u64) -> Vec<Told> {
        let small = |cell: &Cell| cell.rest > 0 && cell.rest < threshold;
        let primary = |cell: &Cell| match cell {
            Cell { secret: true, .. } if threshold > 1 => Told::Withheld { blind: true },
            cell if small(cell) => Told::Few,
            _ => Told::Number,
        };
        let mut told: Vec<Told> = self.cells.iter().map(primary).collect();
        let protected: Vec<Id> = (0..self.cells.len()).filter(|id| small(&self.cells[*id])).collect();
        let links = self.links();
        // How many cells of each sum are not told, though they could be.
        let mut open_in: Vec<usize> = self.sums.iter().map(|sum| self.open_in(sum, &told)).collect();
        // Every round withholds at least one more cell, or ends.
        loop {
            let bounds = Bounds::of(self, &told, threshold);
            let open: Vec<Id> =
                protected.iter().copied().filter(|id| bounds.width(*id) < threshold / 2).collect();
            if open.is_empty() {
                // What follows from the rest anyway, and is not small, may as well be told.
                for (id, told) in told.iter_mut().enumerate() {
                    if bounds.width(id) == 1 && !small(&self.cells[id]) && !self.cells[id].secret {
                        *told = Told::Number;
                    }
                }
                return told;
            }
            let mut spent = vec![false; self.sums.len()];
            let mut changed = false;
            for id in open {
                // A sum that loses one cell is looked at again before it loses another.
                if links[id].iter().any(|sum| spent[*sum]) {
                    continue;
                }
                if let Some(other) = self.next(id, &told, (&links, &open_in), threshold) {
                    told[other] = match told[other] {
                        Told::Number => {
                            links[other].iter().for_each(|sum| open_in[*sum] += 1);
                            Told::Withheld { blind: self.cells[other].rest < threshold }
                        }
                        Told::Few | Told::Withheld { .. } => Told::Withheld { blind: true },
                    };
                    links[other].iter().for_each(|sum| spent[*sum] = true);
                    changed = true;
                }
            }
            if !changed {
                return told;
            }
        }
    }

    /// How many cells of a sum are not told. A secret weighs as two: nobody learns anything from knowing one alone.
    fn open_in(&self, sum: &Sum, told: &[Told]) -> usize {
        let open = |id: &Id| match told[*id] {
            Told::Number => 0,
            Told::Few | Told::Withheld { .. } => 1 + usize::from(self.cells[*id].secret),
        };
        sum.parts.iter().chain([&sum.total]).map(open).sum()
    }

    /// The sums each cell is in.
    fn links(&self) -> Vec<Vec<usize>> {
        let mut links = vec![Vec::new(); self.cells.len()];
        for (at, sum) in self.sums.iter().enumerate() {
            for id in sum.parts.iter().chain([&sum.total]) {
                links[*id].push(at);
            }
        }
        links
    }

    /// The cell whose number is given up next to protect this one: in a sum with one unknown, of which that one follows,
    /// and else as near as possible; of the lowest rank, in as many such sums as possible, large enough to hide behind,
    /// and no larger than needed. When all numbers around are given up, what is told of kinds (few, zero) goes too,
    /// totals first.
    fn next(
        &self,
        id: Id,
        told: &[Told],
        (links, open_in): (&[Vec<usize>], &[usize]),
        threshold: u64,
    ) -> Option<Id> {
        let unknown = |id: &Id| told[*id] != Told::Number;
        let (mut reached, mut passed) = (vec![false; self.cells.len()], vec![false; self.sums.len()]);
        let (mut around, mut near) = (Vec::new(), vec![id]);
        reached[id] = true;
        while let Some(one) = near.pop() {
            for sum in &links[one] {
                // All its cells are reached by now.
                if std::mem::replace(&mut passed[*sum], true) {
                    continue;
                }
                let sum = &self.sums[*sum];
                for other in sum.parts.iter().chain([&sum.total]) {
                    if !std::mem::replace(&mut reached[*other], true) {
                        // Beyond cells that are told there is nothing to learn about this one.
                        if unknown(other) { near.push(*other) } else { around.push(*other) }
                    }
                }
            }
        }
        let lonely = |sum: &&usize| open_in[**sum] == 1;
        let beside = |other: &Id| links[*other].iter().any(|sum| links[id].contains(sum));
        let cost = |other: &&Id| {
            let cell = self.cells[**other];
            let lonely = links[**other].iter().filter(lonely).count();
            let hides = cell.rest >= threshold + threshold / 2;
            (lonely == 0, cell.rank, usize::MAX - lonely, !beside(other), !hides, cell.rest)
        };
        let numbers = around.iter().filter(|other| self.cells[**other].rest > 0);
        if let Some(found) = numbers.min_by_key(cost) {
            return Some(*found);
        }
        let blind = |id: &Id| matches!(told[*id], Told::Withheld { blind: true });
        let kind = (0..self.cells.len()).filter(|id| reached[*id] && !blind(id));
        kind.max_by_key(|other| (self.cells[*other].rest > 0, self.cells[*other].rank, *other != id))
    }
}

#[cfg(test)]
mod tests;
