//! A client that talks to the service without a network.

use http::{HeaderMap, HeaderName, HeaderValue};
use keur_reference::defects::Defects;
use keur_reference::fhir::{Answer, Grant, Request, Service};
use serde_json::Value;

/// Naming system of the BSN.
pub const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
/// Base of the service under test.
pub const BASE: &str = "https://localhost:1/90000382/fhir";

/// An answer with easy access.
pub struct Got {
    pub status: u16,
    pub answer: Answer,
}

impl Got {
    pub fn text(&self) -> String {
        String::from_utf8(self.answer.body.clone()).expect("UTF-8")
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.answer.body).expect("JSON")
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.answer
            .headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// A client with scopes and a set of patients it may not see.
pub struct Client {
    pub service: Service,
    pub scopes: Vec<String>,
    pub hidden: Vec<String>,
}

impl Client {
    pub fn new(defects: &[&str]) -> Self {
        Self::of("90000382", defects)
    }

    pub fn of(tenant: &str, defects: &[&str]) -> Self {
        let defects = Defects::new(defects.iter().map(|&name| name.to_owned())).expect("known defects");
        let service = Service::synthetic(tenant, BASE.to_owned(), defects);
        Self { service, scopes: vec!["system/*.rs".to_owned()], hidden: Vec::new() }
    }

    pub fn send(&self, method: &str, url: &str, headers: &[(&str, &str)], body: &[u8]) -> Got {
        let url = url.strip_prefix(BASE).unwrap_or(url).trim_start_matches('/');
        let (path, query) = url.split_once('?').unwrap_or((url, ""));
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(
                name.parse::<HeaderName>().expect("a name"),
                HeaderValue::from_str(value).expect("a value"),
            );
        }
        let may_see = |bsn: &str| !self.hidden.iter().any(|hidden| hidden == bsn);
        let grant = Grant { scopes: &self.scopes, may_see: &may_see };
        let request = Request { method, path, query, headers: &map, body };
        let answer = self.service.handle(&request, Some(&grant));
        Got { status: answer.status, answer }
    }

    pub fn get(&self, url: &str) -> Got {
        self.send("GET", url, &[], b"")
    }

    pub fn bundle(&self, url: &str) -> Value {
        let got = self.get(url);
        assert_eq!(got.status, 200, "{url}: {}", got.text());
        got.json()
    }
}

/// The entries of a Bundle with a search mode.
pub fn entries<'a>(bundle: &'a Value, mode: &str) -> Vec<&'a Value> {
    bundle["entry"].as_array().into_iter().flatten().filter(|entry| entry["search"]["mode"] == mode).collect()
}

/// The `next` link of a Bundle.
pub fn next(bundle: &Value) -> Option<String> {
    let links = bundle["link"].as_array()?;
    links.iter().find(|link| link["relation"] == "next")?["url"].as_str().map(str::to_owned)
}
