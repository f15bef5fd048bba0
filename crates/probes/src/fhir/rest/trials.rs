//! Searches made up from the data a product has, each with what the oracle says of its outcome.

use std::collections::BTreeSet;

use serde_json::Value;

use super::dates::{self, Prefix};
use super::oracle::{self, Criterion, Test, codings};
use super::parameters::{PARAMETERS, Parameter, Style, at, local};

/// The most searches of one aspect.
pub const MOST: usize = 24;
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

/// The searches of an aspect over the data there is. Those that tell most come first: that should find some, not all.
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

/// 0 for a search that splits the data, 1 for one that finds all or nothing; none when everything is left open.
fn weight(trial: &Trial, listing: &Listing) -> Option<usize> {
    let said: BTreeSet<Option<bool>> = listing.resources.iter().map(|one| trial.holds(one)).collect();
    let (yes, no) = (said.contains(&Some(true)), said.contains(&Some(false)));
    (yes || no).then_some(usize::from(!(yes && no)))
}

/// The parameters that are promised with the type the oracle gives them.
pub fn promised(listing: &Listing) -> impl Iterator<Item = Parameter> {
    let promises = |one: &Parameter| {
        listing.parameters.iter().any(|(name, style)| name == one.name && style == one.style.name())
    };
    PARAMETERS.into_iter().filter(|one| one.kind == listing.kind).filter(promises)
}

fn trial(parameter: &Parameter, suffix: &str, value: impl Into<String>, test: Test) -> Trial {
    Trial {
        kind: parameter.kind.to_owned(),
        pairs: vec![(format!("{}{suffix}", parameter.name), value.into())],
        optional: !suffix.is_empty(),
        criteria: vec![Criterion { parameter: *parameter, test }],
    }
}

/// Distinct values in the data, at most three, without characters that mean something in a search.
fn distinct<T: Ord + Clone>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<T>>().into_iter().take(3).collect()
}

fn clean(text: &str) -> bool {
    !text.is_empty() && text.len() <= 100 && !text.contains(['|', ',', '$', '\\'])
}

fn values<'l>(parameter: &'l Parameter, listing: &'l Listing) -> impl Iterator<Item = &'l Value> {
    listing.resources.iter().flat_map(|resource| parameter.values(resource))
}

fn plain(parameter: &Parameter, listing: &Listing, base: &str) -> Vec<Trial> {
    match parameter.style {
        Style::Token => codes(parameter, listing).into_iter().flat_map(|one| coded(parameter, one)).collect(),
        Style::Date => moments(parameter, listing).iter().flat_map(|day| dated(parameter, day)).collect(),
        Style::Text => words(parameter, listing)
            .into_iter()
            .flat_map(|word| {
                let begin: String = word.chars().take(3).collect::<String>().to_lowercase();
                let whole = trial(parameter, "", &word, Test::Starts(word.clone()));
                [trial(parameter, "", &begin, Test::Starts(begin.clone())), whole]
            })
            .collect(),
        Style::Reference => targets(parameter, listing, base)
            .into_iter()
            .flat_map(|target| {
                let id = target.rsplit('/').next().unwrap_or_default().to_owned();
                let test = Test::Refers(vec![target.clone()], base.to_owned());
                let absolute = format!("{base}/{target}");
                [target.clone(), id, absolute].map(|text| trial(parameter, "", text, test.clone()))
            })
            .collect(),
        Style::Quantity => numbers(parameter, listing),
    }
}

/// Codes in the data, system first.
fn codes(parameter: &Parameter, listing: &Listing) -> Vec<(Option<String>, String)> {
    let all = values(parameter, listing).flat_map(codings);
    distinct(all.filter(|(system, code)| clean(code) && system.as_deref().is_none_or(clean)))
}

