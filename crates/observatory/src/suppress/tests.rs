//! Attackers: one that solves by elimination, one that tries every possible table.

use proptest::prelude::*;

use super::*;

/// What the attacker sees and what is true.
struct Table {
    system: System,
    told: Vec<Count>,
    threshold: u64,
}

/// Rows and columns with all margins and a grand total; a third dimension as a second table over the same row totals.
fn table(cells: &[Vec<u64>], other: &[Vec<u64>], named: &[Vec<u64>], threshold: u64) -> Table {
    let mut system = System::default();
    let margin = |system: &mut System, cells: &[Vec<u64>], named: &[Vec<u64>], rows: &[Id]| {
        let named =
            |row: usize, column: usize| named.get(row).and_then(|row| row.get(column)).copied().unwrap_or(0);
        let ids: Vec<Vec<Id>> = (0..cells.len())
            .map(|row| {
                (0..cells[row].len())
                    .map(|column| {
                        system.cell(cells[row][column], named(row, column).min(cells[row][column]), 0)
                    })
                    .collect()
            })
            .collect();
        for (row, total) in ids.iter().zip(rows) {
            system.sum(*total, row.iter().copied());
        }
        let columns: Vec<Id> = (0..cells[0].len())
            .map(|column| {
                let all = cells.iter().map(|row| row[column]).sum();
                let known = (0..cells.len()).map(|row| named(row, column).min(cells[row][column])).sum();
                let total = system.cell(all, known, 2);
                system.sum(total, ids.iter().map(|row| row[column]));
                total
            })
            .collect();
        columns
    };
    let known = |row: usize| -> u64 {
        let named = named.get(row).map(Vec::as_slice).unwrap_or_default();
        cells[row].iter().zip(named).map(|(all, named)| *all.min(named)).sum()
    };
    let rows: Vec<Id> =
        (0..cells.len()).map(|row| system.cell(cells[row].iter().sum(), known(row), 1)).collect();
    let columns = margin(&mut system, cells, named, &rows);
    if !other.is_empty() {
        // The same products by another partition: named ones fill it from the left.
        let mut left: Vec<Vec<u64>> = Vec::new();
        for (row, cells) in other.iter().enumerate() {
            let mut rest = known(row);
            left.push(
                cells
                    .iter()
                    .map(|cell| {
                        let take = rest.min(*cell);
                        rest -= take;
                        take
                    })
                    .collect(),
            );
        }
        margin(&mut system, other, &left, &rows);
    }
    let grand = system.cell(cells.iter().flatten().sum(), (0..cells.len()).map(known).sum(), 3);
    system.sum(grand, rows.iter().copied());
    system.sum(grand, columns);
    let told = system.told(threshold);
    Table { system, told, threshold }
}

/// A second partition of the same row totals.
fn shifted(cells: &[Vec<u64>]) -> Vec<Vec<u64>> {
    cells
        .iter()
        .map(|row| {
            let total: u64 = row.iter().sum();
            vec![total / 3, total - total / 3]
        })
        .collect()
}

impl Table {
    fn is_small(&self, id: Id) -> bool {
        let rest = self.system.cells[id].rest;
        rest > 0 && rest < self.threshold
    }

