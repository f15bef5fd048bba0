//! Retrieving the BgZ of a patient from another organisation, and telling what of it is there and what is missing.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::searches::{SEARCHES, Search};
use super::{Answer, Client};
use crate::fhir::bsn;

/// Pages of one search at most.
const MAX_PAGES: usize = 50;
/// How often the product waits for a busy source, per search.
const MAX_WAITS: usize = 2;
/// How long it waits at most.
const MAX_WAIT_S: u64 = 5;

/// `{"action": "bgz", "fhir_base", "token_endpoint", "scope", "bsn"}`
pub(super) async fn act(client: &Client, asked: &Value) -> Value {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let token = match client.token(text("token_endpoint"), text("scope")).await {
        Ok(token) => token,
        Err(error) => return json!({ "sections": [], "warnings": [], "error": error }),
    };
    let retrieval = Retrieval { client, base: text("fhir_base").to_owned(), bsn: text("bsn"), token };
    let skipped = usize::from(client.defects.has("client-skips-search"));
    let (mut sections, mut warnings) = (Vec::new(), Vec::new());
    // Several at a time would do as well; a source that is slow for one is slow for all.
    for search in &SEARCHES[..SEARCHES.len() - skipped] {
        let found = retrieval.section(search).await;
        if let Err(Lost::Crash) = found {
            return json!({ "sections": [], "warnings": [], "error": "onverwachte inhoud" });
        }
        let (count, complete) = match found {
            Ok(count) => (count, true),
            Err(Lost::Part(count, _)) => (count, client.defects.has("client-outage-as-empty")),
            Err(Lost::Crash) => (0, false),
        };
        if let (Err(Lost::Part(_, why)), false) = (&found, complete) {
            warnings.push(format!("{}: niet volledig opgehaald ({why})", search.name));
        }
        sections.push(json!({ "name": search.name, "count": count, "complete": complete }));
    }
    json!({ "sections": sections, "warnings": warnings, "error": null })
}

/// Why a section is not whole.
enum Lost {
    /// What was found until it went wrong, and what went wrong.
    Part(usize, String),
    /// The defects that cannot stand what is allowed.
    Crash,
}

struct Retrieval<'a> {
    client: &'a Client,
    base: String,
    bsn: &'a str,
    token: String,
}

impl Retrieval<'_> {
    /// The number of resources a section holds.
    async fn section(&self, search: &Search) -> Result<usize, Lost> {
        let defects = &self.client.defects;
        let mut count = 0;
        let lost = |count: usize| move |why: String| Lost::Part(count, why);
        let mut url = self.url(search).map_err(lost(0))?;
        for _ in 0..MAX_PAGES {
            let bundle = self.page(&url).await.map_err(lost(count))?;
            let entries = bundle["entry"].as_array().cloned().unwrap_or_default();
            if defects.has("client-strict-parser") && bundle.get("keurNieuwElement").is_some() {
                return Err(Lost::Crash);
            }
            if defects.has("client-needs-entries") && entries.is_empty() {
                return Err(Lost::Crash);
            }
            if entries.iter().any(|entry| is_error(&entry["resource"])) {
                return Err(Lost::Part(count, "de bron meldt dat het antwoord niet volledig is".to_owned()));
            }
            let found = entries.iter().filter(|entry| entry["search"]["mode"] != "include");
            count += found.filter(|entry| entry["resource"]["resourceType"] == search.kind()).count();
            let links = bundle["link"].as_array().cloned().unwrap_or_default();
            let next = links.iter().find(|link| link["relation"] == "next");
            let Some(next) = next.and_then(|link| link["url"].as_str()) else { return Ok(count) };
            if defects.has("client-first-page-only") {
                return Ok(count);
            }
            let next = Url::parse(next).map_err(|error| Lost::Part(count, error.to_string()))?;
            if next.origin() != url.origin() && !defects.has("client-token-to-next-host") {
                return Err(Lost::Part(count, "het vervolg staat bij een andere partij".to_owned()));
            }
            url = next;
        }
        Err(Lost::Part(count, "te veel bladzijden".to_owned()))
    }

    fn url(&self, search: &Search) -> Result<Url, String> {
        let (path, query) = search.text.split_once('?').unwrap_or((search.text, ""));
        let system = if self.client.defects.has("client-own-bsn-system") {
            "urn:oid:2.16.840.1.113883.2.4.6.3"
        } else {
            bsn::SYSTEM
        };
        let mut url = Url::parse(&format!("{}/{path}", self.base)).map_err(|error| error.to_string())?;
        for (name, value) in query.split('&').filter_map(|pair| pair.split_once('=')) {
            let value = value.replace("{bsn}", &format!("{system}|{}", self.bsn));
            url.query_pairs_mut().append_pair(name, &value);
        }
        if self.client.defects.has("client-token-in-url") {
            url.query_pairs_mut().append_pair("access_token", &self.token);
        }
        Ok(url)
    }

    /// One page as a Bundle.
    async fn page(&self, url: &Url) -> Result<Value, String> {
        let mut answer = self.get(url).await?;
        for _ in 0..MAX_WAITS {
            if answer.status != 429 {
                break;
            }
            let seconds = answer.header("retry-after").and_then(|text| text.parse().ok()).unwrap_or(1);
            if !self.client.defects.has("client-hammers") {
                tokio::time::sleep(Duration::from_secs(u64::min(seconds, MAX_WAIT_S))).await;
            }
            answer = self.get(url).await?;
        }
        if answer.status == 307 && self.client.defects.has("client-token-to-redirect") {
            let elsewhere = answer.header("location").and_then(|location| url.join(location).ok());
            answer = self.get(&elsewhere.ok_or("geen adres")?).await?;
        }
        if answer.status != 200 {
            return Err(format!("status {}", answer.status));
        }
        let bundle = answer.json().filter(|body| body["resourceType"] == "Bundle");
        bundle.ok_or_else(|| "geen Bundle".to_owned())
    }

    async fn get(&self, url: &Url) -> Result<Answer, String> {
        let request = self
            .client
            .request(Method::GET, url.as_str())
            .header("accept", "application/fhir+json")
            .header("authorization", format!("Bearer {}", self.token));
        self.client.send(request).await
    }
}

fn is_error(resource: &Value) -> bool {
    let issues = resource["issue"].as_array().into_iter().flatten();
    resource["resourceType"] == "OperationOutcome"
        && issues.into_iter().any(|issue| issue["severity"] == "error" || issue["severity"] == "fatal")
}
