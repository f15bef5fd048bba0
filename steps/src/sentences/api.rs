//! Methods, repetition and sessions.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop, http::Answer};
use keur_probes::{
    fhir::{bundle, canonical},
    headers, http, methods,
};
use serde_json::json;

use crate::{World, run::Party};

/// Makes an authorised request and remembers the answer.
pub(super) async fn ask(
    w: &mut World,
    purpose: &str,
    method: &str,
    path: &str,
    header: Option<(&str, &str)>,
) -> Result<Answer, Stop> {
    let mut request = w.authorised(Party::A, purpose, method, path).await?;
    if let Some((name, value)) = header {
        request = request.header(name, value);
    }
    w.send(request).await.cloned()
}

/// The plain search for the chosen patient, with a parameter more.
pub(super) fn search_with(w: &World, parameter: &str) -> Result<String, Stop> {
    let search = w.patient_search(w.purpose())?;
    let joint = if search.contains('?') { '&' } else { '?' };
    Ok(format!("{search}{joint}{parameter}"))
}

/// An id that no resource can have.
pub(super) fn no_such_id(w: &World) -> String {
    let id = w.recorder.uuid();
    if w.run.exam { id } else { format!("keur-proef-{id}") }
}

/// A resource type that does not exist: no name in FHIR is one capital long and then lower case for so long.
pub(super) fn no_such_type(w: &World, usual: &str) -> String {
    w.made_up(usual, |draw| format!("Q{}", draw.letters(11)))
}

/// Path of the first resource that the latest search found.
pub(super) fn first_found(w: &World) -> Result<String, Stop> {
    let set = bundle::searchset(w.answer()?).unwrap_or_default();
    let path = bundle::matches(set)
        .find_map(|one| Some(format!("{}/{}", one["resourceType"].as_str()?, one["id"].as_str()?)));
    path.ok_or_else(|| w.recorder.broken("er is nog geen resource gevonden"))
}

fn fact(w: &World, name: &str) -> Result<String, Stop> {
    let found = w.facts.get(name).and_then(|value| value.as_str());
    found.map(str::to_owned).ok_or_else(|| w.recorder.broken(&format!("{name} is nog niet bekend")))
}

/// The answers to requests of this method, in their order.
fn answers_to(w: &World, method: &str) -> Vec<Answer> {
    w.answers.iter().filter(|answer| answer.request.method == method).cloned().collect()
}

/// The first and the last of two or more.
fn pair(w: &World, answers: &[Answer]) -> Result<(Answer, Answer), Stop> {
    match answers {
        [first, .., last] => Ok((first.clone(), last.clone())),
        _ => Err(w.recorder.broken("er zijn nog geen twee antwoorden om te vergelijken")),
    }
}

#[when(expr = "dezelfde opvraging met de methode {string} wordt gedaan")]
async fn other_method(w: &mut World, method: String) -> Result<(), Stop> {
    // No method begins like this.
    let method = w.made_up(&method, |draw| format!("XQ{}", draw.letters(4).to_ascii_uppercase()));
    let search = w.patient_search(w.purpose())?;
    ask(w, "opvraging met een methode die niet bestaat", &method, &search, None).await.map(drop)
}

#[then("kent het product die methode niet")]
async fn method_unknown(w: &mut World) -> Step {
    let checks = methods::not_implemented(w.answer()?);
    w.recorder.expect_all(checks)
}

#[given("een gelezen resource")]
async fn read_resource(w: &mut World) -> Step {
    w.control(Party::A).await?;
    let path = first_found(w)?;
    w.facts.insert("resource", json!(path));
    // Only the reads are compared, not the search before them.
    w.answers.clear();
    let answer = ask(w, "resource lezen", "GET", &path, None).await?;
    w.recorder.expect(http::status(&answer, 200))
}

#[when("dezelfde resource nog een keer wordt gelezen")]
async fn read_again(w: &mut World) -> Result<(), Stop> {
    let path = fact(w, "resource")?;
    ask(w, "dezelfde resource nog een keer lezen", "GET", &path, None).await.map(drop)
}

#[when("dezelfde resource met HEAD wordt opgevraagd")]
async fn head(w: &mut World) -> Result<(), Stop> {
    let path = fact(w, "resource")?;
    ask(w, "dezelfde resource met HEAD", "HEAD", &path, None).await.map(drop)
}

