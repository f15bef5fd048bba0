//! Small changes of a sound document: each breaks the rules it should, and no other.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

use std::collections::{BTreeMap, BTreeSet};

use keur_openapi::{Document, RULES, judge};

const BASELINE: &str = include_str!("baseline.yaml");

fn broken(text: &str) -> BTreeSet<&'static str> {
    let files = BTreeMap::from([("api.yaml".to_owned(), text.as_bytes().to_vec())]);
    let document = Document::open("api.yaml", &files).unwrap();
    RULES.iter().filter(|rule| !judge(&document, rule).is_empty()).map(|rule| rule.id).collect()
}

/// Replaces the first occurrence, which must be there.
fn changed(from: &str, to: &str) -> String {
    assert!(BASELINE.contains(from), "{from:?} is not in the baseline");
    BASELINE.replacen(from, to, 1)
}

#[test]
fn the_baseline_breaks_nothing() {
    assert_eq!(broken(BASELINE), BTreeSet::new());
}

/// What the text of the rules forbids; the official linter passes over most of these.
#[test]
fn every_mutant_breaks_its_rule_and_no_other() {
    let get = "    get:\n      operationId: lijst";
    let ok = "headers: {API-Version: {schema: {type: string}}}\n          content:\n            application/json:\n              schema: {type: array";
    for (from, to, rules) in [
        ("/spreekuren:\n", "/-spreekuren:\n", &["/core/path-segments-kebab-case"][..]),
        ("/spreekuren:\n", "/spreekuren-:\n", &["/core/path-segments-kebab-case"]),
        ("/spreekuren:\n", "/vrije--spreekuren:\n", &["/core/path-segments-kebab-case"]),
        ("/spreekuren:\n", "/spreekuren/schema.txt:\n", &["/core/path-segments-kebab-case"]),
        ("/spreekuren:\n", "/vrijeSpreekuren:\n", &["/core/path-segments-kebab-case"]),
        ("/spreekuren:\n", "/spreekuren/:\n", &["/core/no-trailing-slash"]),
        (
            get,
            "    trace: {responses: {'200': {description: x, headers: {api-version: {}}}, '400': {$ref: '#/components/responses/Fout'}}}\n    get:\n      operationId: lijst",
            &["/core/http-methods"],
        ),
        (
            get,
            "    options: {responses: {'200': {description: x, headers: {api-version: {}}}, '400': {$ref: '#/components/responses/Fout'}}}\n    get:\n      operationId: lijst",
            &["/core/http-methods"],
        ),
        ("api/v1", "api/v1.2", &["/core/uri-version"]),
        ("api/v1", "api/v+", &["/core/uri-version"]),
        ("api/v1", "api/v2", &["/core/uri-version"]),
        ("api/v1", "api", &["/core/uri-version"]),
        ("servers:\n  - url: https://voorbeeld.nl/api/v1\n", "", &["/core/uri-version"]),
        ("'200':", "2XX:", &[]),
        (
            ok,
            "content:\n            application/json:\n              schema: {type: array",
            &["/core/version-header"],
        ),
        (
            ok,
            "headers: {X-API-Version: {schema: {type: string}}}\n          content:\n            application/json:\n              schema: {type: array",
            &["/core/version-header"],
        ),
        (
            "Een fout.\n      headers: {API-Version: {schema: {type: string}}}",
            "Een fout.",
            &["/core/version-header"],
        ),
        ("headers: {API-Version:", "headers: {API-VERSION:", &[]),
        ("application/problem+json", "text/html", &["/core/error-handling/problem-details"]),
        (
            "application/problem+json:",
            "application/json: {}\n        application/problem+json:",
            &["/core/error-handling/problem-details"],
        ),
        (
            "        status: {type: integer}",
            "        status: {type: string}",
            &["/core/error-handling/problem-details"],
        ),
        (
            "        detail: {type: string}",
            "        details: {type: string}",
            &["/core/error-handling/problem-details"],
        ),
        (
            "'404': {$ref: '#/components/responses/Fout'}",
            "'404': {description: weg, headers: {API-Version: {}}}",
            &["/core/error-handling/problem-details"],
        ),
        (
            "'404': {$ref: '#/components/responses/Fout'}",
            "4XX: {description: weg, headers: {API-Version: {}}, content: {application/json: {}}}",
            &["/core/error-handling/problem-details"],
        ),
        (
            "'400': {$ref: '#/components/responses/Fout'}",
            "'422': {$ref: '#/components/responses/Fout'}",
            &["/core/error-handling/invalid-input"],
        ),
        (
            "'400': {$ref: '#/components/responses/Fout'}",
            "4xx: {$ref: '#/components/responses/Fout'}",
            &["/openapi/structure"],
        ),
        (
            "        '400': {$ref: '#/components/responses/Fout'}\n",
            "",
            &["/core/error-handling/invalid-input"],
        ),
        ("name: vanaf", "name: vanaf_datum", &["/core/query-keys-camel-case"]),
        ("name: soortZorg", "name: soort_zorg", &["/core/query-keys-camel-case"]),
        (
            "geboortedatum: {type: string, format: date}",
            "geboortedatum: {type: string}",
            &["/core/date-time/format"],
        ),
        (
            "geboortedatum: {type: string, format: date}",
            "geboortedatum: {$ref: '#/components/schemas/Dag'}",
            &["/core/doc-openapi"],
        ),
        (
            "birthDate: {type: string, format: date}",
            "birthDate: {type: string, format: date-time}",
            &["/core/date-time/date-omit-time-portion"],
        ),
        (
            "birthDate: {type: string, format: date}",
            "birthDate: {type: integer}",
            &["/core/date-time/format"],
        ),
        (
            "aanmaaktijd: {type: string, format: date-time}",
            "aanmaaktijd: {type: string}",
            &["/core/date-time/format"],
        ),
        (
            "aanmaaktijd: {type: string, format: date-time}",
            "aanmaaktijd: {type: string, format: time}",
            &["/core/date-time/format", "/openapi/examples"],
        ),
        ("email: beheer@voorbeeld.nl", "telefoon: '1'", &["/core/doc-openapi-contact"]),
        ("url: https://voorbeeld.nl,", "url: voorbeeld,", &["/core/doc-openapi-contact"]),
        ("version: 1.2.3", "version: 1.2", &["/core/semver", "/openapi/structure"]),
        ("version: 1.2.3", "version: '1.2'", &["/core/semver"]),
        ("openapi: 3.0.3", "openapi: 3.2.0", &[]),
        ("openapi: 3.0.3", "swagger: '2.0'", &["/core/doc-openapi"]),
        ("name: vanaf", "name: bsn", &["/core/transport/no-sensitive-uris"]),
        ("name: vanaf", "name: accessToken", &["/core/transport/no-sensitive-uris"]),
        ("name: vanaf", "name: pageToken", &[]),
        ("operationId: een", "operationId: lijst", &["/openapi/structure"]),
        ("{name: id, in: path", "{name: nr, in: path", &["/openapi/structure"]),
        ("geboortedatum: '1980-02-01'", "geboortedatum: '1980-02-31'", &["/openapi/examples"]),
        ("items: {$ref", "pattern: '(', items: {$ref", &["/openapi/examples"]),
        ("operationId: lijst", "deprecated: true\n      operationId: lijst", &["/core/deprecation-schedule"]),
        (
            "operationId: lijst",
            "deprecated: true\n      description: Vervalt op 2027-01-31.\n      operationId: lijst",
            &[],
        ),
        ("/spreekuren:\n", "/haal-spreekuren:\n", &["/core/naming-resources"]),
        (
            "        id: {type: string}",
            "        id: {type: string}\n        id: {type: string}",
            &["/core/doc-openapi"],
        ),
        // Right, or undecidable.
        ("/spreekuren/{id}:", "/spreekuur/{id}:", &[]),
        ("title: {type: string}", "title: {type: string}\n        soort_zorg: {type: string}", &[]),
        (
            "type: object\n      properties:\n        status",
            "type: object\n      required: [status]\n      properties:\n        status",
            &[],
        ),
    ] {
        assert_eq!(broken(&changed(from, to)), rules.iter().copied().collect(), "{to}");
    }
}

