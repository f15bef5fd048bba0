//! SMART scopes as sets, so that one can lie within another.

/// Whether every scope of `granted` lies within some scope of `limit`. A scope that is not SMART is within an equal one.
#[must_use]
pub fn within(granted: &str, limit: &str) -> bool {
    granted
        .split_ascii_whitespace()
        .all(|one| limit.split_ascii_whitespace().any(|other| one == other || covers(other, one)))
}

/// Whether these scopes let a client read or find resources of a type.
#[must_use]
pub fn shows(scopes: &str, kind: &str) -> bool {
    scopes.split_ascii_whitespace().filter_map(parse).any(|scope| {
        (scope.kind == "*" || scope.kind == kind)
            && (scope.actions.contains('r') || scope.actions.contains('s'))
    })
}

struct Scope<'a> {
    level: &'a str,
    kind: &'a str,
    actions: &'a str,
}

fn covers(wide: &str, narrow: &str) -> bool {
    let (Some(wide), Some(narrow)) = (parse(wide), parse(narrow)) else { return false };
    wide.level == narrow.level
        && (wide.kind == "*" || wide.kind == narrow.kind)
        && narrow.actions.chars().all(|action| wide.actions.contains(action))
}

/// `system/Patient.rs`, in the notation of version 1 (`.read`) or 2 (`.rs`).
fn parse(scope: &str) -> Option<Scope<'_>> {
    let (level, rest) = scope.split_once('/')?;
    let (kind, actions) = rest.split_once('.')?;
    let actions = match actions {
        "read" => "rs",
        "write" => "cud",
        "*" => "cruds",
        other => other.split('?').next().unwrap_or_default(),
    };
    Some(Scope { level, kind, actions })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_lies_within_an_equal_or_wider_one() {
        for (granted, limit, expected) in [
            ("system/*.rs", "system/*.rs", true),
            ("system/Patient.r system/Flag.s", "system/*.rs", true),
            ("system/*.read", "system/*.rs", true),
            ("system/*.cruds", "system/*.rs", false),
            ("system/*.*", "system/*.rs", false),
            ("system/*.rs", "system/Patient.rs", false),
            ("user/Patient.rs", "system/*.rs", false),
            ("bgz", "bgz other", true),
            ("bgz", "system/*.rs", false),
            ("", "system/*.rs", true),
        ] {
            assert_eq!(within(granted, limit), expected, "{granted} in {limit}");
        }
    }

    #[test]
    fn a_scope_shows_its_own_types() {
        assert!(shows("system/Patient.rs", "Patient"));
        assert!(!shows("system/Patient.rs", "Condition"));
        assert!(shows("system/*.read", "Condition"));
        assert!(!shows("system/*.cud", "Condition"));
    }
}
