//! The questions a document gives rise to, and answers beside it.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

use std::collections::BTreeMap;

use keur_openapi::{
    Document,
    live::{self, Aspect, Conformance, Known},
};
use serde_json::{Value, json};

const API: &str = r"
openapi: 3.1.0
info: {title: A, version: 1.0.0}
servers: [{url: /v1}]
paths:
  /dingen:
    get:
      parameters:
        - {name: max, in: query, schema: {type: integer, minimum: 1, maximum: 9}}
        - {name: soort, in: query, required: true, schema: {type: string, enum: [a, b]}}
      responses:
        '200': {description: x, content: {application/json: {schema: {type: array, items: {$ref: '#/components/schemas/Ding'}}}}}
        4XX: {description: x}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Ding'}}}}
      responses:
        '201':
          description: x
          headers: {Location: {required: true, schema: {type: string}}}
          links: {lees: {operationId: lees, parameters: {nr: '$response.body#/nummer'}}}
  /dingen/{nr}:
    parameters: [{name: nr, in: path, required: true, schema: {type: string}}]
    get: {operationId: lees, responses: {'200': {description: x}}}
    delete: {responses: {'204': {description: x}}}
components:
  schemas:
    Ding:
      type: object
      required: [nummer, dag, aantal]
      additionalProperties: false
      properties:
        nummer: {type: string, maxLength: 5}
        dag: {type: string, format: date}
        aantal: {type: integer, minimum: 1}
        volgende: {$ref: '#/components/schemas/Ding'}
";

fn document() -> Document {
    Document::open("api.yaml", &BTreeMap::from([("api.yaml".to_owned(), API.as_bytes().to_vec())])).unwrap()
}

fn targets(questions: &[live::Question]) -> Vec<&str> {
    questions.iter().map(|question| question.target.as_str()).collect()
}

#[test]
fn reading_goes_by_examples_edges_and_what_was_listed() {
    let document = document();
    let first = live::reading(&document, &Known::new());
    let expected = [
        "/dingen?soort=a",
        "/dingen?max=1&soort=a",
        "/dingen?max=9&soort=a",
        "/dingen?soort=a",
        "/dingen?soort=b",
    ];
    assert_eq!(targets(&first), expected);
    let known = Known::from([("/dingen".to_owned(), json!([{ "nr": "a b" }]))]);
    assert!(targets(&live::reading(&document, &known)).contains(&"/dingen/a%20b"));
    assert_eq!(targets(&live::missing(&document, "weg")), ["/dingen/weg"]);
    let undocumented = live::undocumented(&document, &Known::new(), "weg");
    let asked: Vec<_> = undocumented.iter().map(|one| (one.method.as_str(), one.target.as_str())).collect();
    assert_eq!(asked, [("patch", "/dingen?soort=a"), ("patch", "/dingen/weg")]);
}

#[test]
fn wrong_input_is_wrong_by_the_schema_and_writes_only_when_it_may() {
    let document = document();
    let reading = live::invalid(&document, &Known::new(), false);
    assert!(reading.iter().all(|question| question.method == "get"));
    assert!(targets(&reading).contains(&"/dingen?max=0&soort=a") && targets(&reading).contains(&"/dingen"));
    let writing = live::invalid(&document, &Known::new(), true);
    let schema = document.root().follow("#/components/schemas/Ding").unwrap();
    let validator = keur_openapi::schema::validator(&schema, keur_openapi::schema::Way::Request).unwrap();
    let bodies: Vec<&live::Question> = writing.iter().filter(|question| question.body.is_some()).collect();
    assert!(bodies.len() > 5);
    for question in bodies {
        let (_, body) = question.body.as_ref().unwrap();
        let value: Option<Value> = serde_json::from_slice(body).ok();
        assert!(value.is_none_or(|value| !validator.is_valid(&value)), "{}", question.about);
    }
    assert!(writing.iter().any(|question| question.faults >= 3));
}

#[test]
fn a_new_thing_is_found_by_link_field_or_location() {
    let document = document();
    let item = live::items(&document).remove(0);
    let (media, new) = item.new_item().unwrap();
    assert_eq!((media.as_str(), &new["aantal"]), ("application/json", &json!(1)));
    let body = json!({ "nummer": "n7", "nr": "n8" });
    assert_eq!(item.id_of(201, None, Some(&body)).as_deref(), Some("n7"));
    assert_eq!(item.id_of(200, None, Some(&body)).as_deref(), Some("n8"));
    assert_eq!(item.id_of(201, Some("https://a.nl/v1/dingen/n9"), None).as_deref(), Some("n9"));
    assert_eq!(item.id_of(201, Some("https://a.nl/v1/anders/n9"), None), None);
}

