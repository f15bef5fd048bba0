//! From request to answer: routing, methods and the search itself.

use serde_json::Value;

use super::outcome::Refusal;
use super::paging::Position;
use super::params::{self, Pairs, Query, Searchable, Subject};
use super::store::Record;
use super::{Answer, Grant, Request, Service};
use super::{bsn, bundle, capability, flaws, include, lastn, negotiate, scopes};

const FORM: &str = "application/x-www-form-urlencoded";
const RESOURCE_TYPES: &[&str] =
    &["application/fhir+json", "application/fhir+xml", "application/json", "application/xml", "text/xml"];
const METHODS: &[&str] = &["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT"];

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

type Outcome = Result<Reply, Refusal>;

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
        let format = negotiate::choose(request.headers, wanted)
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
        let declared = params::searchable(kind).is_some() || params::READABLE.contains(&kind);
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
            if !(grant.may_see)(number) {
                return Err(Refusal::not_found());
            }
        }
        if method == "DELETE" {
            return Ok(Reply { status: 204, resource: None, headers: Vec::new() });
        }
        let mut resource = self.render(record);
        let format = negotiate::choose(request.headers, None);
        if self.defects.has("get-changes-version") {
            self.bump(&mut resource, format == Some(negotiate::Format::Json) && method == "GET");
        }
        let mut reply = Reply::ok(resource);
        if let Some(resource) = &reply.resource {
            reply.headers = super::validators(resource);
        }
        Ok(reply)
    }

    fn search(
        &self,
        kind: &str,
        path: &str,
        pairs: &Pairs,
        request: &Request<'_>,
        grant: &Grant<'_>,
    ) -> Outcome {
        let Some(on) = params::searchable(kind) else {
            return Err(Refusal::not_supported("Op dit resourcetype kan niet worden gezocht."));
        };
        if !scopes::allow(grant.scopes, kind, 's') {
            return Err(Refusal::forbidden("Het token geeft geen toegang tot dit resourcetype."));
        }
        let position = self.position(path, pairs)?;
        let strict = request.headers.get_all("prefer").iter().any(|value| {
            value.to_str().is_ok_and(|text| text.split([',', ';']).any(|one| one.trim() == "handling=strict"))
        });
        let query =
            params::interpret(on, &position.pairs, strict).map_err(|refusal| self.malformed(refusal))?;
        let patients = self.patients_for(on, &query, grant)?;
        let lastn = path.ends_with("$lastn");
        let mut matches: Vec<&Record> = patients
            .iter()
            .flat_map(|patient| self.store.of_patient(on.kind, patient))
            .filter(|record| query.filters.iter().all(|filter| filter.accepts(record)))
            .collect();
        if lastn {
            matches = lastn::newest(&matches, query.max);
        }
        if kind == "Flag" && self.defects.has("foreign-entry") && !matches.is_empty() {
            let foreign = self.store.bsns().filter_map(|number| self.store.patient_of(number));
            let mut foreign = foreign.filter(|patient| patients.iter().all(|own| own != patient));
            matches.extend(foreign.find_map(|patient| self.store.of_patient(kind, patient).next()));
        }
        Ok(Reply::ok(self.page(&position, pairs, request, &query, &matches, grant)))
    }

    /// Where the page starts: at a cursor, or at the beginning of the search in the request.
    fn position(&self, path: &str, pairs: &Pairs) -> Result<Position, Refusal> {
        match pairs.iter().find(|(name, _)| name == "_cursor") {
            None => Ok(Position { path: path.to_owned(), pairs: pairs.clone(), offset: 0 }),
            Some((_, cursor)) => {
                self.pager.open(cursor).filter(|position| position.path == path).ok_or_else(|| {
                    self.malformed(Refusal::invalid("Deze bladwijzer is niet geldig. Zoek opnieuw."))
                })
            }
        }
    }

    /// The logical ids of the patients whose data this search may show: one at most.
    fn patients_for(
        &self,
        on: &Searchable,
        query: &Query,
        grant: &Grant<'_>,
    ) -> Result<Vec<String>, Refusal> {
        let one_patient = || Refusal::forbidden("Zoek met het BSN van precies één patiënt.");
        let visible = |number: &str| {
            // The policy is asked for unknown numbers too, so that both take the same road.
            let may_see = (grant.may_see)(number);
            self.store.patient_of(number).filter(|_| may_see).map(str::to_owned)
        };
        match &query.subject {
            Subject::Identifier { system, value } => {
                if system.as_ref().is_some_and(|system| system != bsn::SYSTEM) {
                    return Ok(Vec::new());
                }
                if !bsn::is_valid(value) && !self.defects.has("bsn-not-checked") {
                    return Err(Refusal::new(400, "value", "Dit is geen geldig BSN."));
                }
                let found = visible(value);
                if found.is_none() && on.kind == "Patient" && self.defects.has("fuzzy-bsn") {
                    return Ok(self.similar(value, grant));
                }
                Ok(found.into_iter().collect())
            }
            Subject::Patient(id) => {
                let number = self.store.bsn_of(id);
                Ok(number.and_then(visible).into_iter().collect())
            }
            Subject::Several(numbers) if self.defects.has("bulk-bsn") => {
                Ok(numbers.iter().filter_map(|number| visible(number)).collect())
            }
            Subject::Several(_) => Err(one_patient()),
            Subject::Nobody if on.kind == "CareTeam" && self.from_folder => {
                // The published search leaves the patient to the token: that needs a token for exactly one.
                let seen: Vec<String> = self.store.bsns().filter_map(visible).collect();
                if seen.len() == 1 { Ok(seen) } else { Err(one_patient()) }
            }
            Subject::Nobody => Err(one_patient()),
        }
    }

    /// The defect `fuzzy-bsn`: a number that is not there finds a patient whose number looks like it.
    fn similar(&self, number: &str, grant: &Grant<'_>) -> Vec<String> {
        if self.store.patient_of(number).is_some() {
            return Vec::new();
        }
        self.store
            .bsns()
            .filter(|known| bsn::distance(known, number) <= 3 && (grant.may_see)(known))
            .filter_map(|known| self.store.patient_of(known))
            .map(str::to_owned)
            .take(1)
            .collect()
    }

    fn malformed(&self, mut refusal: Refusal) -> Refusal {
        if self.defects.has("stack-trace") {
            refusal.text = "java.lang.IllegalArgumentException: parameter\n\tat nl.referentiebron.fhir.SearchParser.parse\
                            (SearchParser.java:118)\n\tat nl.referentiebron.fhir.SearchServlet.doGet(SearchServlet.java:64)"
                .to_owned();
        }
        if self.defects.has("error-in-200") {
            refusal.status = 200;
        }
        refusal
    }

    fn page(
        &self,
        position: &Position,
        asked: &Pairs,
        request: &Request<'_>,
        query: &Query,
        matches: &[&Record],
        grant: &Grant<'_>,
    ) -> Value {
        let total = matches.len();
        let end = position.offset.saturating_add(query.count).min(total);
        let mut start = position.offset.min(end);
        if position.offset > 0 {
            if self.defects.has("paging-loses") {
                start = (start + 1).min(end);
            } else if self.defects.has("paging-duplicates") {
                start -= 1;
            }
        }
        let shown = &matches[start..end];
        let along = include::collect(&self.store, shown, query, grant.scopes, &self.defects);
        let at = |offset: usize| {
            let next = Position { path: position.path.clone(), pairs: query.processed.clone(), offset };
            let mut pairs: Pairs = vec![("_cursor".to_owned(), self.pager.seal(&next))];
            pairs.extend(query.processed.iter().filter(|(name, _)| name == "_format").cloned());
            bundle::address(&self.base, &position.path, &pairs)
        };
        let by_cursor = asked.iter().any(|(name, _)| name == "_cursor");
        let this = if by_cursor {
            at(position.offset)
        } else if self.defects.has("self-link-echoes") {
            format!("{}/{}?{}", self.base, position.path, request.query)
        } else {
            bundle::address(&self.base, &position.path, &query.processed)
        };
        let entries = |records: &[&Record]| {
            records
                .iter()
                .map(|record| (format!("{}/{}/{}", self.base, record.kind, record.id), self.render(record)))
                .collect()
        };
        bundle::Page {
            id: self.pager.identifier(&this),
            updated: self.store.updated.clone(),
            total,
            next: (query.count > 0 && end < total).then(|| at(end)),
            this,
            matches: entries(shown),
            included: entries(&along),
        }
        .bundle()
    }
}
