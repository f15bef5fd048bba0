//! What a reader can find out: the bounds of every cell that is not told, by all sums and by what follows from
//! combining them.

use std::collections::BTreeMap;

use super::{Id, System, Told};

/// No bound from above.
const ENDLESS: i64 = i64::MAX / 4;
/// Rounds in which bounds are narrowed; more only polishes bounds that are narrow already.
const ROUNDS: usize = 64;

/// The least and most each cell can be.
pub(super) struct Bounds(Vec<(i64, i64)>);

/// Σ coefficient × cell = value, over cells that are not told.
#[derive(Debug, Clone)]
struct Row {
    terms: BTreeMap<Id, i64>,
    value: i64,
}

impl Bounds {
    pub(super) fn of(system: &System, told: &[Told], threshold: u64) -> Self {
        let few = i64::try_from(threshold).unwrap_or(ENDLESS);
        let known = |id: Id| i64::try_from(system.cells[id].rest).unwrap_or(ENDLESS);
        let bound = |(id, told): (Id, &Told)| match told {
            Told::Number => (known(id), known(id)),
            Told::Few => (1, few - 1),
            Told::Withheld { blind: false } => (few, ENDLESS),
            Told::Withheld { blind: true } => (0, ENDLESS),
        };
        let mut bounds = Self(told.iter().enumerate().map(bound).collect());
        let rows: Vec<Row> = system
            .sums
            .iter()
            .filter_map(|sum| {
                let mut row = Row { terms: BTreeMap::new(), value: 0 };
                let parts = sum.parts.iter().map(|id| (*id, 1));
                for (id, sign) in parts.chain([(sum.total, -1)]) {
                    if told[id] == Told::Number {
                        row.value -= sign * known(id);
                    } else {
                        *row.terms.entry(id).or_default() += sign;
                    }
                }
                row.terms.retain(|_, coefficient| *coefficient != 0);
                (!row.terms.is_empty()).then_some(row)
            })
            .collect();
        let combined = combined(rows.clone());
        bounds.narrow(&rows, &combined);
        bounds
    }

    /// How many values a cell can have.
    pub(super) fn width(&self, id: Id) -> u64 {
        let (least, most) = self.0[id];
        u64::try_from(most - least + 1).unwrap_or_default()
    }

    fn narrow(&mut self, rows: &[Row], combined: &[Row]) {
        for _ in 0..ROUNDS {
            let mut changed = false;
            for row in rows.iter().chain(combined) {
                changed |= self.by(row);
            }
            if !changed {
                return;
            }
        }
    }

    /// Narrows every cell of a row by the bounds of the others.
    fn by(&mut self, row: &Row) -> bool {
        let mut changed = false;
        for (id, coefficient) in &row.terms {
            let (mut least, mut most) = (row.value, row.value);
            for (other, factor) in row.terms.iter().filter(|(other, _)| *other != id) {
                let (low, high) = self.0[*other];
                let (low, high) = if *factor > 0 { (low, high) } else { (high, low) };
                least = least.saturating_sub(times(*factor, high));
                most = most.saturating_sub(times(*factor, low));
            }
            let (low, high) = if *coefficient > 0 {
                (up(least, *coefficient), down(most, *coefficient))
            } else {
                (up(-most, -coefficient), down(-least, -coefficient))
            };
            let bound = &mut self.0[*id];
            if low > bound.0 && low > -ENDLESS / 2 {
                (bound.0, changed) = (low, true);
            }
            if high < bound.1 && high < ENDLESS / 2 {
                (bound.1, changed) = (high, true);
            }
        }
        changed
    }
}

/// A product that stays endless when a factor is.
fn times(factor: i64, bound: i64) -> i64 {
    if bound.abs() >= ENDLESS { factor.signum() * bound } else { factor.saturating_mul(bound) }
}

fn up(value: i64, divisor: i64) -> i64 {
    -(-value).div_euclid(divisor)
}

fn down(value: i64, divisor: i64) -> i64 {
    value.div_euclid(divisor)
}

/// What follows from combining rows: these in reduced form. A row with two cells that stand in no other row says of
/// neither, nor of any other cell, more by itself than combined, so it is left out, and so on.
fn combined(mut rows: Vec<Row>) -> Vec<Row> {
    loop {
        let mut uses: BTreeMap<Id, usize> = BTreeMap::new();
        for id in rows.iter().flat_map(|row| row.terms.keys()) {
            *uses.entry(*id).or_default() += 1;
        }
        let before = rows.len();
        rows.retain(|row| row.terms.keys().filter(|id| uses[id] == 1).count() < 2);
        if rows.len() == before {
            return reduced(rows);
        }
    }
}

/// Gauss and Jordan in whole numbers.
fn reduced(rows: Vec<Row>) -> Vec<Row> {
    let mut done: Vec<(Id, Row)> = Vec::new();
    for mut row in rows {
        for (pivot, other) in &done {
            row.eliminate(*pivot, other);
        }
        let Some(pivot) = row.terms.keys().next().copied() else { continue };
        for (_, other) in &mut done {
            other.eliminate(pivot, &row);
        }
        done.push((pivot, row));
    }
    done.into_iter().map(|(_, row)| row).collect()
}

impl Row {
    /// Takes away a cell by subtracting a multiple of a row that has it. A row whose numbers grow out of bounds is left
    /// as it was.
    fn eliminate(&mut self, pivot: Id, other: &Self) {
        let (Some(own), Some(its)) = (self.terms.get(&pivot), other.terms.get(&pivot)) else { return };
        let (own, its) = (*own, *its);
        let mut terms = BTreeMap::new();
        let mut add = |id: Id, by: i64| -> Option<()> {
            let sum: &mut i64 = terms.entry(id).or_default();
            *sum = sum.checked_add(by)?;
            Some(())
        };
        let combine = || -> Option<i64> {
            for (id, coefficient) in &self.terms {
                add(*id, coefficient.checked_mul(its)?)?;
            }
            for (id, coefficient) in &other.terms {
                add(*id, coefficient.checked_mul(own)?.checked_neg()?)?;
            }
            self.value.checked_mul(its)?.checked_sub(other.value.checked_mul(own)?)
        };
        let mut combine = combine;
        let Some(value) = combine() else { return };
        terms.retain(|_, coefficient| *coefficient != 0);
        let divisor = terms.values().fold(value.abs(), |a, b| greatest(a, b.abs()));
        *self = Self { terms, value };
        if divisor > 1 {
            self.value /= divisor;
            self.terms.values_mut().for_each(|coefficient| *coefficient /= divisor);
        }
    }
}

fn greatest(a: i64, b: i64) -> i64 {
    if b == 0 { a } else { greatest(b, a % b) }
}
