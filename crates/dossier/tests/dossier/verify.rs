//! A sound bundle verifies; a bundle in which one byte was changed does not, whichever byte.

use std::fs;

use keur_dossier::{
    Bundle, PublicKey, Role, Statement,
    bundle::{add_statement, pack},
    dates::parse_instant,
    keys::{Algorithm, SigningKey},
    statement::{
        Predicate, Subject,
        predicate::{
            Artefact, Attestation, Basis, By, Conclusion, Decision, DecisionOutcome, Declaration, Evaluation,
            Found, Review, Scope, Waiver,
        },
    },
    verify::{Options, Outcome, page, verify, verify_bytes},
};
use keur_evidence::event::Event;
use time::{Duration, OffsetDateTime};

use crate::support::{Again, REQUIREMENT, Setup, assert_valid, broken, key, known, run, verify_with};

fn practice() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("run");
    run(&place, &Setup::default());
    let out = folder.path().join("uit.keur");
    pack(&place, None, &out).unwrap();
    fs::read(&out).unwrap()
}

#[test]
fn a_practice_bundle_verifies_and_says_what_it_does_not_prove() {
    let verification = verify_with(practice(), &[], None);
    assert_valid(&verification);
    assert_eq!(verification.steps.len(), 13);
    let signatures = verification.steps.iter().find(|step| step.step == "V4").unwrap();
    assert_eq!(signatures.outcome, Outcome::Note);
    assert!(signatures.notes[0].contains("bewijst niet wie"));
    let page = page(&verification);
    assert!(page.lines().count() <= 40 && page.trim_end().ends_with("CONFORM"), "{page}");
    let json = serde_json::to_value(&verification).unwrap();
    assert_eq!((&json["format"], &json["valid"]), (&"keur/verification".into(), &true.into()));
}

#[test]
fn every_flipped_byte_is_found() {
    let bytes = practice();
    let half = bytes.len() / 2;
    let check = |range: std::ops::Range<usize>| {
        for at in range {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << (at % 8);
            let verification = verify_with(changed, &[], None);
            assert!(!verification.valid && verification.broken().is_some(), "byte {at} can be changed");
        }
    };
    std::thread::scope(|scope| {
        scope.spawn(|| check(0..half));
        scope.spawn(|| check(half..bytes.len()));
    });
}

/// A signed exam with every kind of statement, and the keys.
struct Full {
    folder: tempfile::TempDir,
    keys: Vec<SigningKey>,
    run: Vec<u8>,
}

const ROLES: [Role; 7] = Role::PEOPLE;

impl Full {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("run");
        run(&place, &Setup { mode: "exam", ..Setup::default() });
        let keys = ROLES.map(|role| key(folder.path(), role.as_str(), role, Algorithm::Ed25519)).into();
        let mut full = Self { folder, keys, run: Vec::new() };
        full.run = full.pack();
        full
    }

    fn key(&self, role: Role) -> &SigningKey {
        self.keys.iter().find(|key| key.public().role == role).unwrap()
    }

    fn trust(&self) -> Vec<PublicKey> {
        self.keys.iter().map(|key| key.public().clone()).collect()
    }

    fn pack(&self) -> Vec<u8> {
        let out = self.folder.path().join("uit.keur");
        pack(&self.folder.path().join("run"), Some(self.key(Role::Operator)), &out).unwrap();
        fs::read(&out).unwrap()
    }

    fn bundle(&self) -> Bundle {
        Bundle::open(&self.folder.path().join("uit.keur")).unwrap()
    }

    /// Signs, adds to the folder, and returns the envelope's bytes.
    fn add(&self, role: Role, subject: Vec<Subject>, predicate: Predicate) -> Vec<u8> {
        let envelope = Statement::new(subject, predicate).sign(self.key(role)).unwrap();
        add_statement(&self.folder.path().join("run"), &envelope, self.key(role).public()).unwrap();
        envelope.to_bytes()
    }

    fn remove_statements(&self) {
        fs::remove_dir_all(self.folder.path().join("run/statements")).unwrap();
    }

    fn run_subject(&self) -> Subject {
        let manifest = self.bundle().manifest().clone();
        Subject::run(&manifest.run, &manifest.journal_head)
    }
}

fn now() -> OffsetDateTime {
    parse_instant(&keur_dossier::dates::instant_text(OffsetDateTime::now_utc())).unwrap()
}

fn by() -> By {
    By { name: "A".to_owned(), organisation: "B".to_owned(), role: "assessor".to_owned() }
}

fn scope() -> Scope {
    let [vendor, name, version, profile] = ["Leverancier", "Bron", "1", "proef"].map(str::to_owned);
    Scope { vendor, name, version, profile }
}

