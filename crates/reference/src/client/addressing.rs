//! Keeps a replica of the directory of care services, finds addresses in it, and updates it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::{Answer, Client};
use crate::defects::Defects;

/// The most directories and pages that are read.
const DIRECTORIES: usize = 1_000;
const PAGES: usize = 100;
/// What is kept of a directory.
const KINDS: [&str; 2] = ["Organization", "Endpoint"];

/// Resources by path: `Endpoint/1`.
type Replica = BTreeMap<String, Value>;

/// The replicas of the product, by the address of the directory.
#[derive(Debug, Default)]
pub(crate) struct Replicas(Mutex<BTreeMap<String, Replica>>);

impl Replicas {
    fn all(&self) -> MutexGuard<'_, BTreeMap<String, Replica>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Reads the directory: all of it the first time, what changed from then on.
pub(super) async fn sync(client: &Client, asked: &Value) -> Value {
    match synchronise(client, directory(asked)).await {
        Ok(changes) => json!({ "changes": changes, "error": null }),
        Err(error) => json!({ "error": error }),
    }
}

fn directory(asked: &Value) -> &str {
    asked["directory"].as_str().unwrap_or_default()
}

async fn synchronise(client: &Client, base: &str) -> Result<usize, String> {
    let known = client.product.replicas.all().contains_key(base);
    let mut changes = 0;
    // One kind after the other, page after page: changes must be processed in order.
    for kind in KINDS {
        let first = if known {
            format!("{base}/{kind}/_history?_since=2026-01-01T00:00:00Z")
        } else {
            format!("{base}/{kind}")
        };
        let mut next = Some(first);
        for _ in 0..PAGES {
            let Some(url) = next.take() else { break };
            let page = page(client, &url).await?;
            changes += take(client, base, &page);
            let links = page["link"].as_array().cloned().unwrap_or_default();
            let following = links.iter().find(|link| link["relation"] == "next");
            // Only the directory itself says where its next page is.
            next = following
                .and_then(|link| link["url"].as_str())
                .filter(|url| url.starts_with(base))
                .map(str::to_owned);
        }
    }
    let mut all = client.product.replicas.all();
    if all.len() < DIRECTORIES {
        all.entry(base.to_owned()).or_default();
    }
    Ok(changes)
}

async fn page(client: &Client, url: &str) -> Result<Value, String> {
    let attempts = if client.defects.has("retry-after-ignored") { 4 } else { 1 };
    let mut status = 0;
    for _ in 0..attempts {
        let answer = client.send(client.request(http::Method::GET, url)).await?;
        status = answer.status;
        if status == 200 {
            return answer.json().ok_or_else(|| "no page".to_owned());
        }
        if status != 429 {
            break;
        }
    }
    Err(format!("status {status}"))
}

/// Puts a page into the replica; a version that is not newer than what is there changes nothing.
fn take(client: &Client, base: &str, page: &Value) -> usize {
    let entries = page["entry"].as_array().cloned().unwrap_or_default();
    let mut all = client.product.replicas.all();
    if all.len() >= DIRECTORIES && !all.contains_key(base) {
        return 0;
    }
    let replica = all.entry(base.to_owned()).or_default();
    let mut changes = 0;
    for mut entry in entries {
        let resource = entry["resource"].take();
        let (Some(kind), Some(id)) = (resource["resourceType"].as_str(), resource["id"].as_str()) else {
            continue;
        };
        let path = format!("{kind}/{id}");
        let newer = replica.get(&path).is_none_or(|known| version(&resource) > version(known));
        if newer || client.defects.has("older-version-overwrites") {
            replica.insert(path, resource);
            changes += 1;
        }
    }
    changes
}

fn version(resource: &Value) -> u64 {
    resource["meta"]["versionId"].as_str().and_then(|text| text.parse().ok()).unwrap_or(0)
}

/// Finds the endpoint of an organisation for a category of data and speaks to it.
pub(super) async fn find(client: &Client, asked: &Value) -> Value {
    let organisation = asked["organization"].as_str().unwrap_or_default();
    let found = address_of(client, asked, organisation).await;
    let spoken = match &found {
        Ok(address) => client.send(client.request(http::Method::GET, &format!("{address}/metadata"))).await,
        Err(error) => Err(error.clone()),
    };
    json!({ "address": found.ok(), "status": spoken.as_ref().ok().map(|answer| answer.status), "error": spoken.err() })
}

/// The address of the endpoint of an organisation by the replica, which is read first when there is none.
pub(super) async fn address_of(client: &Client, asked: &Value, ura: &str) -> Result<String, String> {
    let base = directory(asked);
    if !client.product.replicas.all().contains_key(base) {
        synchronise(client, base).await?;
    }
    let all = client.product.replicas.all();
    let replica = all.get(base).ok_or("no directory")?;
    let is = |resource: &Value, kind: &str| resource["resourceType"] == kind;
    let organisation = replica.values().filter(|one| is(one, "Organization")).find(|one| {
        let identifiers = one["identifier"].as_array().cloned().unwrap_or_default();
        identifiers
            .iter()
            .any(|one| one["system"] == "http://fhir.nl/fhir/NamingSystem/ura" && one["value"] == ura)
    });
    let endpoints = organisation.and_then(|one| one["endpoint"].as_array()).ok_or("no organisation")?;
    let endpoints = endpoints.iter().filter_map(|one| replica.get(one["reference"].as_str()?));
    let chosen = choose(endpoints.collect(), asked, &client.defects);
    let address = chosen.and_then(|one| one["address"].as_str()).ok_or("no endpoint")?;
    Ok(address.trim_end_matches('/').to_owned())
}

fn choose<'r>(endpoints: Vec<&'r Value>, asked: &Value, defects: &Defects) -> Option<&'r Value> {
    let usable = |one: &&&Value| defects.has("endpoint-period-ignored") || in_force(one);
    let usable =
        |one: &&&Value| usable(one) && (one["status"] == "active" || defects.has("endpoint-status-ignored"));
    let mut usable = endpoints.iter().filter(usable);
    if defects.has("endpoint-by-name") {
        let category = asked["category"].as_str().unwrap_or_default();
        let named = |one: &&&Value| one["name"].as_str().is_some_and(|name| name.contains(category));
        return usable.clone().find(named).or_else(|| usable.next()).copied();
    }
    usable.find(|one| fits(one, asked)).copied()
}

