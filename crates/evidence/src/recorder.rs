//! The recorder of one case: makes requests, keeps evidence, and is the only maker of the error that stops a scenario.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use futures::StreamExt;

use crate::{
    check::Check,
    decode::decode,
    digest,
    event::{
        Body, CheckOutcome, CheckRecord, Event, Exchange, Failure, Observation, Phase, Reason, Reply, RunEnd,
        StopKind, Stopped, Timing, TlsFacts,
    },
    http::{Answer, Request, Response, Transport},
    identity::IdentityError,
    journal::JournalError,
    seam::Seam,
};

/// Ends a scenario. Only a [`Recorder`] makes one, after it wrote down why: no failing step without evidence.
#[derive(Debug)]
pub struct Stop(String);

impl std::fmt::Display for Stop {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Stop {}

/// What a step returns.
pub type Step = Result<(), Stop>;

/// Records for one case.
#[derive(Clone)]
pub struct Recorder {
    seam: Arc<Seam>,
    case: Arc<str>,
    state: Arc<Mutex<State>>,
}

struct State {
    step: usize,
    phase: Phase,
    latest: Option<String>,
    draws: u64,
    stopped: bool,
}

impl Recorder {
    pub(crate) fn new(seam: Arc<Seam>, case: &str) -> Self {
        let state = State { step: 0, phase: Phase::Given, latest: None, draws: 0, stopped: false };
        Self { seam, case: case.into(), state: Arc::new(Mutex::new(state)) }
    }

    /// The run's seam.
    #[must_use]
    pub fn seam(&self) -> &Arc<Seam> {
        &self.seam
    }

    /// The engine tells which step runs.
    pub fn at_step(&self, step: usize, phase: Phase) {
        let mut state = self.lock();
        state.step = step;
        state.phase = phase;
    }

    /// Whether the case was ended by this recorder.
    #[must_use]
    pub fn has_stopped(&self) -> bool {
        self.lock().stopped
    }

    /// 32 random bytes, reproducible from the run's seed.
    #[must_use]
    pub fn random(&self) -> [u8; 32] {
        let position = {
            let mut state = self.lock();
            state.draws += 1;
            state.draws
        };
        self.seam.random(&self.case, position)
    }

    /// A random UUID (version 4), reproducible from the run's seed.
    #[must_use]
    pub fn uuid(&self) -> String {
        let mut b = self.random();
        b[6] = b[6] & 0x0f | 0x40;
        b[8] = b[8] & 0x3f | 0x80;
        let hex = digest::to_hex(&b[..16]);
        format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
    }

    /// Makes a request. Whatever comes back is evidence; judging it is for a check.
    ///
    /// # Errors
    /// [`Stop`] when the run was stopped, the guard tripped, the identity is not declared, or evidence cannot be written.
    pub async fn http(&self, request: Request) -> Result<Answer, Stop> {
        let client = self
            .seam
            .client(&request.identity, request.fresh)
            .map_err(|error| self.identity_missing(&error))?;
        let id = self.seam.next_id("x");
        let redactor = &self.seam.redactor;
        self.write(Event::RequestSent {
            id: id.clone(),
            case: self.case.to_string(),
            method: request.method.clone(),
            url: redactor.text(request.url.as_str()),
        })?;
        let started = Instant::now();
        let bound = request.timeout.unwrap_or(self.seam.limits.request);
        let reply = tokio::select! {
            () = self.seam.stopped() => return Err(self.aborted()),
            reply = tokio::time::timeout(bound, self.send(&client, &request, started)) => {
                reply.unwrap_or_else(|_| Err(Transport::timeout(bound)))
            }
        };
        if let Ok(response) = &reply {
            self.guard(response)?;
            self.learn_tokens(response);
        }
        let exchange = self.exchange(&id, &request, &reply, started)?;
        self.write(Event::Exchange(Box::new(exchange)))?;
        self.lock().latest = Some(id.clone());
        Ok(Answer { id, request, reply })
    }

    /// Records a fact that is not an HTTP exchange; returns its id.
    ///
    /// # Errors
    /// [`Stop`] when evidence cannot be written.
    pub fn observe(&self, what: &str, purpose: &str, facts: serde_json::Value) -> Result<String, Stop> {
        let id = self.seam.next_id("o");
        let text = self.seam.redactor.text(&facts.to_string());
        let facts = serde_json::from_str(&text).unwrap_or(serde_json::Value::String(text));
        self.write(Event::Observation(Observation {
            id: id.clone(),
            case: self.case.to_string(),
            what: what.to_owned(),
            purpose: purpose.to_owned(),
            facts,
        }))?;
        self.lock().latest = Some(id.clone());
        Ok(id)
    }

