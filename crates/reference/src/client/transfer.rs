//! Sending: a Task for the receiver, and the notification that it is there.

use http::Method;
use serde_json::{Value, json};

use super::Client;
use crate::random;
use crate::transfer::{Kind, notification, workflow};

/// The scope of a notification.
const SCOPE: &str = "ta-np-notification";

/// `{"action": "send", "kind", "bsn", "receiver_ura", "notification", "token_endpoint"}`; tells `task`, `sent` and `error`.
pub(super) async fn act(client: &Client, asked: &Value) -> Value {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let (bsn, receiver, address) = (text("bsn"), text("receiver_ura"), text("notification"));
    let (Some(kind), Some(tenant)) = (Kind::parse(text("kind")), client.product.tenants.first()) else {
        return json!({ "task": null, "sent": false, "error": "onbekende soort" });
    };
    let (id, defects) = (random::uuid(), &client.defects);
    let task = workflow(kind, &id, bsn, receiver, tenant, defects);
    if !client.product.outbox.keep(kind, bsn, receiver, task) {
        return json!({ "task": null, "sent": false, "error": "het postvak is vol" });
    }
    let request = match kind {
        Kind::Referral => {
            let body = notification(&id, bsn, receiver, tenant, defects);
            let request = client.request(Method::POST, &format!("{address}/Task"));
            request.header("content-type", "application/fhir+json").body(body.to_string())
        }
        Kind::Handover if defects.has("transfer-bsn-in-notification") => {
            client.request(Method::POST, &format!("{address}/{id}")).body(format!("patiënt {bsn}"))
        }
        Kind::Handover => client.request(Method::POST, &format!("{address}/{id}")).body(""),
    };
    match deliver(client, request, text("token_endpoint")).await {
        Err(error) if !defects.has("transfer-failure-hidden") => {
            json!({ "task": id, "sent": false, "error": error })
        }
        _ => json!({ "task": id, "sent": true, "error": null }),
    }
}

async fn deliver(client: &Client, request: reqwest::RequestBuilder, endpoint: &str) -> Result<(), String> {
    let token = client.token(endpoint, SCOPE).await?;
    let answer = client.send(request.header("authorization", format!("Bearer {token}"))).await?;
    match answer.status {
        200..=299 => Ok(()),
        status => Err(format!("status {status}")),
    }
}
