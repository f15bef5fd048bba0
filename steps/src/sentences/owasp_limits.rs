//! Limits that protect without doing harm, and answers that hold no more than is described.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason};
use keur_openapi::{
    live::{self, Question, json_body, page_sizes},
    operations::operations,
};
use keur_probes::{owasp as checks, rest};
use serde_json::{Value, json};

use super::{
    owasp::{ask, secured_collection},
    tour::each,
};
use crate::{
    World,
    contract::contract,
    run::Party,
    tour::{may_write, plain, readable},
};

/// Far more than anybody needs at once.
const MANY: u64 = 1_000_000;
/// Levels of lists in lists.
const LEVELS: usize = 200;
/// Operations that are sent too much.
const MAX_ASKED: usize = 10;
/// The largest body that is ever sent, whatever is declared.
const MAX_BODY: usize = 2 * 1024 * 1024;

#[when("om een miljoen dingen tegelijk wordt gevraagd")]
async fn many(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let all = operations(document);
    let sized = all.iter().filter(|one| one.method == "get" && !one.path.contains('{'));
    let asked: Vec<_> = sized
        .flat_map(|one| page_sizes(one).into_iter().map(move |size| (one, size)))
        .take(MAX_ASKED)
        .collect();
    let names: Vec<String> =
        asked.iter().map(|(one, size)| format!("{} {}", one.name(), size.name)).collect();
    let seen = w.recorder.observe("openapi", "aantallen per bladzijde", json!({ "parameters": names }))?;
    if asked.is_empty() {
        let detail = "de beschrijving noemt geen aantal per bladzijde";
        return Err(w.recorder.inapplicable(
            "de beschrijving noemt een aantal per bladzijde",
            detail,
            &seen,
            detail,
        ));
    }
    let mut limits = Vec::new();
    for ((one, size), name) in asked.into_iter().zip(names) {
        let most = size.schema().and_then(|schema| schema.value.get("maximum").and_then(Value::as_u64));
        limits.push(json!([name, most]));
        let target = format!("{}?{}={MANY}", one.path, size.name);
        let about = format!("{}, een miljoen tegelijk", one.name());
        let answer = ask(w, &plain(one.path, "get", about, target), Some(Party::A)).await?;
        w.answers.push(answer);
    }
    w.facts.insert("limits", json!(limits));
    Ok(())
}

#[then("heeft elk aantal een grens, en houdt de API zich daaraan")]
async fn counted(w: &mut World) -> Step {
    let limits = w.facts.get("limits").and_then(Value::as_array).cloned().unwrap_or_default();
    let expected = "een hoogste waarde in de beschrijving";
    let described = limits.iter().map(|limit| {
        let name = limit[0].as_str().unwrap_or_default();
        let most = limit[1]
            .as_u64()
            .map_or_else(|| "geen hoogste waarde".to_owned(), |most| format!("ten hoogste {most}"));
        Check::that(limit[1].is_u64(), expected, format!("{name}: {most}"))
    });
    let given = w.answers.iter().zip(&limits);
    let given = given.map(|(answer, limit)| checks::counted(answer, limit[1].as_u64().unwrap_or(MANY - 1)));
    w.recorder.expect_all(described.chain(given).collect::<Vec<_>>())
}

#[when("inhoud met tweehonderd niveaus wordt gestuurd")]
async fn deep(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    if !may_write(w) {
        return Err(w.recorder.not_declared("[claims] api_writes = \"test-data\""));
    }
    w.hold(w.run.touring.clone()).await;
    let body = format!("{{\"keur\": {}{}}}", "[".repeat(LEVELS), "]".repeat(LEVELS)).into_bytes();
    let all = operations(document);
    let taking = all.iter().filter(|one| one.method == "post" && !one.path.contains('{'));
    for one in taking.take(MAX_ASKED) {
        let Some((media, _)) = json_body(one) else { continue };
        let about = format!("{}, {LEVELS} niveaus diep", one.name());
        let body = Some((media.to_owned(), body.clone()));
        let question = Question { body, ..plain(one.path, one.method, about, one.path.to_owned()) };
        let answer = ask(w, &question, Some(Party::A)).await?;
        w.answers.push(answer);
    }
    if w.answers.is_empty() {
        let detail = "geen enkele operatie neemt JSON aan";
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_question", detail));
    }
    Ok(())
}

