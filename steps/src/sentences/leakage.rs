//! What a refusal tells: about the system, and about whether somebody is a patient.

use cucumber::{then, when};
use keur_evidence::{Step, Stop, http::Request};
use keur_probes::{
    fhir::query::{BSN_SYSTEM, bsn_token},
    leakage, uniform,
};
use serde_json::json;
use url::form_urlencoded::byte_serialize;

use crate::{
    World,
    run::Party,
    sentences::{api::no_such_type, basis},
};

#[when(expr = "een onbruikbaar tokenverzoek wordt gestuurd: {string}")]
async fn useless_token_request(w: &mut World, case: String) -> Step {
    let right = w.run.token_request(&w.recorder, Party::A)?;
    let purpose = format!("onbruikbaar tokenverzoek: {case}");
    let request = right.request(&purpose);
    let form = |body: String| request.clone().content("application/x-www-form-urlencoded", body);
    let body = String::from_utf8_lossy(&request.body).into_owned();
    let request = match case.as_str() {
        "een leeg formulier" => form(String::new()),
        "JSON in plaats van een formulier" => request
            .clone()
            .content("application/json", json!({ "grant_type": "client_credentials" }).to_string()),
        "een onbekende grant_type" => {
            form(body.replacen("client_credentials", &w.made_up("onbekend", |draw| draw.letters(9)), 1))
        }
        "een onleesbare clientverklaring" => {
            form(replaced(&body, "client_assertion", "geen.verklaring.hier"))
        }
        "onleesbare authorization_details" => form(replaced(&body, "authorization_details", "[{onleesbaar")),
        "authorization_details van een ander soort" => {
            form(replaced(&body, "authorization_details", "{\"type\":7}"))
        }
        "een onleesbaar DPoP-bewijs" => request.header("DPoP", "geen.bewijs.hier"),
        "een heel lang veld" => form(replaced(&body, "scope", &"x".repeat(20_000))),
        other => return Err(w.recorder.broken(&format!("onbekend tokenverzoek {other:?}"))),
    };
    w.send(request.exactly()).await.map(drop)
}

/// The form with another value for one field.
fn replaced(form: &str, name: &str, value: &str) -> String {
    let fields = url::form_urlencoded::parse(form.as_bytes()).into_owned();
    let mut out = url::form_urlencoded::Serializer::new(String::new());
    for (known, old) in fields {
        let value = if known == name { value } else { &old };
        out.append_pair(&known, value);
    }
    out.finish()
}

#[when(expr = "een onbruikbare opvraging wordt gestuurd: {string}")]
async fn useless_search(w: &mut World, case: String) -> Step {
    let patient = bsn_token(&w.bsn_for(w.purpose())?);
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let identifier =
        |value: &str| format!("Patient?identifier={}", encoded(&format!("{BSN_SYSTEM}|{value}")));
    let word = |usual: &str| w.made_up(usual, |draw| draw.letters(8));
    let path = match case.as_str() {
        "een datum die geen datum is" => {
            format!("Condition?patient.identifier={patient}&_lastUpdated={}", word("geen-datum"))
        }
        "een aantal dat geen getal is" => {
            format!("Condition?patient.identifier={patient}&_count={}", word("veel"))
        }
        "een stukje SQL als waarde" => identifier("' OR '1'='1' --"),
        "een pad als waarde" => identifier("../../../../etc/passwd"),
        "een heel lange waarde" => identifier(&w.made_up(&"9".repeat(4_000), |draw| draw.letters(4_000))),
        "tekens buiten het alfabet" => identifier("\u{0}\u{1f4a9}%00<script>"),
        "een _revinclude zonder betekenis" => {
            format!("Condition?patient.identifier={patient}&_revinclude={}", word("x"))
        }
        "een onbekend resourcetype" => format!("{}?code=x", no_such_type(w, "Bestaatniet")),
        "een verzonnen bladwijzer" => {
            format!("Condition?patient.identifier={patient}&_cursor={}", word("verzonnen"))
        }
        "een onmogelijk id" => "Condition/%20%00".to_owned(),
        other => return Err(w.recorder.broken(&format!("onbekende opvraging {other:?}"))),
    };
    let request = w.authorised(Party::A, &format!("onbruikbare opvraging: {case}"), "GET", &path).await?;
    w.send(request.exactly()).await.map(drop)
}

