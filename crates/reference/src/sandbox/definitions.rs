//! What the sandbox holds and can search: types, parameters, and where their values stand.

/// How values of a parameter compare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Token,
    Date,
    Text,
    Reference,
    Quantity,
}

impl Style {
    /// The type in the CapabilityStatement.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Date => "date",
            Self::Text => "string",
            Self::Reference => "reference",
            Self::Quantity => "quantity",
        }
    }
}

/// Name, style and dotted path of one parameter.
pub(super) type Parameter = (&'static str, Style, &'static str);

/// One resource type.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) name: &'static str,
    pub(super) parameters: &'static [Parameter],
    /// Parameters that `_revinclude` may follow to this type.
    pub(super) referred_by: &'static [&'static str],
}

/// Parameters of every type.
pub(super) const COMMON: [Parameter; 2] =
    [("_id", Style::Token, "id"), ("_lastUpdated", Style::Date, "meta.lastUpdated")];

pub(super) const KINDS: [Kind; 6] = [
    Kind {
        name: "Condition",
        parameters: &[
            ("clinical-status", Style::Token, "clinicalStatus"),
            ("code", Style::Token, "code"),
            ("onset-date", Style::Date, "onsetDateTime"),
            ("patient", Style::Reference, "subject"),
            ("subject", Style::Reference, "subject"),
        ],
        referred_by: &[],
    },
    Kind {
        name: "Encounter",
        parameters: &[
            ("class", Style::Token, "class"),
            ("date", Style::Date, "period"),
            ("patient", Style::Reference, "subject"),
            ("service-provider", Style::Reference, "serviceProvider"),
            ("status", Style::Token, "status"),
            ("subject", Style::Reference, "subject"),
        ],
        referred_by: &[],
    },
    Kind {
        name: "Observation",
        parameters: &[
            ("category", Style::Token, "category"),
            ("code", Style::Token, "code"),
            ("date", Style::Date, "effectiveDateTime"),
            ("patient", Style::Reference, "subject"),
            ("performer", Style::Reference, "performer"),
            ("status", Style::Token, "status"),
            ("subject", Style::Reference, "subject"),
            ("value-quantity", Style::Quantity, "valueQuantity"),
        ],
        referred_by: &[],
    },
    Kind {
        name: "Organization",
        parameters: &[
            ("active", Style::Token, "active"),
            ("identifier", Style::Token, "identifier"),
            ("name", Style::Text, "name"),
        ],
        referred_by: &["Encounter:service-provider", "Patient:organization"],
    },
    Kind {
        name: "Patient",
        parameters: &[
            ("active", Style::Token, "active"),
            ("birthdate", Style::Date, "birthDate"),
            ("family", Style::Text, "name.family"),
            ("gender", Style::Token, "gender"),
            ("general-practitioner", Style::Reference, "generalPractitioner"),
            ("given", Style::Text, "name.given"),
            ("identifier", Style::Token, "identifier"),
            ("name", Style::Text, "name"),
            ("organization", Style::Reference, "managingOrganization"),
        ],
        referred_by: &["Condition:subject", "Encounter:subject", "Observation:subject"],
    },
    Kind {
        name: "Practitioner",
        parameters: &[
            ("active", Style::Token, "active"),
            ("family", Style::Text, "name.family"),
            ("given", Style::Text, "name.given"),
            ("identifier", Style::Token, "identifier"),
            ("name", Style::Text, "name"),
        ],
        referred_by: &["Observation:performer", "Patient:general-practitioner"],
    },
];

/// The type with this name.
pub(super) fn kind(name: &str) -> Option<&'static Kind> {
    KINDS.iter().find(|kind| kind.name == name)
}

impl Kind {
    /// The parameter with this name.
    pub(super) fn parameter(&self, name: &str) -> Option<Parameter> {
        COMMON.iter().chain(self.parameters).find(|(known, ..)| *known == name).copied()
    }

    /// The parameters that hold references: what `_include` may follow.
    pub(super) fn references(&self) -> impl Iterator<Item = &'static str> {
        let references = self.parameters.iter().filter(|(_, style, _)| *style == Style::Reference);
        references.map(|(name, ..)| *name)
    }
}
