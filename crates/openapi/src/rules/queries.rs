//! Query parameters: how they are written, and what must not be in an address.

use super::Found;
use crate::{
    document::{Document, Node},
    operations::operations,
    words::words,
};

pub(super) fn camel_case(document: &Document, found: &mut Found) {
    for (name, node) in keys(document, &["query"]) {
        if !is_camel(name) {
            found.at(&node, format!("de queryparameter {name:?} is geen lowerCamelCase"));
        }
    }
}

/// Names and places of parameters, those of the path level and of keys included.
fn keys<'d>(document: &'d Document, places: &[&str]) -> Vec<(&'d str, Node<'d>)> {
    let mut all = Vec::new();
    for operation in operations(document) {
        let fitting =
            operation.parameters().into_iter().filter(|parameter| places.contains(&parameter.place));
        all.extend(
            fitting.map(|parameter| (parameter.name, parameter.node.get("name").unwrap_or(parameter.node))),
        );
    }
    let schemes = document.root().get("components").into_iter().flat_map(|node| node.map("securitySchemes"));
    for (_, scheme) in schemes {
        let Ok(scheme) = scheme.resolved() else { continue };
        if scheme.text("type") == Some("apiKey")
            && scheme.text("in").is_some_and(|place| places.contains(&place))
            && let Some(name) = scheme.text("name")
        {
            all.push((name, scheme.get("name").unwrap_or(scheme)));
        }
    }
    all
}

fn is_camel(name: &str) -> bool {
    let bare = name.strip_prefix('$').unwrap_or(name);
    bare.starts_with(|c: char| c.is_ascii_lowercase())
        && bare.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// Words that name what care keeps out of addresses.
const SENSITIVE: [&str; 12] = [
    "bsn",
    "burgerservicenummer",
    "token",
    "accesstoken",
    "password",
    "wachtwoord",
    "secret",
    "apikey",
    "clientsecret",
    "sessionid",
    "jwt",
    "credential",
];

/// The design rules leave open what is sensitive; in care it is at least the BSN, and what gives access.
pub(super) fn sensitive(document: &Document, found: &mut Found) {
    for (name, node) in keys(document, &["query", "path"]) {
        let words = words(name);
        let whole = words.concat();
        let is_token =
            |word: &str| word == "token" && words.iter().any(|w| matches!(w.as_str(), "page" | "pagina"));
        let hit =
            words.iter().map(String::as_str).chain([whole.as_str()]).find(|word| SENSITIVE.contains(word));
        if hit.is_some_and(|word| !is_token(word)) {
            found.at(&node, format!("de parameter {name:?} staat in het adres, en dus in elk logboek"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::is_camel;

    #[test]
    fn a_key_begins_small_and_has_letters_and_digits() {
        for fine in ["typeGebouw", "$filter", "a", "a1", "maxXY"] {
            assert!(is_camel(fine), "{fine}");
        }
        for wrong in ["type_gebouw", "type-gebouw", "TypeGebouw", "2nd", "", "$", "é", "a.b", "filter[x]"] {
            assert!(!is_camel(wrong), "{wrong}");
        }
    }
}
