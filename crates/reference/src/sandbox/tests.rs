//! The sandbox as a client sees it.

use http::HeaderMap;
use serde_json::json;

use super::*;

fn ask(sandbox: &Sandbox, method: &str, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        map.insert(http::HeaderName::try_from(*name).expect("a name"), value.parse().expect("a value"));
    }
    if !body.is_empty() && !map.contains_key("content-type") {
        map.insert("content-type", "application/fhir+json".parse().expect("a value"));
    }
    sandbox.handle(&Request { method, path, query, headers: &map, body: body.as_bytes() })
}

fn sandbox() -> Sandbox {
    Sandbox::new("http://x", false, Defects::default())
}

fn json_of(answer: &Answer) -> Value {
    serde_json::from_slice(&answer.body).unwrap_or_default()
}

const PATIENT: &str = r#"{"resourceType":"Patient","active":true}"#;

#[test]
fn a_resource_lives_and_dies() {
    let server = sandbox();
    let made = ask(&server, "POST", "Patient", &[], PATIENT);
    assert_eq!(made.status, 201);
    let id = json_of(&made)["id"].as_str().expect("an id").to_owned();
    let path = format!("Patient/{id}");
    let body = json!({"resourceType": "Patient", "id": id, "active": false}).to_string();
    assert_eq!(ask(&server, "PUT", &path, &[("if-match", "W/\"9\"")], &body).status, 412);
    assert_eq!(ask(&server, "PUT", &path, &[("if-match", "W/\"1\"")], &body).status, 200);
    assert_eq!(ask(&server, "PUT", &path, &[], PATIENT).status, 400);
    assert_eq!(json_of(&ask(&server, "GET", &format!("{path}/_history/1"), &[], ""))["active"], true);
    assert_eq!(ask(&server, "GET", &path, &[("if-none-match", "W/\"2\"")], "").status, 304);
    assert_eq!(ask(&server, "DELETE", &path, &[], "").status, 204);
    assert_eq!(ask(&server, "GET", &path, &[], "").status, 410);
    let history = json_of(&ask(&server, "GET", &format!("{path}/_history"), &[], ""));
    assert_eq!(history["total"], 3);
    assert_eq!(history["entry"][0]["request"]["method"], "DELETE");
}

#[test]
fn searches_page_and_include() {
    let server = sandbox();
    let first = json_of(&ask(&server, "GET", "Observation?_count=5&_include=Observation:subject", &[], ""));
    assert_eq!((first["total"].as_u64(), first["link"][1]["relation"].as_str()), (Some(8), Some("next")));
    let next =
        first["link"][1]["url"].as_str().expect("a link").strip_prefix("http://x/fhir/").expect("ours");
    let second = json_of(&ask(&server, "GET", next, &[], ""));
    let matches = |bundle: &Value| {
        let entries = bundle["entry"].as_array().expect("entries");
        entries.iter().filter(|entry| entry["search"]["mode"] == "match").count()
    };
    assert_eq!((matches(&first), matches(&second)), (5, 3));
    assert_eq!(ask(&server, "GET", "Patient?onzin=1", &[("prefer", "handling=strict")], "").status, 400);
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(json_of(&ask(&server, "POST", "Patient/_search", &form, "gender=female"))["total"], 1);
}

#[test]
fn a_transaction_is_all_or_nothing() {
    let server = sandbox();
    let bundle = |second: Value| {
        let first = json!({"fullUrl": "urn:uuid:a", "resource": {"resourceType": "Patient", "active": true}, "request": {"method": "POST", "url": "Patient"}});
        json!({"resourceType": "Bundle", "type": "transaction", "entry": [first, second]}).to_string()
    };
    let observation =
        json!({"resourceType": "Observation", "status": "final", "subject": {"reference": "urn:uuid:a"}});
    let good = bundle(json!({"resource": observation, "request": {"method": "POST", "url": "Observation"}}));
    let bad = bundle(
        json!({"resource": {"resourceType": "Observation", "onzin": 1}, "request": {"method": "POST", "url": "Observation"}}),
    );
    assert_eq!(ask(&server, "POST", "", &[], &bad).status, 400);
    assert_eq!(json_of(&ask(&server, "GET", "Patient", &[], ""))["total"], 4);
    let done = json_of(&ask(&server, "POST", "", &[], &good));
    let reference = done["entry"][1]["resource"]["subject"]["reference"].as_str().expect("a reference");
    assert_eq!(ask(&server, "GET", reference, &[], "").status, 200, "{done}");
}

#[test]
fn a_patch_is_applied_whole() {
    let server = sandbox();
    let headers = [("content-type", "application/json-patch+json")];
    let good = r#"[{"op":"test","path":"/gender","value":"female"},{"op":"replace","path":"/active","value":false}]"#;
    assert_eq!(json_of(&ask(&server, "PATCH", "Patient/pat-een", &headers, good))["active"], false);
    let bad =
        r#"[{"op":"replace","path":"/active","value":true},{"op":"test","path":"/gender","value":"male"}]"#;
    assert_eq!(ask(&server, "PATCH", "Patient/pat-een", &headers, bad).status, 422);
    assert_eq!(json_of(&ask(&server, "GET", "Patient/pat-een", &[], ""))["active"], false);
    assert_eq!(ask(&server, "PATCH", "Patient/pat-een", &[], good).status, 415);
}
