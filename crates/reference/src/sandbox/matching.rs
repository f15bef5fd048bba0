//! Whether a resource satisfies one search parameter.

use serde_json::Value;

use super::definitions::{COMMON, Kind, Parameter, Style, kind};
use super::store::{Store, text, values};
use crate::defects::Defects;
use crate::fhir::dates::Comparison;
use crate::fhir::outcome::Refusal;
use crate::fhir::search::Token;

/// One condition: any of the alternatives at a path must hold.
pub(super) struct Condition {
    path: &'static str,
    test: Test,
}

enum Test {
    Tokens {
        any: Vec<Token>,
        not: bool,
        bare: Vec<String>,
    },
    Dates(Vec<Comparison>),
    Texts {
        any: Vec<String>,
        how: How,
    },
    References {
        any: Vec<String>,
        kind: Option<String>,
    },
    Quantities(Vec<Amount>),
    Missing(bool),
    /// The condition on what the reference leads to.
    Chain {
        kind: Option<String>,
        name: String,
        value: String,
    },
}

#[derive(Clone, Copy, PartialEq)]
enum How {
    Starts,
    Exact,
    Contains,
}

struct Amount {
    prefix: String,
    low: f64,
    high: f64,
    system: Option<String>,
    unit: Option<String>,
}

pub(super) fn bad(name: &str) -> Refusal {
    Refusal::invalid(format!("De waarde van de zoekparameter '{name}' is niet geldig."))
}

impl Condition {
    /// Reads a parameter; `None` when this type has none of this name.
    pub(super) fn read(
        on: &Kind,
        name: &str,
        value: &str,
        defects: &Defects,
    ) -> Result<Option<Self>, Refusal> {
        let (head, chain) = name.split_once('.').map_or((name, None), |(head, rest)| (head, Some(rest)));
        let (stem, modifier) = head.split_once(':').map_or((head, None), |(stem, rest)| (stem, Some(rest)));
        let Some((_, style, path)) = on.parameter(stem) else { return Ok(None) };
        let unsupported = || {
            Refusal::new(400, "not-supported", "Deze toevoeging aan een zoekparameter kent deze server niet.")
        };
        if let Some(rest) = chain {
            if style != Style::Reference || rest.contains(['.', ':']) {
                return Err(unsupported());
            }
            let known = |kind: &Kind| kind.parameter(rest).is_some();
            if !super::definitions::KINDS.iter().any(known) {
                return Err(unsupported());
            }
            let test = Test::Chain {
                kind: modifier.map(str::to_owned),
                name: rest.to_owned(),
                value: value.to_owned(),
            };
            return Ok(Some(Self { path, test }));
        }
        let values: Vec<&str> = match defects.has("or-takes-first") {
            true => value.split(',').take(1).collect(),
            false => value.split(',').collect(),
        };
        let test = match (style, modifier) {
            (_, Some("missing")) => Test::Missing(value == "true"),
            (Style::Token, None | Some("not")) => tokens(&values, modifier.is_some(), defects),
            (Style::Date, None) => Test::Dates(dates(name, &values, defects)?),
            (Style::Text, None | Some("exact" | "contains")) => {
                let how = match modifier {
                    Some("exact") => How::Exact,
                    Some(_) => How::Contains,
                    None => How::Starts,
                };
                Test::Texts { any: values.into_iter().map(str::to_owned).collect(), how }
            }
            (Style::Reference, other) if other.is_none_or(|name| kind(name).is_some()) => {
                let any = values.into_iter().map(str::to_owned).collect();
                Test::References { any, kind: other.map(str::to_owned) }
            }
            (Style::Quantity, None) => {
                let amounts: Option<Vec<_>> = values.into_iter().map(Amount::parse).collect();
                Test::Quantities(amounts.ok_or_else(|| bad(name))?)
            }
            _ if defects.has("modifier-dropped") => return Self::read(on, stem, value, defects),
            _ => return Err(unsupported()),
        };
        Ok(Some(Self { path, test }))
    }

