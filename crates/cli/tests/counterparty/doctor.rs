//! `keur doctor` on the way from the product to keur.

use std::net::TcpListener;

use serde_json::Value;

use crate::{common::keur, support::Product};

/// The exit code, and the state and the words of a point.
fn diagnosed(product: &Product, id: &str) -> (Option<i32>, String, String) {
    let file = product.file("product.toml");
    let output = keur(&["doctor", "bgz-raadplegen", "--product", &file, "--format", "json"]);
    let diagnosis: Value = serde_json::from_slice(&output.stdout).unwrap();
    let points = diagnosis["checks"].as_array().unwrap();
    let point = points.iter().find(|point| point["id"] == id).unwrap_or_else(|| panic!("{diagnosis}"));
    (output.status.code(), point["state"].as_str().unwrap().to_owned(), point.to_string())
}

#[test]
fn a_product_that_reaches_keur_is_seen_to() {
    let product = Product::start();
    assert_eq!(diagnosed(&product, "trigger").1, "ok");
    let (code, state, words) = diagnosed(&product, "desk_certificate");
    assert_eq!((code, state.as_str()), (Some(0), "ok"), "{words}");
}

#[test]
fn a_product_that_cannot_reach_keur_is_seen_not_to() {
    let product = Product::start();
    let nowhere = keur_reference::port::free().unwrap();
    product.declare(&[("base", &format!("\"https://{nowhere}\""))]);
    let (code, state, words) = diagnosed(&product, "trigger");
    assert_eq!((code, state.as_str()), (Some(4), "setup"), "{words}");
    assert!(words.contains("bij keur kwam niets aan") && words.contains("firewall"), "{words}");
}

#[test]
fn without_a_hook_it_is_said_how_to_look_by_hand() {
    let product = Product::start();
    product.by_hand(60);
    let (code, state, words) = diagnosed(&product, "trigger");
    assert_eq!((code, state.as_str()), (Some(0), "skipped"), "{words}");
    assert!(words.contains("curl -v --cacert") && words.contains(&product.declared("base")), "{words}");
}

#[test]
fn a_taken_port_and_a_certificate_of_another_name_are_named() {
    let product = Product::start();
    product.declare(&[("base", "\"https://elders.voorbeeld.test:8443\"")]);
    let (code, state, words) = diagnosed(&product, "desk_certificate");
    assert_eq!((code, state.as_str()), (Some(2), "configuration"), "{words}");
    assert!(words.contains("elders.voorbeeld.test"), "{words}");
    let taken = TcpListener::bind(product.declared("listen")).unwrap();
    let (code, state, words) = diagnosed(&product, "desk");
    assert_eq!((code, state.as_str()), (Some(2), "configuration"), "{words}");
    assert!(words.contains("kan niet luisteren"), "{words}");
    drop(taken);
}
