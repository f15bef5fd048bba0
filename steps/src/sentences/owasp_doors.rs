//! Doors that must be closed: operations without token or right, paths for administrators, and TRACE.

use cucumber::{then, when};
use keur_evidence::{Step, Stop, http::Request, identity::NONE};
use keur_openapi::{
    live::{self, Known, Question},
    operations::{Operation, operations},
};
use keur_probes::owasp as checks;
use serde_json::json;

use super::owasp::ask;
use crate::{
    World,
    contract::contract,
    run::Party,
    tour::{may_write, readable, request},
};

/// Operations of one kind that are asked.
const MAX_ASKED: usize = 60;

/// The questions for operations of a kind; those that write only where that is allowed. Without any, this does not apply.
async fn questions(
    w: &World,
    what: &str,
    kind: impl Fn(&Operation<'_>) -> bool,
) -> Result<Vec<Question>, Stop> {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let unknown = w.recorder.uuid();
    let all = operations(document);
    let chosen: Vec<&Operation<'_>> = all.iter().filter(|one| kind(one)).collect();
    let facts = json!({ "operations": chosen.iter().map(|one| one.name()).collect::<Vec<_>>() });
    let seen = w.recorder.observe("openapi", what, facts)?;
    if chosen.is_empty() {
        let detail = format!("de beschrijving noemt geen {what}");
        return Err(w.recorder.inapplicable(
            &format!("de beschrijving noemt {what}"),
            &detail,
            &seen,
            &detail,
        ));
    }
    let allowed = chosen.into_iter().filter(|one| one.method == "get" || may_write(w));
    let asked: Vec<Question> =
        allowed.filter_map(|one| live::asking(one, &Known::new(), &unknown)).take(MAX_ASKED).collect();
    if asked.is_empty() {
        return Err(w.recorder.not_declared("[claims] api_writes = \"test-data\""));
    }
    Ok(asked)
}

#[when("elke beveiligde operatie zonder token en met een verzonnen token wordt gevraagd")]
async fn without_token(w: &mut World) -> Step {
    let asked = questions(w, "operaties met beveiliging", |one| live::is_secured(&one.node)).await?;
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    w.hold(w.run.touring.clone()).await;
    for question in asked {
        let named =
            |what: &str| Question { about: format!("{}, {what}", question.about), ..question.clone() };
        let answer = ask(w, &named("zonder token"), None).await?;
        w.answers.push(answer);
        let made_up = request(w, &contract, document, &named("met een verzonnen token"), None).await?;
        let scheme = if w.run.proof_keys.is_empty() { "Bearer" } else { "DPoP" };
        let answer = w.http(made_up.header("Authorization", &format!("{scheme} geen.echt.token"))).await?;
        w.answers.push(answer);
    }
    Ok(())
}

#[then("vraagt de API telkens om een geldig token")]
async fn wants_token(w: &mut World) -> Step {
    w.recorder.expect_all(w.answers.iter().map(checks::wants_token).collect::<Vec<_>>())
}

#[when("elke operatie wordt gevraagd waarop het token geen recht geeft")]
async fn beyond(w: &mut World) -> Step {
    let scope = w.run.product.oauth.as_ref().map(|oauth| oauth.scope.clone()).unwrap_or_default();
    let what = "operaties waarvoor meer recht nodig is dan de opgegeven scope";
    let asked = questions(w, what, |one| live::needs_more(one, &scope)).await?;
    w.hold(w.run.touring.clone()).await;
    for question in asked {
        let question = Question { about: format!("{}, zonder het recht", question.about), ..question };
        let answer = ask(w, &question, Some(Party::A)).await?;
        w.answers.push(answer);
    }
    Ok(())
}

#[then("weigert de API die operaties met status 403")]
async fn lacks_right(w: &mut World) -> Step {
    w.recorder.expect_all(w.answers.iter().map(checks::lacks_right).collect::<Vec<_>>())
}

#[when("elk beheerpad uit de beschrijving zonder token wordt gevraagd")]
async fn managing(w: &mut World) -> Step {
    let asked =
        questions(w, "paden voor beheerders", |one| one.method == "get" && live::is_managing(one.path))
            .await?;
    for question in asked {
        let question = Question { about: format!("{}, als vreemde", question.about), ..question };
        let answer = ask(w, &question, None).await?;
        w.answers.push(answer);
    }
    Ok(())
}

#[then("zijn die paden dicht")]
async fn closed(w: &mut World) -> Step {
    w.recorder.expect_all(w.answers.iter().map(checks::closed).collect::<Vec<_>>())
}

#[when("de methode TRACE met een merkteken wordt gestuurd")]
async fn trace(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let url = contract.url("/").ok_or_else(|| w.recorder.not_declared("[endpoints] api"))?;
    let marker = w.recorder.uuid();
    w.facts.insert("trace", json!(marker));
    let request = Request::new("TRACE met een merkteken in een kop", "TRACE", url, NONE).exactly();
    w.send(request.header("X-Keur-Merk", &marker)).await.map(drop)
}

#[then("herhaalt het antwoord niets van het verzoek")]
async fn silent(w: &mut World) -> Step {
    let marker = w.facts.get("trace").and_then(|marker| marker.as_str()).unwrap_or_default();
    let check = checks::echoes_nothing(w.answer()?, marker);
    w.recorder.expect(check)
}
