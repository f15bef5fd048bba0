//! Writing: create, update, delete, and each of them on a condition.

use serde_json::{Value, json};

use super::definitions::Kind;
use super::read::{etag, http_date};
use super::store::{Store, text};
use super::{Ask, Content, Reply, Sandbox, input};
use crate::fhir::outcome::Refusal;
use crate::fhir::params;

impl Sandbox {
    pub(super) fn create(&self, store: &mut Store, on: &Kind, ask: &Ask<'_>) -> Result<Reply, Refusal> {
        let resource = self.content(on, ask)?;
        if let Some(condition) =
            ask.if_none_exist.as_deref().filter(|_| !self.defects.has("if-none-exist-ignored"))
        {
            let found =
                self.named(store, on, &params::pairs(condition.trim_start_matches('?').as_bytes()))?;
            match found.as_slice() {
                [] => {}
                [one] => return Ok(self.saved(store, 200, store.read(on.name, one)?.clone())),
                _ => return Err(several()),
            }
        }
        let given = text(&resource, "id").to_owned();
        let keeps = self.defects.has("create-keeps-id") && !given.is_empty();
        let id = if keeps { given } else { store.new_id() };
        let written = store.write("POST", &id, resource)?;
        Ok(self.saved(store, 201, written))
    }

    pub(super) fn update(
        &self,
        store: &mut Store,
        on: &Kind,
        id: &str,
        ask: &Ask<'_>,
    ) -> Result<Reply, Refusal> {
        let mut resource = self.content(on, ask)?;
        if text(&resource, "id") != id {
            if !self.defects.has("put-other-id-accepted") {
                return Err(Refusal::invalid("Het id in de inhoud moet dat van het adres zijn."));
            }
            resource["id"] = Value::from(id);
        }
        self.matched(store, ask)?;
        let fresh = store.versions(on.name, id).is_empty();
        if fresh && self.defects.has("update-create-refused") {
            return Err(Refusal::method("GET, HEAD"));
        }
        let theirs = resource["meta"]["lastUpdated"].clone();
        let mut written = store.write("PUT", id, resource)?;
        if self.defects.has("client-meta-stored") && theirs.is_string() {
            written["meta"]["lastUpdated"] = theirs;
            store.overwrite(&written);
        }
        Ok(self.saved(store, if fresh { 201 } else { 200 }, written))
    }

    /// Whether the version the client knows is the current one.
    pub(super) fn matched(&self, store: &Store, ask: &Ask<'_>) -> Result<(), Refusal> {
        let Some(wanted) = ask.if_match.as_deref().filter(|_| !self.defects.has("if-match-ignored")) else {
            return Ok(());
        };
        let (kind, id) = ask.path.split_once('/').unwrap_or((ask.path, ""));
        let current = store.read(kind, id).ok().map(etag);
        if current.as_deref() == Some(wanted) {
            return Ok(());
        }
        Err(Refusal::new(412, "conflict", "De resource heeft intussen een andere versie."))
    }

    pub(super) fn conditional_update(
        &self,
        store: &mut Store,
        on: &Kind,
        ask: &Ask<'_>,
    ) -> Result<Reply, Refusal> {
        let mut resource = self.content(on, ask)?;
        let found = self.named(store, on, &ask.pairs)?;
        let given = text(&resource, "id").to_owned();
        match found.as_slice() {
            [] => {
                let id = if given.is_empty() { store.new_id() } else { given };
                let written = store.write("PUT", &id, resource)?;
                Ok(self.saved(store, 201, written))
            }
            [_, _, ..] if !self.defects.has("conditional-update-first") => Err(several()),
            [one, ..] => {
                if !given.is_empty() && given != *one {
                    return Err(Refusal::invalid(
                        "Het id in de inhoud is niet dat van de gevonden resource.",
                    ));
                }
                resource["id"] = Value::from(one.as_str());
                let written = store.write("PUT", one, resource)?;
                Ok(self.saved(store, 200, written))
            }
        }
    }

    pub(super) fn delete(&self, store: &mut Store, on: &Kind, id: &str) -> Result<Reply, Refusal> {
        let never = store.versions(on.name, id).is_empty();
        if never && self.defects.has("second-delete-500") && !self.first_time(store, on, id) {
            return Err(Refusal::new(500, "exception", "Er ging iets mis."));
        }
        if never && self.defects.has("delete-unknown-refused") {
            return Err(Refusal::new(422, "processing", "Er valt niets te verwijderen."));
        }
        if never && self.stu3 {
            return Err(Refusal::not_found());
        }
        store.delete(on.name, id);
        Ok(Reply::empty(204))
    }

    /// The defect `second-delete-500`: a name is remembered by writing and deleting it under another type.
    fn first_time(&self, store: &mut Store, on: &Kind, id: &str) -> bool {
        let other = if on.name == "Condition" { "Encounter" } else { "Condition" };
        let fresh = store.versions(other, id).is_empty();
        if fresh && store.write("PUT", id, json!({ "resourceType": other })).is_ok() {
            store.delete(other, id);
        }
        fresh
    }

    pub(super) fn conditional_delete(
        &self,
        store: &mut Store,
        on: &Kind,
        ask: &Ask<'_>,
    ) -> Result<Reply, Refusal> {
        let found = self.named(store, on, &ask.pairs)?;
        if found.len() > 1 && !self.defects.has("conditional-delete-all") {
            return Err(several());
        }
        for id in found {
            store.delete(on.name, &id);
        }
        Ok(Reply::empty(204))
    }

    /// The resource that came along, fit to be stored.
    fn content(&self, on: &Kind, ask: &Ask<'_>) -> Result<Value, Refusal> {
        let resource = match &ask.content {
            Content::Bytes(bytes) => input::json(bytes, self.defects.has("json-lenient"))?,
            Content::Resource(resource) => resource.clone(),
        };
        if self.defects.has("wrong-type-stored") && resource.is_object() {
            let mut resource = resource;
            resource["resourceType"] = Value::from(on.name);
            return Ok(resource);
        }
        input::resource(&resource, on.name)?;
        Ok(resource)
    }

    /// The answer to a successful write.
    pub(super) fn saved(&self, store: &Store, status: u16, resource: Value) -> Reply {
        let (kind, id) = (text(&resource, "resourceType"), text(&resource, "id"));
        let versions = store.versions(kind, id);
        let changed = versions.last().map(|version| http_date(version.at)).unwrap_or_default();
        let location = format!("{}/{kind}/{id}/_history/{}", self.base, versions.len());
        let tag = etag(&resource);
        let reply = Reply { status, resource: Some(resource), headers: Vec::new() };
        let reply = reply.with("ETag", tag).with("Last-Modified", changed);
        if status == 201 { reply.with("Location", location) } else { reply }
    }
}

fn several() -> Refusal {
    Refusal::new(412, "multiple-matches", "Meer dan één resource voldoet aan de voorwaarde.")
}