    /// Records a check.
    ///
    /// # Errors
    /// [`Stop`] when it does not hold.
    pub fn expect(&self, check: Check) -> Step {
        self.expect_all([check])
    }

    /// Records several checks of one step, all of them.
    ///
    /// # Errors
    /// [`Stop`] when at least one does not hold, or when there are none: a step that checked nothing proves nothing.
    pub fn expect_all(&self, checks: impl IntoIterator<Item = Check>) -> Step {
        let (mut stop, mut count) = (None, 0_usize);
        for check in checks {
            count += 1;
            let (step, phase, latest) = {
                let state = self.lock();
                (state.step, state.phase, state.latest.clone())
            };
            let evidence =
                if check.evidence.is_empty() { latest.into_iter().collect() } else { check.evidence };
            let redactor = &self.seam.redactor;
            let record = CheckRecord {
                case: self.case.to_string(),
                step,
                phase,
                expected: redactor.text(&check.expected),
                observed: redactor.text(&check.observed),
                outcome: check.outcome,
                evidence,
            };
            if record.outcome != CheckOutcome::Holds && stop.is_none() {
                stop = Some(format!("verwacht: {}; waargenomen: {}", record.expected, record.observed));
            }
            self.write(Event::Check(record))?;
        }
        match stop {
            Some(text) => Err(self.stopping(text)),
            None if count == 0 => Err(self.broken("de stap heeft niets gecontroleerd")),
            None => Ok(()),
        }
    }

    /// The case cannot be told, with a reason from the closed list and a finer cause.
    #[must_use]
    pub fn cannot_tell(&self, reason: Reason, cause: &str, detail: &str) -> Stop {
        self.stopped_by(StopKind::CantTell { reason, cause: cause.to_owned() }, detail)
    }

    /// The requirement does not apply; `observed` is the id of the exchange or observation that shows it.
    #[must_use]
    pub fn inapplicable(&self, predicate: &str, declared: &str, observed: &str, detail: &str) -> Stop {
        let (predicate, declared, observed) =
            (predicate.to_owned(), declared.to_owned(), observed.to_owned());
        self.stopped_by(StopKind::Inapplicable { predicate, declared, observed }, detail)
    }

    /// The tool itself is wrong.
    #[must_use]
    pub fn broken(&self, detail: &str) -> Stop {
        self.stopped_by(StopKind::Error, detail)
    }

    /// The run was stopped.
    #[must_use]
    pub fn aborted(&self) -> Stop {
        self.cannot_tell(Reason::Aborted, "stopped", "de uitvoering is gestopt")
    }

    /// The declared identity or file a step needs is not there.
    #[must_use]
    pub fn not_declared(&self, what: &str) -> Stop {
        let detail = format!("{what} ontbreekt in product.toml");
        self.cannot_tell(Reason::Precondition, "not_declared", &detail)
    }

    pub(crate) fn identity_missing(&self, error: &IdentityError) -> Stop {
        match error {
            IdentityError::Unknown(name) => self.not_declared(&format!("[identity.{name}]")),
            other => self.cannot_tell(Reason::Configuration, "identity", &other.to_string()),
        }
    }

    fn stopped_by(&self, stop: StopKind, detail: &str) -> Stop {
        let (step, phase) = {
            let state = self.lock();
            (state.step, state.phase)
        };
        let detail = self.seam.redactor.text(detail);
        let event = Event::Stopped(Stopped {
            case: self.case.to_string(),
            step,
            phase,
            stop,
            detail: detail.clone(),
        });
        if let Err(error) = self.seam.append(event) {
            return self.stopping(error.to_string());
        }
        self.stopping(detail)
    }

    fn stopping(&self, text: String) -> Stop {
        self.lock().stopped = true;
        Stop(text)
    }

