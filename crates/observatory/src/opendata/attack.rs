//! An attacker with everything that is published together: tables of all moments, the rows of named products, how many
//! bundles and products there are, and the lists of bundles. It narrows every number by all of these until nothing moves.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use keur_catalogue::{Catalogue, Profile};
use keur_dossier::dates::parse_instant;
use keur_evidence::draw::Draw;
use keur_verdict::Verdict;

use super::tables::{aggregates, requirements};
use crate::{
    compose::{Norm, picture},
    field::{
        field,
        tests::{reading, record},
    },
    model::{Certificates, Count, Picture, Standing, Track},
    policy::{Named, Policy, Product, key},
    record::Record,
};

const THRESHOLD: u64 = 10;
const ENDLESS: i64 = i64::MAX / 8;
const PROFILES: [&str; 3] = ["eoverdracht-ontvangen", "eoverdracht-verzenden", "lokalisatie"];

fn norms() -> Vec<Norm> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles");
    let files = |folder: &Path| -> Vec<(String, String)> {
        let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
        let mut paths: Vec<_> =
            entries.filter(|path| path.extension().is_some_and(|e| e == "toml")).collect();
        paths.sort();
        let text = |path: &Path| fs::read_to_string(path).expect("readable");
        paths.iter().map(|path| (path.display().to_string(), text(path))).collect()
    };
    let catalogue = Catalogue::load(&files(&folder.join("eisen"))).expect("the catalogue");
    let profile = |id: &str| {
        let name = format!("profiles/{id}.toml");
        let text = fs::read_to_string(folder.join(format!("{id}.toml"))).expect("a profile");
        Profile::parse(&name, &text, &catalogue).expect("sound")
    };
    let mut norms = Norm::all(&catalogue, PROFILES.map(profile).into());
    norms.iter_mut().for_each(|norm| norm.requirements.truncate(2));
    norms
}

/// A field drawn at random: one large profile, two smaller ones, few products that come back.
fn drawn(norms: &[Norm], draw: &mut Draw) -> Vec<Record> {
    let mut records = Vec::new();
    for (at, norm) in norms.iter().enumerate() {
        let products = [12 + draw.below(20), 1 + draw.below(14), draw.below(12)][at];
        for product in 0..products {
            // Some products are under more than one profile.
            let name = if draw.below(5) == 0 { format!("p{product}") } else { format!("{at}-{product}") };
            for attempt in 0..1 + usize::from(draw.below(4) == 0) {
                let (year, month) = (2024 + draw.below(3), 1 + draw.below(9));
                let number = u16::try_from(records.len()).expect("few");
                let mut one = record(number, &name, &format!("{year}-{month:02}-1{attempt}"));
                let verdicts = [Verdict::Conform, Verdict::Conform, Verdict::NotConform, Verdict::Incomplete];
                let verdict = verdicts[draw.below(4)];
                (one.verdict, one.spoor_1, one.spoor_2) = (verdict, verdict, verdicts[draw.below(4)]);
                one.profile = norm.profile.id.clone();
                let outcome =
                    |id: &str, draw: &mut Draw| format!("{id}:{}", ['s', 's', 'f', 'u'][draw.below(4)]);
                let ids = norm.requirements.iter().map(|one| outcome(&one.requirement.id, draw));
                one.outcomes = ids.collect::<Vec<_>>().join(" ");
                records.push(one);
            }
        }
    }
    records
}

fn published(records: Vec<Record>, norms: &[Norm], policy: &Policy) -> Picture {
    let known: BTreeSet<String> = PROFILES.map(str::to_owned).into();
    let reading = reading(records);
    let field = field(&reading, policy, &known, parse_instant("2026-10-01T00:00:00Z"));
    picture(&field, norms, policy, "test")
}

/// What stands under every key of the tables: a number, or the word that stands for it.
fn told(picture: &Picture) -> BTreeMap<String, Result<i64, String>> {
    let mut told = BTreeMap::new();
    for row in aggregates(picture).into_iter().chain(requirements(picture)) {
        let (values, place) = (&row[row.len() - 2..], &row[..row.len() - 2]);
        let value = values[0].parse().map_err(|_| values[1].clone());
        told.insert(place.join("|"), value);
    }
    told
}

/// The sum of terms is at most this.
struct Bound(Vec<(usize, i64)>, i64);

#[derive(Default)]
struct Attacker {
    names: BTreeMap<String, usize>,
    ranges: Vec<(i64, i64)>,
    bounds: Vec<Bound>,
}

