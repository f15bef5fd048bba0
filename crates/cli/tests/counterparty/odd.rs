//! What odd clients do at the desk: each ends in an outcome of its own, and none in a finding it did not earn.

use std::{fs, net::TcpListener, path::Path};

use serde_json::Value;

use crate::support::{Ended, Product, Sender, speak_plainly};

/// More than the desk answers at one address.
const MANY: usize = 505;

/// The case of the only requirement.
fn case(product: &Product) -> Value {
    product.result()["requirements"][0]["cases"][0].clone()
}

/// A run of one case in which somebody does something with the addresses keur gives.
fn meanwhile(product: &Product, wait_s: u64, act: impl FnOnce(&str, &str)) -> Ended {
    product.by_hand(wait_s);
    let mut run = product.run("bgz-raadplegen", &["--only", "WGZ-BGC-001"]);
    let Some((_, asked)) = run.instruction() else { panic!("{}", run.end().said) };
    act(&asked["fhir_base"], &asked["token_endpoint"]);
    run.end()
}

#[track_caller]
fn undetermined(product: &Product, ended: &Ended, reason: &str, cause: &str) -> String {
    ended.assert_code(3);
    let case = case(product);
    assert_eq!(
        (&case["outcome"], &case["reason"], &case["cause"]),
        (&"cant_tell".into(), &reason.into(), &cause.into()),
        "{case}"
    );
    case.to_string()
}

#[test]
fn who_never_calls_is_reminded_of_what_was_asked() {
    let product = Product::start();
    let mut base = String::new();
    let ended = meanwhile(&product, 1, |fhir, _| fhir.clone_into(&mut base));
    let case = undetermined(&product, &ended, "timeout", "nothing_came");
    assert!(case.contains("haal nu in het product de BgZ op") && case.contains(&base), "{case}");
    assert!(ended.said.contains("Er kwam niets binnen"), "{}", ended.said);
    assert!(ended.out.contains("haal nu in het product"), "{}", ended.out);
}

#[test]
fn who_calls_elsewhere_is_told_where_it_should_have_been() {
    let product = Product::start();
    let ended = meanwhile(&product, 3, |fhir, _| {
        let key = fhir.split('/').nth(3).unwrap();
        let wrong = fhir.replace(key, "ergens-anders");
        assert!(product.send(&wrong, "GET", "", "", 0).starts_with("HTTP/1.1 404"));
    });
    assert!(ended.said.contains("hoort bij geen opdracht van keur: GET https://127.0.0.1"), "{}", ended.said);
    let case = undetermined(&product, &ended, "timeout", "nothing_came");
    assert!(
        case.contains("/ergens-anders/fhir") && case.contains("Bedoeld was een adres dat begint met"),
        "{case}"
    );
}

#[test]
fn who_calls_twice_is_heard_twice() {
    let product = Product::start();
    product.by_hand(60);
    let mut run = product.run("bgz-raadplegen", &["--only", "WGZ-BGC-001"]);
    let (_, asked) = run.instruction().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| product.press("bgz", &asked));
        scope.spawn(|| product.press("bgz", &asked));
    });
    // Nothing else was selected, and nothing is wrong.
    run.end().assert_code(3);
    assert_eq!(product.outcomes()["WGZ-BGC-001"].0, "satisfied");
    let asked = product.asked();
    assert_eq!(asked.iter().filter(|one| one.method == "POST").count(), 2, "two tokens");
    assert_eq!(asked.iter().filter(|one| one.method == "GET").count(), 54, "every section twice");
}

#[test]
fn half_a_request_is_kept_as_half() {
    let product = Product::start();
    let ended = meanwhile(&product, 5, |_, token| {
        product.send(token, "POST", "", "grant_type=client_cred", 4000);
    });
    undetermined(&product, &ended, "precondition", "nothing_retrieved");
    let asked = product.asked();
    let whole: Vec<bool> = asked.iter().flat_map(|one| &one.inbound).map(|inbound| inbound.whole).collect();
    assert_eq!(whole, [false]);
}

