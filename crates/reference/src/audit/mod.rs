//! The log of NEN 7513: a bounded list of records, exported since a moment.

mod find;
mod record;

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use time::OffsetDateTime;

use crate::defects::Defects;
use crate::oauth::access::Access;
use crate::options::Variant;
use crate::policy::Ground;

/// The most events that are kept.
const CAPACITY: usize = 10_000;

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Search,
    Read,
    Operation,
    Create,
    Update,
    Delete,
    TokenRequest,
    LogUse,
}

/// One event, before it becomes a record.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Event<'a> {
    pub(crate) kind: Kind,
    /// HTTP status of the answer.
    pub(crate) status: u16,
    /// Whether policy withheld the patient although the status does not show it.
    pub(crate) withheld: bool,
    pub(crate) access: Option<&'a Access>,
    pub(crate) ground: Option<Ground>,
    pub(crate) bsn: Option<&'a str>,
    pub(crate) request_id: Option<&'a str>,
    pub(crate) source_ura: &'a str,
    pub(crate) peer: &'a str,
    /// The resource type asked for.
    pub(crate) data: Option<&'a str>,
    /// The Authorization header; only for the defect that writes it down.
    pub(crate) authorization: Option<&'a str>,
}

impl Event<'_> {
    /// Whether the answer gave nothing to somebody who asked for it.
    fn refused(&self) -> bool {
        self.status >= 400 || self.withheld
    }
}

/// One line of the log.
#[derive(Debug)]
struct Entry {
    at: OffsetDateTime,
    /// As the log shows it, with its defects.
    record: Value,
    /// As it should be: what the product knows, whatever its log says.
    sound: Value,
}

/// The bounded log.
#[derive(Debug)]
pub(crate) struct AuditLog {
    entries: Mutex<VecDeque<Entry>>,
    defects: Defects,
    variant: Variant,
}

impl AuditLog {
    pub(crate) fn new(defects: Defects, variant: Variant) -> Self {
        Self { entries: Mutex::default(), defects, variant }
    }

    /// Writes the record of an event.
    pub(crate) fn record(&self, event: Event<'_>) {
        let refused = event.status >= 400;
        let forgotten = match event.kind {
            Kind::LogUse => self.defects.has("log-use-unlogged"),
            Kind::Read if !refused => self.defects.has("log-read-missing"),
            _ => refused && self.defects.has("refusals-unlogged"),
        };
        if forgotten {
            return;
        }
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let at = OffsetDateTime::now_utc();
        let id = crate::random::uuid();
        let write =
            |defects: &Defects| record::Writer { defects, variant: self.variant }.resource(event, &id, at);
        let (record, sound) = (write(&self.defects), write(&Defects::default()));
        if entries.len() >= CAPACITY {
            entries.pop_front();
        }
        entries.push_back(Entry { at, record, sound });
    }

    /// Every record since a moment, oldest first, as a Bundle.
    pub(crate) fn since(&self, moment: OffsetDateTime) -> Value {
        self.bundle("collection", |entry| (entry.at >= moment).then_some(&entry.record))
    }

    fn bundle(&self, kind: &str, wanted: impl Fn(&Entry) -> Option<&Value>) -> Value {
        let entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let found: Vec<Value> = entries
            .iter()
            .filter_map(wanted)
            .map(|record| {
                let id = record["id"].as_str().unwrap_or_default();
                let mut entry = json!({ "fullUrl": format!("urn:uuid:{id}"), "resource": null });
                entry["resource"] = record.clone();
                entry
            })
            .collect();
        let mut bundle =
            json!({ "resourceType": "Bundle", "id": crate::random::uuid(), "type": kind, "entry": [] });
        bundle["entry"] = found.into();
        bundle
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    fn access() -> Access {
        Access {
            client_id: "keur-a".into(),
            ura: "90000111".into(),
            purpose: "TREAT".into(),
            scopes: Vec::new(),
            person: None,
        }
    }

    fn record(defect: Option<&str>, status: u16, access: Option<&Access>) -> Option<Value> {
        let defects = Defects::new(defect.map(str::to_owned)).expect("known");
        let log = AuditLog::new(defects, Variant::GisaB);
        let start = OffsetDateTime::now_utc();
        log.record(Event {
            kind: Kind::Search,
            status,
            withheld: false,
            access,
            ground: access.map(|_| Ground::Referral),
            bsn: Some("999900018"),
            request_id: Some("1"),
            source_ura: "90000382",
            peer: "127.0.0.1",
            data: Some("Condition"),
            authorization: Some("DPoP geheim"),
        });
        log.since(start)["entry"].as_array().and_then(|entries| Some(entries.first()?["resource"].clone()))
    }

    #[test]
    fn a_record_says_who_what_when_and_about_whom() {
        let record = record(None, 200, Some(&access())).expect("a record");
        assert_eq!(record["type"]["code"], "110112");
        assert_eq!((&record["action"], &record["outcome"]), (&json!("R"), &json!("0")));
        assert!(record["recorded"].as_str().is_some_and(|moment| moment.ends_with('Z')));
        assert_eq!(record["agent"][0]["userId"]["value"], "keur-a");
        assert_eq!(record["agent"][0]["role"][0]["text"], "rol onbekend");
        assert_eq!(record["agent"][1]["userId"]["value"], "90000111");
        assert_eq!(record["agent"][0]["policy"][0], "urn:keur:autorisatieprotocol:verwijzing");
        assert_eq!(record["entity"][0]["identifier"]["value"], "999900018");
        assert_eq!(record["entity"][1]["name"], "X-Request-Id");
        assert_eq!(record["entity"][2]["name"], "Condition");
        assert!(!record.to_string().contains("geheim"));
    }

    #[test]
    fn an_unauthenticated_refusal_names_nobody() {
        let honest = record(None, 401, None).expect("a record");
        assert_eq!(honest["outcome"], "4");
        assert!(honest["agent"].as_array().is_some_and(|agents| agents.len() == 1));
        assert!(honest["agent"][0].get("userId").is_none());
        let made_up = record(Some("fabricated-identity"), 401, None).expect("a record");
        assert!(made_up["agent"][0].get("userId").is_some());
        assert!(record(Some("refusals-unlogged"), 401, None).is_none());
    }

    #[test]
    fn nothing_before_the_moment_asked_is_exported() {
        let log = AuditLog::new(Defects::default(), Variant::GisaB);
        let later = OffsetDateTime::now_utc() + Duration::HOUR;
        assert_eq!(log.since(later)["entry"], json!([]));
    }
}
