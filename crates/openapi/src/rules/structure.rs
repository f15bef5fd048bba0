//! What OpenAPI itself demands of a document, as far as other rules and tools rest on it.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Found;
use crate::{
    document::{Document, Node},
    operations::{METHODS, Operation, operations, paths},
};

pub(super) fn sound(document: &Document, found: &mut Found) {
    let root = document.root();
    match root.get("info") {
        Some(info) if info.value.is_object() => texts(&info, &["title", "version"], found),
        _ => found.at(&root, "`info` ontbreekt"),
    }
    for server in root.list("servers") {
        server_is_sound(&server, found);
    }
    unique(&root, found);
    let mut shapes: BTreeMap<String, &str> = BTreeMap::new();
    for (path, node) in root.map("paths") {
        if !path.starts_with('/') && !path.starts_with("x-") {
            found.at(&node, format!("het pad {path:?} begint niet met een schuine streep"));
        }
        let shape = variables(path)
            .iter()
            .fold(path.to_owned(), |path, name| path.replacen(&format!("{{{name}}}"), "{}", 1));
        if let Some(other) = shapes.insert(shape, path) {
            found.at(&node, format!("de paden {other} en {path} zijn voor een client hetzelfde"));
        }
    }
    for (path, item) in paths(document) {
        let item = item.resolved().unwrap_or(item);
        let known = |key: &str| {
            METHODS.contains(&key)
                || matches!(
                    key,
                    "$ref"
                        | "summary"
                        | "description"
                        | "servers"
                        | "parameters"
                        | "query"
                        | "additionalOperations"
                )
                || key.starts_with("x-")
        };
        for (key, node) in item.entries().filter(|(key, _)| !known(key)) {
            found.at(&node, format!("{key:?} onder {path} is geen methode of ander onderdeel van een pad"));
        }
    }
    for operation in operations(document) {
        operation_is_sound(&operation, found);
    }
}

fn texts(node: &Node<'_>, keys: &[&str], found: &mut Found) {
    for key in keys {
        match node.value.get(key) {
            Some(Value::String(_)) => {}
            Some(_) => found.at(node, format!("`{key}` is geen tekst")),
            None => found.at(node, format!("`{key}` ontbreekt")),
        }
    }
}

fn server_is_sound(server: &Node<'_>, found: &mut Found) {
    texts(server, &["url"], found);
    for name in variables(server.text("url").unwrap_or_default()) {
        match server.get("variables").and_then(|all| all.get(name)) {
            None => found.at(server, format!("de variabele {{{name}}} van de server is niet beschreven")),
            Some(variable) => texts(&variable, &["default"], found),
        }
    }
}

/// Names that must be there once.
fn unique(root: &Node<'_>, found: &mut Found) {
    let mut names = BTreeMap::new();
    for tag in root.list("tags") {
        if let Some(name) = tag.text("name")
            && names.insert(name.to_owned(), ()).is_some()
        {
            found.at(&tag, format!("het label {name:?} is twee keer beschreven"));
        }
    }
    let mut ids = BTreeMap::new();
    for operation in operations(root.document()) {
        let Some(id) = operation.node.text("operationId") else { continue };
        if let Some(other) = ids.insert(id, operation.name()) {
            let message = format!("{} heeft dezelfde operationId als {other}: {id:?}", operation.name());
            found.at(&operation.node, message);
        }
    }
}

fn operation_is_sound(operation: &Operation<'_>, found: &mut Found) {
    let who = operation.name();
    if operation.responses().is_empty() {
        found.at(&operation.node, format!("{who} beschrijft geen enkel antwoord"));
    }
    for response in operation.responses() {
        let key = response.key;
        let is_status = key.len() == 3
            && key.starts_with(['1', '2', '3', '4', '5'])
            && (key[1..].bytes().all(|byte| byte.is_ascii_digit()) || &key[1..] == "XX");
        if !is_status && key != "default" {
            found.at(&response.node, format!("{key:?} bij {who} is geen statuscode, reeks (2XX) of default"));
        }
        if response.node.text("description").is_none() {
            found.at(&response.node, format!("antwoord {key} bij {who} heeft geen `description`"));
        }
    }
    let parameters = operation.parameters();
    for parameter in &parameters {
        let node = &parameter.node;
        if !matches!(parameter.place, "query" | "path" | "header" | "cookie") {
            found.at(
                node,
                format!("de parameter {:?} bij {who} staat op een onbekende plaats", parameter.name),
            );
        }
        if node.get("schema").is_none() && node.get("content").is_none() {
            found.at(node, format!("de parameter {:?} bij {who} heeft geen schema", parameter.name));
        }
        if parameter.place == "path" && !node.flag("required") {
            found.at(
                node,
                format!("de padparameter {:?} bij {who} is niet verplicht (required: true)", parameter.name),
            );
        }
    }
    let named = variables(operation.path);
    for name in &named {
        if !parameters.iter().any(|parameter| parameter.place == "path" && parameter.name == *name) {
            found.at(
                &operation.node,
                format!("de variabele {{{name}}} in het pad van {who} is niet beschreven"),
            );
        }
    }
    for parameter in parameters.iter().filter(|parameter| parameter.place == "path") {
        if !named.contains(&parameter.name) {
            found.at(
                &parameter.node,
                format!("de padparameter {:?} staat niet in het pad van {who}", parameter.name),
            );
        }
    }
    if let Some(body) = operation.body()
        && body.get("content").is_none()
    {
        found.at(&body, format!("de inhoud die {who} aanneemt, heeft geen `content`"));
    }
}

/// The names between braces.
pub(crate) fn variables(text: &str) -> Vec<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}
