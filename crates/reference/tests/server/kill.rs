//! The small kill table: every defect of the server makes exactly its own probes fail.

use std::collections::BTreeSet;
use std::future::Future;
use std::pin::Pin;

use keur_reference::defects::{Defect, Mode, all};

use crate::client::World;
use crate::{
    probes_data as data, probes_layers as layers, probes_log as log, probes_tls as tls, probes_token as token,
};

type Verdict<'a> = Pin<Box<dyn Future<Output = bool> + 'a>>;
type Probe = (&'static str, for<'a> fn(&'a World) -> Verdict<'a>);

macro_rules! probes {
    ($($id:literal => $probe:path),* $(,)?) => { &[$(($id, |world| Box::pin($probe(world)))),*] };
}

const PROBES: &[Probe] = probes![
    "WGZ-SEC-001" => tls::sec_001, "WGZ-SEC-002" => tls::sec_002, "WGZ-SEC-003" => tls::sec_003,
    "WGZ-SEC-004" => tls::sec_004, "WGZ-SEC-005" => tls::sec_005, "WGZ-SEC-006" => tls::sec_006,
    "WGZ-SEC-007" => tls::sec_007, "WGZ-SEC-008" => tls::sec_008, "WGZ-SEC-009" => tls::sec_009,
    "WGZ-SEC-010" => layers::sec_010, "WGZ-SEC-011" => layers::sec_011, "WGZ-SEC-012" => layers::sec_012,
    "WGZ-SEC-013" => layers::sec_013, "WGZ-SEC-014" => layers::sec_014, "WGZ-SEC-015" => layers::sec_015,
    "WGZ-SEC-016" => token::sec_016, "WGZ-SEC-017" => token::sec_017, "WGZ-SEC-018" => token::sec_018,
    "WGZ-SEC-019" => token::sec_019, "WGZ-SEC-021" => token::sec_021, "WGZ-SEC-022" => layers::sec_022,
    "WGZ-SEC-023" => layers::sec_023, "WGZ-SEC-024" => token::sec_024, "WGZ-API-004" => data::api_004,
    "WGZ-API-006" => data::api_006, "WGZ-API-011" => data::api_011, "WGZ-ATN-001" => layers::atn_001,
    "WGZ-ATN-002" => token::atn_002, "WGZ-ATN-005" => token::atn_005, "WGZ-ATZ-001" => token::atz_001,
    "WGZ-ATZ-004" => data::atz_004, "WGZ-CNS-001" => data::cns_001, "WGZ-CNS-002" => data::cns_002,
    "WGZ-CNS-005" => data::cns_005, "WGZ-LOG-001" => log::log_001, "WGZ-LOG-002" => log::log_002,
    "WGZ-LOG-003" => log::log_003, "WGZ-LOG-004" => log::log_004, "WGZ-LOG-005" => log::log_005,
    "WGZ-LOG-006" => log::log_006, "WGZ-LOG-007" => log::log_007, "WGZ-LOG-008" => log::log_008,
    "WGZ-LOG-010" => log::log_010,
];
const ORGANISATION: &[Probe] = probes!["WGZ-ATN-004" => token::atn_004];
const PERSON: &[Probe] = probes!["WGZ-ATN-003" => token::atn_003];

/// Defects that show in FHIR content; the tests of the FHIR service cover them.
const OF_THE_SERVICE: &[&str] = &[
    "stack-trace",
    "custom-verb-answered",
    "get-changes-version",
    "second-delete-500",
    "no-version",
    "duplicate-keys",
    "xml-loses-value",
    "ignores-accept",
    "text-plain-accepted",
    "capability-overclaims",
    "capability-incomplete",
    "undeclared-interaction",
    "error-in-200",
    "bsn-not-checked",
    "local-identifier-system",
    "fuzzy-bsn",
    "revinclude-ignores-scope",
    "bulk-bsn",
    "search-missing",
    "foreign-entry",
    "missing-code-system",
    "missing-required-element",
    "self-link-echoes",
    "no-provenance",
    "no-include",
    "paging-loses",
    "paging-duplicates",
];

/// Defects that only a scan of the server shows; the probes here look at one answer each.
const OF_THE_SCAN: &[&str] = &[
    "client-order",
    "phase-out-suite",
    "weak-curve",
    "weak-dh",
    "sha1-handshake",
    "weak-issuer",
    "stray-certificate",
    "revoked-staple",
    "no-renegotiation-info",
    "no-master-secret",
    "no-hsts",
];

async fn failing(defect: Option<&str>, variant: &str) -> BTreeSet<String> {
    let world = World::start(defect, variant).await;
    let by_variant = if world.person { PERSON } else { ORGANISATION };
    let mut failing = BTreeSet::new();
    // Without proofs of possession there is nothing to get wrong in them.
    let of_proofs = |id: &str| world.bearer && ["WGZ-SEC-013", "WGZ-SEC-014"].contains(&id);
    for (id, probe) in PROBES.iter().chain(by_variant) {
        if !of_proofs(id) && !probe(&world).await {
            failing.insert((*id).to_owned());
        }
    }
    world.running.shutdown().await;
    failing
}

#[tokio::test]
async fn the_clean_product_keeps_every_requirement() {
    for variant in keur_reference::VARIANTS {
        assert_eq!(failing(None, variant).await, BTreeSet::new(), "{variant}");
    }
}

async fn check(defects: Vec<Defect>) {
    let mut wrong = Vec::new();
    for defect in defects {
        let variant = defect.variant.as_deref().unwrap_or(keur_reference::VARIANTS[0]);
        // What has no probe here does not show.
        let probed =
            |id: &&String| PROBES.iter().chain(ORGANISATION).chain(PERSON).any(|(own, _)| own == *id);
        let expected: BTreeSet<String> = defect.breaks.iter().filter(probed).cloned().collect();
        let failing = failing(Some(&defect.name), variant).await;
        if failing != expected {
            wrong.push(format!("{}: expected {expected:?}, got {failing:?}", defect.name));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn is_elsewhere(defect: &Defect) -> bool {
    // Faults of the open API show in its own answers only.
    if defect.name.starts_with("api-") {
        return true;
    }
    OF_THE_SERVICE.iter().chain(OF_THE_SCAN).any(|name| *name == defect.name)
}

fn of_the_server(part: usize) -> Vec<Defect> {
    let own = |defect: &Defect| !is_elsewhere(defect) && defect.mode == Mode::Practice;
    all()
        .into_iter()
        .filter(own)
        .enumerate()
        .filter(|(at, _)| at % 3 == part)
        .map(|(_, defect)| defect)
        .collect()
}

#[tokio::test]
async fn each_defect_breaks_exactly_its_own_requirements_1() {
    check(of_the_server(0)).await;
}

#[tokio::test]
async fn each_defect_breaks_exactly_its_own_requirements_2() {
    check(of_the_server(1)).await;
}

#[tokio::test]
async fn each_defect_breaks_exactly_its_own_requirements_3() {
    check(of_the_server(2)).await;
}

/// A product that cheats keeps every requirement as long as it takes the client for the tester.
#[tokio::test]
async fn cheats_are_sound_in_practice() {
    let cheats: Vec<Defect> = all().into_iter().filter(|defect| defect.mode == Mode::Exam).collect();
    assert_eq!(cheats.len(), 2);
    for cheat in cheats {
        assert_eq!(
            failing(Some(&cheat.name), keur_reference::VARIANTS[0]).await,
            BTreeSet::new(),
            "{}",
            cheat.name
        );
    }
}

/// Faults in the content do not disturb the layers around it.
#[tokio::test]
async fn defects_of_the_service_break_nothing_of_the_server() {
    for defect in all().into_iter().filter(is_elsewhere) {
        let allowed: BTreeSet<String> = defect.breaks.iter().cloned().collect();
        let failing = failing(Some(&defect.name), keur_reference::VARIANTS[0]).await;
        assert!(failing.is_subset(&allowed), "{}: {failing:?}", defect.name);
    }
}

#[test]
fn a_defect_that_breaks_more_than_one_requirement_says_why() {
    for defect in all() {
        assert!(!defect.breaks.is_empty(), "{}", defect.name);
        assert_eq!(defect.breaks.len() > 1, defect.reason.is_some(), "{}", defect.name);
    }
}

/// A name in the table that no code asks for would be a fault that does nothing.
#[test]
fn every_defect_is_built_in() {
    let mut sources = String::new();
    let mut folders = vec![std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in folder.read_dir().expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                sources += &std::fs::read_to_string(&path).expect("readable");
            }
        }
    }
    // Faults of the document stand in a table.
    let asked = |name: &str| {
        sources.contains(&format!("has(\"{name}\")")) || sources.contains(&format!("(\"{name}\", |d|"))
    };
    let idle: Vec<String> = all().into_iter().map(|defect| defect.name).filter(|name| !asked(name)).collect();
    assert!(idle.is_empty(), "{idle:?}");
    let known: BTreeSet<String> = all().into_iter().map(|defect| defect.name).collect();
    assert!(OF_THE_SERVICE.iter().chain(OF_THE_SCAN).all(|name| known.contains(*name)));
}