impl Attacker {
    /// Reads all that is published. `named` is what it knows of the named products, from their rows.
    fn reads(picture: &Picture, named: &BTreeMap<String, Result<i64, String>>) -> Self {
        let mut own = Self::default();
        for (place, value) in told(picture) {
            let known = named.get(&place).cloned().and_then(Result::ok).unwrap_or_default();
            let range = match value {
                Ok(number) => (number - known, number - known),
                Err(word) if word == "few" => (1, THRESHOLD as i64 - 1),
                Err(_) => (0, ENDLESS),
            };
            own.name(place, range);
        }
        own.sums(picture);
        own.moments(picture);
        own.lists(picture);
        own.narrow();
        own
    }

    fn name(&mut self, place: String, range: (i64, i64)) -> usize {
        self.ranges.push(range);
        self.names.insert(place, self.ranges.len() - 1);
        self.ranges.len() - 1
    }

    fn find(&self, place: &str) -> Option<usize> {
        self.names.get(place).copied()
    }

    fn most(&mut self, terms: &[(usize, i64)], most: i64) {
        self.bounds.push(Bound(terms.to_vec(), most));
    }

    fn equal(&mut self, total: usize, parts: &[usize]) {
        let terms: Vec<(usize, i64)> = parts.iter().map(|id| (*id, 1)).chain([(total, -1)]).collect();
        let turned: Vec<(usize, i64)> = terms.iter().map(|(id, by)| (*id, -by)).collect();
        self.most(&terms, 0);
        self.most(&turned, 0);
    }

    /// Partitions, roles of an exchange, exchanges of the country, outcomes of a requirement.
    fn sums(&mut self, picture: &Picture) {
        let mut groups: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        let mut levels: BTreeMap<(String, String), Vec<usize>> = BTreeMap::new();
        for (place, id) in &self.names {
            let (group, part) = place.rsplit_once('|').expect("a place has parts");
            if part != "total" {
                groups.entry((group.to_owned(), place.clone())).or_default().push(*id);
            }
            let parts: Vec<&str> = place.split('|').collect();
            let above = match parts[2] {
                "profile" => {
                    format!("{}|{}|exchange|{}|||{}|{}", parts[0], parts[1], parts[3], parts[6], parts[7])
                }
                "exchange" => format!("{}|{}|total||||{}|{}", parts[0], parts[1], parts[6], parts[7]),
                _ => continue,
            };
            levels.entry((above, String::new())).or_default().push(*id);
        }
        let mut partitions: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for ((group, _), ids) in groups {
            partitions.entry(group).or_default().extend(ids);
        }
        for (group, parts) in partitions {
            let place: Vec<&str> = group.split('|').collect();
            let whole = match place[2] {
                "total" | "exchange" | "profile" => {
                    let base = place[..6].join("|");
                    match place[6] {
                        "spoor_1" | "spoor_2" => format!("{group}|total"),
                        _ => format!("{base}|products|total"),
                    }
                }
                exchange => {
                    let role = picture.profile(place[3]).map_or("", |profile| &profile.role);
                    format!("{}|{}|profile|{exchange}|{}|{role}|products|total", place[0], place[1], place[3])
                }
            };
            let total = self.find(&whole).expect("its total");
            self.equal(total, &parts);
        }
        for ((above, _), parts) in levels {
            let total = self.find(&above).expect("the level above");
            self.equal(total, &parts);
        }
    }

    /// What is told of now alone, and that a product that was tested stays so.
    fn moments(&mut self, picture: &Picture) {
        let products = |period: usize, profile: &crate::model::ProfilePicture| {
            let at = &picture.periods[period];
            let (exchange, id, role) = (&profile.exchange, &profile.id, &profile.role);
            format!("{}|{}|profile|{exchange}|{id}|{role}|products|total", at.id, at.day)
        };
        let last = picture.periods.len() - 1;
        let now = &picture.periods[last];
        let total = self.find(&format!("{}|{}|total||||products|total", now.id, now.day)).expect("all");
        let under = || picture.products.iter().flat_map(|product| &product.profiles);
        if let Some(counted) = picture.sources.counted.number() {
            let named: usize = under().map(|under| under.runs.len()).sum();
            self.most(&[(total, 1)], counted as i64 - named as i64);
        }
        let range = match picture.products_now {
            Count::Number(number) => {
                (number as i64 - picture.products.len() as i64, number as i64 - picture.products.len() as i64)
            }
            Count::Few => (1, THRESHOLD as i64 - 1),
            Count::Withheld => (0, ENDLESS),
        };
        let distinct = self.name("distinct".to_owned(), range);
        self.most(&[(distinct, 1), (total, -1)], 0);
        self.most(&[(total, 1), (distinct, -(picture.profiles.len() as i64))], 0);
        for profile in &picture.profiles {
            let ids: Vec<usize> = (0..=last).filter_map(|at| self.find(&products(at, profile))).collect();
            self.most(&[(ids[last], 1), (distinct, -1)], 0);
            for pair in ids.windows(2) {
                self.most(&[(pair[0], 1), (pair[1], -1)], 0);
            }
        }
    }

