//! Who asks for a token, and what the client says about itself: one claim wrong, or another way to authenticate.

use cucumber::{given, when};
use keur_evidence::{Step, Stop};
use keur_probes::oauth::{TokenRequest, URA_SYSTEM, basic};
use serde_json::Value;

use crate::{World, run::Party, sentences::tokens};

/// A client assertion that expired this long ago is expired whatever the skew, in seconds.
const LONG_AGO: i64 = 600;

/// An address that is nobody's.
pub(super) fn elsewhere(w: &World) -> String {
    w.made_up("https://elders.example", |draw| format!("https://{}.example", draw.letters(10)))
}

#[when(expr = "een token wordt gevraagd met een verklaring {string}")]
async fn claim(w: &mut World, case: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    misstate(w, &mut request, &case)?;
    tokens::ask(w, &request, &format!("tokenaanvraag met een clientverklaring {case}")).await
}

/// One claim of the assertion wrong, or left out.
pub(super) fn misstate(w: &World, request: &mut TokenRequest, case: &str) -> Result<(), Stop> {
    let now = w.run.seam.now().unix_timestamp();
    let elsewhere = elsewhere(w);
    let claims = request.assertion.as_mut().map(|jwt| &mut jwt.claims);
    let claims = claims.ok_or_else(|| w.recorder.broken("er is geen clientverklaring"))?;
    let mut set = |name: &str, value: Value| drop(claims.insert(name.to_owned(), value));
    match case {
        "met een andere iss" => set("iss", elsewhere.into()),
        "met een andere aud" => set("aud", format!("{elsewhere}/oauth/token").into()),
        "die is verlopen" => {
            set("iat", (now - LONG_AGO - 60).into());
            set("exp", (now - LONG_AGO).into());
        }
        other => match other.strip_prefix("zonder ") {
            Some(name) if claims.contains_key(name) => drop(claims.remove(name)),
            _ => return Err(w.recorder.broken(&format!("onbekend soort verklaring {other:?}"))),
        },
    }
    Ok(())
}

#[when(expr = "de client zich bij het tokenadres aanmeldt met {string}")]
async fn other_authentication(w: &mut World, case: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    let declared = w.run.product.identity.party_a.as_ref().and_then(|party| party.client_id.clone());
    let client = declared.ok_or_else(|| w.recorder.not_declared("[identity.party_a] client_id"))?;
    let secret = w.recorder.uuid();
    w.run.seam.redactor().learn(&secret);
    match case.as_str() {
        "een wachtwoord in de kop" => {
            request.assertion = None;
            request.headers.push(("Authorization".to_owned(), basic(&client, &secret)));
        }
        "een wachtwoord in het formulier" => {
            request.assertion = None;
            request.extra.push(("client_id".to_owned(), client));
            request.extra.push(("client_secret".to_owned(), secret));
        }
        "alleen een client_id" => {
            request.assertion = None;
            request.extra.push(("client_id".to_owned(), client));
        }
        "niets" => request.assertion = None,
        "een verklaring van een ander soort" => {
            "urn:ietf:params:oauth:client-assertion-type:saml2-bearer"
                .clone_into(&mut request.assertion_type);
        }
        other => return Err(w.recorder.broken(&format!("onbekende aanmelding {other:?}"))),
    }
    tokens::ask(w, &request, &format!("tokenaanvraag: aanmelden met {case}")).await
}

#[when(expr = "een token wordt gevraagd met het URA-nummer van {string}")]
async fn other_ura(w: &mut World, whose: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    pose(w, &mut request, &whose)?;
    tokens::ask(w, &request, &format!("tokenaanvraag met het URA-nummer van {whose}")).await
}

/// The number of another organisation in the authorization details.
pub(super) fn pose(w: &World, request: &mut TokenRequest, whose: &str) -> Result<(), Stop> {
    let product = &w.run.product;
    let ura = match whose {
        "een andere organisatie" => product.identity.party_b.as_ref().and_then(|party| party.ura.clone()),
        "de bron zelf" => product.oauth.as_ref().and_then(|oauth| oauth.organization.clone()),
        other => return Err(w.recorder.broken(&format!("onbekende organisatie {other:?}"))),
    };
    let ura = ura.ok_or_else(|| w.recorder.not_declared("[identity.party_b] ura"))?;
    set_detail(w, request, "subject_organization_id", Some(format!("{URA_SYSTEM}|{ura}").into()))
}

/// Changes one member of the authorization details, or leaves it out.
pub(super) fn set_detail(
    w: &World,
    request: &mut TokenRequest,
    name: &str,
    value: Option<Value>,
) -> Result<(), Stop> {
    let detail =
        request.details.as_mut().and_then(|details| details.get_mut(0)).and_then(Value::as_object_mut);
    let detail = detail.ok_or_else(|| w.recorder.broken("er zijn geen authorization_details"))?;
    match value {
        Some(value) => drop(detail.insert(name.to_owned(), value)),
        None => drop(detail.remove(name)),
    }
    Ok(())
}

#[given("een geslaagde tokenaanvraag door een tweede organisatie")]
async fn second_granted(w: &mut World) -> Step {
    tokens::control(w, Party::B).await
}

#[when("de tweede organisatie een token vraagt over de verbinding van de eerste")]
async fn over_another_connection(w: &mut World) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::B)?;
    let identity = w.run.tls_identity(Party::A);
    if request.identity == identity {
        return Err(w.recorder.not_declared("[identity.party_b] certificate"));
    }
    identity.clone_into(&mut request.identity);
    tokens::ask(w, &request, "tokenaanvraag van de ene organisatie met het certificaat van de andere").await
}
