//! Searching, held against what the oracle makes of the data the product itself lists.

use std::collections::BTreeSet;

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason};
use keur_probes::fhir::{
    bundle, capability, paging,
    rest::{
        includes,
        parameters::{self, Style},
        results::{self, Found},
        trials::{self, Aspect, Listing},
    },
};
use serde_json::Value;

use super::api::ask;
use super::bgz::fetch_pages;
use super::rest::{described, not_promised};
use crate::{World, run::Party};

/// Most resource types whose data are listed, and most pages of each.
const TYPES: usize = 6;
const PAGES: usize = 10;
/// Fewer than this say nothing about pages.
const FEW: usize = 3;

/// What the scenario found of the product's data.
#[derive(Default)]
pub struct Data {
    listings: Vec<Listing>,
    statement: Value,
    /// The exchange with the description.
    exchange: String,
    judged: Vec<Check>,
}

fn data(w: &World) -> Result<&Data, Stop> {
    w.kept.data.as_ref().ok_or_else(|| w.recorder.broken("er zijn nog geen gegevens opgevraagd"))
}

/// Keeps what a `Dan` will judge.
fn keep(w: &mut World, checks: Vec<Check>) {
    if let Some(data) = &mut w.kept.data {
        data.judged = checks;
    }
}

/// A search with all its pages.
async fn found(w: &World, purpose: &str, path: &str, strict: bool) -> Result<Found, Stop> {
    let request = w.authorised(Party::A, purpose, "GET", path).await?;
    let request = if strict { request.header("Prefer", "handling=strict") } else { request };
    let first = w.recorder.http(request).await?;
    let base = w.run.fhir_url("").unwrap_or_else(|| first.request.url.clone());
    let mut seen = BTreeSet::from([first.request.url.to_string()]);
    let (mut matches, mut answer, mut whole) = (Vec::new(), first.clone(), false);
    for _ in 0..PAGES {
        let Some(set) = bundle::searchset(&answer) else { break };
        matches.extend(bundle::matches(set).cloned());
        let Ok(url) = paging::next(set, &base, &mut seen) else {
            whole = true;
            break;
        };
        let mut request = w.authorised(Party::A, &format!("{purpose}, volgende pagina"), "GET", "").await?;
        request.url = url;
        answer = w.recorder.http(request).await?;
    }
    Ok(Found { first, matches, whole })
}

#[given("de gegevens die het product zonder voorwaarden toont")]
async fn list_data(w: &mut World) -> Result<(), Stop> {
    let (statement, exchange) = described(w).await?;
    let promises = capability::promises(&statement);
    let known =
        promises.iter().filter(|one| one.offers("search-type") && parameters::knows(&one.kind)).take(TYPES);
    let mut listings = Vec::new();
    for one in known {
        let purpose = "alle gegevens van een resourcetype";
        let found = found(w, purpose, &format!("{}?_count=100", one.kind), false).await?;
        let mut own = found.matches;
        own.retain(|resource| resource["resourceType"] == one.kind.as_str());
        // What is not listed to its end says nothing about what is missing.
        if found.whole && !own.is_empty() {
            listings.push(Listing {
                kind: one.kind.clone(),
                parameters: one.parameters.clone(),
                resources: own,
                exchanges: vec![found.first.id.clone()],
            });
        }
    }
    if listings.is_empty() {
        let detail = "het product toont van geen enkel resourcetype alle gegevens";
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_listing", detail));
    }
    w.kept.data = Some(Data { listings, statement, exchange, judged: Vec::new() });
    Ok(())
}

#[when(expr = "met beloofde zoekparameters wordt gezocht: {string}")]
async fn search_by(w: &mut World, what: String) -> Result<(), Stop> {
    let aspect = match what.as_str() {
        "op code" => Aspect::Plain(Style::Token),
        "op datum" => Aspect::Plain(Style::Date),
        "op tekst" => Aspect::Plain(Style::Text),
        "op verwijzing" => Aspect::Plain(Style::Reference),
        "op hoeveelheid" => Aspect::Plain(Style::Quantity),
        "de ene of de andere waarde" => Aspect::Or,
        "twee voorwaarden samen" => Aspect::And,
        "op ontbreken" => Aspect::Missing,
        "met een toevoeging" => Aspect::Modifiers,
        "via een verwijzing" => Aspect::Chain,
        other => return Err(w.recorder.broken(&format!("onbekend om op te zoeken: {other:?}"))),
    };
    let base = w.run.product.endpoints.fhir_base.clone();
    let known = data(w)?;
    let (listings, exchange) = (known.listings.clone(), known.exchange.clone());
    let trials = trials::trials(aspect, &listings, &base);
    if trials.is_empty() {
        return Err(not_promised(w, &format!("zoeken {what} op gegevens die er zijn"), &exchange));
    }
    let mut checks = Vec::new();
    for trial in trials {
        let Some(listing) = listings.iter().find(|listing| listing.kind == trial.kind) else { continue };
        let found = found(w, &format!("zoeken {what}"), &trial.path(), trial.optional).await?;
        checks.push(results::right(&trial, listing, &found));
    }
    keep(w, checks);
    Ok(())
}

