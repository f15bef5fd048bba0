//! From what was verified to what is published, without the verifying: 2,000 products, 20 exchanges and roles, three years
//! of quarters, some 20,000 runs. `cargo bench -p keur-observatory`; the times are per picture.

mod national;

use std::collections::BTreeMap;

use divan::{Bencher, black_box};
use keur_catalogue::Lang;
use keur_observatory::{
    Picture,
    compose::{Norm, picture},
    field::field,
    opendata,
    policy::Policy,
    read::Reading,
    site, yearly,
};

const ROLES: usize = 20;
/// Products, and runs of each under a profile: 625, 5,000 and 20,000 runs.
const SIZES: [(usize, usize); 3] = [(250, 2), (1000, 4), (2000, 8)];

fn main() {
    divan::main();
}

fn made((products, most): (usize, usize)) -> (Vec<Norm>, Reading) {
    let norms = national::norms(ROLES);
    let reading = national::reading(&norms, products, most);
    (norms, reading)
}

fn drawn(norms: &[Norm], reading: &Reading) -> Picture {
    let policy = Policy::default();
    let field = field(reading, &policy, &national::ids(norms), None);
    picture(&field, norms, &policy, "0")
}

#[divan::bench(args = SIZES, sample_count = 10)]
fn fold(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let (norms, reading) = made(size);
    let (policy, ids) = (Policy::default(), national::ids(&norms));
    bencher.bench(|| field(&reading, &policy, &ids, None).tested.len());
}

/// Counting and suppressing.
#[divan::bench(args = SIZES, sample_count = 3)]
fn compose(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let (norms, reading) = made(size);
    let policy = Policy::default();
    let field = field(&reading, &policy, &national::ids(&norms), None);
    bencher.bench(|| picture(&field, &norms, &policy, "0"));
}

/// The same where nothing is small: what counting alone takes.
#[divan::bench(args = SIZES, sample_count = 3)]
fn compose_all_told(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let (norms, reading) = made(size);
    let policy = Policy { threshold: 0, ..Policy::default() };
    let field = field(&reading, &policy, &national::ids(&norms), None);
    bencher.bench(|| picture(&field, &norms, &policy, "0"));
}

#[divan::bench(args = SIZES, sample_count = 3)]
fn pages(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let (norms, reading) = made(size);
    let picture = drawn(&norms, &reading);
    bencher.bench(|| {
        let mut files = BTreeMap::new();
        site::write(black_box(&picture), &[Lang::Nl, Lang::En], &mut files).expect("in memory");
        files.len()
    });
}

#[divan::bench(args = SIZES, sample_count = 3)]
fn open_data(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let (norms, reading) = made(size);
    let picture = drawn(&norms, &reading);
    bencher.bench(|| {
        let mut files = BTreeMap::new();
        opendata::write(black_box(&picture), &mut files).expect("in memory");
        files.len()
    });
}

#[divan::bench(args = SIZES, sample_count = 3)]
fn yearly_report(bencher: Bencher<'_, '_>, size: (usize, usize)) {
    let (norms, reading) = made(size);
    let picture = drawn(&norms, &reading);
    bencher.bench(|| yearly::html(black_box(&picture), 2025));
}
