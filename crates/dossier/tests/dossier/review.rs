//! One more statement in a finished bundle, the worksheet, and what may be decided.

use std::{collections::BTreeSet, fs};

use keur_dossier::{
    Bundle, PublicKey, Role, SigningKey, Statement,
    bundle::{BundleError, append, pack},
    keys::Algorithm,
    review::{Filled, Item, Point, ReviewError, blank, decide, evaluate, fill_in, items, second},
    statement::{
        Predicate, Subject,
        predicate::{Action, Conclusion, Decision, DecisionOutcome, Review},
    },
};
use keur_evidence::event::Attested;
use keur_verdict::{Modality, RunResult, Verdict, Waiver};
use time::{Duration, OffsetDateTime};

use crate::support::{REQUIREMENT, Setup, assert_valid, broken, key, run, verify_with};

/// An exam in a bundle, with the keys of those who decide about it.
struct Exam {
    folder: tempfile::TempDir,
    keys: Vec<SigningKey>,
    bundle: Bundle,
    result: RunResult,
}

impl Exam {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        run(&folder.path().join("run"), &Setup { mode: "exam", ..Setup::default() });
        let roles = [Role::Operator, Role::Laboratory, Role::Reviewer, Role::CertificationBody];
        let keys: Vec<SigningKey> = roles
            .into_iter()
            .map(|role| key(folder.path(), role.as_str(), role, Algorithm::Ed25519))
            .collect();
        let out = folder.path().join("a.keur");
        pack(&folder.path().join("run"), Some(&keys[0]), &out).unwrap();
        let bundle = Bundle::open(&out).unwrap();
        // The small exam has no twins and is not conform; what people do with a conform one is the subject here.
        let result = RunResult { verdict: Verdict::Conform, ..bundle.result().unwrap() };
        Self { folder, keys, bundle, result }
    }

    fn trust(&self) -> Vec<PublicKey> {
        self.keys.iter().map(|key| key.public().clone()).collect()
    }

    /// Signs with the key at this place, adds it, and opens what came of it.
    fn add(&mut self, signer: usize, statement: &Statement, name: &str) {
        let envelope = statement.sign(&self.keys[signer]).unwrap();
        let out = self.folder.path().join(name);
        append(&self.bundle, &envelope, self.keys[signer].public(), &out).unwrap();
        self.bundle = Bundle::open(&out).unwrap();
    }

    fn evaluation(&self, conclusion: Conclusion) -> Result<Statement, ReviewError> {
        let filled = Filled { remarks: Vec::new(), conclusion };
        let manifest = self.bundle.manifest().to_bytes();
        evaluate(filled, &manifest, &self.bundle.signed().unwrap(), &self.result, now())
    }

    fn review(&self, signer: usize, agrees: bool) -> Result<Statement, ReviewError> {
        let review = Review { agrees, remarks: "Nee".to_owned(), signed_at: now() };
        second(&self.bundle.signed().unwrap(), self.keys[signer].public(), review)
    }

    fn decision(&self, signer: usize, decision: &Decision) -> Result<Statement, ReviewError> {
        let said = self.bundle.signed().unwrap();
        decide(&said, &self.result, self.keys[signer].public(), decision.clone())
    }
}

fn now() -> OffsetDateTime {
    let now = OffsetDateTime::now_utc();
    now.replace_nanosecond(now.millisecond() as u32 * 1_000_000).unwrap()
}

fn granted() -> Decision {
    Decision {
        outcome: DecisionOutcome::Granted,
        conditions: Vec::new(),
        valid_until: now().date() + Duration::days(300),
        certificate: None,
        signed_at: now(),
    }
}

