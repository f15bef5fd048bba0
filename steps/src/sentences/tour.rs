//! What an API answers on a tour by its own document.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason, http::Answer};
use keur_openapi::live::{Aspect, Conformance, dates};
use keur_probes::{headers, leakage, rest};

use crate::{
    World,
    contract::contract,
    tour::{Asked, Kind, Leg, json_of, leg, may_write, readable},
};

/// Adds what a leg asked to what the scenario looks at.
pub(super) async fn go(w: &mut World, which: Leg) -> Result<(), Stop> {
    let asked = leg(w, which).await?;
    w.kept.tour.extend(asked.iter().cloned());
    Ok(())
}

/// The positive control: without a sound answer to a sound question, refusals prove nothing.
#[given("een API die antwoordt op wat is beschreven")]
async fn control(w: &mut World) -> Step {
    let reading = leg(w, Leg::Reading).await?;
    let sound =
        reading.iter().filter(|one| one.kind == Kind::Read).find(|one| json_of(&one.answer).is_some());
    let expected = "ten minste één beschreven vraag met een antwoord in JSON";
    let check = match sound {
        Some(one) => Check::that(true, expected, one.answer.describe()).on([one.answer.id.clone()]),
        None => {
            let seen = reading
                .first()
                .map_or_else(|| "geen enkele vraag te stellen".to_owned(), |one| one.answer.describe());
            Check::that(false, expected, seen).on(reading.iter().take(1).map(|one| one.answer.id.clone()))
        }
    };
    w.recorder.expect(check)
}

#[when("alles wat te lezen is, twee keer wordt gelezen")]
async fn reading(w: &mut World) -> Step {
    go(w, Leg::Reading).await
}

#[when("naar dingen, methoden en vormen wordt gevraagd die er niet zijn")]
async fn absent(w: &mut World) -> Step {
    go(w, Leg::Absent).await
}

#[when("elke operatie onjuiste invoer krijgt")]
async fn invalid(w: &mut World) -> Step {
    go(w, Leg::Invalid).await
}

#[when("de API alle vragen heeft gehad")]
async fn everything(w: &mut World) -> Step {
    for which in [Leg::Reading, Leg::Absent, Leg::Invalid] {
        go(w, which).await?;
    }
    if may_write(w) { go(w, Leg::Writing).await } else { Ok(()) }
}

/// Checks on the answers to what was asked for one reason; without any, nothing can be told.
pub(super) fn each(w: &World, what: &str, pick: impl Fn(&Asked) -> Option<Check>) -> Step {
    let checks: Vec<Check> = w.kept.tour.iter().filter_map(pick).collect();
    if checks.is_empty() {
        let detail = format!("de beschrijving geeft geen aanleiding tot een vraag: {what}");
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_question", &detail));
    }
    w.recorder.expect_all(checks)
}

fn is_error(answer: &Answer) -> bool {
    answer.response().is_some_and(|response| response.status >= 400)
}

#[then("geeft elk pad met een schuine streep erachter status 404")]
async fn slash(w: &mut World) -> Step {
    each(w, "een pad met een schuine streep", |one| {
        (one.kind == Kind::Slash).then(|| rest::unknown(&one.answer))
    })
}

#[then("weigert elk pad een methode die niet is beschreven, en noemt welke het kent")]
async fn methods(w: &mut World) -> Step {
    each(w, "een methode die niet is beschreven", |one| match &one.kind {
        Kind::Undocumented(documented) => Some(rest::method_refused(&one.answer, documented)),
        _ => None,
    })
}

#[then("geeft twee keer lezen hetzelfde")]
async fn safe(w: &mut World) -> Step {
    let tour = &w.kept.tour;
    each(w, "twee keer hetzelfde lezen", |one| {
        let first =
            |url| tour.iter().find(|other| other.kind == Kind::Read && other.answer.request.url == url);
        let again = one.kind == Kind::Again;
        again.then(|| first(one.answer.request.url.clone())).flatten().map(|first| {
            rest::same("twee keer hetzelfde antwoord: lezen verandert niets", &first.answer, &one.answer)
        })
    })
}

#[then("legt elke fout zichzelf uit als problem details")]
async fn problems(w: &mut World) -> Step {
    each(w, "een fout", |one| is_error(&one.answer).then(|| rest::problem(&one.answer)))
}

#[then("krijgt elke onjuiste invoer status 400")]
async fn bad_request(w: &mut World) -> Step {
    each(w, "onjuiste invoer", |one| {
        matches!(one.kind, Kind::Wrong(_)).then(|| rest::bad_request(&one.answer))
    })
}

#[then("weigert de API elke onjuiste invoer")]
async fn refused(w: &mut World) -> Step {
    each(w, "onjuiste invoer", |one| matches!(one.kind, Kind::Wrong(_)).then(|| rest::refused(&one.answer)))
}

#[then("staat er daarna niets anders dan ervoor")]
async fn unchanged(w: &mut World) -> Step {
    let tour = &w.kept.tour;
    each(w, "een lijst voor en na onjuiste invoer", |one| {
        let before = tour.iter().find(|other| other.kind == Kind::Before && other.path == one.path);
        let after = one.kind == Kind::After;
        after.then_some(before).flatten().map(|before| {
            rest::same("dezelfde lijst als voor de onjuiste invoer", &before.answer, &one.answer)
        })
    })
}

