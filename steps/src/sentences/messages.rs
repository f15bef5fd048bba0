//! Signed messages, sent to a product that takes them.

use cucumber::{given, then, when};
use keur_catalogue::product::{SignatureForm, Signing};
use keur_evidence::{Check, Step, Stop, http::Request};
use keur_probes::{
    http,
    jose::SigningKey,
    jws::{self, Flaw, Sealer},
};
use serde_json::{Map, Value, json};
use url::Url;

use crate::{World, material::certificate_key, run::Party};

/// The certificate of an issuer nobody trusts.
const FOREIGN: &str = "hostile.foreign_ca";

/// The form under test; a product that takes none is not asked.
fn signing(w: &World, form: &str) -> Result<(Signing, SignatureForm), Stop> {
    let wanted = match form {
        "om het bericht heen" => SignatureForm::Compact,
        "los van het bericht" => SignatureForm::Detached,
        other => return Err(w.recorder.broken(&format!("onbekende vorm {other:?}"))),
    };
    match &w.run.product.signing {
        Some(signing) if signing.forms.contains(&wanted) => Ok((signing.clone(), wanted)),
        declared => {
            let declared = match declared {
                Some(signing) => format!("[signing] forms: {:?}", signing.forms),
                None => "geen [signing]".to_owned(),
            };
            let facts = json!({ "declared": declared });
            let id = w.recorder.observe("configuration", "ondertekende berichten", facts)?;
            let predicate = format!("het product neemt berichten aan met een handtekening {form}");
            let detail = "het product geeft op dat het zulke berichten niet aanneemt";
            Err(w.recorder.inapplicable(&predicate, &declared, &id, detail))
        }
    }
}

/// A message without anything of a patient.
fn message(w: &World) -> Map<String, Value> {
    let message = json!({
        "resourceType": "Basic",
        "id": w.recorder.uuid(),
        "code": { "text": "toetsbericht" },
    });
    message.as_object().cloned().unwrap_or_default()
}

/// The key and certificate of an identity.
fn sealer<'w>(w: &'w World, name: &str) -> Result<Sealer<'w>, Stop> {
    let missing = || w.recorder.not_declared(&format!("[identity.{name}] certificate en key (P-256)"));
    let key: &SigningKey = w.run.signing_keys.get(&certificate_key(name)).ok_or_else(missing)?;
    let certificate = w.run.seam.identities().leaf(name).ok_or_else(missing)?;
    Ok(Sealer { key, certificate })
}

async fn send(w: &mut World, form: &str, purpose: &str, identity: &str, flaw: Option<Flaw>) -> Step {
    let (signing, form) = signing(w, form)?;
    let sealed = jws::seal(&message(w), &sealer(w, identity)?, flaw);
    let url = Url::parse(&signing.message).map_err(|error| w.recorder.broken(&error.to_string()))?;
    let request = Request::new(purpose, "POST", url, w.run.tls_identity(Party::A));
    let request = match (form, sealed.compact.as_deref(), sealed.detached()) {
        (SignatureForm::Compact, Some(compact), _) => request.content("application/jose", compact),
        (SignatureForm::Detached, _, Some(detached)) => {
            request.content("application/fhir+json", sealed.content).header(&signing.header, &detached)
        }
        _ => request.content("application/fhir+json", sealed.content),
    };
    let request = request.header("X-Request-Id", &w.recorder.uuid()).exactly();
    let request = w.with_own_token(request, Party::A).await?;
    w.send(request).await.map(drop)
}

#[given(expr = "een aangenomen bericht met een handtekening {string}")]
async fn accepted(w: &mut World, form: String) -> Step {
    send(w, &form, "positieve controle: ondertekend bericht", Party::A.name(), None).await?;
    let answer = w.answer()?;
    let taken = answer.response().is_some_and(|response| (200..300).contains(&response.status));
    let check = Check::that(taken, "een status van 200 tot en met 299", answer.describe());
    w.recorder.expect(check.on([answer.id.clone()]))
}

#[when(expr = "hetzelfde bericht met een handtekening {string} wordt gestuurd {string}")]
async fn attacked(w: &mut World, form: String, attack: String) -> Step {
    let (identity, flaw) = match attack.as_str() {
        "met een gewijzigde inhoud" => (Party::A.name(), Some(Flaw::Altered)),
        "zonder handtekening" => (Party::A.name(), Some(Flaw::Unsigned)),
        "met alg none" => (Party::A.name(), Some(Flaw::AlgNone)),
        "met een gewijzigde handtekening" => (Party::A.name(), Some(Flaw::Flipped)),
        "met een andere sleutel dan die van het certificaat" => (Party::A.name(), Some(Flaw::OtherKey)),
        "met het certificaat van een onbekende uitgever" => (FOREIGN, None),
        other => return Err(w.recorder.broken(&format!("onbekende aanval {other:?}"))),
    };
    send(w, &form, &format!("bericht {attack}"), identity, flaw).await
}

#[then("weigert het product het bericht")]
async fn refused(w: &mut World) -> Step {
    let check = http::client_error(w.answer()?);
    w.recorder.expect(check)
}
