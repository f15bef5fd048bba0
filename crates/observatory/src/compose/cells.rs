//! One moment as a system of cells: every partition of every profile, with its sums over exchanges and over all.

use std::collections::{BTreeMap, BTreeSet};

use keur_catalogue::requirement::Spoor;
use keur_verdict::Outcome;

use super::{Look, Norm, exchanges, traces::Trace};
use crate::{
    field::{Counted, Field, Part, Tested, certificate},
    model::{Certificates, Count, Outcomes, Standing, State, Track},
    policy::Policy,
    suppress::{Id, System},
};

/// What may be told of one moment.
pub(crate) struct Moment {
    /// Distinct products; only now.
    pub(crate) products: Count,
    /// Bundles that count; only now.
    pub(crate) bundles: Count,
    /// Over all profiles.
    pub(crate) total: Standing,
    /// By exchange.
    pub(crate) exchanges: Vec<Standing>,
    /// By profile.
    pub(crate) profiles: Vec<Standing>,
    /// By profile and requirement; only at a year's end and now.
    pub(crate) outcomes: Option<Vec<Vec<Outcomes>>>,
    /// By profile: the bundles behind the figures, where they may be listed.
    pub(crate) digests: Vec<Option<Vec<String>>>,
    /// By profile: what a reader who sets moments side by side compares.
    pub(crate) traces: Vec<Trace>,
}

/// Of all products, and of the named ones.
#[derive(Debug, Clone, Copy, Default)]
struct Tally(u64, u64);

impl Tally {
    fn add(&mut self, named: bool) {
        self.0 += 1;
        self.1 += u64::from(named);
    }

    fn plus(self, other: Self) -> Self {
        Self(self.0 + other.0, self.1 + other.1)
    }

    fn minus(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0), self.1.saturating_sub(other.1))
    }

    fn times(self, by: u64) -> Self {
        Self(self.0 * by, self.1 * by)
    }
}

/// A product under a profile, its run that counts at a moment, and whether it is named.
pub(super) type Seen<'a, 'r> = (&'a Tested<'r>, &'a Counted<'r>, bool);

/// A partition, counted.
type Parts = Vec<Tally>;

/// The partitions of a profile: whole, spoor 1, spoor 2, certificates; none where nothing decides.
type Group = (Tally, [Option<Parts>; 4]);

/// The cells of a group: its total and, for each partition, its own total and parts.
struct Ids {
    products: Id,
    partitions: [Option<(Id, Vec<Id>)>; 4],
}

/// The lengths of the partitions.
const LENGTHS: [usize; 4] = [5, 5, 5, 7];
const TRACKS: [Part; 3] = [Part::Whole, Part::Of(Spoor::One), Part::Of(Spoor::Two)];

impl Moment {
    pub(crate) fn count(
        field: &Field<'_>,
        norms: &[&Norm],
        look: &Look,
        policy: &Policy,
        is_named: &impl Fn(&str) -> bool,
    ) -> Self {
        let runs = |norm: &Norm| -> Vec<Seen<'_, '_>> {
            let tested = field.tested.iter().filter(|tested| tested.profile == norm.profile.id);
            tested.filter_map(|one| Some((one, one.latest(look.day)?, is_named(&one.product)))).collect()
        };
        let by_profile: Vec<_> = norms.iter().map(|norm| runs(norm)).collect();
        let mut system = System::default();
        let groups: Vec<Group> =
            norms.iter().zip(&by_profile).map(|(norm, runs)| group(norm, runs, look, policy)).collect();
        let profiles: Vec<Ids> = groups.iter().map(|group| ids(&mut system, group, 0)).collect();
        let places = exchanges(norms);
        let mut tops = Vec::new();
        let mut exchange_groups = Vec::new();
        for (_, _, members) in &places {
            let of: Vec<usize> =
                (0..norms.len()).filter(|at| members.contains(&norms[*at].profile.id)).collect();
            let summed = sum_of(of.iter().map(|at| &groups[*at]));
            let top = ids(&mut system, &summed, 2);
            link(&mut system, &top, of.iter().map(|at| &profiles[*at]));
            tops.push(top);
            exchange_groups.push(summed);
        }
        let all = sum_of(&exchange_groups);
        let total = ids(&mut system, &all, 4);
        link(&mut system, &total, &tops);
        let now = look.now.then(|| now(&mut system, &by_profile, (&all, &total), (&groups, &profiles)));
        let rows = look.period.yearly.then(|| {
            let rows = norms.iter().zip(&by_profile).zip(&profiles);
            rows.map(|((norm, runs), ids)| outcomes(&mut system, norm, runs, ids.products))
                .collect::<Vec<_>>()
        });
        let told = system.told(policy.threshold);
        let digests = by_profile.iter().zip(&profiles).map(|(runs, ids)| {
            let may = look.period.yearly && told[ids.products].number().is_some();
            let mut digests: Vec<String> = runs.iter().map(|(_, run, _)| run.digest.to_owned()).collect();
            digests.sort();
            may.then_some(digests)
        });
        let traces = by_profile.iter().zip(&profiles).enumerate().map(|(at, (runs, ids))| {
            let partitions = ids.partitions.iter().flatten().flat_map(|(_, parts)| parts.iter().copied());
            let outcomes = rows.iter().flat_map(|rows| rows[at].iter().flatten().copied());
            let cell = |id: Id| (told[id], system.rest(id));
            Trace::new(runs, partitions.chain(outcomes).map(cell).collect())
        });
        Self {
            traces: traces.collect(),
            products: now.map_or(Count::Withheld, |(products, _)| told[products]),
            bundles: now.map_or(Count::Withheld, |(_, bundles)| told[bundles]),
            total: standing(&total, &told),
            exchanges: tops.iter().map(|ids| standing(ids, &told)).collect(),
            digests: digests.collect(),
            profiles: profiles.iter().map(|ids| standing(ids, &told)).collect(),
            outcomes: rows.map(|rows| {
                let row = |row: Vec<[Id; 6]>| row.into_iter().map(|ids| row_of(ids, &told)).collect();
                rows.into_iter().map(row).collect()
            }),
        }
    }
}

