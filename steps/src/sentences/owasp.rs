//! Things of one organisation, and another one who reaches for them; and what only the server may write.

use cucumber::{given, then, when};
use keur_evidence::{Step, Stop, event::Reason, http::Answer};
use keur_openapi::{
    Document,
    live::{self, Item, Question},
    operations::operations,
};
use keur_probes::{owasp, rest, uniform};
use serde_json::{Value, json};

use crate::{
    World,
    contract::contract,
    run::Party,
    tour::{may_write, plain, readable, request},
};

/// Members of the server that are tried.
const MAX_MEMBERS: usize = 8;

/// A thing that was made with a marker in it.
#[derive(Debug, Clone)]
pub struct Planted {
    /// The path of its collection, as in the document.
    pub collection: String,
    /// The path of an item, as in the document.
    pub path: String,
    /// Where it is, below the base.
    pub target: String,
    /// Where one is that nobody made.
    pub unknown: String,
    /// What stands in it.
    pub marker: String,
    /// What it was made of: media type and body.
    pub body: (String, Value),
}

/// Asks as a party; of nobody without certificate and token.
pub(super) async fn ask(w: &World, question: &Question, party: Option<Party>) -> Result<Answer, Stop> {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let request = request(w, &contract, document, question, party).await?;
    w.http(request).await
}

/// The first collection of an organisation's own: secured, and things can be made and read.
pub(super) fn own_collection(document: &Document) -> Option<Item<'_>> {
    live::items(document).into_iter().find(|item| {
        let has = |whole, method| {
            item.operations.get(&(whole, method)).is_some_and(|one| live::is_secured(&one.node))
        };
        has(false, "post") && has(true, "get")
    })
}

/// The collection, or why there is none to test with.
pub(super) fn secured_collection<'d>(w: &World, document: &'d Document) -> Result<Item<'d>, Stop> {
    if let Some(item) = own_collection(document) {
        if !may_write(w) {
            return Err(w.recorder.not_declared("[claims] api_writes = \"test-data\""));
        }
        return Ok(item);
    }
    let count = operations(document).len();
    let seen = w.recorder.observe("openapi", "dingen van één partij", json!({ "operations": count }))?;
    let predicate = "de beschrijving noemt dingen die met een token te maken en te lezen zijn";
    let detail = "geen enkele verzameling heeft beveiliging, POST en GET";
    Err(w.recorder.inapplicable(predicate, detail, &seen, detail))
}

fn planted(w: &World) -> Result<Planted, Stop> {
    w.kept.planted.clone().ok_or_else(|| w.recorder.broken("er is nog geen ding gemaakt"))
}

#[given("een ding met een merkteken dat de eerste organisatie heeft gemaakt")]
async fn plant(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let item = secured_collection(w, document)?;
    // The tour looks whether lists stay as they were.
    w.hold(w.run.touring.clone()).await;
    let marker = format!("keur-{}", w.recorder.uuid());
    let made = item.new_item().zip(item.operations.get(&(false, "post")).and_then(live::json_body));
    let body =
        made.and_then(|((media, sound), (_, schema))| Some((media, live::marked(&schema, &sound, &marker)?)));
    let body = body.ok_or_else(|| {
        let detail = format!("er is geen inhoud met een vrije tekst te maken voor {}", item.collection);
        w.recorder.cannot_tell(Reason::NoData, "no_input", &detail)
    })?;
    let bytes = (body.0.clone(), body.1.to_string().into_bytes());
    let about = format!("POST {}, door de eerste organisatie", item.collection);
    let question =
        Question { body: Some(bytes), ..plain(item.collection, "post", about, item.collection.to_owned()) };
    let answer = ask(w, &question, Some(Party::A)).await?;
    let id = answer.response().and_then(|made| item.id_of(made.status, made.header("location"), made.json()));
    w.recorder.expect(rest::accepted(&answer))?;
    let id = id.ok_or_else(|| {
        w.recorder.cannot_tell(Reason::NoData, "no_name", "wat is gemaakt, is niet terug te vinden")
    })?;
    let target = live::item_path(&item, &id);
    let about = format!("GET {}, door de eerste organisatie", item.path);
    let read = ask(w, &plain(item.path, "get", about, target.clone()), Some(Party::A)).await?;
    w.kept.planted = Some(Planted {
        collection: item.collection.to_owned(),
        path: item.path.to_owned(),
        unknown: live::item_path(&item, &unknown(w, &id)),
        target,
        marker: marker.clone(),
        body,
    });
    w.recorder.expect(owasp::unchanged(&read, &marker))
}

/// A name of the same form that is nobody's.
fn unknown(w: &World, id: &str) -> String {
    let is_uuid = id.len() == 36 && id.chars().all(|c| c.is_ascii_hexdigit() || c == '-');
    // Counting has not come that far yet.
    if is_uuid { w.recorder.uuid() } else { format!("{id}7391") }
}

#[given("een tweede organisatie die met haar eigen token wel iets krijgt")]
async fn second(w: &mut World) -> Step {
    works(w, Party::B).await
}

#[given("een token waarmee de eerste organisatie wel iets krijgt")]
async fn first(w: &mut World) -> Step {
    works(w, Party::A).await
}

/// A positive control on a secured operation that asks for no more than a token.
async fn works(w: &World, party: Party) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let scope = w.run.product.oauth.as_ref().map(|oauth| oauth.scope.clone()).unwrap_or_default();
    let all = operations(document);
    let open = all.iter().find(|one| {
        let plain = one.method == "get" && !one.path.contains('{') && live::is_secured(&one.node);
        plain && !live::needs_more(one, &scope)
    });
    let Some(open) = open else {
        let detail = "geen enkele operatie is alleen met een token te lezen";
        return Err(w.recorder.cannot_tell(Reason::NoData, "no_question", detail));
    };
    let about = format!("{}, positieve controle met een eigen token", open.name());
    let answer = ask(w, &plain(open.path, open.method, about, open.path.to_owned()), Some(party)).await?;
    w.recorder.expect(rest::accepted(&answer))
}

