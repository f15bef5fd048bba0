//! What a search returned, held against the oracle.

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason, http::Answer};
use serde_json::Value;

use super::super::{bundle, content::listed, dossier::name, self_link::link};
use super::trials::{Listing, Trial};
use crate::http;

/// A search with all its pages.
#[derive(Debug, Clone)]
pub struct Found {
    /// The first answer.
    pub first: Answer,
    /// The matches on all pages.
    pub matches: Vec<Value>,
    /// There is nothing more.
    pub whole: bool,
}

/// The parameters in the self link; none when there is no such link.
#[must_use]
pub fn used(answer: &Answer) -> Option<BTreeSet<String>> {
    let address = link(bundle::searchset(answer)?, "self")?;
    let (_, query) = address.split_once('?').unwrap_or((address, ""));
    Some(url::form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name.into_owned()).collect())
}

/// Refused, or passed over in a way the client can see.
#[must_use]
pub fn declined(answer: &Answer, parameters: &[&str]) -> Option<String> {
    let response = answer.response()?;
    if (400..500).contains(&response.status) || response.status == 501 {
        return Some(format!("status {}: geweigerd, dat mag", response.status));
    }
    let used = used(answer)?;
    let passed = parameters.iter().all(|name| !used.contains(*name));
    passed.then(|| "de self-link laat zien dat de parameter niet is gebruikt, dat mag".to_owned())
}

/// A search found what it should, and nothing else.
#[must_use]
pub fn right(trial: &Trial, listing: &Listing, found: &Found) -> Check {
    let expected = format!("{} geeft precies wat daaraan voldoet", trial.shown());
    let evidence = [found.first.id.clone()];
    if let Err(failure) = &found.first.reply {
        return Check::undecided(http::reason(failure.failure), expected, failure.to_string()).on(evidence);
    }
    let names: Vec<&str> = trial.pairs.iter().map(|(name, _)| name.as_str()).collect();
    if trial.optional
        && let Some(how) = declined(&found.first, &names)
    {
        return Check::that(true, expected, how).on(evidence);
    }
    if bundle::searchset(&found.first).is_none() {
        let observed = format!("{}, {}", found.first.describe(), bundle::describe(&found.first));
        return Check::that(false, expected, observed).on(evidence);
    }
    let present: BTreeSet<String> = found.matches.iter().map(name).collect();
    let missing: Vec<String> = listing
        .resources
        .iter()
        .filter(|one| found.whole && trial.holds(one) == Some(true))
        .map(name)
        .filter(|one| !present.contains(one))
        .collect();
    let surplus: Vec<String> =
        found.matches.iter().filter(|one| trial.holds(one) == Some(false)).map(name).collect();
    let words = |names: &[String]| listed(&names.iter().map(String::as_str).collect::<Vec<_>>());
    let observed = match (missing.is_empty(), surplus.is_empty()) {
        (true, true) => format!("{} resultaten, alle terecht", present.len()),
        (false, true) => format!("er ontbreekt: {}", words(&missing)),
        (true, false) => format!("ten onrechte: {}", words(&surplus)),
        (false, false) => format!("er ontbreekt: {}; ten onrechte: {}", words(&missing), words(&surplus)),
    };
    Check::that(missing.is_empty() && surplus.is_empty(), expected, observed).on(evidence)
}

/// Two ways to ask the same found the same.
#[must_use]
pub fn same(get: &Answer, post: &Answer) -> Check {
    let expected = "met POST _search dezelfde resultaten als met GET";
    let evidence = [get.id.clone(), post.id.clone()];
    let names = |answer: &Answer| {
        bundle::searchset(answer).map(|set| bundle::matches(set).map(name).collect::<BTreeSet<String>>())
    };
    let failed = [get, post].into_iter().find_map(|answer| answer.reply.as_ref().err());
    if let Some(failure) = failed {
        return Check::undecided(http::reason(failure.failure), expected, failure.to_string()).on(evidence);
    }
    let (left, right) = (names(get), names(post));
    let count = |names: &Option<BTreeSet<String>>, answer: &Answer| match names {
        Some(names) => format!("{} resultaten", names.len()),
        None => format!("{}, {}", answer.describe(), bundle::describe(answer)),
    };
    let observed = format!("GET: {}; POST: {}", count(&left, get), count(&right, post));
    Check::that(left.is_some() && left == right, expected, observed).on(evidence)
}