#[then("geeft elke zoekvraag precies de gegevens die eraan voldoen")]
async fn right(w: &mut World) -> Step {
    let checks = data(w)?.judged.clone();
    w.recorder.expect_all(checks)
}

/// The promised includes of this kind, with the listing they are asked of.
fn includes_of(known: &Data, member: &str) -> Vec<(Listing, String)> {
    let of = |listing: &Listing| -> Vec<(Listing, String)> {
        let said = capability::said(&known.statement, &listing.kind, member).and_then(Value::as_array);
        let names = said.into_iter().flatten().filter_map(Value::as_str);
        names.map(|name| (listing.clone(), name.to_owned())).collect()
    };
    known.listings.iter().flat_map(of).collect()
}

#[when(expr = "wordt gezocht met elke beloofde {string}")]
async fn with_includes(w: &mut World, how: String) -> Result<(), Stop> {
    let reverse = how == "_revinclude";
    let member = if reverse { "searchRevInclude" } else { "searchInclude" };
    let base = w.run.product.endpoints.fhir_base.clone();
    let known = data(w)?;
    let (listings, exchange) = (known.listings.clone(), known.exchange.clone());
    let all = includes_of(known, member);
    let mut checks = Vec::new();
    for (listing, name) in all {
        let Some((source, parameter)) = name.split_once(':') else { continue };
        let path = (source, parameter.split(':').next().unwrap_or(parameter));
        if !includes::telling(path, reverse, &listing, &listings, &base) {
            continue;
        }
        let search = format!("{}?{how}={name}&_count=100", listing.kind);
        let answer = ask(w, &format!("zoeken met {how}"), "GET", &search, None).await?;
        checks.extend(includes::included(&answer, path, reverse, &listing, &listings, &base));
    }
    if checks.is_empty() {
        return Err(not_promised(w, &format!("{how} die ergens toe leidt"), &exchange));
    }
    keep(w, checks);
    Ok(())
}

#[then("komt alles mee waar dat naar leidt, gemerkt en niet meegeteld")]
async fn included(w: &mut World) -> Step {
    let checks = data(w)?.judged.clone();
    w.recorder.expect_all(checks)
}

#[when(expr = "het resourcetype met de meeste gegevens wordt opgehaald met {int} per pagina")]
async fn in_pages(w: &mut World, size: usize) -> Result<(), Stop> {
    let largest = data(w)?.listings.iter().max_by_key(|listing| listing.resources.len()).cloned();
    let Some(largest) = largest.filter(|listing| listing.resources.len() >= FEW) else {
        let detail = "geen resourcetype heeft genoeg gegevens om te bladeren";
        return Err(w.recorder.cannot_tell(Reason::NoData, "too_few_results", detail));
    };
    let whole =
        fetch_pages(w, "alle gegevens van een resourcetype", &format!("{}?_count=100", largest.kind)).await?;
    let path = format!("{}?_count={size}", largest.kind);
    let pages = fetch_pages(w, &format!("met {size} per pagina"), &path).await?;
    let counts: Vec<(String, usize)> = pages
        .pages
        .iter()
        .map(|page| (page.exchange.clone(), bundle::matches(&page.bundle).count()))
        .collect();
    keep(w, vec![results::within(&counts, size)]);
    w.kept.pages.extend([whole, pages]);
    Ok(())
}

#[then("staat er op geen enkele pagina meer dan gevraagd")]
async fn within(w: &mut World) -> Step {
    let checks = data(w)?.judged.clone();
    w.recorder.expect_all(checks)
}

#[when(expr = "van elk resourcetype wordt gevraagd: {string}")]
async fn shaped(w: &mut World, what: String) -> Result<(), Stop> {
    let known = data(w)?;
    let (listings, exchange) = (known.listings.clone(), known.exchange.clone());
    let mut checks = Vec::new();
    for listing in &listings {
        let kind = &listing.kind;
        match what.as_str() {
            "alleen het aantal" => {
                let answer =
                    ask(w, "alleen het aantal", "GET", &format!("{kind}?_summary=count"), None).await?;
                checks.push(includes::counted(&answer, listing));
            }
            "alleen het id" => {
                let path = format!("{kind}?_elements=id&_count=100");
                let answer = ask(w, "alleen het id", "GET", &path, None).await?;
                checks.push(includes::cut_down(&answer, listing));
            }
            "op volgorde" => {
                let Some(by) = includes::order(listing) else { continue };
                for down in [false, true] {
                    let path = format!("{kind}?_sort={}{}&_count=100", if down { "-" } else { "" }, by.name);
                    let answer = ask(w, "op volgorde van datum", "GET", &path, None).await?;
                    checks.push(includes::ordered(&answer, &by, down));
                }
            }
            other => return Err(w.recorder.broken(&format!("onbekend om te vragen: {other:?}"))),
        }
    }
    if checks.is_empty() {
        return Err(not_promised(w, "een datum om op te ordenen", &exchange));
    }
    keep(w, checks);
    Ok(())
}

#[then("doet het product dat, of zegt het zichtbaar dat het dat niet doet")]
async fn shaped_right(w: &mut World) -> Step {
    let checks = data(w)?.judged.clone();
    w.recorder.expect_all(checks)
}
