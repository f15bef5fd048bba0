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
    /// The values that are right; any will do when empty.
    pub values: &'a [&'a str],
}

/// What a question holds of each demand. `id` is the exchange.
#[must_use]
pub fn complete(question: &[Value], demands: &[Demand<'_>], id: &str) -> Vec<Check> {
    demands.iter().map(|demand| one(question, demand, id)).collect()
}

fn one(question: &[Value], demand: &Demand<'_>, id: &str) -> Check {
    let Demand { name, attribute, system, values } = demand;
    let expected = match values {
        [] => format!("in de vraag: {name}, in codestelsel {system}"),
        values => format!("in de vraag: {name} {}", values.join(" of ")),
    };
    let found: Vec<&Value> = question.iter().filter(|one| one.attribute == *attribute).collect();
    let right = |one: &&&Value| {
        one.system == *system
            && !one.value.is_empty()
            && (values.is_empty() || values.contains(&one.value.as_str()))
    };
    let observed = match found.as_slice() {
        [] => format!("geen {name}"),
        found => {
            found.iter().map(|one| format!("{} ({})", one.value, one.system)).collect::<Vec<_>>().join(", ")
        }
    };
    let holds = found.first().is_some() && found.iter().all(|one| right(&one));
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
        values: &["90000111"],
    };
    const ROLE: Demand<'_> = Demand { name: "rol", attribute: "role", system: "roles", values: &[] };

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