#[test]
fn a_finding_has_pointer_and_line() {
    let text = changed("geboortedatum: {type: string, format: date}", "geboortedatum: {type: string}");
    let files = BTreeMap::from([("api.yaml".to_owned(), text.into_bytes())]);
    let document = Document::open("api.yaml", &files).unwrap();
    let findings = judge(&document, keur_openapi::rules::rule("/core/date-time/format").unwrap());
    assert_eq!(findings.len(), 1);
    let place = &findings[0].place;
    assert_eq!(
        (place.pointer.as_str(), place.line),
        ("/components/schemas/Spreekuur/properties/geboortedatum", 57)
    );
}

/// What the official linter calls a rule, and where ours stands.
const SAME: [(&str, &str); 16] = [
    ("info-contact", "/core/doc-openapi-contact"),
    ("nlgov:info-contact-fields-exist", "/core/doc-openapi-contact"),
    ("nlgov:use-problem-schema", "/core/error-handling/problem-details"),
    ("nlgov:problem-schema-members", "/core/error-handling/problem-details"),
    ("nlgov:problem-invalid-input", "/core/error-handling/invalid-input"),
    ("nlgov:paths-kebab-case", "/core/path-segments-kebab-case"),
    ("path-keys-no-trailing-slash", "/core/no-trailing-slash"),
    ("nlgov:date-time-ensure-timezone", "/core/date-time/format"),
    ("nlgov:time-without-timezone", "/core/date-time/format"),
    ("nlgov:specify-format-for-date-and-time", "/core/date-time/format"),
    ("nlgov:use-date-instead-of-datetime", "/core/date-time/date-omit-time-portion"),
    ("nlgov:query-keys-camel-case", "/core/query-keys-camel-case"),
    ("nlgov:semver", "/core/semver"),
    ("oas3-api-servers", "/core/uri-version"),
    ("nlgov:missing-version-header", "/core/version-header"),
    ("nlgov:openapi-root-exists", "/core/doc-openapi"),
];

