//! `result.json`: its schema and its bytes.

use keur_evidence::event::{CheckOutcome, Event, Phase, RunEnd};
use keur_verdict::RunResult;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::{model::model, support::*};

fn schema() -> jsonschema::Validator {
    let files = keur_catalogue::embedded::schema_files();
    let (_, text) =
        files.iter().find(|(path, _)| path.ends_with("/result.schema.json")).expect("the schema is embedded");
    let schema: Value = serde_json::from_str(text).expect("the schema is JSON");
    jsonschema::draft202012::meta::validate(&schema).expect("the schema is a schema");
    jsonschema::draft202012::new(&schema).expect("the schema compiles")
}

/// One requirement of each kind, one case of each important outcome.
fn sample() -> RunResult {
    let profile = profile(&ALL);
    let mut events = vec![Event::RunStarted(Box::new(started(&profile)))];
    for (case, requirement) in [("a", MUST), ("b", MUST), ("c", MUST_TWO), ("d", SHOULD), ("e", CONCEPT)] {
        events.push(planned(case, requirement));
    }
    events.push(valid_statement(EXAMINED, "satisfied"));
    events.extend(passing("a"));
    events.extend([begin("b"), exchange("b"), inapplicable("b", "x-b"), end("b", 1)]);
    events.extend([begin("c"), exchange("c"), check("c", Phase::Given, CheckOutcome::Violated), end("c", 0)]);
    events.extend(failing("d"));
    events.push(finished(RunEnd::Completed));
    judge(&profile, None, events)
}

fn value(result: &RunResult) -> Value {
    serde_json::to_value(result).expect("a result is JSON")
}

#[test]
fn a_result_keeps_its_shape() {
    insta::assert_json_snapshot!(value(&sample()));
}

#[test]
fn a_result_follows_the_schema() {
    let schema = schema();
    let errors: Vec<String> = schema.iter_errors(&value(&sample())).map(|error| error.to_string()).collect();
    assert_eq!(errors, Vec::<String>::new());
}

#[test]
fn a_mutated_result_does_not() {
    let schema = schema();
    let good = value(&sample());
    let mutations: [(&str, Value); 14] = [
        ("/format", json!("keur/results")),
        ("/version", json!("1.1")),
        ("/verdict", json!("almost")),
        ("/spoor/2", json!(null)),
        ("/run/mode", json!("play")),
        ("/run/started", json!("gisteren")),
        ("/profile/digest", json!("sha256:12")),
        ("/counts/satisfied", json!(-1)),
        ("/requirements/0/level", json!("ought")),
        ("/requirements/0/spoor", json!(1)),
        ("/requirements/0/cases/0/outcome", json!("blessed")),
        ("/requirements/0/cases/0/checks/0/holds", json!(false)),
        ("/requirements/0/cases/0/exchanges", json!([])),
        ("/requirements/1/cases/0/reason", json!("rain")),
    ];
    for (pointer, wrong) in mutations {
        let mut mutated = good.clone();
        *mutated.pointer_mut(pointer).expect(pointer) = wrong;
        assert!(!schema.is_valid(&mutated), "{pointer}");
    }
    for pointer in
        ["", "/run", "/requirements/0", "/requirements/0/cases/0", "/requirements/0/cases/0/checks/0"]
    {
        let mut extra = good.clone();
        extra
            .pointer_mut(pointer)
            .and_then(Value::as_object_mut)
            .expect(pointer)
            .insert("extra".into(), json!(1));
        assert!(!schema.is_valid(&extra), "extra in {pointer}");
    }
    for key in ["verdict", "caveats", "requirements"] {
        let mut lacking = good.clone();
        lacking.as_object_mut().and_then(|members| members.remove(key)).expect(key);
        assert!(!schema.is_valid(&lacking), "without {key}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_result_follows_the_schema(model in model()) {
        static SCHEMA: std::sync::LazyLock<jsonschema::Validator> = std::sync::LazyLock::new(schema);
        let profile = profile(&ALL);
        let result = value(&judge(&profile, None, model.events(&profile)));
        let errors: Vec<String> = SCHEMA.iter_errors(&result).map(|error| error.to_string()).collect();
        prop_assert_eq!(errors, Vec::<String>::new());
    }
}
