//! What a promise of the CapabilityStatement is worth: reading, versions, conditions and forms.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason, http::Answer};
use keur_probes::{
    fhir::{
        capability::{self, Promise},
        rest::reading,
    },
    headers::{self, Form},
    http,
};
use serde_json::{Value, json};

use super::api::{ask, first_found, no_such_id};
use crate::{World, run::Party};

/// What the product says of itself, with the exchange that tells.
pub(super) async fn described(w: &World) -> Result<(Value, String), Stop> {
    let request = w.authorised(Party::A, "beschrijving van de API", "GET", "metadata").await?;
    let answer = w.recorder.http(request).await?;
    match capability::statement(&answer) {
        Some(statement) => Ok((statement.clone(), answer.id.clone())),
        None => {
            let detail = format!("er is geen leesbare beschrijving: {}", answer.describe());
            Err(w.recorder.cannot_tell(Reason::Precondition, "no_statement", &detail))
        }
    }
}

/// The requirement does not apply: the description, in this exchange, does not promise it.
pub(super) fn not_promised(w: &World, what: &str, exchange: &str) -> Stop {
    let predicate = format!("de beschrijving belooft {what}");
    let detail = format!("de beschrijving belooft niet: {what}");
    w.recorder.inapplicable(&predicate, &format!("niet genoemd: {what}"), exchange, &detail)
}

/// What is promised for a type.
pub(super) fn promise(statement: &Value, kind: &str) -> Option<Promise> {
    capability::promises(statement).into_iter().find(|promise| promise.kind == kind)
}

/// Path of the resource that was read.
fn path(w: &World) -> Result<String, Stop> {
    let found = w.facts.get("resource").and_then(Value::as_str);
    found.map(str::to_owned).ok_or_else(|| w.recorder.broken("er is nog geen resource gelezen"))
}

/// The read that the scenario began with.
fn original(w: &World) -> Result<Answer, Stop> {
    w.answers.first().cloned().ok_or_else(|| w.recorder.broken("er is nog geen resource gelezen"))
}

#[given(expr = "een belofte van {string} voor deze resource")]
async fn promised_here(w: &mut World, interaction: String) -> Result<(), Stop> {
    let path = path(w)?;
    let kind = path.split('/').next().unwrap_or_default();
    let (statement, exchange) = described(w).await?;
    match promise(&statement, kind).is_some_and(|promise| promise.offers(&interaction)) {
        true => Ok(()),
        false => Err(not_promised(w, &format!("{interaction} voor {kind}"), &exchange)),
    }
}

#[when("een gevonden resource op zijn adres wordt gelezen")]
async fn read_found(w: &mut World) -> Result<(), Stop> {
    let path = first_found(w)?;
    w.facts.insert("resource", json!(path));
    ask(w, "resource lezen", "GET", &path, None).await.map(drop)
}

#[then("is het de gevraagde resource en klopt de ETag met de versie")]
async fn is_read(w: &mut World) -> Step {
    let checks = reading::is_read(w.answer()?, &path(w)?);
    w.recorder.expect_all(checks)
}

#[when("dezelfde resource wordt gevraagd door een client die deze versie al heeft")]
async fn known_version(w: &mut World) -> Result<(), Stop> {
    let (path, first) = (path(w)?, original(w)?);
    let Some(tag) = first.response().and_then(|response| response.header("etag").map(str::to_owned)) else {
        let detail = "het product geeft geen ETag, dus een client kan er niet mee vragen";
        let predicate = "het product geeft bij lezen een ETag";
        return Err(w.recorder.inapplicable(predicate, "geen kop ETag", &first.id, detail));
    };
    ask(w, "lezen met de ETag die de client al heeft", "GET", &path, Some(("If-None-Match", &tag)))
        .await
        .map(drop)
}

#[when("dezelfde resource wordt gevraagd door een client die een andere versie heeft")]
async fn other_version(w: &mut World) -> Result<(), Stop> {
    let path = path(w)?;
    let tag = format!("W/\"{}\"", w.made_up("keur-oud", |draw| draw.letters(8)));
    ask(w, "lezen met een ETag van een andere versie", "GET", &path, Some(("If-None-Match", &tag)))
        .await
        .map(drop)
}

#[then("krijgt de client status 304 zonder inhoud, of de resource")]
async fn not_modified(w: &mut World) -> Step {
    let check = reading::not_modified(w.answer()?, &path(w)?);
    w.recorder.expect(check)
}

#[then("krijgt de client de resource")]
async fn modified(w: &mut World) -> Step {
    let check = reading::modified(w.answer()?, &path(w)?);
    w.recorder.expect(check)
}