#[when("de tweede organisatie dat ding leest, zoekt, vervangt en verwijdert")]
async fn reach(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let one = planted(w)?;
    let item = secured_collection(w, document)?;
    let replacement = item.replacement().map(|(media, body)| (media, body.to_string().into_bytes()));
    for (whole, method) in [(true, "get"), (false, "get"), (true, "put"), (true, "patch"), (true, "delete")] {
        if !item.operations.contains_key(&(whole, method)) {
            continue;
        }
        let (path, target) =
            if whole { (&one.path, &one.target) } else { (&one.collection, &one.collection) };
        let about = format!("{} {path}, door een andere organisatie", method.to_uppercase());
        let body = replacement.clone().filter(|_| matches!(method, "put" | "patch"));
        let question = Question { body, ..plain(path, method, about, target.clone()) };
        let answer = ask(w, &question, Some(Party::B)).await?;
        w.answers.push(answer);
    }
    Ok(())
}

#[then("krijgt de tweede organisatie het merkteken niet te zien")]
async fn hidden(w: &mut World) -> Step {
    let one = planted(w)?;
    let whole = |answer: &Answer| answer.request.url.path().ends_with(one.target.as_str());
    let checks = w.answers.iter().map(|answer| {
        if whole(answer) { owasp::withheld(answer, &one.marker) } else { owasp::unseen(answer, &one.marker) }
    });
    w.recorder.expect_all(checks.collect::<Vec<_>>())
}

#[then("houdt de eerste organisatie het ding zoals het was")]
async fn kept(w: &mut World) -> Step {
    let one = planted(w)?;
    let about = format!("GET {}, door de eerste organisatie, daarna", one.path);
    let read = ask(w, &plain(&one.path, "get", about, one.target), Some(Party::A)).await?;
    w.recorder.expect(owasp::unchanged(&read, &one.marker))
}

#[when("de tweede organisatie naar dat ding vraagt, en naar een ding dat er niet is")]
async fn both(w: &mut World) -> Step {
    let one = planted(w)?;
    for (what, target) in [("van een ander", &one.target), ("wat er niet is", &one.unknown)] {
        let about = format!("GET {}, {what}", one.path);
        let answer = ask(w, &plain(&one.path, "get", about, target.clone()), Some(Party::B)).await?;
        w.answers.push(answer);
    }
    Ok(())
}

#[then("zijn beide antwoorden gelijk van vorm")]
async fn alike(w: &mut World) -> Step {
    let [.., foreign, absent] = w.answers.as_slice() else {
        return Err(w.recorder.broken("er zijn geen twee antwoorden om te vergelijken"));
    };
    let name = |answer: &Answer| answer.request.url.path().rsplit('/').next().unwrap_or_default().to_owned();
    let mut check = uniform::same((foreign, &name(foreign)), (absent, &name(absent)));
    check.expected =
        "voor een ding van een ander en een ding dat er niet is dezelfde status en vorm".to_owned();
    w.recorder.expect(check)
}

/// One member at a time: a server that refuses one must not hide that it takes another.
#[when("de eerste organisatie velden meestuurt die van de server zijn")]
async fn overreach(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let one = planted(w)?;
    let item = secured_collection(w, document)?;
    let mut sent = live::server_owned(&item, &format!("eigen-{}", w.recorder.uuid()));
    sent.truncate(MAX_MEMBERS);
    for (name, value) in &sent {
        let mut body = one.body.1.clone();
        body[name] = value.clone();
        let with = |path: &str, method: &str, target: &str| {
            let about = format!("{} {path}, met `{name}`", method.to_uppercase());
            let body = Some((one.body.0.clone(), body.to_string().into_bytes()));
            Question { body, ..plain(path, method, about, target.to_owned()) }
        };
        let made = ask(w, &with(&one.collection, "post", &one.collection), Some(Party::A)).await?;
        let made = made.response().filter(|made| made.status < 300);
        let id = made.and_then(|made| item.id_of(made.status, made.header("location"), made.json()));
        let mut read: Vec<String> = id.map(|id| live::item_path(&item, &id)).into_iter().collect();
        if item.operations.contains_key(&(true, "put")) {
            ask(w, &with(&one.path, "put", &one.target), Some(Party::A)).await?;
            read.push(one.target.clone());
        }
        for target in read {
            let about = format!("GET {}, na het schrijven met `{name}`", one.path);
            let answer = ask(w, &plain(&one.path, "get", about, target), Some(Party::A)).await?;
            w.answers.push(answer);
        }
    }
    w.facts.insert("server_owned", json!(sent));
    Ok(())
}

#[then("staat geen van die waarden in het ding")]
async fn refused_or_ignored(w: &mut World) -> Step {
    let sent = w.facts.get("server_owned").cloned().unwrap_or_default();
    let sent: Vec<(String, Value)> = serde_json::from_value(sent).unwrap_or_default();
    if w.answers.is_empty() {
        // Every POST was refused, and there is no PUT: nothing was taken. The thing itself shows that the API works.
        return kept(w).await;
    }
    let mut checks: Vec<_> = w.answers.iter().map(rest::accepted).collect();
    checks.extend(w.answers.iter().map(|answer| owasp::not_taken(answer, &sent)));
    w.recorder.expect_all(checks)
}
