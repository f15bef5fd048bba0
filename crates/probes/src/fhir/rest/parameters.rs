//! Search parameters of FHIR whose values the oracle can find in a resource, for STU3 and R4.

use serde_json::Value;

/// How values of a parameter compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Codes and identifiers.
    Token,
    /// Dates, instants and periods.
    Date,
    /// Text.
    Text,
    /// References.
    Reference,
    /// Quantities.
    Quantity,
}

impl Style {
    /// The type in a CapabilityStatement.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Date => "date",
            Self::Text => "string",
            Self::Reference => "reference",
            Self::Quantity => "quantity",
        }
    }
}

/// One parameter of a resource type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter {
    /// The resource type.
    pub kind: &'static str,
    /// Its name.
    pub name: &'static str,
    /// How it compares.
    pub style: Style,
    /// Dotted paths at one of which the value stands.
    pub paths: &'static [&'static str],
}

const fn of(
    kind: &'static str,
    name: &'static str,
    style: Style,
    paths: &'static [&'static str],
) -> Parameter {
    Parameter { kind, name, style, paths }
}

/// Where the values of well-known parameters stand. A parameter whose elements differ between versions names both.
pub const PARAMETERS: [Parameter; 45] = [
    of("Condition", "clinical-status", Style::Token, &["clinicalStatus"]),
    of("Condition", "code", Style::Token, &["code"]),
    of("Condition", "onset-date", Style::Date, &["onsetDateTime", "onsetPeriod"]),
    of("Condition", "patient", Style::Reference, &["subject"]),
    of("Condition", "subject", Style::Reference, &["subject"]),
    of("Encounter", "class", Style::Token, &["class"]),
    of("Encounter", "date", Style::Date, &["period"]),
    of("Encounter", "patient", Style::Reference, &["subject"]),
    of("Encounter", "service-provider", Style::Reference, &["serviceProvider"]),
    of("Encounter", "status", Style::Token, &["status"]),
    of("Encounter", "subject", Style::Reference, &["subject"]),
    of("Observation", "category", Style::Token, &["category"]),
    of("Observation", "code", Style::Token, &["code"]),
    of("Observation", "date", Style::Date, &["effectiveDateTime", "effectivePeriod", "effectiveInstant"]),
    of("Observation", "encounter", Style::Reference, &["encounter", "context"]),
    of("Observation", "patient", Style::Reference, &["subject"]),
    of("Observation", "performer", Style::Reference, &["performer"]),
    of("Observation", "status", Style::Token, &["status"]),
    of("Observation", "subject", Style::Reference, &["subject"]),
    of("Observation", "value-quantity", Style::Quantity, &["valueQuantity"]),
    of("Organization", "active", Style::Token, &["active"]),
    of("Organization", "identifier", Style::Token, &["identifier"]),
    of("Organization", "partof", Style::Reference, &["partOf"]),
    of("Organization", "type", Style::Token, &["type"]),
    of("Patient", "active", Style::Token, &["active"]),
    of("Patient", "birthdate", Style::Date, &["birthDate"]),
    of("Patient", "family", Style::Text, &["name.family"]),
    of("Patient", "gender", Style::Token, &["gender"]),
    of("Patient", "general-practitioner", Style::Reference, &["generalPractitioner"]),
    of("Patient", "given", Style::Text, &["name.given"]),
    of("Patient", "identifier", Style::Token, &["identifier"]),
    of(
        "Patient",
        "name",
        Style::Text,
        &["name.family", "name.given", "name.text", "name.prefix", "name.suffix"],
    ),
    of("Patient", "organization", Style::Reference, &["managingOrganization"]),
    of("Practitioner", "active", Style::Token, &["active"]),
    of("Practitioner", "family", Style::Text, &["name.family"]),
    of("Practitioner", "given", Style::Text, &["name.given"]),
    of("Practitioner", "identifier", Style::Token, &["identifier"]),
    of(
        "Practitioner",
        "name",
        Style::Text,
        &["name.family", "name.given", "name.text", "name.prefix", "name.suffix"],
    ),
    of("Procedure", "code", Style::Token, &["code"]),
    of("Procedure", "date", Style::Date, &["performedDateTime", "performedPeriod"]),
    of("Procedure", "patient", Style::Reference, &["subject"]),
    of("Procedure", "status", Style::Token, &["status"]),
    of("Procedure", "subject", Style::Reference, &["subject"]),
    of("Location", "name", Style::Text, &["name", "alias"]),
    of("Location", "status", Style::Token, &["status"]),
];

/// The parameter of a type with this name.
#[must_use]
pub fn find(kind: &str, name: &str) -> Option<Parameter> {
    PARAMETERS.into_iter().find(|one| one.kind == kind && one.name == name)
}

/// Whether any parameter of this type is known.
#[must_use]
pub fn knows(kind: &str) -> bool {
    PARAMETERS.iter().any(|one| one.kind == kind)
}

impl Parameter {
    /// The values in a resource.
    #[must_use]
    pub fn values<'r>(&self, resource: &'r Value) -> Vec<&'r Value> {
        self.paths.iter().flat_map(|path| at(resource, path)).collect()
    }
}

/// The values at a dotted path, through arrays.
#[must_use]
pub fn at<'r>(resource: &'r Value, path: &str) -> Vec<&'r Value> {
    let mut found = vec![resource];
    for name in path.split('.') {
        found = found
            .into_iter()
            .filter_map(|value| value.get(name))
            .flat_map(|value| match value {
                Value::Array(items) => items.iter().collect(),
                one => vec![one],
            })
            .collect();
    }
    found
}

/// `Type/id` of a reference to the product itself; none of one elsewhere, or to what is contained.
#[must_use]
pub fn local<'r>(reference: &'r Value, base: &str) -> Option<&'r str> {
    let text = reference["reference"].as_str()?;
    let path = match text.strip_prefix(base) {
        Some(rest) => rest.trim_start_matches('/'),
        None if text.contains(':') || text.starts_with('#') => return None,
        None => text,
    };
    let path = path.split("/_history").next().unwrap_or(path);
    let (kind, id) = path.split_once('/')?;
    (!kind.is_empty() && !id.is_empty() && !id.contains('/')).then_some(path)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::json;

    use super::*;

    #[test]
    fn each_parameter_stands_there_once() {
        let names: BTreeSet<_> = PARAMETERS.iter().map(|one| (one.kind, one.name)).collect();
        assert_eq!(names.len(), PARAMETERS.len());
        assert!(knows("Patient") && !knows("Basic") && find("Patient", "gender").is_some());
    }

    #[test]
    fn values_are_found_through_lists() {
        let patient = json!({"name": [{"given": ["A", "B"]}, {"given": ["C"]}]});
        let given = find("Patient", "given").expect("known");
        assert_eq!(given.values(&patient).len(), 3);
    }

    #[test]
    fn references_are_ours_or_not() {
        let of = |text: &str| {
            let reference = json!({ "reference": text });
            local(&reference, "http://x/fhir").map(str::to_owned)
        };
        assert_eq!(of("Patient/1").as_deref(), Some("Patient/1"));
        assert_eq!(of("http://x/fhir/Patient/1/_history/2").as_deref(), Some("Patient/1"));
        for other in ["http://y/fhir/Patient/1", "#p", "urn:uuid:1", "Patient", "Patient?identifier=1"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
