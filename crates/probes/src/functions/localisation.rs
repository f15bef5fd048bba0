//! What a product asks of the localisation index and the pseudonym service, and what it makes of the answers.

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason, heard::Heard};
use serde_json::Value;

use super::traces;

/// NamingSystem of organisations.
const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
/// NamingSystem of a pseudonym.
const PSEUDONYM: &str = "http://minvws.github.io/generiekefuncties-docs/NamingSystem/nvi-identifier";
/// NamingSystem of a registering client.
const CLIENT: &str = "http://minvws.github.io/generiekefuncties-docs/NamingSystem/oauth-client-id";
/// The extension with the custodian.
const CUSTODIAN: &str =
    "http://minvws.github.io/generiekefuncties-docs/StructureDefinition/nl-gf-localization-custodian";
/// Code system of the categories of data.
const CATEGORIES: &str = "http://minvws.github.io/generiekefuncties-docs/CodeSystem/nl-gf-data-categories-cs";
/// What the profile of the List prohibits.
const PROHIBITED: [&str; 8] =
    ["meta", "implicitRules", "language", "contained", "identifier", "title", "note", "entry"];

/// What a registration must say.
#[derive(Debug, Clone, Copy)]
pub struct Registration<'a> {
    /// The URA of the custodian.
    pub custodian: &'a str,
    /// The category of data.
    pub category: &'a str,
}

/// The Lists that were registered, with the exchange of each.
fn registered(heard: &[Heard]) -> Vec<(String, Value)> {
    let lists = |one: &Heard| {
        let entries = one.json().and_then(|bundle| bundle["entry"].as_array().cloned()).unwrap_or_default();
        let id = one.id.clone();
        let posted = entries.into_iter().filter(|entry| entry["request"]["method"] == "POST");
        posted.map(move |mut entry| (id.clone(), entry["resource"].take())).collect::<Vec<_>>()
    };
    heard
        .iter()
        .filter(|one| one.method == "POST")
        .flat_map(lists)
        .filter(|(_, list)| list["resourceType"] == "List")
        .collect()
}

/// What the index was told is right.
#[must_use]
pub fn registration(heard: &[Heard], wanted: Registration<'_>) -> Vec<Check> {
    let lists = registered(heard);
    if lists.is_empty() {
        let expected = "een aanmelding: een List in een transactie (POST)";
        return vec![Check::undecided(Reason::NoData, expected, "het product meldde niets aan")];
    }
    lists
        .iter()
        .flat_map(|(id, list)| one(list, wanted).into_iter().map(|check| check.on([id.clone()])))
        .collect()
}

fn one(list: &Value, wanted: Registration<'_>) -> Vec<Check> {
    let text = |pointer: &str| list.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned();
    let is = |expected: &str, pointer: &str, right: &str| {
        let observed = text(pointer);
        let shown = if observed.is_empty() { "ontbreekt".to_owned() } else { observed.clone() };
        Check::that(observed == right, format!("{expected}: {right}"), shown)
    };
    let filled = |expected: &str, pointer: &str| {
        let observed = text(pointer);
        Check::that(
            !observed.is_empty(),
            expected,
            if observed.is_empty() { "ontbreekt" } else { "ingevuld" },
        )
    };
    let empty = Vec::new();
    let array = |pointer: &str| list.pointer(pointer).and_then(Value::as_array).unwrap_or(&empty);
    let custodians: Vec<String> = array("/extension")
        .iter()
        .filter(|extension| extension["url"] == CUSTODIAN)
        .filter(|extension| {
            extension.pointer("/valueReference/identifier/system").is_some_and(|system| system == URA)
        })
        .filter_map(|extension| {
            extension.pointer("/valueReference/identifier/value")?.as_str().map(str::to_owned)
        })
        .collect();
    let codes: Vec<&str> = array("/code/coding")
        .iter()
        .filter(|coding| coding["system"] == CATEGORIES)
        .filter_map(|coding| coding["code"].as_str())
        .collect();
    let surplus: Vec<&str> = PROHIBITED.into_iter().filter(|member| list.get(member).is_some()).collect();
    let or_none = |found: String| if found.is_empty() { "geen".to_owned() } else { found };
    vec![
        is("status", "/status", "current"),
        is("mode", "/mode", "working"),
        Check::that(
            custodians == [wanted.custodian],
            format!("één bronhouder, met URA-nummer {}", wanted.custodian),
            or_none(custodians.join(", ")),
        ),
        Check::that(
            codes == [wanted.category],
            format!("één soort gegevens: {}", wanted.category),
            or_none(codes.join(", ")),
        ),
        is("stelsel van het pseudoniem", "/subject/identifier/system", PSEUDONYM),
        filled("het pseudoniem in subject.identifier", "/subject/identifier/value"),
        is("stelsel van de aanmelder", "/source/identifier/system", CLIENT),
        filled("de client-id van de aanmelder in source.identifier", "/source/identifier/value"),
        is("emptyReason", "/emptyReason/coding/0/code", "withheld"),
        Check::that(
            surplus.is_empty() && text("/subject/reference").is_empty(),
            "niets wat het profiel verbiedt",
            or_none(surplus.join(", ")),
        ),
    ]
}

