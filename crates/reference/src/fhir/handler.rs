//! From request to answer: routing, methods and reading by id.

use serde_json::Value;
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::format_description;
use time::{OffsetDateTime, UtcOffset};

use super::outcome::Refusal;
use super::params::{self, Pairs};
use super::{Answer, Grant, Request, Service};
use super::{bsn, capability, definitions, flaws, negotiate, scopes};

/// The first digit of the FHIR version of this source.
const STU3: Option<char> = Some('3');
const FORM: &str = "application/x-www-form-urlencoded";
const RESOURCE_TYPES: &[&str] =
    &["application/fhir+json", "application/fhir+xml", "application/json", "application/xml", "text/xml"];
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

const HTTP_DATE: &[BorrowedFormatItem<'_>] =
    format_description!("[weekday repr:short], [day] [month repr:short] [year] [hour]:[minute]:[second] GMT");

/// A good answer before it is written as JSON or XML.
pub(super) struct Reply {
    status: u16,
    resource: Option<Value>,
    headers: Vec<(String, String)>,
}

impl Reply {
    pub(super) fn ok(resource: Value) -> Self {
        Self { status: 200, resource: Some(resource), headers: Vec::new() }
    }
}

pub(super) type Outcome = Result<Reply, Refusal>;

impl Service {
    pub(super) fn answer(&self, request: &Request<'_>, grant: Option<&Grant<'_>>) -> Answer {
        let mut asked = None;
        let mut pairs = params::pairs(request.query.as_bytes());
        let is_form = negotiate::body_is(request.headers, &[FORM]) == Some(true)
            || (self.defects.has("text-plain-accepted")
                && negotiate::body_is(request.headers, &["text/plain"]) == Some(true));
        if request.method == "POST" && is_form {
            pairs.extend(params::pairs(request.body));
        }
        let wanted = pairs.iter().find(|(name, _)| name == "_format").map(|(_, value)| value.as_str());
        let format = negotiate::choose(request.headers, wanted, STU3)
            .or_else(|| self.defects.has("ignores-accept").then_some(negotiate::Format::Json));
        let outcome = self.route(request, &pairs, is_form, grant, &mut asked);
        let outcome = match format {
            Some(_) => outcome,
            None => Err(Refusal::new(406, "not-supported", "Deze bron antwoordt met FHIR-JSON of FHIR-XML.")),
        };
        let format = format.unwrap_or(negotiate::Format::Json);
        let reply = outcome.unwrap_or_else(|refusal| Reply {
            status: refusal.status,
            resource: Some(refusal.outcome()),
            headers: refusal.headers,
        });
        let mut headers = reply.headers;
        let mut body = Vec::new();
        if let Some(resource) = &reply.resource {
            headers.push(("Content-Type".to_owned(), format.content_type().to_owned()));
            body = flaws::encode(resource, format, &self.defects);
        }
        if request.method == "HEAD" {
            body.clear();
        }
        Answer { status: reply.status, headers, body, asked_bsn: asked }
    }

    fn route(
        &self,
        request: &Request<'_>,
        pairs: &Pairs,
        is_form: bool,
        grant: Option<&Grant<'_>>,
        asked: &mut Option<String>,
    ) -> Outcome {
        let mut method = request.method;
        if !METHODS.contains(&method) {
            if !self.defects.has("custom-verb-answered") {
                return Err(Refusal::new(501, "not-supported", "Deze methode bestaat niet."));
            }
            method = "GET";
        }
        let reading = matches!(method, "GET" | "HEAD");
        let path = request.path.trim_matches('/');
        let segments: Vec<&str> = path.split('/').collect();
        if segments == ["metadata"] {
            let statement = || capability::statement(&self.base, &self.store.kinds(), &self.defects);
            return if reading { Ok(Reply::ok(statement())) } else { Err(Refusal::method("GET, HEAD")) };
        }
        if path == "_history" && reading && self.defects.has("unadvertised-history") {
            return Ok(Reply::ok(flaws::empty_history()));
        }
        let kind = segments[0];
        if !self.knows(kind) {
            return Err(Refusal::not_supported("Dit resourcetype of deze bewerking kent deze bron niet."));
        }
        *asked = self.asked(pairs).or_else(|| self.owner(&segments));
        let Some(grant) = grant else {
            return Err(Refusal::new(401, "login", "Voor deze vraag is een token nodig."));
        };
        let undeclared = || Refusal::not_supported("Deze bewerking kent deze bron niet.");
        match segments.as_slice() {
            [_] if reading => self.search(kind, path, pairs, request, grant),
            [_] if method == "POST" => {
                self.check_body(request, RESOURCE_TYPES)?;
                Err(Refusal::method("GET, HEAD"))
            }
            [_] => Err(Refusal::method("GET, HEAD")),
            [_, "_search"] if method == "POST" => {
                if !is_form && !request.body.is_empty() {
                    self.check_body(request, &[FORM])?;
                    return Err(Refusal::new(415, "not-supported", "Stuur een zoekvraag als formulier."));
                }
                self.search(kind, kind, pairs, request, grant)
            }
            [_, "_search"] => Err(Refusal::method("POST")),
            ["Observation", "$lastn"] if reading => self.search(kind, path, pairs, request, grant),
            ["Observation", "$lastn"] => Err(Refusal::method("GET, HEAD")),
            [_, id] if id.starts_with(['$', '_']) => Err(undeclared()),
            [_, id] => self.instance(kind, id, method, request, grant),
            [_, id, "_history"] if self.defects.has("undeclared-interaction") => {
                self.instance(kind, id, "GET", request, grant)
            }
            _ => Err(undeclared()),
        }
    }

    fn knows(&self, kind: &str) -> bool {
        let declared = definitions::searchable(kind).is_some() || definitions::READABLE.contains(&kind);
        (declared || self.store.kinds().contains(kind))
            && !(kind == "NutritionOrder" && self.defects.has("search-missing"))
    }

    /// A body of another type is refused; no body or no type at all is not.
    fn check_body(&self, request: &Request<'_>, types: &[&str]) -> Result<(), Refusal> {
        match negotiate::body_is(request.headers, types) {
            Some(false) => {
                Err(Refusal::new(415, "not-supported", "Dit soort inhoud wordt niet ondersteund."))
            }
            _ => Ok(()),
        }
    }

    /// The patient a search names, for the audit log.
    fn asked(&self, pairs: &Pairs) -> Option<String> {
        let cursor =
            pairs.iter().find(|(name, _)| name == "_cursor").and_then(|(_, value)| self.pager.open(value));
        let pairs = cursor.as_ref().map_or(pairs, |position| &position.pairs);
        pairs.iter().find_map(|(name, value)| {
            let first = value.split(',').next().unwrap_or_default();
            if name == "identifier" || name.ends_with(".identifier") {
                let number = first.rsplit('|').next().unwrap_or_default().trim();
                return bsn::is_valid(number).then(|| number.to_owned());
            }
            if matches!(name.as_str(), "patient" | "subject" | "beneficiary") {
                let id = first.strip_prefix("Patient/").unwrap_or(first);
                return self.store.bsn_of(id).map(str::to_owned);
            }
            None
        })
    }

    /// The patient a resource belongs to, for the audit log.
    fn owner(&self, segments: &[&str]) -> Option<String> {
        let record = self.store.get(segments[0], segments.get(1)?)?;
        self.store.bsn_of(record.patient.as_deref()?).map(str::to_owned)
    }

    fn instance(
        &self,
        kind: &str,
        id: &str,
        method: &str,
        request: &Request<'_>,
        grant: &Grant<'_>,
    ) -> Outcome {
        if method == "DELETE" && self.defects.has("second-delete-500") && self.seen_before(kind, id) {
            return Err(Refusal::new(500, "exception", "Er ging iets mis."));
        }
        let spoilt =
            self.defects.has("undeclared-interaction") && matches!(method, "PUT" | "PATCH" | "DELETE");
        if !matches!(method, "GET" | "HEAD") && !spoilt {
            return Err(Refusal::method("GET, HEAD"));
        }
        if !scopes::allow(grant.scopes, kind, 'r') {
            return Err(Refusal::forbidden("Het token geeft geen toegang tot dit resourcetype."));
        }
        let record = self.store.get(kind, id).ok_or_else(Refusal::not_found)?;
        if let Some(patient) = &record.patient {
            let number = self.store.bsn_of(patient).ok_or_else(Refusal::not_found)?;
            if !(grant.may_see)(number) && !self.defects.has("owa-read-unchecked") {
                return Err(Refusal::not_found());
            }
        }
        if method == "DELETE" {
            return Ok(Reply { status: 204, resource: None, headers: Vec::new() });
        }
        let mut resource = self.render(record);
        let format = negotiate::choose(request.headers, None, STU3);
        if self.defects.has("get-changes-version") {
            // Only plain JSON reads count, so that other representations of the same version stay equal to it.
            let plain =
                format == Some(negotiate::Format::Json) && !request.headers.contains_key("accept-encoding");
            self.bump(&mut resource, plain && method == "GET");
        }
        let mut reply = Reply::ok(resource);
        if let Some(resource) = &reply.resource {
            reply.headers = validators(resource);
        }
        Ok(reply)
    }
}

/// `ETag` and `Last-Modified` of a resource.
fn validators(resource: &Value) -> Vec<(String, String)> {
    let mut headers = Vec::new();
    if let Some(version) = resource["meta"]["versionId"].as_str() {
        headers.push(("ETag".to_owned(), format!("W/\"{version}\"")));
    }
    let moment =
        resource["meta"]["lastUpdated"].as_str().and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok());
    if let Some(text) = moment.and_then(|moment| moment.to_offset(UtcOffset::UTC).format(HTTP_DATE).ok()) {
        headers.push(("Last-Modified".to_owned(), text));
    }
    headers
}