#[test]
fn an_answer_is_laid_beside_what_is_documented() {
    let document = document();
    let mut beside = Conformance::new(&document);
    let json = [("Content-Type".to_owned(), "application/json; charset=utf-8".to_owned())];
    let html = [("content-type".to_owned(), "text/html".to_owned())];
    let list = ("/dingen", "get");
    let sound = br#"[{"nummer":"1","dag":"2026-01-02","aantal":2}]"#;
    for (aspect, status, headers, body, count) in [
        (Aspect::Status, 200, &json, &sound[..], 0),
        (Aspect::Status, 404, &json, b"{}", 0),
        (Aspect::Status, 500, &json, b"{}", 1),
        (Aspect::Media, 200, &json, sound, 0),
        (Aspect::Media, 200, &html, b"<p>", 1),
        (Aspect::Media, 404, &html, b"<p>", 1),
        (Aspect::Media, 404, &html, b"", 0),
        (Aspect::Content, 200, &json, sound, 0),
        (Aspect::Content, 200, &json, br#"[{"nummer":"1","dag":"2026-01-32","aantal":2}]"#, 1),
        (Aspect::Content, 200, &json, br#"[{"nummer":"1","dag":"2026-01-02","aantal":"2"}]"#, 1),
        (Aspect::Content, 200, &json, b"[", 1),
    ] {
        let found = beside.deviations(list, aspect, (status, headers, body));
        assert_eq!(found.len(), count, "{aspect:?} {status} {found:?}");
    }
    let made = beside.deviations(("/dingen", "post"), Aspect::Content, (201, &json, b""));
    assert_eq!(made.len(), 1, "Location is required");
    assert!(beside.deviations(("/weg", "get"), Aspect::Status, (500, &json, b"")).is_empty());
}

const SECURED: &str = r"
openapi: 3.1.0
info: {title: A, version: 1.0.0}
security: [{toegang: []}]
paths:
  /dingen:
    get:
      parameters: [{name: pageSize, in: query, schema: {type: integer}}, {name: jaar, in: query, schema: {type: integer}}]
      responses: {'200': {description: x}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Nieuw'}}}}
      responses: {'201': {description: x}}
  /dingen/{id}:
    get: {responses: {'200': {description: x, content: {application/json: {schema: {$ref: '#/components/schemas/Ding'}}}}}}
    delete: {security: [{toegang: [beheer]}, {toegang: [lezen, opruimen]}], responses: {'204': {description: x}}}
  /open: {get: {security: [], responses: {'200': {description: x}}}}
  /misschien: {get: {security: [{}, {toegang: []}], responses: {'200': {description: x}}}}
components:
  schemas:
    Nieuw:
      type: object
      required: [soort, naam]
      properties:
        soort: {type: string, enum: [a]}
        kort: {type: string, maxLength: 3}
        naam: {type: string, maxLength: 40}
        callbackUrl: {type: string}
        bron: {type: string, format: uri}
        moment: {type: string, format: date-time}
    Ding:
      allOf: [{$ref: '#/components/schemas/Nieuw'}, {properties: {eigenaar: {type: string, readOnly: true}, aantal: {type: integer}}}]
";

#[test]
fn who_may_do_what_is_read_from_operation_and_document() {
    let files = BTreeMap::from([("api.yaml".to_owned(), SECURED.as_bytes().to_vec())]);
    let document = Document::open("api.yaml", &files).unwrap();
    let all = keur_openapi::operations::operations(&document);
    let secured: Vec<String> =
        all.iter().filter(|one| live::is_secured(&one.node)).map(|one| one.name()).collect();
    assert_eq!(secured, ["GET /dingen", "POST /dingen", "GET /dingen/{id}", "DELETE /dingen/{id}"]);
    let beyond = |scope| all.iter().filter(|one| live::needs_more(one, scope)).count();
    assert_eq!((beyond("lezen"), beyond("lezen opruimen"), beyond("beheer")), (1, 0, 0));
    assert!(
        live::is_managing("/v1/_admin/users")
            && live::is_managing("/Beheer")
            && !live::is_managing("/administraties")
    );
}

#[test]
fn what_is_planted_goes_where_it_may() {
    let files = BTreeMap::from([("api.yaml".to_owned(), SECURED.as_bytes().to_vec())]);
    let document = Document::open("api.yaml", &files).unwrap();
    let items = live::items(&document);
    let post = &items[0].operations[&(false, "post")];
    let (_, schema) = live::json_body(post).unwrap();
    let (_, sound) = items[0].new_item().unwrap();
    let marked = live::marked(&schema, &sound, "merkteken").unwrap();
    assert_eq!(marked, json!({ "soort": "a", "naam": "merkteken" }));
    let (_, names) = live::addresses(&schema, &sound, "http://val.example").unwrap();
    assert_eq!(names, ["callbackUrl", "bron"]);
    assert_eq!(live::moment(&schema).as_deref(), Some("moment"));
    let owned: Vec<String> = live::server_owned(&items[0], "m").into_iter().map(|(name, _)| name).collect();
    assert_eq!(owned, ["eigenaar", "aantal", "owner", "isAdmin", "role"]);
    let get = &items[0].operations[&(false, "get")];
    let sizes: Vec<&str> = live::page_sizes(get).iter().map(|size| size.name).collect();
    assert_eq!(sizes, ["pageSize"]);
    let asked = live::asking(&items[0].operations[&(true, "get")], &Known::new(), "niemand").unwrap();
    assert_eq!(asked.target, "/dingen/niemand");
}
