//! Methods, negotiation, refusals and links of the source.

use crate::support::{BASE, BSN, Client, entries, next};
use serde_json::Value;

const FORM: &str = "application/x-www-form-urlencoded";

fn complete(client: &Client) -> String {
    client.service.patients().complete.expect("there is a complete patient")
}

fn conditions(client: &Client) -> String {
    format!("Condition?patient.identifier={BSN}|{}", complete(client))
}

fn patient_url(client: &Client) -> String {
    let bundle = client.bundle(&format!("Patient?identifier={BSN}|{}", complete(client)));
    bundle["entry"][0]["fullUrl"].as_str().expect("an address").to_owned()
}

fn link(bundle: &Value) -> String {
    bundle["link"][0]["url"].as_str().expect("a self link").to_owned()
}

#[test]
fn refusals_have_the_right_status_and_code() {
    let client = Client::new(&[]);
    let bsn = complete(&client);
    let other = client.service.patients().other.expect("another patient");
    let patient = patient_url(&client);
    let good = conditions(&client);
    let cases: Vec<(&str, String, u16, &str)> = vec![
        ("FOO", patient.clone(), 501, "not-supported"),
        ("PUT", patient.clone(), 405, "not-supported"),
        ("DELETE", patient.clone(), 405, "not-supported"),
        ("OPTIONS", patient.clone(), 405, "not-supported"),
        ("POST", "Condition".to_owned(), 405, "not-supported"),
        ("POST", "metadata".to_owned(), 405, "not-supported"),
        ("GET", "Condition/_search".to_owned(), 405, "not-supported"),
        ("GET", "Verzonnen".to_owned(), 404, "not-supported"),
        ("GET", "Appointment?patient=x".to_owned(), 404, "not-supported"),
        ("GET", "Organization?name=x".to_owned(), 404, "not-supported"),
        ("GET", String::new(), 404, "not-supported"),
        ("GET", "$export".to_owned(), 404, "not-supported"),
        ("GET", "Patient/$export".to_owned(), 404, "not-supported"),
        ("GET", format!("{patient}/_history"), 404, "not-supported"),
        ("POST", "Patient/_read".to_owned(), 404, "not-supported"),
        ("GET", "Patient/bestaat-niet".to_owned(), 404, "not-found"),
        ("GET", "Condition".to_owned(), 403, "forbidden"),
        ("GET", "CareTeam?status=active".to_owned(), 403, "forbidden"),
        ("GET", "Patient?name=Jansen".to_owned(), 403, "forbidden"),
        ("GET", "Patient?_count=1000".to_owned(), 403, "forbidden"),
        ("GET", format!("Condition?patient.identifier={BSN}|{bsn},{BSN}|{other}"), 403, "forbidden"),
        ("GET", format!("Patient?identifier={BSN}|{bsn}&identifier={BSN}|{other}"), 403, "forbidden"),
        ("GET", format!("Condition?patient.identifier={BSN}|999900007"), 400, "value"),
        ("GET", format!("Patient?identifier={BSN}|12"), 400, "value"),
        ("GET", format!("{good}&_count=veel"), 400, "invalid"),
        ("GET", format!("{good}&_lastUpdated=gisteren"), 400, "invalid"),
        ("GET", "Condition?_cursor=AAAA".to_owned(), 400, "invalid"),
    ];
    for (method, url, status, code) in cases {
        let got = client.send(method, &url, &[], b"");
        assert_eq!(got.status, status, "{method} {url}: {}", got.text());
        let outcome = got.json();
        assert_eq!(outcome["resourceType"], "OperationOutcome", "{method} {url}");
        assert_eq!(outcome["issue"][0]["code"], code, "{method} {url}");
        assert_eq!(got.header("Allow").is_some(), status == 405, "{method} {url}");
    }
}

