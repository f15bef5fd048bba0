//! Credentials of an organisation, and their revocation by the issuer, which we play.

use std::time::Duration;

use cucumber::{given, when};
use keur_evidence::{Step, Stop, event::Reason};
use keur_probes::{
    credentials::{Issuer, presentation},
    jose::SigningKey,
    tokens,
};
use serde_json::json;

use super::{keysets::PATIENCE_S, purposes::claim, tokens as asking};
use crate::{World, run::Party};

/// The name of the issuer as the product knows it.
const ISSUER: &str = "credential_issuer";
/// How long the product may go by a list it already has, in seconds.
const MAX_AGE: &str = "credential_status_max_age_s";
/// Where the credential stands on the list.
const PLACE: usize = 94_567;

/// The issuer and the credential it gave.
pub struct Vouched {
    key: SigningKey,
    /// Its name, which is the address below which it publishes.
    name: String,
    list: String,
    credential: String,
}

impl Vouched {
    fn issuer(&self) -> Issuer<'_> {
        Issuer { name: &self.name, key: &self.key, list: &self.list }
    }
}

fn vouched(w: &World) -> Result<&Vouched, Stop> {
    w.kept.vouched.as_ref().ok_or_else(|| w.recorder.broken("er is nog geen bewijsstuk"))
}

/// From now on the issuer's list says this of the credential.
fn publish(w: &World, revoked: bool) -> Step {
    let declared = claim(w, ISSUER).unwrap_or_default();
    let vouched = vouched(w)?;
    let places: &[usize] = if revoked { &[PLACE] } else { &[] };
    let list = vouched.issuer().status_list(places, w.run.seam.now());
    match &w.run.keys {
        Some(publisher) => {
            publisher.publish(declared, vouched.key.key_set());
            let path = format!("{declared}/{}", vouched.list.rsplit('/').next().unwrap_or_default());
            publisher.publish_at(&path, "application/vc+jwt", list.into());
        }
        // In a replay nobody fetches it.
        None if w.run.seam.replay().is_some() && w.run.product.identity.jwks_listen.is_some() => {}
        None => return Err(w.recorder.not_declared("[identity] jwks_listen")),
    }
    let facts = json!({ "list": vouched.list, "place": PLACE, "revoked": revoked });
    w.recorder.observe("credential_status", "statuslijst van de uitgever", facts).map(drop)
}

async fn show(w: &mut World, purpose: &str) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    let claims = request.assertion.as_mut().map(|jwt| &mut jwt.claims);
    let claims = claims.ok_or_else(|| w.recorder.broken("er is geen clientverklaring"))?;
    claims.insert("vp".to_owned(), presentation(&vouched(w)?.credential));
    asking::ask(w, &request, purpose).await
}

#[given("een organisatie die met een geldig bewijsstuk een token krijgt")]
async fn granted(w: &mut World) -> Step {
    let Some(name) = claim(w, ISSUER).map(str::to_owned) else {
        let declared = format!("geen [claims] {ISSUER}");
        let facts = json!({ "declared": declared });
        let id = w.recorder.observe("configuration", "bewijsstukken", facts)?;
        let detail = "het product geeft op dat het zulke bewijsstukken niet aanneemt";
        let predicate = "het product neemt bewijsstukken (Verifiable Credentials) aan";
        return Err(w.recorder.inapplicable(predicate, &declared, &id, detail));
    };
    // The issuer has one key set for all cases, and this one puts its own key there.
    w.hold(w.run.rotation.clone()).await;
    let base = w.run.product.identity.jwks_base.clone();
    let base = base.ok_or_else(|| w.recorder.not_declared("[identity] jwks_base"))?;
    let party = w.run.product.identity.party_a.as_ref();
    let holder = party.and_then(|party| Some((party.client_id.clone()?, party.ura.clone()?)));
    let (client, ura) =
        holder.ok_or_else(|| w.recorder.not_declared("[identity.party_a] client_id en ura"))?;
    let key = SigningKey::generate().map_err(|error| w.recorder.broken(&error.to_string()))?;
    let name = format!("{base}/{name}");
    let list = format!("{name}/statuslijst-{}", w.recorder.uuid());
    let mut vouched = Vouched { key, name, list, credential: String::new() };
    vouched.credential =
        vouched.issuer().credential(&client, &ura, PLACE, &w.recorder.uuid(), w.run.seam.now());
    w.kept.vouched = Some(vouched);
    publish(w, false)?;
    show(w, "positieve controle: tokenaanvraag met een geldig bewijsstuk").await?;
    let check = tokens::issued(w.answer()?);
    w.recorder.expect(check)
}

#[when("de uitgever dat bewijsstuk intrekt en de organisatie het opnieuw toont")]
async fn revoked(w: &mut World) -> Step {
    let seconds = match claim(w, MAX_AGE) {
        None => 0,
        Some(text) => match text.parse::<u64>() {
            Ok(seconds) if seconds <= PATIENCE_S => seconds,
            _ => {
                let detail = format!("[claims] {MAX_AGE} is {text}; geef een getal tot en met {PATIENCE_S}");
                return Err(w.recorder.cannot_tell(Reason::Configuration, "too_long", &detail));
            }
        },
    };
    publish(w, true)?;
    w.recorder.pause(Duration::from_secs(seconds)).await;
    show(w, "tokenaanvraag met een ingetrokken bewijsstuk").await
}
