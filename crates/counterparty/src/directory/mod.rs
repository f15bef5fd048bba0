//! The directory of care services (mCSD) as Keur plays it: search with pages (ITI-90), history (ITI-91), update
//! (ITI-130). Like the national one it matches nothing itself: a client loads all and selects.

mod addresses;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::{Value, json};

pub use addresses::Addresses;

use crate::{Call, Reply, Script};

const FHIR: &str = "application/fhir+json";
/// Resources on a page.
const PAGE: usize = 2;
/// The most versions it keeps.
const MOST: usize = 1_000;

/// One version of a resource.
#[derive(Debug, Clone)]
struct Version {
    /// `Endpoint/1`.
    path: String,
    number: usize,
    resource: Value,
}

/// The directory at `…/adresboek`; clones are the same one.
#[derive(Debug, Clone, Default)]
pub struct Directory(Arc<Mutex<State>>);

#[derive(Debug, Default)]
struct State {
    versions: Vec<Version>,
    /// The moment versions are dated from, RFC 3339 without fraction and zone.
    dated: String,
    /// What the history tells next; nothing when empty.
    history: Vec<(String, usize)>,
    /// Answers 429 with this many seconds.
    busy: Option<u32>,
    /// What another party changes just before the next update of a resource.
    rival: Option<(String, &'static str, Value)>,
}

impl State {
    fn latest(&self, path: &str) -> Option<&Version> {
        self.versions.iter().rfind(|version| version.path == path)
    }

    fn add(&mut self, path: &str, mut resource: Value) -> usize {
        let number = self.latest(path).map_or(1, |latest| latest.number + 1);
        if self.versions.len() < MOST {
            let id = path.rsplit('/').next().unwrap_or_default();
            resource["id"] = json!(id);
            resource["meta"] = json!({ "versionId": number.to_string(), "lastUpdated": self.moment(number) });
            self.versions.push(Version { path: path.to_owned(), number, resource });
        }
        number
    }

    /// Later versions are later.
    fn moment(&self, number: usize) -> String {
        format!("{}.{:03}Z", self.dated, number % 1_000)
    }

    fn of(&self, kind: &str) -> Vec<&Version> {
        let mut paths: Vec<&str> = Vec::new();
        for version in &self.versions {
            if version.path.split('/').next() == Some(kind) && !paths.contains(&version.path.as_str()) {
                paths.push(&version.path);
            }
        }
        paths.into_iter().filter_map(|path| self.latest(path)).collect()
    }
}

impl Directory {
    /// An empty directory whose versions are dated from a moment: `2026-11-22T10:00:00`.
    #[must_use]
    pub fn new(dated: &str) -> Self {
        Self(Arc::new(Mutex::new(State { dated: dated.to_owned(), ..State::default() })))
    }

    /// Publishes a resource, or its next version.
    pub fn publish(&self, path: &str, resource: Value) {
        self.state().add(path, resource);
    }

    /// What the history tells from now on: these versions, in this order, on one page.
    pub fn tell(&self, history: &[(&str, usize)]) {
        self.state().history = history.iter().map(|(path, number)| ((*path).to_owned(), *number)).collect();
    }

    /// From now on it asks to wait so many seconds.
    pub fn busy(&self, seconds: u32) {
        self.state().busy = Some(seconds);
    }