#[test]
fn what_is_appended_verifies_and_what_was_there_stays_to_the_byte() {
    let mut exam = Exam::new();
    let before: Vec<(String, Vec<u8>)> = stored(&exam.bundle);
    let evaluation = exam.evaluation(Conclusion::Recommend).unwrap();
    exam.add(1, &evaluation, "b.keur");
    let review = exam.review(2, true).unwrap();
    exam.add(2, &review, "c.keur");
    let decision = exam.decision(3, &granted()).unwrap();
    exam.add(3, &decision, "d.keur");
    let after = stored(&exam.bundle);
    assert!(before.iter().all(|entry| after.contains(entry)), "something changed");
    assert_eq!(after.len(), before.len() + 6, "three statements and three keys");
    let bytes = fs::read(exam.folder.path().join("d.keur")).unwrap();
    assert_valid(&verify_with(bytes.clone(), &exam.trust(), None));
    assert!(!verify_with(bytes, &exam.trust()[..3], None).valid, "the body is not trusted");
    // The same statement twice is one statement.
    let envelope = decision.sign(&exam.keys[3]).unwrap();
    let again = exam.folder.path().join("e.keur");
    append(&exam.bundle, &envelope, exam.keys[3].public(), &again).unwrap();
    assert_eq!(fs::read(again).unwrap(), fs::read(exam.folder.path().join("d.keur")).unwrap());
}

fn stored(bundle: &Bundle) -> Vec<(String, Vec<u8>)> {
    let entries = bundle.archive().entries().iter();
    let whole = |path: &str| (path.to_owned(), bundle.archive().read(path).unwrap());
    entries
        .map(|entry| &entry.path)
        .filter(|path| !path.contains("/statements/"))
        .map(|path| whole(path))
        .chain(
            bundle
                .statements()
                .unwrap()
                .into_iter()
                .map(|(_, envelope)| ("statement".to_owned(), envelope.to_bytes())),
        )
        .collect()
}

#[test]
fn a_statement_that_changes_the_verdict_is_not_appended() {
    let exam = Exam::new();
    let Predicate::Run(run) =
        Statement::parse(&exam.bundle.run_statement().unwrap().payload).unwrap().predicate
    else {
        panic!("no run statement")
    };
    let statement = Statement::new(vec![Subject::of("manifest.json", b"x")], Predicate::Run(run));
    let envelope = statement.sign(&exam.keys[0]).unwrap();
    let out = exam.folder.path().join("b.keur");
    let error = append(&exam.bundle, &envelope, exam.keys[0].public(), &out).unwrap_err();
    assert!(matches!(error, BundleError::Changes("run")), "{error}");
    // Signed by another than is said.
    let evaluation = exam.evaluation(Conclusion::Recommend).unwrap().sign(&exam.keys[1]).unwrap();
    assert!(append(&exam.bundle, &evaluation, exam.keys[2].public(), &out).is_err());
    assert!(!out.exists(), "a refusal leaves a file");
}