    /// Small cells that elimination over rational numbers determines: the attacker with paper and pencil.
    fn solved(&self) -> Vec<Id> {
        let unknown: Vec<Id> = (0..self.told.len()).filter(|id| self.told[*id].number().is_none()).collect();
        let column = |id: Id| unknown.iter().position(|other| *other == id);
        let mut rows: Vec<Vec<f64>> = self
            .system
            .sums
            .iter()
            .map(|sum| {
                let mut row = vec![0.0; unknown.len() + 1];
                for (id, sign) in sum.parts.iter().map(|id| (*id, 1.0)).chain([(sum.total, -1.0)]) {
                    match column(id) {
                        Some(at) => row[at] += sign,
                        None => row[unknown.len()] -= sign * self.system.cells[id].rest as f64,
                    }
                }
                row
            })
            .collect();
        let mut rank = 0;
        for column in 0..unknown.len() {
            let Some(pivot) = (rank..rows.len()).find(|row| rows[*row][column].abs() > 1e-6) else {
                continue;
            };
            rows.swap(rank, pivot);
            let by = rows[rank][column];
            rows[rank].iter_mut().for_each(|value| *value /= by);
            for row in (0..rows.len()).filter(|row| *row != rank) {
                let factor = rows[row][column];
                let pivot = rows[rank].clone();
                for (value, by) in rows[row].iter_mut().zip(pivot) {
                    *value -= factor * by;
                }
            }
            rank += 1;
        }
        let single = |row: &Vec<f64>| -> Option<Id> {
            let mut there = (0..unknown.len()).filter(|at| row[*at].abs() > 1e-6);
            let at = there.next()?;
            there.next().is_none().then(|| unknown[at])
        };
        rows.iter().filter_map(single).filter(|id| self.is_small(*id)).collect()
    }

    /// Every value each cell can have, over all tables that fit what is told: the attacker with all the time in the world.
    /// `most` bounds what is not told.
    fn possible(&self, most: u64) -> Vec<std::collections::BTreeSet<u64>> {
        let mut seen = vec![std::collections::BTreeSet::new(); self.told.len()];
        let mut values: Vec<Option<u64>> = (0..self.told.len())
            .map(|id| self.told[id].number().map(|_| self.system.cells[id].rest))
            .collect();
        self.try_all(0, most, &mut values, &mut seen);
        seen
    }

    fn try_all(
        &self,
        from: Id,
        most: u64,
        values: &mut Vec<Option<u64>>,
        seen: &mut [std::collections::BTreeSet<u64>],
    ) {
        let broken = |sum: &Sum| {
            let parts: u64 = sum.parts.iter().filter_map(|id| values[*id]).sum();
            let all = sum.parts.iter().all(|id| values[*id].is_some());
            values[sum.total].is_some_and(|total| parts > total || (all && parts != total))
        };
        if self.system.sums.iter().any(broken) {
            return;
        }
        let Some(id) = (from..values.len()).find(|id| values[*id].is_none()) else {
            for (value, seen) in values.iter().zip(seen) {
                seen.insert(value.unwrap_or_default());
            }
            return;
        };
        let (least, most_here) = match self.told[id] {
            Count::Few => (1, self.threshold - 1),
            _ => (0, most),
        };
        for value in least..=most_here {
            values[id] = Some(value);
            self.try_all(id + 1, most, values, seen);
        }
        values[id] = None;
    }
}

fn rows(rows: usize, columns: usize, most: u64) -> impl Strategy<Value = Vec<Vec<u64>>> {
    let cell = prop_oneof![2 => Just(0), 3 => 1..12_u64, 3 => 0..=most];
    prop::collection::vec(prop::collection::vec(cell, columns), rows)
}

