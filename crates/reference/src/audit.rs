//! The log of NEN 7513 as FHIR STU3 AuditEvents.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use crate::defects::Defects;
use crate::oauth::access::Access;
use crate::options::Variant;
use crate::policy::Ground;

/// The most events that are kept.
const CAPACITY: usize = 10_000;
const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const CLIENT: &str = "http://minvws.github.io/generiekefuncties-docs/NamingSystem/oauth-client-id";
const PERSON: &str = "http://fhir.nl/fhir/NamingSystem/uzi-nr-pers";
const ROLE: &str = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode";
const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

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
}

impl Kind {
    /// DICOM event code and display, REST interaction, action code.
    fn codes(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Search => ("110112", "Query", "search-type", "R"),
            Self::Operation => ("110112", "Query", "operation", "E"),
            Self::Read => ("110110", "Patient Record", "read", "R"),
            Self::Create => ("110110", "Patient Record", "create", "C"),
            Self::Update => ("110110", "Patient Record", "update", "U"),
            Self::Delete => ("110110", "Patient Record", "delete", "D"),
            Self::TokenRequest => ("110114", "User Authentication", "operation", "E"),
        }
    }
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
}

/// The bounded log.
#[derive(Debug)]
pub(crate) struct AuditLog {
    events: Mutex<VecDeque<(OffsetDateTime, Value)>>,
    defects: Defects,
    variant: Variant,
}

impl AuditLog {
    pub(crate) fn new(defects: Defects, variant: Variant) -> Self {
        Self { events: Mutex::default(), defects, variant }
    }

    /// Writes the record of an event.
    pub(crate) fn record(&self, event: Event<'_>) {
        let refused = event.status >= 400;
        if refused && self.defects.has("refusals-unlogged")
            || !refused && event.kind == Kind::Read && self.defects.has("log-read-missing")
        {
            return;
        }
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let now = OffsetDateTime::now_utc();
        let record = self.resource(event, now);
        if events.len() >= CAPACITY {
            events.pop_front();
        }
        events.push_back((now, record));
    }

    /// Every record since a moment, oldest first, as a Bundle.
    pub(crate) fn since(&self, moment: OffsetDateTime) -> Value {
        let events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        let entries: Vec<Value> = events
            .iter()
            .filter(|(recorded, _)| *recorded >= moment)
            .map(|(_, record)| {
                let id = record["id"].as_str().unwrap_or_default();
                json!({ "fullUrl": format!("urn:uuid:{id}"), "resource": record })
            })
            .collect();
        json!({ "resourceType": "Bundle", "id": crate::random::uuid(), "type": "collection", "entry": entries })
    }

    fn resource(&self, event: Event<'_>, now: OffsetDateTime) -> Value {
        let (code, display, interaction, action) = event.kind.codes();
        let outcome = match event.status {
            500.. => "8",
            400.. => "4",
            _ if event.withheld => "4",
            _ => "0",
        };
        let mut record = json!({
            "resourceType": "AuditEvent",
            "id": crate::random::uuid(),
            "type": { "system": "http://dicom.nema.org/resources/ontology/DCM", "code": code, "display": display },
            "subtype": [{ "system": "http://hl7.org/fhir/restful-interaction", "code": interaction }],
            "action": action,
            "recorded": self.recorded(now),
            "outcome": outcome,
            "agent": self.agents(event),
            "source": { "identifier": { "system": URA, "value": event.source_ura } },
            "entity": self.entities(event),
        });
        if event.withheld {
            record["outcomeDesc"] = json!("geen toestemming");
        }
        if self.defects.has("log-action-missing") {
            record.as_object_mut().map(|record| record.shift_remove("action"));
        }
        record
    }

