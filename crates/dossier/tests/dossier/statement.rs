//! Keys and statements: who may say what, and what is not accepted.

use std::fs;

use keur_dossier::{
    Envelope, PublicKey, Role, SigningKey, Statement,
    dates::parse_instant,
    keys::{Algorithm, KeyError, practice_key},
    statement::{
        Predicate, StatementError, Subject,
        predicate::{Conclusion, Evaluation, Review},
    },
};
use time::macros::date;

use crate::support::key;

fn review(at: &str) -> Statement {
    let review = Review { agrees: true, remarks: String::new(), signed_at: parse_instant(at).unwrap() };
    Statement::new(vec![Subject::of("evaluation", b"x")], Predicate::Review(review))
}

const AT: &str = "2026-11-22T10:00:00.000Z";

#[test]
fn a_signed_statement_opens_with_a_trusted_key_of_either_algorithm() {
    let folder = tempfile::tempdir().unwrap();
    for (name, algorithm) in [("ed", Algorithm::Ed25519), ("p256", Algorithm::EcdsaP256)] {
        let made = key(folder.path(), name, Role::Reviewer, algorithm);
        let reopened = SigningKey::open(&folder.path().join(name).with_extension("key")).unwrap();
        assert_eq!(made.public(), reopened.public());
        let envelope = Envelope::parse(&review(AT).sign(&reopened).unwrap().to_bytes()).unwrap();
        let signed = Statement::open(&envelope, &[made.public().clone()]).unwrap();
        assert_eq!((signed.statement, signed.key.role), (review(AT), Role::Reviewer));
    }
}

#[test]
fn each_refusal_has_its_own_name() {
    let folder = tempfile::tempdir().unwrap();
    let signer = key(folder.path(), "r", Role::Reviewer, Algorithm::Ed25519);
    let other = key(folder.path(), "l", Role::Laboratory, Algorithm::Ed25519);
    let trusted = [signer.public().clone(), other.public().clone()];
    let envelope = review(AT).sign(&signer).unwrap();
    assert!(matches!(
        Statement::open(&envelope, &trusted[1..]),
        Err(StatementError::UnknownKey(id)) if id == signer.public().id
    ));
    let mut changed = envelope.clone();
    changed.payload[10] ^= 1;
    assert!(matches!(Statement::open(&changed, &trusted), Err(StatementError::BadSignature)));
    assert!(matches!(review(AT).sign(&other), Err(StatementError::WrongRole { kind: "review", .. })));
    let payload = review(AT).to_bytes().unwrap();
    let wrong_role = Envelope::sign(payload.clone(), &other).unwrap();
    assert!(matches!(Statement::open(&wrong_role, &trusted), Err(StatementError::WrongRole { .. })));
    let late = review("2037-01-01T00:00:00.000Z");
    assert!(matches!(late.sign(&signer), Err(StatementError::KeyNotValid { .. })));
    let late = Envelope::sign(late.to_bytes().unwrap(), &signer).unwrap();
    assert!(matches!(Statement::open(&late, &trusted), Err(StatementError::KeyNotValid { .. })));
    let text = String::from_utf8(payload).unwrap();
    type Is = fn(&StatementError) -> bool;
    let changes: [(&str, &str, Is); 6] = [
        ("predicate/review/1", "predicate/review/2", |e| matches!(e, StatementError::UnknownVersion(_))),
        ("predicate/review/1", "predicate/verdict/1", |e| matches!(e, StatementError::UnknownType(_))),
        ("Statement/v1", "Statement/v2", |e| matches!(e, StatementError::UnknownType(_))),
        ("\"agrees\":true", "\"agrees\":true,\"more\":1", |e| matches!(e, StatementError::Parse(_))),
        ("\"agrees\":true", "\"agrees\": true", |e| matches!(e, StatementError::NotCanonical)),
        ("10:00:00.000Z", "10:00:00Z", |e| matches!(e, StatementError::NotCanonical)),
    ];
    for (from, to, expected) in changes {
        assert!(text.contains(from));
        let signed = Envelope::sign(text.replace(from, to).into_bytes(), &signer).unwrap();
        let error = Statement::open(&signed, &trusted).unwrap_err();
        assert!(expected(&error), "{from} → {to}: {error}");
    }
}

