//! Schemas: their fields, and validators made of them. OpenAPI 3.0 has a dialect of its own, which is translated.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::{Draft, Validator};
use serde_json::{Map, Value, json};

use crate::document::{Document, Node};

/// Levels of composition that are looked through.
const MAX_COMPOSED: usize = 20;

/// A named value that a schema describes.
#[derive(Debug, Clone)]
pub struct Field<'d> {
    /// Its name.
    pub name: &'d str,
    /// Where it stands.
    pub node: Node<'d>,
    /// Its schema, resolved.
    pub schema: Node<'d>,
    /// Made of other schemas, which may say more than can be seen here.
    pub is_composed: bool,
}

/// Every property of every schema, and every parameter, once.
#[must_use]
pub fn fields(document: &Document) -> Vec<Field<'_>> {
    let mut fields = Vec::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![(document.root(), false)];
    while let Some((node, is_schema)) = todo.pop() {
        if node.text("$ref").is_some() {
            // What is in the same file is met there.
            if let Ok(target) = node.resolved()
                && target.key().0 != node.key().0
            {
                todo.push((target, is_schema));
            }
            continue;
        }
        if !seen.insert(node.key()) {
            continue;
        }
        for (key, child) in node.entries() {
            match key {
                "properties" | "patternProperties" if is_schema => {
                    let own: Vec<_> = child.entries().collect();
                    fields.extend(
                        own.iter()
                            .filter(|_| key == "properties")
                            .filter_map(|(name, node)| field(name, node)),
                    );
                    todo.extend(own.into_iter().map(|(_, node)| (node, true)));
                }
                "schemas" if node.pointer == "/components" => {
                    todo.extend(child.entries().map(|(_, node)| (node, true)));
                }
                "schema" if !is_schema => {
                    if let Some(name) = node.text("name").filter(|_| node.text("in").is_some()) {
                        fields.extend(field(name, &child));
                    }
                    todo.push((child, true));
                }
                "example" | "examples" | "default" | "enum" | "const" => {}
                _ if key.starts_with("x-") => {}
                _ => {
                    todo.extend(child.items().map(|node| (node, is_schema)));
                    todo.push((child, is_schema));
                }
            }
        }
    }
    fields
}

fn field<'d>(name: &'d str, node: &Node<'d>) -> Option<Field<'d>> {
    let schema = node.resolved().ok()?;
    let is_composed = ["allOf", "anyOf", "oneOf"].iter().any(|key| schema.get(key).is_some()) && {
        // Parts that say nothing of their own are no excuse.
        let all = ["allOf", "anyOf", "oneOf"].iter().flat_map(|key| schema.list(key)).collect::<Vec<_>>();
        all.iter().any(|part| part.resolved().is_err())
    };
    Some(Field { name, node: node.clone(), schema, is_composed })
}

/// A schema and what it is composed of.
pub(crate) fn parts<'d>(schema: &Node<'d>) -> Vec<Node<'d>> {
    let mut all = Vec::new();
    let mut seen = BTreeSet::new();
    let mut todo = vec![(schema.clone(), 0)];
    while let Some((node, depth)) = todo.pop() {
        let Ok(node) = node.resolved() else { continue };
        if depth > MAX_COMPOSED || !seen.insert(node.key()) {
            continue;
        }
        for key in ["allOf", "anyOf", "oneOf"] {
            todo.extend(node.list(key).map(|part| (part, depth + 1)));
        }
        all.push(node);
    }
    all
}

/// The formats a schema names, its parts included.
#[must_use]
pub fn formats<'d>(schema: &Node<'d>) -> BTreeSet<&'d str> {
    parts(schema).iter().filter_map(|part| part.text("format")).collect()
}

/// The types a schema allows as far as it says, without `null`.
#[must_use]
pub fn types<'d>(schema: &Node<'d>) -> BTreeSet<&'d str> {
    let mut types = BTreeSet::new();
    for part in parts(schema) {
        match part.value.get("type") {
            Some(Value::String(kind)) => drop(types.insert(kind.as_str())),
            Some(Value::Array(kinds)) => types.extend(kinds.iter().filter_map(Value::as_str)),
            _ => {}
        }
    }
    types.remove("null");
    types
}

/// The schema of a property, wherever in a composition it stands.
#[must_use]
pub fn property<'d>(schema: &Node<'d>, name: &str) -> Option<Node<'d>> {
    parts(schema).iter().find_map(|part| part.get("properties")?.get(name)?.resolved().ok())
}

/// Which way a value goes: a property may be for one way only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// From client to server.
    Request,
    /// From server to client.
    Answer,
}

/// A schema that stands alone, in the dialect of JSON Schema 2020-12.
#[must_use]
pub fn alone(schema: &Node<'_>, way: Way) -> Value {
    let old = schema.document().edition() == Some("3.0");
    let mut writer = Writer { old, way, names: BTreeMap::new(), todo: vec![] };
    let whole = writer.schema(schema);
    writer.with_definitions(whole)
}

