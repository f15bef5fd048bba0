//! The resources of the sandbox with all their versions, in memory.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{OffsetDateTime, UtcOffset};

use crate::fhir::outcome::Refusal;

/// The most resources, and the most versions of one: whoever keeps writing is stopped.
const MOST_RESOURCES: usize = 2_000;
const MOST_VERSIONS: usize = 200;

/// One version; a deletion has no content.
#[derive(Debug, Clone)]
pub(super) struct Version {
    pub(super) method: &'static str,
    pub(super) at: OffsetDateTime,
    pub(super) json: Option<Value>,
}

/// Type and id.
type Key = (String, String);

#[derive(Debug, Clone, Default)]
pub(super) struct Store {
    resources: BTreeMap<Key, Vec<Version>>,
    made: u64,
}

impl Store {
    /// The store with what the sandbox begins with.
    pub(super) fn seeded(stu3: bool) -> Self {
        let mut store = Self::default();
        for line in include_str!("../../data/sandbox.ndjson").lines() {
            let mut resource: Value = serde_json::from_str(line).expect("embedded data is valid JSON");
            if stu3 && let Some(code) = resource.pointer("/clinicalStatus/coding/0/code").cloned() {
                resource["clinicalStatus"] = code;
            }
            let id = text(&resource, "id").to_owned();
            store.write("SEED", &id, resource).expect("the seed fits");
        }
        store
    }

    /// All versions of a resource, oldest first.
    pub(super) fn versions(&self, kind: &str, id: &str) -> &[Version] {
        self.resources.get(&(kind.to_owned(), id.to_owned())).map_or(&[], Vec::as_slice)
    }

    /// The current content, or why there is none.
    pub(super) fn read(&self, kind: &str, id: &str) -> Result<&Value, Refusal> {
        match self.versions(kind, id).last() {
            None => Err(Refusal::not_found()),
            Some(Version { json: None, .. }) => {
                Err(Refusal::new(410, "deleted", "Deze resource is verwijderd."))
            }
            Some(Version { json: Some(json), .. }) => Ok(json),
        }
    }

    /// Whether the resource was there from the start and was never written to.
    pub(super) fn is_seed(&self, kind: &str, id: &str) -> bool {
        self.versions(kind, id).first().is_some_and(|version| version.method == "SEED")
    }

    /// The current resources of a type.
    pub(super) fn all(&self, kind: &str) -> impl Iterator<Item = &Value> {
        let kind = kind.to_owned();
        self.resources
            .iter()
            .filter(move |((own, _), _)| *own == kind)
            .filter_map(|(_, versions)| versions.last()?.json.as_ref())
    }

    /// Type, id and version number of everything that happened to a type, oldest first.
    pub(super) fn events(&self, kind: &str) -> Vec<(&str, usize, &Version)> {
        let own = self.resources.iter().filter(|((name, _), _)| name == kind);
        let mut events: Vec<_> = own
            .flat_map(|((_, id), versions)| {
                versions.iter().enumerate().map(move |(at, version)| (id.as_str(), at + 1, version))
            })
            .collect();
        events.sort_by_key(|(_, _, version)| version.at);
        events
    }

    /// An id that nothing has.
    pub(super) fn new_id(&mut self) -> String {
        self.made += 1;
        format!("nieuw-{}", self.made)
    }

    /// Adds a version with the server's own `meta`, and returns it.
    pub(super) fn write(
        &mut self,
        method: &'static str,
        id: &str,
        mut json: Value,
    ) -> Result<Value, Refusal> {
        let key = (text(&json, "resourceType").to_owned(), id.to_owned());
        let held = self.resources.get(&key).map_or(0, Vec::len);
        if held >= MOST_VERSIONS || held == 0 && self.resources.len() >= MOST_RESOURCES {
            return Err(Refusal::new(422, "too-costly", "De proefomgeving is vol."));
        }
        let at = OffsetDateTime::now_utc();
        json["id"] = Value::from(id);
        let mut meta = json.get("meta").filter(|meta| meta.is_object()).cloned().unwrap_or_else(|| json!({}));
        meta["versionId"] = Value::from((held + 1).to_string());
        meta["lastUpdated"] = Value::from(instant(at));
        json["meta"] = meta;
        self.resources.entry(key).or_default().push(Version { method, at, json: Some(json.clone()) });
        Ok(json)
    }

    /// Replaces the current content without making a version: only defects do.
    pub(super) fn overwrite(&mut self, json: &Value) {
        let key = (text(json, "resourceType").to_owned(), text(json, "id").to_owned());
        if let Some(version) = self.resources.get_mut(&key).and_then(|versions| versions.last_mut()) {
            version.json = Some(json.clone());
        }
    }

    /// Deletes; whether there was anything to delete.
    pub(super) fn delete(&mut self, kind: &str, id: &str) -> bool {
        let Some(versions) = self.resources.get_mut(&(kind.to_owned(), id.to_owned())) else { return false };
        let there = versions.last().is_some_and(|version| version.json.is_some());
        if there {
            versions.push(Version { method: "DELETE", at: OffsetDateTime::now_utc(), json: None });
        }
        there
    }
}

/// A text member, empty when it is not there.
pub(super) fn text<'a>(json: &'a Value, name: &str) -> &'a str {
    json[name].as_str().unwrap_or_default()
}

/// A FHIR instant in milliseconds.
pub(super) fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let millisecond = at.nanosecond() / 1_000_000 * 1_000_000;
    at.replace_nanosecond(millisecond).unwrap_or(at).format(&Rfc3339).unwrap_or_default()
}

/// The values at a dotted path, through arrays.
pub(super) fn values<'a>(json: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![json];
    for name in path.split('.') {
        found = found
            .into_iter()
            .filter_map(|value| value.get(name))
            .flat_map(|value| match value {
                Value::Array(items) => items.iter().collect(),
                one => vec![one],
            })
            .collect();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_count_and_deletions_are_kept() {
        let mut store = Store::seeded(false);
        assert_eq!(store.all("Patient").count(), 4);
        let id = store.new_id();
        let patient = json!({"resourceType": "Patient", "meta": {"versionId": "77"}});
        assert_eq!(store.write("POST", &id, patient.clone()).expect("fits")["meta"]["versionId"], "1");
        assert_eq!(store.write("PUT", &id, patient).expect("fits")["meta"]["versionId"], "2");
        assert!(store.delete("Patient", &id) && !store.delete("Patient", &id));
        assert_eq!(store.read("Patient", &id).expect_err("gone").status, 410);
        assert_eq!(store.read("Patient", "x").expect_err("never").status, 404);
        assert_eq!(store.versions("Patient", &id).len(), 3);
        assert!(store.is_seed("Patient", "pat-een") && !store.is_seed("Patient", &id));
    }
}
