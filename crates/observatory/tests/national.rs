//! Suppression at the size of a country: an attacker with the whole published picture, all sums and a computer.

#[path = "../benches/national/mod.rs"]
mod national;

use std::collections::BTreeMap;

use keur_observatory::{
    Picture,
    compose::picture,
    field::field,
    model::{Count, Standing},
    policy::Policy,
};

/// Larger than any number of ours, and prime: what elimination finds here it finds with fractions.
const PRIME: i128 = (1 << 61) - 1;
const THRESHOLD: u64 = 10;

/// One moment as it was published, and as it is.
#[derive(Default)]
struct Published {
    told: Vec<Count>,
    truth: Vec<u64>,
    /// A total and its parts.
    sums: Vec<(usize, Vec<usize>)>,
}

impl Published {
    fn cell(&mut self, told: Count, truth: Count) -> usize {
        self.told.push(told);
        self.truth.push(truth.number().expect("all is told where nothing is withheld"));
        self.told.len() - 1
    }

    /// The cells of a group in a fixed order: its products, and for each partition its total and parts.
    fn standing(&mut self, told: &Standing, truth: &Standing) -> Vec<Option<Vec<usize>>> {
        let products = self.cell(told.products, truth.products);
        let mut all = vec![Some(vec![products])];
        let tracks = [
            (Some(told.whole), Some(truth.whole)),
            (told.spoor_1, truth.spoor_1),
            (told.spoor_2, truth.spoor_2),
        ];
        for tracks in tracks {
            all.push(match tracks {
                (Some(told), Some(truth)) => {
                    let total = self.cell(told.total, truth.total);
                    let parts = told.parts().into_iter().zip(truth.parts());
                    let parts: Vec<usize> =
                        parts.map(|((_, told), (_, truth))| self.cell(told, truth)).collect();
                    self.sums.push((total, parts.clone()));
                    Some([vec![total], parts].concat())
                }
                _ => None,
            });
        }
        // Everybody knows that the whole profile and the certificates are about all products.
        if let Some(Some(whole)) = all.get(1) {
            self.sums.push((products, vec![whole[0]]));
        }
        let parts = told.certificates.parts().into_iter().zip(truth.certificates.parts());
        let parts: Vec<usize> = parts.map(|((_, told), (_, truth))| self.cell(told, truth)).collect();
        self.sums.push((products, parts.clone()));
        all.push(Some(parts));
        all
    }

    /// Every cell of the top is the sum of those of its members that have it.
    fn link(&mut self, top: &[Option<Vec<usize>>], members: &[&Vec<Option<Vec<usize>>>]) {
        for (at, cells) in top.iter().enumerate() {
            for (number, total) in cells.iter().flatten().enumerate() {
                let of = members.iter().filter_map(|member| member[at].as_ref()?.get(number).copied());
                self.sums.push((*total, of.collect()));
            }
        }
    }

    fn of(told: &Picture, truth: &Picture, period: usize) -> Self {
        let mut all = Self::default();
        let profiles: Vec<_> = told
            .profiles
            .iter()
            .zip(&truth.profiles)
            .map(|(told, truth)| {
                let cells = all.standing(&told.standing[period], &truth.standing[period]);
                let products = cells[0].as_ref().expect("its products")[0];
                for (told, truth) in told.requirements.iter().zip(&truth.requirements) {
                    let (Some(told), Some(truth)) = (told.counts[period], truth.counts[period]) else {
                        continue;
                    };
                    let parts = told.parts().into_iter().zip(truth.parts());
                    let parts = parts.map(|((_, told), (_, truth))| all.cell(told, truth)).collect();
                    all.sums.push((products, parts));
                }
                (told.exchange.clone(), cells)
            })
            .collect();
        let mut tops = Vec::new();
        for (told, truth) in told.exchanges.iter().zip(&truth.exchanges) {
            let top = all.standing(&told.standing[period], &truth.standing[period]);
            let of: Vec<_> =
                profiles.iter().filter(|(id, _)| *id == told.id).map(|(_, cells)| cells).collect();
            all.link(&top, &of);
            tops.push(top);
        }
        let total = all.standing(&told.total[period], &truth.total[period]);
        all.link(&total, &tops.iter().collect::<Vec<_>>());
        all
    }

    /// The cells that follow from the numbers that are told, by whatever combination of sums.
    fn solved(&self) -> Vec<usize> {
        let mut done: BTreeMap<usize, BTreeMap<usize, i128>> = BTreeMap::new();
        for (total, parts) in &self.sums {
            let mut row: BTreeMap<usize, i128> = BTreeMap::new();
            for (id, sign) in parts.iter().map(|id| (*id, 1)).chain([(*total, PRIME - 1)]) {
                if self.told[id].number().is_none() {
                    let sum = row.entry(id).or_default();
                    *sum = (*sum + sign) % PRIME;
                }
            }
            row.retain(|_, factor| *factor != 0);
            while let Some(pivot) = row.keys().find(|id| done.contains_key(id)).copied() {
                let factor = row[&pivot];
                take(&mut row, &done[&pivot], factor);
            }
            let Some((&pivot, &factor)) = row.iter().next() else { continue };
            let by = inverse(factor);
            row.values_mut().for_each(|value| *value = *value * by % PRIME);
            for other in done.values_mut() {
                if let Some(&factor) = other.get(&pivot) {
                    take(other, &row, factor);
                }
            }
            done.insert(pivot, row);
        }
        done.iter().filter(|(_, row)| row.len() == 1).map(|(id, _)| *id).collect()
    }