    /// The lists of bundles: how many there are, and how many moved between two lists.
    fn lists(&mut self, picture: &Picture) {
        let under = || picture.products.iter().flat_map(|product| &product.profiles);
        let known: BTreeSet<&String> = under().flat_map(|under| &under.runs).map(|run| &run.digest).collect();
        for profile in &picture.profiles {
            let listed: Vec<(usize, BTreeSet<&String>)> = profile
                .digests
                .iter()
                .enumerate()
                .filter_map(|(at, list)| {
                    Some((at, list.as_ref()?.iter().filter(|one| !known.contains(one)).collect()))
                })
                .collect();
            let mark = |at: usize| format!("{}|{}|", picture.periods[at].id, picture.periods[at].day);
            let of = |own: &Self, at: usize| -> BTreeMap<String, usize> {
                let mark = mark(at);
                let mine = |place: &str| place.split('|').any(|part| part == profile.id);
                let all = own.names.iter().filter(|(place, _)| mine(place));
                all.filter_map(|(place, id)| Some((place.strip_prefix(&mark)?.to_owned(), *id))).collect()
            };
            for (n, (earlier, before)) in listed.iter().enumerate() {
                for (later, after) in &listed[n + 1..] {
                    let moved = after.difference(before).count() as i64;
                    for (a, b) in (*earlier..=*later).flat_map(|a| (*earlier..a).map(move |b| (a, b))) {
                        let (here, there) = (of(self, a), of(self, b));
                        for (id, other) in
                            here.iter().filter_map(|(place, id)| Some((*id, *there.get(place)?)))
                        {
                            self.most(&[(id, 1), (other, -1)], moved);
                            self.most(&[(other, 1), (id, -1)], moved);
                        }
                    }
                }
            }
        }
    }

    fn narrow(&mut self) {
        let mut changed = true;
        while changed {
            changed = false;
            for Bound(terms, most) in &self.bounds {
                for (at, (id, by)) in terms.iter().enumerate() {
                    let others = terms.iter().enumerate().filter(|(other, _)| *other != at);
                    let least: i64 = others
                        .map(|(_, (id, by))| {
                            if *by > 0 {
                                self.ranges[*id].0 * by
                            } else {
                                (self.ranges[*id].1 * by).max(-ENDLESS)
                            }
                        })
                        .fold(0, i64::saturating_add);
                    if least < -ENDLESS / 2 {
                        continue;
                    }
                    let range = &mut self.ranges[*id];
                    let (room, before) = (most - least, *range);
                    if *by > 0 {
                        range.1 = range.1.min(room.div_euclid(*by));
                    } else {
                        range.0 = range.0.max(-(room.div_euclid(-*by)));
                    }
                    changed |= *range != before;
                }
            }
        }
    }

    /// The small cells of which one value is left.
    fn found(&self, truth: &BTreeMap<String, i64>) -> Vec<String> {
        let small = |value: i64| value > 0 && value < THRESHOLD as i64;
        let told = |(place, id): (&String, &usize)| {
            let value = *truth.get(place)?;
            let (least, most) = self.ranges[*id];
            assert!(least <= value && value <= most, "{place} is {value}, not {least} to {most}");
            (small(value) && least == most).then(|| format!("{place} = {value}"))
        };
        self.names.iter().filter_map(told).collect()
    }
}

fn open() -> Policy {
    Policy { threshold: 0, ..Policy::default() }
}

/// The truth of the products that are not named, and what is known of the others.
fn known(
    records: &[Record],
    norms: &[Norm],
    named: &BTreeSet<String>,
) -> (BTreeMap<String, i64>, BTreeMap<String, Result<i64, String>>) {
    let is_named = |one: &Record| named.contains(&key(&one.vendor, &one.name));
    let of =
        |keep: bool| -> Vec<Record> { records.iter().filter(|one| is_named(one) == keep).cloned().collect() };
    let numbers = told(&published(of(true), norms, &open()));
    let truth = told(&published(of(false), norms, &open()));
    (truth.into_iter().filter_map(|(place, value)| Some((place, value.ok()?))).collect(), numbers)
}

