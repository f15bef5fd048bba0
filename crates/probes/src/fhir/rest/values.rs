//! Searches for one parameter, made of its values in the data.

use std::collections::BTreeSet;

use serde_json::Value;

use super::dates::{self, Prefix};
use super::oracle::{Criterion, Test, codings};
use super::parameters::{Parameter, Style, local};
use super::trials::{Listing, Trial};

pub(super) fn trial(parameter: &Parameter, suffix: &str, value: impl Into<String>, test: Test) -> Trial {
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

pub(super) fn plain(parameter: &Parameter, listing: &Listing, base: &str) -> Vec<Trial> {
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
pub(super) fn codes(parameter: &Parameter, listing: &Listing) -> Vec<(Option<String>, String)> {
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
pub(super) fn words(parameter: &Parameter, listing: &Listing) -> Vec<String> {
    let texts = values(parameter, listing).filter_map(Value::as_str);
    let plain = |text: &&str| text.len() >= 3 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    distinct(texts.filter(plain).map(str::to_owned))
}

pub(super) fn targets(parameter: &Parameter, listing: &Listing, base: &str) -> Vec<String> {
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
