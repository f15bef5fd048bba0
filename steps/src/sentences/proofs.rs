//! DPoP proofs that are wrong in one respect, and things that are used a second time.

use cucumber::{given, then, when};
use keur_catalogue::product::SenderConstraint;
use keur_evidence::{Step, Stop};
use keur_probes::{
    http,
    jose::{Signer, SigningKey, hash},
    jwks,
    oauth::Proof,
};
use serde_json::Value;
use time::Duration;
use url::Url;

use crate::{World, run::Party, sentences::tokens};

#[given("een token dat met DPoP aan een sleutel is gebonden")]
pub(super) async fn bound(w: &mut World) -> Step {
    let token = w.token_of(Party::A).await?;
    if token.scheme.eq_ignore_ascii_case("dpop") {
        return Ok(());
    }
    let declared = match w.run.product.oauth.as_ref().map(|oauth| oauth.sender_constraint) {
        Some(SenderConstraint::Dpop) => "sender_constraint = dpop",
        Some(SenderConstraint::Mtls) => "sender_constraint = mtls",
        Some(SenderConstraint::None) => "sender_constraint = none",
        None => "geen [oauth]",
    };
    let detail = format!("het product geeft tokens van soort {}", token.scheme);
    let seen = tokens::noted(w, &token)?;
    Err(w.recorder.inapplicable("tokens zijn gebonden met DPoP", declared, &seen, &detail))
}

#[when(expr = "de opvraging wordt gedaan met een bewijs {string}")]
async fn wrong_proof(w: &mut World, case: String) -> Step {
    let search = w.patient_search(w.purpose())?;
    let token = w.token_of(Party::A).await?;
    let purpose = format!("opvraging met een DPoP-bewijs {case}");
    let request = w.authorised(Party::A, &purpose, "GET", &search).await?;
    let proof = w.proof(&request, &token, Party::A);
    let proof = || proof.ok_or_else(|| w.recorder.broken("er is geen DPoP-bewijs om te veranderen"));
    let request = match case.as_str() {
        "dat ontbreekt" => request.without("DPoP"),
        "dat geen JWT is" => request.header("DPoP", "bewijs"),
        "met nog een bewijs erbij" => {
            let mut request = request;
            request.headers.push(("DPoP".to_owned(), proof()?.sign()));
            request
        }
        _ => request.header("DPoP", &spoilt(w, proof()?, &case)?.sign()),
    };
    w.send(request).await.map(drop)
}

/// The proof, wrong in the one respect the case names.
pub(super) fn spoilt(w: &World, mut proof: Proof, case: &str) -> Result<Proof, Stop> {
    let key = || SigningKey::generate().map_err(|error| w.recorder.broken(&error.to_string()));
    let claims = &mut proof.jwt.claims;
    let mut set = |name: &str, value: Value| claims.insert(name.to_owned(), value);
    match case {
        "voor een ander adres" => {
            let url = claims.get("htu").and_then(Value::as_str).and_then(|url| Url::parse(url).ok());
            let mut url = url.ok_or_else(|| w.recorder.broken("het bewijs heeft geen htu"))?;
            url.set_path(&w.made_up("/elders", |draw| format!("/{}", draw.letters(8))));
            claims.insert("htu".to_owned(), url.as_str().into());
        }
        "voor een andere methode" => drop(set("htm", "POST".into())),
        "van tien minuten geleden" => {
            drop(set("iat", (w.run.seam.now() - Duration::minutes(10)).unix_timestamp().into()));
        }
        "dat bij een ander token hoort" => drop(set("ath", hash(w.recorder.uuid()).into())),
        "zonder hash van het token" => drop(claims.remove("ath")),
        "zonder htm" => drop(claims.remove("htm")),
        "zonder htu" => drop(claims.remove("htu")),
        "zonder iat" => drop(claims.remove("iat")),
        "zonder jti" => drop(claims.remove("jti")),
        "met een htu dat geen adres is" => drop(set("htu", "geen adres".into())),
        "met een iat dat geen getal is" => drop(set("iat", "gisteren".into())),
        "van een uur geleden" => {
            drop(set("iat", (w.run.seam.now() - Duration::hours(1)).unix_timestamp().into()))
        }
        "van over een uur" => {
            drop(set("iat", (w.run.seam.now() + Duration::hours(1)).unix_timestamp().into()))
        }
        "zonder typ" => drop(proof.jwt.header.remove("typ")),
        "met een ander typ" => drop(proof.jwt.header.insert("typ".to_owned(), "JWT".into())),
        "zonder alg" => drop(proof.jwt.header.remove("alg")),
        "zonder sleutel" => drop(proof.jwt.header.remove("jwk")),
        "met een onleesbare sleutel" => {
            proof.jwt.header.insert("jwk".to_owned(), serde_json::json!({ "kty": "EC", "crv": "P-256" }));
        }
        "met de geheime sleutel erin" => {
            if let Some(jwk) = proof.jwt.header.get_mut("jwk") {
                // What stands there is no key of anybody: that it stands there is the fault.
                jwk["d"] = hash(w.recorder.uuid()).into();
            }
        }
        "met alg none" => {
            proof.jwt.header.insert("alg".to_owned(), "none".into());
            proof.signer = Signer::Nothing;
        }
        "met HS256 over de publieke sleutel" => {
            proof.jwt.header.insert("alg".to_owned(), "HS256".into());
            let jwk = proof.jwt.header.get("jwk").cloned().unwrap_or_default();
            let secret = jwks::confusable_secret(&jwk, "PEM");
            proof.signer =
                Signer::Hmac(secret.ok_or_else(|| w.recorder.broken("de sleutel heeft geen PEM"))?);
        }
        "van een andere sleutel" => {
            let key = key()?;
            proof.jwt.header.insert("jwk".to_owned(), key.public_jwk());
            proof.signer = Signer::Key(key);
        }
        "met een onjuiste handtekening" => {
            // The right public key in the header, somebody else's signature under it.
            proof.signer = Signer::Key(key()?);
        }
        other => return Err(w.recorder.broken(&format!("onbekend soort bewijs {other:?}"))),
    }
    Ok(proof)
}

