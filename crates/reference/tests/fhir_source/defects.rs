//! Each named defect of the FHIR side shows, and the sound source does not show it.

use std::collections::BTreeSet;

use crate::support::{BSN, Client, entries, next};

fn complete(client: &Client) -> String {
    client.service.patients().complete.expect("there is a complete patient")
}

fn search(client: &Client, kind: &str) -> String {
    format!("{kind}?patient.identifier={BSN}|{}", complete(client))
}

fn patient(client: &Client) -> String {
    format!("Patient?identifier={BSN}|{}", complete(client))
}

fn patient_url(client: &Client) -> String {
    client.bundle(&patient(client))["entry"][0]["fullUrl"].as_str().expect("an address").to_owned()
}

/// Runs an observation on the sound source and on one with the defect: they must differ.
fn shows<T: PartialEq + std::fmt::Debug>(defect: &str, sound: T, spoilt: T, look: impl Fn(&Client) -> T) {
    assert_eq!(look(&Client::new(&[])), sound, "without {defect}");
    assert_eq!(look(&Client::new(&[defect])), spoilt, "with {defect}");
}

#[test]
fn methods_and_state() {
    shows("custom-verb-answered", 501, 200, |client| {
        client.send("FOO", &patient_url(client), &[], b"").status
    });
    shows("get-changes-version", true, false, |client| {
        let url = patient_url(client);
        client.get(&url).header("ETag") == client.get(&url).header("ETag")
    });
    shows("second-delete-500", vec![405, 405], vec![405, 500], |client| {
        let url = patient_url(client);
        (0..2).map(|_| client.send("DELETE", &url, &[], b"").status).collect::<Vec<_>>()
    });
    shows("undeclared-interaction", vec![405, 405, 405, 404], vec![200, 200, 204, 200], |client| {
        let url = patient_url(client);
        let mut seen: Vec<u16> = ["PUT", "PATCH", "DELETE"]
            .iter()
            .map(|method| client.send(method, &url, &[], b"").status)
            .collect();
        seen.push(client.get(&format!("{url}/_history")).status);
        seen
    });
}

#[test]
fn formats_and_description() {
    shows("no-version", true, false, |client| {
        let statement = client.get("metadata").json();
        statement.get("fhirVersion").is_some() && statement["software"].get("version").is_some()
    });
    shows("capability-incomplete", true, false, |client| {
        let statement = client.get("metadata").json();
        statement.get("kind").is_some() && statement.get("format").is_some()
    });
    shows("duplicate-keys", 1, 2, |client| {
        client.get(&patient_url(client)).text().matches("\"resourceType\"").count()
    });
    shows("xml-loses-value", true, false, |client| {
        client.get(&format!("{}&_format=xml", patient(client))).text().contains("<display ")
    });
    shows("ignores-accept", 406, 200, |client| {
        client.send("GET", &patient(client), &[("Accept", "image/png")], b"").status
    });
    shows("text-plain-accepted", 415, 200, |client| {
        let form = search(client, "Flag").split_once('?').expect("a query").1.to_owned();
        client.send("POST", "Flag/_search", &[("Content-Type", "text/plain")], form.as_bytes()).status
    });
    shows("capability-overclaims", true, false, |client| {
        let declared = client.get("metadata").text().contains("\"Appointment\"");
        !declared || client.get("Appointment?patient=x").status == 200
    });
}

#[test]
fn errors_and_patients() {
    let bad = |client: &Client| format!("{}&_count=veel", search(client, "Flag"));
    shows("error-in-200", 400, 200, |client| client.get(&bad(client)).status);
    shows("stack-trace", false, true, |client| client.get(&bad(client)).text().contains("SearchParser.java"));
    shows("bsn-not-checked", 400, 200, |client| {
        client.get(&format!("Flag?patient.identifier={BSN}|999900007")).status
    });
    shows("bulk-bsn", 403, 200, |client| {
        let other = client.service.patients().other.expect("another patient");
        client.get(&format!("{},{BSN}|{other}", search(client, "Flag"))).status
    });
    shows("fuzzy-bsn", 0, 1, |client| {
        let like = similar(&complete(client));
        client.bundle(&format!("Patient?identifier={BSN}|{like}"))["total"].as_u64().expect("a total")
    });
    shows("fuzzy-bsn", 0, 0, |client| {
        let unknown = client.service.patients().unknown.expect("an unknown BSN");
        client.bundle(&format!("Patient?identifier={BSN}|{unknown}"))["total"].as_u64().expect("a total")
    });
}

