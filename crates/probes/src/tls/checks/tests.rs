//! The checks on TLS facts hold, are violated, and stay undecided where they should.

use keur_evidence::event::CheckOutcome;
use rcgen::{CertificateParams, KeyPair};

use super::{
    super::server_hello::tests::{hello_record, raw},
    *,
};

const HOLDS: CheckOutcome = CheckOutcome::Holds;
const VIOLATED: CheckOutcome = CheckOutcome::Violated;
const SILENT: CheckOutcome = CheckOutcome::NotEvaluable(Reason::Timeout);
const ELSEWHERE: CheckOutcome = CheckOutcome::NotEvaluable(Reason::Environment);

fn alert(description: u8) -> Raw {
    raw(&[21, 3, 3, 0, 2, 2, description], true)
}

fn hello(version: u16, suite: u16, compression: u8) -> Raw {
    raw(&hello_record(version, suite, compression, &[]), false)
}

fn failed(failure: Failure) -> Shake {
    ("o-1".to_owned(), Err(Transport { failure, message: "test".to_owned() }))
}

fn shake(version: &str, early_data: bool, chain: Vec<Vec<u8>>) -> Shake {
    let shake = Handshake {
        id: "o-1".to_owned(),
        version: version.to_owned(),
        suite: String::new(),
        group: String::new(),
        alpn: String::new(),
        chain,
        early_data,
    };
    ("o-1".to_owned(), Ok(shake))
}

#[test]
fn an_old_version_must_be_refused() {
    assert_eq!(version_refused(&alert(70), 0x0301).outcome, HOLDS);
    assert_eq!(version_refused(&raw(&[], true), 0x0301).outcome, HOLDS);
    assert_eq!(version_refused(&raw(&[], false), 0x0301).outcome, SILENT);
    assert_eq!(version_refused(&raw(b"HTTP/1.1", true), 0x0301).outcome, ELSEWHERE);
    let agreed = version_refused(&hello(0x0301, 0x002F, 0), 0x0302);
    assert_eq!(agreed.outcome, VIOLATED);
    assert_eq!(agreed.observed, "het product gaat mee met TLS 1.0 en TLS_RSA_WITH_AES_128_CBC_SHA");
    assert_eq!(version_refused(&hello(0x0303, 0xC02B, 0), 0x0302).outcome, ELSEWHERE);
}

#[test]
fn weak_suites_must_be_refused() {
    assert_eq!(suites_refused(&alert(40), "RC4").outcome, HOLDS);
    assert_eq!(suites_refused(&hello(0x0303, 0x0005, 0), "RC4").outcome, VIOLATED);
    assert_eq!(suites_refused(&raw(&[], false), "RC4").outcome, SILENT);
}

#[test]
fn the_control_is_met_by_an_answer_only() {
    assert_eq!(answers_hello(&hello(0x0303, 0xC02B, 0)).outcome, HOLDS);
    assert_eq!(answers_hello(&alert(70)).outcome, HOLDS);
    assert_eq!(answers_hello(&alert(40)).outcome, ELSEWHERE);
    assert_eq!(answers_hello(&raw(&[], true)).outcome, ELSEWHERE);
}

#[test]
fn compression_must_stay_off() {
    assert_eq!(no_compression(&hello(0x0303, 0xC02B, 0)).outcome, HOLDS);
    assert_eq!(no_compression(&alert(47)).outcome, HOLDS);
    assert_eq!(no_compression(&hello(0x0303, 0xC02B, 1)).outcome, VIOLATED);
    assert_eq!(no_compression(&raw(&[], false)).outcome, SILENT);
}

#[test]
fn renegotiation_must_be_secure() {
    let promise = raw(&hello_record(0x0303, 0xC02B, 0, &[0xFF, 0x01, 0, 1, 0]), false);
    assert_eq!(secure_renegotiation(&promise).outcome, HOLDS);
    assert_eq!(secure_renegotiation(&alert(70)).outcome, HOLDS);
    assert_eq!(secure_renegotiation(&hello(0x0303, 0xC02B, 0)).outcome, VIOLATED);
    assert_eq!(secure_renegotiation(&alert(40)).outcome, ELSEWHERE);
}

