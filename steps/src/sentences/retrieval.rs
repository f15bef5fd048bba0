//! A product that retrieves the BgZ: Keur is the source.

use std::sync::Arc;

use cucumber::{given, then, when};
use keur_counterparty::{
    Call, Hostile, Reply, Routes, Script,
    bgz::{self, Failing, Source, Variation},
    oauth::Tokens,
};
use keur_evidence::{Step, Stop, digest::to_hex, event::Reason, heard::Heard};
use keur_probes::retrieval::{self, Shown};
use serde_json::json;

use crate::{World, desk::Said};

/// What a scenario about a retrieving product keeps.
#[derive(Debug, Default)]
pub struct Retrieval {
    /// Where our source is.
    base: String,
    /// The other party: scheme, host and port.
    elsewhere: String,
    /// What the product asked.
    calls: Vec<Heard>,
    /// How often it ended a handshake at the second address.
    turned_away: usize,
    /// What it said of it.
    said: Option<Said>,
    /// The section in which the source is busy at first.
    busy: bool,
}

/// The other party, who should see no token.
struct Stranger;

impl Script for Stranger {
    fn answer(&self, _: &Call) -> Reply {
        Reply::empty(401)
    }
}

fn source(w: &World, variation: Variation) -> Result<Arc<dyn Script>, Stop> {
    let declared = w.run.product.counterparty.as_ref();
    let client = declared.and_then(|declared| declared.client_id.as_deref());
    let client = client.ok_or_else(|| w.recorder.not_declared("[counterparty] client_id"))?;
    if declared.is_some_and(|declared| declared.client_jwks.is_none()) {
        return Err(w.recorder.not_declared("[counterparty] client_jwks"));
    }
    // A replay has no keys and hears nothing new.
    let keys = w.run.client_keys.clone().unwrap_or_default();
    let tokens = Tokens::new(client, keys, &to_hex(&w.recorder.random()));
    Ok(Arc::new(Routes::new().at("", Source::new(&w.bsn_for("complete")?, tokens, variation))))
}

#[given(expr = "een BgZ-bron van Keur waarin {string}")]
async fn keur_is_source(w: &mut World, how: String) -> Step {
    let variation = match how.as_str() {
        "alles is gevuld" => Variation::Whole,
        "alleen de patiënt staat" => Variation::Empty,
        "elk onderdeel drie bladzijden heeft" => Variation::Paged,
        "onbekende elementen staan en de volgorde anders is" => Variation::Additions,
        "het onderdeel Probleem eerst te druk is" => Variation::Busy,
        "het onderdeel Probleem een fout geeft" => Variation::Fails(Failing::Error),
        "het onderdeel Probleem halverwege afbreekt" => Variation::Fails(Failing::Half),
        "het onderdeel Probleem niet antwoordt" => Variation::Fails(Failing::Silent),
        "het onderdeel Probleem meldt dat het niet volledig is" => Variation::Fails(Failing::Outcome),
        "het vervolg van Probleem bij een andere partij staat" => {
            Variation::NextElsewhere(elsewhere(w).await?)
        }
        "het onderdeel Probleem doorstuurt naar een andere partij" => {
            Variation::RedirectElsewhere(elsewhere(w).await?)
        }
        other => return Err(w.recorder.broken(&format!("onbekende bron {other:?}"))),
    };
    w.kept.retrieval.busy = variation == Variation::Busy;
    let source = source(w, variation)?;
    w.kept.retrieval.base = w.desk("bgz", source).await?;
    Ok(())
}

/// An address at another party.
async fn elsewhere(w: &mut World) -> Result<String, Stop> {
    let base = w.desk_hostile(None, "andere partij", Arc::new(Stranger)).await?;
    w.kept.retrieval.elsewhere = origin(&base);
    Ok(format!("{base}/fhir/Condition"))
}

