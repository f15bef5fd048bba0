//! What is taken out, what stays, and that a planted secret never survives.

use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_STANDARD_NO_PAD, BASE64_URL_SAFE, BASE64_URL_SAFE_NO_PAD},
};
use proptest::prelude::*;

use super::*;

const CANARY: &str = "K4narie/geheim+9 \"z\"";
const JWT: &str = "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJrZXVyLWEifQ.c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";
const SIGNATURE: &str = "c2lnbmF0dXJlLW9mLXRoZS10b2tlbg";
const UNSIGNED: &str = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJrZXVyLWEifQ.";

fn redactor() -> Redactor {
    Redactor::new(&[CANARY.to_owned()], [7; 32])
}

#[test]
fn a_jwt_keeps_header_and_claims_and_loses_its_signature() {
    let redactor = redactor();
    let claims = &JWT[..JWT.len() - SIGNATURE.len()];
    for text in [
        JWT.to_owned(),
        format!("https://bron/oauth?client_assertion={JWT}&x=1"),
        format!("{{\"client_assertion\":\"{JWT}\"}}"),
        format!("{{\"access_token\":\"{JWT}\"}}"),
        format!("fout: ongeldig token {JWT}."),
        format!("fout: ongeldig token {JWT}......"),
        format!("({JWT}, {JWT})"),
        format!("{{\\\"access_token\\\":\\\"{JWT}\\\"}}"),
    ] {
        let kept = redactor.text(&text);
        assert!(!kept.contains(SIGNATURE), "{kept}");
        assert!(kept.contains(claims) && kept.contains("$KEUR_SIGNATURE:"), "{kept}");
    }
    for (name, value) in [("Authorization", format!("DPoP {JWT}")), ("DPoP", JWT.to_owned())] {
        let kept = redactor.header(name, &value);
        assert!(!kept.contains(SIGNATURE) && kept.contains(claims), "{kept}");
    }
}

#[test]
fn an_encrypted_token_loses_all_that_matters() {
    let kept = redactor().text("eyJhbGciOiJSU0EifQ.c2xldXRlbA.aXY.Y2lwaGVydGV4dA.dGFnLXRhZw");
    assert!(!kept.contains("Y2lwaGVydGV4dA") && !kept.contains("dGFnLXRhZw"), "{kept}");
}

#[test]
fn an_unsigned_token_stays_as_it_is() {
    let redactor = redactor();
    assert_eq!(redactor.text(UNSIGNED), UNSIGNED);
    assert_eq!(redactor.header("Authorization", &format!("Bearer {UNSIGNED}")), format!("Bearer {UNSIGNED}"));
}