#[test]
fn early_data_must_be_off() {
    assert_eq!(no_early_data(&shake("TLSv1_3", false, Vec::new())).outcome, HOLDS);
    assert_eq!(no_early_data(&shake("TLSv1_3", true, Vec::new())).outcome, VIOLATED);
    assert_eq!(no_early_data(&failed(Failure::TlsRefused)).outcome, HOLDS);
    assert_eq!(no_early_data(&failed(Failure::Timeout)).outcome, SILENT);
}

#[test]
fn one_modern_version_is_enough() {
    let (old, new) = (shake("TLSv1_2", false, Vec::new()), shake("TLSv1_3", false, Vec::new()));
    let both = modern_version_works(&[old.clone(), new]);
    assert_eq!((both.outcome, both.observed.as_str()), (HOLDS, "TLS 1.2 en TLS 1.3"));
    assert_eq!(modern_version_works(&[old, failed(Failure::TlsRefused)]).outcome, HOLDS);
    let refused = [failed(Failure::TlsRefused), failed(Failure::TlsRefused)];
    assert_eq!(modern_version_works(&refused).outcome, VIOLATED);
    let unclear = [failed(Failure::TlsRefused), failed(Failure::Connect)];
    assert_eq!(modern_version_works(&unclear).outcome, ELSEWHERE);
    assert_eq!(modern_version_works(&[]).outcome, VIOLATED);
}

#[test]
fn trust_is_a_matter_of_the_certificate() {
    assert_eq!(trusted(&shake("TLSv1_3", false, vec![Vec::new()])).outcome, HOLDS);
    assert_eq!(trusted(&failed(Failure::TlsUntrusted)).outcome, VIOLATED);
    assert_eq!(trusted(&failed(Failure::Connect)).outcome, ELSEWHERE);
}

fn violated(names: &[&str], change: impl FnOnce(&mut CertificateParams), host: &str) -> Vec<String> {
    let mut params = CertificateParams::new(names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
        .expect("names");
    change(&mut params);
    let der = params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate");
    let (_, shake) = shake("TLSv1_3", false, vec![der.der().to_vec()]);
    let checks = certificates(&shake.expect("made"), host, OffsetDateTime::now_utc());
    checks.into_iter().filter(|check| !check.holds()).map(|check| check.observed).collect()
}

#[test]
fn the_certificate_must_fit() {
    assert_eq!(violated(&["bron.example"], |_| {}, "bron.example"), Vec::<String>::new());
    assert_eq!(violated(&["bron.example"], |_| {}, "ander.example"), ["bron.example"]);
    assert_eq!(violated(&["bron.example", "*.example"], |_| {}, "bron.example"), ["*.example"]);
    let expired = |params: &mut CertificateParams| {
        params.not_before = OffsetDateTime::UNIX_EPOCH;
        params.not_after = OffsetDateTime::UNIX_EPOCH + time::Duration::DAY;
    };
    let found = violated(&["bron.example"], expired, "bron.example");
    assert!(found.len() == 1 && found[0].contains("1970-01-02"), "{found:?}");
}

#[test]
fn a_chain_that_cannot_be_read_is_a_finding() {
    let (_, broken) = shake("TLSv1_3", false, vec![vec![1, 2, 3]]);
    let checks = certificates(&broken.expect("made"), "bron.example", OffsetDateTime::now_utc());
    assert_eq!(checks.len(), 1);
    assert_eq!(checks[0].outcome, VIOLATED);
}

#[test]
fn short_keys_are_weak() {
    assert!(strong(&Key::Rsa(2048)) && strong(&Key::Curve(256)));
    assert!(
        !strong(&Key::Rsa(1024)) && !strong(&Key::Curve(224)) && !strong(&Key::Other("1.2.3".to_owned()))
    );
}
