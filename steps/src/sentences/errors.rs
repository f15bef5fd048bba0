//! Errors, and what answers tell about the technology behind them.

use cucumber::{then, when};
use keur_evidence::{Check, Step, Stop, draw::Draw};
use keur_probes::{
    fhir::{bundle, outcome},
    headers, http,
};

use super::api::{ask, no_such_id, no_such_type, search_with};
use crate::World;

#[then("noemt geen enkel antwoord de gebruikte software")]
async fn silent(w: &mut World) -> Step {
    let checks: Vec<Check> = w.answers.iter().map(headers::silent_about_technology).collect();
    w.recorder.expect_all(checks)
}

#[when("naar een resourcetype wordt gevraagd dat niet bestaat")]
async fn unknown_type(w: &mut World) -> Result<(), Stop> {
    let path = format!("{}?_count=1", no_such_type(w, "KeurProef"));
    ask(w, "resourcetype dat niet bestaat", "GET", &path, None).await.map(drop)
}

#[when("naar een resource wordt gevraagd die niet bestaat")]
async fn unknown_id(w: &mut World) -> Result<(), Stop> {
    let path = format!("Patient/{}", no_such_id(w));
    ask(w, "resource die niet bestaat", "GET", &path, None).await.map(drop)
}

/// FHIR lets a server pass over a parameter it does not know; then there is no wrong value to refuse. A date before
/// everybody's birth tells: whoever is found all the same was not searched for by date.
#[when("een zoekvraag met een onmogelijke datum wordt gedaan")]
async fn bad_value(w: &mut World) -> Step {
    let day =
        |draw: &mut Draw| format!("1{}-0{}-1{}", 700 + draw.below(150), 1 + draw.below(9), draw.below(10));
    let path = search_with(w, &format!("birthdate={}", w.made_up("1800-01-01", day)))?;
    let answer = ask(w, "zoekvraag met een datum waarop niemand is geboren", "GET", &path, None).await?;
    if bundle::searchset(&answer).is_some_and(|set| bundle::matches(set).next().is_some()) {
        let detail = "het product laat de zoekparameter birthdate ongebruikt, zoals FHIR toestaat";
        let predicate = "het product verwerkt de zoekparameter birthdate";
        let declared = "een zoekvraag met een geboortedatum van eeuwen terug geeft toch resultaten";
        return Err(w.recorder.inapplicable(predicate, declared, &answer.id, detail));
    }
    let value = w.made_up("geen-datum", |draw| draw.letters(9));
    let path = search_with(w, &format!("birthdate={value}"))?;
    ask(w, "zoekvraag met een onmogelijke datum", "GET", &path, None).await.map(drop)
}

#[then("krijgt de fout een status van 400 tot en met 499")]
async fn client_error(w: &mut World) -> Step {
    let check = http::client_error(w.answer()?);
    w.recorder.expect(check)
}

#[then("legt een OperationOutcome de fout uit")]
async fn explained(w: &mut World) -> Step {
    let check = outcome::explained(w.answer()?);
    w.recorder.expect(check)
}
