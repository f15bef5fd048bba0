//! The synthetic patients and the BgZ behaviour of the source.

use std::collections::BTreeSet;

use crate::support::{BSN, Client, entries, next};
use keur_reference::fhir::Service;
use serde_json::Value;

/// The 27 searches of BgZ-MSZ 2.0; `{p}` is the patient parameter, `{b}` the BSN.
const SEARCHES: &[&str] = &[
    "Patient?identifier={b}&_include=Patient:general-practitioner&_revinclude=Provenance:target",
    "Coverage?beneficiary.identifier={b}&_include=Coverage:payor&_revinclude=Provenance:target",
    "Consent?{p}&category=http://snomed.info/sct|11291000146105&_revinclude=Provenance:target",
    "Consent?{p}&category=http://snomed.info/sct|11341000146107&_revinclude=Provenance:target",
    "Observation?{p}&category=http://snomed.info/sct|118228005,http://snomed.info/sct|384821006\
     &_revinclude=Provenance:target",
    "Patient?identifier={b}&_revinclude=Provenance:target",
    "Condition?{p}&_revinclude=Provenance:target",
    "Observation?{p}&code=http://snomed.info/sct|365508006&_revinclude=Provenance:target",
    "Observation?{p}&code=http://snomed.info/sct|228366006&_revinclude=Provenance:target",
    "Observation?{p}&code=http://snomed.info/sct|228273003&_revinclude=Provenance:target",
    "Observation?{p}&code=http://snomed.info/sct|365980008&_revinclude=Provenance:target",
    "NutritionOrder?{p}&_revinclude=Provenance:target",
    "Flag?{p}&_revinclude=Provenance:target",
    "AllergyIntolerance?{p}&_revinclude=Provenance:target",
    "MedicationStatement?{p}&category=urn:oid:2.16.840.1.113883.2.4.3.11.60.20.77.5.3|6\
     &_include=MedicationStatement:medication&_revinclude=Provenance:target",
    "MedicationRequest?{p}&category=http://snomed.info/sct|16076005&_include=MedicationRequest:medication\
     &_revinclude=Provenance:target",
    "MedicationDispense?{p}&category=http://snomed.info/sct|422037009&_include=MedicationDispense:medication\
     &_revinclude=Provenance:target",
    "DeviceUseStatement?{p}&_include=DeviceUseStatement:device&_revinclude=Provenance:target",
    "Immunization?{p}&status=completed&_revinclude=Provenance:target",
    "Observation/$lastn?{p}&code=http://loinc.org|85354-9",
    "Observation?{p}&code=http://loinc.org|29463-7&_revinclude=Provenance:target",
    "Observation?{p}&code=http://loinc.org|8302-2,http://loinc.org|8306-3,http://loinc.org|8308-9\
     &_revinclude=Provenance:target",
    "Observation?{p}&category=http://snomed.info/sct|49581000146104&_include=Observation:related-target\
     &_revinclude=Provenance:target",
    "Procedure?{p}&category=http://snomed.info/sct|387713003,http://snomed.info/sct|258174001\
     &_include=Procedure:based-on&_revinclude=Provenance:target",
    "Encounter?{p}&_revinclude=Provenance:target",
    "ProcedureRequest?{p}&status=active&_revinclude=Provenance:target",
    "CareTeam?{p}&status=active&_include=CareTeam:participant&_revinclude=Provenance:target",
];

fn fill(search: &str, bsn: &str) -> String {
    let identifier = format!("{BSN}|{bsn}");
    search.replace("{p}", &format!("patient.identifier={identifier}")).replace("{b}", &identifier)
}

fn complete(service: &Service) -> String {
    service.patients().complete.expect("there is a complete patient")
}

#[test]
fn every_bgz_section_is_filled_and_has_provenance() {
    let client = Client::new(&[]);
    let bsn = complete(&client.service);
    let mut served = BTreeSet::new();
    for search in SEARCHES {
        let bundle = client.bundle(&fill(search, &bsn));
        assert_eq!(bundle["type"], "searchset", "{search}");
        let matches = entries(&bundle, "match");
        assert!(!matches.is_empty(), "{search}");
        served.extend(entries(&bundle, "match").iter().map(|entry| entry["fullUrl"].to_string()));
        let included = entries(&bundle, "include");
        if search.contains("_revinclude") {
            let about: BTreeSet<&str> = included
                .iter()
                .filter_map(|entry| entry["resource"]["target"][0]["reference"].as_str())
                .collect();
            for entry in &matches {
                let key = format!(
                    "{}/{}",
                    entry["resource"]["resourceType"].as_str().expect("type"),
                    entry["resource"]["id"].as_str().expect("id")
                );
                assert!(about.contains(key.as_str()), "{search}: {key} has no Provenance");
            }
        }
        if search.contains("_include") {
            let others = included.iter().filter(|entry| entry["resource"]["resourceType"] != "Provenance");
            assert!(others.count() > 0, "{search}: nothing is included");
        }
    }
    assert!(served.len() >= 60, "{} resources", served.len());
}

