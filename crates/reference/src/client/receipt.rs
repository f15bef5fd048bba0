//! Receiving: fetching what was notified, and telling the sender how far it is.

use http::Method;
use serde_json::{Value, json};
use url::Url;

use super::Client;
use crate::transfer::Kind;

const FHIR_JSON: &str = "application/fhir+json";
/// A Task with one of these is over.
const OVER: [&str; 4] = ["completed", "rejected", "cancelled", "failed"];

/// `{"action": "receive", "kind", "task", "fhir_base", "token_endpoint"}`; tells `task`, `status` and `error`.
pub(super) async fn act(client: &Client, asked: &Value) -> Value {
    let text = |name: &str| asked[name].as_str().unwrap_or_default();
    let id = text("task");
    let Some(kind) = Kind::parse(text("kind")).filter(|_| client.product.inbox.waits(id)) else {
        return json!({ "task": id, "status": null, "error": "hier is niets van gemeld" });
    };
    let again = !client.product.inbox.take(id);
    if again && !client.defects.has("receiver-repeats") {
        return json!({ "task": id, "status": "completed", "error": null });
    }
    let fetched = match client.token(text("token_endpoint"), "system/*.rs").await {
        Ok(token) => Pull { client, kind, base: text("fhir_base").to_owned(), id, token, again }.all().await,
        Err(error) => Err(error),
    };
    match fetched {
        Ok(status) => json!({ "task": id, "status": status, "error": null }),
        Err(_) if client.defects.has("receiver-hides-failure") => {
            json!({ "task": id, "status": "accepted", "error": null })
        }
        Err(error) => json!({ "task": id, "status": null, "error": error }),
    }
}

/// One referral or handover that is fetched.
struct Pull<'a> {
    client: &'a Client,
    kind: Kind,
    base: String,
    id: &'a str,
    token: String,
    /// The defect `receiver-repeats`: it was done before.
    again: bool,
}

impl Pull<'_> {
    /// Fetches all, and tells the status the Task has then.
    async fn all(&self) -> Result<String, String> {
        let defects = &self.client.defects;
        let path = format!("Task/{}", self.id);
        if defects.has("receiver-tries-without-token") {
            // Refused, and made again as it should be.
            let request = self.client.request(Method::GET, &format!("{}/{path}", self.base));
            self.client.send(request).await.ok();
        }
        let mut task = self.get(&path).await?;
        let status = task["status"].as_str().unwrap_or_default().to_owned();
        let over = OVER.contains(&status.as_str());
        if over && !self.again && !defects.has("receiver-ignores-status") {
            return Ok(status);
        }
        if self.kind == Kind::Referral && !defects.has("receiver-skips-accepted") {
            self.put(&mut task, "accepted").await?;
        }
        if let Err(error) = self.data(&task).await
            && !defects.has("receiver-completes-anyway")
        {
            return Err(error);
        }
        if !defects.has("receiver-never-completes") {
            self.put(&mut task, "completed").await?;
        }
        Ok("completed".to_owned())
    }

    /// Everything the Task names.
    async fn data(&self, task: &Value) -> Result<(), String> {
        let defects = &self.client.defects;
        let inputs = task["input"].as_array().cloned().unwrap_or_default();
        for input in &inputs {
            let (path, kind) = match input["valueReference"]["reference"].as_str() {
                Some(reference) => (format!("{reference}/$document"), "document"),
                None => (input["valueString"].as_str().unwrap_or_default().to_owned(), "searchset"),
            };
            if path.starts_with("Flag") && defects.has("receiver-skips-query") {
                continue;
            }
            let bundle = self.get(&path).await?;
            if bundle["resourceType"] != "Bundle" || bundle["type"] != kind {
                return Err(format!("geen {kind}"));
            }
        }
        if defects.has("receiver-asks-more") {
            let bsn =
                self.client.product.tenants.first().and_then(|tenant| tenant.service.patients().complete);
            let query = format!("Encounter?patient.identifier={}", bsn.unwrap_or_default());
            self.get(&query).await.ok();
        }
        Ok(())
    }

    async fn get(&self, path: &str) -> Result<Value, String> {
        let url = Url::parse(&format!("{}/{path}", self.base)).map_err(|error| error.to_string())?;
        let answer = self.client.send(self.authorised(Method::GET, url.as_str())).await?;
        match answer.status {
            200 => answer.json().ok_or_else(|| "een onleesbaar antwoord".to_owned()),
            status => Err(format!("status {status}")),
        }
    }

    async fn put(&self, task: &mut Value, status: &str) -> Result<(), String> {
        task["status"] = status.into();
        let mut body = task.clone();
        if self.client.defects.has("receiver-drops-requester") {
            body["requester"] = json!({});
        }
        let url = format!("{}/Task/{}", self.base, self.id);
        let request = self.authorised(Method::PUT, &url).header("content-type", FHIR_JSON);
        let answer = self.client.send(request.body(body.to_string())).await?;
        match answer.status {
            200 | 201 => Ok(()),
            status => Err(format!("status {status}")),
        }
    }

    fn authorised(&self, method: Method, url: &str) -> reqwest::RequestBuilder {
        let request = self.client.request(method, url).header("accept", FHIR_JSON);
        request.header("authorization", format!("Bearer {}", self.token))
    }
}