#[then("weigert de API dat als een fout van de vrager")]
async fn bounded(w: &mut World) -> Step {
    w.recorder.expect_all(w.answers.iter().map(checks::bounded).collect::<Vec<_>>())
}

fn declared_limit(w: &World) -> Option<usize> {
    w.run.product.claims.get("max_body_bytes")?.parse().ok()
}

#[given("een opgegeven grens aan de grootte van een verzoek")]
async fn limited(w: &mut World) -> Result<(), Stop> {
    let declared = w.run.product.claims.get("max_body_bytes").cloned();
    let seen = w.recorder.observe(
        "declaration",
        "de grens aan een verzoek",
        json!({ "max_body_bytes": declared }),
    )?;
    match declared_limit(w) {
        Some(1..MAX_BODY) => Ok(()),
        Some(_) => {
            let detail = format!("[claims] max_body_bytes is geen getal van 1 tot {MAX_BODY}");
            Err(w.recorder.cannot_tell(Reason::Precondition, "out_of_range", &detail))
        }
        None if declared.is_some() => {
            let detail = "[claims] max_body_bytes is geen getal";
            Err(w.recorder.cannot_tell(Reason::Precondition, "not_declared", detail))
        }
        None => {
            let detail = "de opgave noemt geen [claims] max_body_bytes";
            Err(w.recorder.inapplicable("de opgave noemt een grens aan de grootte", detail, &seen, detail))
        }
    }
}

#[when("een goed verzoek met te veel witruimte wordt gestuurd")]
async fn large(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let item = secured_collection(w, document)?;
    let most = declared_limit(w).unwrap_or_default();
    w.hold(w.run.touring.clone()).await;
    let Some((media, sound)) = item.new_item() else {
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_input", "er is geen goede inhoud te maken"));
    };
    let mut body = sound.to_string().into_bytes();
    body.resize(most + 1, b' ');
    let about = format!("POST {}, {} bytes", item.collection, body.len());
    let body = Some((media, body));
    let question = Question { body, ..plain(item.collection, "post", about, item.collection.to_owned()) };
    let answer = ask(w, &question, Some(Party::A)).await?;
    w.answers.push(answer);
    Ok(())
}

#[then("neemt de API dat niet aan")]
async fn too_large(w: &mut World) -> Step {
    let check = checks::too_large(w.answer()?, declared_limit(w).unwrap_or_default());
    w.recorder.expect(check)
}

#[then("antwoordt de API daarna nog gewoon")]
async fn alive(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let scope = w.run.product.oauth.as_ref().map(|oauth| oauth.scope.clone()).unwrap_or_default();
    let all = operations(document);
    let plainest = all
        .iter()
        .find(|one| one.method == "get" && !one.path.contains('{') && !live::needs_more(one, &scope));
    let one = plainest
        .ok_or_else(|| w.recorder.cannot_tell(Reason::NoData, "no_question", "er is niets te lezen"))?;
    let about = format!("{}, daarna", one.name());
    let answer = ask(w, &plain(one.path, "get", about, one.path.to_owned()), Some(Party::A)).await?;
    w.recorder.expect(rest::accepted(&answer))
}

#[then("bevat geen antwoord een veld dat niet is beschreven")]
async fn nothing_more(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    each(w, "een antwoord met inhoud", |one| {
        let response = one.answer.response().filter(|response| response.media_type().contains("json"))?;
        let sent = (response.status, response.headers.as_slice(), response.bytes());
        let found = live::surplus(document, (&one.path, &one.method), sent);
        let name = format!("{} {}, status {}", one.method.to_uppercase(), one.path, response.status);
        let seen = match found.first() {
            Some(first) => format!("{name}: {} velden meer, als eerste {first}", found.len()),
            None => format!("{name}: niets meer"),
        };
        Some(
            Check::that(found.is_empty(), "alleen velden die de beschrijving noemt", seen)
                .on([one.answer.id.clone()]),
        )
    })
}
