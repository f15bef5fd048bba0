//! The searches of the BgZ: what is asked, and whose data come back.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use cucumber::{given, then, when};
use futures::{StreamExt, TryStreamExt, stream};
use keur_evidence::{Step, Stop, http::Request};
use keur_probes::fhir::{
    bundle, compartment,
    dossier::{Dossier, Fetched, Page},
    include,
    paging::{self, End, Pages},
    query::{SECTIONS, Section, filled, without_patient},
    searchset, self_link,
};
use serde_json::json;
use url::Url;

use super::kept::ask;
use crate::{World, run::Party};

/// Searches at once.
const ABREAST: usize = 6;
/// More pages than a search for one patient can need.
const MOST_PAGES: usize = 40;

/// A search of party A for the chosen patient, with the patient's number filled in.
fn search(w: &World, purpose: &str, search: &str) -> Result<String, Stop> {
    Ok(filled(search, &w.bsn_for(purpose)?))
}

#[when(expr = "de zoekvraag {string} wordt gedaan")]
async fn searched(w: &mut World, text: String) -> Result<(), Stop> {
    let path = search(w, w.purpose(), &text)?;
    let request = w.authorised(Party::A, &format!("zoekvraag {text}"), "GET", &path).await?;
    ask(w, request).await?;
    let refused = w.answer()?.response().is_some_and(|response| (400..500).contains(&response.status));
    if refused && text.starts_with("CareTeam?") {
        // The published search leaves the patient to the token; a product may know only that form. The refusal stays
        // in the evidence, but the answer to this search is the next one.
        w.answers.pop();
        let text = without_patient(&text);
        let purpose = format!("zoekvraag {text}, de patiënt volgt uit het token");
        let request = w.authorised(Party::A, &purpose, "GET", &text).await?;
        ask(w, request).await?;
    }
    Ok(())
}

#[when(expr = "de zoekvraag {string} wordt gedaan met de onbekende parameter {string}")]
async fn searched_with_unknown(w: &mut World, text: String, parameter: String) -> Result<(), Stop> {
    let parameter = w.made_up(&parameter, |draw| format!("x{}", draw.letters(9)));
    let path = format!("{}&{parameter}=1", search(w, w.purpose(), &text)?);
    w.facts.insert("parameter", json!(parameter));
    let purpose = format!("zoekvraag {text} met een parameter die niemand kent");
    let request = w.authorised(Party::A, &purpose, "GET", &path).await?;
    ask(w, request.header("Prefer", "handling=lenient")).await
}

#[when("alle zoekvragen van de BgZ worden gedaan")]
async fn searched_all(w: &mut World) -> Result<(), Stop> {
    for section in &SECTIONS {
        searched(w, section.search.to_owned()).await?;
    }
    Ok(())
}

#[when("de opvraging slaagt")]
async fn succeeded(w: &mut World) -> Step {
    let check = keur_probes::http::status(w.answer()?, 200);
    w.recorder.expect(check)
}

#[given("de antwoorden op alle zoekvragen van de BgZ")]
async fn all_answers(w: &mut World) -> Step {
    let dossier = dossier(w).await?;
    if dossier.exchanges().is_empty() {
        let detail = "geen enkele zoekvraag van de BgZ is beantwoord met zoekresultaten";
        return Err(w.recorder.cannot_tell(keur_evidence::event::Reason::Precondition, "no_answers", detail));
    }
    Ok(())
}

#[then("is het antwoord een geldige verzameling zoekresultaten")]
async fn is_searchset(w: &mut World) -> Step {
    let checks = searchset::answered(w.answer()?);
    w.recorder.expect_all(checks)
}

#[then("is elk antwoord een geldige verzameling zoekresultaten")]
async fn are_searchsets(w: &mut World) -> Step {
    let checks: Vec<_> = w.answers.iter().flat_map(searchset::answered).collect();
    w.recorder.expect_all(checks)
}

#[then(expr = "bevat het antwoord ten minste één resultaat van de soort {word}")]
async fn has_match(w: &mut World, resource_type: String) -> Step {
    let check = searchset::has_match(w.answer()?, &resource_type);
    w.recorder.expect(check)
}

#[then("verraadt het antwoord niet dat er gegevens zijn weggelaten")]
async fn hides_nothing_visibly(w: &mut World) -> Step {
    let checks = searchset::hides_nothing_visibly(w.answer()?);
    w.recorder.expect_all(checks)
}

#[then("bevatten alle antwoorden alleen gegevens van de gevraagde patiënt")]
async fn only_the_asked(w: &mut World) -> Step {
    let dossier = known(w)?;
    let check = compartment::only_the_asked(&dossier);
    w.recorder.expect(check)
}