fn attestation() -> Attestation {
    Attestation {
        requirement: REQUIREMENT.to_owned(),
        outcome: Found::Satisfied,
        statement: "gezien".to_owned(),
        basis: Basis::Demonstration,
        by: by(),
        witnessed: true,
        date: now().date(),
        expires: now().date() + Duration::days(365),
        scope: scope(),
        artefacts: Vec::new(),
        signed_at: now(),
    }
}

fn waiver() -> Waiver {
    Waiver {
        requirement: REQUIREMENT.to_owned(),
        scope: Scope { version: "*".to_owned(), ..scope() },
        reason: "overgang".to_owned(),
        granted: now().date() - Duration::days(1),
        expires: now().date() + Duration::days(1),
        artefacts: Vec::new(),
        by: by(),
        signed_at: now(),
    }
}

#[test]
fn a_signed_exam_with_every_kind_of_statement_verifies() {
    let full = Full::new();
    assert_valid(&verify_with(full.run.clone(), &full.trust(), None));
    let screenshot = b"beeld".to_vec();
    let sha256 = Subject::of("x", &screenshot).digest.sha256;
    fs::write(full.folder.path().join("run/blobs/sha256").join(&sha256), &screenshot).unwrap();
    let artefacts = vec![Artefact { title: "beeld".to_owned(), sha256: sha256.clone(), blob: true }];
    let attested = Attestation { artefacts, ..attestation() };
    let bundle = full.bundle();
    let Event::RunStarted(started) = &bundle.journal().unwrap()[0].event else { panic!("no start") };
    let declaration = Declaration { product: started.product.clone(), claims: Vec::new(), signed_at: now() };
    let declared = Subject::declaration(&started.product.declaration_digest);
    full.add(Role::Vendor, vec![declared], Predicate::Declaration(declaration));
    let attested = full.add(Role::Assessor, vec![full.run_subject()], Predicate::Attestation(attested));
    let waiver = waiver();
    let subject = Subject::waiver(&waiver.requirement, &waiver.scope);
    full.add(Role::SchemeOwner, vec![subject], Predicate::Waiver(waiver));
    full.pack();
    let manifest = Subject::of("manifest.json", &full.bundle().manifest().to_bytes());
    let evaluation = Evaluation { remarks: Vec::new(), conclusion: Conclusion::Recommend, signed_at: now() };
    let considered = vec![manifest, Subject::of("attestation", &attested)];
    let evaluation = full.add(Role::Laboratory, considered, Predicate::Evaluation(evaluation));
    let review = Review { agrees: true, remarks: String::new(), signed_at: now() };
    let review =
        full.add(Role::Reviewer, vec![Subject::of("evaluation", &evaluation)], Predicate::Review(review));
    let decision = Decision {
        outcome: DecisionOutcome::Granted,
        conditions: Vec::new(),
        valid_until: now().date() + Duration::days(700),
        certificate: None,
        signed_at: now(),
    };
    let subjects = vec![Subject::of("evaluation", &evaluation), Subject::of("review", &review)];
    full.add(Role::CertificationBody, subjects, Predicate::Decision(decision));
    let bytes = full.pack();
    assert_valid(&verify_with(bytes.clone(), &full.trust(), None));
    assert_eq!(full.bundle().statements().unwrap().len(), 6);
    assert!(full.bundle().blob(&format!("sha256:{sha256}")).is_some());
    // Without one of the keys it is not trusted.
    for (index, role) in ROLES.iter().enumerate() {
        let mut trust = full.trust();
        trust.remove(index);
        let (step, told) = broken(&verify_with(bytes.clone(), &trust, None));
        assert!(step == "V4" && told.contains("niet vertrouwd"), "{role}: {told}");
    }
    // A key that is trusted with another role than the bundle says.
    let mut trust = full.trust();
    trust[2].role = Role::Laboratory;
    assert_eq!(broken(&verify_with(bytes, &trust, None)).0, "V4");
}