/// Whether all of these are schemas: told at once, because schemas that refer to each other have much in common.
#[must_use]
pub fn are_sound(schemas: &[Node<'_>]) -> bool {
    let Some(first) = schemas.first() else { return true };
    let old = first.document().edition() == Some("3.0");
    let mut writer = Writer { old, way: Way::Answer, names: BTreeMap::new(), todo: vec![] };
    let all: Vec<Value> = schemas.iter().map(|schema| json!({ "$ref": writer.reference(schema) })).collect();
    build(&writer.with_definitions(json!({ "anyOf": all }))).is_ok()
}

/// A validator that holds formats to be binding.
///
/// # Errors
/// Why the schema is none.
pub fn validator(schema: &Node<'_>, way: Way) -> Result<Validator, String> {
    build(&alone(schema, way))
}

fn build(alone: &Value) -> Result<Validator, String> {
    if circles(alone) {
        return Err("het schema leidt zonder einde naar zichzelf".to_owned());
    }
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .should_validate_formats(true)
        .build(alone)
        .map_err(|error| error.to_string())
}

/// Whether a value would have to be laid beside the same schema again and again, without going deeper into it.
fn circles(whole: &Value) -> bool {
    let Some(Value::Object(definitions)) = whole.get("$defs") else { return false };
    let mut edges: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, schema) in definitions {
        in_place(schema, edges.entry(name.as_str()).or_default());
    }
    // What leads nowhere goes, until nothing is left or only circles.
    loop {
        let ends: Vec<&str> = edges.iter().filter(|(_, to)| to.is_empty()).map(|(name, _)| *name).collect();
        if ends.is_empty() {
            return !edges.is_empty();
        }
        for name in ends {
            edges.remove(name);
            for to in edges.values_mut() {
                to.remove(name);
            }
        }
    }
}

/// The definitions that speak of the same value as this schema.
fn in_place<'v>(schema: &'v Value, found: &mut BTreeSet<&'v str>) {
    found.extend(schema.get("$ref").and_then(Value::as_str).and_then(|to| to.strip_prefix("#/$defs/")));
    for key in ["allOf", "anyOf", "oneOf"] {
        schema
            .get(key)
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .for_each(|part| in_place(part, found));
    }
    for key in ["not", "if", "then", "else"] {
        schema.get(key).into_iter().for_each(|part| in_place(part, found));
    }
}

