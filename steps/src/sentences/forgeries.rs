//! Access tokens and client assertions with a signature that proves nothing.

use cucumber::{given, when};
use keur_evidence::{Step, Stop};
use keur_probes::{
    jose::{Jwt, Signer, SigningKey, flip_signature, graft_signature},
    jwks,
    oauth::{Token, TokenRequest},
};
use serde_json::Value;
use url::Url;

use crate::{World, run::Party, sentences::tokens};

#[given("een toegangstoken in de vorm van een JWT")]
pub(super) async fn readable(w: &mut World) -> Step {
    let token = w.token_of(Party::A).await?;
    if token.jwt.is_some() {
        return Ok(());
    }
    let detail =
        "het toegangstoken is voor de client onleesbaar en heeft dus geen algoritme om mee te knoeien";
    let seen = tokens::noted(w, &token)?;
    Err(w.recorder.inapplicable("het toegangstoken is een JWT", "toegangstoken", &seen, detail))
}

#[when(expr = "de opvraging wordt gedaan met een toegangstoken {string}")]
async fn forged_token(w: &mut World, case: String) -> Step {
    let token = w.token_of(Party::A).await?;
    let value = match &token.jwt {
        _ if case == "dat is verzonnen" => invented(w, &token),
        Some(jwt) => forged(w, jwt, &token, &case).await?,
        None => return Err(w.recorder.broken("het toegangstoken is geen JWT")),
    };
    let search = w.patient_search(w.purpose())?;
    let request = w.bare(Party::A, &format!("opvraging met een toegangstoken {case}"), "GET", &search)?;
    // The proof is right for the forged token, so that only its signature is at stake.
    let request = w.with_token(request, &Token { value, ..token }, Party::A);
    w.send(request).await.map(drop)
}

/// Something of the same form and length that the product never issued.
fn invented(w: &World, token: &Token) -> String {
    match &token.jwt {
        Some(_) => flip_signature(&token.value),
        None => {
            let noise: String =
                std::iter::repeat_with(|| w.recorder.uuid().replace('-', "")).take(64).collect();
            noise.chars().take(token.value.len().max(16)).collect()
        }
    }
}

pub(super) async fn forged(w: &World, jwt: &Jwt, token: &Token, case: &str) -> Result<String, Stop> {
    let mut forged = jwt.clone();
    let key = SigningKey::generate().map_err(|error| w.recorder.broken(&error.to_string()))?;
    let signer = match case {
        "met een omgezet bit in de handtekening" => return Ok(flip_signature(&token.value)),
        "met een handtekening van alleen nullen" => {
            // Zero for r and for s, which a careless library takes for right; base64url of 64 zero bytes.
            let (signed, _) = token.value.rsplit_once('.').unwrap_or((&token.value, ""));
            return Ok(format!("{signed}.{}", "A".repeat(86)));
        }
        "dat een clientverklaring is" => {
            let request = w.run.token_request(&w.recorder, Party::A)?;
            let assertion = request.assertion.map(|jwt| jwt.sign(&request.signer));
            return assertion.ok_or_else(|| w.recorder.broken("er is geen clientverklaring"));
        }
        "met een andere inhoud onder dezelfde handtekening" => {
            forged.claims.insert("jti".to_owned(), w.recorder.uuid().into());
            return Ok(graft_signature(&forged, &token.value));
        }
        _ => match case.strip_prefix("met HS256 over de publieke sleutel als ") {
            Some(form) => {
                let kid = jwt.header.get("kid").cloned().unwrap_or_default();
                Signer::Hmac(secret(w, &own_key(w, &kid).await?, form)?)
            }
            None => return respoil(w, &mut forged, &key, case).map(|signer| forged.sign(&signer)),
        },
    };
    forged.header.insert("alg".to_owned(), "HS256".into());
    Ok(forged.sign(&signer))
}

/// Changes the header as the case says and tells who signs; the same for tokens and assertions.
fn respoil(w: &World, jwt: &mut Jwt, key: &SigningKey, case: &str) -> Result<Signer, Stop> {
    let mut set = |name: &str, value: Value| drop(jwt.header.insert(name.to_owned(), value));
    match case {
        "met alg none" => set("alg", "none".into()),
        "met alg None" => set("alg", "None".into()),
        "zonder handtekening" => {}
        "van een vreemde sleutel met dezelfde kid" => return Ok(Signer::Key(key.clone())),
        "van een vreemde sleutel met een onbekende kid" => {
            set("alg", key.algorithm().name().into());
            set("kid", key.thumbprint().into());
            return Ok(Signer::Key(key.clone()));
        }
        "van een vreemde sleutel in de kop van het token" => {
            set("kid", key.thumbprint().into());
            set("jwk", key.public_jwk());
            return Ok(Signer::Key(key.clone()));
        }
        other => return Err(w.recorder.broken(&format!("onbekende vervalsing {other:?}"))),
    }
    Ok(Signer::Nothing)
}

/// The public key of the product with this id, or its first.
async fn own_key(w: &World, kid: &Value) -> Result<Value, Stop> {
    let url = w.run.product.endpoints.jwks.as_deref().and_then(|url| Url::parse(url).ok());
    let url = url.ok_or_else(|| w.recorder.not_declared("[endpoints] jwks"))?;
    let identity = w.run.tls_identity(Party::A);
    let request = keur_evidence::http::Request::new("publieke sleutel van het product", "GET", url, identity);
    let answer = w.recorder.http(request).await?;
    let keys = jwks::keys(&answer).unwrap_or_default();
    let found = keys.iter().find(|key| key.get("kid") == Some(kid)).or_else(|| keys.first());
    found.cloned().ok_or_else(|| {
        let detail = format!("het product publiceert geen sleutel: {}", answer.describe());
        w.recorder.cannot_tell(keur_evidence::event::Reason::Precondition, "no_keys", &detail)
    })
}

fn secret(w: &World, key: &Value, form: &str) -> Result<Vec<u8>, Stop> {
    jwks::confusable_secret(key, form)
        .ok_or_else(|| w.recorder.broken(&format!("de publieke sleutel heeft geen vorm {form:?}")))
}

#[when(expr = "een token wordt gevraagd met een clientverklaring {string}")]
async fn forged_assertion(w: &mut World, case: String) -> Step {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    spoil(w, &mut request, &case)?;
    tokens::ask(w, &request, &format!("tokenaanvraag met een clientverklaring {case}")).await
}

pub(super) fn spoil(w: &World, request: &mut TokenRequest, case: &str) -> Result<(), Stop> {
    let Signer::Key(own) = request.signer.clone() else {
        return Err(w.recorder.broken("de clientverklaring heeft geen sleutel"));
    };
    let jwt = request.assertion.as_mut().ok_or_else(|| w.recorder.broken("er is geen clientverklaring"))?;
    request.signer = match case {
        "met een omgezet bit in de handtekening" => Signer::Flipped(own),
        "met een onbekende uitbreiding in crit" => {
            // Properly signed: only the extension is at stake.
            jwt.header.insert("crit".to_owned(), serde_json::json!(["https://keur.example/x"]));
            jwt.header.insert("https://keur.example/x".to_owned(), true.into());
            Signer::Key(own)
        }
        _ => match case.strip_prefix("met HS256 over de publieke sleutel als ") {
            Some(form) => {
                jwt.header.insert("alg".to_owned(), "HS256".into());
                Signer::Hmac(secret(w, &own.public_jwk(), form)?)
            }
            None => {
                let key = SigningKey::generate().map_err(|error| w.recorder.broken(&error.to_string()))?;
                respoil(w, jwt, &key, case)?
            }
        },
    };
    Ok(())
}