#[when(expr = "de opvraging wordt gedaan met een juist bewijs {string}")]
async fn other_spelling(w: &mut World, case: String) -> Step {
    let search = w.patient_search(w.purpose())?;
    let token = w.token_of(Party::A).await?;
    let purpose = format!("opvraging met een juist DPoP-bewijs {case}");
    let request = w.authorised(Party::A, &purpose, "GET", &search).await?;
    let proof = w.proof(&request, &token, Party::A);
    let mut proof = proof.ok_or_else(|| w.recorder.broken("er is geen DPoP-bewijs om te veranderen"))?;
    let claims = &mut proof.jwt.claims;
    let address = claims.get("htu").and_then(Value::as_str).unwrap_or_default().to_owned();
    match case.as_str() {
        "met de vraag achter het adres" => drop(claims.insert("htu".to_owned(), request.url.as_str().into())),
        "met een onderdeel dat niemand kent" => {
            drop(claims.insert(w.made_up("keur", |draw| draw.letters(8)), true.into()))
        }
        "met schema en hostnaam in hoofdletters" => {
            let origin = request.url.origin().ascii_serialization();
            let upper = address.replacen(&origin, &origin.to_ascii_uppercase(), 1);
            claims.insert("htu".to_owned(), upper.into());
        }
        other => return Err(w.recorder.broken(&format!("onbekende schrijfwijze {other:?}"))),
    }
    w.send(request.header("DPoP", &proof.sign())).await.map(drop)
}

#[then("wordt de opvraging beantwoord")]
async fn served(w: &mut World) -> Step {
    let checks = keur_probes::fhir::bundle::served(w.answer()?);
    w.recorder.expect_all(checks)
}

#[then(expr = "wordt de opvraging geweigerd met status {int} of {int}")]
async fn refused_with_either(w: &mut World, one: u16, other: u16) -> Step {
    let check = http::status_in(w.answer()?, &[one, other]);
    w.recorder.expect(check)
}

#[when("precies hetzelfde verzoek nog een keer wordt gedaan")]
async fn again(w: &mut World) -> Step {
    let mut request = w.answer()?.request.clone();
    "hetzelfde verzoek met hetzelfde bewijs, nog een keer".clone_into(&mut request.purpose);
    let request = request.header("X-Request-Id", &w.recorder.uuid());
    w.send(request).await.map(drop)
}

#[when("dezelfde clientverklaring nog een keer wordt gebruikt")]
async fn assertion_again(w: &mut World) -> Step {
    let mut request = w.answer()?.request.clone();
    "tokenaanvraag met een verklaring die al is gebruikt".clone_into(&mut request.purpose);
    // Only the assertion is old: a fresh proof goes with it.
    let request = match w.run.token_request(&w.recorder, Party::A)?.proof {
        Some(proof) => request.header("DPoP", &proof.sign()),
        None => request,
    };
    w.send(request).await.map(drop)
}

#[when("het bewijs van de tokenaanvraag nog een keer wordt gebruikt")]
async fn token_proof_again(w: &mut World) -> Step {
    let used =
        w.answer()?.request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("dpop")).cloned();
    let (_, proof) = used.ok_or_else(|| w.recorder.broken("de tokenaanvraag had geen DPoP-bewijs"))?;
    let fresh = w.run.token_request(&w.recorder, Party::A)?;
    let request = fresh.request("tokenaanvraag met een bewijs dat al is gebruikt").header("DPoP", &proof);
    w.send(request).await.map(drop)
}