#[test]
fn hidden_and_unknown_patients_look_the_same() {
    let mut client = Client::new(&[]);
    let patients = client.service.patients();
    let (hidden, unknown) = (patients.other.expect("a BSN"), patients.unknown.expect("a BSN"));
    let id = client.bundle(&format!("Patient?identifier={BSN}|{hidden}"))["entry"][0]["fullUrl"].clone();
    client.hidden = vec![hidden.clone(), unknown.clone()];
    for search in
        ["Patient?identifier=", "Condition?patient.identifier=", "Observation/$lastn?subject.identifier="]
    {
        let shape = |bsn: &str| {
            let got = client.get(&format!("{search}{BSN}|{bsn}"));
            assert_eq!(got.answer.asked_bsn.as_deref(), Some(bsn));
            let mut bundle = got.json();
            bundle["id"] = Value::Null;
            (got.status, got.answer.headers.clone(), bundle.to_string().replace(bsn, "BSN"))
        };
        let seen = shape(&hidden);
        assert_eq!(seen, shape(&unknown), "{search}");
        assert_eq!(seen.0, 200);
    }
    let by_id = client.get(id.as_str().expect("an address"));
    let missing = client.get("Patient/bestaat-niet");
    assert_eq!((by_id.status, by_id.text()), (missing.status, missing.text()));
    assert_eq!(by_id.answer.asked_bsn.as_deref(), Some(hidden.as_str()));
    assert_eq!(client.get("Condition?patient=bestaat-niet").json()["total"], 0);
}

#[test]
fn the_self_link_shows_what_was_used() {
    let client = Client::new(&[]);
    let search = conditions(&client);
    let used = link(&client.bundle(&format!("{search}&foo=bar&_count=1000&_include=Condition:asserter")));
    assert!(used.contains("_count=100") && !used.contains("_count=1000"), "{used}");
    assert!(!used.contains("foo") && !used.contains("asserter"), "{used}");
    let strict = client.send("GET", &format!("{search}&foo=bar"), &[("Prefer", "handling=strict")], b"");
    assert_eq!((strict.status, strict.json()["issue"][0]["code"].as_str()), (400, Some("invalid")));
    assert_eq!(client.send("GET", &search, &[("Prefer", "handling=strict")], b"").status, 200);
}

#[test]
fn a_search_can_be_posted_as_a_form_only() {
    let client = Client::new(&[]);
    let search = conditions(&client);
    let body = search.split_once('?').expect("a query").1.replace('|', "%7C");
    let post =
        |kind: &str| client.send("POST", "Condition/_search", &[("Content-Type", kind)], body.as_bytes());
    assert_eq!(post(FORM).json()["total"], client.bundle(&search)["total"]);
    assert_eq!(post("text/plain").status, 415);
    assert_eq!(client.send("POST", "Condition/_search", &[], body.as_bytes()).status, 415);
    assert_eq!(client.send("POST", "Patient", &[("Content-Type", "text/plain")], b"x").status, 415);
    assert_eq!(
        client.send("POST", "Patient", &[("Content-Type", "application/fhir+json")], b"{}").status,
        405
    );
}

#[test]
fn scopes_bound_matches_and_what_comes_along() {
    let mut client = Client::new(&[]);
    let bsn = complete(&client);
    client.scopes = vec!["system/Patient.rs".to_owned()];
    assert_eq!(client.get(&conditions(&client)).status, 403);
    assert_eq!(client.get("Condition/bestaat-niet").status, 403);
    let search = format!(
        "Patient?identifier={BSN}|{bsn}&_include=Patient:general-practitioner&_revinclude=Provenance:target"
    );
    let bundle = client.bundle(&search);
    assert_eq!((entries(&bundle, "match").len(), entries(&bundle, "include").len()), (1, 0));
}

#[test]
fn the_wanted_format_is_given() {
    let client = Client::new(&[]);
    let search = conditions(&client);
    for (accept, status, kind) in [
        ("application/fhir+json", 200, "application/fhir+json"),
        ("application/fhir+xml", 200, "application/fhir+xml"),
        ("application/xml", 200, "application/fhir+xml"),
        ("image/png", 406, "application/fhir+json"),
    ] {
        let got = client.send("GET", &search, &[("Accept", accept)], b"");
        assert_eq!(got.status, status, "{accept}");
        assert!(got.header("Content-Type").is_some_and(|found| found.starts_with(kind)), "{accept}");
    }
    let xml = client.get(&format!("{search}&_format=xml&_count=5"));
    assert!(xml.text().contains("<Bundle xmlns=\"http://hl7.org/fhir\">"));
    let json = client.bundle(&format!("{search}&_format=json&_count=5"));
    assert!(next(&json).is_some_and(|next| next.contains("_format=json")));
}

