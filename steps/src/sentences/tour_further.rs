//! Design rules that ask for questions of their own: other offsets, another order, other websites, other majors.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, event::Reason, http::Request, identity::NONE};
use keur_openapi::{
    live::{self, Question, json_body},
    operations::operations,
};
use keur_probes::{cors, headers, moments, rest};
use serde_json::json;

use super::owasp::ask;
use crate::{
    World,
    contract::contract,
    run::Party,
    tour::{Kind, Leg, json_of, leg, may_write, plain, readable, request, target},
};

/// The same clock time at other places.
const OFFSETS: [&str; 3] = ["+01:00", "-04:00", "+05:30"];
/// Majors that may be live at once.
const MAJORS: usize = 2;
/// Questions that are asked again in another order.
const MAX_AGAIN: usize = 40;

#[when("tijdstippen uit andere tijdzones worden bewaard en teruggelezen")]
async fn offsets(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let all = live::items(document);
    let found = all.iter().find_map(|item| {
        let (media, sound) = item.new_item()?;
        let (_, schema) = json_body(item.operations.get(&(false, "post"))?)?;
        item.operations.get(&(true, "get"))?;
        Some((item, media, sound, live::moment(&schema)?))
    });
    let Some((item, media, sound, member)) = found else {
        let facts = json!({ "collections": all.len() });
        let seen = w.recorder.observe("openapi", "tijdstippen die te bewaren zijn", facts)?;
        let detail = "de beschrijving noemt geen ding met een tijdstip dat te maken en te lezen is";
        return Err(w.recorder.inapplicable("er is een tijdstip te bewaren", detail, &seen, detail));
    };
    if !may_write(w) {
        return Err(w.recorder.not_declared("[claims] api_writes = \"test-data\""));
    }
    w.hold(w.run.touring.clone()).await;
    let mut sent = Vec::new();
    for offset in OFFSETS {
        let moment = format!("2026-03-02T09:30:00{offset}");
        let mut body = sound.clone();
        body[&member] = json!(moment);
        let about = format!("POST {}, met `{member}` {moment}", item.collection);
        let body = Some((media.clone(), body.to_string().into_bytes()));
        let made = Question { body, ..plain(item.collection, "post", about, item.collection.to_owned()) };
        let made = ask(w, &made, Some(Party::A)).await?;
        w.recorder.observe("moment", "een tijdstip met een andere tijdzone", json!({ "sent": moment }))?;
        let id = made.response().filter(|made| made.status < 300);
        let id = id.and_then(|made| item.id_of(made.status, made.header("location"), made.json()));
        let answer = match id {
            Some(id) => {
                let about = format!("GET {}, gemaakt met {moment}", item.path);
                ask(w, &plain(item.path, "get", about, live::item_path(item, &id)), Some(Party::A)).await?
            }
            // The refusal is what there is to look at.
            None => made,
        };
        w.answers.push(answer);
        sent.push(json!([member, moment]));
    }
    w.facts.insert("moments", json!(sent));
    Ok(())
}

#[then("is elk tijdstip hetzelfde gebleven")]
async fn kept(w: &mut World) -> Step {
    let sent = w.facts.get("moments").and_then(|sent| sent.as_array()).cloned().unwrap_or_default();
    let checks = w.answers.iter().zip(&sent).map(|(answer, sent)| {
        moments::same_instant(
            answer,
            sent[0].as_str().unwrap_or_default(),
            sent[1].as_str().unwrap_or_default(),
        )
    });
    w.recorder.expect_all(checks.collect::<Vec<_>>())
}

#[when("alles in omgekeerde volgorde op nieuwe verbindingen wordt gelezen")]
async fn reversed(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let tour = leg(w, Leg::Reading).await?;
    let mut first: Vec<_> =
        tour.iter().filter(|one| one.kind == Kind::Read && json_of(&one.answer).is_some()).collect();
    first.truncate(MAX_AGAIN);
    // Others may be writing.
    w.hold(w.run.touring.clone()).await;
    // What they wrote is no state of a session.
    let mut now = Vec::new();
    for round in ["opnieuw", "in omgekeerde volgorde"] {
        for one in &first {
            let about = format!("{} {}, {round}", one.method.to_uppercase(), one.path);
            let question = plain(&one.path, &one.method, about, target(&contract, &one.answer));
            let again = request(w, &contract, document, &question, Some(Party::A)).await?;
            now.push(w.http(Request { fresh: true, ..again }).await?);
        }
        first.reverse();
    }
    w.answers.extend(now);
    Ok(())
}

#[then("zijn de antwoorden hetzelfde, zonder koekje")]
async fn stateless(w: &mut World) -> Step {
    let (first, second) = w.answers.split_at(w.answers.len() / 2);
    let mut checks = Vec::new();
    for (one, again) in first.iter().zip(second.iter().rev()) {
        checks.push(rest::same("hetzelfde antwoord, in welke volgorde ook", one, again));
        checks.push(headers::no_cookie(one));
    }
    if checks.is_empty() {
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_question", "er is niets te lezen"));
    }
    w.recorder.expect_all(checks)
}

