//! The shape of a search answer.

use keur_evidence::{Check, event::Reason, http::Answer};
use serde_json::Value;

use super::{bundle, content::listed, dossier::name};
use crate::http;

/// Status 200 and a FHIR searchset, well formed: every entry has its address and says why it is there.
#[must_use]
pub fn answered(answer: &Answer) -> Vec<Check> {
    let status = http::status(answer, 200);
    let Some(response) = answer.response().filter(|_| status.holds()) else { return vec![status] };
    let on = |check: Check| check.on([answer.id.clone()]);
    let media = response.media_type();
    let is_fhir = matches!(media.as_str(), "application/fhir+json" | "application/json+fhir");
    let media = on(Check::that(
        is_fhir,
        "inhoudstype application/fhir+json",
        format!("inhoudstype {}", if media.is_empty() { "ontbreekt" } else { &media }),
    ));
    let Some(bundle) = bundle::searchset(answer) else {
        let observed = format!("geen searchset, maar {}", bundle::describe(answer));
        return vec![status, media, on(Check::that(false, "een Bundle van het type searchset", observed))];
    };
    vec![status, media, on(entries(bundle))]
}

fn entries(bundle: &Value) -> Check {
    let expected = "een searchset waarin elk onderdeel een adres (fullUrl) en een search.mode heeft";
    let all = bundle::entries(bundle);
    let wrong: Vec<String> = all
        .iter()
        .filter(|entry| {
            let resource = entry.get("resource").filter(|resource| resource.is_object());
            let outcome = entry["resource"]["resourceType"] == "OperationOutcome";
            let addressed = entry["fullUrl"].as_str().is_some_and(|url| !url.is_empty()) || outcome;
            let mode = entry.pointer("/search/mode").and_then(Value::as_str);
            resource.is_none() || !addressed || !matches!(mode, Some("match" | "include" | "outcome"))
        })
        .map(|entry| name(&entry["resource"]))
        .collect();
    let wrong: Vec<&str> = wrong.iter().map(String::as_str).collect();
    let observed = if wrong.is_empty() {
        format!("searchset met {} onderdelen", all.len())
    } else {
        format!("{} van {} onderdelen niet: {}", wrong.len(), all.len(), listed(&wrong))
    };
    Check::that(wrong.is_empty(), expected, observed)
}

/// The answer holds at least one match of this type.
#[must_use]
pub fn has_match(answer: &Answer, resource_type: &str) -> Check {
    let expected = format!("ten minste één {resource_type}");
    let Some(bundle) = bundle::searchset(answer) else {
        return Check::undecided(Reason::Precondition, expected, "geen searchset").on([answer.id.clone()]);
    };
    let count = bundle::matches(bundle).filter(|one| one["resourceType"] == resource_type).count();
    Check::that(count > 0, expected, format!("{count} keer {resource_type}")).on([answer.id.clone()])
}

/// Nothing in the answer tells that something was left out: no security label, no outcome, and a total that is the
/// number of matches that are there.
#[must_use]
pub fn hides_nothing_visibly(answer: &Answer) -> Vec<Check> {
    let Some(bundle) = bundle::searchset(answer) else {
        let observed = bundle::describe(answer);
        return vec![
            Check::undecided(Reason::Precondition, "een searchset", observed).on([answer.id.clone()]),
        ];
    };
    let labelled: Vec<String> = std::iter::once(bundle)
        .chain(bundle::entries(bundle).iter().map(|entry| &entry["resource"]))
        .filter(|one| one["resourceType"] == "OperationOutcome" || !one["meta"]["security"].is_null())
        .map(name)
        .collect();
    let labels: Vec<&str> = labelled.iter().map(String::as_str).collect();
    let observed = if labels.is_empty() { "geen".to_owned() } else { listed(&labels) };
    let label =
        Check::that(labels.is_empty(), "geen label of melding die een afscherming verraadt", observed);
    vec![label.on([answer.id.clone()]), total(bundle).on([answer.id.clone()])]
}

/// The total of a searchset without further pages is the number of its matches; FHIR lets a server leave it out.
fn total(bundle: &Value) -> Check {
    let count = bundle::matches(bundle).count() as u64;
    let expected = "een totaal dat gelijk is aan het aantal resultaten";
    let paged = super::self_link::link(bundle, "next").is_some();
    match bundle.get("total").and_then(Value::as_u64) {
        None => Check::that(true, expected, "het totaal is weggelaten, dat mag"),
        Some(total) if paged => {
            Check::that(total >= count, expected, format!("totaal {total}, {count} op deze pagina"))
        }
        Some(total) => Check::that(total == count, expected, format!("totaal {total}, {count} resultaten")),
    }
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;

    #[test]
    fn an_entry_needs_an_address_and_a_mode() {
        let entry = json!({ "fullUrl": "https://x/Flag/f", "resource": { "resourceType": "Flag", "id": "f" },
            "search": { "mode": "match" } });
        assert!(entries(&json!({ "entry": [entry] })).holds());
        assert!(entries(&json!({})).holds());
        for member in ["fullUrl", "search", "resource"] {
            let mut poorer = entry.clone();
            poorer.as_object_mut().map(|fields| fields.remove(member));
            assert_eq!(entries(&json!({ "entry": [poorer] })).outcome, CheckOutcome::Violated, "{member}");
        }
    }

    #[test]
    fn the_total_counts_what_is_there() {
        let bundle = |total: u64| json!({ "total": total, "entry": [{ "resource": {} }] });
        assert!(total(&bundle(1)).holds());
        assert!(!total(&bundle(2)).holds());
        assert!(total(&json!({ "entry": [] })).holds());
    }
}
