//! How paths are written.

use super::Found;
use crate::{document::Document, operations::paths};

pub(super) fn trailing_slash(document: &Document, found: &mut Found) {
    for (path, node) in paths(document).filter(|(path, _)| path.len() > 1 && path.ends_with('/')) {
        found.at(&node, format!("het pad {path} eindigt op een schuine streep"));
    }
}

/// The rule's own regular expression lets through what its text forbids: a hyphen at the edge, two in a row, an extension.
pub(super) fn kebab_case(document: &Document, found: &mut Found) {
    for (path, node) in paths(document) {
        // The document itself stands at a place the rules prescribe.
        if matches!(path, "/openapi.json" | "/openapi.yaml") {
            continue;
        }
        let segments: Vec<&str> = path.split('/').filter(|segment| !segment.is_empty()).collect();
        for (index, segment) in segments.iter().enumerate() {
            let is_last = index + 1 == segments.len();
            let word = if is_last { segment.strip_prefix('_').unwrap_or(segment) } else { segment };
            if !is_kebab(word) {
                found.at(&node, format!("het deel {segment:?} van het pad {path} is geen kebab-case"));
            }
        }
        if path.contains("//") {
            found.at(&node, format!("het pad {path} heeft een leeg deel"));
        }
    }
}

/// Words of lower-case letters and digits with one hyphen between them; variables are as they are.
fn is_kebab(segment: &str) -> bool {
    let mut literal = String::new();
    let mut inside = false;
    for c in segment.chars() {
        match c {
            '{' => inside = true,
            '}' if inside => {
                inside = false;
                literal.push('x');
            }
            _ if inside => {}
            _ => literal.push(c),
        }
    }
    literal.split('-').all(|word| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::is_kebab;

    #[test]
    fn words_have_one_hyphen_between_them() {
        for fine in ["claims", "fin-claims", "a1-2", "{ID}", "{van}-{tot}", "2fa"] {
            assert!(is_kebab(fine), "{fine}");
        }
        for wrong in [
            "-claims",
            "claims-",
            "fin--claims",
            "schema.txt",
            "finClaims",
            "fin_claims",
            "scènes",
            "",
            "a b",
        ] {
            assert!(!is_kebab(wrong), "{wrong}");
        }
    }
}