#[test]
fn patients_have_the_data_their_purpose_promises() {
    let client = Client::new(&[]);
    let patients = client.service.patients();
    let count = |bsn: &Option<String>, search: &str| {
        entries(&client.bundle(&fill(search, bsn.as_ref().expect("a BSN"))), "match").len()
    };
    for bsn in [&patients.other, &patients.no_consent, &patients.restricted] {
        assert!(count(bsn, "Condition?{p}") >= 2);
    }
    assert_eq!(count(&patients.empty, "Patient?identifier={b}"), 1);
    assert_eq!(count(&patients.empty, "Condition?{p}"), 0);
    let unknown = patients.unknown.clone().expect("an unknown BSN");
    assert!(!client.service.bsns().contains(&unknown));
    assert_eq!(client.service.bsns().len(), 5);

    let second = Client::of("90000383", &[]);
    assert_eq!(second.service.bsns().len(), 1);
    assert!(!client.service.bsns().contains(&complete(&second.service)));
}

#[test]
fn nothing_reveals_a_shielded_record() {
    let client = Client::new(&[]);
    let bsn = client.service.patients().restricted.expect("a restricted patient");
    for search in SEARCHES {
        let text = client.get(&fill(search, &bsn)).text();
        for word in ["hivinfectie", "86406008", "HIV-1", "44870007", "Confidentiality"] {
            assert!(!text.contains(word), "{search} shows {word}");
        }
    }
}

#[test]
fn every_served_reference_points_to_something_that_can_be_read() {
    let client = Client::new(&[]);
    for bsn in client.service.bsns() {
        for search in SEARCHES {
            let bundle = client.bundle(&fill(search, &bsn));
            for reference in references(&bundle) {
                assert_eq!(client.get(&reference).status, 200, "{search}: {reference}");
            }
        }
    }
}

fn references(value: &Value) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut todo = vec![value];
    while let Some(value) = todo.pop() {
        match value {
            Value::Object(fields) => {
                found.extend(fields.get("reference").and_then(Value::as_str).map(str::to_owned));
                todo.extend(fields.values());
            }
            Value::Array(items) => todo.extend(items),
            _ => {}
        }
    }
    found
}

#[test]
fn pages_hold_everything_once() {
    let client = Client::new(&[]);
    let bsn = complete(&client.service);
    for search in ["Condition?{p}&_revinclude=Provenance:target", SEARCHES[22]] {
        let whole = client.bundle(&fill(search, &bsn));
        let expected: Vec<String> =
            entries(&whole, "match").iter().map(|entry| entry["fullUrl"].to_string()).collect();
        let mut found = Vec::new();
        let mut url = format!("{}&_count=10", fill(search, &bsn));
        let mut pages = 0;
        loop {
            let bundle = client.bundle(&url);
            assert_eq!(bundle["total"], expected.len());
            found.extend(entries(&bundle, "match").iter().map(|entry| entry["fullUrl"].to_string()));
            pages += 1;
            match next(&bundle) {
                Some(next) if pages < 20 => {
                    assert!(!next.contains(&bsn), "{next}");
                    url = next;
                }
                _ => break,
            }
        }
        assert!(pages > 1, "{search}");
        assert_eq!(found, expected, "{search}");
    }
}

#[test]
fn lastn_gives_the_newest() {
    let client = Client::new(&[]);
    let bsn = complete(&client.service);
    let all = client.bundle(&fill("Observation?{p}&code=http://loinc.org|85354-9", &bsn));
    assert_eq!(entries(&all, "match").len(), 2);
    let newest = client.bundle(&fill("Observation/$lastn?{p}&code=http://loinc.org|85354-9", &bsn));
    assert_eq!(newest["total"], 1);
    assert_eq!(newest["entry"][0]["resource"]["effectiveDateTime"], "2026-08-12T10:05:00+02:00");
}
