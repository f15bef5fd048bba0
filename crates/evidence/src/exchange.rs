//! Requests of a recorder: bounded, guarded, redacted and recorded.

use std::time::Instant;

use futures::StreamExt;
use keur_catalogue::bsn::test_numbers;

use crate::{
    decode::{decode, readable},
    digest,
    event::{Body, Event, Exchange, Failure, Reply, Timing, TlsFacts},
    http::{Answer, Parsed, Request, Response, Transport},
    recorder::{ANSWER, Recorder, Stop},
};

/// Most that is kept of a body that cannot be decoded as a whole.
const KEPT: usize = 64 << 10;

impl Recorder {
    /// Makes a request, and makes it again when the product asks to wait. Whatever comes back is evidence; judging it is
    /// for a check.
    ///
    /// # Errors
    /// [`Stop`] when the run was stopped, the guard tripped, the identity is not declared, evidence cannot be written, the
    /// product stays too busy, or the run has asked enough.
    pub async fn http(&self, request: Request) -> Result<Answer, Stop> {
        let request = self.dressed(self.marked(request));
        let (mut answer, mut waited) = (self.once(request.clone()).await?, Vec::new());
        while let Some(repeated) = self.again(&request, &answer, &mut waited).await? {
            answer = self.once(repeated).await?;
        }
        Ok(answer)
    }

    async fn once(&self, request: Request) -> Result<Answer, Stop> {
        if let Some(replay) = self.seam().replay() {
            return self.replayed_http(replay, request);
        }
        if self.seam().health.is_gone(&request.url) {
            return Err(self.unreachable(&request.url));
        }
        let client = self.client_for(&request).map_err(|error| self.identity_missing(&error))?;
        let slot = self.admitted().await?;
        let id = self.seam().next_id("x");
        let redactor = &self.seam().redactor;
        self.write(Event::RequestSent {
            id: id.clone(),
            case: self.case().to_owned(),
            method: request.method.clone(),
            url: redactor.text(request.url.as_str()),
            numbers: numbers(&request),
        })?;
        let started = Instant::now();
        let bound = request.timeout.unwrap_or(self.seam().limits.request);
        let reply = tokio::select! {
            () = self.seam().stopped() => return Err(self.aborted()),
            reply = tokio::time::timeout(bound, self.send(&client, &request, started)) => {
                reply.unwrap_or_else(|_| Err(Transport::timeout(bound)))
            }
        };
        drop(slot);
        self.seam().health.heard(&request.url, reply.as_ref().err().map(|transport| transport.failure));
        if let Ok((response, part)) = &reply {
            let json = response.json();
            self.guard_read(ANSWER, &response.headers, visible(response, part.as_deref()), json)?;
            self.learn_tokens(response);
        }
        let exchange = self.exchange(&id, &request, &reply, started)?;
        let reply = reply.map(|(response, _)| response);
        self.write(Event::Exchange(Box::new(exchange)))?;
        self.latest(&id);
        Ok(Answer { id, request, reply })
    }

    async fn send(
        &self,
        client: &reqwest::Client,
        request: &Request,
        started: Instant,
    ) -> Result<(Response, Option<Vec<u8>>), Transport> {
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
            let room = self.seam().limits.body - wire.len();
            if chunk.len() > room {
                wire.extend_from_slice(&chunk[..room]);
                truncated = true;
                break;
            }
            wire.extend_from_slice(&chunk);
        }
        let encoding =
            headers.iter().find(|(name, _)| name == "content-encoding").map(|(_, value)| value.as_str());
        let body = decode(encoding, &wire, self.seam().limits.decoded);
        let part = body.is_err().then(|| readable(encoding, &wire, KEPT));
        let timing = Timing { head_ms, total_ms: millis(started) };
        let wire_bytes = wire.len();
        Ok((
            Response {
                status,
                version,
                headers,
                wire_bytes,
                truncated,
                body,
                tls,
                timing,
                parsed: Parsed::default(),
            },
            part,
        ))
    }

    /// Tokens the product issues are secrets from the moment they are seen.
    fn learn_tokens(&self, response: &Response) {
        if !response.media_type().ends_with("json") {
            return;
        }
        let Some(json) = response.json() else { return };
        for member in ["access_token", "refresh_token"] {
            if let Some(token) = json.get(member).and_then(serde_json::Value::as_str) {
                self.seam().redactor.learn_token(token);
            }
        }
    }

    fn exchange(
        &self,
        id: &str,
        request: &Request,
        reply: &Result<(Response, Option<Vec<u8>>), Transport>,
        started: Instant,
    ) -> Result<Exchange, Stop> {
        let redactor = &self.seam().redactor;
        let headers = |headers: &[(String, String)]| {
            headers
                .iter()
                .map(|(name, value)| (name.clone(), redactor.header(name, value)))
                .collect::<Vec<_>>()
        };
        let (reply, timing) = match reply {
            Ok((response, part)) => {
                let mut kept = self.body(visible(response, part.as_deref()), response.wire_bytes)?;
                kept.truncated = response.truncated || response.body.is_err();
                kept.undecoded = response.body.as_ref().err().cloned();
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
            case: self.case().to_owned(),
            purpose: request.purpose.clone(),
            method: request.method.clone(),
            url: redactor.text(request.url.as_str()),
            request_headers: headers(&request.headers),
            request_body: self.body(&request.body, request.body.len())?,
            identity: request.identity.clone(),
            reply,
            timing,
            inbound: None,
        })
    }

    /// Text that others wrote, such as a log, without its secrets.
    ///
    /// # Errors
    /// [`Stop`] when a line of it holds a number outside the declared test set; the run stops.
    pub fn of_others(&self, text: &[u8]) -> Result<Vec<u8>, Stop> {
        for line in text.split(|byte| *byte == b'\n') {
            self.guard("logboek", &[], line)?;
        }
        let redactor = &self.seam().redactor;
        let kept = text
            .utf8_chunks()
            .map(|part| [redactor.foreign(part.valid()).as_bytes(), part.invalid()].concat());
        Ok(kept.collect::<Vec<_>>().concat())
    }

    pub(crate) fn body(&self, bytes: &[u8], wire: usize) -> Result<Body, Stop> {
        let blob = self.keep(&self.seam().redactor.body(bytes))?;
        Ok(Body { blob, wire_bytes: wire as u64, truncated: false, undecoded: None })
    }
}

/// What can be looked into of a body, and therefore what is kept of it; a part only when it does not decode.
fn visible<'r>(response: &'r Response, part: Option<&'r [u8]>) -> &'r [u8] {
    part.unwrap_or_else(|| response.bytes())
}

/// The test numbers a request asks for beside its address.
fn numbers(request: &Request) -> Vec<String> {
    let headers = request.headers.iter().flat_map(|(_, value)| test_numbers(value)).map(str::to_owned);
    let body = String::from_utf8_lossy(&request.body);
    headers.chain(test_numbers(&body).map(str::to_owned)).collect()
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
