//! Searches made up from the data a product has, each with what the oracle says of its outcome.

use std::collections::BTreeSet;

use serde_json::Value;

use super::dates;
use super::oracle::{self, Criterion, Test};
use super::parameters::{PARAMETERS, Parameter, Style, at};
use super::values::{codes, plain, targets, trial, words};

/// The most searches of one aspect.
pub const MOST: usize = 40;
/// The most searches with one parameter.
const PER_PARAMETER: usize = 6;

/// The resources of a type that an unfiltered search returned.
#[derive(Debug, Clone)]
pub struct Listing {
    /// The resource type.
    pub kind: String,
    /// Names and types of the parameters that are promised.
    pub parameters: Vec<(String, String)>,
    /// The resources.
    pub resources: Vec<Value>,
    /// The exchanges that brought them.
    pub exchanges: Vec<String>,
}

/// What of searching is tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Aspect {
    /// The plain values of a parameter type.
    Plain(Style),
    /// Two values with a comma.
    Or,
    /// The parameter twice, or two parameters.
    And,
    /// `:missing`.
    Missing,
    /// `:not`, `:exact`, `:contains` and `:Type`.
    Modifiers,
    /// A condition on what a reference leads to.
    Chain,
}

/// One search.
#[derive(Debug, Clone)]
pub struct Trial {
    /// The resource type.
    pub kind: String,
    /// Names and values, not encoded.
    pub pairs: Vec<(String, String)>,
    /// A server may refuse it, or pass over it visibly.
    pub optional: bool,
    /// What the oracle judges by.
    pub criteria: Vec<Criterion>,
}

impl Trial {
    /// Path and query.
    #[must_use]
    pub fn path(&self) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(&self.pairs).finish();
        format!("{}?{query}&_count=100", self.kind)
    }

    /// As people read it.
    #[must_use]
    pub fn shown(&self) -> String {
        let pairs: Vec<String> = self.pairs.iter().map(|(name, value)| format!("{name}={value}")).collect();
        format!("{}?{}", self.kind, pairs.join("&"))
    }

    /// What the oracle says of a resource.
    #[must_use]
    pub fn holds(&self, resource: &Value) -> Option<bool> {
        oracle::all(&self.criteria, resource)
    }
}

/// The searches of an aspect over the data there is. Those that tell most come first: that should leave something out.
#[must_use]
pub fn trials(aspect: Aspect, listings: &[Listing], base: &str) -> Vec<Trial> {
    let mut found: Vec<(usize, Trial)> = Vec::new();
    for listing in listings {
        for parameter in promised(listing) {
            let made = match aspect {
                Aspect::Plain(style) if parameter.style == style => plain(&parameter, listing, base),
                Aspect::Or => alternatives(&parameter, listing),
                Aspect::And => both(&parameter, listing),
                Aspect::Missing => missing(&parameter),
                Aspect::Modifiers => modified(&parameter, listing, base),
                Aspect::Chain => chained(&parameter, listing, listings, base),
                Aspect::Plain(_) => Vec::new(),
            };
            let telling = made.into_iter().filter_map(|trial| Some((weight(&trial, listing)?, trial)));
            found.extend(telling.take(PER_PARAMETER));
        }
    }
    found.sort_by_key(|(weight, _)| *weight);
    found.into_iter().map(|(_, trial)| trial).take(MOST).collect()
}

/// 0 for a search that should leave something out, 1 for one that should find all; none when everything is left open.
fn weight(trial: &Trial, listing: &Listing) -> Option<usize> {
    let said: BTreeSet<Option<bool>> = listing.resources.iter().map(|one| trial.holds(one)).collect();
    let (yes, no) = (said.contains(&Some(true)), said.contains(&Some(false)));
    (yes || no).then_some(usize::from(!no))
}

/// The parameters that are promised with the type the oracle gives them.
pub fn promised(listing: &Listing) -> impl Iterator<Item = Parameter> {
    let promises = |one: &Parameter| {
        listing.parameters.iter().any(|(name, style)| name == one.name && style == one.style.name())
    };
    PARAMETERS.into_iter().filter(|one| one.kind == listing.kind).filter(promises)
}

fn alternatives(parameter: &Parameter, listing: &Listing) -> Vec<Trial> {
    let found = codes(parameter, listing);
    let ([first, second] | [first, second, _]) = found.as_slice() else { return Vec::new() };
    if parameter.style != Style::Token {
        return Vec::new();
    }
    let codes = vec![(None, first.1.clone()), (None, second.1.clone())];
    vec![trial(parameter, "", format!("{},{}", first.1, second.1), Test::Tokens(codes))]
}

fn both(parameter: &Parameter, listing: &Listing) -> Vec<Trial> {
    if parameter.style != Style::Token {
        return Vec::new();
    }
    let one = |parameter: &Parameter, code: &str| {
        trial(parameter, "", code, Test::Tokens(vec![(None, code.to_owned())]))
    };
    let mut made = Vec::new();
    let join = |mut left: Trial, right: Trial| {
        left.pairs.extend(right.pairs);
        left.criteria.extend(right.criteria);
        left
    };
    if let [(_, first), (_, second), ..] = codes(parameter, listing).as_slice() {
        made.push(join(one(parameter, first), one(parameter, second)));
    }
    for other in promised(listing).filter(|other| other.style == Style::Token && other.name > parameter.name)
    {
        let (left, right) = (codes(parameter, listing), codes(&other, listing));
        for ((_, left), (_, right)) in left.iter().zip(&right) {
            made.push(join(one(parameter, left), one(&other, right)));
        }
    }
    made
}