#[test]
fn a_decision_rests_on_evaluation_review_verdict_and_waivers() {
    let mut exam = Exam::new();
    assert!(matches!(exam.review(2, true), Err(ReviewError::NoEvaluation)));
    assert!(matches!(exam.decision(3, &granted()), Err(ReviewError::NoEvaluation)));
    let evaluation = exam.evaluation(Conclusion::Recommend).unwrap();
    exam.add(1, &evaluation, "b.keur");
    assert!(matches!(exam.decision(3, &granted()), Err(ReviewError::NoReview)));
    assert!(matches!(exam.review(1, true), Err(ReviewError::SamePerson { .. })));
    let review = exam.review(2, true).unwrap();
    exam.add(2, &review, "c.keur");
    for signer in [1, 2] {
        assert!(matches!(exam.decision(signer, &granted()), Err(ReviewError::SamePerson { .. })));
    }
    assert!(exam.decision(3, &granted()).is_ok());
    let past = Decision { valid_until: now().date() - Duration::days(1), ..granted() };
    assert!(matches!(exam.decision(3, &past), Err(ReviewError::Past)));
    let conditional = Decision { outcome: DecisionOutcome::Conditional, ..granted() };
    assert!(matches!(exam.decision(3, &conditional), Err(ReviewError::NoCondition)));
    let withdrawn = Decision { outcome: DecisionOutcome::Withdrawn, ..granted() };
    assert!(matches!(exam.decision(3, &withdrawn), Err(ReviewError::NothingGranted)));

    // A waiver: conditional only, and no longer than it lasts.
    let expires = keur_dossier::dates::day_text(now().date() + Duration::days(100));
    let [reason, by, granted_on] = ["r", "b", "2026-01-01"].map(str::to_owned);
    let requirement = REQUIREMENT.to_owned();
    let digest = format!("sha256:{}", "0".repeat(64));
    exam.result.requirements[0].waiver =
        Some(Waiver { requirement, reason, by, granted: granted_on, expires, digest });
    assert!(matches!(exam.decision(3, &granted()), Err(ReviewError::Waived(1))));
    let conditional = Decision { conditions: vec!["Herstel.".to_owned()], ..conditional };
    assert!(matches!(exam.decision(3, &conditional), Err(ReviewError::OutlivesWaiver { .. })));
    let short = Decision { valid_until: now().date() + Duration::days(100), ..conditional };
    assert!(exam.decision(3, &short).is_ok());

    exam.result.verdict = Verdict::Incomplete;
    assert!(matches!(exam.decision(3, &short), Err(ReviewError::NotConform(_))));
    assert!(matches!(exam.evaluation(Conclusion::Recommend), Err(ReviewError::NothingToRecommend(_))));
    exam.result.run.mode = "practice".to_owned();
    assert!(matches!(exam.decision(3, &short), Err(ReviewError::Practice)));
    let refused = Decision { outcome: DecisionOutcome::Refused, ..granted() };
    assert!(exam.decision(3, &refused).is_ok());
    let no = exam.review(2, false).unwrap();
    exam.add(2, &no, "nee.keur");
    assert!(matches!(exam.decision(3, &refused), Err(ReviewError::Disagrees(_))));
}

/// A decision that was signed without these rules is found out by whoever verifies.
#[test]
fn one_person_in_two_roles_does_not_verify() {
    for role in [Role::Laboratory, Role::Reviewer] {
        let mut exam = Exam::new();
        let evaluation = exam.evaluation(Conclusion::Recommend).unwrap();
        exam.add(1, &evaluation, "b.keur");
        let review = exam.review(2, true).unwrap();
        exam.add(2, &review, "c.keur");
        let decision = exam.decision(3, &granted()).unwrap();
        let holder = exam.keys.iter().find(|key| key.public().role == role).unwrap().public().holder.clone();
        let days = (now().date(), now().date());
        let path = exam.folder.path().join("zelf.key");
        let own = SigningKey::create(&path, Algorithm::Ed25519, Role::CertificationBody, holder, days);
        exam.keys.push(own.unwrap());
        exam.add(4, &decision, "d.keur");
        let bytes = fs::read(exam.folder.path().join("d.keur")).unwrap();
        let (step, told) = broken(&verify_with(bytes, &exam.trust(), None));
        assert!(step == "V4" && told.contains("zelf geëvalueerd of meebeoordeeld"), "{told}");
    }
}