fn coded(parameter: &Parameter, (system, code): (Option<String>, String)) -> Vec<Trial> {
    let bare = trial(parameter, "", &code, Test::Tokens(vec![(None, code.clone())]));
    let Some(system) = system else { return vec![bare] };
    let other = "urn:keur:proef";
    let with = |system: &str| {
        let test = Test::Tokens(vec![(Some(system.to_owned()), code.clone())]);
        trial(parameter, "", format!("{system}|{code}"), test)
    };
    vec![
        with(&system),
        with(other),
        bare,
        trial(parameter, "", format!("{system}|"), Test::System(system.clone())),
    ]
}

/// Dates in the data, to the day or as precise as they are.
fn moments(parameter: &Parameter, listing: &Listing) -> Vec<String> {
    let text = |value: &Value| value.as_str().or_else(|| value["start"].as_str()).map(str::to_owned);
    let days =
        values(parameter, listing).filter_map(text).map(|text| text.chars().take(10).collect::<String>());
    distinct(days.filter(|day| dates::parse(day).is_some()))
}

fn dated(parameter: &Parameter, day: &str) -> Vec<Trial> {
    let year: String = day.chars().take(4).collect();
    let of = |prefix: Prefix, text: &str| {
        let test = Test::Date(prefix, text.to_owned());
        trial(parameter, "", format!("{}{text}", prefix.text()), test)
    };
    let mut made: Vec<Trial> =
        [Prefix::Lt, Prefix::Gt, Prefix::Le, Prefix::Ge].into_iter().map(|prefix| of(prefix, day)).collect();
    made.push(trial(parameter, "", &year, Test::Date(Prefix::Eq, year.clone())));
    made.push(of(Prefix::Ne, &year));
    // Few servers have these.
    made.extend([Prefix::Sa, Prefix::Eb].map(|prefix| Trial { optional: true, ..of(prefix, day) }));
    made
}

/// Plain words in the data.
fn words(parameter: &Parameter, listing: &Listing) -> Vec<String> {
    let texts = values(parameter, listing).filter_map(Value::as_str);
    let plain = |text: &&str| text.len() >= 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    distinct(texts.filter(plain).map(str::to_owned))
}

fn targets(parameter: &Parameter, listing: &Listing, base: &str) -> Vec<String> {
    let found = values(parameter, listing).filter_map(|value| local(value, base));
    let fits = |target: &&str| parameter.name != "patient" || target.starts_with("Patient/");
    distinct(found.filter(fits).map(str::to_owned))
}

fn numbers(parameter: &Parameter, listing: &Listing) -> Vec<Trial> {
    let amounts = values(parameter, listing).filter_map(|value| {
        let unit = value["code"].as_str().filter(|_| value["system"].is_string())?;
        Some((value["value"].to_string(), value["system"].as_str()?.to_owned(), unit.to_owned()))
    });
    let of = |(text, system, unit): (String, String, String)| {
        let value: f64 = text.parse().ok()?;
        let decimals = text.split_once('.').map_or(0, |(_, rest)| rest.len());
        let half = 0.5 * 10_f64.powi(-i32::try_from(decimals).ok()?);
        let test = |prefix, unit| Test::Number(prefix, value, half, unit);
        Some(vec![
            trial(parameter, "", format!("{text}|{system}|{unit}"), test(Prefix::Eq, Some(unit))),
            trial(parameter, "", format!("gt{text}"), test(Prefix::Gt, None)),
            trial(parameter, "", format!("lt{text}"), test(Prefix::Lt, None)),
        ])
    };
    distinct(amounts).into_iter().filter_map(of).flatten().collect()
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
        assert!(shown(Aspect::Plain(Style::Date)).contains(&"Patient?birthdate=lt1980-01-01".to_owned()));
        assert!(shown(Aspect::Or).contains(&"Patient?gender=female,male".to_owned()));
        assert!(shown(Aspect::And).contains(&"Patient?gender=female&gender=male".to_owned()));
        assert!(shown(Aspect::Modifiers).contains(&"Patient?gender:not=male".to_owned()));
        assert!(shown(Aspect::Missing).contains(&"Patient?family:missing=true".to_owned()));
        assert!(shown(Aspect::Plain(Style::Quantity)).is_empty() && shown(Aspect::Chain).is_empty());
    }

    #[test]
    fn what_splits_the_data_comes_first() {
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
