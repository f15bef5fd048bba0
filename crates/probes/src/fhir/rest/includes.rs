//! What came along with the matches, and how results are ordered and cut down.

use std::collections::BTreeSet;

use keur_evidence::{Check, http::Answer};
use serde_json::Value;

use super::super::{bundle, content::listed, dossier::name};
use super::parameters::{Parameter, Style};
use super::parameters::{find, local};
use super::reading::judge;
use super::results::declined;
use super::trials::{Listing, ordered_by, promised};

/// A promised include: `Source:parameter`.
pub type Path<'p> = (&'p str, &'p str);

/// What a promised include leads along from these listings: names of resources that must be in the answer.
fn wanted(
    source: Path<'_>,
    reverse: bool,
    listing: &Listing,
    all: &[Listing],
    base: &str,
) -> Option<BTreeSet<String>> {
    let parameter = find(source.0, source.1)?;
    let here: BTreeSet<String> = listing.resources.iter().map(name).collect();
    let targets = |one: &Value| -> Vec<String> {
        parameter.values(one).into_iter().filter_map(|value| local(value, base).map(str::to_owned)).collect()
    };
    if reverse {
        let sources = all.iter().find(|other| other.kind == source.0)?;
        let leads = |one: &&Value| targets(one).iter().any(|target| here.contains(target));
        return Some(sources.resources.iter().filter(leads).map(name).collect());
    }
    let known: BTreeSet<String> = all.iter().flat_map(|other| &other.resources).map(name).collect();
    Some(listing.resources.iter().flat_map(targets).filter(|target| known.contains(target)).collect())
}

/// Whether anything would come along: an include of nothing proves nothing.
#[must_use]
pub fn telling(source: Path<'_>, reverse: bool, listing: &Listing, all: &[Listing], base: &str) -> bool {
    wanted(source, reverse, listing, all, base).is_some_and(|names| !names.is_empty())
}

/// The answer to a search with a promised include holds the same matches, and what they lead to: marked, once, and not
/// counted.
#[must_use]
pub fn included(
    answer: &Answer,
    source: Path<'_>,
    reverse: bool,
    listing: &Listing,
    all: &[Listing],
    base: &str,
) -> Vec<Check> {
    let how = if reverse { "_revinclude" } else { "_include" };
    let what = format!("{how}={}:{}", source.0, source.1);
    let entries = |answer: &Answer| bundle::searchset(answer).map(|set| bundle::entries(set).to_vec());
    let mode =
        |entry: &Value| entry.pointer("/search/mode").and_then(Value::as_str).unwrap_or("match").to_owned();
    let of = |wanted: &str| -> Vec<String> {
        let all = entries(answer).unwrap_or_default();
        all.iter().filter(|entry| mode(entry) == wanted).map(|entry| name(&entry["resource"])).collect()
    };
    let (matches, along) = (of("match"), of("include"));
    let words = |names: &[String]| listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let same = judge(answer, format!("met {what} dezelfde resultaten als zonder"), |response| {
        let before: BTreeSet<String> = listing.resources.iter().map(name).collect();
        let strange: Vec<String> = matches.iter().filter(|one| !before.contains(*one)).cloned().collect();
        if response.status != 200 || entries(answer).is_none() {
            return (false, format!("{}, {}", answer.describe(), bundle::describe(answer)));
        }
        (
            strange.is_empty(),
            if strange.is_empty() {
                format!("{} resultaten", matches.len())
            } else {
                format!("als resultaat gemerkt: {}", words(&strange))
            },
        )
    });
    let complete = judge(answer, format!("met {what} alles waar dat naar leidt, elk één keer"), |_| {
        let present: BTreeSet<&String> = matches.iter().chain(&along).collect();
        let missing: Vec<String> = wanted(source, reverse, listing, all, base)
            .unwrap_or_default()
            .into_iter()
            .filter(|one| !present.contains(one))
            .collect();
        let mut seen = BTreeSet::new();
        let twice: Vec<String> =
            matches.iter().chain(&along).filter(|one| !seen.insert(*one)).cloned().collect();
        match (missing.is_empty(), twice.is_empty()) {
            (true, true) => (true, format!("{} meegekomen", along.len())),
            (false, _) => (false, format!("er ontbreekt: {}", words(&missing))),
            _ => (false, format!("dubbel: {}", words(&twice))),
        }
    });
    let total = judge(answer, format!("met {what} een totaal van alleen de resultaten"), |_| {
        let total = bundle::searchset(answer).and_then(|set| set["total"].as_u64());
        let count = listing.resources.len() as u64;
        (
            total.is_none_or(|total| total == count),
            total.map_or("geen totaal, dat mag".to_owned(), |total| {
                format!("totaal {total}, {count} resultaten")
            }),
        )
    });
    if same.holds() { vec![same, complete, total] } else { vec![same] }
}

/// `_summary=count` gives the number and nothing else, or is declined.
#[must_use]
pub fn counted(answer: &Answer, listing: &Listing) -> Check {
    let expected = format!("{}?_summary=count geeft alleen het aantal", listing.kind);
    judge(answer, expected, |_| {
        if let Some(how) = declined(answer, &["_summary"]) {
            return (true, how);
        }
        let Some(set) = bundle::searchset(answer) else {
            return (false, format!("{}, {}", answer.describe(), bundle::describe(answer)));
        };
        let (count, total) = (bundle::entries(set).len(), set["total"].as_u64());
        let right = count == 0 && total == Some(listing.resources.len() as u64);
        (
            right,
            format!(
                "{count} onderdelen, totaal {}",
                total.map_or("ontbreekt".to_owned(), |total| total.to_string())
            ),
        )
    })
}