#[when("de versie die is gelezen apart wordt gevraagd")]
async fn version_again(w: &mut World) -> Result<(), Stop> {
    let (path, first) = (path(w)?, original(w)?);
    let Some(version) = reading::version(&first) else {
        let detail = "de gelezen resource noemt geen versie";
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_version", detail));
    };
    ask(w, "een versie lezen", "GET", &format!("{path}/_history/{version}"), None).await.map(drop)
}

#[then("is die versie gelijk aan wat is gelezen")]
async fn same_version(w: &mut World) -> Step {
    let check = reading::same_content(&original(w)?, w.answer()?);
    w.recorder.expect(check)
}

#[when("een versie wordt gevraagd die er niet is")]
async fn no_such_version(w: &mut World) -> Result<(), Stop> {
    let path = format!("{}/_history/{}", path(w)?, no_such_id(w));
    ask(w, "een versie die er niet is", "GET", &path, None).await.map(drop)
}

#[then("zegt het product dat die versie er niet is")]
async fn version_absent(w: &mut World) -> Step {
    let check = http::client_error(w.answer()?);
    w.recorder.expect(check)
}

#[when("de geschiedenis van deze resource wordt gevraagd")]
async fn history(w: &mut World) -> Result<(), Stop> {
    let path = format!("{}/_history", path(w)?);
    ask(w, "geschiedenis van de resource", "GET", &path, None).await.map(drop)
}

#[then("is het een geschiedenis van nieuw naar oud")]
async fn is_history(w: &mut World) -> Step {
    let checks = reading::is_history(w.answer()?, &path(w)?);
    w.recorder.expect_all(checks)
}

#[then("heeft HEAD de kop van GET, zonder inhoud")]
async fn bodiless(w: &mut World) -> Step {
    let check = reading::bodiless(&original(w)?, w.answer()?);
    w.recorder.expect(check)
}

#[when("dezelfde resource wordt gevraagd met het resourcetype in kleine letters")]
async fn lower_case(w: &mut World) -> Result<(), Stop> {
    let path = path(w)?;
    let (kind, id) = path.split_once('/').unwrap_or((&path, ""));
    let path = format!("{}/{id}", kind.to_lowercase());
    let request = w.authorised(Party::A, "resourcetype in kleine letters", "GET", &path).await?;
    w.send(request.exactly()).await.map(drop)
}

#[when("de beschrijving van de API twee keer wordt opgevraagd")]
async fn described_twice(w: &mut World) -> Result<(), Stop> {
    w.answers.clear();
    for purpose in ["beschrijving van de API", "beschrijving van de API, nog een keer"] {
        ask(w, purpose, "GET", "metadata", None).await?;
    }
    Ok(())
}

#[then("heeft de beschrijving twee keer dezelfde ETag")]
async fn steady(w: &mut World) -> Step {
    match w.answers.as_slice() {
        [first, second] => w.recorder.expect(reading::steady(first, second)),
        _ => Err(w.recorder.broken("er zijn nog geen twee antwoorden om te vergelijken")),
    }
}

#[given("een product dat ook XML kan geven")]
async fn has_xml(w: &mut World) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    let accept = Some(("Accept", "application/fhir+xml"));
    let answer = ask(w, "opvraging in XML", "GET", &search, accept).await?;
    if headers::form(&answer, Form::Xml).holds() {
        return Ok(());
    }
    let detail = "het product geeft geen XML, dus er is geen tweede vorm om te kiezen";
    let declared = "op Accept application/fhir+xml komt geen XML";
    Err(w.recorder.inapplicable("het product geeft JSON en XML", declared, &answer.id, detail))
}

#[when(expr = "in het adres om {word} wordt gevraagd en in de kop Accept om {word}")]
async fn format_parameter(w: &mut World, wanted: String, other: String) -> Result<(), Stop> {
    let path = super::api::search_with(w, &format!("_format={}", wanted.to_lowercase()))?;
    let accept = format!("application/fhir+{}", other.to_lowercase());
    ask(w, "vorm in het adres tegenover Accept", "GET", &path, Some(("Accept", &accept))).await.map(drop)
}

#[when("om een andere FHIR-versie wordt gevraagd")]
async fn other_release(w: &mut World) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    let other = match w.run.fhir {
        keur_catalogue::profile::FhirVersion::Stu3 => "4.0",
        keur_catalogue::profile::FhirVersion::R4 => "3.0",
    };
    let accept = format!("application/fhir+json; fhirVersion={other}");
    ask(w, "opvraging in een andere FHIR-versie", "GET", &search, Some(("Accept", &accept))).await.map(drop)
}

#[then("weigert het product die FHIR-versie")]
async fn release_refused(w: &mut World) -> Step {
    let check: Check = http::status_in(w.answer()?, &[400, 406, 415]);
    w.recorder.expect(check)
}
