//! `product.toml`.

use keur_catalogue::{
    Product,
    product::{Patient, Secret, SenderConstraint, SignatureForm},
};

use crate::support::{one, told};

const GOOD: &str = include_str!("product.toml");

const OPEN: &str = r#"format = "keur/product"
version = "1.0"
environment = "test"
[product]
vendor = "V"
name = "N"
version = "1"
roles = ["bron"]
[endpoints]
fhir_base = "http://localhost:8080/fhir/"
[patients.complete]
search = "Patient?identifier=x|1"
"#;

fn parse(text: &str) -> Result<Product, keur_catalogue::Problems> {
    Product::parse("product.toml", text)
}

fn changed(from: &str, to: &str) -> Result<Product, keur_catalogue::Problems> {
    assert!(GOOD.contains(from), "nothing to change: {from}");
    parse(&GOOD.replacen(from, to, 1))
}

#[test]
fn a_complete_declaration_is_read() {
    let product = parse(GOOD).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(product.about.kvk.as_deref(), Some("00000000"));
    assert_eq!(product.endpoints.fhir_base, "https://127.0.0.1:8443/90000382/fhir");
    let oauth = product.oauth.as_ref().expect("oauth");
    assert_eq!((oauth.sender_constraint, oauth.jwks_max_age_s), (SenderConstraint::Dpop, 60));
    let party = product.identity.party_a.as_ref().expect("party A");
    assert_eq!(party.key, Some(Secret::File("party-a.key".to_owned())));
    assert!(product.identity.rotating.as_ref().is_some_and(|party| party.next_signing_key.is_some()));
    assert!(product.identity.hostile.revoked.is_some());
    assert_eq!(product.trust, [Secret::File("ca.pem".to_owned())]);
    assert_eq!(product.hooks.token, Some(Secret::Env("KEUR_HOOK".to_owned())));
    assert_eq!(product.claim_lines(), ["person = none"]);
    let declared = product.declared_bsns();
    assert_eq!(declared.len(), 7);
    assert!(declared.is_sorted() && declared.contains(&"999900080"));
}

#[test]
fn an_open_server_needs_little() {
    let product = parse(OPEN).unwrap_or_else(|problems| panic!("{problems}"));
    assert_eq!(product.endpoints.fhir_base, "http://localhost:8080/fhir");
    assert_eq!(product.patients.complete, Some(Patient::Search("Patient?identifier=x|1".to_owned())));
    assert!(product.oauth.is_none() && product.declared_bsns().is_empty());
}

#[test]
fn each_fault_is_told_in_dutch_with_place_and_remedy() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("environment = \"test\"", "environment = \"productie\"", &["product.toml:3:15", "geweigerd"]),
        ("fhir_base = \"https", "fhir_base = \"ftp", &["`fhir_base` is geen http- of https-adres", "help:"]),
        ("fhir_base = \"https", "fhir_bas = \"https", &["bedoelde u `fhir_base`?"]),
        (
            "key = { file = \"party-a.key\" }",
            "key = \"-----BEGIN GEHEIM\"",
            &["letterlijke waarde", "{ file ="],
        ),
        ("{ env = \"KEUR_HOOK\" }", "{ env = \"A\", file = \"b\" }", &["precies een van `env` en `file`"]),
        ("{ env = \"KEUR_HOOK\" }", "{ value = \"b\" }", &["precies een van"]),
        ("999900006", "999900007", &["geen geldig BSN", "elfproef"]),
        ("999900006", "123456782", &["geweigerd", "9999xxxxx"]),
        ("999900018", "999900006", &["`other` is dezelfde als `complete`"]),
        ("bsn = \"999900006\"", "bsm = \"999900006\"", &["`complete`"]),
        ("ura = \"90000111\"", "ura = \"9000011\"", &["acht cijfers"]),
        ("\"dpop\"", "\"dpopp\"", &["kies uit: dpop, mtls, none"]),
        ("jwks_max_age_s = 60", "jwks_max_age_s = -1", &["heel getal"]),
        ("jwks_listen = \"127.0.0.1:8099\"", "jwks_listen = \"hier\"", &["127.0.0.1:8099"]),
        ("jwks_listen = \"127.0.0.1:8099\"\n", "", &["horen bij elkaar"]),
        ("roles = [\"bron\"]", "roles = []", &["noemt geen rol"]),
        ("kvk = \"00000000\"", "kvk = 0", &["`kvk` in [product] moet tekst zijn"]),
        ("vendor = \"Keur\"", "vendor = \"\"", &["product.toml:7:10", "is leeg"]),
        ("name = \"Referentie\"\n", "", &["product.toml:6", "`name` in [product] ontbreekt"]),
        ("person = \"none\"", "person = true", &["`person` in [claims] moet tekst zijn"]),
        ("client_id = \"keur-a\"\n", "", &["`client_id` in [identity.party_a]"]),
        ("token_endpoint = ", "documentation = ", &["vraagt om `token_endpoint`"]),
    ];
    for (from, to, words) in rows {
        let mut result = changed(from, to);
        // A misspelt key is also a missing one: look at the one meant here.
        if let Err(problems) = &mut result
            && problems.0.len() > 1
        {
            problems.0.retain(|problem| words.iter().all(|word| problem.to_string().contains(word)));
        }
        one(result, words);
    }
}

