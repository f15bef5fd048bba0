//! Batch: each entry by itself. Transaction: all or nothing, whatever the order, with references between entries.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::store::{Store, text};
use super::{Ask, Content, Reply, Sandbox, input};
use crate::fhir::outcome::Refusal;
use crate::fhir::params;

const MOST: usize = 100;

impl Sandbox {
    pub(super) fn bundle(&self, store: &mut Store, ask: &Ask<'_>) -> Result<Reply, Refusal> {
        let Content::Bytes(bytes) = &ask.content else {
            return Err(Refusal::invalid("Een batch bevat geen batch."));
        };
        let bundle = input::json(bytes, false)?;
        let kind = text(&bundle, "type");
        if bundle["resourceType"] != "Bundle" || !matches!(kind, "batch" | "transaction") {
            return Err(Refusal::invalid("Stuur een Bundle van het type batch of transaction."));
        }
        let entries = bundle["entry"].as_array().map_or(&[][..], Vec::as_slice);
        if entries.len() > MOST {
            return Err(Refusal::new(413, "too-costly", "Stuur ten hoogste 100 onderdelen."));
        }
        let replies =
            if kind == "batch" { self.batch(store, entries) } else { self.transaction(store, entries)? };
        Ok(Reply::ok(json!({
            "resourceType": "Bundle",
            "type": format!("{kind}-response"),
            "entry": replies
        })))
    }

    fn batch(&self, store: &mut Store, entries: &[Value]) -> Vec<Value> {
        let mut replies = Vec::new();
        for entry in entries {
            let outcome = self.entry(store, entry);
            let failed = outcome.is_err();
            replies.push(outcome.unwrap_or_else(|refusal| {
                json!({ "response": { "status": refusal.status.to_string(), "outcome": refusal.outcome() } })
            }));
            if failed && self.defects.has("batch-stops") {
                break;
            }
        }
        replies
    }

    fn transaction(&self, store: &mut Store, entries: &[Value]) -> Result<Vec<Value>, Refusal> {
        let before = store.clone();
        let outcome = self.all(store, entries);
        if outcome.is_err() && !self.defects.has("transaction-in-parts") {
            *store = before;
        }
        outcome
    }

    fn all(&self, store: &mut Store, entries: &[Value]) -> Result<Vec<Value>, Refusal> {
        // New ids are known before anything is written, so that references may point forward.
        let mut renamed: BTreeMap<String, String> = BTreeMap::new();
        let mut planned: Vec<(usize, Value)> = Vec::new();
        for (at, entry) in entries.iter().enumerate() {
            let mut entry = entry.clone();
            if text(&entry["request"], "method") == "POST" && entry["request"]["ifNoneExist"].is_null() {
                let (kind, id) = (text(&entry["request"], "url").to_owned(), store.new_id());
                if let Some(url) = entry["fullUrl"].as_str() {
                    renamed.insert(url.to_owned(), format!("{kind}/{id}"));
                }
                entry["planned"] = Value::from(id);
            }
            planned.push((at, entry));
        }
        let rank = |entry: &Value| match text(&entry["request"], "method") {
            "DELETE" => 0,
            "POST" => 1,
            "PUT" | "PATCH" => 2,
            _ => 3,
        };
        planned.sort_by_key(|(_, entry)| rank(entry));
        let mut touched: Vec<String> = Vec::new();
        let mut replies: Vec<(usize, Value)> = Vec::new();
        for (at, mut entry) in planned {
            if !self.defects.has("references-not-rewritten") {
                rewrite(&mut entry["resource"], &renamed);
            }
            let url = text(&entry["request"], "url").to_owned();
            if matches!(rank(&entry), 0 | 2) {
                if touched.contains(&url) {
                    return Err(Refusal::invalid("Dezelfde resource staat twee keer in de transactie."));
                }
                touched.push(url);
            }
            replies.push((at, self.entry(store, &entry)?));
        }
        replies.sort_by_key(|(at, _)| *at);
        Ok(replies.into_iter().map(|(_, reply)| reply).collect())
    }

    fn entry(&self, store: &mut Store, entry: &Value) -> Result<Value, Refusal> {
        let request = &entry["request"];
        let (path, query) = text(request, "url").split_once('?').unwrap_or((text(request, "url"), ""));
        let header = |name: &str| request[name].as_str().map(str::to_owned);
        let ask = Ask {
            method: text(request, "method"),
            path,
            pairs: params::pairs(query.as_bytes()),
            if_match: header("ifMatch"),
            if_none_match: header("ifNoneMatch"),
            if_none_exist: header("ifNoneExist"),
            if_modified_since: None,
            content: Content::Resource(entry["resource"].clone()),
            strict: false,
            plain: false,
        };
        let reply = match entry["planned"].as_str() {
            Some(id) => {
                let on = self.kind(path)?;
                input::resource(&entry["resource"], on.name)?;
                let written = store.write("POST", id, entry["resource"].clone())?;
                self.saved(store, 201, written)
            }
            None => self.perform(store, &ask)?,
        };
        let of = |name: &str| {
            reply.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
        };
        let mut response = json!({ "status": reply.status.to_string() });
        if let Some(location) = of("Location") {
            response["location"] = Value::from(location);
        }
        if let Some(tag) = of("ETag") {
            response["etag"] = Value::from(tag);
        }
        let mut answer = json!({ "response": response });
        if let Some(resource) = reply.resource {
            answer["resource"] = resource;
        }
        Ok(answer)
    }
}

/// Replaces references to entries by those to what they became.
fn rewrite(value: &mut Value, renamed: &BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                match field.as_str().filter(|_| name == "reference").and_then(|old| renamed.get(old)) {
                    Some(new) => *field = Value::from(new.as_str()),
                    None => rewrite(field, renamed),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rewrite(item, renamed)),
        _ => {}
    }
}