#[when(expr = "een opvraging wordt gestuurd met {string}")]
async fn useless_token(w: &mut World, case: String) -> Step {
    let search = w.patient_search(w.purpose())?;
    let purpose = format!("opvraging met {case}");
    let request = match case.as_str() {
        "een onleesbaar toegangstoken" => {
            w.bare(Party::A, &purpose, "GET", &search)?.header("Authorization", "DPoP geen.token")
        }
        "een onleesbaar DPoP-bewijs" => {
            let request = w.authorised(Party::A, &purpose, "GET", &search).await?;
            request.header("DPoP", "geen.bewijs.hier")
        }
        other => return Err(w.recorder.broken(&format!("onbekende opvraging {other:?}"))),
    };
    w.send(request).await.map(drop)
}

#[then("verraadt het antwoord niets over het systeem of de patiënt")]
async fn reveals_nothing(w: &mut World) -> Step {
    let marks: Vec<String> = w.bsn_for(w.purpose()).into_iter().collect();
    let checks = leakage::silent(w.answer()?, &marks);
    w.recorder.expect_all(checks)
}

#[when(
    expr = "zonder token eerst naar de testpatiënt {string} en dan naar een onbekende patiënt wordt gevraagd"
)]
async fn both_without_token(w: &mut World, name: String) -> Step {
    // Another case may be changing consent, which decides in a product that asks for no token.
    w.hold(w.run.consent.clone()).await;
    for purpose in both(w, &name)? {
        let search = w.patient_search(purpose)?;
        let why = format!("opvraging zonder token naar {}", said(purpose));
        let request = w.bare(Party::A, &why, "GET", &search)?;
        w.send(request).await?;
    }
    Ok(())
}

#[when(expr = "{string} eerst van de testpatiënt {string} en dan van een onbekende patiënt wordt opgevraagd")]
async fn both_with_token(w: &mut World, kind: String, name: String) -> Step {
    // Another case may be changing consent, which is what decides here.
    w.hold(w.run.consent.clone()).await;
    for purpose in both(w, &name)? {
        let request = clinical(w, &kind, purpose).await?;
        w.send(request).await?;
    }
    Ok(())
}

async fn clinical(w: &World, kind: &str, purpose: &str) -> Result<Request, Stop> {
    let search = format!("{kind}?patient.identifier={}", bsn_token(&w.bsn_for(purpose)?));
    w.authorised(Party::A, &format!("opvraging van {kind} van {}", said(purpose)), "GET", &search).await
}

fn both(w: &World, name: &str) -> Result<[&'static str; 2], Stop> {
    let known =
        basis::purpose(name).ok_or_else(|| w.recorder.broken(&format!("onbekende testpatiënt {name:?}")))?;
    Ok([known, "unknown"])
}

fn said(purpose: &str) -> &'static str {
    if purpose == "unknown" { "een onbekende patiënt" } else { "een bestaande patiënt" }
}

#[then(expr = "zijn de antwoorden over de testpatiënt {string} en de onbekende patiënt gelijk")]
async fn same(w: &mut World, name: String) -> Step {
    let [known, unknown] = both(w, &name)?;
    let (known, unknown) = (w.bsn_for(known)?, w.bsn_for(unknown)?);
    let [.., first, second] = w.answers.as_slice() else {
        return Err(w.recorder.broken("er zijn geen twee antwoorden om te vergelijken"));
    };
    let check = uniform::same((first, &known), (second, &unknown));
    w.recorder.expect(check)
}