#[test]
fn a_number_of_nobody_we_declared_stops_the_run_and_is_kept_nowhere() {
    let product = Product::start();
    let ended = meanwhile(&product, 30, |fhir, _| {
        let url = format!("{fhir}/Patient?bsn=%20111222333");
        // The run is over before there is an answer, or there is one that says nothing.
        let answer = product.send(&url, "GET", "", "", 0);
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 503"), "{answer}");
    });
    let case = undetermined(&product, &ended, "aborted", "production_data");
    assert!(case.contains("een verzoek van het product bevatte een BSN"), "{case}");
    fn files(folder: &Path) -> Vec<Vec<u8>> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries
            .flat_map(|path| if path.is_dir() { files(&path) } else { vec![fs::read(path).unwrap()] })
            .collect()
    }
    let kept = files(&product.path("out"));
    assert!(kept.iter().all(|bytes| !bytes.windows(9).any(|window| window == b"111222333")));
    assert!(!ended.said.contains("111222333") && !ended.out.contains("111222333"));
}

#[test]
fn a_flood_is_bounded() {
    let product = Product::start();
    let ended = meanwhile(&product, 30, |fhir, _| {
        let path = fhir.splitn(4, '/').nth(3).unwrap();
        let one = format!("GET /{path}/Patient HTTP/1.1\r\nHost: keur\r\n\r\n");
        // The run may be over before all of them are refused.
        let answer = product.speak(fhir, one.repeat(MANY).as_bytes(), Sender::Leaves);
        assert!(answer.contains("HTTP/1.1 429"), "nothing was refused");
    });
    let case = undetermined(&product, &ended, "precondition", "flood");
    assert!(case.contains("het product bleef vragen"), "{case}");
    assert_eq!(product.asked().len(), 500);
}

#[test]
fn who_speaks_http_is_told_to_speak_https() {
    let product = Product::start();
    let ended = meanwhile(&product, 3, |fhir, _| {
        let answer = speak_plainly(fhir, b"GET / HTTP/1.1\r\nHost: keur\r\n\r\n");
        assert!(answer.starts_with("HTTP/1.1 400") && answer.contains("https"), "{answer}");
    });
    let case = undetermined(&product, &ended, "timeout", "nothing_came");
    assert!(case.contains("http, waar alleen https wordt gesproken"), "{case}");
}

#[test]
fn a_taken_port_leaves_nothing_behind() {
    let product = Product::start();
    let taken = TcpListener::bind(product.declared("listen")).unwrap();
    let ended = product.run("bgz-raadplegen", &[]).end();
    ended.assert_code(2);
    assert!(
        ended.said.contains("keur kan niet luisteren op") && ended.said.contains("help: "),
        "{}",
        ended.said
    );
    assert!(!product.path("out").exists(), "an attempt that was none");
    drop(taken);
}

#[test]
fn who_shows_no_certificate_or_one_of_nobody_we_trust_is_found_out() {
    for sender in [Sender::Stays, Sender::Stranger] {
        let product = Product::start();
        product.by_hand(30);
        let mut run = product.run("bgz-raadplegen", &["--only", "WGZ-BGC-004"]);
        let (_, asked) = run.instruction().unwrap();
        // A whole retrieval, as the product does it, with one search among it that shows another certificate.
        let path = asked["fhir_base"].splitn(4, '/').nth(3).unwrap();
        let search = format!(
            "GET /{path}/Condition?patient.identifier=x HTTP/1.1\r\nHost: keur\r\nConnection: close\r\n\r\n"
        );
        let answer = product.speak(&asked["fhir_base"], search.as_bytes(), sender);
        assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
        product.press("bgz", &asked);
        let ended = run.end();
        ended.assert_code(1);
        assert!(ended.out.contains("WGZ-BGC-004") && ended.out.contains("AFWIJKING"), "{}", ended.out);
    }
}
