//! Members of an answer that its schema does not name.

use serde_json::Value;

use super::conform::{matches, media_type};
use crate::{
    document::{Document, Node},
    operations::operations,
    schema::parts,
};

/// Pointers to what an answer holds and the document does not name. A schema that opens itself with
/// `additionalProperties`, or that names no properties, allows everything; one that says nothing of more does not.
#[must_use]
pub fn surplus(
    document: &Document,
    (path, method): (&str, &str),
    (status, headers, body): (u16, &[(String, String)], &[u8]),
) -> Vec<String> {
    let all = operations(document);
    let own = all.iter().find(|one| one.path == path && one.method == method);
    let sent = media_type(headers);
    let schema = own.and_then(|own| own.response(status)).and_then(|response| {
        let (_, node) = response.node.map("content").find(|(name, _)| matches(name, &sent))?;
        node.get("schema")
    });
    let (Some(schema), Ok(value)) = (schema, serde_json::from_slice::<Value>(body)) else {
        return Vec::new();
    };
    let mut found = Vec::new();
    walk(&parts(&schema), &value, "", &mut found);
    found
}

/// Bounded by the depth of the value, which a parser bounds.
fn walk(schemas: &[Node<'_>], value: &Value, at: &str, found: &mut Vec<String>) {
    let below = |key: &str| -> Vec<Node<'_>> {
        schemas.iter().filter_map(|schema| schema.get(key)).flat_map(|node| parts(&node)).collect()
    };
    match value {
        Value::Array(items) => {
            let schemas = below("items");
            for (index, item) in items.iter().enumerate() {
                walk(&schemas, item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            let named: Vec<Node<'_>> = schemas.iter().filter_map(|schema| schema.get("properties")).collect();
            let open = named.is_empty() || schemas.iter().any(is_open);
            for (name, value) in members {
                let own: Vec<Node<'_>> =
                    named.iter().filter_map(|all| all.get(name)).flat_map(|node| parts(&node)).collect();
                let at = format!("{at}/{name}");
                match (own.is_empty(), open) {
                    (false, _) => walk(&own, value, &at, found),
                    (true, false) => found.push(at),
                    (true, true) => {}
                }
            }
        }
        _ => {}
    }
}

fn is_open(schema: &Node<'_>) -> bool {
    let says = |key: &str| schema.value.get(key).is_some_and(|value| *value != Value::Bool(false));
    says("additionalProperties") || says("unevaluatedProperties") || says("patternProperties")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_not_named_is_found_in_lists_and_compositions() {
        let whole = json!({
            "openapi": "3.1.0",
            "info": { "title": "t", "version": "1.0.0" },
            "paths": { "/a": { "get": { "responses": { "200": { "description": "d", "content": { "application/json": {
                "schema": { "type": "array", "items": { "allOf": [
                    { "$ref": "#/components/schemas/Een" }, { "properties": { "b": { "properties": { "c": {} } } } },
                ] } },
            } } } } } } },
            "components": { "schemas": { "Een": { "properties": { "a": { "type": "object" } } } } },
        });
        let files = BTreeMap::from([("d.json".to_owned(), whole.to_string().into_bytes())]);
        let document = Document::open("d.json", &files).expect("a document");
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let body = json!([{ "a": { "vrij": 1 }, "b": { "c": 1, "geheim": 2 }, "wachtwoord": 3 }]).to_string();
        let mut found = surplus(&document, ("/a", "get"), (200, &headers, body.as_bytes()));
        found.sort();
        assert_eq!(found, ["/0/b/geheim", "/0/wachtwoord"]);
    }
}