/// Adds what is told of now alone: how many distinct products there are, and how many bundles count. Neither is a sum of
/// other cells, but each is bounded by them, and a reader knows by what.
fn now(
    system: &mut System,
    by_profile: &[Vec<Seen<'_, '_>>],
    (all, total): (&Group, &Ids),
    (groups, profiles): (&[Group], &[Ids]),
) -> (Id, Id) {
    let seen = || by_profile.iter().flatten();
    let known: BTreeSet<(&str, bool)> =
        seen().map(|(tested, _, named)| (tested.product.as_str(), *named)).collect();
    let distinct = Tally(known.len() as u64, known.iter().filter(|(_, named)| *named).count() as u64);
    let products = system.cell(distinct.0, distinct.1, 4);
    // At least as many as under any profile; under all together at least as many as there are, and at most each under every one.
    for (group, ids) in groups.iter().zip(profiles) {
        let others = distinct.minus(group.0);
        let others = system.secret(others.0, others.1);
        system.sum(products, [ids.products, others]);
    }
    let again = all.0.minus(distinct);
    let again = system.secret(again.0, again.1);
    system.sum(total.products, [products, again]);
    let most = distinct.times(groups.len() as u64);
    let room = most.minus(all.0);
    let (most, room) = (system.secret(most.0, most.1), system.secret(room.0, room.1));
    system.sum(most, groups.iter().map(|_| products));
    system.sum(most, [total.products, room]);
    // Every product under a profile has a bundle that counts now, and maybe earlier ones.
    let runs = seen().fold(Tally::default(), |sum, (tested, _, named)| {
        let runs = tested.runs.len() as u64;
        sum.plus(Tally(runs, if *named { runs } else { 0 }))
    });
    let earlier = runs.minus(all.0);
    let earlier = system.secret(earlier.0, earlier.1);
    let bundles = system.cell(runs.0, runs.1, 3);
    system.sum(bundles, [total.products, earlier]);
    (products, bundles)
}

/// Counts the partitions of a profile.
fn group(norm: &Norm, runs: &[Seen<'_, '_>], look: &Look, policy: &Policy) -> Group {
    let decides = [true, norm.decides(Spoor::One), norm.decides(Spoor::Two), true];
    let mut parts = std::array::from_fn(|at| decides[at].then(|| vec![Tally::default(); LENGTHS[at]]));
    let mut products = Tally::default();
    for (tested, run, named) in runs {
        products.add(*named);
        for (part, tallies) in TRACKS.into_iter().zip(&mut parts) {
            if let Some(tallies) = tallies {
                tallies[position(run.state(part, look.day, policy).0)].add(*named);
            }
        }
        if let Some(tallies) = &mut parts[3] {
            let decision = tested.decision(look.day).map(|(_, decision)| decision);
            tallies[certificate(decision, look.day)].add(*named);
        }
    }
    (products, parts)
}

/// The position of a state in [`Track::parts`].
fn position(state: State) -> usize {
    match state {
        State::Conform => 0,
        State::ConformWithWaiver => 1,
        State::NotConform => 2,
        State::Incomplete => 3,
        State::Expired => 4,
    }
}

