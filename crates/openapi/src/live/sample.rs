//! A value that fits a schema, from what the document offers: an example, a default, a choice, or the plainest there is.

use serde_json::{Map, Value, json};

use crate::{
    document::Node,
    schema::{Way, validator},
};

/// Levels of objects in objects.
const MAX_DEPTH: usize = 12;
/// Parts of one value: schemas that hold each other grow without end.
const MAX_PARTS: usize = 2_000;

/// A value that fits; none when the schema asks for what cannot be made up, such as a pattern without example.
#[must_use]
pub fn sample(schema: &Node<'_>, way: Way) -> Option<Value> {
    let mut left = MAX_PARTS;
    let value = make(schema, way, 0, &mut left)?;
    validator(schema, way).ok()?.is_valid(&value).then_some(value)
}

fn make(schema: &Node<'_>, way: Way, depth: usize, left: &mut usize) -> Option<Value> {
    let schema = schema.resolved().ok()?;
    *left = left.checked_sub(1)?;
    if depth > MAX_DEPTH {
        return None;
    }
    let value = schema.value;
    let offered = value
        .get("example")
        .or_else(|| value.get("examples").and_then(|all| all.get(0)))
        .or_else(|| value.get("default"))
        .or_else(|| value.get("const"))
        .or_else(|| value.get("enum").and_then(|all| all.get(0)));
    if let Some(offered) = offered {
        return Some(offered.clone());
    }
    if let Some(first) = ["oneOf", "anyOf"].iter().find_map(|key| schema.list(key).next()) {
        return make(&first, way, depth + 1, left);
    }
    if schema.get("allOf").is_some() {
        let mut whole = object(&schema, way, depth, left)?;
        for part in schema.list("allOf") {
            match make(&part, way, depth + 1, left)? {
                Value::Object(part) => whole.extend(part),
                other => return Some(other),
            }
        }
        return Some(Value::Object(whole));
    }
    let kind = match value.get("type") {
        Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        Some(kind) => kind.as_str(),
        None => value.get("properties").map(|_| "object"),
    };
    match kind? {
        "object" => object(&schema, way, depth, left).map(Value::Object),
        "array" => {
            let least = value.get("minItems").and_then(Value::as_u64).unwrap_or(0).min(20);
            (0..least).map(|_| make(&schema.get("items")?, way, depth + 1, left)).collect::<Option<_>>()
        }
        "boolean" => Some(json!(true)),
        "integer" => Some(json!(least(value).map_or(1, |least| least.ceil() as i64))),
        "number" => Some(json!(least(value).unwrap_or(1.0))),
        "string" => text(value).map(Value::String),
        _ => None,
    }
}

/// The least number a schema allows, when it says.
fn least(schema: &Value) -> Option<f64> {
    let bound = |key: &str| schema.get(key).and_then(Value::as_f64);
    let above = bound("exclusiveMinimum").map(|bound| bound + 1.0);
    let most = bound("maximum").filter(|most| *most < 1.0);
    above
        .or_else(|| {
            let open = schema.get("exclusiveMinimum") == Some(&Value::Bool(true));
            bound("minimum").map(|least| if open { least + 1.0 } else { least })
        })
        .or(most)
}

/// What must be there, and nothing else: the plainest object.
fn object(schema: &Node<'_>, way: Way, depth: usize, left: &mut usize) -> Option<Map<String, Value>> {
    let other = if way == Way::Request { "readOnly" } else { "writeOnly" };
    let required: Vec<&str> =
        schema.value.get("required").and_then(Value::as_array)?.iter().filter_map(Value::as_str).collect();
    let properties = schema.get("properties")?;
    let mut whole = Map::new();
    for name in required {
        let Some(own) = properties.get(name) else { continue };
        if own.resolved().ok()?.flag(other) {
            continue;
        }
        whole.insert(name.to_owned(), make(&own, way, depth + 1, left)?);
    }
    Some(whole)
}

fn text(schema: &Value) -> Option<String> {
    let made = match schema.get("format").and_then(Value::as_str) {
        Some("date") => "2026-03-02",
        Some("date-time") => "2026-03-02T09:30:00Z",
        Some("time-local") => "09:30:00",
        Some("time") => "09:30:00Z",
        Some("uuid") => "7d444840-9dc0-4c1e-8f6e-1c5f6a7b8c9d",
        Some("email") => "keur@voorbeeld.nl",
        Some("uri" | "url") => "https://voorbeeld.nl/",
        _ if schema.get("pattern").is_some() => return None,
        _ => "keur",
    };
    let length = |key: &str| {
        schema.get(key).and_then(Value::as_u64).map(|length| usize::try_from(length).unwrap_or(usize::MAX))
    };
    let least = length("minLength").unwrap_or(0).min(10_000);
    let mut made = made.to_owned();
    while made.len() < least {
        made.push('x');
    }
    if schema.get("format").is_none() {
        made.truncate(length("maxLength").unwrap_or(usize::MAX));
    }
    Some(made)
}