proptest! {
    #[test]
    fn no_small_cell_is_found_by_subtraction(cells in rows(6, 4, 120), named in rows(6, 4, 6), some in any::<bool>()) {
        let named = if some { named } else { Vec::new() };
        for other in [Vec::new(), shifted(&cells)] {
            let table = table(&cells, &other, &named, 10);
            prop_assert_eq!(table.solved(), Vec::<Id>::new());
        }
    }

    #[test]
    fn what_is_told_is_true_and_small_cells_are_never_told(cells in rows(5, 3, 60)) {
        let table = table(&cells, &[], &[], 10);
        for (id, told) in table.told.iter().enumerate() {
            let rest = table.system.cells[id].rest;
            match told {
                Count::Number(number) => prop_assert!(*number == rest && !table.is_small(id)),
                Count::Few => prop_assert!(table.is_small(id)),
                Count::Withheld => {}
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]
    #[test]
    fn every_small_cell_has_more_than_one_possible_value(cells in rows(2, 2, 5)) {
        let table = table(&cells, &[], &[], 4);
        let most = cells.iter().flatten().sum::<u64>() + 4;
        let possible = table.possible(most);
        for (id, possible) in possible.iter().enumerate() {
            prop_assert!(!table.is_small(id) || possible.len() > 1, "{:?} {:?}", cells, table.told);
        }
    }
}

#[test]
fn an_unprotected_table_falls_to_both_attackers() {
    let mut table = table(&[vec![30, 4], vec![25, 40]], &[], &[], 0);
    table.threshold = 10;
    // Only the small cell itself is hidden: its row gives it away.
    let small = (0..table.told.len()).find(|id| table.is_small(*id)).expect("one small cell");
    table.told[small] = Count::Few;
    assert_eq!(table.solved().first(), Some(&small));
    assert_eq!(table.possible(1)[small].len(), 1);
}

#[test]
fn a_single_small_cell_costs_one_number_in_its_row_and_column() {
    let table = table(&[vec![30, 4, 50], vec![25, 40, 60], vec![35, 45, 55]], &[], &[], 10);
    let hidden = table.told.iter().filter(|told| told.number().is_none()).count();
    assert_eq!(hidden, 4, "{:?}", table.told);
    assert!(table.told.contains(&Count::Few));
}

#[test]
fn two_small_cells_that_are_all_of_a_small_total_do_not_give_each_other_away() {
    // 1 + 1 = 2: a reader who knows the total knows both, because zero is told as zero.
    let mut system = System::default();
    let parts = [system.cell(1, 0, 0), system.cell(1, 0, 0), system.cell(40, 0, 0)];
    let total = system.cell(42, 0, 1);
    system.sum(total, parts);
    let told = system.told(10);
    assert_eq!(&told[..2], [Count::Few, Count::Few]);
    assert!(told[2] == Count::Withheld || told[3] == Count::Withheld, "{told:?}");
}

#[test]
fn a_bound_that_tells_nothing_costs_nothing() {
    // Two roles of 23 and 28 products, 45 distinct ones in 120 bundles.
    let roles = || {
        let mut system = System::default();
        let mut role = |parts: [u64; 2]| {
            let ids = parts.map(|part| system.cell(part, 0, 0));
            let total = system.cell(parts.iter().sum(), 0, 1);
            system.sum(total, ids);
            total
        };
        let totals = [role([17, 6]), role([19, 9])];
        let all = system.cell(51, 0, 5);
        system.sum(all, totals);
        (system, totals, all)
    };
    let (plain, ..) = roles();
    let (mut bound, totals, all) = roles();
    let distinct = bound.cell(45, 0, 4);
    for (total, others) in totals.into_iter().zip([22, 17]) {
        let others = bound.secret(others, 0);
        bound.sum(distinct, [total, others]);
    }
    let again = bound.secret(6, 0);
    bound.sum(all, [distinct, again]);
    let (bundles, earlier) = (bound.cell(120, 0, 3), bound.secret(69, 0));
    bound.sum(bundles, [all, earlier]);
    let (plain, bound) = (plain.told(10), bound.told(10));
    // Six products are in both roles: that is a small figure of its own, so the distinct ones are not told.
    assert_eq!(
        (&bound[..plain.len()], bound[distinct], bound[bundles]),
        (&plain[..], Count::Withheld, Count::Number(120))
    );
}

#[test]
fn of_named_products_everything_is_told_and_the_rest_stays_hidden() {
    let mut system = System::default();
    // Nine of ten are named: the tenth may not be found by subtraction.
    let parts = [system.cell(10, 9, 0), system.cell(30, 0, 0)];
    let total = system.cell(40, 9, 1);
    system.sum(total, parts);
    let told = system.told(10);
    assert_eq!(told[0], Count::Withheld);
    assert!(told[1].number().is_none() || told[2].number().is_none());
    let all = {
        let mut system = System::default();
        system.cell(3, 3, 0);
        system.told(10)
    };
    assert_eq!(all, [Count::Number(3)]);
}
