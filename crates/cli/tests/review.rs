//! From an exam to a certificate, by the built binary: list, worksheet, evaluation, second look, decision, and every
//! refusal on the way.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::common::{command, text};

/// The roles that sign here, in order.
const ROLES: [&str; 4] = ["operator", "laboratory", "reviewer", "certification_body"];

/// A folder with keys in which keur runs.
struct Office(tempfile::TempDir);

impl Office {
    fn new() -> Self {
        let office = Self(tempfile::tempdir().unwrap());
        for role in ROLES {
            office.key(role, role, &format!("Naam van {role}"));
        }
        office
    }

    fn key(&self, file: &str, role: &str, name: &str) {
        let out = format!("{file}.key");
        self.fine(&["keys", "new", "--role", role, "--name", name, "--organisation", "Proef", "--out", &out]);
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Exit code, and stdout with stderr.
    fn keur(&self, args: &[&str]) -> (i32, String) {
        let output = command(args).current_dir(self.0.path()).output().unwrap();
        (output.status.code().unwrap(), text(&output))
    }

    fn fine(&self, args: &[&str]) -> String {
        let (code, text) = self.keur(args);
        assert_eq!(code, 0, "{args:?}\n{text}");
        text
    }

    fn refused(&self, code: i32, args: &[&str], told: &str) {
        let (found, text) = self.keur(args);
        assert!(found == code && text.contains(told), "{args:?} gives {found}\n{text}");
    }

    /// `keur review BUNDLE` by somebody who trusts all four.
    fn review<'a>(&self, bundle: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let trust = ["--trust", "operator.pub", "--trust", "laboratory.pub", "--trust", "reviewer.pub"];
        let body = ["--trust", "certification_body.pub"];
        [&["review", bundle][..], &trust, &body, more].concat()
    }

    /// Runs, bundles, and returns the run's folder.
    fn bundle(&self, out: &str, bundle: &str, more: &[&str], sign: &[&str]) -> PathBuf {
        let base = ["run", "bgz-beschikbaarstellen", "--quiet", "--out", out];
        self.keur(&[&base[..], more].concat());
        let mut runs: Vec<PathBuf> =
            fs::read_dir(self.path(out)).unwrap().map(|e| e.unwrap().path()).collect();
        runs.sort();
        let folder = runs.pop().unwrap();
        self.fine(&[&["bundle", folder.to_str().unwrap(), "--out", bundle][..], sign].concat());
        folder
    }

    /// Fills a worksheet in.
    fn fill(&self, sheet: &str, conclusion: &str, change: impl Fn(String) -> String) {
        let text = fs::read_to_string(self.path(sheet)).unwrap();
        let text = text.replace("action = \"\"", "action = \"accept\"");
        let text = text.replace("conclusion = \"\"", &format!("conclusion = \"{conclusion}\""));
        fs::write(self.path(sheet), change(text)).unwrap();
    }
}

fn manifest(bundle: &Path) -> Vec<u8> {
    let bundle = keur_dossier::Bundle::open(bundle).unwrap();
    bundle.archive().read("manifest.json").unwrap()
}

