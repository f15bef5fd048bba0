//! Schemas that are schemas, and examples that fit them.

use std::collections::BTreeSet;

use super::Found;
use crate::{
    document::{Document, Node},
    operations::operations,
    schema::{Way, are_sound, validator},
};

pub(super) fn fit(document: &Document, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for operation in operations(document) {
        let mut places = Vec::new();
        for parameter in operation.parameters() {
            places.push((parameter.node, Way::Request));
        }
        places.extend(
            operation
                .body()
                .into_iter()
                .flat_map(|body| body.map("content"))
                .map(|(_, node)| (node, Way::Request)),
        );
        for response in operation.responses() {
            places.extend(response.node.map("content").map(|(_, node)| (node, Way::Answer)));
            let headers = response.node.map("headers").filter_map(|(_, node)| node.resolved().ok());
            places.extend(headers.map(|node| (node, Way::Answer)));
        }
        for (node, way) in places {
            if seen.insert(node.key()) {
                media(&node, way, found);
            }
        }
    }
    let schemas = document.root().get("components").into_iter().flat_map(|node| node.map("schemas"));
    let schemas: Vec<Node<'_>> = schemas.filter_map(|(_, schema)| schema.resolved().ok()).collect();
    let sound = are_sound(&schemas);
    for schema in schemas {
        let example: Vec<_> = schema.get("example").into_iter().collect();
        if seen.insert(schema.key()) && !(sound && example.is_empty()) {
            check(&schema, Way::Answer, &example, found);
        }
    }
}

fn media(node: &Node<'_>, way: Way, found: &mut Found) {
    let Some(schema) = node.get("schema") else { return };
    let mut examples: Vec<Node<'_>> = node.get("example").into_iter().collect();
    for (_, example) in node.map("examples") {
        examples.extend(example.resolved().ok().and_then(|example| example.get("value")));
    }
    check(&schema, way, &examples, found);
}

fn check(schema: &Node<'_>, way: Way, examples: &[Node<'_>], found: &mut Found) {
    // A reference without an example: what it means is looked at where it stands.
    if examples.is_empty() && schema.text("$ref").is_some() {
        return;
    }
    match validator(schema, way) {
        Err(error) => found.at(schema, format!("dit is geen geldig schema: {}", short(&error))),
        Ok(validator) => {
            for example in examples {
                if let Some(error) = validator.iter_errors(example.value).next() {
                    let at = error.instance_path().to_string();
                    let message = format!(
                        "het voorbeeld past niet bij zijn schema: {} {}",
                        at,
                        short(&error.to_string())
                    );
                    found.at(example, message);
                }
            }
        }
    }
}

/// An error message may hold a whole document.
pub(crate) fn short(text: &str) -> String {
    let cut: String = text.chars().take(160).collect();
    if cut.len() < text.len() { format!("{cut}…") } else { cut }
}
