//! Registers a patient at the localisation index, withdraws that, and finds sources there: by pseudonym.

use std::sync::{Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::hkdf;
use serde_json::{Value, json};

use super::{CLIENT_ID, Client, addressing};
use crate::pki::URA_SOURCE;
use crate::random;

const PSEUDONYM: &str = "http://minvws.github.io/generiekefuncties-docs/NamingSystem/nvi-identifier";
const CATEGORIES: &str = "http://minvws.github.io/generiekefuncties-docs/CodeSystem/nl-gf-data-categories-cs";
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
/// The organisation that runs the index in the trial environment, and the scope of its pseudonyms.
const INDEX: &str = "ura:90000901";
const SCOPE: &str = "nationale-verwijsindex";
/// The most registrations that are remembered.
const CAPACITY: usize = 1_000;

/// The registrations of the product: index, patient, id.
#[derive(Debug, Default)]
pub(crate) struct Registrations {
    made: Mutex<Vec<(String, String, String)>>,
    /// The pseudonym that a product with the defect `pseudonym-kept` goes on using.
    kept: Mutex<Option<String>>,
}

pub(super) async fn register(client: &Client, asked: &Value) -> Value {
    told(try_register(client, asked).await)
}

pub(super) async fn withdraw(client: &Client, asked: &Value) -> Value {
    told(try_withdraw(client, asked).await)
}

fn told(result: Result<Value, String>) -> Value {
    result.unwrap_or_else(|error| json!({ "error": error }))
}

fn text<'a>(asked: &'a Value, name: &str) -> &'a str {
    asked[name].as_str().unwrap_or_default()
}

async fn try_register(client: &Client, asked: &Value) -> Result<Value, String> {
    let (nvi, bsn) = (text(asked, "nvi"), text(asked, "bsn"));
    let pseudonym = pseudonym(client, asked).await?;
    let mut list = json!({
        "resourceType": "List",
        "status": "current",
        "mode": "working",
        "extension": [{
            "url": "http://minvws.github.io/generiekefuncties-docs/StructureDefinition/nl-gf-localization-custodian",
            "valueReference": { "identifier": { "system": "http://fhir.nl/fhir/NamingSystem/ura", "value": URA_SOURCE } },
        }],
        "code": { "coding": [{ "system": CATEGORIES, "code": text(asked, "category") }] },
        "subject": { "identifier": { "system": PSEUDONYM, "value": pseudonym } },
        "source": { "identifier": {
            "system": "http://minvws.github.io/generiekefuncties-docs/NamingSystem/oauth-client-id", "value": CLIENT_ID,
        } },
        "emptyReason": { "coding": [{ "system": "http://terminology.hl7.org/CodeSystem/list-empty-reason", "code": "withheld" }] },
    });
    if client.defects.has("custodian-missing") {
        list["extension"] = json!([]);
    }
    if client.defects.has("category-as-title") {
        list["title"] = list["code"]["coding"][0]["code"].clone();
    }
    let bundle = json!({
        "resourceType": "Bundle", "type": "transaction",
        "entry": [{ "resource": list, "request": { "method": "POST", "url": "List" } }],
    });
    let answer = post(client, nvi, &bundle).await?;
    let location = answer.pointer("/entry/0/response/location").and_then(Value::as_str);
    let id = location.and_then(|location| location.strip_prefix("List/")).ok_or("not registered")?;
    let mut made = client.product.registrations.made.lock().unwrap_or_else(PoisonError::into_inner);
    if made.len() < CAPACITY {
        made.push((nvi.to_owned(), bsn.to_owned(), id.to_owned()));
    }
    Ok(json!({ "registered": id, "error": null }))
}

async fn try_withdraw(client: &Client, asked: &Value) -> Result<Value, String> {
    let (nvi, bsn) = (text(asked, "nvi"), text(asked, "bsn"));
    let gone: Vec<String> = {
        let mut made = client.product.registrations.made.lock().unwrap_or_else(PoisonError::into_inner);
        let of = |one: &(String, String, String)| one.0 == nvi && one.1 == bsn;
        made.extract_if(.., |one| of(one)).map(|(_, _, id)| id).collect()
    };
    if !client.defects.has("registration-lingers") {
        let delete = |id: &String| json!({ "request": { "method": "DELETE", "url": format!("List/{id}") } });
        let entries: Vec<Value> = gone.iter().map(delete).collect();
        post(client, nvi, &json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries }))
            .await?;
    }
    Ok(json!({ "withdrawn": gone, "error": null }))
}

async fn post(client: &Client, url: &str, body: &Value) -> Result<Value, String> {
    let request = client
        .request(http::Method::POST, url)
        .header("content-type", "application/fhir+json")
        .body(body.to_string());
    let answer = client.send(request).await?;
    match answer.json() {
        Some(body) if (200..300).contains(&answer.status) => Ok(body),
        _ => Err(format!("status {}", answer.status)),
    }
}