fn origin(address: &str) -> String {
    address.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

/// Has the product retrieve the BgZ at an address.
async fn fetch(w: &mut World, base: &str) -> Step {
    let about = json!({
        "fhir_base": format!("{base}{}", bgz::FHIR),
        "token_endpoint": format!("{base}{}", bgz::TOKEN),
        "scope": "system/*.rs",
        "bsn": w.bsn_for("complete")?,
    });
    w.kept.retrieval.said = Some(w.trigger("bgz", about, "haal nu in het product de BgZ op").await?);
    Ok(())
}

#[given("het product haalt daar de BgZ van de testpatiënt op")]
#[when("het product de BgZ van de testpatiënt ophaalt")]
async fn product_retrieves(w: &mut World) -> Step {
    let base = w.kept.retrieval.base.clone();
    fetch(w, &base).await?;
    let busy = w.kept.retrieval.busy;
    // A product that was told to wait asks again later.
    let enough =
        |calls: &[Heard]| retrieval::sections_asked(calls) == 27 && (!busy || retrieval::asked_again(calls));
    w.kept.retrieval.calls = w.heard("de opvragingen van het product", enough).await?;
    if retrieval::sections_asked(&w.kept.retrieval.calls) == 0 {
        let detail = "het product vroeg wel iets, maar geen onderdeel van de BgZ";
        return Err(w.recorder.cannot_tell(Reason::Precondition, "nothing_retrieved", detail));
    }
    Ok(())
}

#[when(expr = "het product de BgZ moet ophalen bij een bron met {string}")]
async fn product_meets_wrong_certificate(w: &mut World, certificate: String) -> Step {
    let kind = match certificate.as_str() {
        "een verlopen certificaat" => Hostile::Expired,
        "een certificaat van een onbekende uitgever" => Hostile::ForeignCa,
        "een certificaat op naam van een ander" => Hostile::ForeignName,
        other => return Err(w.recorder.broken(&format!("onbekend certificaat {other:?}"))),
    };
    let source = source(w, Variation::Whole)?;
    let base = w.desk_hostile(kind, "bgz", source).await?;
    w.kept.retrieval.elsewhere = origin(&base);
    fetch(w, &base).await?;
    let heard = w.heard_any("verzoeken aan de bron met het verkeerde certificaat").await?;
    w.kept.retrieval.calls = heard.calls;
    w.kept.retrieval.turned_away = heard.turned_away;
    Ok(())
}

#[then("vraagt het product alle 27 onderdelen van de BgZ")]
fn asks_all(w: &mut World) -> Step {
    w.recorder.expect_all(retrieval::whole(&w.kept.retrieval.calls))
}

#[then("noemt elke zoekvraag alleen de testpatiënt")]
fn names_patient(w: &mut World) -> Step {
    w.recorder.expect(retrieval::one_patient(&w.kept.retrieval.calls, &w.bsn_for("complete")?))
}

#[then("bewijst het product met een kort geldige verklaring wie het is")]
fn proves_itself(w: &mut World) -> Step {
    w.recorder.expect_all(retrieval::assertion(&w.kept.retrieval.calls))
}

#[then("toont het product bij elk verzoek het certificaat van zijn organisatie")]
fn shows_certificate(w: &mut World) -> Step {
    let ura = w.run.product.counterparty.as_ref().and_then(|declared| declared.client_ura.as_deref());
    w.recorder.expect(retrieval::certificates(&w.kept.retrieval.calls, ura))
}

#[then("draagt elke zoekvraag het token van de bron in de kop Authorization en nergens anders")]
fn shows_token(w: &mut World) -> Step {
    w.recorder.expect_all(retrieval::tokens(&w.kept.retrieval.calls))
}

#[then("krijgt de andere partij geen token te zien")]
fn token_stays_here(w: &mut World) -> Step {
    let kept = &w.kept.retrieval;
    w.recorder.expect(retrieval::token_only_here(&kept.calls, &kept.elsewhere))
}

#[then("breekt het product de verbinding af zonder iets te vragen")]
fn turns_away(w: &mut World) -> Step {
    let kept = &w.kept.retrieval;
    w.recorder.expect(retrieval::nothing_asked(&kept.calls, &kept.elsewhere, kept.turned_away))
}

#[then("draagt elk verzoek een kenmerk waarmee beide partijen het terugvinden")]
fn is_traceable(w: &mut World) -> Step {
    w.recorder.expect(retrieval::traceable(&w.kept.retrieval.calls))
}

#[then("wacht het product zo lang als de bron vraagt")]
fn waits(w: &mut World) -> Step {
    w.recorder.expect_all(retrieval::waited(&w.kept.retrieval.calls, bgz::RETRY_AFTER_S))
}

/// Nothing is asked of a person whose doing could not tell it.
#[given("een product dat vertelt wat het zijn gebruiker toont")]
#[given("een product dat zelf zegt dat het klaar is")]
fn tells(w: &mut World) -> Step {
    if w.run.product.hooks.trigger.is_some() {
        return Ok(());
    }
    let detail = "wat het product zijn gebruiker toont, en of het klaar is, is alleen te zien als [hooks] trigger is opgegeven; daarom is u hier niets gevraagd";
    Err(w.recorder.cannot_tell(Reason::Precondition, "trigger_missing", detail))
}

/// What the product shows; without it nothing about that can be told.
fn shown(w: &World) -> Result<Shown, Stop> {
    let said = w.kept.retrieval.said.as_ref();
    said.and_then(|said| said.body.as_ref()).and_then(Shown::of).ok_or_else(|| {
        let detail = "het product vertelt niet wat het zijn gebruiker toont: laat [hooks] trigger op `bgz` antwoorden met sections (name, count, complete), warnings en error, zoals de handleiding beschrijft";
        w.recorder.cannot_tell(Reason::Precondition, "not_shown", detail)
    })
}

#[then("toont het product in elk onderdeel alles wat de bron heeft")]
fn shows_all(w: &mut World) -> Step {
    w.recorder.expect_all(retrieval::told(&shown(w)?, &w.kept.retrieval.calls, None))
}

#[then("toont het product in alle andere onderdelen wat de bron heeft")]
fn shows_others(w: &mut World) -> Step {
    w.recorder.expect_all(retrieval::told(&shown(w)?, &w.kept.retrieval.calls, Some(bgz::AT)))
}

#[then("meldt het product dat het onderdeel Probleem niet volledig is")]
fn warns(w: &mut World) -> Step {
    w.recorder.expect(retrieval::incomplete(&shown(w)?, bgz::AT))
}