struct Writer<'d> {
    old: bool,
    way: Way,
    names: BTreeMap<(&'d str, String), String>,
    todo: Vec<(String, Node<'d>)>,
}

impl<'d> Writer<'d> {
    /// A written schema with all it refers to.
    fn with_definitions(mut self, mut whole: Value) -> Value {
        let mut definitions = Map::new();
        while let Some((name, node)) = self.todo.pop() {
            let written = self.schema(&node);
            definitions.insert(name, written);
        }
        if let Some(map) = whole.as_object_mut().filter(|_| !definitions.is_empty()) {
            map.insert("$defs".to_owned(), Value::Object(definitions));
        }
        whole
    }

    fn schema(&mut self, node: &Node<'d>) -> Value {
        let Value::Object(map) = node.value else { return node.value.clone() };
        if map.get("$ref").is_some_and(Value::is_string) {
            let target = match node.resolved() {
                Ok(target) => self.reference(&target),
                // A finding of its own; here it allows everything.
                Err(_) => return json!({}),
            };
            if self.old || map.len() == 1 {
                return json!({ "$ref": target });
            }
            let mut written = self.keywords(node);
            written.insert("$ref".to_owned(), target.into());
            return Value::Object(written);
        }
        Value::Object(self.keywords(node))
    }

    fn reference(&mut self, target: &Node<'d>) -> String {
        let next = format!("s{}", self.names.len());
        let name = self.names.entry(target.key()).or_insert_with(|| {
            self.todo.push((next.clone(), target.clone()));
            next
        });
        format!("#/$defs/{name}")
    }

    fn keywords(&mut self, node: &Node<'d>) -> Map<String, Value> {
        let mut written = Map::new();
        for (key, child) in node.entries() {
            let value = match key {
                "$ref" | "$id" | "$schema" | "$anchor" | "$dynamicAnchor" | "$dynamicRef" | "example"
                | "examples" | "nullable" | "discriminator" | "xml" | "externalDocs" | "deprecated"
                | "readOnly" | "writeOnly" => {
                    continue;
                }
                "required" => self.required(node, child.value),
                "properties" | "patternProperties" | "dependentSchemas" | "$defs" | "definitions" => {
                    child.entries().map(|(name, node)| (name.to_owned(), self.schema(&node))).collect()
                }
                "items" if child.value.is_array() => child.items().map(|node| self.schema(&node)).collect(),
                "items"
                | "additionalProperties"
                | "not"
                | "if"
                | "then"
                | "else"
                | "contains"
                | "propertyNames"
                | "unevaluatedItems"
                | "unevaluatedProperties" => self.schema(&child),
                "allOf" | "anyOf" | "oneOf" | "prefixItems" => {
                    child.items().map(|node| self.schema(&node)).collect()
                }
                "exclusiveMinimum" | "exclusiveMaximum" if child.value.is_boolean() => continue,
                _ if key.starts_with("x-") => continue,
                _ => child.value.clone(),
            };
            written.insert(key.to_owned(), value);
        }
        if self.old {
            for (flag, bound) in [("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")] {
                if node.flag(flag)
                    && let Some(value) = written.remove(bound)
                {
                    written.insert(flag.to_owned(), value);
                }
            }
            if node.flag("nullable") {
                nullable(&mut written);
            }
        }
        written
    }

    /// Without what goes the other way only.
    fn required(&self, node: &Node<'d>, required: &Value) -> Value {
        let other = if self.way == Way::Request { "readOnly" } else { "writeOnly" };
        let stays = |name: &&Value| {
            let own = name.as_str().and_then(|name| property(node, name));
            !own.is_some_and(|own| own.flag(other))
        };
        required.as_array().map_or_else(|| json!([]), |names| names.iter().filter(stays).cloned().collect())
    }
}

fn nullable(written: &mut Map<String, Value>) {
    if let Some(kind) = written.get("type").and_then(Value::as_str) {
        let kinds = json!([kind, "null"]);
        written.insert("type".to_owned(), kinds);
    }
    if let Some(values) = written.get_mut("enum").and_then(Value::as_array_mut)
        && !values.contains(&Value::Null)
    {
        values.push(Value::Null);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn open(text: &str) -> Document {
        Document::open("a.yaml", &BTreeMap::from([("a.yaml".to_owned(), text.as_bytes().to_vec())])).unwrap()
    }

    #[test]
    fn the_dialect_of_three_point_zero_is_translated() {
        let document = open(
            "openapi: 3.0.3\ns:\n  type: object\n  required: [id, a, w]\n  properties:\n    id: {type: string, readOnly: true}\n    w: {type: string, writeOnly: true}\n    a: {type: integer, minimum: 1, exclusiveMinimum: true, nullable: true}\n    kind: {$ref: '#/s'}\n    d: {type: string, format: date}\n",
        );
        let schema = document.root().get("s").unwrap();
        let answer = validator(&schema, Way::Answer).unwrap();
        assert!(answer.is_valid(&json!({ "id": "x", "a": null, "kind": { "id": "y", "a": 2 } })));
        assert!(!answer.is_valid(&json!({ "id": "x", "a": 1 })));
        assert!(!answer.is_valid(&json!({ "id": "x", "a": 2, "d": "2026-02-30" })));
        let request = validator(&schema, Way::Request).unwrap();
        assert!(request.is_valid(&json!({ "a": 2, "w": "" })));
        assert!(!request.is_valid(&json!({ "id": "x", "a": 2 })));
    }

    #[test]
    fn a_schema_that_is_itself_is_refused_and_one_that_holds_itself_is_not() {
        let document = open(
            "openapi: 3.1.0\nc:\n  a: {allOf: [{$ref: '#/c/b'}]}\n  b: {anyOf: [{type: string}, {not: {$ref: '#/c/a'}}]}\n  d: {properties: {d: {$ref: '#/c/d'}}}\n  e: {items: {$ref: '#/c/a'}}\n",
        );
        let of = |key: &str| {
            let schema = document.root().get("c").unwrap().get(key).unwrap();
            validator(&schema, Way::Answer).is_ok()
        };
        assert_eq!(["a", "b", "d", "e"].map(of), [false, false, true, false]);
        let schema = document.root().get("c").unwrap().get("a").unwrap();
        assert_eq!(crate::live::sample(&schema, Way::Request), None);
    }

    #[test]
    fn fields_are_found_once_each_and_not_in_data() {
        let document = open(
            "openapi: 3.1.0\npaths:\n  /a:\n    get:\n      parameters: [{name: q, in: query, schema: {type: string}}]\n      responses:\n        '200':\n          content:\n            application/json:\n              example: {properties: {no: 1}}\n              schema: {$ref: '#/components/schemas/S'}\ncomponents:\n  schemas:\n    S:\n      properties:\n        properties: {type: [string, 'null'], format: date}\n        next: {$ref: '#/components/schemas/S'}\n        deep: {type: array, items: {properties: {x: {allOf: [{type: integer}]}}}}\n",
        );
        let mut names: Vec<&str> = fields(&document).iter().map(|field| field.name).collect();
        names.sort_unstable();
        assert_eq!(names, ["deep", "next", "properties", "q", "x"]);
        let of = |name: &str| fields(&document).into_iter().find(|field| field.name == name).unwrap().schema;
        assert_eq!(types(&of("properties")), ["string"].into());
        assert_eq!(formats(&of("properties")), ["date"].into());
        assert_eq!(types(&of("x")), ["integer"].into());
        assert!(property(&of("next"), "deep").is_some());
    }
}