/// Finds the sources of a patient's data and asks each; what does not answer is told as such.
pub(super) async fn find(client: &Client, asked: &Value) -> Value {
    let nothing = |warnings: &[String], error: Option<String>| json!({ "sources": [], "warnings": warnings, "error": error });
    let custodians = match custodians(client, asked).await {
        Ok(custodians) => custodians,
        Err(_) if client.defects.has("outage-read-as-empty") => return nothing(&[], None),
        Err(error) => return nothing(&["De verwijsindex antwoordt niet.".to_owned()], Some(error)),
    };
    let (mut sources, mut warnings) = (Vec::new(), Vec::new());
    for ura in custodians {
        match ask(client, asked, &ura).await {
            Ok(count) => sources.push(json!({ "ura": ura, "count": count, "complete": true })),
            Err(_) if client.defects.has("outage-read-as-empty") => {
                sources.push(json!({ "ura": ura, "count": 0, "complete": true }));
            }
            Err(error) => {
                warnings.push(format!("Bron {ura} antwoordt niet; het beeld is onvolledig ({error})."));
                sources.push(json!({ "ura": ura, "count": 0, "complete": false }));
            }
        }
        if client.defects.has("first-source-only") {
            break;
        }
    }
    json!({ "sources": sources, "warnings": warnings, "error": null })
}

async fn custodians(client: &Client, asked: &Value) -> Result<Vec<String>, String> {
    let category = format!("{CATEGORIES}|{}", text(asked, "category"));
    let subject = if client.defects.has("bsn-in-index-query") {
        Some(format!("{BSN}|{}", text(asked, "bsn")))
    } else if client.defects.has("index-query-unbounded") {
        None
    } else {
        Some(format!("{PSEUDONYM}|{}", pseudonym(client, asked).await?))
    };
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(subject.map(|subject| ("subject:identifier", subject)))
        .append_pair("code", &category)
        .finish();
    let url = format!("{}/List?{query}", text(asked, "nvi"));
    let answer = client.send(client.request(http::Method::GET, &url)).await?;
    let Some(found) = answer.json().filter(|_| answer.status == 200) else {
        return Err(format!("status {}", answer.status));
    };
    let entries = found["entry"].as_array().cloned().unwrap_or_default();
    let ura = |entry: &Value| {
        let value = entry.pointer("/resource/extension/0/valueReference/identifier/value")?;
        value.as_str().map(str::to_owned)
    };
    Ok(entries.iter().filter_map(ura).collect())
}

/// How many resources a source has.
async fn ask(client: &Client, asked: &Value, ura: &str) -> Result<usize, String> {
    let address = addressing::address_of(client, asked, ura).await?;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("patient.identifier", &format!("{BSN}|{}", text(asked, "bsn")))
        .finish();
    let request = client
        .request(http::Method::POST, &format!("{address}/{}/_search", text(asked, "category")))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form);
    let answer = client.send(request).await?;
    match answer.json() {
        Some(found) if answer.status == 200 => Ok(found["entry"].as_array().map_or(0, Vec::len)),
        _ => Err(format!("status {}", answer.status)),
    }
}

/// A pseudonym for the index, of the pseudonym service; a new one each time.
///
/// The group in which the service blinds is not published, so the sample blinds by a random pad: what leaves is as
/// little the number as with the real function, and nobody here undoes it.
async fn pseudonym(client: &Client, asked: &Value) -> Result<String, String> {
    let keeps = client.defects.has("pseudonym-kept");
    let kept = &client.product.registrations.kept;
    if let Some(kept) = kept.lock().unwrap_or_else(PoisonError::into_inner).clone().filter(|_| keeps) {
        return Ok(kept);
    }
    let bsn = text(asked, "bsn");
    if client.defects.has("bsn-as-pseudonym") {
        return Ok(URL_SAFE_NO_PAD.encode(format!("PseudoBSN: {bsn}")));
    }
    // Member names in the order RFC 8785 puts them.
    let subject = format!(r#"{{"landCode":"NL","type":"BSN","value":"{bsn}"}}"#);
    let info = format!("{{{INDEX}}}|{{{SCOPE}}}|v1").replace(['{', '}'], "");
    let key = derived(subject.as_bytes(), info.as_bytes()).ok_or("no key")?;
    let pad = derived(random::secret().as_bytes(), b"blind").ok_or("no blind")?;
    let blinded: Vec<u8> = key.iter().zip(&pad).map(|(a, b)| a ^ b).collect();
    let body = json!({
        "blinded_input": URL_SAFE_NO_PAD.encode(blinded), "recipient_organization": INDEX, "recipient_scope": SCOPE,
    });
    let request = client
        .request(http::Method::POST, &format!("{}/evaluate", text(asked, "prs")))
        .header("content-type", "application/json")
        .body(body.to_string());
    let answer = client.send(request).await?;
    let output = answer.json().map(|body| body["evaluated_output"].clone()).filter(Value::is_string);
    let output = output.ok_or_else(|| format!("no pseudonym: status {}", answer.status))?;
    let value = json!({ "evaluated_output": output, "blind_factor": URL_SAFE_NO_PAD.encode(pad) });
    let made = URL_SAFE_NO_PAD.encode(value.to_string());
    if keeps {
        *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(made.clone());
    }
    Ok(made)
}

/// 32 bytes by HKDF-SHA256 without salt.
fn derived(secret: &[u8], info: &[u8]) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]);
    salt.extract(secret).expand(&[info], hkdf::HKDF_SHA256).ok()?.fill(&mut bytes).ok()?;
    Some(bytes)
}
