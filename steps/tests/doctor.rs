//! The doctor names each fault of a declaration or set-up where it is, and finds nothing in a sound one.
#![expect(clippy::unwrap_used, reason = "a test ends where something is not there")]

use std::collections::BTreeMap;

use keur_catalogue::{Catalogue, Profile, embedded};
use keur_evidence::limits::Limits;
use keur_reference::{Options, Running};
use keur_steps::doctor::{Diagnosis, Patient, State, examine};
use tokio_util::sync::CancellationToken;

type Files = BTreeMap<String, Vec<u8>>;

fn profile(id: &str) -> Profile {
    let catalogue = Catalogue::load(&embedded::catalogue_files()).unwrap();
    let files = embedded::profile_files();
    let mut all = files.iter().map(|(path, text)| Profile::parse(path, text, &catalogue).unwrap());
    all.find(|profile| profile.id == id).unwrap()
}

async fn reference() -> Running {
    keur_reference::start(Options::default()).await.unwrap()
}

async fn diagnose(text: &str, files: &Files, profile: &Profile) -> Diagnosis {
    let patient = Patient {
        name: "product.toml",
        text,
        files,
        profile: Some(profile),
        variant: &profile.default_variant,
        limits: Limits::default(),
    };
    examine(patient, CancellationToken::new()).await
}

/// The points that are wrong, with their state.
fn wrong(diagnosis: &Diagnosis) -> Vec<(&'static str, State)> {
    let wrong = |state| matches!(state, State::Misconfigured | State::Unfit);
    diagnosis.findings.iter().filter(|one| wrong(one.state)).map(|one| (one.id, one.state)).collect()
}

/// The declaration with one text replaced, which must be in it.
fn changed(product: &Running, from: &str, to: &str) -> String {
    let text = product.product_toml();
    assert!(text.contains(from), "{from} is not in {text}");
    text.replace(from, to)
}

#[tokio::test]
async fn a_sound_product_is_ready() {
    let product = reference().await;
    let bgz = profile("bgz-beschikbaarstellen");
    let found = diagnose(product.product_toml(), product.files(), &bgz).await;
    let states: Vec<_> = found.findings.iter().map(|one| (one.id, one.state)).collect();
    assert!(states.iter().all(|(_, state)| *state == State::Fine), "{:#?}", found.findings);
    assert_eq!(states.len(), 16);
    product.shutdown().await;
}

#[tokio::test]
async fn each_fault_in_the_declaration_is_named() {
    let product = reference().await;
    let bgz = profile("bgz-beschikbaarstellen");
    let key = |name: &str| format!("file = \"{name}\"");
    let cases = [
        ("format = \"keur/product\"".to_owned(), "format = \"iets\"".to_owned(), "declaration"),
        (key("party-b.pem"), key("niets.pem"), "secrets"),
        (key("party-b.key"), key("party-a.key"), "keys"),
        (key("party-a-signing.key"), key("party-a.pem"), "keys"),
        (key("expired.pem"), key("revoked.pem"), "validity"),
        ("ura = \"90000333\"".to_owned(), "ura = \"90000999\"".to_owned(), "ura"),
        (
            format!("jwks_listen = \"{}\"", listen(&product)),
            format!("jwks_listen = \"{}\"", product.addr()),
            "jwks",
        ),
    ];
    for (from, to, id) in cases {
        let mut text = changed(&product, &from, &to);
        if id == "validity" {
            text = text.replace(&key("expired.key"), &key("revoked.key"));
        }
        let found = wrong(&diagnose(&text, product.files(), &bgz).await);
        assert_eq!(found.first(), Some(&(id, State::Misconfigured)), "{from} → {to}");
    }
    product.shutdown().await;
}

#[tokio::test]
async fn each_fault_in_the_set_up_is_named() {
    let product = reference().await;
    let bgz = profile("bgz-beschikbaarstellen");
    let port = product.addr().port().to_string();
    let cases = [
        (format!("127.0.0.1:{port}/90000382/fhir"), format!("nergens.invalid:{port}/90000382/fhir"), "dns"),
        ("client_id = \"keur-a\"".to_owned(), "client_id = \"keur-x\"".to_owned(), "token"),
        ("/90000382/fhir\"".to_owned(), "/90000382/elders\"".to_owned(), "metadata"),
        ("/hooks/audit".to_owned(), "/hooks/elders".to_owned(), "log_export"),
        ("/hooks/consent".to_owned(), "/hooks/elders".to_owned(), "consent"),
    ];
    for (from, to, id) in cases {
        let text = changed(&product, &from, &to);
        let found = diagnose(&text, product.files(), &bgz).await;
        assert!(wrong(&found).contains(&(id, State::Unfit)), "{from} → {to}: {:#?}", found.findings);
        let remedy = |one: &&keur_steps::doctor::Finding| one.id == id && !one.remedy.is_empty();
        assert!(found.findings.iter().any(|one| remedy(&one)), "{id} has a remedy");
    }
    let found = diagnose(product.product_toml(), product.files(), &profile("fhir-rest")).await;
    assert_eq!(wrong(&found), [("metadata", State::Unfit)]);
    product.shutdown().await;
}

#[tokio::test]
async fn a_foreign_root_and_a_foreign_client_are_told_apart() {
    let (product, other) = (reference().await, reference().await);
    let bgz = profile("bgz-beschikbaarstellen");
    for swapped in [vec!["ca.pem"], vec!["party-a.pem", "party-a.key"]] {
        let mut files: Files = product.files().clone();
        for name in &swapped {
            files.insert((*name).to_owned(), other.files()[*name].clone());
        }
        let found = diagnose(product.product_toml(), &files, &bgz).await;
        assert_eq!(wrong(&found), [("tls", State::Unfit)], "{swapped:?}: {:#?}", found.findings);
    }
    product.shutdown().await;
    other.shutdown().await;
}

#[tokio::test]
async fn a_product_that_is_down_is_not_asked_anything() {
    let product = reference().await;
    let (text, files) = (product.product_toml().to_owned(), product.files().clone());
    product.shutdown().await;
    let found = diagnose(&text, &files, &profile("bgz-beschikbaarstellen")).await;
    assert_eq!(wrong(&found), [("tcp", State::Unfit)]);
    assert_eq!(found.findings.last().map(|one| one.id), Some("tcp"));
}

/// Where the declaration lets keur publish its keys.
fn listen(product: &Running) -> String {
    let line = product.product_toml().lines().find(|line| line.starts_with("jwks_listen")).unwrap();
    line.split('"').nth(1).unwrap().to_owned()
}
