//! The version of the API: in its address, in its answers, and what ends with it.

use super::Found;
use crate::{document::Document, operations::operations};

/// The major number of a semantic version.
fn major(version: &str) -> Option<&str> {
    let first = version.split('.').next()?;
    is_number(first).then_some(first)
}

fn is_number(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_digit())
        && (text.len() == 1 || !text.starts_with('0'))
}

pub(super) fn in_address(document: &Document, found: &mut Found) {
    let root = document.root();
    let servers: Vec<_> = root.list("servers").collect();
    if servers.is_empty() {
        let at = root.get("servers").unwrap_or(root);
        return found.at(&at, "er is geen server met een adres waarin de versie staat");
    }
    for server in servers {
        let Some(url) = server.text("url") else { continue };
        let at = server.get("url").unwrap_or_else(|| server.clone());
        let mut address = url.to_owned();
        for (name, variable) in server.map("variables") {
            address = address.replace(&format!("{{{name}}}"), variable.text("default").unwrap_or_default());
        }
        let path = address.split_once("://").map_or(address.as_str(), |(_, rest)| rest);
        let path = path.split(['?', '#']).next().unwrap_or_default();
        let segments: Vec<&str> = path.split('/').collect();
        // What begins as a version does, up to what may be a word.
        let versions: Vec<&str> = segments
            .into_iter()
            .skip(1)
            .filter(|segment| {
                segment.strip_prefix('v').is_some_and(|rest| !rest.starts_with(|c: char| c.is_alphabetic()))
            })
            .collect();
        let exact =
            versions.iter().filter_map(|segment| segment.strip_prefix('v')).find(|rest| is_number(rest));
        match exact {
            None if versions.is_empty() => found.at(&at, format!("in {url} staat geen versie")),
            None => {
                found.at(&at, format!("in {url} staat {}, en niet alleen v met het hoofdnummer", versions[0]))
            }
            Some(number) => {
                let own = document.version().and_then(major);
                if let Some(own) = own.filter(|own| *own != number) {
                    found.at(
                        &at,
                        format!("in {url} staat v{number}, maar `info.version` heeft hoofdnummer {own}"),
                    );
                }
            }
        }
    }
}

pub(super) fn semantic(document: &Document, found: &mut Found) {
    let root = document.root();
    let Some(info) = root.get("info") else {
        return found.at(&root, "`info` ontbreekt, en daarmee de versie");
    };
    match (info.get("version"), document.version()) {
        (None, _) => found.at(&info, "`info.version` ontbreekt"),
        (Some(at), None) => found.at(&at, "`info.version` is geen tekst"),
        (Some(at), Some(version)) if !is_semantic(version) => {
            found.at(&at, format!("{version:?} is geen versie volgens Semantic Versioning 2.0.0"));
        }
        _ => {}
    }
}

fn is_semantic(version: &str) -> bool {
    let (version, build) =
        version.split_once('+').map_or((version, None), |(version, build)| (version, Some(build)));
    let (core, pre) = version.split_once('-').map_or((version, None), |(core, pre)| (core, Some(pre)));
    let word = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let numbered = |part: &str| !part.bytes().all(|byte| byte.is_ascii_digit()) || is_number(part);
    core.split('.').count() == 3
        && core.split('.').all(is_number)
        && pre.is_none_or(|pre| pre.split('.').all(|part| word(part) && numbered(part)))
        && build.is_none_or(|build| build.split('.').all(word))
}

pub(super) fn header(document: &Document, found: &mut Found) {
    for operation in operations(document) {
        for response in operation.responses() {
            let stands =
                response.node.map("headers").any(|(name, _)| name.eq_ignore_ascii_case("api-version"));
            if !stands {
                let who = operation.name();
                found.at(
                    &response.node,
                    format!("antwoord {} bij {who} heeft geen kop API-Version", response.key),
                );
            }
        }
    }
}

pub(super) fn schedule(document: &Document, found: &mut Found) {
    for operation in operations(document).iter().filter(|operation| operation.node.flag("deprecated")) {
        let described = ["description", "summary"].into_iter().filter_map(|key| operation.node.text(key));
        let told = described.into_iter().any(says_when);
        let linked = operation.node.get("externalDocs").is_some_and(|docs| docs.text("url").is_some())
            || operation.node.entries().any(|(key, _)| key.starts_with("x-sunset"))
            || operation.responses().iter().any(|response| {
                response.node.map("headers").any(|(name, _)| name.eq_ignore_ascii_case("sunset"))
            });
        if !told && !linked {
            found
                .at(&operation.node, format!("{} vervalt, maar er staat niet bij wanneer", operation.name()));
        }
    }
}

/// A link, or a date as 2026-12-31.
fn says_when(text: &str) -> bool {
    let digits = |word: &str, sizes: [usize; 3]| {
        let parts: Vec<&str> = word.split('-').collect();
        parts.len() == 3
            && parts
                .iter()
                .zip(sizes)
                .all(|(part, size)| part.len() == size && part.bytes().all(|byte| byte.is_ascii_digit()))
    };
    text.contains("https://")
        || text
            .split(|c: char| !(c.is_ascii_digit() || c == '-'))
            .any(|word| digits(word, [4, 2, 2]) || digits(word, [2, 2, 4]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn semantic_versions_have_three_numbers() {
        for fine in ["1.0.0", "0.4.10", "1.0.0-rc.1", "1.0.0-alpha+build.5", "2.0.0+001", "1.0.0-0a"] {
            assert!(is_semantic(fine), "{fine}");
        }
        for wrong in [
            "1.0",
            "v1.0.0",
            "1.2",
            "01.0.0",
            "1.0.1_incorrect",
            "1.0.0-",
            "1.0.0-01",
            "",
            "1.0.0.0",
            "1.0.0+",
        ] {
            assert!(!is_semantic(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_date_or_link_says_when() {
        assert!(says_when("Vervalt op 2027-01-31.") && says_when("Zie https://voorbeeld.nl/schema"));
        assert!(!says_when("Vervalt binnenkort, in versie 2-0-1"));
    }
}
