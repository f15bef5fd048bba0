//! A sandbox the declaration opens for writing: only patients of our own are written, and removed afterwards.

use cucumber::{given, then};
use keur_evidence::{Check, Step, Stop, draw::Draw, http::Answer};
use keur_probes::fhir::{capability, rest::writing};
use serde_json::{Value, json};

use super::rest::{described, not_promised, promise};
use crate::{World, run::Party};

/// Statuses of a deletion that succeeded.
pub(super) const DELETED: [u16; 3] = [200, 202, 204];

/// What was written, and what a `Dan` will judge.
#[derive(Default)]
pub struct Trial {
    /// Paths to remove.
    made: Vec<String>,
    checks: Vec<Check>,
}

/// A resource of our own.
pub(super) struct Own {
    pub(super) id: String,
    pub(super) mark: String,
}

impl Own {
    pub(super) fn path(&self) -> String {
        format!("Patient/{}", self.id)
    }
}

/// A mark to recognise our own by; letters only, so that nobody takes it for a number of a person.
pub(super) fn mark(w: &World) -> String {
    Draw::new([w.recorder.random().as_slice()]).letters(16)
}

pub(super) fn found_by(mark: &str) -> String {
    format!("Patient?identifier={}%7C{mark}", writing::SYSTEM)
}

pub(super) fn keep(w: &mut World, checks: impl IntoIterator<Item = Check>) {
    w.kept.trial.checks.extend(checks);
}

pub(super) fn clean_up(w: &mut World, path: String) {
    let made = &mut w.kept.trial.made;
    if !made.contains(&path) {
        made.push(path);
    }
}

/// One request to the sandbox.
pub(super) async fn send(
    w: &World,
    purpose: &str,
    method: &str,
    path: &str,
    header: Option<(&str, &str)>,
    body: Option<&Value>,
) -> Result<Answer, Stop> {
    let mut request = w.authorised(Party::A, purpose, method, path).await?;
    if let Some(body) = body {
        request = request.content("application/fhir+json", body.to_string());
    }
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    w.recorder.http(request.exactly()).await
}

/// Creates a patient of our own, and remembers to remove it.
pub(super) async fn create(w: &mut World, mark: &str) -> Result<(Answer, Option<Own>), Stop> {
    let body = writing::patient(mark);
    let answer = send(w, "proefpatiënt maken", "POST", "Patient", None, Some(&body)).await?;
    let own = writing::new_id(&answer).map(|id| Own { id, mark: mark.to_owned() });
    if let Some(own) = &own {
        clean_up(w, own.path());
    }
    Ok((answer, own))
}

pub(super) async fn read(w: &World, path: &str) -> Result<Answer, Stop> {
    send(w, "teruglezen", "GET", path, None, None).await
}

pub(super) async fn update(
    w: &World,
    purpose: &str,
    own: &Own,
    active: bool,
    tag: Option<&str>,
) -> Result<Answer, Stop> {
    let body = writing::changed(&own.mark, &own.id, active);
    send(w, purpose, "PUT", &own.path(), tag.map(|tag| ("If-Match", tag)), Some(&body)).await
}

/// The patient of our own that the scenario began with.
pub(super) fn own(w: &World) -> Result<Own, Stop> {
    let text = |name: &str| w.facts.get(name).and_then(Value::as_str).map(str::to_owned);
    match (text("own"), text("mark")) {
        (Some(id), Some(mark)) => Ok(Own { id, mark }),
        _ => Err(w.recorder.broken("er is nog geen proefpatiënt")),
    }
}

#[given(expr = "een proefomgeving die {string} belooft")]
async fn sandbox(w: &mut World, claims: String) -> Result<(), Stop> {
    let (statement, exchange) = described(w).await?;
    let offered = promise(&statement, "Patient");
    for claim in claims.split(", ") {
        let said = capability::said(&statement, "Patient", claim);
        let holds = match claim {
            "batch" | "transaction" => capability::offers_system(&statement, claim),
            "versioned-update" => {
                capability::said(&statement, "Patient", "versioning").is_some_and(|how| how == claim)
            }
            "conditionalDelete" => said.is_some_and(|how| how == "single" || how == "multiple"),
            "conditionalCreate" | "conditionalUpdate" => said == Some(&Value::Bool(true)),
            _ => offered.as_ref().is_some_and(|promise| promise.offers(claim)),
        };
        if !holds {
            return Err(not_promised(w, &format!("{claim} voor Patient"), &exchange));
        }
    }
    // What is not promised needs no permission to be found out.
    if w.run.product.claims.get("write").is_none_or(|claim| claim != "sandbox") {
        return Err(w.recorder.not_declared("[claims] write = \"sandbox\""));
    }
    for name in ["updateCreate", "conditionalDelete"] {
        let said = capability::said(&statement, "Patient", name).cloned();
        w.facts.insert(name, said.unwrap_or_default());
    }
    Ok(())
}

#[given("een eigen proefpatiënt")]
async fn own_patient(w: &mut World) -> Step {
    let mark = mark(w);
    let (answer, own) = create(w, &mark).await?;
    w.recorder.expect(writing::answered(&answer, &[201], "een proefpatiënt gemaakt"))?;
    let Some(own) = own else { return Err(w.recorder.broken("de proefpatiënt heeft geen id")) };
    w.facts.insert("own", json!(own.id));
    w.facts.insert("mark", json!(own.mark));
    Ok(())
}

#[then("ging elke stap zoals FHIR vraagt")]
async fn as_fhir_asks(w: &mut World) -> Step {
    for path in std::mem::take(&mut w.kept.trial.made) {
        send(w, "opruimen van wat is gemaakt", "DELETE", &path, None, None).await?;
    }
    let checks = std::mem::take(&mut w.kept.trial.checks);
    w.recorder.expect_all(checks)
}