#[then(expr = "staat de parameter {string} niet in de self-link")]
async fn self_link_omits(w: &mut World, parameter: String) -> Step {
    let sent = w.facts.get("parameter").and_then(|sent| sent.as_str());
    let check = self_link::omits(w.answer()?, sent.unwrap_or(&parameter));
    w.recorder.expect(check)
}

#[then(expr = "noemt de self-link de parameters van {string}")]
async fn self_link_names(w: &mut World, search: String) -> Step {
    let check = self_link::names(w.answer()?, &search);
    w.recorder.expect(check)
}

#[then("staat elke met _include gevraagde resource in hetzelfde antwoord")]
async fn included(w: &mut World) -> Step {
    let dossier = known(w)?;
    let check = include::included(&dossier);
    w.recorder.expect(check)
}

#[then("komt de herkomst van de resultaten mee in hetzelfde antwoord")]
async fn with_provenance(w: &mut World) -> Step {
    let dossier = known(w)?;
    w.recorder.expect_all(include::with_provenance(&dossier))
}

#[then("zijn de meegekomen resources niet als resultaat gemarkeerd")]
async fn marked(w: &mut World) -> Step {
    let dossier = known(w)?;
    let check = include::marked(&dossier);
    w.recorder.expect(check)
}

/// The answers that an earlier sentence made sure of.
pub(super) fn known(w: &World) -> Result<Arc<Dossier>, Stop> {
    let dossier = w.shared().dossier.get().cloned();
    dossier.ok_or_else(|| w.recorder.broken("de antwoorden op de zoekvragen zijn nog niet opgehaald"))
}

/// The answers to all searches, fetched by the first case that asks for them.
pub(super) async fn dossier(w: &World) -> Result<Arc<Dossier>, Stop> {
    let fresh = AtomicBool::new(false);
    if !w.shared().dossier.initialized() {
        w.turn().await;
    }
    let made = w.shared().dossier.get_or_try_init(|| async {
        fresh.store(true, Ordering::Relaxed);
        fetch_all(w).await.map(Arc::new)
    });
    let dossier = Arc::clone(made.await?);
    if !fresh.into_inner() {
        let purpose = "de antwoorden op alle zoekvragen zijn in deze uitvoering al opgehaald";
        w.recorder.observe("reuse", purpose, json!({ "exchanges": dossier.exchanges() }))?;
    }
    Ok(dossier)
}

async fn fetch_all(w: &World) -> Result<Dossier, Stop> {
    let _all = w.recorder.for_all();
    let bsn = w.bsn_for("complete")?;
    let fetch = |section: &'static Section| {
        let bsn = bsn.clone();
        async move {
            let purpose = format!("BgZ-zoekvraag {}", section.name);
            let mut found = fetch_pages(w, &purpose, &filled(section.search, &bsn)).await?;
            if found.pages.is_empty() && section.resource_type() == "CareTeam" {
                found = fetch_pages(w, &purpose, &without_patient(section.search)).await?;
            }
            Ok::<_, Stop>(Fetched { section, pages: found.pages })
        }
    };
    let sections = stream::iter(&SECTIONS).map(fetch).buffered(ABREAST).try_collect().await?;
    Ok(Dossier { bsn, base: w.run.product.endpoints.fhir_base.clone(), sections })
}

/// A search with all its pages.
pub(super) async fn fetch_pages(w: &World, purpose: &str, path: &str) -> Result<Pages, Stop> {
    let mut request = w.authorised(Party::A, purpose, "GET", path).await?;
    let base = w.run.fhir_url("").unwrap_or_else(|| request.url.clone());
    let mut seen = BTreeSet::from([request.url.to_string()]);
    let mut pages = Vec::new();
    loop {
        let answer = w.http(request).await?;
        let Some(bundle) = bundle::searchset(&answer) else {
            return Ok(Pages { pages, end: End::Broken(bundle::describe(&answer)) });
        };
        let next = paging::next(bundle, &base, &mut seen);
        pages.push(Page { exchange: answer.id.clone(), bundle: bundle.clone() });
        match next {
            Ok(_) if pages.len() == MOST_PAGES => return Ok(Pages { pages, end: End::TooMany }),
            Ok(url) => request = at(w, &format!("{purpose}, volgende pagina"), url).await?,
            Err(end) => return Ok(Pages { pages, end }),
        }
    }
}

/// An authorised request for an address the product gave.
async fn at(w: &World, purpose: &str, url: Url) -> Result<Request, Stop> {
    let mut request = w.bare(Party::A, purpose, "GET", "")?;
    request.url = url;
    if !w.run.uses_tokens() {
        return Ok(request);
    }
    let token = w.token_of(Party::A).await?;
    Ok(w.with_token(request, &token, Party::A))
}
