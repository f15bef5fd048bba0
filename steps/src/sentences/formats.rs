//! Forms of an answer: JSON, XML, compression, and how they are labelled.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason};
use keur_probes::{
    encoding,
    fhir::canonical,
    headers::{self, Form},
    http, json_strict,
};
use serde_json::json;

use super::api::{ask, no_such_id, no_such_type};
use crate::{World, run::Party};

const JSON: &str = "application/fhir+json";
const XML: &str = "application/fhir+xml";

#[given("een ongecomprimeerd antwoord dat groot genoeg is om te comprimeren")]
async fn large_answer(w: &mut World) -> Step {
    w.answers.clear();
    let purpose = "opvraging zonder compressie";
    for path in [w.patient_search(w.purpose())?, "metadata".to_owned()] {
        let answer = ask(w, purpose, "GET", &path, Some(("Accept-Encoding", "identity"))).await?;
        let size = answer.response().filter(|response| response.status == 200).map_or(0, |r| r.bytes().len());
        if size >= encoding::WORTH_COMPRESSING {
            w.facts.insert("path", json!(path));
            return w.recorder.expect(http::status(&answer, 200));
        }
    }
    let detail = "geen van de antwoorden is groot genoeg om te comprimeren";
    Err(w.recorder.cannot_tell(Reason::NoData, "small_answers", detail))
}

#[when(expr = "dezelfde opvraging met Accept-Encoding {string} wordt gedaan")]
async fn with_encoding(w: &mut World, wanted: String) -> Result<(), Stop> {
    let path = w.facts.get("path").and_then(|path| path.as_str()).unwrap_or_default().to_owned();
    let purpose = format!("opvraging met compressie {wanted}");
    ask(w, &purpose, "GET", &path, Some(("Accept-Encoding", &wanted))).await.map(drop)
}

#[then(expr = "is het antwoord met {string} gecomprimeerd en uitgepakt gelijk")]
async fn compressed(w: &mut World, wanted: String) -> Step {
    match w.answers.as_slice() {
        [.., plain, packed] => w.recorder.expect_all(encoding::compressed(plain, packed, &wanted)),
        _ => Err(w.recorder.broken("er zijn nog geen twee antwoorden om te vergelijken")),
    }
}

#[then("is het antwoord niet gecomprimeerd")]
async fn plain(w: &mut World) -> Step {
    let check = encoding::plain(w.answer()?);
    w.recorder.expect(check)
}

/// A good answer, the description and an error: the kinds of answers every server has.
#[when("verschillende soorten antwoorden worden opgevraagd")]
async fn several(w: &mut World) -> Result<(), Stop> {
    w.answers.clear();
    let search = w.patient_search(w.purpose())?;
    let unknown = format!("Patient/{}", no_such_id(w));
    let no_type = format!("{}?_count=1", no_such_type(w, "KeurProef"));
    for (purpose, path) in [
        ("opvraging", search.as_str()),
        ("beschrijving van de API", "metadata"),
        ("resource die er niet is", &unknown),
        ("resourcetype dat er niet is", &no_type),
    ] {
        ask(w, purpose, "GET", path, None).await?;
    }
    Ok(())
}

#[then("is elk JSON-antwoord geldige JSON")]
async fn valid_json(w: &mut World) -> Step {
    let is_json = |media: String| media.ends_with("json");
    let checks: Vec<Check> = w
        .answers
        .iter()
        .filter(|answer| answer.response().is_none_or(|response| is_json(response.media_type())))
        .map(json_strict::strict)
        .collect();
    if checks.is_empty() {
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_json", "geen enkel antwoord is JSON"));
    }
    w.recorder.expect_all(checks)
}

#[then("klopt het Content-Type van elk antwoord")]
async fn right_types(w: &mut World) -> Step {
    let checks: Vec<Check> = w.answers.iter().map(headers::content_type).collect();
    w.recorder.expect_all(checks)
}

#[when(expr = "{string} in JSON en in XML wordt opgevraagd")]
async fn both_forms(w: &mut World, what: String) -> Step {
    w.answers.clear();
    let path = match what.as_str() {
        "de patiënt" => w.patient_search(w.purpose())?,
        "de beschrijving" => "metadata".to_owned(),
        other => return Err(w.recorder.broken(&format!("onbekend om in twee vormen te vragen: {other:?}"))),
    };
    let answer = ask(w, "opvraging in JSON", "GET", &path, Some(("Accept", JSON))).await?;
    w.recorder.expect(http::status(&answer, 200))?;
    ask(w, "dezelfde opvraging in XML", "GET", &path, Some(("Accept", XML))).await.map(drop)
}

#[then("bevatten JSON en XML dezelfde gegevens")]
async fn same_data(w: &mut World) -> Step {
    match w.answers.as_slice() {
        [json, xml] => {
            let check = canonical::same_in_xml(json, xml);
            w.recorder.expect(check)
        }
        _ => Err(w.recorder.broken("er zijn nog geen twee antwoorden om te vergelijken")),
    }
}

#[when(expr = "dezelfde opvraging met Accept {string} wordt gedaan")]
async fn with_accept(w: &mut World, media: String) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    let purpose = format!("opvraging met Accept {media}");
    ask(w, &purpose, "GET", &search, Some(("Accept", &media))).await.map(drop)
}

#[then(expr = "is het antwoord in {word}")]
async fn in_form(w: &mut World, form: String) -> Step {
    let form = match form.as_str() {
        "JSON" => Form::Json,
        "XML" => Form::Xml,
        other => return Err(w.recorder.broken(&format!("onbekende vorm: {other:?}"))),
    };
    let check = headers::form(w.answer()?, form);
    w.recorder.expect(check)
}

#[then("weigert het product de gevraagde vorm met status 406")]
async fn form_refused(w: &mut World) -> Step {
    let check = http::status(w.answer()?, 406);
    w.recorder.expect(check)
}

#[when("een zoekvraag als platte tekst wordt gestuurd")]
async fn plain_text(w: &mut World) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    let (kind, query) = search.split_once('?').unwrap_or((&search, ""));
    let purpose = "zoekvraag met Content-Type text/plain";
    let request = w.authorised(Party::A, purpose, "POST", &format!("{kind}/_search")).await?;
    w.send(request.content("text/plain", query).exactly()).await.map(drop)
}

#[then("weigert het product de verkeerde soort invoer")]
async fn kind_refused(w: &mut World) -> Step {
    let check = headers::kind_refused(w.answer()?);
    w.recorder.expect(check)
}
