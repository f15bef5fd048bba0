//! An open FHIR server that may be written to: R4, or STU3 on request, without certificates and tokens. What it holds
//! is made up and lives in memory, as long as the process.
//!
//! Its CapabilityStatement claims exactly what it does, so that a harness can hold it to that.

mod batch;
mod capability;
mod definitions;
mod input;
mod matching;
mod patch;
mod read;
mod search;
mod store;
mod write;

use std::sync::atomic::AtomicU64;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde_json::Value;
use time::OffsetDateTime;

use crate::defects::Defects;
use crate::fhir::negotiate::{self, Format};
use crate::fhir::outcome::Refusal;
use crate::fhir::paging::Pager;
use crate::fhir::params::{self, Pairs};
use crate::fhir::{Answer, Request, flaws};
use definitions::Kind;
use store::Store;

const FORM: &str = "application/x-www-form-urlencoded";
const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];
/// How long the defect `check-then-write` takes between the two.
const GAP: Duration = Duration::from_millis(60);

/// The server's data and what it remembers.
#[derive(Debug)]
pub(crate) struct Sandbox {
    base: String,
    stu3: bool,
    defects: Defects,
    store: Mutex<Store>,
    pager: Pager,
    started: OffsetDateTime,
    /// Only used by the defect `get-changes-version`.
    reads: AtomicU64,
}

/// A good answer before it is written as JSON or XML.
struct Reply {
    status: u16,
    resource: Option<Value>,
    headers: Vec<(String, String)>,
}

impl Reply {
    fn ok(resource: Value) -> Self {
        Self { status: 200, resource: Some(resource), headers: Vec::new() }
    }

    fn empty(status: u16) -> Self {
        Self { status, resource: None, headers: Vec::new() }
    }

    fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }
}

/// What is asked of the store, whether in a request of its own or in an entry of a batch.
struct Ask<'a> {
    method: &'a str,
    path: &'a str,
    pairs: Pairs,
    if_match: Option<String>,
    if_none_match: Option<String>,
    if_none_exist: Option<String>,
    if_modified_since: Option<String>,
    content: Content<'a>,
    strict: bool,
    /// A plain read of the JSON: only that is spoilt by a defect that counts reads.
    plain: bool,
}

/// What came along with it.
enum Content<'a> {
    Bytes(&'a [u8]),
    Resource(Value),
}

impl Sandbox {
    pub(crate) fn new(origin: &str, stu3: bool, defects: Defects) -> Self {
        Self {
            base: format!("{origin}/fhir"),
            stu3,
            defects,
            store: Mutex::new(Store::seeded(stu3)),
            pager: Pager::new(),
            started: OffsetDateTime::now_utc(),
            reads: AtomicU64::new(0),
        }
    }

    /// The FHIR base.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    /// Answers one request.
    pub(crate) fn handle(&self, request: &Request<'_>) -> Answer {
        let mut pairs = params::pairs(request.query.as_bytes());
        let typed = |types: &[&str]| negotiate::body_is(request.headers, types) == Some(true);
        let is_form = typed(&[FORM]) || self.defects.has("text-plain-accepted") && typed(&["text/plain"]);
        if request.method == "POST" && is_form && !self.defects.has("post-search-ignores-body") {
            pairs.extend(params::pairs(request.body));
        }
        let named = pairs.iter().find(|(name, _)| name == "_format").map(|(_, value)| value.as_str());
        let named = named.filter(|_| !self.defects.has("format-parameter-ignored"));
        let major = (!self.defects.has("fhir-version-ignored")).then_some(if self.stu3 { '3' } else { '4' });
        let format = negotiate::choose(request.headers, named, major);
        let lax = self.defects.has("ignores-accept") && !negotiate::names_version(request.headers);
        let format = format.or_else(|| lax.then_some(Format::Json));
        let outcome = match format {
            Some(_) => self.route(request, pairs, is_form),
            None => {
                Err(Refusal::new(406, "not-supported", "Deze server antwoordt met FHIR-JSON of FHIR-XML."))
            }
        };
        let format = format.unwrap_or(Format::Json);
        let reply = outcome.unwrap_or_else(|refusal| Reply {
            status: refusal.status,
            resource: Some(refusal.outcome()),
            headers: refusal.headers,
        });
        let reply = if self.defects.has("prefer-ignored") { reply } else { preferred(reply, request) };
        let mut headers = reply.headers;
        let mut body = Vec::new();
        if let Some(resource) = &reply.resource {
            headers.push(("Content-Type".to_owned(), format.content_type().to_owned()));
            body = flaws::encode(resource, format, &self.defects);
        }
        Answer { status: reply.status, headers, body, asked_bsn: None }
    }

