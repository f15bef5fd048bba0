//! Localisation: we play index, pseudonym service, directory and sources.

use std::sync::Arc;

use cucumber::{given, then, when};
use keur_counterparty::{
    Routes,
    directory::Directory,
    nvi::{self, Index, Pseudonyms, Source, Sources, State},
};
use keur_evidence::{Step, heard::Heard};
use keur_probes::functions::localisation::{self, Registration};
use serde_json::{Value, json};

use super::{dated, told};
use crate::World;

/// The category of data that is registered and looked for.
const CATEGORY: &str = "MedicationRequest";
/// The URAs of the sources we play.
const SOURCES: [&str; 3] = ["11111111", "22222222", "33333333"];

#[given("een verwijsindex, een pseudoniemendienst en bronnen van Keur")]
async fn services(w: &mut World) -> Step {
    let pseudonyms = Pseudonyms::new(&w.recorder.uuid());
    w.kept.functions.pseudonyms = Some(pseudonyms.clone());
    let index = Index::new(State::Knows(Vec::new()), pseudonyms.clone());
    let (sources, directory) = (Sources::default(), Directory::new(&dated(w)?));
    let routes = Routes::new()
        .at("/prs", pseudonyms)
        .at("/nvi", index.clone())
        .at("/adresboek", directory.clone())
        .at("/bron", sources.clone());
    let base = w.desk("verwijsindex", Arc::new(routes)).await?;
    for ura in SOURCES {
        directory.publish(&format!("Organization/{ura}"), super::addressing::organisation(ura, &[ura]));
        let address = format!("{base}/bron/{ura}/fhir");
        directory.publish(&format!("Endpoint/{ura}"), super::addressing::endpoint(&address, "FHIR"));
    }
    let played = &mut w.kept.functions;
    (played.index, played.sources, played.directory) = (Some(index), Some(sources), Some(directory));
    played.base = base;
    Ok(())
}

/// Has the product do something with the test patient; what it asked is kept.
async fn act(w: &mut World, action: &str, person: &str, enough: impl Fn(&[Heard]) -> bool) -> Step {
    let base = w.kept.functions.base.clone();
    let about = json!({
        "bsn": w.bsn_for("complete")?, "category": CATEGORY,
        "nvi": format!("{base}/nvi"), "prs": format!("{base}/prs"), "directory": format!("{base}/adresboek"),
        "connection_type": super::addressing::CONNECTION, "fhir_version": super::addressing::VERSION,
    });
    let said = w.trigger(action, about, person).await?;
    let heard = w.heard(person, enough).await?;
    let played = &mut w.kept.functions;
    (played.said, played.heard) = (Some(said), heard);
    Ok(())
}

fn noted(calls: &[Heard], name: &str) -> bool {
    calls.iter().any(|one| one.notes[name].as_array().is_some_and(|ids| !ids.is_empty()))
}

#[given("het product heeft de testpatiënt aangemeld bij de verwijsindex")]
#[when("het product de testpatiënt aanmeldt bij de verwijsindex")]
async fn registers(w: &mut World) -> Step {
    let person = "meld deze patiënt met deze soort gegevens aan bij de verwijsindex";
    act(w, "localisation-register", person, |calls| noted(calls, "created")).await
}

#[when("de patiënt de toestemming voor die aanmelding intrekt")]
async fn withdraws(w: &mut World) -> Step {
    let person = "trek de toestemming van deze patiënt in, zodat de aanmelding verdwijnt";
    act(w, "localisation-withdraw", person, |calls| noted(calls, "deleted")).await
}

#[when(expr = "het product gegevens zoekt bij {int} bronnen, waarvan er {int} niet antwoorden")]
async fn finds(w: &mut World, count: usize, down: usize) -> Step {
    find_where(w, count, down, Source::Down).await
}

#[when(expr = "het product gegevens zoekt bij {int} bronnen, waarvan er {int} halverwege afbreken")]
async fn finds_half(w: &mut World, count: usize, down: usize) -> Step {
    find_where(w, count, down, Source::Half).await
}