    /// Another party changes a member of this resource just before the next update of it.
    pub fn rival(&self, path: &str, member: &'static str, value: Value) {
        self.state().rival = Some((path.to_owned(), member, value));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script for Directory {
    fn answer(&self, call: &Call) -> Reply {
        let mut state = self.state();
        if let Some(seconds) = state.busy {
            return outcome(429, "throttled").header("retry-after", &seconds.to_string());
        }
        let below = call.path.split("/adresboek").nth(1).unwrap_or(&call.path).trim_matches('/');
        let parts: Vec<&str> = below.split('/').collect();
        match (call.method.as_str(), parts.as_slice()) {
            ("GET", [kind, "_history"]) => history(&state, call, kind),
            ("GET", [kind]) if !kind.is_empty() => search(&state, call, kind),
            ("GET", [_, _]) => state.latest(below).map_or_else(|| outcome(404, "not-found"), read),
            ("PUT", [kind, id]) => update(&mut state, call, kind, id),
            ("POST", [kind]) if call.json().is_some_and(|body| body["resourceType"] == **kind) => {
                let path = format!("{kind}/nieuw-{}", state.versions.len() + 1);
                state.add(&path, call.json().unwrap_or_default());
                state
                    .latest(&path)
                    .map_or_else(|| outcome(429, "throttled"), |made| Reply { status: 201, ..read(made) })
            }
            // A change of status takes the place of deleting.
            ("DELETE", _) => outcome(405, "not-supported"),
            ("POST", _) => outcome(422, "invalid"),
            _ => outcome(404, "not-found"),
        }
    }
}

fn update(state: &mut State, call: &Call, kind: &str, id: &str) -> Reply {
    let path = format!("{kind}/{id}");
    let body = call.json().filter(|body| body["resourceType"] == kind && body["id"] == id);
    let (Some(body), Some(_)) = (body, state.latest(&path)) else { return outcome(422, "invalid") };
    if let Some((_, member, value)) = state.rival.take_if(|(of, ..)| *of == path) {
        let mut theirs = state.latest(&path).map(|latest| latest.resource.clone()).unwrap_or_default();
        theirs[member] = value;
        state.add(&path, theirs);
    }
    let current = state.latest(&path).map_or(0, |latest| latest.number);
    let expected =
        call.header("if-match").map(|tag| tag.trim_start_matches("W/").trim_matches('"').to_owned());
    if expected.is_some_and(|expected| expected != current.to_string()) {
        return outcome(412, "conflict").note("current", json!(current));
    }
    // An update without If-Match is taken here, so that what it does can be seen.
    state.add(&path, body);
    state.latest(&path).map_or_else(|| outcome(429, "throttled"), read)
}

fn read(version: &Version) -> Reply {
    Reply::json(200, FHIR, &version.resource)
        .header("etag", &format!("W/\"{}\"", version.number))
        .note("version", json!(version.number))
}

fn search(state: &State, call: &Call, kind: &str) -> Reply {
    let page: usize = call
        .pairs()
        .into_iter()
        .find(|(name, _)| name == "_page")
        .and_then(|(_, value)| value.parse().ok())
        .unwrap_or(1);
    let all = state.of(kind);
    let own = format!("{}/adresboek/{kind}", call.base);
    let entries: Vec<Value> = all
        .iter()
        .skip(page.saturating_sub(1).saturating_mul(PAGE))
        .take(PAGE)
        .map(|version| json!({ "fullUrl": format!("{}/adresboek/{}", call.base, version.path), "resource": version.resource, "search": { "mode": "match" } }))
        .collect();
    let mut links = vec![json!({ "relation": "self", "url": format!("{own}?_page={page}") })];
    if page.saturating_mul(PAGE) < all.len() {
        links.push(json!({ "relation": "next", "url": format!("{own}?_page={}", page + 1) }));
    }
    let bundle = json!({
        "resourceType": "Bundle", "type": "searchset", "total": all.len(),
        "meta": { "lastUpdated": state.moment(0) }, "link": links, "entry": entries,
    });
    Reply::json(200, FHIR, &bundle)
}

fn history(state: &State, call: &Call, kind: &str) -> Reply {
    let told = state.history.iter().filter(|(path, _)| path.split('/').next() == Some(kind));
    let entries: Vec<Value> = told
        .filter_map(|(path, number)| {
            let version = state.versions.iter().find(|one| one.path == *path && one.number == *number)?;
            let method = if *number == 1 { "POST" } else { "PUT" };
            Some(json!({
                "fullUrl": format!("{}/adresboek/{path}", call.base),
                "resource": version.resource,
                "request": { "method": method, "url": if *number == 1 { kind } else { path.as_str() } },
                "response": { "status": "200", "etag": format!("W/\"{number}\""), "lastModified": state.moment(*number) },
            }))
        })
        .collect();
    let bundle = json!({
        "resourceType": "Bundle", "type": "history", "total": entries.len(),
        "link": [{ "relation": "self", "url": format!("{}/adresboek/{kind}/_history", call.base) }], "entry": entries,
    });
    Reply::json(200, FHIR, &bundle)
}

fn outcome(status: u16, code: &str) -> Reply {
    let issue = json!([{ "severity": "error", "code": code }]);
    Reply::json(status, FHIR, &json!({ "resourceType": "OperationOutcome", "issue": issue }))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directory() -> Directory {
        let directory = Directory::new("2026-11-22T10:00:00");
        for number in 1..=3 {
            directory
                .publish(&format!("Endpoint/{number}"), json!({ "resourceType": "Endpoint", "name": "oud" }));
        }
        directory
    }

    fn body(reply: &Reply) -> Value {
        serde_json::from_slice(&reply.body).expect("json")
    }

    fn put(directory: &Directory, tag: Option<&str>) -> Reply {
        let resource = json!({ "resourceType": "Endpoint", "id": "1", "name": "nieuw" });
        let mut call = Call::test("PUT", "/adresboek/Endpoint/1").sending(resource.to_string());
        call.headers.extend(tag.map(|tag| ("if-match".to_owned(), tag.to_owned())));
        directory.answer(&call)
    }

    #[test]
    fn a_search_goes_by_pages_to_the_end() {
        let directory = directory();
        let first = body(&directory.answer(&Call::test("GET", "/adresboek/Endpoint")));
        assert_eq!(first["entry"].as_array().map(Vec::len), Some(2));
        assert_eq!(first["link"][1]["relation"], "next");
        let last = body(&directory.answer(&Call::test("GET", "/adresboek/Endpoint?_page=2")));
        assert_eq!(last["entry"].as_array().map(Vec::len), Some(1));
        assert_eq!(last["link"].as_array().map(Vec::len), Some(1));
    }

    #[test]
    fn an_update_of_what_changed_meanwhile_is_refused_unless_it_looks_away() {
        let directory = directory();
        directory.rival("Endpoint/1", "connectionType", json!("anders"));
        assert_eq!(put(&directory, Some("W/\"1\"")).status, 412);
        assert_eq!(put(&directory, Some("W/\"2\"")).status, 200);
        assert_eq!(put(&directory, None).status, 200);
    }

    #[test]
    fn the_history_tells_what_the_scenario_says() {
        let directory = directory();
        let told = || body(&directory.answer(&Call::test("GET", "/adresboek/Endpoint/_history")));
        assert_eq!(told()["total"], 0);
        directory.publish("Endpoint/1", json!({ "resourceType": "Endpoint", "name": "verhuisd" }));
        directory.tell(&[("Endpoint/1", 2), ("Endpoint/1", 1)]);
        let page = told();
        assert_eq!(page["entry"][0]["resource"]["name"], "verhuisd");
        assert_eq!(page["entry"][1]["resource"]["meta"]["versionId"], "1");
    }

    #[test]
    fn a_busy_directory_says_how_long() {
        let directory = directory();
        directory.busy(120);
        let reply = directory.answer(&Call::test("GET", "/adresboek/Endpoint"));
        assert_eq!(reply.status, 429);
        assert!(reply.headers.iter().any(|(name, value)| name == "retry-after" && value == "120"));
    }
}
