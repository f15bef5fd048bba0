//! Attacks on the layers of trust, alone and together: a right request that is wrong in what the attacks name.

use cucumber::{given, then, when};
use keur_catalogue::layers::{
    Attack, BadAssertion, BadDetails, BadProof, Certificate, Change, Content, Forgery,
};
use keur_evidence::{
    Step, Stop,
    event::{LAYER_ATTACK, Reason},
    http::{Answer, Request},
    identity::NONE,
};
use keur_probes::{
    exposure, log,
    oauth::{Token, TokenRequest},
};
use serde_json::{Value, json};

use crate::{
    World,
    run::Party,
    sentences::{
        assertions::{misstate, pose, set_detail},
        forgeries::{forged, readable, spoil},
        kept::Struck,
        log_hook,
        proofs::{bound, spoilt},
        tokens::{self, other_certificate, other_tenant},
    },
};

/// The fact that names the attacks that were refused, in order.
const REFUSED: &str = "refused_attacks";

#[given(expr = "de aanval {string}")]
async fn alone(w: &mut World, one: String) -> Step {
    choose(w, &[one])
}

#[given(expr = "de aanvallen {string} en {string}")]
async fn pair(w: &mut World, one: String, two: String) -> Step {
    choose(w, &[one, two])
}

#[given(expr = "de aanvallen {string}, {string} en {string}")]
async fn triple(w: &mut World, one: String, two: String, three: String) -> Step {
    choose(w, &[one, two, three])
}

fn choose(w: &mut World, titles: &[String]) -> Step {
    let layers = &w.run.layers;
    let unknown = |title: &String| w.recorder.broken(&format!("onbekende aanval {title:?}"));
    let attacks: Vec<&Attack> = titles
        .iter()
        .map(|title| layers.attack(title).ok_or_else(|| unknown(title)))
        .collect::<Result<_, Stop>>()?;
    let together = attacks.iter().try_fold(Change::default(), |sum, attack| sum.with(attack.change));
    let clash = || w.recorder.broken("twee aanvallen veranderen hetzelfde deel van het verzoek");
    let change = together.ok_or_else(clash)?;
    let named = |attack: &&Attack| json!({ "id": attack.id, "layers": attack.layers, "title": attack.title });
    let facts = json!({
        "layers": layers.layers,
        "attacks": attacks.iter().map(named).collect::<Vec<_>>(),
    });
    w.recorder.observe(LAYER_ATTACK, &titles.join(" + "), facts)?;
    w.kept.attack = Some(change);
    Ok(())
}

#[when("de aanval wordt uitgevoerd")]
async fn strike(w: &mut World) -> Step {
    let change = w.kept.attack.ok_or_else(|| w.recorder.broken("er is geen aanval gekozen"))?;
    let mut patient = w.purpose();
    if change.content == Some(Content::OtherPatient) {
        // Another case may be changing consent, which is what decides here.
        w.held.push(w.run.consent.clone().lock_owned().await);
        patient = "no_consent";
    }
    let struck = match token(w, change).await? {
        Ok(token) => {
            let known = ask(w, &token, change, "over de patiënt", patient).await?;
            let unknown = ask(w, &token, change, "over een onbekende patiënt", "unknown").await?;
            Struck { patient, known, unknown: Some(unknown) }
        }
        Err(refusal) => Struck { patient, known: *refusal, unknown: None },
    };
    w.kept.struck = Some(struck);
    // The other half of the bracket: a product that went down refuses everything.
    w.control(Party::A).await
}

/// Attacks that reach the application and that the source itself has to refuse: on the token, and on its proof.
#[when("elke aanval op het token of het bewijs een keer alleen wordt uitgevoerd")]
async fn each_alone(w: &mut World) -> Step {
    let token = w.token_of(Party::A).await?;
    let layers = w.run.layers.clone();
    let possible = |change: Change| {
        let alone = change.certificate.is_none() && change.content.is_none() && !change.asks_wrongly();
        let forgeable = change.token.is_none_or(|how| how == Forgery::Absent) || token.jwt.is_some();
        alone && forgeable && (change.proof.is_none() || token.scheme.eq_ignore_ascii_case("dpop"))
    };
    let mut refused = Vec::new();
    for attack in layers.attacks.iter().filter(|attack| possible(attack.change)) {
        let title = attack.title.nl.as_str();
        let at = w.recorder.clock("gevraagd")?;
        let answer = ask(w, &token, attack.change, title, w.purpose()).await?;
        let asked = (at, w.recorder.clock("beantwoord")?);
        // An attack that succeeds is a finding of another requirement; there is no refusal to look for.
        if keur_probes::http::client_error(&answer).holds() {
            w.kept.sent.push(log_hook::sent(w, Party::A, w.purpose(), &answer, asked)?);
            refused.push(title);
        }
    }
    if refused.is_empty() {
        let detail = "geen enkele aanval is geweigerd, dus er is geen weigering om op te zoeken";
        return Err(w.recorder.cannot_tell(Reason::Precondition, "nothing_refused", detail));
    }
    w.facts.insert(REFUSED, json!(refused));
    Ok(())
}

