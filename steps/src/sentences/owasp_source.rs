//! A FHIR source: resources of a patient one organisation may see, asked by another that knows their ids.

use cucumber::{given, then, when};
use keur_evidence::{Step, event::Reason};
use keur_probes::{
    fhir::{bundle, query::bsn_token},
    http,
};
use serde_json::json;

use crate::{World, run::Party};

/// The kinds whose ids are looked up.
const KINDS: [&str; 3] = ["Condition", "AllergyIntolerance", "Observation"];
/// Resources of one kind that are read.
const EACH: usize = 2;

#[given("een tweede organisatie die van deze patiënt gegevens krijgt")]
async fn second_sees(w: &mut World) -> Step {
    let search = w.patient_search(w.purpose())?;
    let number = bsn_token(&w.bsn_for(w.purpose())?);
    let request = w.authorised(Party::B, "opvraging door wie dat mag", "GET", &search).await?;
    let answer = w.http(request).await?;
    w.recorder.expect_all(bundle::served(&answer))?;
    let mut found = Vec::new();
    let mut remember = |answer: &keur_evidence::http::Answer, kind: &str| {
        let all = bundle::searchset(answer).into_iter().flat_map(bundle::matches);
        let own = all.filter(|resource| resource["resourceType"] == kind);
        let ids = own.filter_map(|resource| resource["id"].as_str()).take(EACH);
        found.extend(ids.map(|id| format!("{kind}/{id}")));
    };
    remember(&answer, "Patient");
    for kind in KINDS {
        let purpose = format!("opvraging van {kind} door wie dat mag");
        let path = format!("{kind}?patient.identifier={number}");
        let request = w.authorised(Party::B, &purpose, "GET", &path).await?;
        remember(&w.http(request).await?, kind);
    }
    if found.is_empty() {
        let detail = "er zijn geen gegevens met een id gevonden";
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_id", detail));
    }
    w.facts.insert("foreign_ids", json!(found));
    Ok(())
}

#[given("de eerste organisatie krijgt van een andere patiënt wel gegevens")]
async fn first_sees(w: &mut World) -> Step {
    let search = w.patient_search("complete")?;
    let request =
        w.authorised(Party::A, "positieve controle: opvraging zoals het hoort", "GET", &search).await?;
    let answer = w.http(request).await?;
    w.recorder.expect_all(bundle::served(&answer))
}

#[when("de eerste organisatie met deze ids leest, zoekt en een bewerking vraagt")]
async fn by_id(w: &mut World) -> Step {
    let found = w.facts.get("foreign_ids").and_then(|ids| ids.as_array()).cloned().unwrap_or_default();
    let mut paths: Vec<String> = found.iter().filter_map(|id| id.as_str().map(str::to_owned)).collect();
    if let Some(patient) = paths.iter().find(|path| path.starts_with("Patient/")).cloned() {
        let id = patient.trim_start_matches("Patient/").to_owned();
        paths.extend(KINDS.map(|kind| format!("{kind}?patient={patient}")));
        paths.extend([
            format!("Patient?_id={id}"),
            format!("Observation/$lastn?patient={patient}"),
            format!("{patient}/$everything"),
        ]);
    }
    for path in paths {
        let purpose =
            format!("{} met het id van een ander", path.split(['?', '/']).next().unwrap_or_default());
        let request = w.authorised(Party::A, &format!("{purpose}: {}", kind_of(&path)), "GET", &path).await?;
        w.send(request).await?;
    }
    Ok(())
}

fn kind_of(path: &str) -> &'static str {
    match path {
        _ if path.contains('$') => "bewerking",
        _ if path.contains('?') => "zoeken",
        _ => "lezen",
    }
}

#[then("bevat geen van die antwoorden gegevens van deze patiënt")]
async fn nothing(w: &mut World) -> Step {
    let marks: Vec<String> = w.bsn_for(w.purpose()).into_iter().collect();
    w.recorder
        .expect_all(w.answers.iter().map(|answer| http::no_patient_data(answer, &marks)).collect::<Vec<_>>())
}