    fn route(&self, request: &Request<'_>, pairs: Pairs, is_form: bool) -> Result<Reply, Refusal> {
        let mut method = request.method;
        if !METHODS.contains(&method) {
            if !self.defects.has("custom-verb-answered") {
                return Err(Refusal::new(501, "not-supported", "Deze methode bestaat niet."));
            }
            method = "GET";
        }
        let path = request.path.trim_matches('/');
        let reading = matches!(method, "GET" | "HEAD");
        if path == "metadata" {
            if !reading {
                return Err(Refusal::method("GET, HEAD"));
            }
            let etag = match self.defects.has("metadata-etag-flaps") {
                true => crate::random::uuid(),
                false => self.pager.identifier("metadata"),
            };
            return Ok(Reply::ok(self.statement()).with("ETag", format!("W/\"{etag}\"")));
        }
        if path == "_history" && reading && self.defects.has("unadvertised-history") {
            return Ok(Reply::ok(flaws::empty_history()));
        }
        let accepted = matches!(method, "POST" | "PUT" | "PATCH");
        let patch = ["application/json-patch+json"];
        let types: &[&str] = match method {
            "PATCH" => &patch,
            _ => &["application/fhir+json", "application/json", FORM],
        };
        if accepted
            && !request.body.is_empty()
            && !is_form
            && negotiate::body_is(request.headers, types) != Some(true)
        {
            return Err(Refusal::new(415, "not-supported", "Stuur FHIR-JSON."));
        }
        let header =
            |name: &str| request.headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let ask = Ask {
            method,
            path,
            pairs,
            if_match: header("if-match"),
            if_none_match: header("if-none-match"),
            if_none_exist: header("if-none-exist"),
            if_modified_since: header("if-modified-since"),
            content: Content::Bytes(request.body),
            strict: prefers(request, "handling=strict"),
            plain: reading && !request.headers.contains_key("accept-encoding"),
        };
        if method == "PUT" && ask.if_match.is_some() && self.defects.has("check-then-write") {
            let checked = self.matched(&self.lock(), &ask);
            std::thread::sleep(GAP);
            checked?;
            return self.perform(&mut self.lock(), &Ask { if_match: None, ..ask });
        }
        let mut store = self.lock();
        if path.is_empty() {
            return match method {
                "POST" => self.bundle(&mut store, &ask),
                _ => Err(Refusal::method("POST")),
            };
        }
        self.perform(&mut store, &ask)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does one thing to the store, or none at all.
    fn perform(&self, store: &mut Store, ask: &Ask<'_>) -> Result<Reply, Refusal> {
        let segments: Vec<&str> = ask.path.split('/').collect();
        let on = self.kind(segments[0])?;
        let reading = matches!(ask.method, "GET" | "HEAD");
        match (segments.as_slice(), ask.method) {
            ([_], "GET" | "HEAD") => self.search(store, on, &ask.pairs, ask.strict),
            ([_, "_search"], "POST") => self.search(store, on, &ask.pairs, ask.strict),
            ([_, "_search"], _) => Err(Refusal::method("POST")),
            ([_], "POST") => self.create(store, on, ask),
            ([_], "PUT") => self.conditional_update(store, on, ask),
            ([_], "DELETE") => self.conditional_delete(store, on, ask),
            ([_], _) => Err(Refusal::method("GET, HEAD, POST, PUT, DELETE")),
            ([_, "_history"], _) if reading => self.history(store, on, None, &ask.pairs),
            ([_, id, "_history"], _) if reading => self.history(store, on, Some(id), &ask.pairs),
            ([_, id, "_history", version], _) if reading => self.vread(store, on, id, version),
            ([_, _, "_history", ..] | [_, "_history"], _) => Err(Refusal::method("GET, HEAD")),
            ([_, id], _) if id.starts_with(['$', '_']) => {
                Err(Refusal::not_supported("Deze bewerking kent deze server niet."))
            }
            ([_, id], "GET" | "HEAD") => self.read(store, on, id, ask),
            ([_, id], "PUT") => self.update(store, on, id, ask),
            ([_, id], "PATCH") => self.patch(store, on, id, ask),
            ([_, id], "DELETE") => self.delete(store, on, id),
            ([_, _], _) => Err(Refusal::method("GET, HEAD, PUT, PATCH, DELETE")),
            _ => Err(Refusal::not_supported("Dit adres kent deze server niet.")),
        }
    }

    fn kind(&self, name: &str) -> Result<&'static Kind, Refusal> {
        let lower = self.defects.has("names-caseless");
        let alike = |kind: &&Kind| kind.name == name || lower && kind.name.eq_ignore_ascii_case(name);
        let undeclared = (name == "Linkage" && self.defects.has("undeclared-interaction"))
            .then_some(&definitions::KINDS[0]);
        let found = definitions::KINDS.iter().find(alike).or(undeclared);
        found.ok_or_else(|| Refusal::not_supported("Dit resourcetype kent deze server niet."))
    }
}

fn prefers(request: &Request<'_>, wanted: &str) -> bool {
    let values = request.headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split([',', ';'])).any(|one| one.trim() == wanted)
}

/// The body of a successful write as the client wants it.
fn preferred(mut reply: Reply, request: &Request<'_>) -> Reply {
    let writes = matches!(request.method, "POST" | "PUT" | "PATCH") && reply.status < 300;
    let is_bundle = reply.resource.as_ref().is_some_and(|resource| resource["resourceType"] == "Bundle");
    if !writes || is_bundle {
        return reply;
    }
    if prefers(request, "return=minimal") {
        reply.resource = None;
    } else if prefers(request, "return=OperationOutcome") {
        let issue = serde_json::json!({ "severity": "information", "code": "informational", "diagnostics": "Opgeslagen." });
        reply.resource = Some(serde_json::json!({ "resourceType": "OperationOutcome", "issue": [issue] }));
    }
    reply
}

#[cfg(test)]
mod tests;