/// The first sources fail in this way, the others have something.
async fn find_where(w: &mut World, count: usize, down: usize, failing: Source) -> Step {
    let named = &SOURCES[..count.min(SOURCES.len())];
    let played = &mut w.kept.functions;
    let mut total = 0;
    for (at, ura) in named.iter().enumerate() {
        // The first ones are down: whoever stops there misses the rest.
        let source = if at < down { failing } else { Source::Has(at + 1) };
        total += if at < down { 0 } else { at as u64 + 1 };
        if let Some(sources) = &played.sources {
            sources.set(ura, source);
        }
    }
    if let Some(index) = &played.index {
        index.set(State::Knows(named.iter().map(|ura| (*ura).to_owned()).collect()));
    }
    played.expected = (named.to_vec(), total, down > 0);
    let wanted = named.len();
    let searched = move |calls: &[Heard]| {
        calls.iter().any(|one| one.path == "/nvi/List") && localisation::asked_sources(calls).len() >= wanted
    };
    act(w, "localisation-find", "zoek gegevens van deze soort over deze patiënt", searched).await
}

#[when("het product gegevens zoekt terwijl de verwijsindex niet antwoordt")]
async fn finds_nothing(w: &mut World) -> Step {
    if let Some(index) = &w.kept.functions.index {
        index.set(State::Down);
    }
    w.kept.functions.expected = (Vec::new(), 0, true);
    let searched = |calls: &[Heard]| calls.iter().any(|one| one.path.starts_with("/nvi"));
    act(w, "localisation-find", "zoek gegevens van deze soort over deze patiënt", searched).await
}

#[when("het product gegevens zoekt terwijl de pseudoniemendienst niet antwoordt")]
async fn finds_nobody(w: &mut World) -> Step {
    if let Some(pseudonyms) = &w.kept.functions.pseudonyms {
        pseudonyms.fail();
    }
    let asked = |calls: &[Heard]| {
        calls.iter().any(|one| one.path.starts_with("/prs") || one.path.starts_with("/nvi"))
    };
    act(w, "localisation-find", "zoek gegevens van deze soort over deze patiënt", asked).await?;
    // To a product that asks the service nothing, nothing is down.
    let outage = w.kept.functions.heard.iter().any(|one| one.path.starts_with("/prs"));
    w.kept.functions.expected = (Vec::new(), 0, outage);
    Ok(())
}

#[then(
    "noemt de aanmelding de bronhouder, de soort gegevens, de patiënt en de aanmelder, en niets wat niet mag"
)]
async fn registration(w: &mut World) -> Step {
    let custodian = w.run.product.counterparty.as_ref().and_then(|declared| declared.client_ura.clone());
    let custodian = custodian.ok_or_else(|| w.recorder.not_declared("[counterparty] client_ura"))?;
    let wanted = Registration { custodian: &custodian, category: CATEGORY };
    w.recorder.expect_all(localisation::registration(&w.kept.functions.heard, wanted))
}

#[then("staat de patiënt niet meer in de verwijsindex")]
async fn withdrawn(w: &mut World) -> Step {
    w.recorder.expect(localisation::withdrawn(&w.kept.functions.heard))
}

#[then("vraagt het product elke bron die de verwijsindex noemt")]
async fn all_asked(w: &mut World) -> Step {
    let played = &w.kept.functions;
    w.recorder.expect(localisation::all_asked(&played.heard, &played.expected.0))
}

#[then("toont het product precies wat er is en waarschuwt het alleen bij uitval")]
async fn shows(w: &mut World) -> Step {
    let (_, total, outage) = w.kept.functions.expected;
    let shown: Value = told(w)?.clone();
    w.recorder.expect_all(localisation::shows(&shown, !outage, total))
}

#[then("is elke zoekvraag aan de verwijsindex begrensd")]
async fn bounded(w: &mut World) -> Step {
    w.recorder.expect(localisation::bounded(&w.kept.functions.heard))
}

#[then("was elk pseudoniem vers van de pseudoniemendienst")]
async fn fresh(w: &mut World) -> Step {
    w.recorder.expect(localisation::fresh(&w.kept.functions.heard))
}

#[then("bevat geen verzoek aan de verwijsindex of de pseudoniemendienst het BSN")]
async fn without_number(w: &mut World) -> Step {
    let bsn = w.bsn_for("complete")?;
    w.recorder.expect(localisation::without_number(&w.kept.functions.heard, &bsn))
}

/// The category as a coding of a payload.
pub(super) fn category() -> Value {
    json!({ "system": nvi::CATEGORIES, "code": CATEGORY })
}