/// The public cases of the official linter, when `KEUR_ADR_CASES` names their folder: nothing it reports is missed, and
/// what is found beyond it is one of the differences that docs/adr.md explains.
#[test]
fn the_official_cases_agree() {
    let Some(folder) = std::env::var_os("KEUR_ADR_CASES") else { return };
    let mut cases: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    cases.sort();
    assert_eq!(cases.len(), 26);
    for case in cases {
        let name = case.file_name().unwrap().to_string_lossy().into_owned();
        let files =
            BTreeMap::from([("openapi.json".to_owned(), std::fs::read(case.join("openapi.json")).unwrap())]);
        let document = Document::open("openapi.json", &files).unwrap();
        let expected = std::fs::read_to_string(case.join("expected-output.txt")).unwrap();
        let words = |line: &str| line.split_whitespace().nth(2).unwrap_or_default().to_owned();
        let linter: BTreeSet<String> =
            expected.lines().filter(|line| line.contains("  error  ")).map(words).collect();
        let theirs: BTreeSet<&str> = linter
            .iter()
            .map(|rule| {
                SAME.iter().find(|(known, _)| known == rule).unwrap_or_else(|| panic!("{name}: {rule}")).1
            })
            .collect();
        let ours: BTreeMap<&str, usize> = RULES
            .iter()
            .map(|rule| (rule.id, judge(&document, rule).len()))
            .filter(|(_, count)| *count > 0)
            .collect();
        println!("{name}: {linter:?} {ours:?}");
        for rule in &theirs {
            assert!(ours.contains_key(rule), "{name}: {rule} is missed");
        }
        let beyond: Vec<&str> = ours.keys().copied().filter(|rule| !theirs.contains(rule)).collect();
        let explained = beyond
            .iter()
            .all(|rule| *rule == "/core/version-header" || *rule == "/openapi/examples" && name == "cor-api");
        assert!(explained, "{name}: {beyond:?}");
    }
}