#[then("staat elke geweigerde aanval in het logboek")]
async fn each_logged(w: &mut World) -> Step {
    let seen = w.kept.seen.as_ref();
    let seen = seen.ok_or_else(|| w.recorder.broken("het logboek is nog niet opgevraagd"))?;
    let titles: Vec<&str> = w
        .facts
        .get(REFUSED)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let found: Vec<bool> = seen.found.iter().map(Option::is_some).collect();
    let check = log::each_refusal(&titles, &found);
    w.recorder.expect(check.on([seen.answer.id.clone()]))
}

/// The token the attack goes with: the party's own, or one that is asked for in a wrong way, and maybe refused.
async fn token(w: &mut World, change: Change) -> Result<Result<Token, Box<Answer>>, Stop> {
    if !change.asks_wrongly() {
        return w.token_of(Party::A).await.map(Ok);
    }
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    if let Some(certificate) = change.certificate {
        identity(w, certificate)?.clone_into(&mut request.identity);
    }
    if let Some(assertion) = change.assertion {
        misassert(w, &mut request, assertion).await?;
    }
    match change.details {
        Some(BadDetails::NoPurpose) => set_detail(w, &mut request, "purpose_of_use", None)?,
        Some(BadDetails::OtherOrganisation) => pose(w, &mut request, "een andere organisatie")?,
        None => {}
    }
    let purpose = "aanval: tokenaanvraag";
    let answer = if change.assertion == Some(BadAssertion::Replayed) || change.certificate.is_some() {
        // Exactly once: what is made again is not a replay, and a connection of its own is not shared.
        let mut request = request.request(purpose);
        request.fresh = change.certificate.is_some();
        w.http(request).await?
    } else {
        w.ask_token(&request, purpose).await?
    };
    Ok(Token::from_answer(&answer).ok_or_else(|| Box::new(answer)))
}

async fn misassert(w: &mut World, request: &mut TokenRequest, bad: BadAssertion) -> Step {
    match bad {
        BadAssertion::AlgNone => spoil(w, request, "met alg none"),
        BadAssertion::Altered => spoil(w, request, "met een omgezet bit in de handtekening"),
        BadAssertion::OtherAudience => misstate(w, request, "met een andere aud"),
        BadAssertion::OtherIssuer => misstate(w, request, "met een andere iss"),
        BadAssertion::Expired => misstate(w, request, "die is verlopen"),
        BadAssertion::NoIdentifier => misstate(w, request, "zonder jti"),
        BadAssertion::Replayed => {
            let first = w.run.token_request(&w.recorder, Party::A)?;
            tokens::ask(w, &first, "tokenaanvraag met de verklaring die daarna wordt herhaald").await?;
            let check = keur_probes::tokens::issued(w.answer()?);
            request.assertion = first.assertion;
            w.recorder.expect(check)
        }
    }
}

/// The identity shown in TLS.
fn identity(w: &World, certificate: Certificate) -> Result<&'static str, Stop> {
    let name = match certificate {
        Certificate::Absent if w.run.tls_identity(Party::A) != NONE => return Ok(NONE),
        Certificate::Absent => "party_a",
        Certificate::OtherParty => return other_certificate(w),
        Certificate::ForeignCa => "hostile.foreign_ca",
        Certificate::Revoked => "hostile.revoked",
        Certificate::Expired => "hostile.expired",
        Certificate::NotYetValid => "hostile.not_yet_valid",
    };
    let declared = w.run.seam.identities().has(name);
    declared.then_some(name).ok_or_else(|| w.recorder.not_declared(&format!("[identity.{name}] certificate")))
}