fn missing(parameter: &Parameter) -> Vec<Trial> {
    [true, false]
        .map(|missing| trial(parameter, ":missing", missing.to_string(), Test::Missing(missing)))
        .into()
}

fn modified(parameter: &Parameter, listing: &Listing, base: &str) -> Vec<Trial> {
    match parameter.style {
        Style::Token => codes(parameter, listing)
            .into_iter()
            .map(|(_, code)| trial(parameter, ":not", &code, Test::NotTokens(vec![(None, code.clone())])))
            .collect(),
        Style::Text => words(parameter, listing)
            .into_iter()
            .flat_map(|word| {
                let inner: String = word.chars().skip(1).take(3).collect();
                let exact = trial(parameter, ":exact", &word, Test::Exact(word.clone()));
                let lower = word.to_lowercase();
                let other = trial(parameter, ":exact", &lower, Test::Exact(lower.clone()));
                [exact, other, trial(parameter, ":contains", &inner, Test::Contains(inner.clone()))]
            })
            .collect(),
        Style::Reference => targets(parameter, listing, base)
            .into_iter()
            .filter_map(|target| {
                let (kind, id) = target.split_once('/')?;
                let test = Test::Refers(vec![target.clone()], base.to_owned());
                Some(trial(parameter, &format!(":{kind}"), id, test))
            })
            .collect(),
        Style::Date | Style::Quantity => Vec::new(),
    }
}

fn chained(parameter: &Parameter, listing: &Listing, listings: &[Listing], base: &str) -> Vec<Trial> {
    let Some(first) = targets(parameter, listing, base).first().cloned() else { return Vec::new() };
    let kind = first.split('/').next().unwrap_or_default().to_owned();
    let Some(of) = listings.iter().find(|other| other.kind == kind) else { return Vec::new() };
    let mut made = Vec::new();
    for condition in promised(of).filter(|one| matches!(one.style, Style::Token | Style::Text)) {
        for inner in plain(&condition, of, base).into_iter().take(2) {
            // A target that is left open would leave the search open.
            let said: Vec<Option<bool>> = of.resources.iter().map(|one| inner.holds(one)).collect();
            if said.contains(&None) {
                continue;
            }
            let fitting = of.resources.iter().zip(&said).filter(|(_, said)| **said == Some(true));
            let targets =
                fitting.filter_map(|(one, _)| Some(format!("{kind}/{}", one["id"].as_str()?))).collect();
            let suffix = format!(":{kind}.{}", condition.name);
            made.push(trial(parameter, &suffix, &inner.pairs[0].1, Test::Refers(targets, base.to_owned())));
        }
    }
    made
}

/// The date a resource is ordered by, when it has exactly one.
#[must_use]
pub fn ordered_by(parameter: &Parameter, resource: &Value) -> Option<dates::Range> {
    let found: Vec<&Value> = parameter.paths.iter().flat_map(|path| at(resource, path)).collect();
    match found.as_slice() {
        [one] => dates::range(one),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn listing() -> Listing {
        let patient = |id: &str, family: &str, gender: &str, born: &str| {
            json!({"resourceType": "Patient", "id": id, "gender": gender, "birthDate": born,
                "name": [{"family": family}], "managingOrganization": {"reference": "Organization/o"}})
        };
        let promised =
            [("gender", "token"), ("family", "string"), ("birthdate", "date"), ("organization", "reference")];
        Listing {
            kind: "Patient".to_owned(),
            parameters: promised.map(|(name, kind)| (name.to_owned(), kind.to_owned())).to_vec(),
            resources: vec![
                patient("1", "Jansen", "male", "1970-01-01"),
                patient("2", "Bakker", "female", "1980-01-01"),
            ],
            exchanges: Vec::new(),
        }
    }

    fn shown(aspect: Aspect) -> Vec<String> {
        trials(aspect, &[listing()], "http://x").iter().map(Trial::shown).collect()
    }

    #[test]
    fn searches_are_made_of_the_data() {
        assert!(shown(Aspect::Plain(Style::Token)).contains(&"Patient?gender=male".to_owned()));
        assert!(shown(Aspect::Plain(Style::Text)).contains(&"Patient?family=jan".to_owned()));
        assert!(shown(Aspect::Plain(Style::Date)).contains(&"Patient?birthdate=lt1970-01-01".to_owned()));
        assert!(shown(Aspect::Or).contains(&"Patient?gender=female,male".to_owned()));
        assert!(shown(Aspect::And).contains(&"Patient?gender=female&gender=male".to_owned()));
        assert!(shown(Aspect::Modifiers).contains(&"Patient?gender:not=male".to_owned()));
        assert!(shown(Aspect::Missing).contains(&"Patient?family:missing=true".to_owned()));
        assert!(shown(Aspect::Plain(Style::Quantity)).is_empty() && shown(Aspect::Chain).is_empty());
    }

    #[test]
    fn what_leaves_something_out_comes_first() {
        let made = trials(Aspect::Plain(Style::Date), &[listing()], "http://x");
        let lists = [listing()];
        assert_eq!(weight(&made[0], &lists[0]), Some(0));
        assert!(made[0].path().contains("_count=100"), "{}", made[0].path());
    }

    #[test]
    fn a_chain_goes_over_the_targets() {
        let organization = Listing {
            kind: "Organization".to_owned(),
            parameters: vec![("active".to_owned(), "token".to_owned())],
            resources: vec![json!({"resourceType": "Organization", "id": "o", "active": true})],
            exchanges: Vec::new(),
        };
        let made = trials(Aspect::Chain, &[listing(), organization], "http://x");
        assert_eq!(made[0].shown(), "Patient?organization:Organization.active=true");
        assert_eq!(made[0].holds(&listing().resources[0]), Some(true));
    }
}