/// A search that nothing satisfies is answered with an empty searchset.
#[must_use]
pub fn empty(answer: &Answer) -> Check {
    let expected = "status 200 en een searchset zonder resultaten, met totaal 0 of zonder totaal";
    let Ok(response) = &answer.reply else {
        let reason = answer.reply.as_ref().err().map_or(Reason::Environment, |one| http::reason(one.failure));
        return Check::undecided(reason, expected, answer.describe()).on([answer.id.clone()]);
    };
    let Some(set) = bundle::searchset(answer).filter(|_| response.status == 200) else {
        let observed = format!("{}, {}", answer.describe(), bundle::describe(answer));
        return Check::that(false, expected, observed).on([answer.id.clone()]);
    };
    let (count, total) = (bundle::matches(set).count(), set["total"].as_u64());
    let observed = format!(
        "{count} resultaten, {}",
        total.map_or("geen totaal".to_owned(), |total| format!("totaal {total}"))
    );
    Check::that(count == 0 && total.is_none_or(|total| total == 0), expected, observed)
        .on([answer.id.clone()])
}

/// No page holds more matches than was asked for.
#[must_use]
pub fn within(pages: &[(String, usize)], most: usize) -> Check {
    let expected = format!("ten hoogste {most} resultaten per pagina");
    let largest = pages.iter().map(|(_, count)| *count).max().unwrap_or_default();
    let check =
        Check::that(largest <= most, expected, format!("ten hoogste {largest}, op {} pagina's", pages.len()));
    check.on(pages.iter().map(|(exchange, _)| exchange.clone()))
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::super::{
        oracle::{Criterion, Test},
        parameters::find,
    };
    use super::*;
    use crate::test_support::{answer, silent};

    fn set(ids: &[(&str, &str)], with_self: &str) -> Answer {
        let entries: Vec<Value> = ids
            .iter()
            .map(|(id, gender)| json!({"resource": {"resourceType": "Patient", "id": id, "gender": gender}, "search": {"mode": "match"}}))
            .collect();
        let link = json!([{"relation": "self", "url": with_self}]);
        answer(200, &json!({"resourceType": "Bundle", "type": "searchset", "entry": entries, "link": link}))
    }

    fn trial(name: &str) -> Trial {
        let test = Test::Tokens(vec![(None, "male".to_owned())]);
        Trial {
            kind: "Patient".to_owned(),
            pairs: vec![(name.to_owned(), "male".to_owned())],
            optional: name.contains(':'),
            criteria: vec![Criterion { parameter: find("Patient", "gender").expect("known"), test }],
        }
    }

    fn judge(trial: &Trial, first: Answer) -> Check {
        let patient = |id: &str, gender: &str| json!({"resourceType": "Patient", "id": id, "gender": gender});
        let listing = Listing {
            kind: "Patient".to_owned(),
            parameters: Vec::new(),
            resources: vec![patient("1", "male"), patient("2", "female")],
            exchanges: Vec::new(),
        };
        let matches = bundle::searchset(&first).map(|set| bundle::matches(set).cloned().collect());
        right(trial, &listing, &Found { first, matches: matches.unwrap_or_default(), whole: true })
    }

    #[test]
    fn missing_and_surplus_are_seen() {
        let plain = trial("gender");
        let all = "http://x/Patient?gender=male";
        assert!(judge(&plain, set(&[("1", "male")], all)).holds());
        assert_eq!(judge(&plain, set(&[], all)).observed, "er ontbreekt: Patient/1");
        assert_eq!(
            judge(&plain, set(&[("1", "male"), ("2", "female")], all)).observed,
            "ten onrechte: Patient/2"
        );
        assert!(!judge(&plain, answer(400, &json!({}))).holds(), "promised");
        assert!(matches!(judge(&plain, silent(Failure::Connect)).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn what_is_optional_may_be_declined_visibly() {
        let optional = trial("gender:x");
        assert!(judge(&optional, answer(400, &json!({}))).holds());
        assert!(judge(&optional, set(&[("1", "male"), ("2", "female")], "http://x/Patient")).holds());
        let silently = set(&[("1", "male"), ("2", "female")], "http://x/Patient?gender:x=male");
        assert!(!judge(&optional, silently).holds());
        assert!(!judge(&optional, answer(500, &json!({}))).holds());
    }

    #[test]
    fn nothing_found_is_an_empty_set() {
        assert!(empty(&set(&[], "")).holds());
        assert!(!empty(&set(&[("1", "male")], "")).holds());
        assert!(!empty(&answer(404, &json!({}))).holds());
        assert!(same(&set(&[("1", "male")], ""), &set(&[("1", "male")], "")).holds());
        assert!(!same(&set(&[("1", "male")], ""), &set(&[], "")).holds());
        assert!(within(&[("x".to_owned(), 2)], 2).holds() && !within(&[("x".to_owned(), 3)], 2).holds());
    }
}
