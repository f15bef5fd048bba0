//! A source of the Basisgegevensset Zorg (FHIR STU3) with one synthetic patient, and everything that can go wrong at one.

mod data;
mod resource;

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use serde_json::{Value, json};

pub use self::data::{NAMES, section};
use crate::{
    call::Call,
    oauth::Tokens,
    reply::{Delivery, Reply, Script},
};

/// Where the token endpoint lies below the place.
pub const TOKEN: &str = "/oauth/token";
/// Where the FHIR service lies below the place.
pub const FHIR: &str = "/fhir";
/// How long a client that must wait has to wait, in seconds.
pub const RETRY_AFTER_S: u64 = 2;
/// The section in which the faults below happen.
pub const AT: &str = "Probleem";

const JSON: &str = "application/fhir+json;charset=utf-8";

/// How the source behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Variation {
    /// Two resources in every section.
    Whole,
    /// The patient, and nothing else.
    Empty,
    /// Three resources in every section, one to a page.
    Paged,
    /// As whole, with elements and entries the client does not know and members in another order.
    Additions,
    /// The section [`AT`] answers 429 once, with `Retry-After`.
    Busy,
    /// The section [`AT`] fails.
    Fails(Failing),
    /// The second page of the section [`AT`] lies at another origin, which has this address for it.
    NextElsewhere(String),
    /// The section [`AT`] redirects to another origin, which has this address for it.
    RedirectElsewhere(String),
}

/// How a section fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Failing {
    /// Status 500 with an OperationOutcome.
    Error,
    /// The answer breaks off halfway.
    Half,
    /// No answer.
    Silent,
    /// Status 200, with an OperationOutcome of severity error as only entry.
    Outcome,
}

/// The source. Notes with every search: `section` (null when it is none of the 27), `matches`, `total` and `token`.
pub struct Source {
    tokens: Tokens,
    bsn: String,
    variation: Variation,
    asked: Mutex<BTreeMap<&'static str, usize>>,
}

impl Source {
    /// A source that knows this patient and gives these tokens.
    #[must_use]
    pub fn new(bsn: &str, tokens: Tokens, variation: Variation) -> Self {
        Self { tokens, bsn: bsn.to_owned(), variation, asked: Mutex::default() }
    }

    fn fhir(&self, call: &Call, path: &str) -> Reply {
        if path == "/metadata" {
            return Reply::json(200, JSON, &data::capability(&call.base));
        }
        let token = self.tokens.recognise(call);
        let reply = if token == "right" {
            self.search(call, path)
        } else {
            outcome(401, "login", "Voor deze vraag is een geldig token nodig.")
                .header("www-authenticate", "Bearer")
        };
        reply.note("token", token.into())
    }

    fn search(&self, call: &Call, path: &str) -> Reply {
        let (kind, pairs) = match (call.method.as_str(), path.strip_suffix("/_search")) {
            ("POST", Some(kind)) => (kind, call.form()),
            ("GET", None) => (path, call.pairs()),
            _ => return outcome(405, "not-supported", "Alleen zoeken kan hier."),
        };
        let kind = kind.trim_start_matches('/');
        let Some(name) = section(kind, &pairs) else {
            return outcome(400, "not-supported", "Deze zoekvraag hoort niet bij de BgZ.")
                .note("section", Value::Null);
        };
        let about = pairs.iter().find(|(name, _)| name.ends_with("identifier")).map(|(_, value)| value);
        let ours = about.is_some_and(|value| *value == format!("{}|{}", data::BSN, self.bsn));
        let page = pairs.iter().find(|(name, _)| name == "bladzijde");
        let page = page.and_then(|(_, page)| page.parse::<usize>().ok()).unwrap_or(0);
        let before = {
            let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
            let before = asked.entry(name).or_default();
            *before += 1;
            *before - 1
        };
        let disturbed = (name == AT).then(|| self.disturbed(before)).flatten();
        let reply = disturbed.unwrap_or_else(|| self.page(call, (name, &pairs), ours, page));
        reply.note("section", name.into()).note("page", page.into())
    }

    /// What comes instead of an answer in the section where the fault is.
    fn disturbed(&self, before: usize) -> Option<Reply> {
        let fault = || outcome(500, "exception", "Er ging iets mis in de bron.");
        match &self.variation {
            Variation::Busy if before == 0 => Some(
                outcome(429, "throttled", "Het is te druk.")
                    .header("retry-after", &RETRY_AFTER_S.to_string()),
            ),
            Variation::Fails(Failing::Error) => Some(fault()),
            Variation::Fails(Failing::Silent) => Some(fault().delivered(Delivery::Silent)),
            Variation::Fails(Failing::Outcome) => {
                let issue = json!([{ "severity": "error", "code": "incomplete", "diagnostics": "Een deelsysteem antwoordt niet." }]);
                let entry = json!({ "resource": { "resourceType": "OperationOutcome", "issue": issue }, "search": { "mode": "outcome" } });
                let body = json!({ "resourceType": "Bundle", "type": "searchset", "entry": [entry] });
                Some(Reply::json(200, JSON, &body))
            }
            Variation::RedirectElsewhere(address) if before == 0 => {
                Some(Reply::empty(307).header("location", address))
            }
            _ => None,
        }
    }