#[test]
fn all_that_is_published_together_gives_no_small_cell_away() {
    let norms = norms();
    let mut small = 0;
    for seed in 0..40_u64 {
        let mut draw = Draw::new([b"attack".as_slice(), &seed.to_be_bytes()]);
        let records = drawn(&norms, &mut draw);
        let mut policy = Policy::default();
        if seed % 2 == 1 {
            let some = records.iter().filter(|_| draw.below(4) == 0);
            let product = |one: &Record| Product { vendor: one.vendor.clone(), name: one.name.clone() };
            policy.named = Named::Products(some.map(product).collect());
        }
        let named = policy.named().expect("a list");
        let (truth, known) = known(&records, &norms, &named);
        small += truth.values().filter(|value| (1..THRESHOLD as i64).contains(*value)).count();
        let attacker = Attacker::reads(&published(records, &norms, &policy), &known);
        assert_eq!(attacker.found(&truth), Vec::<String>::new(), "seed {seed}");
    }
    assert!(small > 1000, "{small} small cells are hidden");
}

/// Two products moved, and a cell went from a number to few.
fn moving(norms: &[Norm]) -> Vec<Record> {
    let at = |number: u16, name: String, day: &str, profile: usize, verdict: Verdict| {
        let mut one = record(number, &name, day);
        (one.verdict, one.spoor_1, one.spoor_2) = (verdict, verdict, verdict);
        one.profile = norms[profile].profile.id.clone();
        one.outcomes = String::new();
        one
    };
    let verdict = |number: u16| if number < 10 { Verdict::NotConform } else { Verdict::Conform };
    let mut records: Vec<Record> =
        (0..30).map(|number| at(number, format!("a{number}"), "2025-03-01", 0, verdict(number))).collect();
    records.push(at(30, "a0".to_owned(), "2026-03-01", 0, Verdict::Conform));
    records
}

fn untold(standing: &Standing) -> Standing {
    let none = Count::Withheld;
    let track = Track {
        total: none,
        conform: none,
        conform_with_waiver: none,
        not_conform: none,
        incomplete: none,
        expired: none,
    };
    let certificates = Certificates {
        granted: none,
        conditional: none,
        suspended: none,
        withdrawn: none,
        refused: none,
        expired: none,
        none,
    };
    let of = |_| track;
    Standing {
        products: none,
        whole: track,
        spoor_1: standing.spoor_1.map(of),
        spoor_2: standing.spoor_2.map(of),
        certificates,
    }
}

#[test]
fn the_attacker_finds_what_would_give_a_small_cell_away() {
    let norms = norms();
    // As many bundles as products, and the number of bundles is told: what is not told of the products follows.
    let mut records = moving(&norms);
    records.truncate(30);
    let mut lonely = record(99, "b", "2025-03-01");
    lonely.profile = norms[1].profile.id.clone();
    records.push(lonely);
    let (truth, known_products) = known(&records, &norms, &BTreeSet::new());
    let mut picture = published(records.clone(), &norms, &Policy::default());
    assert_eq!(Attacker::reads(&picture, &known_products).found(&truth), Vec::<String>::new());
    // Only sums are withheld, as when nobody thinks of the number of bundles.
    picture.profiles[0] = published(records, &norms, &open()).profiles.swap_remove(0);
    picture.products_now = Count::Withheld;
    for standing in picture.total.iter_mut().chain(&mut picture.exchanges[0].standing) {
        *standing = untold(standing);
    }
    picture.sources.counted = Count::Withheld;
    assert_eq!(Attacker::reads(&picture, &known_products).found(&truth), Vec::<String>::new());
    picture.sources.counted = Count::Number(31);
    assert!(!Attacker::reads(&picture, &known_products).found(&truth).is_empty());

    // One product was tested again, and the lists of both years say so.
    let records = moving(&norms);
    let (truth, known_products) = known(&records, &norms, &BTreeSet::new());
    let mut picture = published(records.clone(), &norms, &Policy::default());
    assert_eq!(Attacker::reads(&picture, &known_products).found(&truth), Vec::<String>::new());
    assert!(picture.profiles[0].digests.iter().flatten().count() == 1, "the earlier list is not published");
    picture.profiles[0].digests = published(records, &norms, &open()).profiles[0].digests.clone();
    assert!(!Attacker::reads(&picture, &known_products).found(&truth).is_empty());
}
