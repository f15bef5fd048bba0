//! What a document says of who may do what.

use std::collections::BTreeSet;

use crate::{document::Node, operations::Operation};

/// Parts of a path that are for whoever runs the API, in Dutch and English.
const MANAGING: [&str; 14] = [
    "admin",
    "beheer",
    "actuator",
    "debug",
    "env",
    "config",
    "configuratie",
    "internal",
    "intern",
    "management",
    "metrics",
    "trace",
    "console",
    "heapdump",
];

/// The alternatives of an operation, or of the document for an operation that says nothing.
fn demand<'d>(node: &Node<'d>) -> Option<Node<'d>> {
    node.get("security").or_else(|| node.document().root().get("security"))
}

/// Whether a request needs more than a connection.
#[must_use]
pub fn is_secured(node: &Node<'_>) -> bool {
    demand(node).is_some_and(|demand| {
        demand.items().next().is_some() && demand.items().all(|one| one.entries().next().is_some())
    })
}

/// Whether every alternative names a scope that is not among those granted.
#[must_use]
pub fn needs_more(operation: &Operation<'_>, granted: &str) -> bool {
    let granted: BTreeSet<&str> = granted.split_ascii_whitespace().collect();
    let beyond = |one: Node<'_>| {
        let mut scopes = one.entries().flat_map(|(_, scopes)| scopes.items().collect::<Vec<_>>());
        scopes.any(|scope| scope.value.as_str().is_some_and(|scope| !granted.contains(scope)))
    };
    is_secured(&operation.node) && demand(&operation.node).is_some_and(|demand| demand.items().all(beyond))
}

/// Whether a path is for whoever runs the API.
#[must_use]
pub fn is_managing(path: &str) -> bool {
    path.split('/').any(|part| MANAGING.contains(&part.trim_start_matches('_').to_ascii_lowercase().as_str()))
}