/// Connection, payload and version of FHIR.
fn fits(endpoint: &Value, asked: &Value) -> bool {
    let payloads = endpoint["payloadType"].as_array().cloned().unwrap_or_default();
    let codings = payloads.iter().filter_map(|one| one["coding"].as_array()).flatten();
    let mimes = endpoint["payloadMimeType"].as_array().cloned().unwrap_or_default();
    let wanted = format!("fhirVersion={}", asked["fhir_version"].as_str().unwrap_or_default());
    endpoint["connectionType"]["code"] == asked["connection_type"]
        && codings.into_iter().any(|coding| coding["code"] == asked["category"])
        && mimes
            .iter()
            .filter_map(Value::as_str)
            .any(|mime| mime.split(';').any(|part| part.trim() == wanted))
}

/// Whether the period of an endpoint includes this moment.
fn in_force(endpoint: &Value) -> bool {
    let now = OffsetDateTime::now_utc();
    let moment = |name: &str| OffsetDateTime::parse(endpoint["period"][name].as_str()?, &Rfc3339).ok();
    moment("start").is_none_or(|start| start <= now) && moment("end").is_none_or(|end| now <= end)
}

/// Sets the status of an endpoint of ours, looking before it writes.
pub(super) async fn update(client: &Client, asked: &Value) -> Value {
    match try_update(client, asked).await {
        Ok(status) => json!({ "status": status, "error": null }),
        Err(error) => json!({ "error": error }),
    }
}

async fn try_update(client: &Client, asked: &Value) -> Result<u16, String> {
    let url = format!("{}/{}", directory(asked), asked["endpoint"].as_str().unwrap_or_default());
    let (mut tag, mut resource) = read(client, &url).await?;
    let mut status = 0;
    for _ in 0..3 {
        resource["status"] = asked["status"].clone();
        let mut request =
            client.request(http::Method::PUT, &url).header("content-type", "application/fhir+json");
        if !client.defects.has("if-match-missing") {
            request = request.header("if-match", &tag);
        }
        let answer = client.send(request.body(resource.to_string())).await?;
        status = answer.status;
        if status != 412 {
            break;
        }
        let (current, theirs) = read(client, &url).await?;
        tag = current;
        // The defect: what another changed is written over with what was read before.
        if !client.defects.has("conflict-overwritten") {
            resource = theirs;
        }
    }
    Ok(status)
}

async fn read(client: &Client, url: &str) -> Result<(String, Value), String> {
    let answer: Answer = client.send(client.request(http::Method::GET, url)).await?;
    let tag = answer.header("etag").unwrap_or_default().to_owned();
    answer
        .json()
        .filter(|_| answer.status == 200)
        .map(|resource| (tag, resource))
        .ok_or_else(|| format!("status {}", answer.status))
}
