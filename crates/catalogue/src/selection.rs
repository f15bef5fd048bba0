//! What a run is about: the requirements of a profile, variant and `--only` expression.

use crate::{Catalogue, Profile, Requirement, requirement::Level, suggest};

/// The requirements to judge, in the profile's order.
#[derive(Debug, Clone)]
pub struct Selection {
    /// The variant it was made for.
    pub variant: String,
    /// The `--only` expression; with one, the selection is partial.
    pub only: Option<String>,
    /// The requirements.
    pub requirements: Vec<Selected>,
}

/// A requirement as it holds in this profile.
#[derive(Debug, Clone, PartialEq)]
pub struct Selected {
    /// The requirement.
    pub requirement: Requirement,
    /// Its level after the profile's overrides.
    pub level: Level,
    /// Whether it can decide the verdict.
    pub gates: bool,
}

/// Why a selection cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SelectionError {
    /// The profile has no such variant.
    #[error("onbekende variant `{variant}`; dit profiel kent: {known}{hint}")]
    UnknownVariant {
        /// What was asked for.
        variant: String,
        /// What there is.
        known: String,
        /// "; bedoelde u …?", or nothing.
        hint: String,
    },
    /// The catalogue has no such requirement.
    #[error("onbekende eis `{term}` in de selectie{hint}")]
    UnknownRequirement {
        /// What was asked for.
        term: String,
        /// "; bedoelde u …?", or nothing.
        hint: String,
    },
    /// A term that is neither an id nor a prefix.
    #[error(
        "`{term}` is geen selectie; schrijf een eis (WGZ-SEC-010), een reeks met een sterretje aan het eind \
         (WGZ-SEC-*) of een uitsluiting met een uitroepteken (!WGZ-SEC-010)"
    )]
    BadTerm {
        /// What was asked for.
        term: String,
    },
}

impl Selection {
    /// Resolves the profile's requirements for a variant, narrowed by an `--only` expression.
    pub fn new(
        catalogue: &Catalogue,
        profile: &Profile,
        variant: Option<&str>,
        only: Option<&str>,
    ) -> Result<Self, SelectionError> {
        let variant = known_variant(profile, variant)?;
        let expression = only.map(|text| Expression::parse(text, catalogue)).transpose()?;
        let requirements = profile
            .requirements
            .iter()
            .filter_map(|id| catalogue.get(id))
            .filter(|requirement| requirement.holds_in(&variant))
            .filter(|requirement| expression.as_ref().is_none_or(|only| only.matches(&requirement.id)))
            .map(|requirement| select(profile, requirement))
            .collect();
        Ok(Self { variant, only: only.map(str::to_owned), requirements })
    }

    /// The selected requirement with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Selected> {
        self.requirements.iter().find(|selected| selected.requirement.id == id)
    }
}

fn known_variant(profile: &Profile, asked: Option<&str>) -> Result<String, SelectionError> {
    let asked = asked.unwrap_or(&profile.default_variant);
    let known: Vec<&str> = profile.variant.iter().map(|variant| variant.id.as_str()).collect();
    if known.contains(&asked) {
        return Ok(asked.to_owned());
    }
    let hint = hint(asked, known.iter().copied());
    Err(SelectionError::UnknownVariant { variant: asked.to_owned(), known: known.join(", "), hint })
}

fn select(profile: &Profile, requirement: &Requirement) -> Selected {
    let changed = profile.overrides.iter().find(|entry| entry.requirement == requirement.id);
    let level = changed.map_or(requirement.level, |entry| entry.level);
    let grounded = requirement.source.iter().any(|source| source.status.gates())
        || profile.gate.iter().any(|entry| entry.requirement == requirement.id);
    Selected { requirement: requirement.clone(), level, gates: grounded && level != Level::Should }
}

/// `WGZ-SEC-*, !WGZ-SEC-010`: the union of the positive terms (everything, when there are none) less the negated ones.
struct Expression {
    include: Vec<Term>,
    exclude: Vec<Term>,
}

enum Term {
    Id(String),
    Prefix(String),
}

impl Expression {
    fn parse(text: &str, catalogue: &Catalogue) -> Result<Self, SelectionError> {
        let mut expression = Self { include: Vec::new(), exclude: Vec::new() };
        for word in text.split([',', ' ', '\t', '\n']).filter(|word| !word.is_empty()) {
            match word.strip_prefix('!') {
                Some(negated) => expression.exclude.push(Term::parse(negated, catalogue)?),
                None => expression.include.push(Term::parse(word, catalogue)?),
            }
        }
        Ok(expression)
    }

    fn matches(&self, id: &str) -> bool {
        (self.include.is_empty() || self.include.iter().any(|term| term.matches(id)))
            && !self.exclude.iter().any(|term| term.matches(id))
    }
}

impl Term {
    fn parse(word: &str, catalogue: &Catalogue) -> Result<Self, SelectionError> {
        let upper = word.to_uppercase();
        let term = match upper.strip_suffix('*') {
            Some(prefix) => Self::Prefix(prefix.to_owned()),
            None => Self::Id(upper.clone()),
        };
        if matches!(&term, Self::Id(text) | Self::Prefix(text) if text.contains(['*', '!']))
            || matches!(&term, Self::Id(text) if text.is_empty())
        {
            return Err(SelectionError::BadTerm { term: word.to_owned() });
        }
        if catalogue.requirements.iter().any(|requirement| term.matches(&requirement.id)) {
            return Ok(term);
        }
        let hint = hint(&upper, catalogue.requirements.iter().map(|requirement| requirement.id.as_str()));
        Err(SelectionError::UnknownRequirement { term: word.to_owned(), hint })
    }

    fn matches(&self, id: &str) -> bool {
        match self {
            Self::Id(own) => own == id,
            Self::Prefix(prefix) => id.starts_with(prefix.as_str()),
        }
    }
}

fn hint<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> String {
    suggest(word, known).map_or_else(String::new, |near| format!("; bedoelde u `{near}`?"))
}
