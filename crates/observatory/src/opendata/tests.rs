//! The tables say what the picture says, and nothing that a spreadsheet executes.

use std::collections::BTreeMap;

use super::*;
use crate::model::sample;

fn files(picture: &Picture) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    write(picture, &mut files).expect("memory takes everything");
    files
}

#[test]
fn everything_is_as_its_schema_says() {
    let files = files(&sample::picture());
    let schema = |name: &str| -> jsonschema::Validator {
        let text = &files[&format!("data/schema/{name}")];
        let schema: serde_json::Value = serde_json::from_slice(text).expect("a schema is JSON");
        jsonschema::validator_for(&schema).expect("a schema")
    };
    let value = |path: &str| -> serde_json::Value { serde_json::from_slice(&files[path]).expect("JSON") };
    let picture = schema("picture.schema.json");
    let found: Vec<String> = picture
        .iter_errors(&value("data/picture.json"))
        .map(|error| format!("{} {error}", error.instance_path()))
        .collect();
    assert_eq!(found, Vec::<String>::new());
    let tables = schema("tables.schema.json");
    for table in tables::TABLES {
        let json = value(&format!("data/{}.json", table.file));
        let found: Vec<String> = tables.iter_errors(&json).map(|error| error.to_string()).collect();
        assert_eq!(found, Vec::<String>::new(), "{}", table.file);
    }
    // The schemas can refuse.
    let mut wrong = value("data/picture.json");
    wrong["products_now"] = "some".into();
    assert!(!picture.is_valid(&wrong));
    let mut wrong = value("data/aggregates.json");
    wrong["rows"][0]["told"] = "some".into();
    assert!(!tables.is_valid(&wrong));
}

#[test]
fn a_withheld_number_is_nowhere() {
    let csv = String::from_utf8(files(&sample::picture())["data/aggregates.csv"].clone()).expect("UTF-8");
    assert!(csv.contains("whole,not_conform,,few\r\n"), "{csv}");
    assert!(csv.contains("whole,incomplete,,withheld\r\n"), "{csv}");
}

#[test]
fn a_spreadsheet_takes_nothing_for_a_formula() {
    assert_eq!(cell_text("=1+1"), "'=1+1");
    assert_eq!(cell_text("a,\"b\"\n"), "\"a,\"\"b\"\"\n\"");
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    assert_eq!(files(&sample::picture()), files(&sample::picture()));
}