    fn recorded(&self, now: OffsetDateTime) -> String {
        let now = if self.defects.has("log-clock-skewed") { now + Duration::HOUR } else { now };
        if self.defects.has("log-zone-missing") {
            let local =
                format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]");
            return now.format(local).unwrap_or_default();
        }
        let milliseconds = now.replace_millisecond(now.millisecond()).unwrap_or(now);
        milliseconds.format(&Rfc3339).unwrap_or_default()
    }

    fn agents(&self, event: Event<'_>) -> Vec<Value> {
        let mut agents = match event.access {
            Some(access) => vec![self.user(access), self.responsible(access)],
            None => vec![self.unknown_user()],
        };
        agents[0]["network"] = json!({ "address": event.peer, "type": "2" });
        if let Some(access) = event.access
            && (self.variant == Variant::Person || self.defects.has("log-system-account"))
        {
            agents.push(self.organisation(access, "opvragende organisatie"));
        }
        if !self.defects.has("log-policy-missing") {
            agents[0]["policy"] = json!([protocol(event.ground)]);
        }
        agents
    }

    fn user(&self, access: &Access) -> Value {
        let (system, value, role) = match &access.person {
            Some(person) => (PERSON, &person.id, role(&person.role)),
            None => (CLIENT, &access.client_id, unknown_role()),
        };
        let mut user = json!({
            "role": [role],
            "userId": { "system": system, "value": value },
            "requestor": true,
            "purposeOfUse": [{ "coding": [{ "system": ACT_REASON, "code": access.purpose }] }],
        });
        if self.defects.has("log-role-missing") {
            user.as_object_mut().map(|user| user.shift_remove("role"));
        }
        user
    }

    fn responsible(&self, access: &Access) -> Value {
        if self.defects.has("log-system-account") {
            return json!({
                "role": [{ "text": "verantwoordelijke gebruiker" }],
                "userId": { "system": "urn:keur:systeemaccount", "value": "svc-fhir" },
                "name": "svc-fhir",
                "requestor": false,
            });
        }
        match &access.person {
            Some(person) => json!({
                "role": [role(&person.role), { "text": "verantwoordelijke gebruiker" }],
                "userId": { "system": PERSON, "value": person.id },
                "requestor": false,
            }),
            None => self.organisation(access, "verantwoordelijke organisatie"),
        }
    }

    fn organisation(&self, access: &Access, role: &str) -> Value {
        let wrong = self.defects.has("log-wrong-ura");
        let ura = if wrong { crate::pki::URA_SOURCE } else { access.ura.as_str() };
        json!({ "role": [{ "text": role }], "userId": { "system": URA, "value": ura }, "requestor": false })
    }

    /// Nobody is made up when nobody was authenticated; the defect does make somebody up.
    fn unknown_user(&self) -> Value {
        if self.defects.has("fabricated-identity") {
            return json!({
                "role": [role("01.015")],
                "userId": { "system": PERSON, "value": "000000001" },
                "name": "Beheerder",
                "requestor": true,
            });
        }
        json!({ "role": [unknown_role()], "requestor": true })
    }

    fn entities(&self, event: Event<'_>) -> Vec<Value> {
        let patient = event.bsn.filter(|_| !self.defects.has("log-patient-missing")).map(|bsn| {
            json!({
                "identifier": { "system": BSN, "value": bsn },
                "type": { "system": "http://hl7.org/fhir/object-type", "code": "1", "display": "Person" },
                "role": { "system": "http://hl7.org/fhir/object-role", "code": "1", "display": "Patient" },
            })
        });
        let request = event.request_id.map(|id| {
            json!({
                "identifier": { "system": "urn:ietf:rfc:4122", "value": id },
                "type": { "system": "http://hl7.org/fhir/object-type", "code": "4", "display": "Other" },
                "name": "X-Request-Id",
            })
        });
        patient.into_iter().chain(request).collect()
    }
}

fn role(code: &str) -> Value {
    json!({ "coding": [{ "system": ROLE, "code": code }] })
}

fn unknown_role() -> Value {
    json!({ "text": "rol onbekend" })
}

fn protocol(ground: Option<Ground>) -> &'static str {
    match ground {
        Some(Ground::Referral) => "urn:keur:autorisatieprotocol:verwijzing",
        Some(Ground::Consent) => "urn:keur:autorisatieprotocol:toestemming",
        None => "geen protocol",
    }
}

#[cfg(test)]
mod tests {
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
