//! That there is a document at all, and somebody to ask about it.

use serde_json::Value;

use super::{Finding, Found};
use crate::document::{Document, Node, Place};

pub(super) fn readable(document: &Document, found: &mut Found) {
    let root = document.root();
    if document.edition().is_none() {
        let message = match (root.value.get("openapi"), root.value.get("swagger")) {
            (None, Some(_)) => "dit is een document van voor OpenAPI 3".to_owned(),
            (None, None) => {
                "`openapi` ontbreekt: het is niet te zien welke versie van OpenAPI dit is".to_owned()
            }
            (Some(Value::String(other)), _) => {
                format!("`openapi` is {other:?}, en geen versie 3 van OpenAPI")
            }
            (Some(other), _) => format!("`openapi` is {other}, en geen tekst als \"3.0.3\""),
        };
        found.at(&root.get("openapi").unwrap_or_else(|| root.clone()), message);
    }
    match root.value.get("paths") {
        Some(Value::Object(paths)) if paths.keys().any(|path| path.starts_with('/')) => {}
        Some(Value::Object(_)) => {
            found.at(&root.get("paths").unwrap_or(root), "`paths` noemt geen enkel pad")
        }
        _ => found.at(&root, "`paths` ontbreekt"),
    }
    for source in document.sources() {
        for repeated in &source.repeated {
            let place = Place { file: source.name.clone(), pointer: String::new(), line: repeated.line };
            let message = format!("de sleutel {:?} staat twee keer in hetzelfde object", repeated.key);
            found.findings.push(Finding { rule: found.rule, place, message });
        }
    }
    let mut todo = vec![document.root()];
    let mut seen = std::collections::BTreeSet::new();
    while let Some(node) = todo.pop() {
        if node.text("$ref").is_some() && !node.pointer.ends_with("/properties") {
            match node.resolved() {
                Err(dangling) => found.at(&node, dangling.to_string()),
                // Other files are looked through where they are referred to.
                Ok(target) if target.place().file != node.place().file && seen.insert(target.key()) => {
                    todo.push(target);
                }
                Ok(_) => {}
            }
        }
        todo.extend(node.entries().filter(|(key, _)| !is_data(key)).map(|(_, child)| child));
        todo.extend(node.items());
    }
}

/// Whether an entry holds data of the API instead of a description.
pub(super) fn is_data(key: &str) -> bool {
    matches!(key, "example" | "examples" | "default" | "enum" | "const") || key.starts_with("x-")
}

/// Whether a member of the contact has the right form.
type Fits = fn(&str) -> bool;

pub(super) fn contact(document: &Document, found: &mut Found) {
    let root = document.root();
    let Some(info) = root.get("info") else {
        return found.at(&root, "`info` ontbreekt, en daarmee het contact");
    };
    let Some(contact) = info.get("contact") else { return found.at(&info, "`contact` ontbreekt") };
    let fits: [(&str, Fits, &str); 3] = [
        ("name", |_| true, "een naam"),
        (
            "url",
            |text| url::Url::parse(text).is_ok_and(|url| url.has_host()),
            "een adres als https://voorbeeld.nl",
        ),
        (
            "email",
            |text| text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.')),
            "een e-mailadres",
        ),
    ];
    for (key, fits, what) in fits {
        match contact.text(key).map(str::trim) {
            None | Some("") => found.at(&contact, format!("`contact` heeft geen `{key}`")),
            Some(text) if !fits(text) => {
                found.at(&node(&contact, key), format!("`{key}` is niet {what}: {text:?}"))
            }
            Some(_) => {}
        }
    }
}

fn node<'d>(parent: &Node<'d>, key: &str) -> Node<'d> {
    parent.get(key).unwrap_or_else(|| parent.clone())
}