#[test]
fn from_an_exam_to_a_certificate() {
    let office = Office::new();
    office.bundle("out", "a.keur", &["--exam"], &["--sign", "operator.key"]);

    let list: Value =
        serde_json::from_str(&office.fine(&office.review("a.keur", &["--format", "json"]))).unwrap();
    assert_eq!((&list["valid"], &list["verdict"]), (&true.into(), &"conform".into()));
    let items = list["items"].as_array().unwrap();
    assert!(items.len() > 20 && items.iter().all(|item| item["points"][0]["kind"] == "attested"), "{list}");
    // Who trusts nobody sees the list, and that it is worth nothing.
    office.refused(6, &["review", "a.keur"], "NIET GELDIG bij V4");
    office.refused(6, &["review", "a.keur", "--write", "w.toml"], "a.keur is niet in orde bij V4");

    office.fine(&office.review("a.keur", &["--write", "w.toml"]));
    office.refused(2, &office.review("a.keur", &["--write", "w.toml"]), "wordt niet overschreven");
    let evaluate =
        |sign| office.review("a.keur", &["--evaluate", "w.toml", "--sign", sign, "--out", "b.keur"]);
    office.refused(2, &evaluate("laboratory.key"), "w.toml:20: action is niet ingevuld");
    office.fill("w.toml", "recommend", |text| text);
    office.refused(2, &evaluate("reviewer.key"), "mag alleen worden getekend door laboratory");
    assert!(!office.path("b.keur").exists(), "a refusal leaves a file");
    office.fine(&evaluate("laboratory.key"));
    assert_eq!(manifest(&office.path("a.keur")), manifest(&office.path("b.keur")));

    let granted = ["--decide", "granted", "--valid-until", "2099-01-01", "--sign", "certification_body.key"];
    let decide = |bundle, sign: &'static str| {
        let mut args = granted;
        args[5] = sign;
        [office.review(bundle, &[]), args.to_vec(), vec!["--out", "d.keur"]].concat()
    };
    office.refused(2, &decide("a.keur", "certification_body.key"), "nog geen evaluatie");

    let second = |opinion, sign, out| {
        let more = ["--second", opinion, "--remark", "Nagelezen.", "--sign", sign, "--out", out];
        office.review("b.keur", &more)
    };
    office.key("zelfde", "reviewer", "naam van  LABORATORY");
    office.refused(2, &second("--agree", "zelfde.key", "c.keur"), "moeten verschillende mensen zijn");
    office.fine(&second("--disagree", "reviewer.key", "oneens.keur"));
    office.refused(
        2,
        &decide("oneens.keur", "certification_body.key"),
        "niet eens met de evaluatie: Nagelezen.",
    );
    office.fine(&second("--agree", "reviewer.key", "c.keur"));

    office.key("body", "certification_body", "Naam van reviewer");
    office.refused(2, &decide("c.keur", "body.key"), "de tweede beoordelaar moeten verschillende mensen");
    office.fine(&decide("c.keur", "certification_body.key"));

    let told = office.fine(&office.review("d.keur", &[]));
    assert!(
        told.contains("besluit             verleend tot en met 2099-01-01 (Naam van certification_body"),
        "{told}"
    );
    let verify = [&["verify"][..], &office.review("d.keur", &[])[1..]].concat();
    assert!(office.fine(&verify).contains("ECHT"));
    // Without the key of the body the decision is worth nothing.
    office.refused(6, &verify[..verify.len() - 2], "NIET GELDIG");

    // What was granted can be withdrawn.
    let withdraw = |bundle| {
        office
            .review(bundle, &["--decide", "withdrawn", "--sign", "certification_body.key", "--out", "e.keur"])
    };
    office.fine(&withdraw("d.keur"));
    assert!(office.fine(&office.review("e.keur", &[])).contains("besluit             ingetrokken"));
}

