//! The lint finds every way in which a test can vanish or come to test something else.

use keur_catalogue::embedded;

use super::*;

const FEATURE: &str = "# language: nl
@norm:NEN7512
Functionaliteit: NEN 7512

  @eis:WGZ-SEC-010
  Regel: Een geldig certificaat zonder token geeft geen gegevens

    Scenario: zonder token
      Gegeven een geslaagde opvraging
      Als dezelfde opvraging zonder token wordt gedaan
      Dan wordt de opvraging geweigerd met status 401

    Scenario: zonder token, ook geen gegevens
      Gegeven een geslaagde opvraging
      Als dezelfde opvraging zonder token wordt gedaan
      Dan bevat het antwoord geen patiëntgegevens
";

/// A small world in which everything agrees, to be spoiled.
struct Small {
    feature: String,
    defects: Vec<DefectRow>,
    coverage: String,
}

impl Small {
    fn new() -> Self {
        let defects = vec![defect("zonder-token", &["WGZ-SEC-010"])];
        let mut small = Self { feature: FEATURE.to_owned(), defects, coverage: String::new() };
        small.coverage = small.look(coverage);
        small
    }

    fn look<T>(&self, look: impl Fn(&Norms<'_>) -> T) -> T {
        let catalogue = Catalogue::load(&embedded::catalogue_files()).unwrap();
        let (path, text) =
            embedded::profile_files().into_iter().find(|(p, _)| p.contains("fhir-rest")).unwrap();
        let text = text
            .lines()
            .map(|line| if line.starts_with("select") { "select = [\"WGZ-SEC-010\"]" } else { line });
        let profile = Profile::parse(&path, &text.collect::<Vec<_>>().join("\n"), &catalogue).unwrap();
        let features =
            Features::from_files(vec![("features/x.feature".to_owned(), self.feature.clone())]).unwrap();
        let profiles = [profile];
        look(&Norms {
            catalogue: &catalogue,
            profiles: &profiles,
            features: &features,
            defects: &self.defects,
            coverage: &self.coverage,
        })
    }

    fn problems(&self) -> String {
        self.look(check).join("\n")
    }

    /// With one thing in the feature changed.
    fn with(mut self, from: &str, to: &str) -> Self {
        assert!(self.feature.contains(from));
        self.feature = self.feature.replacen(from, to, 1);
        self
    }
}

fn defect(name: &str, breaks: &[&str]) -> DefectRow {
    let breaks = breaks.iter().map(|id| (*id).to_owned()).collect();
    DefectRow { name: name.to_owned(), breaks, reason: None, variant: None }
}

#[track_caller]
fn assert_found(small: &Small, parts: &[&str]) {
    let problems = small.problems();
    for part in parts {
        assert!(problems.contains(part), "{part:?} is not in:\n{problems}");
    }
}

#[test]
fn agreement_is_silent() {
    assert_eq!(Small::new().problems(), "");
}

#[test]
fn a_scenario_cannot_vanish() {
    let (before, _) = FEATURE.split_once("\n    Scenario: zonder token, ook").unwrap();
    let small = Small { feature: before.to_owned(), ..Small::new() };
    assert_found(
        &small,
        &["features/dekking.csv", "  - WGZ-SEC-010", "  + WGZ-SEC-010", "keur norms coverage"],
    );
}

#[test]
fn a_defect_cannot_vanish() {
    let small = Small { defects: Vec::new(), ..Small::new() };
    assert_found(&small, &["WGZ-SEC-010 has no defect that turns it red", "  - WGZ-SEC-010"]);
}

#[test]
fn a_rule_keeps_its_name_norm_and_requirement() {
    let small = Small::new().with("Regel: Een geldig", "Regel: Geen geldig");
    assert_found(&small, &["features/x.feature:6: the Regel is called", "make them equal"]);
    let small = Small::new().with("@norm:NEN7512", "@norm:NEN7513");
    assert_found(&small, &["features/x.feature:6: WGZ-SEC-010 belongs to @norm:NEN7512"]);
    let small = Small::new().with("WGZ-SEC-010", "WGZ-SEC-01O");
    assert_found(
        &small,
        &[
            "features/x.feature:6: WGZ-SEC-01O is not in the catalogue; did you mean WGZ-SEC-01",
            "WGZ-SEC-010 is demanded but has no Regel",
            "zonder-token breaks WGZ-SEC-010, which has no Regel",
        ],
    );
    let small = Small::new().with("  @eis:WGZ-SEC-010\n", "  @eis:WGZ-SEC-010 @variant:nergens\n");
    assert_found(&small, &["features/x.feature:6: no profile has a variant nergens"]);
}

#[test]
fn what_a_person_judges_has_no_rule() {
    let small = Small::new().with("WGZ-SEC-010", "WGZ-ATT-001");
    assert_found(&small, &["WGZ-ATT-001 is judged by a person"]);
}

#[test]
fn every_sentence_has_one_step() {
    let small = Small::new().with("een geslaagde opvraging\n", "een zin die niemand kent\n");
    assert_found(
        &small,
        &["features/x.feature#zonder-token: undefined step: Gegeven een zin die niemand kent"],
    );
    let small = Small::new().with("een geslaagde opvraging\n", "een dubbele teststap\n");
    assert_found(&small, &["ambiguous step: Gegeven een dubbele teststap"]);
    // The kind of the sentence counts too.
    let small = Small::new().with("Als dezelfde", "Dan dezelfde");
    assert_found(&small, &["undefined step: Dan dezelfde"]);
}

#[test]
fn defects_are_told_apart_and_explained() {
    let mut small = Small::new();
    small.defects.push(defect("zonder-token", &["WGZ-SEC-010"]));
    small.defects.push(defect("niets", &[]));
    small.defects.push(defect("veel", &["WGZ-SEC-010", "WGZ-SEC-011"]));
    small
        .defects
        .push(DefectRow { variant: Some("nergens".to_owned()), ..defect("elders", &["WGZ-SEC-010"]) });
    assert_found(
        &small,
        &[
            "zonder-token stands there twice",
            "niets breaks nothing",
            "veel breaks 2 requirements without a reason",
            "veel breaks WGZ-SEC-011, which has no Regel",
            "elders shows under variant nergens, which no profile has",
        ],
    );
}
