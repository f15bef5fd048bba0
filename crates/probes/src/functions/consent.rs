//! The question to the consent facility: who asks whom about what.

use keur_evidence::Check;

/// One value in a question: attribute, value, code system or root.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Value {
    /// Identifier of the attribute.
    pub attribute: String,
    /// Code or number.
    pub value: String,
    /// Code system or root.
    pub system: String,
}

/// What must stand in a question.
#[derive(Debug, Clone, Copy)]
pub struct Demand<'a> {
    /// In Dutch, for readers.
    pub name: &'a str,
    /// Identifier of the attribute.
    pub attribute: &'a str,
    /// Code system or root.
    pub system: &'a str,
    /// The value that is right; any will do when there is none.
    pub value: Option<&'a str>,
}

/// What a question holds of each demand. `id` is the exchange.
#[must_use]
pub fn complete(question: &[Value], demands: &[Demand<'_>], id: &str) -> Vec<Check> {
    demands.iter().map(|demand| one(question, demand, id)).collect()
}

fn one(question: &[Value], demand: &Demand<'_>, id: &str) -> Check {
    let Demand { name, attribute, system, value } = *demand;
    let expected = match value {
        None => format!("in de vraag: {name}, in codestelsel {system}"),
        Some(value) => format!("in de vraag: {name} {value}"),
    };
    let found: Vec<&Value> = question.iter().filter(|one| one.attribute == attribute).collect();
    let right = |one: &&Value| {
        one.system == system && !one.value.is_empty() && value.is_none_or(|value| value == one.value)
    };
    let shown = |one: &&Value| format!("{} ({})", one.value, one.system);
    let observed = match found.as_slice() {
        [] => format!("geen {name}"),
        found => found.iter().map(shown).collect::<Vec<_>>().join(", "),
    };
    let holds = !found.is_empty() && found.iter().all(right);
    Check::that(holds, expected, observed).on([id.to_owned()])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(attribute: &str, value: &str, system: &str) -> Value {
        Value { attribute: attribute.to_owned(), value: value.to_owned(), system: system.to_owned() }
    }

    const URA: Demand<'_> = Demand {
        name: "URA-nummer van de vrager",
        attribute: "asking",
        system: "ura",
        value: Some("90000111"),
    };
    const ROLE: Demand<'_> = Demand { name: "rol", attribute: "role", system: "roles", value: None };

    #[test]
    fn right_missing_and_wrong_values_are_told_apart() {
        let right = [value("asking", "90000111", "ura"), value("role", "01.015", "roles")];
        assert!(complete(&right, &[URA, ROLE], "x-1").iter().all(Check::holds));
        for wrong in [
            vec![value("role", "01.015", "roles")],
            vec![value("asking", "90000382", "ura"), value("role", "01.015", "roles")],
            vec![value("asking", "90000111", "agb"), value("role", "01.015", "roles")],
            vec![value("asking", "90000111", "ura"), value("role", "", "roles")],
        ] {
            let checks = complete(&wrong, &[URA, ROLE], "x-1");
            assert_eq!(checks.iter().filter(|check| !check.holds()).count(), 1, "{wrong:?}");
        }
    }
}