/// `_elements` leaves the mandatory and marks what it cut down, or is declined.
#[must_use]
pub fn cut_down(answer: &Answer, listing: &Listing) -> Check {
    judge(answer, format!("{}?_elements=id geeft minder, gemerkt als SUBSETTED", listing.kind), |_| {
        if let Some(how) = declined(answer, &["_elements"]) {
            return (true, how);
        }
        let Some(set) = bundle::searchset(answer) else {
            return (false, format!("{}, {}", answer.describe(), bundle::describe(answer)));
        };
        let unmarked = bundle::matches(set).filter(|one| {
            let whole = listing.resources.iter().find(|other| other["id"] == one["id"]);
            let less = whole.is_some_and(|whole| {
                let count = |one: &Value| one.as_object().map_or(0, serde_json::Map::len);
                count(one) < count(whole)
            });
            let tags = one.pointer("/meta/tag").and_then(Value::as_array);
            less && !tags.is_some_and(|tags| tags.iter().any(|tag| tag["code"] == "SUBSETTED"))
        });
        let unmarked = unmarked.count();
        (unmarked == 0, format!("{unmarked} ingekorte resultaten zonder merk"))
    })
}

/// A promised parameter to order by: a date that most resources have once.
#[must_use]
pub fn order(listing: &Listing) -> Option<Parameter> {
    let dates = promised(listing).filter(|one| one.style == Style::Date);
    let mut useful = dates.filter(|one| {
        let known: Vec<_> =
            listing.resources.iter().filter_map(|resource| ordered_by(one, resource)).collect();
        known.windows(2).any(|pair| pair[0].before(&pair[1]).is_some())
    });
    useful.next()
}

/// The matches stand in order, or the order is declined.
#[must_use]
pub fn ordered(answer: &Answer, parameter: &Parameter, down: bool) -> Check {
    let rule = if down { format!("-{}", parameter.name) } else { parameter.name.to_owned() };
    judge(answer, format!("{}?_sort={rule} staat op volgorde", parameter.kind), |_| {
        if let Some(how) = declined(answer, &["_sort"]) {
            return (true, how);
        }
        let Some(set) = bundle::searchset(answer) else {
            return (false, format!("{}, {}", answer.describe(), bundle::describe(answer)));
        };
        let known: Vec<_> = bundle::matches(set).filter_map(|one| ordered_by(parameter, one)).collect();
        let wrong = known.windows(2).filter(|pair| {
            let (first, second) = if down { (&pair[1], &pair[0]) } else { (&pair[0], &pair[1]) };
            second.before(first) == Some(true)
        });
        let wrong = wrong.count();
        (wrong == 0, format!("{} resultaten met een datum, {wrong} keer uit volgorde", known.len()))
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    fn listings() -> Vec<Listing> {
        let of = |kind: &str, resources: Vec<Value>| Listing {
            kind: kind.to_owned(),
            parameters: vec![("date".to_owned(), "date".to_owned())],
            resources,
            exchanges: Vec::new(),
        };
        let observation = |id: &str, at: &str| json!({"resourceType": "Observation", "id": id, "effectiveDateTime": at, "subject": {"reference": "Patient/p"}});
        vec![
            of("Observation", vec![observation("1", "2020-01-01"), observation("2", "2021-01-01")]),
            of("Patient", vec![json!({"resourceType": "Patient", "id": "p"})]),
        ]
    }

    fn set(entries: &[(&str, &str, &str)], total: u64) -> Answer {
        let entries: Vec<Value> = entries
            .iter()
            .map(|(kind, id, mode)| {
                let at = if *id == "1" { "2020-01-01" } else { "2021-01-01" };
                json!({"resource": {"resourceType": kind, "id": id, "effectiveDateTime": at}, "search": {"mode": mode}})
            })
            .collect();
        let link = json!([{"relation": "self", "url": "http://x/Observation?_sort=date&_summary=count&_elements=id"}]);
        answer(
            200,
            &json!({"resourceType": "Bundle", "type": "searchset", "total": total, "link": link, "entry": entries}),
        )
    }

    #[test]
    fn what_comes_along_is_marked_once_and_not_counted() {
        let all = listings();
        let path = ("Observation", "subject");
        let holds = |entries: &[(&str, &str, &str)], total| {
            included(&set(entries, total), path, false, &all[0], &all, "http://x").iter().all(Check::holds)
        };
        let (one, two) = (("Observation", "1", "match"), ("Observation", "2", "match"));
        assert!(telling(path, false, &all[0], &all, "http://x"));
        assert!(holds(&[one, two, ("Patient", "p", "include")], 2));
        assert!(!holds(&[one, two, ("Patient", "p", "include")], 3), "counted");
        assert!(!holds(&[one, two, ("Patient", "p", "match")], 2), "as a match");
        assert!(!holds(&[one, two], 2), "missing");
        assert!(!holds(&[one, two, ("Patient", "p", "include"), ("Patient", "p", "include")], 2), "twice");
        let back = set(
            &[("Patient", "p", "match"), ("Observation", "1", "include"), ("Observation", "2", "include")],
            1,
        );
        assert!(included(&back, path, true, &all[1], &all, "http://x").iter().all(Check::holds));
    }

    #[test]
    fn order_number_and_parts() {
        let all = listings();
        let parameter = order(&all[0]).expect("a date");
        let up = set(&[("Observation", "1", "match"), ("Observation", "2", "match")], 2);
        assert!(ordered(&up, &parameter, false).holds() && !ordered(&up, &parameter, true).holds());
        assert!(counted(&set(&[], 2), &all[0]).holds() && !counted(&up, &all[0]).holds());
        assert!(!cut_down(&set(&[("Observation", "1", "match")], 1), &all[0]).holds());
        assert!(counted(&answer(400, &json!({})), &all[0]).holds(), "declined");
    }
}
