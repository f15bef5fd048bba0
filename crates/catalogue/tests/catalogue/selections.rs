//! Selections.

use keur_catalogue::{Selection, SelectionError, requirement::Level};

use crate::support::*;

fn select(variant: Option<&str>, only: Option<&str>) -> Result<Selection, SelectionError> {
    let profile = parse(PROFILE).unwrap_or_else(|problems| panic!("{problems}"));
    Selection::new(&catalogue(), &profile, variant, only)
}

fn ids(variant: Option<&str>, only: Option<&str>) -> Vec<String> {
    let selection = select(variant, only).unwrap_or_else(|error| panic!("{error}"));
    selection.requirements.into_iter().map(|selected| selected.requirement.id).collect()
}

#[test]
fn the_variant_decides_what_holds() {
    assert_eq!(ids(None, None), ids(Some("a"), None));
    assert!(!ids(None, None).contains(&"WGZ-TST-004".to_owned()));
    assert!(ids(Some("b"), None).contains(&"WGZ-TST-004".to_owned()));
}

#[test]
fn only_takes_ids_prefixes_and_negations() {
    assert_eq!(ids(None, Some("WGZ-TST-002, WGZ-ABC-001")), ["WGZ-TST-002", "WGZ-ABC-001"]);
    assert_eq!(ids(None, Some("wgz-abc-*")), ["WGZ-ABC-001"]);
    assert_eq!(ids(None, Some("WGZ-TST-* !WGZ-TST-001,!WGZ-TST-003")), ["WGZ-TST-002", "WGZ-TST-006"]);
    assert_eq!(ids(None, Some("!WGZ-TST-*")), ["WGZ-ABC-001"]);
    assert_eq!(ids(None, Some("*")), ids(None, None));
}

#[test]
fn known_but_not_in_the_profile_selects_nothing() {
    assert!(ids(None, Some("WGZ-ABC-002")).is_empty());
    assert!(ids(None, Some("WGZ-TST-004")).is_empty());
}

#[test]
fn what_does_not_exist_is_told_with_a_suggestion() {
    let told = |variant, only| match select(variant, only) {
        Ok(selection) => panic!("{selection:?}"),
        Err(error) => error.to_string(),
    };
    assert_eq!(
        told(None, Some("WGZ-ABC-01")),
        "onbekende eis `WGZ-ABC-01` in de selectie; bedoelde u `WGZ-ABC-001`?"
    );
    assert!(told(None, Some("QQ-*")).contains("QQ-*"));
    assert!(told(None, Some("WGZ-*-001")).contains("is geen selectie"));
    assert!(told(None, Some("!")).contains("is geen selectie"));
    assert_eq!(told(Some("c"), None), "onbekende variant `c`; dit profiel kent: a, b");
}

#[test]
fn levels_and_gates_follow_sources_overrides_and_the_profile() {
    let of = |text: &str, id: &str| {
        let profile = parse(text).unwrap_or_else(|problems| panic!("{problems}"));
        let selection =
            Selection::new(&catalogue(), &profile, None, None).unwrap_or_else(|error| panic!("{error}"));
        selection.get(id).map(|selected| (selected.level, selected.gates))
    };
    assert_eq!(of(PROFILE, "WGZ-TST-001"), Some((Level::Must, true)));
    assert_eq!(of(PROFILE, "WGZ-TST-002"), Some((Level::Should, false)));
    assert_eq!(of(PROFILE, "WGZ-TST-003"), Some((Level::Must, false)));
    assert_eq!(of(PROFILE, "WGZ-ABC-001"), Some((Level::May, true)));
    let reason = "reason = { nl = \"r\", en = \"r\" }\n";
    let gate = format!("{PROFILE}\n[[gate]]\nrequirement = \"WGZ-TST-003\"\n{reason}");
    assert_eq!(of(&gate, "WGZ-TST-003"), Some((Level::Must, true)));
    let lower =
        format!("{PROFILE}\n[[override]]\nrequirement = \"WGZ-TST-001\"\nlevel = \"should\"\n{reason}");
    assert_eq!(of(&lower, "WGZ-TST-001"), Some((Level::Should, false)));
}
