//! Patients, the positive control, and refusal: the sentences every norm uses.

use cucumber::{given, then, when};
use keur_evidence::{Step, Stop};
use keur_probes::http;

use crate::{World, run::Party};

/// The test patients by their Dutch name in the features.
pub(super) fn purpose(name: &str) -> Option<&'static str> {
    Some(match name {
        "volledig" => "complete",
        "ander" => "other",
        "leeg" => "empty",
        "zonder toestemming" => "no_consent",
        "afgeschermd" => "restricted",
        "onbekend" => "unknown",
        _ => return None,
    })
}

#[given("een testpatiënt van wie het product gegevens beschikbaar stelt")]
async fn served_patient(w: &mut World) -> Step {
    w.patient = Some("complete");
    w.patient_for("complete").map(drop)
}

#[given(expr = "de testpatiënt {string}")]
async fn named_patient(w: &mut World, name: String) -> Step {
    let found =
        purpose(&name).ok_or_else(|| w.recorder.broken(&format!("onbekende testpatiënt {name:?}")))?;
    w.patient = Some(found);
    w.patient_for(found).map(drop)
}

#[given("een geslaagde opvraging met certificaat en token")]
#[given("een geslaagde opvraging")]
async fn control(w: &mut World) -> Step {
    w.control(Party::A).await
}

#[when("dezelfde opvraging zonder token wordt gedaan")]
async fn without_token(w: &mut World) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    let request = w.bare(Party::A, "opvraging met certificaat, zonder token", "GET", &search)?;
    w.send(request).await.map(drop)
}

#[then(expr = "wordt de opvraging geweigerd met status {int}")]
async fn refused_with(w: &mut World, status: u16) -> Step {
    let check = http::status(w.answer()?, status);
    w.recorder.expect(check)
}

#[then("wordt de opvraging geweigerd")]
async fn refused(w: &mut World) -> Step {
    w.expect_refused().await
}

#[then("bevat het antwoord geen patiëntgegevens")]
async fn no_patient_data(w: &mut World) -> Step {
    let marks: Vec<String> = w.bsn_for(w.purpose()).into_iter().collect();
    let check = http::no_patient_data(w.answer()?, &marks);
    w.recorder.expect(check)
}