    /// How few values a small cell can have, from single sums and what "few" says.
    fn narrowest(&self) -> i64 {
        let known = |id: usize| i64::try_from(self.truth[id]).expect("small");
        let most = 1 << 40;
        let mut bounds: Vec<(i64, i64)> = (0..self.told.len())
            .map(|id| match self.told[id] {
                Count::Number(_) => (known(id), known(id)),
                Count::Few => (1, THRESHOLD as i64 - 1),
                Count::Withheld => (0, most),
            })
            .collect();
        let mut changed = true;
        while changed {
            changed = false;
            for (total, parts) in &self.sums {
                let of: Vec<(i64, i64)> = parts.iter().map(|id| bounds[*id]).collect();
                let (least, highest) = of.iter().fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
                let (low, high) = bounds[*total];
                let mut narrow = |id: usize, from: i64, to: i64| {
                    let own = bounds[id];
                    bounds[id] = (own.0.max(from), own.1.min(to));
                    changed |= bounds[id] != own;
                };
                narrow(*total, least, highest);
                for (id, own) in parts.iter().zip(of) {
                    narrow(*id, low - (highest - own.1), high - (least - own.0));
                }
            }
        }
        let small = (0..self.told.len()).filter(|id| (1..THRESHOLD).contains(&self.truth[*id]));
        small.map(|id| bounds[id].1 - bounds[id].0 + 1).min().unwrap_or(i64::MAX)
    }
}

fn take(row: &mut BTreeMap<usize, i128>, other: &BTreeMap<usize, i128>, factor: i128) {
    for (id, value) in other {
        let own = row.entry(*id).or_default();
        *own = (*own + (PRIME - factor) * value) % PRIME;
    }
    row.retain(|_, factor| *factor != 0);
}

/// By Fermat.
fn inverse(value: i128) -> i128 {
    let (mut result, mut base, mut exponent) = (1, value, PRIME - 2);
    while exponent > 0 {
        if exponent & 1 == 1 {
            result = result * base % PRIME;
        }
        base = base * base % PRIME;
        exponent >>= 1;
    }
    result
}

/// What is published of a field, and what is true.
fn pictures(roles: usize, products: usize) -> (Picture, Picture) {
    let norms = national::norms(roles);
    let reading = national::reading(&norms, products, 3);
    let ids = national::ids(&norms);
    let of = |threshold: u64| {
        let policy = Policy { threshold, valid_days: Some(700), ..Policy::default() };
        picture(&field(&reading, &policy, &ids, None), &norms, &policy, "0")
    };
    (of(THRESHOLD), of(0))
}

#[test]
fn no_small_cell_of_a_country_is_found() {
    let (told, truth) = pictures(20, 2000);
    assert!(told.periods.len() >= 12 && told.profiles.len() == 20, "a country");
    let (mut small, mut withheld) = (0, 0);
    for period in 0..told.periods.len() {
        let all = Published::of(&told, &truth, period);
        let is_small = |id: &usize| (1..THRESHOLD).contains(&all.truth[*id]);
        for (told, truth) in all.told.iter().zip(&all.truth) {
            assert!(told.number().is_none_or(|number| number == *truth), "what is told is true");
        }
        let cells = 0..all.told.len();
        assert!(cells.clone().filter(is_small).all(|id| all.told[id].number().is_none()), "none is told");
        small += cells.clone().filter(is_small).count();
        withheld += cells.filter(|id| all.told[*id] == Count::Withheld).count();
        let found: Vec<usize> = all.solved().into_iter().filter(is_small).collect();
        assert_eq!(found, Vec::<usize>::new(), "by elimination, in {}", told.periods[period].id);
        assert!(all.narrowest() >= 5, "by bounds, in {}: {}", told.periods[period].id, all.narrowest());
    }
    assert!(small > 1000 && withheld > 100, "{small} small cells, {withheld} withheld for them");
}

#[test]
fn the_attacker_finds_what_is_not_protected() {
    let (told, truth) = pictures(20, 400);
    let mut all = Published::of(&told, &truth, told.periods.len() - 1);
    // Only the small cells themselves are withheld, as if that were enough.
    for (told, truth) in all.told.iter_mut().zip(&all.truth) {
        *told = if (1..THRESHOLD).contains(truth) { Count::Few } else { Count::Number(*truth) };
    }
    let is_small = |id: &usize| (1..THRESHOLD).contains(&all.truth[*id]);
    assert!(all.solved().iter().any(is_small), "by elimination");
    assert_eq!(all.narrowest(), 1, "by bounds");
}
