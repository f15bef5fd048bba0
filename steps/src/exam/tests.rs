//! What the plan of an exam is made of.

use std::collections::BTreeSet;

use keur_catalogue::{Catalogue, Profile, Selection, embedded};

use super::*;
use crate::{features::Features, plan::Plan};

fn plan() -> Vec<Case> {
    let catalogue = Catalogue::load(&embedded::catalogue_files()).unwrap();
    let profiles = embedded::profile_files();
    let mut profiles = profiles.iter().map(|(path, text)| Profile::parse(path, text, &catalogue).unwrap());
    let profile = profiles.find(|profile| profile.id == "bgz-beschikbaarstellen").unwrap();
    let selection = Selection::new(&catalogue, &profile, None, None).unwrap();
    Plan::new(&selection, &Features::embedded().unwrap()).cases
}

async fn declared(change: impl FnOnce(String) -> String) -> Product {
    let running = keur_reference::start(keur_reference::Options::default()).await.unwrap();
    let text = change(running.product_toml().to_owned());
    running.shutdown().await;
    Product::parse("product.toml", &text).unwrap()
}

fn swapped(cases: &[Case]) -> Vec<&Case> {
    cases.iter().filter(|case| case.twin.is_some_and(|twin| twin.as_b)).collect()
}

#[tokio::test]
async fn every_case_has_a_twin_of_the_same_requirement() {
    let (cases, product) = (plan(), declared(|text| text).await);
    let both = with_twins(cases.clone(), &product);
    assert_eq!(both.len(), 2 * cases.len());
    for (case, pair) in cases.iter().zip(both.chunks(2)) {
        assert_eq!(pair[0].planned, case.planned);
        assert_eq!(pair[1].planned.case, format!("{}~tweeling", case.planned.case));
        assert_eq!(pair[1].planned.requirement, case.planned.requirement);
        assert!(pair[0].twin.is_none() && pair[1].twin.is_some());
    }
}

#[tokio::test]
async fn another_organisation_asks_a_good_share_and_only_what_both_may_ask() {
    let cases = with_twins(plan(), &declared(|text| text).await);
    let swapped = swapped(&cases);
    assert!(swapped.len() >= 20, "only {} of {} twins are asked by party B", swapped.len(), cases.len() / 2);
    let foreign = [
        "\"ander\"",
        "\"zonder toestemming\"",
        "\"afgeschermd\"",
        "organisatie",
        "logregel",
        "logboek",
        "clientcertificaat",
        "zonder recht",
        "sleutel",
        "TLS",
    ];
    for step in swapped.iter().flat_map(|case| &case.steps) {
        let judged = step.ty == cucumber::gherkin::StepType::Then;
        // The organisations of a patient are data; proofs are bound to a key of whoever asks.
        let known = step.value.starts_with("de organisaties bij") || step.value.contains("DPoP") || judged;
        let found = foreign.iter().find(|word| step.value.contains(*word));
        assert!(known || found.is_none_or(|_| step.value.contains("bewijs")), "{}", step.value);
    }
}

#[tokio::test]
async fn every_listed_sentence_is_one_of_the_features() {
    let cases = plan();
    let sentences: BTreeSet<&str> =
        cases.iter().flat_map(|case| &case.steps).map(|step| step.value.as_str()).collect();
    for beginning in ANYBODY {
        assert!(sentences.iter().any(|sentence| sentence.starts_with(beginning)), "{beginning}");
    }
    for whole in ANYBODY_WHOLE {
        assert!(sentences.contains(whole), "{whole}");
    }
}

#[tokio::test]
async fn a_party_that_lacks_something_plays_nobody() {
    let lacking = |key: &'static str| {
        move |text: String| {
            let (before, after) = text.split_once("[identity.party_b]").unwrap();
            let after: Vec<&str> = after.split('\n').collect();
            let cut = after.iter().position(|line| line.starts_with(key)).unwrap();
            let rest: Vec<&str> =
                after.iter().enumerate().filter(|(at, _)| *at != cut).map(|(_, l)| *l).collect();
            format!("{before}[identity.party_b]{}", rest.join("\n"))
        }
    };
    for key in ["client_id", "ura", "signing_key"] {
        let cases = with_twins(plan(), &declared(lacking(key)).await);
        assert_eq!(swapped(&cases).len(), 0, "{key}");
        assert!(cases.iter().any(|case| case.twin.is_some()));
    }
}

#[test]
fn the_seed_alone_decides_the_order() {
    let order = |seed: u8| {
        let mut cases = plan();
        shuffle(&mut cases, &[seed; 32]);
        cases.into_iter().map(|case| case.planned.case).collect::<Vec<_>>()
    };
    let plain: Vec<String> = plan().into_iter().map(|case| case.planned.case).collect();
    assert_eq!(order(1), order(1));
    assert_ne!(order(1), order(2));
    assert_ne!(order(1), plain);
    assert_eq!(order(1).into_iter().collect::<BTreeSet<_>>(), plain.into_iter().collect());
}