#[given("websites die de gegevens van de API mogen lezen")]
async fn websites(w: &mut World) -> Result<(), Stop> {
    let declared = w.run.product.claims.get("cors_origins").cloned();
    let seen =
        w.recorder.observe("declaration", "de opgegeven websites", json!({ "cors_origins": declared }))?;
    if declared.is_none_or(|declared| declared.trim().is_empty()) {
        let detail = "de opgave noemt geen [claims] cors_origins";
        return Err(w.recorder.inapplicable("de opgave noemt websites", detail, &seen, detail));
    }
    Ok(())
}

#[when("opgegeven en andere websites om gegevens vragen")]
async fn origins(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let declared = w.run.product.claims.get("cors_origins").cloned().unwrap_or_default();
    let scope = w.run.product.oauth.as_ref().map(|oauth| oauth.scope.clone()).unwrap_or_default();
    let all = operations(document);
    let data = all.iter().find(|one| {
        let read = one.method == "get" && !one.path.contains('{') && !one.path.ends_with("/openapi.json");
        read && !live::needs_more(one, &scope)
    });
    let data =
        data.ok_or_else(|| w.recorder.cannot_tell(Reason::NoData, "no_question", "er is niets te lezen"))?;
    let mut asked: Vec<(String, bool)> =
        declared.split_whitespace().map(|own| (own.to_owned(), true)).collect();
    if declared.trim() != "*" {
        let strange = w.made_up("vreemd", |draw| draw.letters(8));
        let first = asked.first().map(|(own, _)| own.clone()).unwrap_or_default();
        let others =
            [format!("https://{strange}.example"), "null".to_owned(), format!("{first}.{strange}.example")];
        asked.extend(others.map(|other| (other, false)));
    }
    for (origin, _) in &mut asked {
        let about = format!("{}, vanaf {origin}", data.name());
        let question = plain(data.path, data.method, about, data.path.to_owned());
        // Where everybody may read, anybody asks.
        let from = if origin == "*" { "https://voorbeeld.example" } else { origin.as_str() };
        let request =
            request(w, &contract, document, &question, Some(Party::A)).await?.header("Origin", from);
        let answer = w.http(request).await?;
        *origin = from.to_owned();
        w.answers.push(answer);
    }
    w.facts.insert("origins", json!(asked));
    Ok(())
}

#[then("mogen alleen de opgegeven websites de gegevens lezen")]
async fn only_declared(w: &mut World) -> Step {
    let asked = w.facts.get("origins").cloned().unwrap_or_default();
    let asked: Vec<(String, bool)> = serde_json::from_value(asked).unwrap_or_default();
    let checks = w.answers.iter().zip(&asked).map(|(answer, (origin, declared))| {
        if *declared { cors::allowed(answer, origin) } else { cors::denied(answer, origin) }
    });
    w.recorder.expect_all(checks.collect::<Vec<_>>())
}

#[when("naar de hoofdversies rond die van de API wordt gevraagd")]
async fn majors(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let base = contract.base.clone().ok_or_else(|| w.recorder.not_declared("[endpoints] api"))?;
    let path = base.path().trim_end_matches('/').to_owned();
    let major = path.rsplit('/').next().and_then(|last| last.strip_prefix('v')?.parse::<u32>().ok());
    let seen = w.recorder.observe("openapi", "het adres van de API", json!({ "path": path }))?;
    let Some(major) = major else {
        let detail = "het adres eindigt niet op een hoofdversie";
        return Err(w.recorder.inapplicable("het adres noemt een hoofdversie", detail, &seen, detail));
    };
    let folder = path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
    for other in major.saturating_sub(2)..=major.saturating_add(1) {
        let mut url = base.clone();
        url.set_path(&format!("{folder}/v{other}/openapi.json"));
        let purpose = format!("de beschrijving van hoofdversie {other}");
        let request = Request::new(&purpose, "GET", url, NONE);
        w.send(request.exactly().header("Accept", "application/json")).await?;
    }
    Ok(())
}

#[then("zijn er hooguit twee hoofdversies in gebruik")]
async fn few_majors(w: &mut World) -> Step {
    let live: Vec<&str> = w
        .answers
        .iter()
        .filter(|answer| answer.response().is_some_and(|response| response.status < 300))
        .map(|answer| answer.request.purpose.rsplit(' ').next().unwrap_or_default())
        .collect();
    let seen = if live.is_empty() { "geen".to_owned() } else { format!("v{}", live.join(", v")) };
    let ids: Vec<String> = w.answers.iter().map(|answer| answer.id.clone()).collect();
    let expected = "hooguit twee hoofdversies met een beschrijving";
    w.recorder.expect(Check::that(live.len() <= MAJORS, expected, seen).on(ids))
}