    pub(crate) fn write(&self, event: Event) -> Result<(), Stop> {
        // The journal itself failed, so the reason can only travel with the error.
        self.seam.append(event).map_err(|error: JournalError| {
            self.seam.stop(RunEnd::Interrupted);
            Stop(format!("bewijs kan niet worden weggeschreven: {error}"))
        })
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        request: &Request,
        started: Instant,
    ) -> Result<Response, Transport> {
        let protocol = |message: String| Transport { failure: Failure::Protocol, message };
        let method = reqwest::Method::from_bytes(request.method.as_bytes())
            .map_err(|error| protocol(error.to_string()))?;
        let mut builder = client.request(method, request.url.clone());
        for (name, value) in &request.headers {
            builder = builder.header(name, value);
        }
        if !request.body.is_empty() {
            builder = builder.body(request.body.clone());
        }
        let response = builder.send().await.map_err(|error| Transport::from_reqwest(&error))?;
        let head_ms = millis(started);
        let tls = response.extensions().get::<reqwest::tls::TlsInfo>().map(|info| TlsFacts {
            version: info.version().map_or_else(|| "unknown".to_owned(), tls_version),
            suite: None,
            peer: info.peer_certificate().map(digest::sha256).unwrap_or_default(),
        });
        let status = response.status().as_u16();
        let version = format!("{:?}", response.version());
        let headers: Vec<(String, String)> = response
            .headers()
            .iter()
            .map(|(name, value)| {
                (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
            })
            .collect();
        let (mut wire, mut truncated) = (Vec::new(), false);
        let mut stream = response.bytes_stream();
        while let Some(chunk) = stream.next().await {
            let chunk = chunk.map_err(|error| Transport::from_reqwest(&error))?;
            let room = self.seam.limits.body - wire.len();
            if chunk.len() > room {
                wire.extend_from_slice(&chunk[..room]);
                truncated = true;
                break;
            }
            wire.extend_from_slice(&chunk);
        }
        let encoding =
            headers.iter().find(|(name, _)| name == "content-encoding").map(|(_, value)| value.as_str());
        let body = decode(encoding, &wire, self.seam.limits.decoded);
        let timing = Timing { head_ms, total_ms: millis(started) };
        Ok(Response { status, version, headers, wire, truncated, body, tls, timing })
    }

    /// Stops the run before anything of a response with a foreign BSN is written.
    fn guard(&self, response: &Response) -> Result<(), Stop> {
        let body = response.body.as_deref().unwrap_or(&response.wire);
        let Some(place) = self.seam.guard.scan(&response.headers, body) else { return Ok(()) };
        self.write(Event::GuardTripped { case: self.case.to_string(), place })?;
        self.seam.stop(RunEnd::Guarded);
        Err(self.cannot_tell(
            Reason::Aborted,
            "production_data",
            "het antwoord bevat een BSN buiten de opgegeven testset; de uitvoering is gestopt en niets van het antwoord is bewaard",
        ))
    }

    /// Tokens the product issues are secrets from the moment they are seen.
    fn learn_tokens(&self, response: &Response) {
        if !response.media_type().ends_with("json") {
            return;
        }
        let Some(json) = response.json() else { return };
        for member in ["access_token", "refresh_token"] {
            if let Some(token) = json.get(member).and_then(serde_json::Value::as_str)
                && !token.starts_with("eyJ")
            {
                self.seam.redactor.learn(token);
            }
        }
    }

    fn exchange(
        &self,
        id: &str,
        request: &Request,
        reply: &Result<Response, Transport>,
        started: Instant,
    ) -> Result<Exchange, Stop> {
        let redactor = &self.seam.redactor;
        let headers = |headers: &[(String, String)]| {
            headers
                .iter()
                .map(|(name, value)| (name.clone(), redactor.header(name, value)))
                .collect::<Vec<_>>()
        };
        let (reply, timing) = match reply {
            Ok(response) => {
                let body = response.body.as_deref().unwrap_or(&response.wire);
                let kept = self.body(body, response.wire.len(), response.truncated)?;
                let reply = Reply::Response {
                    status: response.status,
                    version: response.version.clone(),
                    headers: headers(&response.headers),
                    body: kept,
                    tls: response.tls.clone(),
                };
                (reply, response.timing)
            }
            Err(transport) => {
                let message = redactor.text(&transport.message);
                let reply = Reply::Failure { failure: transport.failure, message };
                (reply, Timing { head_ms: 0, total_ms: millis(started) })
            }
        };
        Ok(Exchange {
            id: id.to_owned(),
            case: self.case.to_string(),
            purpose: request.purpose.clone(),
            method: request.method.clone(),
            url: redactor.text(request.url.as_str()),
            request_headers: headers(&request.headers),
            request_body: self.body(&request.body, request.body.len(), false)?,
            identity: request.identity.clone(),
            reply,
            timing,
        })
    }

    fn body(&self, bytes: &[u8], wire: usize, truncated: bool) -> Result<Body, Stop> {
        let kept = self.seam.redactor.body(bytes);
        let blob = self.seam.store.blob(&kept).map_err(|error| {
            self.seam.stop(RunEnd::Interrupted);
            Stop(format!("bewijs kan niet worden weggeschreven: {error}"))
        })?;
        Ok(Body { blob, wire_bytes: wire as u64, truncated })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn millis(since: Instant) -> u64 {
    u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX)
}

fn tls_version(version: reqwest::tls::Version) -> String {
    match version {
        reqwest::tls::Version::TLS_1_2 => "TLSv1.2".to_owned(),
        reqwest::tls::Version::TLS_1_3 => "TLSv1.3".to_owned(),
        other => format!("{other:?}"),
    }
}
