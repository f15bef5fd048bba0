//! One event as a FHIR STU3 AuditEvent.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{Duration, OffsetDateTime};

use super::{Event, Kind};
use crate::defects::Defects;
use crate::oauth::access::Access;
use crate::oauth::authorization::OVERRIDE;
use crate::options::Variant;
use crate::policy::Ground;

const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const CLIENT: &str = "http://minvws.github.io/generiekefuncties-docs/NamingSystem/oauth-client-id";
const PERSON: &str = "http://fhir.nl/fhir/NamingSystem/uzi-nr-pers";
const ROLE: &str = "http://fhir.nl/fhir/NamingSystem/uzi-rolcode";
const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

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
            Self::LogUse => ("110101", "Audit Log Used", "search-type", "R"),
        }
    }
}

/// Writes records; the defects of the log show here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Writer<'a> {
    pub(super) defects: &'a Defects,
    pub(super) variant: Variant,
}

impl Writer<'_> {
    pub(super) fn resource(self, event: Event<'_>, id: &str, now: OffsetDateTime) -> Value {
        let (code, display, interaction, action) = event.kind.codes();
        let outcome = match event.status {
            500.. => "8",
            400.. => "4",
            _ if event.withheld => "4",
            _ => "0",
        };
        let mut record = json!({
            "resourceType": "AuditEvent",
            "id": id,
            "type": { "system": "http://dicom.nema.org/resources/ontology/DCM", "code": code, "display": display },
            "subtype": [{ "system": "http://hl7.org/fhir/restful-interaction", "code": interaction }],
            "action": action,
            "recorded": self.recorded(now),
            "outcome": outcome,
            "agent": null,
            "source": { "identifier": { "system": URA, "value": event.source_ura } },
            "entity": null,
        });
        record["agent"] = self.agents(event).into();
        record["entity"] = self.entities(event).into();
        if event.withheld {
            record["outcomeDesc"] = json!("geen toestemming");
        }
        for member in self.missing(event) {
            record.as_object_mut().map(|record| record.shift_remove(*member));
        }
        record
    }

    /// What a defective log leaves out. Most defects show in records of what succeeded; a refusal has its own.
    fn missing(self, event: Event<'_>) -> &'static [&'static str] {
        match event.refused() {
            true if self.defects.has("refusal-record-bare") => &["subtype", "action"],
            false if self.defects.has("log-action-missing") => &["action"],
            false if self.defects.has("log-source-missing") => &["source"],
            _ => &[],
        }
    }

    fn recorded(self, now: OffsetDateTime) -> String {
        let now = if self.defects.has("log-clock-skewed") { now + Duration::HOUR } else { now };
        if self.defects.has("log-zone-missing") {
            let local =
                format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]");
            return now.format(local).unwrap_or_default();
        }
        let milliseconds = now.replace_millisecond(now.millisecond()).unwrap_or(now);
        milliseconds.format(&Rfc3339).unwrap_or_default()
    }

    fn agents(self, event: Event<'_>) -> Vec<Value> {
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

    fn user(self, access: &Access) -> Value {
        let (system, value, role) = match &access.person {
            Some(person) => (PERSON, &person.id, role(&person.role)),
            None => (CLIENT, &access.client_id, unknown_role()),
        };
        let usual = access.purpose == OVERRIDE && self.defects.has("override-logged-as-usual");
        let purpose = if usual { "TREAT" } else { access.purpose.as_str() };
        let mut user = json!({
            "role": [role],
            "userId": { "system": system, "value": value },
            "requestor": true,
            "purposeOfUse": [{ "coding": [{ "system": ACT_REASON, "code": purpose }] }],
        });
        if self.defects.has("log-role-missing") {
            user.as_object_mut().map(|user| user.shift_remove("role"));
        }
        user
    }

    fn responsible(self, access: &Access) -> Value {
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

    fn organisation(self, access: &Access, role: &str) -> Value {
        let wrong = self.defects.has("log-wrong-ura");
        let ura = if wrong { crate::pki::URA_SOURCE } else { access.ura.as_str() };
        json!({ "role": [{ "text": role }], "userId": { "system": URA, "value": ura }, "requestor": false })
    }

    /// Nobody is made up when nobody was authenticated; the defect does make somebody up.
    fn unknown_user(self) -> Value {
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

    fn entities(self, event: Event<'_>) -> Vec<Value> {
        let silent = !event.refused() && self.defects.has("log-patient-missing");
        let patient = event.bsn.filter(|_| !silent).map(|bsn| {
            json!({
                "identifier": { "system": BSN, "value": bsn },
                "type": { "system": "http://hl7.org/fhir/object-type", "code": "1", "display": "Person" },
                "role": { "system": "http://hl7.org/fhir/object-role", "code": "1", "display": "Patient" },
            })
        });
        let unnumbered = event.refused() && self.defects.has("refusal-without-request-id");
        let request = event.request_id.filter(|_| !unnumbered).map(|id| {
            json!({
                "identifier": { "system": "urn:ietf:rfc:4122", "value": id },
                "type": { "system": "http://hl7.org/fhir/object-type", "code": "4", "display": "Other" },
                "name": "X-Request-Id",
            })
        });
        let data = event.data.filter(|_| !self.defects.has("log-category-missing")).map(|data| {
            json!({
                "type": { "system": "http://hl7.org/fhir/object-type", "code": "2", "display": "System Object" },
                "role": { "system": "http://hl7.org/fhir/object-role", "code": "24", "display": "Query" },
                "name": data,
            })
        });
        let token = event.authorization.filter(|_| self.defects.has("log-holds-token"));
        let token = token.map(|value| json!({ "detail": [{ "type": "Authorization", "value": value }] }));
        patient.into_iter().chain(request).chain(data).chain(token).collect()
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
        Some(Ground::Override) => "urn:keur:autorisatieprotocol:noodinzage",
        None => "geen protocol",
    }
}
