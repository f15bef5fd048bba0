//! Values with one thing wrong, each really wrong by the schema itself.

use serde_json::{Value, json};

use crate::{
    document::Node,
    schema::{Way, property, validator},
};

/// Spoilt values of one body.
pub(super) const MAX_MUTANTS: usize = 10;

/// A value with one keyword broken, and what was broken.
pub(super) fn mutants(schema: &Node<'_>, sound: &Value) -> Vec<(String, Value)> {
    let Ok(validator) = validator(schema, Way::Request) else { return Vec::new() };
    let Value::Object(object) = sound else { return Vec::new() };
    let Ok(schema) = schema.resolved() else { return Vec::new() };
    let mut made: Vec<(String, Value)> = Vec::new();
    for name in object.keys() {
        let mut without = object.clone();
        without.remove(name);
        made.push((format!("zonder `{name}`"), Value::Object(without)));
    }
    for (name, value) in object {
        let Some(own) = property(&schema, name) else { continue };
        for (what, wrong) in wrong_values(own.value, value) {
            let mut changed = object.clone();
            changed.insert(name.clone(), wrong);
            made.push((format!("`{name}` {what}"), Value::Object(changed)));
        }
    }
    let mut more = object.clone();
    more.insert("keurOnbekend".to_owned(), json!("x"));
    made.push(("met een onbekend veld".to_owned(), Value::Object(more)));
    made.push(("een lijst in plaats van een object".to_owned(), json!([])));
    made.retain(|(_, value)| !validator.is_valid(value));
    // Of all kinds some, when there are many.
    let step = made.len().div_ceil(MAX_MUTANTS).max(1);
    made.into_iter().step_by(step).collect()
}

/// Values that break one keyword of the schema of a property.
fn wrong_values(schema: &Value, sound: &Value) -> Vec<(&'static str, Value)> {
    let mut wrong = vec![if sound.is_string() {
        ("van een ander type", json!(7.5))
    } else {
        ("van een ander type", json!("x"))
    }];
    if schema.get("enum").is_some() {
        wrong.push(("buiten de keuzelijst", json!("keur-onbekend")));
    }
    if schema.get("format").is_some() {
        wrong.push(("in een onmogelijke vorm", json!("2026-02-31x")));
    }
    let number = |key: &str| schema.get(key).and_then(Value::as_f64);
    if let Some(most) = number("maximum") {
        wrong.push(("te groot", json!(most as i64 + 1)));
    }
    if let Some(least) = number("minimum") {
        wrong.push(("te klein", json!(least as i64 - 1)));
    }
    if let Some(most) = schema.get("maxLength").and_then(Value::as_u64).filter(|most| *most < 10_000) {
        let length = usize::try_from(most).unwrap_or_default() + 1;
        wrong.push(("te lang", json!("x".repeat(length))));
    }
    if schema.get("minLength").and_then(Value::as_u64).is_some_and(|least| least > 0) {
        wrong.push(("te kort", json!("")));
    }
    wrong
}

/// A body with as many faults at once as it has fields, at least three; none when it has too few.
pub(super) fn all_wrong(schema: &Node<'_>, sound: &Value) -> Option<(usize, Value)> {
    let Value::Object(object) = sound else { return None };
    let wrong = object.iter().map(|(name, value)| {
        let wrong = if value.is_string() { json!(7.5) } else { json!("x") };
        (name.clone(), wrong)
    });
    let whole = Value::Object(wrong.collect());
    let count = validator(schema, Way::Request).ok()?.iter_errors(&whole).count();
    (count >= 3).then_some((count, whole))
}
