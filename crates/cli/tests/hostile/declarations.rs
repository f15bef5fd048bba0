//! Declarations that are wrong: exit 2, the place and the remedy, and no run.

use std::{fs, net::TcpListener};

use crate::{
    common::{Reference, command},
    support::{Place, Server, assert_exit, closed_port, declaration, ended, response},
};

/// The declaration is refused with all of these words, and no run was begun.
#[track_caller]
fn refused(place: &Place, words: &[&str]) {
    let output = place.run();
    assert_exit(&output, 2);
    let said = String::from_utf8_lossy(&output.stderr);
    for word in words.iter().chain(&["help:"]) {
        assert!(said.contains(word), "{word:?} is not in:\n{said}");
    }
    assert!(!place.path("out").exists(), "a refused declaration leaves no run");
}

#[test]
fn what_cannot_be_read_or_must_not_be_used_is_refused() {
    let good = declaration(closed_port());
    let place = Place::for_server(closed_port());
    for (text, words) in [
        (good.replace("\"test\"", "\"production\""), &["product.toml:3", "environment"][..]),
        (good.replace("search = \"Patient?_id=x\"", "bsn = \"123456782\""), &["product.toml", "testreeks"]),
        (good.replace("search = \"Patient?_id=x\"", "bsn = \"999900007\""), &["product.toml", "geldig BSN"]),
        (format!("{good}[trust]\nca = [{{ file = \"er-niet.pem\" }}]\n"), &["[trust] ca", "er-niet.pem"]),
        (
            format!(
                "{good}[hooks]\nlog_export = \"http://127.0.0.1:1/x\"\ntoken = {{ env = \"KEUR_BESTAAT_NIET\" }}\n"
            ),
            &["[hooks] token", "KEUR_BESTAAT_NIET"],
        ),
        (good.replace("http://127", "http://naam:wachtwoord@127"), &["product.toml", "wachtwoord"]),
        (format!("{good}["), &["product.toml"]),
    ] {
        place.declare(&text);
        refused(&place, words);
    }
    fs::remove_file(place.path("product.toml")).unwrap();
    refused(&place, &["product.toml", "keur init"]);
}

#[test]
fn a_port_in_use_is_named() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let place = Place::for_server(closed_port());
    let identity = format!("[identity]\njwks_listen = \"{address}\"\njwks_base = \"http://{address}\"\n");
    place.declare(&format!("{}{identity}", declaration(closed_port())));
    refused(&place, &["jwks_listen", &address.to_string()]);
}

#[test]
fn a_key_of_another_certificate_is_named() {
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let _running = Reference::start(&place.path("product.toml"));
    let files = place.path("product-bestanden");
    let of_party_b = fs::read(files.join("party-b.key")).unwrap();
    let original = fs::read(files.join("party-a.key")).unwrap();
    for (key, word) in [(of_party_b.as_slice(), "horen niet bij elkaar"), (b"geen sleutel", "PEM")] {
        fs::write(files.join("party-a.key"), key).unwrap();
        let mut command =
            command(&["run", "bgz-beschikbaarstellen", "--product", &place.text("product.toml")]);
        let output = ended(command.args(["--out", &place.text("out")]).spawn().unwrap());
        assert_exit(&output, 2);
        let said = String::from_utf8_lossy(&output.stderr);
        for word in ["party_a", "party-a.key", word, "help:"] {
            assert!(said.contains(word), "{word:?} is not in:\n{said}");
        }
        assert!(!said.contains(String::from_utf8_lossy(&original).lines().nth(1).unwrap()));
        assert!(!place.path("out").exists());
    }
}

/// An open server gives its data to every organisation: that is a finding, but none about a token.
#[test]
fn where_there_are_no_tokens_none_is_stolen() {
    let found = br#"{"resourceType":"Bundle","type":"searchset","total":1,"entry":[{"resource":{"resourceType":"Patient","id":"x"}}]}"#;
    let server = Server::answering(response("Content-Type: application/fhir+json\r\n", found));
    let place = Place { folder: tempfile::tempdir().unwrap() };
    let _certificates = Reference::start(&place.path("bron.toml"));
    let party = |letter: &str, ura: &str| {
        format!(
            "[identity.party_{letter}]\nclient_id = \"{letter}\"\nura = \"{ura}\"\ncertificate = {{ file = \"bron-bestanden/party-{letter}.pem\" }}\nkey = {{ file = \"bron-bestanden/party-{letter}.key\" }}\n"
        )
    };
    place.declare(&[declaration(server.address), party("a", "90000111"), party("b", "90000222")].join("\n"));
    let mut command = command(&["run", "nen7512", "--only", "WGZ-SEC-011,WGZ-SEC-012", "--quiet"]);
    command.args(["--product", &place.text("product.toml"), "--out", &place.text("out")]);
    assert_exit(&ended(command.spawn().unwrap()), 3);
    let result = place.result();
    let requirements = result["requirements"].as_array().unwrap();
    let cases: Vec<_> = requirements.iter().flat_map(|one| one["cases"].as_array().unwrap()).collect();
    assert!(cases.len() > 3, "{result:#}");
    for case in cases {
        assert_eq!(
            (&case["outcome"], &case["cause"]),
            (&"cant_tell".into(), &"not_declared".into()),
            "{case:#}"
        );
    }
}