#[test]
fn a_secret_or_bsn_is_never_repeated() {
    let result = changed("key = { file = \"party-a.key\" }", "key = \"GEHEIM\"");
    assert!(!told(result).concat().contains("GEHEIM"));
    assert!(!told(changed("999900006", "123456782")).concat().contains("123456782"));
}

#[test]
fn all_problems_come_at_once() {
    let text = GOOD.replace("\"test\"", "\"x\"").replace("999900006", "1").replace("\"00000000\"", "\"1\"");
    assert_eq!(told(parse(&text)).len(), 3);
    let told = told(parse(""));
    for needed in ["`format`", "`version`", "`environment`", "[endpoints]"] {
        assert!(told.iter().any(|line| line.contains(needed)), "{needed}: {told:#?}");
    }
}

/// Enough for the TLS of a server.
#[test]
fn what_is_shielded_is_known_by_marks_that_are_long_enough() {
    let with = |marks: &str| {
        changed("[patients.restricted]\n", &format!("[patients.restricted]\nshielded = [{marks}]\n"))
    };
    assert_eq!(
        with("\" prb-1 \", \"hiv-remmer\"").expect("a product").patients.shielded,
        ["prb-1", "hiv-remmer"]
    );
    one(with("\"hiv\""), &["dit kenmerk in `shielded` is te kort", "vier tekens"]);
    assert!(parse(GOOD).expect("a product").patients.shielded.is_empty());
    let elsewhere = changed("[patients.other]\n", "[patients.other]\nshielded = [\"prb-1\"]\n");
    assert!(!told(elsewhere).is_empty());
}

#[test]
fn an_address_alone_is_a_declaration() {
    let head = "format = \"keur/product\"\nversion = \"1.0\"\nenvironment = \"test\"\n";
    let product =
        parse(&format!("{head}[endpoints]\nfhir_base = \"https://bron.example\"\n")).expect("enough");
    assert_eq!(product.about.roles, ["bron"]);
    assert_eq!(product.patients.complete, None);
}

#[test]
fn what_is_not_toml_is_told_with_its_place() {
    let told = told(parse("format = keur/product\n"));
    assert!(told[0].starts_with("product.toml:1:"), "{told:#?}");
    assert!(told[0].contains("geen geldige TOML"));
}

#[test]
fn sections_of_a_wrong_kind_are_told() {
    one(parse(&format!("hooks = 1\n{OPEN}")), &["product.toml:1:9", "`hooks` moet een tabel zijn"]);
    one(
        parse(&OPEN.replace("roles = [\"bron\"]", "roles = \"bron\"")).map_err(first),
        &["lijst van teksten"],
    );
}

#[test]
fn signed_messages_need_a_form_and_a_detached_one_a_header() {
    let with =
        |lines: &str| parse(&format!("{OPEN}[signing]\nmessage = \"https://x.example/bericht\"\n{lines}\n"));
    let signing = with("forms = [\"detached\"]\nheader = \"X-JWS-Signature\"").expect("a product").signing;
    assert_eq!(signing.map(|signing| signing.forms), Some(vec![SignatureForm::Detached]));
    one(with("forms = [\"detached\"]"), &["`header` in [signing]"]);
    one(with("forms = []"), &["`forms` in [signing] noemt geen vorm"]);
    one(with("forms = [\"compact\", \"xml\"]"), &["onbekende vorm", "compact"]);
}

/// The first problem only.
fn first(mut problems: keur_catalogue::Problems) -> keur_catalogue::Problems {
    problems.0.truncate(1);
    problems
}