/// The question about a patient, attacked.
async fn ask(
    w: &mut World,
    token: &Token,
    change: Change,
    about: &str,
    patient: &str,
) -> Result<Answer, Stop> {
    let search = w.patient_search(patient)?;
    let mut request = w.bare(Party::A, &format!("aanval: opvraging {about}"), "GET", &search)?;
    if change.content == Some(Content::OtherTenant) {
        request.url = other_tenant(w, &search)?;
    }
    if let Some(certificate) = change.certificate {
        identity(w, certificate)?.clone_into(&mut request.identity);
        request.fresh = true;
    }
    let token = forge(w, token, change.token).await?;
    let mut request = w.with_token(request, &token, Party::A);
    if change.token == Some(Forgery::Absent) {
        request = request.without("Authorization");
        if change.proof.is_none() {
            request = request.without("DPoP");
        }
    }
    if let Some(bad) = change.proof {
        bound(w).await?;
        request = reprove(w, request, &token, bad)?;
    }
    w.http(request).await
}

/// The token, forged; the proof that goes with it is right for the forgery.
async fn forge(w: &mut World, token: &Token, how: Option<Forgery>) -> Result<Token, Stop> {
    let case = match how {
        None | Some(Forgery::Absent) => return Ok(token.clone()),
        Some(Forgery::AlgNone) => "met alg none",
        Some(Forgery::Hs256PublicKey) => "met HS256 over de publieke sleutel als PEM",
        Some(Forgery::FlippedSignature) => "met een omgezet bit in de handtekening",
        Some(Forgery::AlteredClaims) => "met een andere inhoud onder dezelfde handtekening",
        Some(Forgery::ForeignKey) => "van een vreemde sleutel met dezelfde kid",
    };
    readable(w).await?;
    let jwt = token.jwt.clone().ok_or_else(|| w.recorder.broken("het toegangstoken is geen JWT"))?;
    Ok(Token { value: forged(w, &jwt, token, case).await?, ..token.clone() })
}

fn reprove(w: &World, request: Request, token: &Token, bad: BadProof) -> Result<Request, Stop> {
    let case = match bad {
        BadProof::Absent => return Ok(request.without("DPoP")),
        BadProof::Replayed => {
            // The first answer is that of the positive control.
            let used = w.answers.first().map(|answer| &answer.request.headers);
            let used = used.and_then(|all| all.iter().find(|(name, _)| name.eq_ignore_ascii_case("dpop")));
            let (_, proof) = used.ok_or_else(|| w.recorder.broken("de controle had geen DPoP-bewijs"))?;
            return Ok(request.header("DPoP", proof));
        }
        BadProof::ForeignKey => "van een andere sleutel",
        BadProof::WrongSignature => "met een onjuiste handtekening",
        BadProof::OtherAddress => "voor een ander adres",
        BadProof::OtherToken => "dat bij een ander token hoort",
    };
    let proof = w.proof(&request, token, Party::A);
    let proof = proof.ok_or_else(|| w.recorder.broken("er is geen DPoP-bewijs om te veranderen"))?;
    Ok(request.header("DPoP", &spoilt(w, proof, case)?.sign()))
}

fn struck(w: &World) -> Result<&Struck, Stop> {
    w.kept.struck.as_ref().ok_or_else(|| w.recorder.broken("er is nog geen aanval uitgevoerd"))
}

#[then("komen er geen gegevens vrij")]
async fn nothing_exposed(w: &mut World) -> Step {
    // An empty result of a right question repeats the question, and with it the number.
    let repeated = w.kept.attack.is_some_and(|change| change.content == Some(Content::OtherPatient));
    let marks: Vec<String> = w.bsn_for(struck(w)?.patient).into_iter().filter(|_| !repeated).collect();
    let check = exposure::nothing(&struck(w)?.known, &marks);
    w.recorder.expect(check)
}

#[then("blijkt niet dat de patiënt bestaat")]
async fn existence_hidden(w: &mut World) -> Step {
    let (known, unknown) = (w.bsn_for(struck(w)?.patient)?, w.bsn_for("unknown")?);
    let struck = struck(w)?;
    let other = struck.unknown.as_ref().map(|answer| (answer, unknown.as_str()));
    let check = exposure::existence_hidden((&struck.known, &known), other);
    w.recorder.expect(check)
}
