//! The engine's own overhead: a thousand cases of five steps that do nothing but record one check, in memory.
//! The time shown is that of one run; divide by a thousand for that of a scenario. The aim is less than a millisecond.

use std::{collections::BTreeSet, fs, sync::Arc};

use cucumber::{given, then, when};
use divan::{Bencher, counter::ItemsCount};
use keur_catalogue::Product;
use keur_evidence::{
    Check, Seam, SeamParts, Step, guard::Guard, identity::Identities, journal::Store, limits::Limits,
};
use keur_steps::{
    World,
    engine::{self, Silent},
    features::{Case, Features},
    run::Run,
};
use tokio_util::sync::CancellationToken;

const CASES: usize = 1000;

const PRODUCT: &str = r#"
format = "keur/product"
version = "1.0"
environment = "test"
[product]
vendor = "Meting"
name = "Meting"
version = "1"
roles = ["bron"]
[endpoints]
fhir_base = "http://127.0.0.1:9/fhir"
[patients.complete]
search = "Patient?_id=1"
"#;

#[given("een lege meetstap")]
#[when("een lege meetstap volgt")]
#[then("klopt de lege meetstap")]
async fn nothing(w: &mut World) -> Step {
    w.recorder.expect(Check::that(true, "niets", "niets"))
}

fn main() {
    divan::main();
}

fn cases() -> Vec<Case> {
    let mut text =
        "# language: nl\nFunctionaliteit: meting\n\n  @eis:WGZ-SEC-010\n  Regel: meting\n".to_owned();
    for case in 0..CASES {
        text.push_str(&format!(
            "\n    Scenario: geval {case}\n      Gegeven een lege meetstap\n      En een lege meetstap\n      Als een lege meetstap volgt\n      Dan klopt de lege meetstap\n      En klopt de lege meetstap\n"
        ));
    }
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("meting.feature"), text).expect("a feature");
    let features = Features::in_folder(folder.path()).expect("a right feature");
    features.rules.into_iter().flat_map(|rule| rule.cases).collect()
}

fn run() -> Arc<Run> {
    let parts = SeamParts {
        store: Store::in_memory(),
        secrets: vec!["een-geheim-van-de-leverancier".to_owned()],
        guard: Guard::new(BTreeSet::new()),
        identities: Identities::default(),
        limits: Limits::default(),
        seed: [3; 32],
    };
    let product = Product::parse("product.toml", PRODUCT).expect("a right declaration");
    Arc::new(Run::bare(Seam::new(parts, CancellationToken::new()), product))
}

#[divan::bench(args = [1, 8], sample_count = 20)]
fn thousand_scenarios(bencher: Bencher<'_, '_>, jobs: usize) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let cases = cases();
    bencher.counter(ItemsCount::new(CASES)).with_inputs(run).bench_values(|run| {
        runtime.block_on(engine::execute(&run, &cases, jobs, &Silent)).expect("evidence in memory");
        run
    });
}
