//! Names of paths, by a short list of verbs: an indication for people, never a proof.

use super::Found;
use crate::{document::Document, operations::paths, words::words};

const VERBS: [&str; 22] = [
    "get",
    "list",
    "fetch",
    "create",
    "add",
    "update",
    "delete",
    "remove",
    "search",
    "find",
    "do",
    "haal",
    "ophalen",
    "maak",
    "aanmaken",
    "wijzig",
    "wijzigen",
    "verwijder",
    "verwijderen",
    "zoek",
    "zoeken",
    "geef",
];

pub(super) fn nouns(document: &Document, found: &mut Found) {
    for (path, node) in paths(document) {
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        for (index, segment) in segments.iter().enumerate() {
            let is_operation = segment.starts_with('_') && index + 1 == segments.len();
            let verb = words(segment).into_iter().next().filter(|word| VERBS.contains(&word.as_str()));
            if let Some(verb) = verb.filter(|_| !is_operation && !segment.starts_with('{')) {
                found.at(
                    &node,
                    format!("het deel {segment:?} van het pad {path} begint met een handeling ({verb})"),
                );
            }
        }
    }
}