/// Notes of our side: the ids in a list.
fn noted(heard: &[Heard], name: &str) -> BTreeSet<String> {
    let ids = heard.iter().filter_map(|one| one.notes[name].as_array()).flatten();
    ids.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Whatever was registered is gone again.
#[must_use]
pub fn withdrawn(heard: &[Heard]) -> Check {
    let (created, deleted) = (noted(heard, "created"), noted(heard, "deleted"));
    let expected = "het product verwijdert elke aanmelding van de patiënt";
    if created.is_empty() {
        return Check::undecided(Reason::NoData, expected, "het product meldde niets aan");
    }
    let left: Vec<String> = created.difference(&deleted).cloned().collect();
    let observed = match left.as_slice() {
        [] => format!("alle {} verwijderd", created.len()),
        left => format!("nog aangemeld: {}", left.join(", ")),
    };
    Check::that(left.is_empty(), expected, observed)
}

/// Calls to index and pseudonym service: the only ones the BSN must stay out of.
fn to_services(heard: &[Heard]) -> impl Iterator<Item = &Heard> {
    heard.iter().filter(|one| one.path.starts_with("/nvi") || one.path.starts_with("/prs"))
}

/// No request to index or pseudonym service holds the number, written out or encoded.
#[must_use]
pub fn without_number(heard: &[Heard], number: &str) -> Check {
    let expected = "geen BSN in een verzoek aan de verwijsindex of de pseudoniemendienst";
    if to_services(heard).next().is_none() {
        return Check::undecided(Reason::NoData, expected, "het product vroeg niets aan deze diensten");
    }
    let shown: Vec<(&Heard, &str)> =
        to_services(heard).filter_map(|one| Some((one, traces::of(number, one)?))).collect();
    let observed = match shown.as_slice() {
        [] => "geen BSN".to_owned(),
        shown => shown
            .iter()
            .map(|(one, place)| format!("{}: in {place}", one.describe()))
            .collect::<Vec<_>>()
            .join("; "),
    };
    let evidence: Vec<String> = match shown.as_slice() {
        [] => to_services(heard).map(|one| one.id.clone()).collect(),
        shown => shown.iter().map(|(one, _)| one.id.clone()).collect(),
    };
    Check::that(shown.is_empty(), expected, observed).on(evidence)
}

/// Each pseudonym came of the service and was used once, as our index saw.
#[must_use]
pub fn fresh(heard: &[Heard]) -> Check {
    let expected = "elk pseudoniem vers van de pseudoniemendienst";
    let used =
        heard.iter().filter(|one| one.notes["pseudonyms"].as_array().is_some_and(|all| !all.is_empty()));
    let used: Vec<&Heard> = used.collect();
    let words: Vec<&str> = used
        .iter()
        .filter_map(|one| one.notes["pseudonyms"].as_array())
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if words.is_empty() {
        return Check::undecided(Reason::NoData, expected, "de verwijsindex zag geen pseudoniem");
    }
    let word = |word: &&str| match *word {
        "fresh" => "vers",
        "again" => "al eerder gebruikt",
        "foreign" => "niet van de dienst",
        _ => "onleesbaar",
    };
    let observed = words.iter().map(word).collect::<Vec<_>>().join(", ");
    Check::that(words.iter().all(|word| *word == "fresh"), expected, observed)
        .on(used.iter().map(|one| one.id.clone()))
}

/// Each search at the index is bounded by a pseudonym or by the own client.
#[must_use]
pub fn bounded(heard: &[Heard]) -> Check {
    let expected = "elke zoekvraag met subject:identifier of source:identifier";
    let searches: Vec<&Heard> =
        heard.iter().filter(|one| one.method == "GET" && one.path == "/nvi/List").collect();
    if searches.is_empty() {
        return Check::undecided(Reason::NoData, expected, "het product zocht niet in de verwijsindex");
    }
    let names = |one: &&Heard| one.pairs().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    let fits = |one: &&Heard| {
        names(one).iter().any(|name| name == "subject:identifier" || name == "source:identifier")
    };
    let observed =
        searches.iter().map(|one| format!("List?{}", names(one).join("&"))).collect::<Vec<_>>().join("; ");
    Check::that(searches.iter().all(fits), expected, observed).on(searches.iter().map(|one| one.id.clone()))
}

/// The sources that were asked.
#[must_use]
pub fn asked_sources(heard: &[Heard]) -> BTreeSet<String> {
    let ura = |one: &Heard| one.path.split("/bron/").nth(1)?.split('/').next().map(str::to_owned);
    heard.iter().filter_map(ura).collect()
}

/// Every source was asked.
#[must_use]
pub fn all_asked(heard: &[Heard], sources: &[&str]) -> Check {
    let asked = asked_sources(heard);
    let observed = if asked.is_empty() {
        "geen enkele bron".to_owned()
    } else {
        asked.iter().cloned().collect::<Vec<_>>().join(", ")
    };
    let holds = sources.iter().all(|source| asked.contains(*source));
    let evidence = heard.iter().filter(|one| one.path.contains("/bron/")).map(|one| one.id.clone());
    Check::that(holds, format!("het product vraagt bij elke bron: {}", sources.join(", ")), observed)
        .on(evidence)
}

/// What the product shows of a search: whether it warns, and how much it found.
#[must_use]
pub fn shows(said: &Value, complete: bool, count: u64) -> Vec<Check> {
    let warnings = said["warnings"].as_array().map_or(0, Vec::len);
    let warns = warnings > 0 || said["error"].is_string();
    let observed = if warns { "een waarschuwing" } else { "geen waarschuwing" };
    let expected =
        if complete { "geen waarschuwing" } else { "een waarschuwing dat het beeld onvolledig is" };
    let empty = Vec::new();
    let shown: u64 =
        said["sources"].as_array().unwrap_or(&empty).iter().filter_map(|one| one["count"].as_u64()).sum();
    vec![
        Check::that(warns != complete, format!("het product toont {expected}"), observed),
        Check::that(
            shown == count,
            format!("het product toont {count} gegevens"),
            format!("{shown} gegevens"),
        ),
    ]
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;
    use crate::test_support::heard;

    const WANTED: Registration<'_> = Registration { custodian: "90000382", category: "MedicationRequest" };

    fn list() -> Value {
        json!({
            "resourceType": "List", "status": "current", "mode": "working",
            "extension": [{ "url": CUSTODIAN, "valueReference": { "identifier": { "system": URA, "value": "90000382" } } }],
            "code": { "coding": [{ "system": CATEGORIES, "code": "MedicationRequest" }] },
            "subject": { "identifier": { "system": PSEUDONYM, "value": "x" } },
            "source": { "identifier": { "system": CLIENT, "value": "epd" } },
            "emptyReason": { "coding": [{ "code": "withheld" }] },
        })
    }

    fn told(list: &Value) -> Vec<Heard> {
        let bundle = json!({ "resourceType": "Bundle", "type": "transaction", "entry": [{ "resource": list, "request": { "method": "POST", "url": "List" } }] });
        vec![heard("POST", "/nvi", 200, &bundle.to_string())]
    }

    #[test]
    fn each_part_of_a_registration_counts() {
        assert!(registration(&told(&list()), WANTED).iter().all(Check::holds));
        for (pointer, value) in [
            ("/status", json!("retired")),
            ("/mode", json!("snapshot")),
            ("/extension/0/valueReference/identifier/value", json!("90000111")),
            ("/code/coding/0/code", json!("Imaging")),
            ("/subject/identifier/system", json!("http://fhir.nl/fhir/NamingSystem/bsn")),
            ("/source/identifier/value", json!("")),
            ("/emptyReason/coding/0/code", json!("unavailable")),
        ] {
            let mut wrong = list();
            *wrong.pointer_mut(pointer).expect("there") = value;
            assert_eq!(
                registration(&told(&wrong), WANTED).iter().filter(|check| !check.holds()).count(),
                1,
                "{pointer}"
            );
        }
        let mut surplus = list();
        surplus["title"] = json!("Medicatie van Jan");
        assert!(!registration(&told(&surplus), WANTED).iter().all(Check::holds));
        assert!(!registration(&[], WANTED).iter().all(Check::holds));
    }

    #[test]
    fn what_was_registered_must_be_deleted() {
        let made = || Heard { notes: json!({ "created": ["a", "b"] }), ..heard("POST", "/nvi", 200, "") };
        let gone = |ids: Value| Heard { notes: json!({ "deleted": ids }), ..heard("POST", "/nvi", 200, "") };
        assert!(withdrawn(&[made(), gone(json!(["a", "b"]))]).holds());
        assert_eq!(withdrawn(&[made(), gone(json!(["a"]))]).outcome, CheckOutcome::Violated);
        assert!(matches!(withdrawn(&[]).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn the_number_stays_out_of_the_services_alone() {
        let with = heard("POST", "/bron/1/fhir/MedicationRequest/_search", 200, "999900018");
        let clean = heard("GET", "/nvi/List", 200, "");
        assert!(without_number(&[with.clone(), clean], "999900018").holds());
        let mut wrong = heard("GET", "/nvi/List", 200, "");
        wrong.query = "subject:identifier=http%3A%2F%2Fx%7C999900018".to_owned();
        assert_eq!(without_number(&[wrong], "999900018").outcome, CheckOutcome::Violated);
        assert!(matches!(without_number(&[with], "999900018").outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn pseudonyms_are_fresh_and_searches_bounded() {
        let used = |words: Value| Heard {
            notes: json!({ "pseudonyms": words }),
            ..heard("GET", "/nvi/List", 200, "")
        };
        assert!(fresh(&[used(json!(["fresh"])), used(json!([]))]).holds());
        assert_eq!(fresh(&[used(json!(["fresh"])), used(json!(["again"]))]).outcome, CheckOutcome::Violated);
        assert!(matches!(fresh(&[]).outcome, CheckOutcome::NotEvaluable(_)));
        let search = |query: &str| Heard { query: query.to_owned(), ..heard("GET", "/nvi/List", 200, "") };
        assert!(bounded(&[search("subject:identifier=a%7Cb&code=c")]).holds());
        assert_eq!(bounded(&[search("code=c")]).outcome, CheckOutcome::Violated);
    }

    #[test]
    fn an_outage_is_shown_and_emptiness_is_not_one() {
        let said = |counts: &[u64], warnings: Value| {
            let sources: Vec<Value> = counts.iter().map(|count| json!({ "count": count })).collect();
            json!({ "sources": sources, "warnings": warnings, "error": null })
        };
        let held = |said: &Value, complete, count| shows(said, complete, count).iter().all(Check::holds);
        assert!(held(&said(&[1, 2], json!([])), true, 3));
        assert!(held(&said(&[], json!([])), true, 0));
        assert!(held(&said(&[1], json!(["onvolledig"])), false, 1));
        assert!(!held(&said(&[1], json!([])), false, 1));
        assert!(!held(&said(&[], json!(["x"])), true, 0));
        assert!(all_asked(&[heard("GET", "/bron/1/fhir/X", 200, "")], &["1"]).holds());
        assert!(!all_asked(&[], &["1"]).holds());
    }
}