#[test]
fn values_of_telling_names_go() {
    let redactor = redactor();
    for text in [
        r#"{"access_token":"op4ak-t0ken"}"#,
        r#"{"access_token" : "op4ak-t0ken","expires_in":300}"#,
        "{\n  \"client_secret\":\n    \"op4ak-t0ken\"\n}",
        r#"{"password":"op4ak\"-t0ken","x":1}"#,
        r#"{"password":"op4ak-t0ken\\","x":1}"#,
        r#"{"log":"{\"refresh_token\":\"op4ak-t0ken\",\"x\":1}"}"#,
        r#"{"log":"{\"password\":\"op4ak\\\"-t0ken\",\"x\":1}"}"#,
        r#"{"id_token":"op4ak-t0ken"#,
        "grant_type=x&client_secret=op4ak-t0ken&y=1",
        "https://bron/cb#access_token=op4ak-t0ken",
        "<a href=\"?code_verifier=op4ak-t0ken\">",
        r#"{"kty":"EC","crv":"P-256","d":"op4ak-t0ken","x":"publiek"}"#,
        r#"{"keys":[{"d":"op4ak-t0ken","kty":"EC"}]}"#,
        r#"{"kty":"oct","k":"op4ak-t0ken"}"#,
    ] {
        let kept = redactor.text(text);
        assert!(!kept.contains("t0ken") && !kept.contains("op4ak"), "{kept}");
        assert!(kept.contains("$KEUR_TOKEN:"), "{kept}");
    }
    let kept = redactor.text(r#"{"password":"op4ak\"-t0ken","x":1}"#);
    assert!(serde_json::from_str::<serde_json::Value>(&kept).unwrap()["x"] == 1, "{kept}");
    let public = r#"{"kty":"EC","crv":"P-256","x":"publiek","y":"ook"}"#;
    assert_eq!(redactor.text(public), public);
}

#[test]
fn secret_headers_go() {
    let redactor = redactor();
    for (name, value, kept) in [
        ("authorization", "Bearer op4ak", "Bearer $KEUR_TOKEN:"),
        ("Authorization", "Basic b3A0YWs6b3A0YWs=", "Basic $KEUR_TOKEN:"),
        ("Proxy-Authorization", "op4ak", "$KEUR_TOKEN:"),
        ("Cookie", "sid=op4ak; ook=op4ak", "sid=$KEUR_COOKIE:"),
        ("Set-Cookie", "sid=op4ak; Path=/; Secure", "sid=$KEUR_COOKIE:"),
        ("X-API-Key", "op4ak", "$KEUR_TOKEN:"),
    ] {
        let text = redactor.header(name, value);
        assert!(text.starts_with(kept) && !text.contains("op4ak") && !text.contains("b3A0YWs"), "{text}");
    }
    assert!(redactor.header("Set-Cookie", "sid=op4ak; Path=/; Secure").ends_with("; Path=/; Secure"));
    assert_eq!(redactor.header("Accept", "application/json"), "application/json");
}

#[test]
fn private_keys_go_and_the_rest_stays() {
    let redactor = redactor();
    let key = "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIGVlbg==\n-----END EC PRIVATE KEY-----";
    let certificate = "-----BEGIN CERTIFICATE-----\nMIIBcert\n-----END CERTIFICATE-----";
    for text in [
        format!("voor\n{certificate}\n{key}\nna"),
        format!("voor {} na", key.replace('\n', "\\n")),
        format!(
            "{{\"cert\":\"{0}\",\"key\":\"{1}\",\"x\":\"na\"}}",
            certificate.replace('\n', "\\n"),
            key.replace('\n', "\\n")
        ),
        format!("{key}{key} na"),
    ] {
        let kept = redactor.text(&text);
        assert!(!kept.contains("MHcCAQEE") && kept.contains("$KEUR_KEY:") && kept.contains("na"), "{kept}");
        assert_eq!(kept.contains("MIIBcert"), text.contains("MIIBcert"), "{kept}");
    }
    let cut = redactor.text("-----BEGIN PRIVATE KEY-----\nMHcCAQEE");
    assert!(!cut.contains("MHcCAQEE"), "{cut}");
}

#[test]
fn equal_secrets_have_equal_marks_and_runs_do_not_share_them() {
    let redactor = redactor();
    let one = redactor.text(&format!("a {CANARY}"));
    assert_eq!(one.trim_start_matches("a "), redactor.text(&format!("b {CANARY}")).trim_start_matches("b "));
    assert_ne!(redactor.header("cookie", "a=1"), redactor.header("cookie", "a=2"));
    assert_ne!(one, Redactor::new(&[CANARY.to_owned()], [8; 32]).text(&format!("a {CANARY}")));
}

#[test]
fn issued_tokens_are_known_from_then_on() {
    let redactor = redactor();
    assert!(redactor.text("x op4ak-t0ken y").contains("op4ak-t0ken"));
    redactor.learn_token("op4ak-t0ken");
    redactor.learn_token(JWT);
    redactor.learn_token(UNSIGNED);
    redactor.learn_token("kort");
    let kept = redactor.text(&format!("x op4ak-t0ken y {SIGNATURE} {UNSIGNED} kort"));
    assert!(!kept.contains("op4ak-t0ken") && !kept.contains(SIGNATURE), "{kept}");
    assert!(kept.ends_with(&format!("{UNSIGNED} kort")), "{kept}");
}

#[test]
fn a_body_that_is_no_text_loses_its_secrets_too() {
    let redactor = redactor();
    let mut body = vec![0xff, 0x00, 0xc3];
    body.extend_from_slice(format!("{CANARY} {{\"access_token\":\"op4ak\"}} {JWT}").as_bytes());
    body.extend_from_slice(&[0xfe, 0x80]);
    let kept = redactor.body(&body);
    let text = String::from_utf8_lossy(&kept);
    assert!(!text.contains(CANARY) && !text.contains("op4ak") && !text.contains(SIGNATURE), "{text}");
    assert!(kept.starts_with(&[0xff, 0x00, 0xc3]) && kept.ends_with(&[0xfe, 0x80]));
    let binary: Vec<u8> = (0..=255).collect();
    assert_eq!(redactor.body(&binary), binary);
}

#[test]
fn hostile_text_ends_in_time() {
    let redactor = redactor();
    for text in [
        "eyJ".repeat(200_000),
        "-----BEGIN ".repeat(50_000),
        "\"password\":\"".repeat(50_000),
        "\\\"kty\\\"\"d\":".repeat(50_000),
    ] {
        let began = std::time::Instant::now();
        let _ = redactor.text(&text);
        assert!(began.elapsed().as_secs() < 20, "{} took {:?}", &text[..10], began.elapsed());
    }
}

/// The canary as it may come over the wire.
fn encodings() -> Vec<String> {
    let json = serde_json::to_string(CANARY).unwrap();
    let json = json[1..json.len() - 1].to_owned();
    let percent: String = CANARY
        .bytes()
        .map(|b| if b.is_ascii_alphanumeric() { char::from(b).to_string() } else { format!("%{b:02X}") })
        .collect();
    vec![
        CANARY.to_owned(),
        json.replace('/', "\\/"),
        json,
        percent.to_lowercase().replace("k4", "K4"),
        percent,
        url::form_urlencoded::byte_serialize(CANARY.as_bytes()).collect(),
        to_hex(CANARY.as_bytes()),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_planted_canary_never_survives(
        before in "[ -~é\\n]{0,40}",
        after in "[ -~é\\n]{0,40}",
        form in 0_usize..7,
        junk in proptest::collection::vec(any::<u8>(), 0..8),
    ) {
        let redactor = redactor();
        let planted = encodings()[form].clone();
        let text = format!("{before}{planted}{after}");
        prop_assert!(!redactor.text(&text).contains(&planted));
        for name in ["authorization", "cookie", "x-request-id", "location"] {
            prop_assert!(!redactor.header(name, &text).contains(&planted));
        }
        let mut body = junk.clone();
        body.extend_from_slice(text.as_bytes());
        body.extend_from_slice(&junk);
        let kept = redactor.body(&body);
        prop_assert!(!String::from_utf8_lossy(&kept).contains(&planted));
    }

    #[test]
    fn base64_of_anything_around_it_does_not_carry_it(
        before in "[a-zA-Z:]{0,9}",
        after in "[a-zA-Z:]{0,9}",
        engine in 0_usize..4,
    ) {
        let text = format!("{before}{CANARY}{after}");
        let packed = match engine {
            0 => BASE64_STANDARD.encode(&text),
            1 => BASE64_STANDARD_NO_PAD.encode(&text),
            2 => BASE64_URL_SAFE.encode(&text),
            _ => BASE64_URL_SAFE_NO_PAD.encode(&text),
        };
        let kept = redactor().text(&format!("x={packed}&y"));
        // At most the bits it shares with its neighbours stay: fewer than two bytes at either end.
        let middle = &CANARY[2..CANARY.len() - 2];
        for skip in 0..4 {
            let tail: String = kept.chars().skip(2 + skip).take_while(|c| *c != '&' && *c != '=').collect();
            let unpacked = BASE64_URL_SAFE_NO_PAD.decode(tail.replace('+', "-").replace('/', "_")).unwrap_or_default();
            prop_assert!(!String::from_utf8_lossy(&unpacked).contains(middle));
        }
        prop_assert!(kept.contains("$KEUR_SECRET:"));
    }
}

#[test]
fn what_is_left_is_found_and_what_was_redacted_is_not() {
    let redactor = redactor();
    let opaque = "Bearer 2YotnFZFEjr1zCsicMWpAA";
    let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQ==\n-----END PRIVATE KEY-----";
    for secret in [opaque, pem, JWT] {
        assert!(residue(format!("x {secret} y").as_bytes()).is_some(), "{secret}");
    }
    for clean in [
        UNSIGNED,
        "Bearer error=\"invalid_token\", realm=\"x\"",
        "DPoP algs=\"ES256\"",
        "Bearer token ontbreekt",
    ] {
        assert_eq!(residue(clean.as_bytes()), None, "{clean}");
    }
    assert_eq!(residue(redactor.text(&format!("{JWT} {pem}")).as_bytes()), None);
    assert_eq!(residue(redactor.header("authorization", opaque).as_bytes()), None);
    assert_eq!(residue(redactor.header("authorization", &format!("DPoP {JWT}")).as_bytes()), None);
}