#[test]
fn a_practice_run_goes_round_but_not_to_a_certificate() {
    let office = Office::new();
    let broken = ["--defect", "no-token-needed"];
    office.bundle("out", "a.keur", &broken, &[]);
    let list = office.fine(&office.review("a.keur", &[]));
    assert!(list.contains("afwijking") && list.contains("WGZ-SEC-010"), "{list}");

    office.fine(&office.review("a.keur", &["--write", "w.toml"]));
    let asked = "requirement = \"WGZ-SEC-010\"\nremark = \"Herstel dit.\"\naction = \"re_run\"";
    let ask = |text: String| {
        text.replace("requirement = \"WGZ-SEC-010\"\nremark = \"\"\naction = \"accept\"", asked)
    };
    office.fill("w.toml", "recommend", ask);
    let evaluate = |sheet| {
        office.review("a.keur", &["--evaluate", sheet, "--sign", "laboratory.key", "--out", "b.keur"])
    };
    office.refused(2, &evaluate("w.toml"), "recommend kan niet zolang er iets openstaat: bij WGZ-SEC-010");
    let text = fs::read_to_string(office.path("w.toml")).unwrap();
    fs::write(office.path("w.toml"), text.replace("\"recommend\"", "\"re_run\"")).unwrap();
    office.fine(&evaluate("w.toml"));
    let second = ["--second", "--agree", "--remark", "Ja.", "--sign", "reviewer.key", "--out", "c.keur"];
    office.fine(&office.review("b.keur", &second));
    let grant = ["--decide", "granted", "--valid-until", "2099-01-01", "--sign", "certification_body.key"];
    office.refused(
        2,
        &[office.review("c.keur", &grant), vec!["--out", "d.keur"]].concat(),
        "dit is een oefening",
    );

    // The next submission: what changed, and what became of the question.
    let previous = office.review("a.keur", &["--previous", "b.keur"]);
    let told = office.fine(&previous);
    assert!(told.contains("Geen eis is veranderd") && told.contains("✗ open    WGZ-SEC-010"), "{told}");
    office.bundle("out", "n.keur", &[], &[]);
    office.refused(
        2,
        &[
            &office.review("n.keur", &["--evaluate", "w.toml"])[..],
            &["--sign", "laboratory.key", "--out", "x.keur"],
        ]
        .concat(),
        "w.toml:8: dit werkblad hoort bij een andere run",
    );
    let told = office.fine(&office.review("n.keur", &["--previous", "b.keur"]));
    assert!(told.contains("WGZ-SEC-010  niet voldaan → voldaan: het product doet iets anders"), "{told}");
    assert!(
        told.contains("✓ gedaan  WGZ-SEC-010  opnieuw toetsen: Herstel dit. (opnieuw getoetst)"),
        "{told}"
    );
    assert!(!told.contains("WGZ-LOG-003"), "times are no news:\n{told}");
}

#[test]
fn a_baseline_changes_the_exit_code_and_nothing_else() {
    let office = Office::new();
    let known = |id: &str, until: &str| {
        format!("[[known]]\nrequirement = \"{id}\"\nreason = \"herstel volgt\"\nuntil = \"{until}\"\n")
    };
    let list = |name: &str, items: &[String]| {
        fs::write(office.path(name), format!("format = \"keur/baseline\"\n{}", items.concat())).unwrap();
    };
    let run = |name: &str, out: &str| {
        let base = ["run", "bgz-beschikbaarstellen", "-q", "--defect", "no-token-needed"];
        office.keur(&[&base[..], &["--out", out, "--baseline", name]].concat())
    };
    let (one, other) = (known("WGZ-SEC-010", "2099-01-01"), known("WGZ-ATN-001", "2099-01-01"));
    list("all.toml", &[one.clone(), other.clone(), known("WGZ-SEC-011", "2099-01-01")]);
    let (code, text) = run("all.toml", "all");
    assert_eq!(code, 0, "{text}");
    assert!(text.contains("Niet voor certificering") && text.contains("NIET CONFORM"), "{text}");
    assert!(text.contains("WGZ-SEC-011 is nu voldaan"), "{text}");
    let folder = fs::read_dir(office.path("all")).unwrap().map(|e| e.unwrap().path());
    let folder = folder.into_iter().find(|path| path.join("result.json").is_file()).unwrap();
    let read = |name: &str| fs::read_to_string(folder.join(name)).unwrap();
    let result: Value = serde_json::from_str(&read("result.json")).unwrap();
    assert_eq!(result["verdict"], "not_conform");
    assert!(
        !read("result.json").contains("certificering") && !read("journal.ndjson").contains("certificering")
    );
    assert!(read("report.html").contains("Niet voor certificering"));
    let again = office.fine(&["report", folder.to_str().unwrap()]);
    assert!(!again.contains("Niet voor certificering"), "the stamp is no part of the evidence");

    list("one.toml", std::slice::from_ref(&one));
    assert_eq!(run("one.toml", "one").0, 1, "a new deviation is ignored");
    list("old.toml", &[one, known("WGZ-ATN-001", "2020-01-01")]);
    let (code, text) = run("old.toml", "old");
    assert!(code == 1 && text.contains("WGZ-ATN-001 is vervallen na 2020-01-01"), "{text}");
}