    fn page(
        &self,
        call: &Call,
        (name, pairs): (&'static str, &[(String, String)]),
        ours: bool,
        page: usize,
    ) -> Reply {
        let next_elsewhere = match &self.variation {
            Variation::NextElsewhere(address) if name == AT => Some(address.clone()),
            _ => None,
        };
        let total = match &self.variation {
            _ if !ours => 0,
            _ if data::is_patient(name) => 1,
            Variation::Empty => 0,
            Variation::Paged => 3,
            _ => 2,
        };
        let paged = self.variation == Variation::Paged || next_elsewhere.is_some();
        let shown = if paged { page..(page + 1).min(total) } else { 0..total };
        let strange = self.variation == Variation::Additions;
        let matches = shown.len();
        let more = paged && page + 1 < total;
        let next = more.then(|| {
            next_elsewhere.unwrap_or_else(|| {
                let mut query = url::form_urlencoded::Serializer::new(String::new());
                query.extend_pairs(pairs.iter().filter(|(name, _)| name != "bladzijde"));
                query.append_pair("bladzijde", &(page + 1).to_string());
                format!("{}{FHIR}/{}?{}", call.base, data::kind(name), query.finish())
            })
        });
        let resources = shown.map(|index| resource::of(name, index, &self.bsn));
        let bundle = data::bundle(call, pairs, resources.collect(), total, next, strange);
        let reply =
            Reply::json(200, JSON, &bundle).note("matches", matches.into()).note("total", total.into());
        if name == AT && self.variation == Variation::Fails(Failing::Half) {
            return reply.delivered(Delivery::Half);
        }
        reply
    }
}

impl Script for Source {
    fn answer(&self, call: &Call) -> Reply {
        if call.path == TOKEN {
            return self.tokens.answer(call);
        }
        match call.path.strip_prefix(FHIR) {
            Some(path) => self.fhir(call, path),
            None => outcome(404, "not-found", "Dit adres is er niet."),
        }
    }
}

fn outcome(status: u16, code: &str, text: &str) -> Reply {
    let issue = json!([{ "severity": "error", "code": code, "diagnostics": text }]);
    Reply::json(status, JSON, &json!({ "resourceType": "OperationOutcome", "issue": issue }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BSN: &str = "999900018";

    fn search(source: &Source, target: &str) -> Reply {
        source.search(&Call::test("GET", &format!("{FHIR}/{target}")), &format!("/{}", kind_of(target)))
    }

    fn kind_of(target: &str) -> &str {
        target.split('?').next().unwrap_or_default()
    }

    fn source(variation: Variation) -> Source {
        Source::new(BSN, Tokens::new("epd", json!({}), "x"), variation)
    }

    fn body(reply: &Reply) -> Value {
        serde_json::from_slice(&reply.body).expect("JSON")
    }

    const CONDITION: &str = "Condition?patient.identifier=http://fhir.nl/fhir/NamingSystem/bsn%7C999900018&_revinclude=Provenance:target";

    #[test]
    fn pages_are_linked_and_lose_nothing() {
        let source = source(Variation::Paged);
        let (mut target, mut ids) = (CONDITION.to_owned(), Vec::new());
        loop {
            let page = body(&search(&source, &target));
            let entries = page["entry"].as_array().expect("entries");
            let matches = entries.iter().filter(|entry| entry["search"]["mode"] == "match");
            ids.extend(matches.map(|entry| entry["resource"]["id"].clone()));
            let next = page["link"].as_array().expect("links").iter().find(|link| link["relation"] == "next");
            let Some(next) = next else { break };
            target = next["url"].as_str().expect("a URL").rsplit('/').next().expect("a target").to_owned();
        }
        ids.dedup();
        assert_eq!(ids.len(), 3);
    }

    #[test]
    fn what_was_asked_comes_along_and_the_self_link_names_what_was_understood() {
        let source = source(Variation::Whole);
        let modes = |bundle: &Value, kind: &str| {
            let entries = bundle["entry"].as_array().expect("entries").iter();
            let of_kind = entries.filter(|entry| entry["resource"]["resourceType"] == kind);
            of_kind.map(|entry| entry["search"]["mode"].clone()).collect::<Vec<_>>()
        };
        let target =
            format!("Coverage?beneficiary.identifier={}|{BSN}&_include=Coverage:payor&x=1", data::BSN);
        let bundle = body(&search(&source, &target));
        assert_eq!(modes(&bundle, "Organization"), ["include"]);
        assert!(modes(&bundle, "Provenance").is_empty(), "nobody asked for it");
        let own = bundle["link"][0]["url"].as_str().expect("a URL");
        assert!(own.contains("_include=") && !own.contains("x=1"), "{own}");
        assert_eq!(modes(&body(&search(&source, CONDITION)), "Provenance"), ["include", "include"]);
    }

    #[test]
    fn a_fault_is_in_one_section_only() {
        let busy = source(Variation::Busy);
        assert_eq!([search(&busy, CONDITION).status, search(&busy, CONDITION).status], [429, 200]);
        let half = source(Variation::Fails(Failing::Half));
        assert_eq!(search(&half, CONDITION).delivery, Delivery::Half);
        let flag = CONDITION.replace("Condition", "Flag");
        assert_eq!(search(&half, &flag).delivery, Delivery::Whole);
        assert_eq!(search(&half, &flag).notes["total"], 2);
    }

    #[test]
    fn another_patient_has_nothing_here_and_another_search_is_refused() {
        let source = source(Variation::Whole);
        let other = search(&source, &CONDITION.replace(BSN, "999900024"));
        assert_eq!((other.status, other.notes["total"].clone()), (200, json!(0)));
        assert_eq!(search(&source, "Basic?patient.identifier=x").status, 400);
    }
}