fn sum_of<'g>(groups: impl IntoIterator<Item = &'g Group>) -> Group {
    let mut sum: Group = (Tally::default(), [const { None }; 4]);
    for (products, partitions) in groups {
        sum.0 = sum.0.plus(*products);
        for (own, parts) in sum.1.iter_mut().zip(partitions) {
            let Some(parts) = parts else { continue };
            let own = own.get_or_insert_with(|| vec![Tally::default(); parts.len()]);
            own.iter_mut().zip(parts).for_each(|(own, part)| *own = own.plus(*part));
        }
    }
    sum
}

/// Adds the cells of a group. A partition that covers all its products has their number as its total.
fn ids(system: &mut System, (products, partitions): &Group, rank: u8) -> Ids {
    let cell = |system: &mut System, tally: &Tally, rank| system.cell(tally.0, tally.1, rank);
    let whole = cell(system, products, rank + 1);
    let mut add = |parts: &Option<Parts>| {
        let parts = parts.as_ref()?;
        let sum = parts.iter().fold(Tally::default(), |sum, part| sum.plus(*part));
        let total = if sum.0 == products.0 { whole } else { cell(system, &sum, rank + 1) };
        let parts: Vec<Id> = parts.iter().map(|part| cell(system, part, rank)).collect();
        system.sum(total, parts.iter().copied());
        Some((total, parts))
    };
    let partitions = [0, 1, 2, 3].map(|at: usize| add(&partitions[at]));
    Ids { products: whole, partitions }
}

/// The cells of a group are the sums of those of its members.
fn link<'i>(system: &mut System, top: &Ids, members: impl IntoIterator<Item = &'i Ids> + Clone) {
    system.sum(top.products, members.clone().into_iter().map(|ids| ids.products));
    for (at, partition) in top.partitions.iter().enumerate() {
        let Some((total, parts)) = partition else { continue };
        let of = || members.clone().into_iter().filter_map(|ids| ids.partitions[at].as_ref());
        if *total != top.products {
            system.sum(*total, of().map(|(total, _)| *total));
        }
        for (number, part) in parts.iter().enumerate() {
            system.sum(*part, of().map(|(_, parts)| parts[number]));
        }
    }
}

/// Adds the rows of a profile's requirements, each a partition of its products.
fn outcomes(system: &mut System, norm: &Norm, runs: &[Seen<'_, '_>], products: Id) -> Vec<[Id; 6]> {
    let at: BTreeMap<&str, usize> =
        norm.requirements.iter().enumerate().map(|(at, one)| (one.requirement.id.as_str(), at)).collect();
    let mut rows = vec![[Tally::default(); 6]; norm.requirements.len()];
    for (_, run, named) in runs {
        let mut asked = vec![false; rows.len()];
        for (id, outcome, _) in run.record.requirements() {
            let Some(at) = at.get(id) else { continue };
            asked[*at] = true;
            let part = match outcome {
                Outcome::Satisfied => 0,
                Outcome::NotSatisfied => 1,
                Outcome::Undetermined => 2,
                Outcome::NotApplicable => 3,
                Outcome::NotTested => 4,
            };
            rows[*at][part].add(*named);
        }
        for (row, asked) in rows.iter_mut().zip(asked) {
            if !asked {
                row[5].add(*named);
            }
        }
    }
    let mut add = |row: [Tally; 6]| {
        let parts = row.map(|tally| system.cell(tally.0, tally.1, 0));
        system.sum(products, parts);
        parts
    };
    rows.into_iter().map(&mut add).collect()
}

fn row_of(ids: [Id; 6], told: &[Count]) -> Outcomes {
    let [satisfied, not_satisfied, undetermined, not_applicable, not_tested, not_asked] =
        ids.map(|id| told[id]);
    Outcomes { satisfied, not_satisfied, undetermined, not_applicable, not_tested, not_asked }
}

fn standing(ids: &Ids, told: &[Count]) -> Standing {
    let track = |at: usize| {
        let (total, parts) = ids.partitions[at].as_ref()?;
        let part = |at: usize| told[parts[at]];
        Some(Track {
            total: told[*total],
            conform: part(0),
            conform_with_waiver: part(1),
            not_conform: part(2),
            incomplete: part(3),
            expired: part(4),
        })
    };
    let certificates = ids.partitions[3].as_ref().map(|(_, parts)| {
        let part = |at: usize| told[parts[at]];
        Certificates {
            granted: part(0),
            conditional: part(1),
            suspended: part(2),
            withdrawn: part(3),
            refused: part(4),
            expired: part(5),
            none: part(6),
        }
    });
    Standing {
        products: told[ids.products],
        whole: track(0).unwrap_or_default(),
        spoor_1: track(1),
        spoor_2: track(2),
        certificates: certificates.unwrap_or_default(),
    }
}
