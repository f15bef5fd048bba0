//! The Tasks of a referral and of a handover, and what tells the receiver that one is there.

use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::{Duration, OffsetDateTime};

use super::Kind;
use crate::defects::Defects;
use crate::state::Tenant;

/// Code system, code and query of each part of the BgZ.
const INPUTS: &str = include_str!("../../data/referral-inputs.tsv");
const SNOMED: &str = "http://snomed.info/sct";
const BSN: &str = "http://fhir.nl/fhir/NamingSystem/bsn";
const URA: &str = "http://fhir.nl/fhir/NamingSystem/ura";
/// A referral opens the data this long.
const OPEN: Duration = Duration::days(14);

/// The Task the receiver fetches.
pub(crate) fn workflow(
    kind: Kind,
    id: &str,
    bsn: &str,
    receiver: &str,
    tenant: &Tenant,
    defects: &Defects,
) -> Value {
    let patient = tenant.service.patient(bsn);
    let patient = patient.as_ref().and_then(|patient| patient["id"].as_str()).unwrap_or_default();
    let (profile, status, code, display) = match kind {
        Kind::Referral => ("BgZ-verwijzing-Task", "requested", "3457005", "verwijzen van patiënt"),
        Kind::Handover => ("eOverdracht-Task", "in-progress", "308292007", "overdracht van zorg"),
    };
    let mut task = json!({
        "resourceType": "Task",
        "id": id,
        "meta": { "profile": [format!("http://nictiz.nl/fhir/StructureDefinition/{profile}")] },
        "status": status,
        "intent": "order",
        "code": { "coding": [{ "system": SNOMED, "code": code, "display": display }] },
        "for": { "reference": format!("Patient/{patient}"), "display": "de patiënt" },
        "authoredOn": moment(Duration::ZERO),
        "requester": {
            "agent": { "identifier": { "system": URA, "value": tenant.ura }, "display": "Referentiebron" },
            "onBehalfOf": { "identifier": { "system": URA, "value": tenant.ura }, "display": "Referentiebron" },
        },
        "owner": { "identifier": { "system": URA, "value": receiver }, "display": "Ontvanger" },
        "input": match kind {
            Kind::Referral => queries(bsn, defects),
            Kind::Handover => json!([{
                "type": { "coding": [{ "system": SNOMED, "code": "11171000146100", "display": "verslag van verpleegkundige overdracht" }] },
                "valueReference": { "reference": format!("Composition/{id}"), "display": "Overdrachtsbericht" },
            }]),
        },
    });
    if defects.has("transfer-task-incomplete") {
        task["meta"] = json!({});
    }
    task
}

fn queries(bsn: &str, defects: &Defects) -> Value {
    let token = format!("{BSN}|{bsn}");
    let input = |line: &str| {
        let [system, code, query] = line.split('\t').collect::<Vec<_>>()[..] else { return Value::Null };
        let dead = code == "11450-4" && defects.has("referral-query-dead");
        let query = if dead { "Probleem?patient.identifier={bsn}" } else { query };
        json!({
            "type": { "coding": [{ "system": system, "code": code, "display": "onderdeel van de BgZ" }] },
            "valueString": query.replace("{bsn}", &token),
        })
    };
    INPUTS.lines().map(input).collect()
}

/// What is posted to the receiver of a referral: that there is something, and where; not about whom.
pub(crate) fn notification(id: &str, bsn: &str, receiver: &str, tenant: &Tenant, defects: &Defects) -> Value {
    let urn =
        || json!({ "system": "urn:ietf:rfc:3986", "value": format!("urn:uuid:{}", crate::random::uuid()) });
    let parameter = |code: &str| json!({ "coding": [{ "system": "http://fhir.nl/fhir/NamingSystem/TaskParameter", "code": code }] });
    let mut task = json!({
        "resourceType": "Task",
        "identifier": [urn()],
        "groupIdentifier": urn(),
        "basedOn": [{ "reference": format!("Task/{id}") }],
        "status": "requested",
        "intent": "proposal",
        "code": { "coding": [{ "system": "http://fhir.nl/fhir/NamingSystem/TaskCode", "code": "pull-notification" }] },
        "restriction": { "period": { "end": moment(OPEN) } },
        "authoredOn": moment(Duration::ZERO),
        "requester": {
            "agent": { "identifier": { "system": "urn:ietf:rfc:3986", "value": tenant.issuer } },
            "onBehalfOf": { "identifier": { "system": URA, "value": tenant.ura } },
        },
        "owner": { "identifier": { "system": URA, "value": receiver } },
        "input": [
            { "type": parameter("authorization-base"), "valueString": crate::random::secret() },
            { "type": parameter("get-workflow-task"), "valueBoolean": true },
        ],
    });
    if defects.has("transfer-bsn-in-notification") {
        task["for"] = json!({ "identifier": { "system": BSN, "value": bsn } });
    }
    if defects.has("referral-notification-incomplete") {
        task["owner"] = json!({ "display": "Ontvanger" });
    }
    task
}

fn moment(later: Duration) -> String {
    (OffsetDateTime::now_utc() + later).format(&Rfc3339).unwrap_or_default()
}