#[test]
fn an_envelope_has_one_form() {
    let folder = tempfile::tempdir().unwrap();
    let signer = key(folder.path(), "r", Role::Reviewer, Algorithm::Ed25519);
    let text = String::from_utf8(review(AT).sign(&signer).unwrap().to_bytes()).unwrap();
    let twice = text.replace("\"signatures\":[{", "\"signatures\":[{\"keyid\":\"\",\"sig\":\"\"},{");
    for changed in [
        format!("{text}\n"),
        text.replacen(':', ": ", 1),
        text.replace("in-toto+json", "in-toto+jsom"),
        text.replace("\"signatures\"", "\"more\":1,\"signatures\""),
        text.replace("\"sig\":\"", "\"sig\":\"="),
        twice,
        "{}".to_owned(),
    ] {
        assert!(Envelope::parse(changed.as_bytes()).is_err(), "{changed}");
    }
    assert!(Envelope::parse(&vec![b' '; (4 << 20) + 1]).is_err());
}

#[test]
fn a_private_key_is_its_owners_and_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("o.key");
    let first = key(folder.path(), "o", Role::Operator, Algorithm::Ed25519);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let again = SigningKey::create(
        &path,
        Algorithm::Ed25519,
        Role::Operator,
        first.public().holder.clone(),
        (date!(2026 - 01 - 01), date!(2027 - 01 - 01)),
    );
    assert!(matches!(again, Err(KeyError::Io { .. })));
    fs::remove_file(folder.path().join("o.pub")).unwrap();
    key(folder.path(), "p", Role::Operator, Algorithm::Ed25519);
    fs::copy(folder.path().join("p.pub"), folder.path().join("o.pub")).unwrap();
    assert!(matches!(SigningKey::open(&path), Err(KeyError::Pair { .. })));
    fs::write(&path, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n").unwrap();
    assert!(matches!(SigningKey::open(&path), Err(KeyError::Private { .. })));
}

#[test]
fn a_public_key_file_is_read_to_the_letter() {
    let folder = tempfile::tempdir().unwrap();
    let text = key(folder.path(), "o", Role::Operator, Algorithm::Ed25519).public().to_toml();
    assert_eq!(PublicKey::parse(&text).unwrap().to_toml(), text);
    for (from, to, told) in [
        ("keur/public-key", "keur/public-kee", "formaat"),
        ("version = \"1.0\"", "version = \"2.0\"", "versie"),
        ("role = \"operator\"", "role = \"owner\"", "regel 5"),
        ("2036-12-31", "2025-12-31", "voor `valid_from`"),
        ("2036-12-31", "31-12-2036", "JJJJ-MM-DD"),
        ("id = \"sha256:", "id = \"sha256:0", "hoort niet bij"),
        ("ed25519", "ecdsa-p256", "geen sleutel van dit"),
        ("[holder]", "extra = 1\n[holder]", "extra"),
    ] {
        let error = PublicKey::parse(&text.replacen(from, to, 1)).unwrap_err();
        assert!(error.contains(told), "{from} → {to}: {error}");
    }
}

#[test]
fn the_practice_key_follows_from_the_head_and_signs_practice_only() {
    let (one, again, other) = (practice_key("aa"), practice_key("aa"), practice_key("ab"));
    assert_eq!(one.public(), again.public());
    assert_ne!(one.public().id, other.public().id);
    assert_eq!(one.public().role, Role::Practice);
    let evaluation = Evaluation {
        remarks: Vec::new(),
        conclusion: Conclusion::Recommend,
        signed_at: parse_instant(AT).unwrap(),
    };
    for statement in
        [review(AT), Statement::new(vec![Subject::of("x", b"")], Predicate::Evaluation(evaluation))]
    {
        assert!(matches!(statement.sign(&one), Err(StatementError::WrongRole { .. })));
    }
}
