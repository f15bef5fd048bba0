//! What the document says about errors.

use super::Found;
use crate::{
    document::{Document, Node},
    operations::operations,
    schema::property,
};

const PROBLEM: [&str; 2] = ["application/problem+json", "application/problem+xml"];

pub(super) fn problem_details(document: &Document, found: &mut Found) {
    for operation in operations(document) {
        let responses = operation.responses();
        let only_default = responses.len() == 1;
        for response in responses.iter().filter(|response| response.is_error()) {
            let who = format!("{} bij {}", response.key, operation.name());
            let media: Vec<(&str, Node<'_>)> = response.node.map("content").collect();
            let is_problem = |name: &str| {
                PROBLEM.contains(&name.split(';').next().unwrap_or_default().trim().to_lowercase().as_str())
            };
            if media.is_empty() {
                found.at(
                    &response.node,
                    format!("antwoord {who} heeft geen inhoud van het type application/problem+json"),
                );
                continue;
            }
            // A default for everything may offer other types, as long as errors have theirs.
            let mixed =
                response.key == "default" && only_default && media.iter().any(|(name, _)| is_problem(name));
            for (name, node) in &media {
                if is_problem(name) {
                    members(name, node, &who, found);
                } else if !mixed {
                    found.at(
                        node,
                        format!("antwoord {who} heeft type {name}, en niet application/problem+json of +xml"),
                    );
                }
            }
        }
    }
}

/// Whether the schema, when there is one, knows the three members, each of its type.
fn members(name: &str, media: &Node<'_>, who: &str, found: &mut Found) {
    let Some(schema) = media.get("schema").and_then(|schema| schema.resolved().ok()) else { return };
    for (member, kind) in [("status", "integer"), ("title", "string"), ("detail", "string")] {
        match property(&schema, member) {
            None => found.at(&schema, format!("het schema van {name}, antwoord {who}, kent geen `{member}`")),
            Some(own) => {
                let types = crate::schema::types(&own);
                let fits = types.is_empty()
                    || types.contains(&kind)
                    || kind == "integer" && types.contains(&"number");
                if !fits {
                    let message =
                        format!("`{member}` in het schema van {name}, antwoord {who}, is geen {kind}");
                    found.at(&own, message);
                }
            }
        }
    }
}

pub(super) fn invalid_input(document: &Document, found: &mut Found) {
    for operation in operations(document) {
        let responses = operation.responses();
        let takes =
            operation.body().is_some() || operation.parameters().iter().any(|one| one.place == "query");
        let refuses = responses
            .iter()
            .any(|response| response.key == "400" || response.key.eq_ignore_ascii_case("4XX"));
        if takes && !refuses {
            found.at(
                &operation.node,
                format!("{} neemt invoer aan, maar kent geen antwoord 400", operation.name()),
            );
        }
        for response in responses.iter().filter(|response| response.key == "422") {
            found.at(
                &response.node,
                format!("{} kent antwoord 422; bij ongeldige invoer hoort 400", operation.name()),
            );
        }
    }
}