#[test]
fn reading_gives_version_headers_and_head_no_body() {
    let client = Client::new(&[]);
    let url = patient_url(&client);
    let got = client.get(&url);
    assert_eq!(got.header("ETag"), Some("W/\"1\""));
    assert_eq!(got.header("Last-Modified"), Some("Tue, 01 Sep 2026 06:00:00 GMT"));
    assert_eq!(got.json()["meta"]["versionId"], "1");
    assert_eq!(got.answer.asked_bsn, Some(complete(&client)));
    let head = client.send("HEAD", &url, &[], b"");
    assert_eq!((head.status, head.header("ETag"), head.answer.body.len()), (200, Some("W/\"1\""), 0));
}

#[test]
fn every_declared_interaction_works() {
    let client = Client::new(&[]);
    let bsn = complete(&client);
    let statement = client.get("metadata").json();
    assert_eq!(statement["resourceType"], "CapabilityStatement");
    for resource in statement["rest"][0]["resource"].as_array().expect("resources") {
        let kind = resource["type"].as_str().expect("a type");
        let codes = resource["interaction"].to_string();
        assert!(codes.contains("read"), "{kind}");
        assert_eq!(
            client.get(&format!("{kind}/bestaat-niet")).json()["issue"][0]["code"],
            "not-found",
            "{kind}"
        );
        if !codes.contains("search-type") {
            continue;
        }
        let base = match kind {
            "Patient" => format!("Patient?identifier={BSN}|{bsn}"),
            "Coverage" => format!("Coverage?beneficiary.identifier={BSN}|{bsn}"),
            _ => format!("{kind}?patient.identifier={BSN}|{bsn}"),
        };
        for parameter in resource["searchParam"].as_array().expect("parameters") {
            let name = parameter["name"].as_str().expect("a name");
            let value = if parameter["type"] == "date" { "ge2000" } else { "x" };
            let naming = ["patient", "subject", "beneficiary", "identifier"].contains(&name)
                || (kind == "Patient" && name == "_id");
            let url = if naming { base.clone() } else { format!("{base}&{name}={value}") };
            let bundle = client.bundle(&url);
            assert!(naming || link(&bundle).contains(&format!("{name}=")), "{url}");
        }
        // Among all observations the related ones are matches themselves.
        let narrow =
            if kind == "Observation" { "&category=http://snomed.info/sct|49581000146104" } else { "" };
        for include in resource["searchInclude"].as_array().into_iter().flatten() {
            let bundle =
                client.bundle(&format!("{base}{narrow}&_include={}", include.as_str().expect("text")));
            assert!(!entries(&bundle, "include").is_empty(), "{include}");
        }
    }
    assert_eq!(client.get(&format!("Observation/$lastn?patient.identifier={BSN}|{bsn}")).status, 200);
}

#[test]
fn answers_are_the_same_each_time() {
    let client = Client::new(&[]);
    let search = format!("{}&_count=5&_revinclude=Provenance:target", conditions(&client));
    assert_eq!(client.get(&search).answer, client.get(&search).answer);
    assert!(link(&client.bundle(&search)).starts_with(BASE));
}

#[test]
fn hostile_input_never_breaks_the_source() {
    let client = Client::new(&[]);
    let long = "a".repeat(5000);
    for url in [
        "Patient?identifier=%7C%7C,%7C",
        "Patient?identifier=%00%ff%fe",
        "Patient/../../etc/passwd",
        "Patient/é",
        "Observation/$lastn?max=99999999999999999999999",
        "Observation?date=gé&patient=1",
        "Condition?_cursor=%F0%9F%92%A9",
        "Condition?patient=&_count=99999999999999999999",
        "////",
        "metadata/x",
        &format!("Patient/{long}"),
        &format!("Patient?{long}={long}"),
    ] {
        let got = client.get(url);
        assert!((400..500).contains(&got.status), "{url}: {}", got.status);
        assert_eq!(got.json()["resourceType"], "OperationOutcome", "{url}");
    }
}
