//! Questions of a recorder answered from a record instead of by a product.

use serde_json::Value;
use url::Url;

use crate::{
    event::{Body, Event, Failure, Observation, Reply},
    http::{Answer, Parsed, Request, Response, Transport},
    look::{LOOK, Look, RESUMPTION},
    recorder::{Recorder, Stop},
    replay::Replay,
    wire::{Handshake, Raw},
};

impl Recorder {
    /// The recorded answer to this request. The same purpose, method, address and identity make it the same request;
    /// ids, moments and signatures in it are those that were sent then.
    pub(crate) fn replayed_http(&self, replay: &Replay, request: Request) -> Result<Answer, Stop> {
        if !self.seam().identities().has(&request.identity) {
            return Err(self.not_declared(&format!("[identity.{}]", request.identity)));
        }
        let url = self.seam().redactor.text(request.url.as_str());
        let found = replay.exchange(self.place(), &request, &url);
        let what = || format!("{} ({} {})", request.purpose, request.method, request.url);
        let mut exchange = found.ok_or_else(|| self.not_recorded(&what()))?;
        self.case().clone_into(&mut exchange.case);
        let lost = |body: &Body| {
            self.broken(&format!(
                "een inhoud ontbreekt in het bewijs: {}",
                body.blob.as_deref().unwrap_or("")
            ))
        };
        let bytes = |body: &Body| match &body.blob {
            None => Ok(Vec::new()),
            Some(digest) => replay.blob(digest).ok_or_else(|| lost(body)),
        };
        let reply = match &exchange.reply {
            Reply::Failure { failure, message } => {
                Err(Transport { failure: *failure, message: message.clone() })
            }
            Reply::Response { status, version, headers, body, tls } => Ok(Response {
                status: *status,
                version: version.clone(),
                headers: headers.clone(),
                wire_bytes: usize::try_from(body.wire_bytes).unwrap_or(usize::MAX),
                truncated: body.truncated && body.undecoded.is_none(),
                body: match &body.undecoded {
                    Some(error) => Err(error.clone()),
                    None => Ok(bytes(body)?),
                },
                tls: tls.clone(),
                timing: exchange.timing,
                parsed: Parsed::default(),
            }),
        };
        let request = Request {
            headers: exchange.request_headers.clone(),
            body: bytes(&exchange.request_body)?,
            url: Url::parse(&exchange.url).unwrap_or(request.url),
            ..request
        };
        let id = exchange.id.clone();
        self.write(Event::Exchange(exchange))?;
        self.latest(&id);
        Ok(Answer { id, request, reply })
    }

    /// The recorded outcome of this handshake.
    pub(crate) fn replayed_handshake(
        &self,
        replay: &Replay,
        purpose: &str,
    ) -> Result<(String, Result<Handshake, Transport>), Stop> {
        let observation = self.replayed_observation(replay, "tls_handshake", purpose)?;
        let Observation { id, facts, .. } = observation;
        if let Some(transport) = failure(&facts) {
            return Ok((id, Err(transport)));
        }
        let text = |name: &str| facts[name].as_str().unwrap_or_default().to_owned();
        let digests = facts["chain"].as_array().into_iter().flatten().filter_map(Value::as_str);
        let chain: Option<Vec<Vec<u8>>> = digests.map(|digest| replay.blob(digest)).collect();
        let chain = chain.ok_or_else(|| self.broken("een certificaat ontbreekt in het bewijs"))?;
        let shake = Handshake {
            id: id.clone(),
            version: text("version"),
            suite: text("suite"),
            group: text("group"),
            alpn: text("alpn"),
            chain,
            early_data: facts["early_data"].as_bool().unwrap_or(false),
        };
        Ok((id, Ok(shake)))
    }

    /// What was recorded of this look.
    pub(crate) fn replayed_look(
        &self,
        replay: &Replay,
        purpose: &str,
    ) -> Result<Result<Look, Transport>, Stop> {
        let Observation { id, facts, .. } = self.replayed_observation(replay, LOOK, purpose)?;
        if let Some(transport) = failure(&facts) {
            return Ok(Err(transport));
        }
        let blob = |digest: &str| {
            replay
                .blob(digest)
                .ok_or_else(|| self.broken("een deel van een TLS-handshake ontbreekt in het bewijs"))
        };
        let blobs = |value: &Value| {
            value
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .map(blob)
                .collect::<Result<Vec<_>, _>>()
        };
        let scheme = facts["scheme"].as_u64().and_then(|scheme| u16::try_from(scheme).ok());
        let staple = facts["staple"].as_str().map(blob).transpose()?;
        let issuers = facts["issuers"].is_array().then(|| blobs(&facts["issuers"])).transpose()?;
        Ok(Ok(Look { id, scheme, chain: blobs(&facts["chain"])?, staple, issuers }))
    }

    /// What was recorded of this attempt to resume.
    pub(crate) fn replayed_resumption(
        &self,
        replay: &Replay,
        purpose: &str,
    ) -> Result<Result<bool, Transport>, Stop> {
        let Observation { facts, .. } = self.replayed_observation(replay, RESUMPTION, purpose)?;
        Ok(failure(&facts).map_or_else(|| Ok(facts["resumed"].as_bool().unwrap_or(false)), Err))
    }

    /// What was recorded of this raw connection.
    pub(crate) fn replayed_raw(&self, replay: &Replay, what: &str, purpose: &str) -> Result<Raw, Stop> {
        let Observation { id, facts, .. } = self.replayed_observation(replay, what, purpose)?;
        if let Some(transport) = failure(&facts) {
            let closed = transport.failure == Failure::Closed;
            return Ok(Raw { id, received: Err(transport), closed });
        }
        let received = match facts["received"].as_str() {
            None => Vec::new(),
            Some(digest) => {
                replay.blob(digest).ok_or_else(|| self.broken("ontvangen bytes ontbreken in het bewijs"))?
            }
        };
        let closed = facts["closed_by_peer"].as_bool().unwrap_or(false);
        Ok(Raw { id, received: Ok(received), closed })
    }

    fn replayed_observation(&self, replay: &Replay, what: &str, purpose: &str) -> Result<Observation, Stop> {
        let found = replay.observation(self.place(), what, purpose);
        let mut observation = found.ok_or_else(|| self.not_recorded(purpose))?;
        self.case().clone_into(&mut observation.case);
        // Its secrets were taken out then.
        self.write(Event::Observation(observation.clone()))?;
        self.latest(&observation.id);
        Ok(observation)
    }
}

fn failure(facts: &Value) -> Option<Transport> {
    let failure: Failure = serde_json::from_value(facts.get("failure_kind")?.clone()).ok()?;
    let message = facts["failure_message"].as_str().unwrap_or_default().to_owned();
    Some(Transport { failure, message })
}