#[test]
fn statements_about_something_else_or_out_of_time_are_refused() {
    let full = Full::new();
    let run = full.run_subject();
    let elsewhere = Subject::run("andere-run", &run.digest.sha256);
    let (day, at) = (Duration::days(1), now());
    let today = at.date();
    let other = Scope { name: "Ander".to_owned(), ..scope() };
    let any = Scope { version: "*".to_owned(), ..scope() };
    let blob = Artefact { title: "weg".to_owned(), sha256: "0".repeat(64), blob: true };
    let cases: Vec<(&str, Subject, Attestation)> = vec![
        ("V4", elsewhere, attestation()),
        ("V5", run.clone(), Attestation { date: today + day, ..attestation() }),
        ("V5", run.clone(), Attestation { expires: today - day * 9, ..attestation() }),
        ("V5", run.clone(), Attestation { signed_at: at + Duration::hours(1), ..attestation() }),
        ("V5", run.clone(), Attestation { signed_at: at - day, date: today - day, ..attestation() }),
        ("V10", run.clone(), Attestation { date: today - day * 9, expires: today - day, ..attestation() }),
        ("V10", run.clone(), Attestation { scope: other.clone(), ..attestation() }),
        ("V10", run.clone(), Attestation { scope: any, ..attestation() }),
        ("V10", run.clone(), Attestation { requirement: "WGZ-TST-999".to_owned(), ..attestation() }),
    ];
    for (step, subject, said) in cases {
        full.add(Role::Assessor, vec![subject], Predicate::Attestation(said.clone()));
        let verification = verify_with(full.pack(), &full.trust(), None);
        assert_eq!(broken(&verification).0, step, "{said:?}");
        full.remove_statements();
    }
    full.add(
        Role::Assessor,
        vec![run],
        Predicate::Attestation(Attestation { artefacts: vec![blob], ..attestation() }),
    );
    let out = full.folder.path().join("uit.keur");
    assert!(pack(&full.folder.path().join("run"), Some(full.key(Role::Operator)), &out).is_err());
    full.remove_statements();
    let late = Waiver { granted: today - day * 9, expires: today - day, ..waiver() };
    for said in [late, Waiver { scope: other, ..waiver() }] {
        let subject = Subject::waiver(&said.requirement, &said.scope);
        full.add(Role::SchemeOwner, vec![subject], Predicate::Waiver(said));
        assert_eq!(broken(&verify_with(full.pack(), &full.trust(), None)).0, "V10");
        full.remove_statements();
    }
    // A second look by the one who looked first.
    let holder = full.key(Role::Laboratory).public().holder.clone();
    let days = (today - day, today + day);
    let path = full.folder.path().join("zelf.key");
    let same = SigningKey::create(&path, Algorithm::Ed25519, Role::Reviewer, holder, days).unwrap();
    let manifest = Subject::of("manifest.json", &full.bundle().manifest().to_bytes());
    let evaluation = Evaluation { remarks: Vec::new(), conclusion: Conclusion::Recommend, signed_at: at };
    let evaluation = full.add(Role::Laboratory, vec![manifest], Predicate::Evaluation(evaluation));
    let review = Predicate::Review(Review { agrees: true, remarks: String::new(), signed_at: at });
    let envelope = Statement::new(vec![Subject::of("e", &evaluation)], review).sign(&same).unwrap();
    add_statement(&full.folder.path().join("run"), &envelope, same.public()).unwrap();
    let trust: Vec<PublicKey> = full.trust().into_iter().chain([same.public().clone()]).collect();
    let (step, told) = broken(&verify_with(full.pack(), &trust, None));
    assert!(step == "V4" && told.contains("dezelfde"), "{told}");
}

#[test]
fn the_clock_norms_and_previous_bundle_are_the_verifiers() {
    let folder = tempfile::tempdir().unwrap();
    let (first, second) = (folder.path().join("een"), folder.path().join("twee"));
    run(&first, &Setup::default());
    run(&second, &Setup { run: "20261122T110000000-bbbbbb", ..Setup::default() });
    let paths = ["een.keur", "twee.keur"].map(|name| folder.path().join(name));
    pack(&first, None, &paths[0]).unwrap();
    pack(&second, None, &paths[1]).unwrap();
    let bundles = paths.each_ref().map(|path| Bundle::open(path).unwrap());
    let (known, editions) = (known(), keur_dossier::verify::Editions::default());
    let now = OffsetDateTime::now_utc();
    let with = |previous| Options {
        trust: &[],
        known: &known,
        editions: &editions,
        policy: None,
        previous,
        now,
        recompute: &Again,
    };
    let sound = verify(&paths[1], &with(Some(&bundles[0])));
    assert_valid(&sound);
    assert!(page(&sound).contains("dit is poging 2"), "{}", page(&sound));
    assert_eq!(broken(&verify(&paths[0], &with(Some(&bundles[1])))).0, "V8");
    let early = Options { now: now - Duration::days(1), ..with(None) };
    assert_eq!(broken(&verify(&paths[0], &early)).0, "V5");
    let nothing = keur_dossier::verify::KnownNorms::default();
    let (step, told) = broken(&verify(&paths[0], &Options { known: &nothing, ..with(None) }));
    assert!(step == "V6" && told.contains("help: "), "{told}");
    assert_eq!(broken(&verify(&folder.path().join("weg.keur"), &with(None))).0, "V1");
    assert_eq!(broken(&verify(folder.path(), &with(None))).0, "V1");
    assert_eq!(broken(&verify_bytes(Vec::new(), &with(None))).0, "V1");
}