/// A valid number that differs from another in two digits.
fn similar(bsn: &str) -> String {
    let digits: Vec<u32> = bsn.chars().filter_map(|letter| letter.to_digit(10)).collect();
    let proof = |digits: &[u32]| {
        let weights = [9, 8, 7, 6, 5, 4, 3, 2, 10];
        digits.iter().zip(weights).map(|(digit, weight)| digit * weight).sum::<u32>() % 11 == 0
    };
    for (first, second) in (0..100).map(|pair| (pair / 10, pair % 10)) {
        let mut next = digits.clone();
        (next[7], next[8]) = (first, second);
        if next != digits && proof(&next) {
            return next.iter().map(u32::to_string).collect();
        }
    }
    unreachable!("one pair in eleven passes the proof")
}

#[test]
fn contents() {
    shows("local-identifier-system", true, false, |client| {
        let bundle = client.bundle(&format!("{}&_include=Patient:general-practitioner", patient(client)));
        bundle.to_string().contains("http://fhir.nl/fhir/NamingSystem/ura")
    });
    shows("search-missing", 200, 404, |client| client.get(&search(client, "NutritionOrder")).status);
    shows("foreign-entry", 1, 2, |client| {
        let bundle = client.bundle(&search(client, "Flag"));
        let subjects: BTreeSet<String> =
            entries(&bundle, "match").iter().map(|entry| entry["resource"]["subject"].to_string()).collect();
        subjects.len()
    });
    shows("missing-code-system", true, false, |client| {
        client.bundle(&search(client, "Condition"))["entry"][0]["resource"]["code"]["coding"][0]["system"]
            .is_string()
    });
    shows("missing-required-element", true, false, |client| {
        client.bundle(&search(client, "Procedure"))["entry"][0]["resource"]["status"].is_string()
    });
}

#[test]
fn links_and_pages() {
    shows("self-link-echoes", false, true, |client| {
        client.bundle(&format!("{}&foo=bar", search(client, "Flag")))["link"][0]
            .to_string()
            .contains("foo=bar")
    });
    for defect in ["no-provenance", "no-include"] {
        shows(defect, true, false, |client| {
            let bundle = client.bundle(&format!(
                "{}&_include=Procedure:based-on&_revinclude=Provenance:target",
                search(client, "Procedure")
            ));
            let kind = if defect == "no-include" { "ProcedureRequest" } else { "Provenance" };
            entries(&bundle, "include").iter().any(|entry| entry["resource"]["resourceType"] == kind)
        });
    }
}

#[test]
fn scope() {
    let along = |defects: &[&str]| {
        let mut client = Client::new(defects);
        client.scopes = vec!["system/Patient.rs".to_owned()];
        let url = format!(
            "{}&_include=Patient:general-practitioner&_revinclude=Provenance:target",
            patient(&client)
        );
        entries(&client.bundle(&url), "include").len()
    };
    assert_eq!((along(&[]), along(&["revinclude-ignores-scope"])), (0, 2));
}

#[test]
fn paging() {
    let walk = |defects: &[&str]| {
        let client = Client::new(defects);
        let mut url = format!("{}&_count=5", search(&client, "Condition"));
        let mut found = Vec::new();
        for _ in 0..20 {
            let bundle = client.bundle(&url);
            found.extend(entries(&bundle, "match").iter().map(|entry| entry["fullUrl"].to_string()));
            match next(&bundle) {
                Some(next) => url = next,
                None => break,
            }
        }
        let unique: BTreeSet<String> = found.iter().cloned().collect();
        (found.len(), unique.len())
    };
    assert_eq!(walk(&[]), (14, 14));
    assert_eq!(walk(&["paging-loses"]), (12, 12));
    assert_eq!(walk(&["paging-duplicates"]), (16, 14));
}
