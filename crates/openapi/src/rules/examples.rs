//! Schemas that are schemas, and examples that fit them.

use std::collections::BTreeSet;

use super::Found;
use crate::{
    document::{Document, Node},
    operations::operations,
    schema::{Way, are_sound, validator},
};

pub(super) fn fit(document: &Document, found: &mut Found) {
    let (mut seen, mut all) = (BTreeSet::new(), Vec::new());
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
                all.extend(media(&node, way));
            }
        }
    }
    let schemas = document.root().get("components").into_iter().flat_map(|node| node.map("schemas"));
    for schema in schemas.filter_map(|(_, schema)| schema.resolved().ok()) {
        if seen.insert(schema.key()) {
            let examples = schema.get("example").into_iter().collect();
            all.push(Shown { schema, way: Way::Answer, examples });
        }
    }
    // Most are sound and have no example; what these refer to is looked at once for all.
    let bare: Vec<Node<'_>> =
        all.iter().filter(|one| one.examples.is_empty()).map(|one| one.schema.clone()).collect();
    let sound = are_sound(&bare);
    for one in all.iter().filter(|one| !(sound && one.examples.is_empty())) {
        check(one, found);
    }
}

/// A schema and the examples that stand beside it.
struct Shown<'d> {
    schema: Node<'d>,
    way: Way,
    examples: Vec<Node<'d>>,
}

fn media<'d>(node: &Node<'d>, way: Way) -> Option<Shown<'d>> {
    let schema = node.get("schema")?;
    let mut examples: Vec<Node<'_>> = node.get("example").into_iter().collect();
    for (_, example) in node.map("examples") {
        examples.extend(example.resolved().ok().and_then(|example| example.get("value")));
    }
    // A reference without an example: what it means is looked at where it stands.
    let elsewhere = examples.is_empty() && schema.text("$ref").is_some();
    (!elsewhere).then_some(Shown { schema, way, examples })
}

fn check(shown: &Shown<'_>, found: &mut Found) {
    match validator(&shown.schema, shown.way) {
        Err(error) => found.at(&shown.schema, format!("dit is geen geldig schema: {}", short(&error))),
        Ok(validator) => {
            for example in &shown.examples {
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