    /// Whether the resource satisfies it.
    pub(super) fn accepts(&self, resource: &Value, store: &Store, defects: &Defects) -> bool {
        let found = values(resource, self.path);
        match &self.test {
            Test::Tokens { any, not, bare } => {
                let matches = |value: &&Value| {
                    any.iter().any(|token| token.matches(value))
                        || bare.iter().any(|system| value_system(value, system))
                };
                found.iter().any(matches) != *not
            }
            Test::Dates(dates) => found.iter().any(|value| dates.iter().any(|date| date.holds(value))),
            Test::Texts { any, how } => {
                let plain = !defects.has("string-case-sensitive");
                let texts = found.iter().flat_map(|value| texts(value));
                texts.into_iter().any(|text| any.iter().any(|asked| fits(text, asked, *how, plain)))
            }
            Test::References { any, kind } => found.iter().any(|value| {
                let target = local(text(value, "reference"));
                let of_kind = kind.as_ref().is_none_or(|kind| target.starts_with(&format!("{kind}/")));
                of_kind && any.iter().any(|asked| is_target(target, asked))
            }),
            Test::Quantities(amounts) => {
                found.iter().any(|value| amounts.iter().any(|amount| amount.holds(value)))
            }
            Test::Missing(missing) => found.is_empty() == *missing,
            Test::Chain { kind: wanted, name, value } => found.iter().any(|reference| {
                let target = local(text(reference, "reference"));
                let Some((on, id)) = target.split_once('/') else { return false };
                let Some(on) = kind(on).filter(|_| wanted.as_ref().is_none_or(|wanted| wanted == on)) else {
                    return false;
                };
                let condition = Self::read(on, name, value, defects).ok().flatten();
                let target = store.read(on.name, id).ok();
                condition
                    .zip(target)
                    .is_some_and(|(condition, target)| condition.accepts(target, store, defects))
            }),
        }
    }
}

fn tokens(values: &[&str], not: bool, defects: &Defects) -> Test {
    let (mut any, mut bare) = (Vec::new(), Vec::new());
    for value in values {
        match value.strip_suffix('|') {
            Some(system) if !system.is_empty() => bare.push(system.to_owned()),
            _ if defects.has("token-system-ignored") => {
                any.push(Token::parse(value.rsplit('|').next().unwrap_or_default()));
            }
            _ => any.push(Token::parse(value)),
        }
    }
    Test::Tokens { any, not, bare }
}

/// Whether a value holds a code of this system.
fn value_system(value: &Value, system: &str) -> bool {
    let own = |one: &Value| text(one, "system") == system;
    own(value) || value["coding"].as_array().is_some_and(|codings| codings.iter().any(own))
}

fn dates(name: &str, values: &[&str], defects: &Defects) -> Result<Vec<Comparison>, Refusal> {
    let read = |value: &&str| {
        let value = match value.strip_prefix("lt") {
            Some(rest) if defects.has("lt-as-le") => format!("le{rest}"),
            _ => (*value).to_owned(),
        };
        Comparison::parse(&value).ok_or_else(|| bad(name))
    };
    values.iter().map(read).collect()
}

/// The texts in a string or a HumanName.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        name => ["family", "given", "text", "prefix", "suffix"]
            .into_iter()
            .flat_map(|part| values(name, part))
            .filter_map(Value::as_str)
            .collect(),
    }
}

fn fits(text: &str, asked: &str, how: How, plain: bool) -> bool {
    let fold = |text: &str| if plain { text.to_lowercase() } else { text.to_owned() };
    match how {
        How::Exact => text == asked,
        How::Starts => fold(text).starts_with(&fold(asked)),
        How::Contains => fold(text).contains(&fold(asked)),
    }
}

/// `Type/id` of a reference to this server.
pub(super) fn local(reference: &str) -> &str {
    let slashes: Vec<usize> = reference.match_indices('/').map(|(at, _)| at).collect();
    match slashes.len() {
        0 | 1 => reference,
        count => &reference[slashes[count - 2] + 1..],
    }
}

fn is_target(target: &str, asked: &str) -> bool {
    let asked = local(asked);
    target == asked || !asked.contains('/') && target.rsplit('/').next() == Some(asked)
}

