//! A source over a folder of resources.

use std::fs;
use std::path::PathBuf;

use http::HeaderMap;
use keur_reference::defects::Defects;
use keur_reference::fhir::{Grant, LoadError, Request, Service};

use crate::support::{BASE, BSN};

const FIRST: &str = "999912616";
const SECOND: &str = "999913451";

/// A fresh folder with files.
fn folder(name: &str, files: &[(&str, String)]) -> PathBuf {
    let dir = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    fs::create_dir_all(dir.join("inner")).expect("a folder");
    for (file, text) in files {
        fs::write(dir.join(file), text).expect("a file");
    }
    dir
}

fn load(dir: &PathBuf) -> Result<Service, LoadError> {
    let loaded = Service::from_folder(dir, BASE.to_owned(), Defects::default());
    fs::remove_dir_all(dir).expect("the folder goes away");
    loaded
}

fn patient(id: &str, bsn: &str) -> String {
    format!(r#"{{"resourceType":"Patient","id":"{id}","identifier":[{{"system":"{BSN}","value":"{bsn}"}}]}}"#)
}

fn team(id: &str, patient: &str) -> String {
    format!(
        r#"{{"resourceType":"CareTeam","id":"{id}","status":"active","subject":{{"reference":"Patient/{patient}"}},
        "participant":[{{"member":{{"reference":"Practitioner/is-er-niet"}}}}]}}"#
    )
}

#[test]
fn a_bad_file_is_named_with_the_remedy() {
    let cases = [
        ("not-json", "{", "is not JSON"),
        ("no-type", "{\"id\":\"a\"}", "without a valid 'resourceType'"),
        ("no-id", "{\"resourceType\":\"Flag\"}", "without a valid 'id'"),
    ];
    for (name, text, reason) in cases {
        let dir = folder(name, &[("good.json", patient("p", FIRST)), ("inner/bad.json", text.to_owned())]);
        let error = load(&dir).expect_err(name).to_string();
        assert!(error.contains("bad.json") && error.contains(reason), "{error}");
    }
    let error =
        load(&folder("no-patient", &[("team.json", team("t", "p"))])).expect_err("no patient").to_string();
    assert!(error.contains("no Patient with a valid BSN"), "{error}");
    let missing = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("is-er-niet");
    let error = Service::from_folder(&missing, BASE.to_owned(), Defects::default()).expect_err("no folder");
    assert!(error.to_string().contains("is-er-niet"), "{error}");
}

#[test]
fn a_search_without_patient_needs_a_token_for_one() {
    let dir = folder(
        "teams",
        &[
            ("a.json", patient("a", FIRST)),
            ("b.json", patient("b", SECOND)),
            ("inner/ta.json", team("ta", "a")),
            ("inner/tb.json", team("tb", "b")),
            ("inner/notes.txt", "not a resource".to_owned()),
        ],
    );
    let service = load(&dir).expect("a good folder");
    assert_eq!(service.bsns(), [FIRST, SECOND]);
    let patients = service.patients();
    assert_eq!((patients.complete.as_deref(), patients.other.as_deref()), (Some(FIRST), Some(SECOND)));
    assert_eq!((patients.restricted, patients.no_consent), (None, None));

    let ask = |path: &str, may_see: &(dyn Fn(&str) -> bool + Sync)| {
        let scopes = ["system/*.rs".to_owned()];
        let headers = HeaderMap::new();
        let query = "status=active&_include=CareTeam:participant";
        let request = Request { method: "GET", path, query, headers: &headers, body: b"" };
        let answer = service.handle(&request, Some(&Grant { scopes: &scopes, may_see }));
        (answer.status, String::from_utf8(answer.body).expect("UTF-8"))
    };
    let (status, body) = ask("CareTeam", &|bsn| bsn == FIRST);
    assert!(status == 200 && body.contains("CareTeam/ta") && !body.contains("CareTeam/tb"), "{body}");
    assert_eq!(ask("CareTeam", &|_| true).0, 403);
    assert_eq!(ask("CareTeam", &|_| false).0, 403);
    assert_eq!(ask("Flag", &|bsn| bsn == FIRST).0, 403);
}
