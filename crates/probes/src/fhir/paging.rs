//! Pages of a search: complete, without repeats, and they end.

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason};
use serde_json::Value;
use url::Url;

use super::{bundle, content::listed, dossier::Page, dossier::name, self_link::link};

/// Why no further page was fetched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// There is no next link.
    Last,
    /// The next link is one that was followed before.
    Loop,
    /// More pages than any right answer can have.
    TooMany,
    /// The next link leads to another host.
    Elsewhere(String),
    /// A page was not answered with a searchset.
    Broken(String),
}

/// A search with all its pages.
#[derive(Debug, Clone)]
pub struct Pages {
    /// In order.
    pub pages: Vec<Page>,
    /// Why it ended.
    pub end: End,
}

/// Where the next page is, when it may be fetched.
///
/// # Errors
/// Why there is none.
pub fn next(bundle: &Value, base: &Url, seen: &mut BTreeSet<String>) -> Result<Url, End> {
    let Some(address) = link(bundle, "next") else { return Err(End::Last) };
    let Ok(url) = base.join(address) else { return Err(End::Elsewhere(address.to_owned())) };
    if url.origin() != base.origin() {
        // A token is never sent to a host that was not declared.
        return Err(End::Elsewhere(url.host_str().unwrap_or(address).to_owned()));
    }
    if !seen.insert(url.to_string()) {
        return Err(End::Loop);
    }
    Ok(url)
}

impl Pages {
    fn matches(&self) -> Vec<String> {
        self.pages.iter().flat_map(|page| bundle::matches(&page.bundle)).map(name).collect()
    }

    fn exchanges(&self) -> Vec<String> {
        self.pages.iter().map(|page| page.exchange.clone()).collect()
    }
}

/// The pages end, and stay at the product.
#[must_use]
pub fn ends(pages: &Pages) -> Check {
    let expected = "een laatste pagina, en tot die tijd een next-link naar het product zelf";
    let count = pages.pages.len();
    let (holds, observed) = match &pages.end {
        End::Last => (true, format!("{count} pagina's")),
        End::Loop => (false, format!("na {count} pagina's wijst de next-link terug naar een eerdere pagina")),
        End::TooMany => (false, format!("na {count} pagina's is er nog steeds een next-link")),
        End::Elsewhere(host) => (false, format!("de next-link wijst naar {host}")),
        End::Broken(what) => (false, format!("na {count} pagina's geen searchset, maar {what}")),
    };
    Check::that(holds, expected, observed).on(pages.exchanges())
}

/// All pages together hold what one big page holds, each result once.
#[must_use]
pub fn complete(whole: &Pages, paged: &Pages) -> Vec<Check> {
    let expected = "alle resultaten van dezelfde zoekvraag zonder bladeren";
    let all = whole.matches();
    let wanted: BTreeSet<&String> = all.iter().collect();
    if whole.end != End::Last || wanted.len() < 2 {
        let text = format!("{} resultaten zonder bladeren: te weinig om pagina's van te maken", wanted.len());
        return vec![Check::undecided(Reason::Precondition, expected, text).on(whole.exchanges())];
    }
    let shown = paged.matches();
    let got: BTreeSet<&String> = shown.iter().collect();
    let mut evidence = paged.exchanges();
    let missing: Vec<&str> = wanted.difference(&got).map(|one| one.as_str()).collect();
    let strange: Vec<&str> = got.difference(&wanted).map(|one| one.as_str()).collect();
    let observed = match (missing.is_empty(), strange.is_empty()) {
        (true, true) => format!("{} resultaten op {} pagina's", got.len(), paged.pages.len()),
        (false, _) => format!("{} van {} ontbreken: {}", missing.len(), wanted.len(), listed(&missing)),
        (true, false) => format!("{} te veel: {}", strange.len(), listed(&strange)),
    };
    let union =
        Check::that(missing.is_empty() && strange.is_empty(), expected, observed).on(evidence.clone());
    let mut once = BTreeSet::new();
    let repeated: Vec<&str> = shown.iter().filter(|one| !once.insert(*one)).map(String::as_str).collect();
    let observed = if repeated.is_empty() { "geen".to_owned() } else { listed(&repeated) };
    let twice = Check::that(repeated.is_empty(), "geen resultaat dat dubbel voorkomt", observed);
    let twice = twice.on(std::mem::take(&mut evidence));
    vec![union, twice]
}

/// The total is the same on every page and is the number of results; FHIR lets a server leave it out.
#[must_use]
pub fn constant_total(whole: &Pages, paged: &Pages) -> Check {
    let expected = "op elke pagina hetzelfde totaal, gelijk aan het aantal resultaten";
    let count = whole.matches().into_iter().collect::<BTreeSet<_>>().len() as u64;
    let totals: BTreeSet<u64> =
        paged.pages.iter().filter_map(|page| page.bundle.get("total").and_then(Value::as_u64)).collect();
    let holds = totals.iter().all(|total| *total == count);
    let observed = if totals.is_empty() {
        "het totaal is weggelaten, dat mag".to_owned()
    } else {
        let words: Vec<String> = totals.iter().map(ToString::to_string).collect();
        format!("totaal {}, {count} resultaten", words.join(" en "))
    };
    Check::that(holds, expected, observed).on(paged.exchanges())
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use serde_json::json;

    use super::*;

    fn pages(each: &[&[&str]]) -> Pages {
        let total = 3;
        let pages = each.iter().enumerate().map(|(index, ids)| {
            let entries: Vec<Value> = ids
                .iter()
                .map(|id| json!({ "resource": { "resourceType": "Flag", "id": id }, "search": { "mode": "match" } }))
                .collect();
            Page { exchange: format!("x{index}"), bundle: json!({ "total": total, "entry": entries }) }
        });
        Pages { pages: pages.collect(), end: End::Last }
    }

    #[test]
    fn loss_and_repeats_are_seen() {
        let whole = pages(&[&["a", "b", "c"]]);
        let good = complete(&whole, &pages(&[&["a", "b"], &["c"]]));
        assert!(good.iter().all(Check::holds));
        let lost = complete(&whole, &pages(&[&["a"], &["c"]]));
        assert_eq!(lost[0].observed, "1 van 3 ontbreken: Flag/b");
        let twice = complete(&whole, &pages(&[&["a", "b"], &["b", "c"]]));
        assert!(twice[0].holds() && !twice[1].holds());
        let few = complete(&pages(&[&["a"]]), &pages(&[&["a"]]));
        assert_eq!(few[0].outcome, CheckOutcome::NotEvaluable(Reason::Precondition));
        assert!(constant_total(&whole, &whole).holds());
        assert!(!constant_total(&pages(&[&["a", "b"]]), &whole).holds());
    }

    #[test]
    fn the_next_link_stays_home_and_never_returns() {
        let base = Url::parse("https://x:1/fhir/").expect("a URL");
        let to = |url: &str| json!({ "link": [{ "relation": "next", "url": url }] });
        let mut seen = BTreeSet::new();
        assert!(next(&to("https://x:1/fhir/Flag?p=2"), &base, &mut seen).is_ok());
        assert_eq!(next(&to("https://x:1/fhir/Flag?p=2"), &base, &mut seen), Err(End::Loop));
        assert_eq!(next(&to("https://y/fhir"), &base, &mut seen), Err(End::Elsewhere("y".to_owned())));
        assert_eq!(next(&json!({}), &base, &mut seen), Err(End::Last));
        for (end, holds) in [(End::Last, true), (End::Loop, false), (End::TooMany, false)] {
            assert_eq!(ends(&Pages { pages: Vec::new(), end }).holds(), holds);
        }
    }
}