impl Amount {
    fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('|');
        let number = parts.next()?;
        let prefix: String = number.chars().take_while(char::is_ascii_lowercase).collect();
        if !["", "eq", "ne", "lt", "gt", "le", "ge", "sa", "eb"].contains(&prefix.as_str()) {
            return None;
        }
        let number = &number[prefix.len()..];
        let value: f64 = number.parse().ok()?;
        let decimals = number.split_once('.').map_or(0, |(_, rest)| rest.len());
        let half = 0.5 * 10_f64.powi(-i32::try_from(decimals).ok()?);
        let rest = |part: Option<&str>| part.filter(|part| !part.is_empty()).map(str::to_owned);
        let (low, high) = if prefix.is_empty() || prefix == "eq" || prefix == "ne" {
            (value - half, value + half)
        } else {
            (value, value)
        };
        Some(Self { prefix, low, high, system: rest(parts.next()), unit: rest(parts.next()) })
    }

    fn holds(&self, quantity: &Value) -> bool {
        let Some(value) = quantity["value"].as_f64() else { return false };
        let named = |unit: &String| text(quantity, "code") == unit || text(quantity, "unit") == unit;
        self.system.as_ref().is_none_or(|system| text(quantity, "system") == system)
            && self.unit.as_ref().is_none_or(named)
            && match self.prefix.as_str() {
                "gt" | "sa" => value > self.high,
                "lt" | "eb" => value < self.low,
                "ge" => value >= self.low,
                "le" => value <= self.high,
                "ne" => value < self.low || value >= self.high,
                _ => value >= self.low && value < self.high,
            }
    }
}

/// The parameters of a type with those of every type.
pub(super) fn parameters(on: &Kind) -> impl Iterator<Item = Parameter> {
    COMMON.into_iter().chain(on.parameters.iter().copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(on: &str, query: &str) -> Vec<String> {
        let (store, defects) = (Store::seeded(false), Defects::default());
        let (name, value) = query.split_once('=').expect("a parameter");
        let on = kind(on).expect("a type");
        let condition = Condition::read(on, name, value, &defects).expect("readable").expect("known");
        let found = store.all(on.name).filter(|one| condition.accepts(one, &store, &defects));
        found.map(|one| text(one, "id").to_owned()).collect()
    }

    #[test]
    fn each_style_compares_as_fhir_says() {
        for (on, query, expected) in [
            ("Patient", "gender=male", vec!["pat-twee", "pat-vier"]),
            ("Patient", "gender:not=male", vec!["pat-drie", "pat-een"]),
            ("Patient", "active:missing=true", vec!["pat-vier"]),
            ("Patient", "family=jans", vec!["pat-een", "pat-twee"]),
            ("Patient", "family:exact=Jansen", vec!["pat-een"]),
            ("Patient", "birthdate=1970", vec!["pat-een", "pat-twee"]),
            ("Patient", "organization.name=zieken", vec!["pat-drie", "pat-een"]),
            ("Patient", "general-practitioner:Practitioner=arts-visser", vec!["pat-twee"]),
            ("Organization", "identifier=https://keur.example/fhir/proef|", vec!["org-noord", "org-zuid"]),
            ("Observation", "value-quantity=gt80", vec!["meting-5"]),
            ("Observation", "value-quantity=7.1||mmol/L", vec!["meting-7"]),
            ("Condition", "patient=Patient/pat-drie,pat-twee", vec!["probleem-3", "probleem-4"]),
        ] {
            assert_eq!(found(on, query), expected, "{on}?{query}");
        }
    }

    #[test]
    fn what_cannot_be_done_is_refused() {
        let read = |query: &str| {
            let (name, value) = query.split_once('=').expect("a parameter");
            Condition::read(kind("Patient").expect("a type"), name, value, &Defects::default())
        };
        assert!(read("onzin=1").expect("ignored").is_none());
        for query in ["gender:onzin=male", "birthdate=gisteren", "gender.name=x", "organization.onzin=1"] {
            assert_eq!(read(query).err().expect(query).status, 400, "{query}");
        }
    }
}
