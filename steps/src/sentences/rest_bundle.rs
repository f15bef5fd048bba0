//! Batches and transactions in a sandbox.

use cucumber::when;
use keur_evidence::{Stop, http::Answer};
use keur_probes::fhir::rest::{bundles, writing};
use serde_json::{Value, json};

use super::rest_sandbox::{clean_up, found_by, keep, mark, read, send};
use crate::World;

/// Sends a bundle to the base, and remembers to remove what it made.
async fn post(w: &mut World, purpose: &str, bundle: &Value) -> Result<Answer, Stop> {
    let answer = send(w, purpose, "POST", "", None, Some(bundle)).await?;
    for id in bundles::made(&answer) {
        clean_up(w, format!("Patient/{id}"));
    }
    Ok(answer)
}

#[when("een batch met een goed, een onmogelijk en weer een goed onderdeel wordt gestuurd")]
async fn batch(w: &mut World) -> Result<(), Stop> {
    let (first, last) = (mark(w), mark(w));
    let entries = vec![bundles::create(&first, None), bundles::impossible(), bundles::create(&last, None)];
    let answer = post(w, "batch", &bundles::of("batch", entries)).await?;
    keep(w, bundles::each_by_itself(&answer));
    Ok(())
}

#[when("een transactie met een onmogelijk laatste onderdeel wordt gestuurd")]
async fn broken_transaction(w: &mut World) -> Result<(), Stop> {
    let mark = mark(w);
    let entries = vec![bundles::create(&mark, None), bundles::impossible()];
    let answer = post(w, "transactie die niet kan", &bundles::of("transaction", entries)).await?;
    let found = send(w, "zoeken wat ervan is opgeslagen", "GET", &found_by(&mark), None, None).await?;
    keep(w, [bundles::failed(&answer), writing::finds(&found, &mark, 0, "na een mislukte transactie")]);
    Ok(())
}

#[when("een transactie wordt gestuurd waarin de ene patiënt naar de andere verwijst")]
async fn linked_transaction(w: &mut World) -> Result<(), Stop> {
    let (one, two) = (mark(w), mark(w));
    let url = format!("urn:uuid:{}", w.recorder.uuid());
    let mut pointing = bundles::create(&one, None);
    pointing["resource"]["link"] = json!([{ "other": { "reference": url }, "type": "seealso" }]);
    // What is referred to comes last: the order of the entries may not matter.
    let entries = vec![pointing, bundles::create(&two, Some(&url))];
    let answer = post(w, "transactie met een verwijzing", &bundles::of("transaction", entries)).await?;
    keep(w, [bundles::succeeded(&answer, 2)]);
    if let [one, two] = bundles::made(&answer).as_slice() {
        let there = read(w, &format!("Patient/{one}")).await?;
        keep(w, [bundles::linked(&there, &format!("Patient/{two}"))]);
    }
    Ok(())
}