#[then("noemt één antwoord alle fouten")]
async fn all_faults(w: &mut World) -> Step {
    each(w, "inhoud met drie fouten", |one| match one.kind {
        Kind::Wrong(faults) if faults >= 3 => Some(rest::all_faults(&one.answer, faults)),
        _ => None,
    })
}

#[then("is de beschrijving zonder inloggen op te halen als openapi.json")]
async fn published(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?.root().value;
    each(w, "de beschrijving zelf", |one| {
        (one.kind == Kind::Document).then(|| rest::published(&one.answer, document))
    })
}

#[then("mag elke website de beschrijving lezen")]
async fn open_to_all(w: &mut World) -> Step {
    each(w, "de beschrijving zelf", |one| {
        (one.kind == Kind::Document).then(|| rest::open_to_all(&one.answer))
    })
}

#[then("noemt elk antwoord de versie van de beschrijving")]
async fn versions(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let version = readable(w, &contract)?.version().unwrap_or_default();
    each(w, "een antwoord", |one| Some(rest::version(&one.answer, version)))
}

#[then("heeft elk antwoord de koppen die beveiligen")]
async fn security_headers(w: &mut World) -> Step {
    each(w, "een antwoord", |one| Some(rest::security_headers(&one.answer)))
}

#[then("verraadt geen antwoord hoe de API is gemaakt")]
async fn hidden(w: &mut World) -> Step {
    each(w, "een antwoord", |one| Some(headers::silent_about_technology(&one.answer)))?;
    let errors = w.kept.tour.iter().filter(|one| is_error(&one.answer));
    let checks: Vec<Check> = errors.flat_map(|one| leakage::silent(&one.answer, &[])).collect();
    if checks.is_empty() { Ok(()) } else { w.recorder.expect_all(checks) }
}

#[then("weigert de API een vorm die zij niet heeft")]
async fn forms(w: &mut World) -> Step {
    each(w, "een vorm die er niet is", |one| match one.kind {
        Kind::Accept => Some(rest::form_refused(&one.answer)),
        Kind::Text => Some(rest::type_refused(&one.answer)),
        _ => None,
    })
}

#[then("is elke datum en elk tijdstip goed geschreven")]
async fn dated(w: &mut World) -> Step {
    let expected = "datums en tijdstippen als 2026-03-02 en 2026-03-02T09:30:00Z";
    each(w, "een antwoord met inhoud", |one| {
        let wrong = dates(json_of(&one.answer)?);
        let observed = wrong.first().map_or_else(
            || "geen die anders is".to_owned(),
            |(at, text)| format!("{} van de waarden anders, als eerste {at}: {text}", wrong.len()),
        );
        Some(Check::that(wrong.is_empty(), expected, observed).on([one.answer.id.clone()]))
    })
}

#[then("slaagt alles wat de beschrijving toelaat")]
async fn accepted(w: &mut World) -> Step {
    each(w, "een beschreven vraag", |one| (one.kind == Kind::Read).then(|| rest::accepted(&one.answer)))
}

#[then("is elke status beschreven")]
async fn statuses(w: &mut World) -> Step {
    conforms(w, Aspect::Status, "een status die de beschrijving noemt").await
}

#[then("is elke soort inhoud beschreven")]
async fn media(w: &mut World) -> Step {
    conforms(w, Aspect::Media, "een soort inhoud die de beschrijving noemt").await
}

#[then("past elk antwoord bij zijn schema")]
async fn contents(w: &mut World) -> Step {
    conforms(w, Aspect::Content, "koppen en inhoud volgens hun schema").await
}

/// Every answer beside the document; a deviation that answers share is told once for each operation.
async fn conforms(w: &mut World, aspect: Aspect, expected: &str) -> Step {
    let contract = contract(w).await?;
    let mut beside = Conformance::new(readable(w, &contract)?);
    let mut checks = Vec::new();
    let mut told = std::collections::BTreeSet::new();
    for one in &w.kept.tour {
        let Some(response) = one.answer.response() else { continue };
        let sent = (response.status, response.headers.as_slice(), response.bytes());
        let name = format!("{} {}", one.method.to_uppercase(), one.path);
        let deviations = beside.deviations((&one.path, &one.method), aspect, sent);
        if deviations.is_empty() {
            let observed = format!("{name}: status {}, zoals beschreven", response.status);
            if told.insert(observed.clone()) {
                checks.push(Check::that(true, expected, observed).on([one.answer.id.clone()]));
            }
        }
        for deviation in deviations {
            let observed = format!("{name}: {} ({})", deviation.message, deviation.place);
            if told.insert(observed.clone()) {
                checks.push(Check::that(false, expected, observed).on([one.answer.id.clone()]));
            }
        }
    }
    if checks.is_empty() {
        return Err(w.recorder.cannot_tell(
            Reason::NoData,
            "no_answer",
            "de API gaf op geen enkele vraag antwoord",
        ));
    }
    w.recorder.expect_all(checks)
}