#[then("tonen beide leesverzoeken dezelfde versie en inhoud")]
async fn unchanged(w: &mut World) -> Step {
    let (first, last) = pair(w, &answers_to(w, "GET"))?;
    let same =
        canonical::same("twee keer dezelfde inhoud", ("het eerste antwoord", &first), ("het tweede", &last));
    w.recorder.expect_all([methods::same_version(&first, &last), same])
}

#[then("spreekt HEAD het leesverzoek niet tegen")]
async fn head_like_get(w: &mut World) -> Step {
    let (get, head) = (answers_to(w, "GET"), answers_to(w, "HEAD"));
    match (get.first(), head.first()) {
        (Some(get), Some(head)) => w.recorder.expect(methods::head_like_get(get, head)),
        _ => Err(w.recorder.broken("er is nog geen GET en HEAD om te vergelijken")),
    }
}

#[when("twee keer dezelfde DELETE wordt gedaan op een resource die niet bestaat")]
async fn delete_twice(w: &mut World) -> Result<(), Stop> {
    let path = format!("Patient/{}", no_such_id(w));
    for purpose in ["DELETE op een resource die niet bestaat", "dezelfde DELETE nog een keer"] {
        ask(w, purpose, "DELETE", &path, None).await?;
    }
    Ok(())
}

/// Without the claim that writing is welcome the body names another id than the address: FHIR has that refused, so
/// nothing is created.
#[when("twee keer dezelfde PUT wordt gedaan")]
async fn put_twice(w: &mut World) -> Result<(), Stop> {
    w.answers.clear();
    let id = no_such_id(w);
    let sandbox = w.run.product.claims.get("write").is_some_and(|claim| claim == "sandbox");
    let named = if sandbox { id.clone() } else { no_such_id(w) };
    let body = json!({ "resourceType": "Patient", "id": named, "active": true }).to_string();
    let path = format!("Patient/{id}");
    let mut created = false;
    for purpose in ["PUT van een proefpatiënt zonder gegevens", "dezelfde PUT nog een keer"] {
        let request = w.authorised(Party::A, purpose, "PUT", &path).await?;
        let answer = w.send(request.content("application/fhir+json", body.clone())).await?.clone();
        if answer.response().is_some_and(|response| response.status < 300) {
            created = true;
            ask(w, "lezen wat er nu staat", "GET", &path, None).await?;
        }
    }
    if created {
        ask(w, "opruimen van de proefpatiënt", "DELETE", &path, None).await?;
    }
    Ok(())
}

#[then(expr = "heeft de tweede {word} hetzelfde gevolg als de eerste")]
async fn idempotent(w: &mut World, method: String) -> Step {
    let (first, second) = pair(w, &answers_to(w, &method))?;
    let mut checks = vec![methods::idempotent(&first, &second)];
    let reads: Vec<Answer> =
        w.answers.iter().filter(|one| one.request.purpose.starts_with("lezen")).cloned().collect();
    if let [first, second] = reads.as_slice() {
        checks.push(methods::same_state(first, second));
    }
    w.recorder.expect_all(checks)
}

#[when("drie opvragingen elk op een nieuwe verbinding worden gedaan, en daarna in omgekeerde volgorde")]
async fn shuffled(w: &mut World) -> Result<(), Stop> {
    w.answers.clear();
    let paths = [w.patient_search(w.purpose())?, "metadata".to_owned(), search_with(w, "_count=1")?];
    for path in paths.iter().chain(paths.iter().rev()) {
        let purpose = "opvraging op een nieuwe verbinding, zonder cookie";
        let mut request = w.authorised(Party::A, purpose, "GET", path).await?;
        request.fresh = true;
        w.send(request).await?;
    }
    Ok(())
}

#[then("maakt de volgorde geen verschil")]
async fn order_is_nothing(w: &mut World) -> Step {
    let count = w.answers.len();
    let checks: Vec<Check> = (0..count / 2)
        .map(|index| {
            let (first, second) = (&w.answers[index], &w.answers[count - 1 - index]);
            let expected = format!("twee keer hetzelfde antwoord op {}", methods::asked(first));
            canonical::same(&expected, ("de eerste volgorde", first), ("de omgekeerde volgorde", second))
        })
        .collect();
    w.recorder.expect_all(checks)
}

#[then("plaatst het product geen cookie")]
async fn no_cookie(w: &mut World) -> Step {
    let checks: Vec<Check> = w.answers.iter().map(headers::no_cookie).collect();
    w.recorder.expect_all(checks)
}
