//! Sound input with something planted in it: a marker, an address, a value that is the server's to choose.

use serde_json::{Value, json};

use super::questions::{Item, json_body};
use crate::{
    document::Node,
    operations::{Operation, Parameter},
    schema::{parts, types},
};

/// Names under which a page size goes.
const PAGE_SIZES: [&str; 12] = [
    "maximum",
    "max",
    "limit",
    "pagesize",
    "page_size",
    "page-size",
    "perpage",
    "per_page",
    "count",
    "_count",
    "aantal",
    "size",
];

/// The properties of an object, those it is composed of included.
fn properties<'d>(schema: &Node<'d>) -> Vec<(&'d str, Node<'d>)> {
    let all = parts(schema);
    let own = all.iter().flat_map(|part| part.map("properties").collect::<Vec<_>>());
    own.filter_map(|(name, node)| Some((name, node.resolved().ok()?))).collect()
}

/// The value with a marker in its first free text; none when it has none that long.
#[must_use]
pub fn marked(schema: &Node<'_>, sound: &Value, marker: &str) -> Option<Value> {
    let free = |node: &Node<'_>| {
        let bound = node.value.get("maxLength").and_then(Value::as_u64).unwrap_or(u64::MAX);
        let fixed = ["enum", "const", "pattern", "format"].iter().any(|key| node.value.get(key).is_some());
        types(node).contains("string") && !fixed && !node.flag("readOnly") && bound >= marker.len() as u64
    };
    let all = properties(schema);
    let (name, _) = all.iter().find(|(_, node)| free(node))?;
    let mut value = sound.clone();
    value.as_object_mut()?.insert((*name).to_owned(), marker.into());
    Some(value)
}

/// The value with an address in every field for one, and the names of these; none when it has none.
#[must_use]
pub fn addresses(schema: &Node<'_>, sound: &Value, address: &str) -> Option<(Value, Vec<String>)> {
    let for_one = |(name, node): &(&str, Node<'_>)| {
        let name = name.to_ascii_lowercase();
        let called = ["url", "uri", "href", "callback", "webhook"].iter().any(|word| name.contains(word));
        let format = matches!(node.text("format"), Some("uri" | "url" | "iri" | "uri-reference"));
        (format || called && types(node).contains("string")) && !node.flag("readOnly")
    };
    let names: Vec<String> =
        properties(schema).iter().filter(|one| for_one(one)).map(|(name, _)| (*name).to_owned()).collect();
    let mut value = sound.clone();
    let object = value.as_object_mut().filter(|_| !names.is_empty())?;
    for name in &names {
        object.insert(name.clone(), address.into());
    }
    Some((value, names))
}

/// What an item shows and a client does not send, each with a value a client could try; and a few usual names.
#[must_use]
pub fn server_owned(item: &Item<'_>, marker: &str) -> Vec<(String, Value)> {
    let sent: Vec<&str> = item
        .operations
        .get(&(false, "post"))
        .and_then(json_body)
        .map(|(_, schema)| {
            properties(&schema)
                .iter()
                .filter(|(_, node)| !node.flag("readOnly"))
                .map(|(name, _)| *name)
                .collect()
        })
        .unwrap_or_default();
    let shown = item.operations.get(&(true, "get")).and_then(|get| get.response(200)).and_then(|response| {
        let (_, node) = response.node.map("content").find(|(name, _)| name.contains("json"))?;
        node.get("schema")
    });
    let shown = shown.map(|schema| properties(&schema)).unwrap_or_default();
    let value = |node: &Node<'_>| match types(node).first() {
        Some(&"integer" | &"number") => json!(987_654_321),
        Some(&"boolean") => json!(true),
        _ => json!(marker),
    };
    let own = shown
        .iter()
        .filter(|(name, _)| !sent.contains(name))
        .map(|(name, node)| ((*name).to_owned(), value(node)));
    let mut all: Vec<(String, Value)> = own.collect();
    for (name, value) in [("owner", json!(marker)), ("isAdmin", json!(true)), ("role", json!("admin"))] {
        if !sent.contains(&name) && !all.iter().any(|(known, _)| known == name) {
            all.push((name.to_owned(), value));
        }
    }
    all
}

/// The first property that is a moment.
#[must_use]
pub fn moment(schema: &Node<'_>) -> Option<String> {
    let all = properties(schema);
    let found =
        all.iter().find(|(_, node)| node.text("format") == Some("date-time") && !node.flag("readOnly"));
    found.map(|(name, _)| (*name).to_owned())
}

/// The parameters of an operation that say how many it gives at once.
#[must_use]
pub fn page_sizes<'d>(operation: &Operation<'d>) -> Vec<Parameter<'d>> {
    let mut all = operation.parameters();
    all.retain(|parameter| {
        let number = parameter.schema().is_some_and(|schema| types(&schema).contains("integer"));
        number
            && parameter.place == "query"
            && PAGE_SIZES.contains(&parameter.name.to_ascii_lowercase().as_str())
    });
    all
}
