//! What stands between two runs: certificates of one authority, a hook, and a look at what both recorded.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::{TcpListener, TcpStream},
    path::{Path, PathBuf},
    sync::Arc,
    thread,
};

use keur_evidence::{
    event::{Body, Event, Exchange, Reply},
    journal,
};
use keur_probes::jose::SigningKey;
use serde_json::{Value, json};

use crate::common::{result, run_folder};

/// Certificates and keys of both sides, as files; of the sample product nothing else is used, and it is stopped.
pub fn certificates(folder: &Path) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let sample = runtime.block_on(keur_reference::start(keur_reference::Options::default())).unwrap();
    for (name, bytes) in sample.files() {
        fs::write(folder.join(name), bytes).unwrap();
    }
    runtime.block_on(sample.shutdown());
    for party in ["party-a", "party-b"] {
        let key = fs::read(folder.join(format!("{party}-signing.key"))).unwrap();
        let keys = SigningKey::from_pem(&key).unwrap().key_set().to_string();
        fs::write(folder.join(format!("{party}.jwks.json")), keys).unwrap();
    }
}

/// An address for a desk.
pub fn free() -> String {
    keur_reference::port::free().unwrap().to_string()
}

/// A hook at which a product can be made to act.
pub fn hook(act: impl Fn(&Value) -> Value + Send + Sync + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/trigger", listener.local_addr().unwrap());
    let act = Arc::new(act);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let act = Arc::clone(&act);
            thread::spawn(move || answer(stream, act.as_ref()));
        }
    });
    url
}

fn answer(stream: TcpStream, act: &dyn Fn(&Value) -> Value) {
    let mut reader = BufReader::new(stream);
    loop {
        let (mut length, mut line) = (0, String::new());
        while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
            if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
            line.clear();
        }
        let mut body = vec![0; length];
        if length == 0 || reader.read_exact(&mut body).is_err() {
            return;
        }
        let said = act(&serde_json::from_slice(&body).unwrap()).to_string();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n{said}",
            said.len()
        );
        if reader.get_mut().write_all(head.as_bytes()).is_err() {
            return;
        }
    }
}

/// What a run has on record so far.
pub fn exchanges(folder: &Path) -> Vec<Exchange> {
    let events = journal::read_whole(folder).unwrap().into_iter().map(|entry| entry.event);
    let exchanges = events.filter_map(|event| match event {
        Event::Exchange(exchange) => Some(*exchange),
        _ => None,
    });
    exchanges.collect()
}

/// A body on record, when it is JSON.
pub fn json_of(folder: &Path, body: &Body) -> Value {
    let bytes = body.blob.as_ref().and_then(|blob| journal::read_blob(folder, blob));
    bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
}

/// Status and content of an answer; none when there was no answer.
pub fn reply(exchange: &Exchange) -> Option<(u16, &Body)> {
    match &exchange.reply {
        Reply::Response { status, body, .. } => Some((*status, body)),
        Reply::Failure { .. } => None,
    }
}

/// Exchanges by the id of their request.
pub type ById<'r> = BTreeMap<String, Vec<&'r Exchange>>;

/// What one side asked is what the other heard, answer for answer.
#[track_caller]
pub fn same_exchange(sent: &ById<'_>, heard: &ById<'_>) {
    let ids = |side: &ById<'_>| {
        side.iter().map(|(id, all)| (id.clone(), all.len(), all[0].url.clone())).collect::<Vec<_>>()
    };
    assert_eq!(ids(sent), ids(heard), "the same requests on both sides");
    for (one, other) in sent.values().flatten().zip(heard.values().flatten()) {
        assert_eq!((&one.method, &one.url), (&other.method, &other.url));
        if other.inbound.as_ref().unwrap().delivery != "whole" {
            continue;
        }
        let status = |exchange: &Exchange| reply(exchange).map(|(status, _)| status);
        assert_eq!(status(one), status(other), "{}", one.url);
        // What redaction touches (tokens) differs in its marks: each run has a key of its own.
        if !one.url.ends_with("/oauth/token") {
            let answer = |exchange: &Exchange| reply(exchange).and_then(|(_, body)| body.blob.clone());
            assert_eq!(answer(one), answer(other), "{}", one.url);
            assert_eq!(one.request_body.blob, other.request_body.blob, "{}", one.url);
        }
    }
}

/// One run that was made.
pub struct Run {
    pub folder: PathBuf,
    pub result: Value,
    pub exchanges: Vec<Exchange>,
}

impl Run {
    /// The only run below a folder.
    pub fn below(out: &Path) -> Self {
        let folder = run_folder(out);
        let result = result(&folder);
        Self { exchanges: exchanges(&folder), folder, result }
    }

    /// Outcome by requirement.
    pub fn outcomes(&self) -> BTreeMap<String, String> {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let all = self.result["requirements"].as_array().unwrap();
        all.iter().map(|one| (text(&one["id"]), text(&one["outcome"]))).collect()
    }

    /// Whether some case, by a part of its id, passed.
    pub fn passed(&self, part: &str) -> bool {
        let cases = self.result["requirements"].as_array().unwrap().iter();
        let mut cases = cases.flat_map(|requirement| requirement["cases"].as_array().unwrap());
        cases.any(|case| case["id"].as_str().unwrap().contains(part) && case["outcome"] == "passed")
    }

    /// What did not hold, for the reader of a failed test.
    pub fn faults(&self) -> Vec<String> {
        let mut faults = Vec::new();
        for requirement in self.result["requirements"].as_array().unwrap() {
            for case in requirement["cases"].as_array().unwrap() {
                if case["outcome"] != "passed" {
                    let checks =
                        case["checks"].as_array().unwrap().iter().filter(|check| check["holds"] != true);
                    let checks: Vec<Value> =
                        checks.map(|one| json!([one["expected"], one["observed"]])).collect();
                    faults
                        .push(format!("{} {} {} {checks:?}", requirement["id"], case["id"], case["outcome"]));
                }
            }
        }
        faults
    }

    /// Exchanges in which this run asked, or was asked, by the id of the request; below an address.
    pub fn by_id(&self, inbound: bool, base: &str) -> ById<'_> {
        let mut all = ById::new();
        let ours = self.exchanges.iter().filter(|one| one.inbound.is_some() == inbound);
        for exchange in ours.filter(|one| one.url.starts_with(base)) {
            let id =
                exchange.request_headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("x-request-id"));
            all.entry(id.map(|(_, id)| id.clone()).unwrap_or_default()).or_default().push(exchange);
        }
        all
    }
}
