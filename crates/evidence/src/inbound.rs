//! Requests of the product to a party we play: guarded, redacted and on record before our answer leaves.

use serde_json::Value;

use crate::{
    event::{Body, Event, Exchange, Reply, Timing},
    heard::{Heard, Inbound},
    recorder::{Recorder, Step, Stop},
};

/// What holds what the guard looks for, when the product asks us; the place of a trip begins with it.
pub const REQUEST: &str = "verzoek";

/// A request that came in, unredacted.
#[derive(Debug, Clone, Copy)]
pub struct Incoming<'a> {
    /// The service we play.
    pub service: &'a str,
    /// Method.
    pub method: &'a str,
    /// The whole address, with query.
    pub url: &'a str,
    /// The path below our address of this case.
    pub path: &'a str,
    /// Headers; names in lower case.
    pub headers: &'a [(String, String)],
    /// Body.
    pub body: &'a [u8],
    /// Whether it came whole.
    pub whole: bool,
    /// The client certificate (DER), and whether we trust it.
    pub peer: Option<(&'a [u8], bool)>,
}

/// What we answer.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Status; 0 when we are silent.
    pub status: u16,
    /// Headers.
    pub headers: &'a [(String, String)],
    /// Body.
    pub body: &'a [u8],
    /// How it leaves: `whole`, `half` or `silent`.
    pub delivery: &'a str,
    /// What our side established.
    pub notes: &'a Value,
}

impl Recorder {
    /// Stops the run when a request of the product holds a number outside the declared test set.
    ///
    /// # Errors
    /// [`Stop`] when it does; nothing of the request is written.
    pub fn admit(&self, call: &Incoming<'_>) -> Step {
        // As it stands and decoded: `%20` before a number would hide it.
        let decoded = url::form_urlencoded::parse(call.url.as_bytes());
        let decoded: String = decoded.map(|(name, value)| format!("{name}={value} ")).collect();
        let addresses = [call.url.to_owned(), decoded].map(|text| ("adres".to_owned(), text));
        let headers: Vec<(String, String)> =
            addresses.into_iter().chain(call.headers.iter().cloned()).collect();
        self.guard(REQUEST, &headers, call.body)
    }

    /// Writes down a request of the product with what we are about to answer. What comes back is what a replay will
    /// read: the redacted request.
    ///
    /// # Errors
    /// [`Stop`] when evidence cannot be written.
    pub fn inbound(&self, call: &Incoming<'_>, answered: &Answered<'_>) -> Result<Heard, Stop> {
        let redactor = &self.seam().redactor;
        self.learn_issued(answered);
        let kept = |headers: &[(String, String)]| {
            headers.iter().map(|(name, value)| (name.clone(), redactor.header(name, value))).collect()
        };
        let certificate = match call.peer {
            Some((leaf, _)) => self.keep(leaf)?,
            None => None,
        };
        let body = redactor.body(call.body);
        let request_body =
            Body { blob: self.keep(&body)?, wire_bytes: call.body.len() as u64, ..Body::default() };
        let notes = redactor.text(&answered.notes.to_string());
        let exchange = Exchange {
            id: self.seam().next_id("x"),
            case: self.case().to_owned(),
            purpose: format!("het product vraagt: {}", call.service),
            method: call.method.to_owned(),
            url: redactor.text(call.url),
            request_headers: kept(call.headers),
            request_body,
            identity: "product".to_owned(),
            reply: Reply::Response {
                status: answered.status,
                version: "HTTP/1.1".to_owned(),
                headers: kept(answered.headers),
                body: self.body(answered.body, answered.body.len())?,
                tls: None,
            },
            timing: Timing::default(),
            inbound: Some(Box::new(Inbound {
                service: call.service.to_owned(),
                path: redactor.text(call.path),
                whole: call.whole,
                certificate,
                trusted: call.peer.map(|(_, trusted)| trusted),
                delivery: answered.delivery.to_owned(),
                notes: serde_json::from_str(&notes).unwrap_or_default(),
            })),
        };
        let leaf = call.peer.map(|(leaf, _)| leaf.to_vec());
        let heard = Heard::of(&exchange, body, leaf);
        self.write(Event::Exchange(Box::new(exchange)))?;
        heard.ok_or_else(|| self.broken("een verzoek van het product is niet als zodanig vastgelegd"))
    }

    /// In a replay: what the product asked us under these ids.
    ///
    /// # Errors
    /// [`Stop`] when the record does not hold it.
    pub fn heard_then(&self, ids: &[String]) -> Result<Vec<Heard>, Stop> {
        let blob = |digest: &Option<String>| match digest {
            None => Ok(None),
            Some(digest) => self
                .seam()
                .replay()
                .and_then(|replay| replay.blob(digest))
                .map(Some)
                .ok_or_else(|| self.broken(&format!("een inhoud ontbreekt in het bewijs: {digest}"))),
        };
        let one = |id: &String| {
            let exchange = self.came_in(id).ok_or_else(|| self.not_recorded(id))?;
            let certificate = exchange.inbound.as_ref().and_then(|inbound| inbound.certificate.clone());
            let body = blob(&exchange.request_body.blob)?.unwrap_or_default();
            Heard::of(&exchange, body, blob(&certificate)?).ok_or_else(|| self.not_recorded(id))
        };
        ids.iter().map(one).collect()
    }

    /// In a replay: writes what the product asked us after all else in this case.
    ///
    /// # Errors
    /// [`Stop`] when evidence cannot be written.
    pub fn close(&self) -> Step {
        self.take_over(true)
    }

    /// A token we issue is a secret from then on.
    fn learn_issued(&self, answered: &Answered<'_>) {
        let Ok(json) = serde_json::from_slice::<Value>(answered.body) else { return };
        for member in ["access_token", "refresh_token"] {
            if let Some(token) = json.get(member).and_then(Value::as_str) {
                self.seam().redactor.learn_token(token);
            }
        }
    }
}
