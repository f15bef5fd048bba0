//! SMART scopes of the form `system/<Type>.rs`.

/// Whether the scopes give a permission (`r` read, `s` search) on a type.
pub(crate) fn allow(scopes: &[String], kind: &str, permission: char) -> bool {
    scopes.iter().any(|scope| {
        scope
            .strip_prefix("system/")
            .and_then(|rest| rest.split_once('.'))
            .is_some_and(|(on, given)| (on == "*" || on == kind) && given.contains(permission))
    })
}

/// Whether resources of a type may come along with others.
pub(crate) fn shows(scopes: &[String], kind: &str) -> bool {
    allow(scopes, kind, 'r') || allow(scopes, kind, 's')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_are_per_type_and_permission() {
        let narrow = ["system/Patient.rs".to_owned(), "system/Flag.r".to_owned()];
        assert!(allow(&narrow, "Patient", 's'));
        assert!(allow(&narrow, "Flag", 'r'));
        assert!(!allow(&narrow, "Flag", 's'));
        assert!(!shows(&narrow, "Provenance"));
        assert!(shows(&["system/*.rs".to_owned()], "Provenance"));
        assert!(!shows(&["patient/*.rs".to_owned(), "system/*".to_owned()], "Provenance"));
    }
}