#[test]
fn a_worksheet_is_read_to_the_letter() {
    let exam = Exam::new();
    let manifest = exam.bundle.manifest();
    let hostile = Point::Deviation { detail: "een\n[[remark]]\u{1b}[31m \"\"\"".to_owned() };
    let item = |id: &str| Item {
        requirement: id.to_owned(),
        title: "Eis\n".to_owned(),
        points: vec![hostile.clone()],
    };
    let all = [item(REQUIREMENT), item("WGZ-TST-002")];
    let judged = BTreeSet::from([REQUIREMENT, "WGZ-TST-002"]);
    let read = |text: &str| fill_in("w.toml", text, manifest, &all, &judged);
    let empty = blank(manifest, &all);
    assert!(!empty.contains('\u{1b}') && empty.matches("\n[[remark]]").count() == 2, "{empty}");
    let full = empty
        .replace("action = \"\"", "action = \"accept\"")
        .replace("conclusion = \"\"", "conclusion = \"recommend\"");
    let filled = read(&full).unwrap();
    assert_eq!((filled.remarks.len(), filled.conclusion), (2, Conclusion::Recommend));
    assert!(filled.remarks.iter().all(|remark| remark.action == Action::Accept));

    let question = full.replacen("action = \"accept\"", "action = \"question\"", 1);
    let cut = full.rfind("[[remark]]").unwrap();
    let cases = [
        (empty.clone(), "w.toml:20: action is niet ingevuld"),
        (full.replace("\"recommend\"", "\"\""), "w.toml:13: conclusion is niet ingevuld"),
        (full.replace("\"recommend\"", "\"yes\""), "w.toml:13: conclusion `yes` bestaat niet"),
        (question.clone(), "schrijf in remark wat u vraagt"),
        (question.replacen("remark = \"\"", "remark = \"Hoe?\"", 1), "w.toml:13: recommend kan niet"),
        (full[..cut].to_owned(), "over WGZ-TST-002 is nog niet beslist"),
        (full.replace("WGZ-TST-002", REQUIREMENT), "staat er al"),
        (full.replace("WGZ-TST-002", "WGZ-TST-009"), "WGZ-TST-009 is geen eis van deze run"),
        (full.replace(&manifest.run, "andere-run"), "w.toml:8: dit werkblad hoort bij een andere run"),
        (
            full.replace(&manifest.journal_head, &"0".repeat(64)),
            "w.toml:9: dit werkblad hoort bij een andere run",
        ),
        (full.replace("keur/worksheet", "keur/policy"), "w.toml:6: `keur/policy` is niet bekend"),
        (format!("{full}extra = 1\n"), "unknown field `extra`"),
    ];
    for (text, expected) in cases {
        let error = read(&text).unwrap_err().to_string();
        assert!(error.starts_with("w.toml:") && error.contains(expected), "{error}\n{text}");
    }
}

#[test]
fn what_a_person_must_decide_is_listed_with_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let list = |holds: bool, name: &str, flaky: &[String]| {
        let place = folder.path().join(name).join("run");
        run(&place, &Setup { holds, ..Setup::default() });
        let out = folder.path().join(name).join("a.keur");
        pack(&place, None, &out).unwrap();
        let bundle = Bundle::open(&out).unwrap();
        let said = bundle.signed().unwrap();
        items(&bundle.result().unwrap(), &said, flaky, now().date(), &|_| "Eis".to_owned())
    };
    assert_eq!(list(true, "goed", &[]), []);
    let flaky = list(true, "wisselend", &[REQUIREMENT.to_owned()]);
    assert_eq!(flaky[0].points, [Point::Flaky]);
    let broken = list(false, "stuk", &[]);
    assert_eq!(
        broken[0].points,
        [Point::Deviation { detail: "verwacht: status 401; waargenomen: status 401".to_owned() }]
    );
}

#[test]
fn what_ends_or_ended_is_told() {
    let mut result = Exam::new().result;
    let today = now().date();
    let day = |days: i64| keur_dossier::dates::day_text(today + Duration::days(days));
    let requirement = &mut result.requirements[0];
    requirement.modality = Modality::Attested;
    let text = str::to_owned;
    let mut points = |expires: String| {
        result.requirements[0].attestation = Some(Attested {
            requirement: text(REQUIREMENT),
            outcome: text("satisfied"),
            statement: text("Goed."),
            basis: text("document"),
            by: text("A"),
            date: day(-200),
            expires,
            artefact: text("x"),
        });
        let mut all = items(&result, &[], &[], today, &|_| String::new());
        all.remove(0).points
    };
    let attested = points(day(90));
    assert!(matches!(attested.as_slice(), [Point::Attested { signed_by: None, .. }]), "{attested:?}");
    assert!(attested[0].text().contains("niet ondertekend"), "{attested:?}");
    assert_eq!(points(day(89))[1], Point::Expiring { until: day(89), expired: false });
    assert_eq!(points(day(0))[1], Point::Expiring { until: day(0), expired: false });
    assert_eq!(points(day(-1))[1], Point::Expiring { until: day(-1), expired: true });
}
