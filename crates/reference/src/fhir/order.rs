//! The order of elements in FHIR STU3 XML, for the types this source serves.

use std::collections::BTreeMap;
use std::sync::LazyLock;

type Order = Vec<(&'static str, &'static str)>;

/// Type name to its elements: name (ending in `[x]` for a choice) and, when complex, the type.
static ORDER: LazyLock<BTreeMap<&'static str, Order>> = LazyLock::new(|| {
    include_str!("elements.tsv")
        .lines()
        .filter_map(|line| line.split_once('\t'))
        .map(|(kind, fields)| {
            let fields =
                fields.split(' ').map(|field| field.split_once(':').unwrap_or((field, ""))).collect();
            (kind, fields)
        })
        .collect()
});

/// The elements of a type in order, none when the type is unknown.
pub(crate) fn of(kind: &str) -> &'static [(&'static str, &'static str)] {
    ORDER.get(kind).map_or(&[], Vec::as_slice)
}

/// Whether an element of the table has this name in JSON; a choice carries its type in the name.
pub(crate) fn is_field(field: &str, name: &str) -> bool {
    match field.strip_suffix("[x]") {
        Some(stem) => name
            .strip_prefix(stem)
            .is_some_and(|rest| rest.starts_with(|first: char| first.is_ascii_uppercase())),
        None => field == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_complex_element_has_an_order_of_its_own() {
        for (kind, fields) in ORDER.iter() {
            for (field, child) in fields.iter().filter(|(_, child)| !["", "Resource"].contains(child)) {
                assert!(!of(child).is_empty(), "{kind}.{field}: {child}");
            }
        }
        assert!(of("Basic").is_empty());
    }

    #[test]
    fn a_choice_is_known_by_its_stem() {
        assert!(is_field("value[x]", "valueQuantity"));
        assert!(!is_field("value[x]", "values"));
        assert!(is_field("status", "status"));
    }
}
