//! Whom a search is about.

/// The patient or patients a search names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Subject {
    /// Nobody is named.
    Nobody,
    /// One identifier.
    Identifier { system: Option<String>, value: String },
    /// The logical id of a Patient.
    Patient(String),
    /// More than one patient; the identifiers asked for.
    Several(Vec<String>),
}

impl Subject {
    /// The subject that an identifier token names.
    pub(crate) fn identifier(value: &str) -> Self {
        match value.split_once('|') {
            Some((system, value)) => {
                Self::Identifier { system: Some(system.trim().to_owned()), value: value.trim().to_owned() }
            }
            None => Self::Identifier { system: None, value: value.trim().to_owned() },
        }
    }

    /// Narrows the search to the patients named; naming a second one makes it a search on several.
    pub(crate) fn narrow(&mut self, mut named: Vec<Self>) {
        named.dedup();
        let next = match <[Self; 1]>::try_from(named) {
            Ok([one]) => one,
            Err(many) => Self::Several(many.iter().filter_map(Self::value).collect()),
        };
        *self = match std::mem::replace(self, Self::Nobody) {
            Self::Nobody => next,
            same if same == next => same,
            other => Self::Several([&other, &next].into_iter().filter_map(Self::value).collect()),
        };
    }

    fn value(&self) -> Option<String> {
        match self {
            Self::Identifier { value, .. } => Some(value.clone()),
            Self::Several(values) => values.first().cloned(),
            Self::Patient(_) | Self::Nobody => None,
        }
    }
}
