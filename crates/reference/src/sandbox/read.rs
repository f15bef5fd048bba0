//! Reading: the current version, an old one, and what happened.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::definitions::Kind;
use super::store::{Store, Version, instant, text};
use super::{Ask, Reply, Sandbox};
use crate::fhir::outcome::Refusal;
use crate::fhir::params::Pairs;

const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// A version as `ETag`.
pub(super) fn etag(resource: &Value) -> String {
    format!("W/\"{}\"", resource["meta"]["versionId"].as_str().unwrap_or_default())
}

pub(super) fn http_date(at: OffsetDateTime) -> String {
    at.to_offset(UtcOffset::UTC).format(HTTP_DATE).unwrap_or_default()
}

impl Sandbox {
    pub(super) fn read(&self, store: &Store, on: &Kind, id: &str, ask: &Ask<'_>) -> Result<Reply, Refusal> {
        let mut resource = match store.read(on.name, id) {
            Err(refusal) if refusal.status == 410 && self.defects.has("deleted-still-read") => {
                let last = store.versions(on.name, id).iter().rev().find_map(|version| version.json.clone());
                return Ok(Reply::ok(last.unwrap_or_default()));
            }
            found => found?.clone(),
        };
        if self.defects.has("get-changes-version") && ask.plain && store.is_seed(on.name, id) {
            let count = self.reads.fetch_add(1, Ordering::Relaxed) + 2;
            resource["meta"]["versionId"] = Value::from(count.to_string());
        }
        let changed =
            store.versions(on.name, id).last().map(|version| http_date(version.at)).unwrap_or_default();
        let own = etag(&resource);
        let same = match (&ask.if_none_match, &ask.if_modified_since) {
            (Some(known), _) => *known == own || self.defects.has("not-modified-always"),
            (None, Some(since)) => *since == changed,
            (None, None) => false,
        };
        let shown = if self.defects.has("etag-constant") { "W/\"0\"".to_owned() } else { own };
        let reply = if same { Reply::empty(304) } else { Reply::ok(resource) };
        Ok(reply.with("ETag", shown).with("Last-Modified", changed))
    }

    pub(super) fn vread(&self, store: &Store, on: &Kind, id: &str, version: &str) -> Result<Reply, Refusal> {
        let versions = store.versions(on.name, id);
        let at = version.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if self.defects.has("get-changes-version") && at.is_some() && store.is_seed(on.name, id) {
            let mut resource = store.read(on.name, id)?.clone();
            resource["meta"]["versionId"] = Value::from(version);
            return Ok(Reply::ok(resource));
        }
        let found = at.and_then(|at| versions.get(at)).ok_or_else(Refusal::not_found)?;
        let gone = || Refusal::new(410, "deleted", "Deze versie is een verwijdering.");
        let mut resource = found.json.clone().ok_or_else(gone)?;
        if self.defects.has("vread-current") {
            let meta = resource["meta"].take();
            resource = store.read(on.name, id).cloned().unwrap_or(resource);
            resource["meta"] = meta;
        }
        let (tag, changed) = (etag(&resource), http_date(found.at));
        Ok(Reply::ok(resource).with("ETag", tag).with("Last-Modified", changed))
    }

    pub(super) fn history(
        &self,
        store: &Store,
        on: &Kind,
        id: Option<&str>,
        pairs: &Pairs,
    ) -> Result<Reply, Refusal> {
        if let Some(id) = id
            && store.versions(on.name, id).is_empty()
        {
            return Err(Refusal::not_found());
        }
        let count = pairs.iter().find(|(name, _)| name == "_count").map(|(_, value)| value.parse::<usize>());
        let count = count.transpose().map_err(|_| super::matching::bad("_count"))?.unwrap_or(100);
        let mut events = store.events(on.name);
        events.retain(|(own, _, version)| {
            let hidden = version.json.is_none() && self.defects.has("history-hides-deletion");
            id.is_none_or(|id| id == *own) && !hidden
        });
        if !self.defects.has("history-oldest-first") {
            events.reverse();
        }
        let total = events.len();
        let entries: Vec<Value> = events
            .into_iter()
            .take(count.min(100))
            .map(|(id, number, version)| self.event(on, id, number, version))
            .collect();
        let address = match id {
            Some(id) => format!("{}/{}/{id}/_history", self.base, on.name),
            None => format!("{}/{}/_history", self.base, on.name),
        };
        let mut bundle = json!({
            "resourceType": "Bundle",
            "type": "history",
            "total": total,
            "link": [{ "relation": "self", "url": address }]
        });
        if !entries.is_empty() {
            bundle["entry"] = Value::Array(entries);
        }
        Ok(Reply::ok(bundle))
    }

    fn event(&self, on: &Kind, id: &str, number: usize, version: &Version) -> Value {
        let method = if version.method == "SEED" { "PUT" } else { version.method };
        // STU3 has no PATCH here.
        let method = if method == "PATCH" && self.stu3 { "PUT" } else { method };
        let url = if method == "POST" { on.name.to_owned() } else { format!("{}/{id}", on.name) };
        let status = match method {
            "DELETE" => "204",
            _ if number == 1 => "201",
            _ => "200",
        };
        let mut entry = json!({
            "fullUrl": format!("{}/{}/{id}", self.base, on.name),
            "request": { "method": method, "url": url },
            "response": { "status": status, "etag": format!("W/\"{number}\""), "lastModified": instant(version.at) }
        });
        if let Some(resource) = &version.json {
            debug_assert_eq!(text(resource, "id"), id);
            entry["resource"] = resource.clone();
        }
        entry
    }
}
