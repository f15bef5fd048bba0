//! What the product says about itself, and whether it does so.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop};
use keur_probes::fhir::{
    bundle,
    capability::{self, Promise},
    outcome, query,
};

use super::api::{ask, first_found, no_such_id};
use crate::{World, run::Party};

/// Most resource types that are tried.
const TYPES: usize = 40;
/// Most resource types whose search parameters are tried, and most parameters of each.
const SAMPLE: usize = 8;
const PARAMETERS: usize = 6;
/// Types that few servers have, to find one that this server does not promise.
const RARE: [&str; 6] =
    ["Linkage", "Basic", "PaymentNotice", "EnrollmentRequest", "Slot", "VisionPrescription"];

/// The promises in the description that was fetched, wherever it stands among the answers.
fn promises(w: &World) -> Result<Vec<Promise>, Stop> {
    let statement = w.answers.iter().find_map(capability::statement);
    let statement = statement.ok_or_else(|| w.recorder.broken("er is nog geen beschrijving opgevraagd"))?;
    Ok(capability::promises(statement))
}

/// The token of the chosen patient, for products that answer for one patient only.
fn bsn_token(w: &World) -> Option<String> {
    w.patient_for(w.purpose()).ok()?.bsn().map(query::bsn_token)
}

/// Makes the requests, strictly: a parameter that is not known may not be passed over.
async fn try_all(w: &mut World, purpose: &str, paths: Vec<String>) -> Result<(), Stop> {
    w.answers.clear();
    for path in paths {
        ask(w, purpose, "GET", &path, Some(("Prefer", "handling=strict"))).await?;
    }
    Ok(())
}

#[when("de beschrijving van de API wordt opgevraagd")]
async fn describe(w: &mut World) -> Result<(), Stop> {
    ask(w, "beschrijving van de API", "GET", "metadata", None).await.map(drop)
}

#[given("een leesbare beschrijving van de API")]
async fn readable(w: &mut World) -> Step {
    let answer = ask(w, "beschrijving van de API", "GET", "metadata", None).await?;
    let count = capability::statement(&answer).map_or(0, |statement| capability::promises(statement).len());
    let observed = format!("{}, {}, {count} resourcetypen", answer.describe(), bundle::describe(&answer));
    let expected = "een CapabilityStatement met ten minste één resourcetype";
    w.recorder.expect(Check::that(count > 0, expected, observed).on([answer.id]))
}

#[then("noemt de beschrijving de naam en versie van het product en de FHIR-versie")]
async fn versioned(w: &mut World) -> Step {
    let checks = capability::versioned(w.answer()?);
    w.recorder.expect_all(checks)
}

#[then("is de beschrijving volledig en van de juiste FHIR-versie")]
async fn described(w: &mut World) -> Step {
    let checks = capability::described(w.answer()?, w.run.fhir);
    w.recorder.expect_all(checks)
}

#[when("van elk beloofd resourcetype iets wordt gevraagd")]
async fn touch_types(w: &mut World) -> Result<(), Stop> {
    let (promises, token, id) = (promises(w)?, bsn_token(w), no_such_id(w));
    let paths = capability::sample(&promises, TYPES);
    let paths = paths.into_iter().filter_map(|promise| promise.touch(token.as_deref(), &id)).collect();
    try_all(w, "beloofd resourcetype", paths).await
}

#[then("kent het product elk van deze resourcetypen")]
async fn types_known(w: &mut World) -> Step {
    let check = capability::known(&w.answers);
    w.recorder.expect(check)
}

#[when("een steekproef van de beloofde zoekparameters wordt gebruikt")]
async fn try_parameters(w: &mut World) -> Result<(), Stop> {
    let (promises, token) = (promises(w)?, bsn_token(w));
    let paths = capability::sample(&promises, SAMPLE);
    let trials = paths
        .into_iter()
        .flat_map(|promise| promise.trials(token.as_deref(), PARAMETERS))
        .map(|(_, path)| path);
    let code = w.made_up(capability::CODE, |draw| draw.letters(10));
    let day = w.made_up(capability::DAY, |draw| {
        format!("20{}-0{}-1{}", 10 + draw.below(15), 1 + draw.below(9), draw.below(10))
    });
    let paths =
        trials.map(|path| path.replace(capability::CODE, &code).replace(capability::DAY, &day)).collect();
    try_all(w, "beloofde zoekparameter", paths).await
}

#[then("werkt elke belofte")]
async fn promises_kept(w: &mut World) -> Step {
    let check = capability::kept(&w.answers);
    w.recorder.expect(check)
}

#[when("iets wordt gevraagd dat niet in de beschrijving staat")]
async fn ask_unpromised(w: &mut World) -> Result<(), Stop> {
    let promises = promises(w)?;
    let described = w.answer()?.id.clone();
    w.control(Party::A).await?;
    let found = first_found(w)?;
    let kind = found.split('/').next().unwrap_or_default();
    let own = promises.iter().find(|promise| promise.kind == kind);
    let offers = |interaction: &str| own.is_some_and(|promise| promise.offers(interaction));
    let mut paths = Vec::new();
    if !offers("history-instance") {
        paths.push(format!("{found}/_history"));
    }
    if !offers("vread") {
        paths.push(format!("{found}/_history/1"));
    }
    let rare = RARE.into_iter().find(|rare| promises.iter().all(|promise| promise.kind != *rare));
    paths.extend(rare.map(|rare| format!("{rare}?_count=1")));
    if paths.is_empty() {
        let detail = "de beschrijving belooft alles wat hier te proberen is";
        let predicate = "er is iets dat de beschrijving niet belooft";
        let declared = "de beschrijving noemt history-instance, vread en alle geprobeerde resourcetypen";
        return Err(w.recorder.inapplicable(predicate, declared, &described, detail));
    }
    w.answers.clear();
    for path in paths {
        ask(w, "iets dat niet is beloofd", "GET", &path, None).await?;
    }
    Ok(())
}

#[then("weigert het product alles wat het niet belooft")]
async fn unpromised_refused(w: &mut World) -> Step {
    let checks: Vec<Check> = w.answers.iter().map(outcome::refuses).collect();
    w.recorder.expect_all(checks)
}
