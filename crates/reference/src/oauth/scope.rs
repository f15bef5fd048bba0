//! SMART scopes: what a client asked for and what it may have.

/// The widest scope any client may have.
const ALLOWED_ACTIONS: &str = "rs";

/// The requested scopes cut down to what is allowed; empty when nothing is left.
pub(crate) fn granted(requested: &str) -> Vec<String> {
    let mut granted: Vec<String> = Vec::new();
    for scope in requested.split_ascii_whitespace().filter_map(narrow) {
        if !granted.contains(&scope) {
            granted.push(scope);
        }
    }
    granted
}

fn narrow(scope: &str) -> Option<String> {
    let (kind, actions) = scope.strip_prefix("system/")?.split_once('.')?;
    let known_kind = kind == "*"
        || kind.starts_with(|first: char| first.is_ascii_uppercase())
            && kind.bytes().all(|byte| byte.is_ascii_alphanumeric());
    // The actions of SMART v2 stand in this order; anything else is not a scope.
    let mut rest = "cruds".chars();
    let ordered = !actions.is_empty() && actions.chars().all(|action| rest.any(|known| known == action));
    if !known_kind || !ordered {
        return None;
    }
    let kept: String = actions.chars().filter(|action| ALLOWED_ACTIONS.contains(*action)).collect();
    (!kept.is_empty()).then(|| format!("system/{kind}.{kept}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_never_wider_than_asked_or_allowed() {
        let cases: [(&str, &[&str]); 9] = [
            ("system/*.rs", &["system/*.rs"]),
            ("system/*.cruds", &["system/*.rs"]),
            ("system/Patient.rs system/Patient.cruds", &["system/Patient.rs"]),
            ("system/Patient.s", &["system/Patient.s"]),
            ("system/Patient.cud", &[]),
            ("system/Patient.sr", &[]),
            ("user/*.rs patient/*.rs openid", &[]),
            ("system/../*.rs system/*.", &[]),
            ("", &[]),
        ];
        for (requested, expected) in cases {
            assert_eq!(granted(requested), expected, "{requested}");
        }
    }
}
