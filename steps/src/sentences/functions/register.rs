//! A consent register of FHIR resources, played by us: variant `fhir-consent` of the consent profile.

use std::sync::Arc;

use cucumber::{given, when};
use keur_counterparty::{
    consents::{Register, Says, consent, only_for, provision},
    mitz::Answer,
};
use keur_evidence::{Step, Stop, event::Reason};
use keur_probes::{fhir::query::filled, http};
use serde_json::{Value, json};

use crate::{World, run::Party, sentences::consent as facility};

/// The variant in which the source asks for Consents.
const VARIANT: &str = "fhir-consent";
/// Clinical data, beside the Patient itself.
const CLINICAL: &str = "Condition?patient.identifier={bsn}";

/// Whether the source asks for Consents instead of for a decision.
pub(super) fn is_asked(w: &World) -> bool {
    w.run.variant == VARIANT
}

/// The register for the chosen patient.
async fn register(w: &mut World) -> Result<Register, Stop> {
    if let Some(register) = &w.kept.functions.register {
        return Ok(register.clone());
    }
    facility::hold(w).await;
    let bsn = w.bsn_for(w.purpose())?;
    let register = Register::new(Says::Consents(Vec::new()));
    w.desk_at("toestemming", &bsn, Arc::new(register.clone())).await?;
    w.kept.functions.register = Some(register.clone());
    Ok(register)
}

/// What it answers from now on is evidence too, without the number of the patient.
async fn says(w: &mut World, says: Says, described: &str) -> Step {
    let provisions = match &says {
        Says::Consents(all) => all.iter().map(|one| one["provision"].clone()).collect(),
        _ => Vec::new(),
    };
    register(w).await?.set(says);
    let facts = json!({ "says": described, "provisions": provisions });
    w.recorder.observe("consent_facility", "wat het toestemmingsregister voortaan antwoordt", facts).map(drop)
}

/// One answer for everything.
pub(super) async fn answers(w: &mut World, answer: Answer) -> Step {
    let bsn = w.bsn_for(w.purpose())?;
    let one = |provision: Option<Value>| Says::Consents(vec![consent("keuze", &bsn, provision)]);
    let all = match answer {
        Answer::Permit => one(Some(provision(true, None))),
        Answer::Deny => one(Some(provision(false, None))),
        Answer::Indeterminate => one(None),
        Answer::NoChoice => Says::Consents(Vec::new()),
        Answer::Fault => Says::Fault,
        Answer::Silence => Says::Silence,
        Answer::Garbage => Says::Garbage,
    };
    says(w, all, &format!("{answer:?}")).await
}

/// One answer with an exception for a category, or two choices of equal weight about it.
pub(super) async fn choose(w: &mut World, otherwise: Answer, category: &str, answers: &[Answer]) -> Step {
    let bsn = w.bsn_for(w.purpose())?;
    let about = |answer: &Answer| provision(*answer == Answer::Permit, Some(category));
    let all = match answers {
        [one] => {
            let mut base = provision(otherwise == Answer::Permit, None);
            base["provision"] = json!([about(one)]);
            vec![consent("keuze", &bsn, Some(base))]
        }
        several => {
            let numbered = several.iter().enumerate();
            numbered.map(|(at, one)| consent(&format!("keuze-{at}"), &bsn, Some(about(one)))).collect()
        }
    };
    says(w, Says::Consents(all), &format!("{otherwise:?}, {category}: {answers:?}")).await
}

/// A permit that does not count.
fn void(w: &World, name: &str) -> Result<Value, Stop> {
    let bsn = w.bsn_for(w.purpose())?;
    let permit = provision(true, None);
    let with = |key: &str, value: Value| {
        let mut provision = permit.clone();
        provision[key] = value;
        Ok(consent("keuze", &bsn, Some(provision)))
    };
    let status = |status: &str| {
        let mut consent = consent("keuze", &bsn, Some(permit.clone()));
        consent["status"] = status.into();
        Ok(consent)
    };
    match name {
        "ingetrokken" => status("inactive"),
        "per vergissing vastgelegd" => status("entered-in-error"),
        "nog niet bevestigd" => status("draft"),
        "verlopen" => with("period", json!({ "start": "2019-01-01", "end": "2020-12-31" })),
        "nog niet ingegaan" => with("period", json!({ "start": "2999-01-01" })),
        "van een andere patiënt" => Ok(consent("keuze", &w.bsn_for("other")?, Some(permit))),
        "voor een andere organisatie" => {
            let other = Party::B.of(&w.run.product).and_then(|party| party.ura.clone());
            let other = other.ok_or_else(|| w.recorder.not_declared("[identity.party_b] ura"))?;
            Ok(consent("keuze", &bsn, Some(only_for(permit, &other))))
        }
        other => Err(w.recorder.broken(&format!("onbekende toestemming {other:?}"))),
    }
}

#[given("een geslaagde opvraging zonder verwijzing terwijl de enige toestemming geldt voor deze vrager")]
async fn served(w: &mut World) -> Step {
    let bsn = w.bsn_for(w.purpose())?;
    let ura = Party::A.of(&w.run.product).and_then(|party| party.ura.clone());
    let ura = ura.ok_or_else(|| w.recorder.not_declared("[identity.party_a] ura"))?;
    let mut permit = only_for(provision(true, None), &ura);
    permit["period"] = json!({ "start": "2020-01-01", "end": "2999-12-31" });
    says(w, Says::Consents(vec![consent("keuze", &bsn, Some(permit))]), "geldig").await?;
    w.control(Party::A).await
}

#[when(
    expr = "een organisatie zonder verwijzing deze patiënt opvraagt terwijl de enige toestemming {string} is"
)]
async fn asked_while_void(w: &mut World, name: String) -> Result<(), Stop> {
    let void = void(w, &name)?;
    says(w, Says::Consents(vec![void]), &name).await?;
    w.answers.clear();
    let bsn = w.bsn_for(w.purpose())?;
    for path in [w.patient_search(w.purpose())?, filled(CLINICAL, &bsn)] {
        let purpose = format!("opvraging terwijl de toestemming {name} is");
        let request = w.authorised(Party::A, &purpose, "GET", &path).await?;
        w.send(request).await?;
    }
    let asked = w.heard("een vraag aan het register", |calls| !calls.is_empty()).await?;
    let ours = asked.iter().any(|one| one.service == "toestemming");
    if !ours || w.answers.iter().any(|answer| answer.reply.is_err()) {
        let detail = "zonder vraag aan het register en een antwoord van het product is niets vast te stellen";
        let silent = w.answers.iter().find_map(|answer| answer.reply.as_ref().err());
        let reason = silent.map_or(Reason::Precondition, |transport| http::reason(transport.failure));
        return Err(w.recorder.cannot_tell(reason, "nothing_came", detail));
    }
    Ok(())
}
