//! A product of a vendor (the reference product in a process of its own), the person who operates it, and runs that wait
//! for that person.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Read, Write},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStderr},
    sync::Arc,
    thread::{self, JoinHandle},
    time::Duration,
};

use keur_evidence::{
    event::{Entry, Event, Exchange},
    identity::provider,
    journal,
};
use rustls::{
    ClientConfig, ClientConnection, ConfigBuilder, RootCertStore, StreamOwned,
    client::WantsClientCert,
    pki_types::{CertificateDer, PrivateKeyDer, ServerName, pem::PemObject},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::common::{Reference, command, result, run_folder};

/// Longer than any answer takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who speaks.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Sender {
    /// Whoever knows the product's own people: it shows a certificate.
    Keur,
    /// Somebody with a certificate of an authority that is not trusted.
    Stranger,
    /// Somebody without a certificate, who waits for an answer.
    Stays,
    /// Somebody who closes its side as soon as it has spoken.
    Leaves,
}

/// A product that runs, with its declaration.
pub struct Product {
    _process: Reference,
    folder: TempDir,
    text: String,
}

impl Product {
    pub fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("product.toml");
        let process = Reference::start(&file);
        let text = fs::read_to_string(file).unwrap();
        Self { _process: process, folder, text }
    }

    /// A value of the declaration, the first one under this key.
    pub fn declared(&self, key: &str) -> String {
        let line = self.text.lines().find(|line| line.starts_with(&format!("{key} = \"")));
        line.unwrap().split('"').nth(1).unwrap().to_owned()
    }

    /// The declaration with other values under these keys.
    pub fn declare(&self, changes: &[(&str, &str)]) {
        let line = |line: &str| match changes.iter().find(|(key, _)| line.starts_with(&format!("{key} = "))) {
            Some((key, value)) => format!("{key} = {value}\n"),
            None => format!("{line}\n"),
        };
        fs::write(self.path("product.toml"), self.text.lines().map(line).collect::<String>()).unwrap();
    }

    /// From now on a person operates it, for whom keur waits so long.
    pub fn by_hand(&self, wait_s: u64) {
        let by_hand = self.text.lines().filter(|line| !line.starts_with("trigger = "));
        let waits = |line: &str| {
            if line.starts_with("wait_s") { format!("wait_s = {wait_s}\n") } else { format!("{line}\n") }
        };
        fs::write(self.path("product.toml"), by_hand.map(waits).collect::<String>()).unwrap();
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn file(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    /// `keur run PROFILE`, not yet ended.
    pub fn run(&self, profile: &str, more: &[&str]) -> Waiting {
        let (product, out) = (self.file("product.toml"), self.file("out"));
        let mut child =
            command(&[&["run", profile, "--product", &product, "--out", &out][..], more].concat())
                .spawn()
                .unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let result = thread::spawn(move || {
            let mut text = String::new();
            let _ = stdout.read_to_string(&mut text);
            text
        });
        let said = BufReader::new(child.stderr.take().unwrap());
        Waiting { child, said, heard: String::new(), result: Some(result) }
    }

    /// The folder of the only run.
    pub fn run_folder(&self) -> PathBuf {
        run_folder(&self.path("out"))
    }

    pub fn result(&self) -> Value {
        result(&self.run_folder())
    }

    /// Each requirement with its outcome and the causes of what could not be told.
    pub fn outcomes(&self) -> BTreeMap<String, (String, Vec<String>)> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let of = |requirement: &Value| {
            let cases = requirement["cases"].as_array().unwrap().iter();
            let causes = cases.filter(|case| case["outcome"] == "cant_tell").map(|case| text(&case["cause"]));
            (text(&requirement["id"]), (text(&requirement["outcome"]), causes.collect()))
        };
        self.result()["requirements"].as_array().unwrap().iter().map(of).collect()
    }

    /// What the product asked keur, as it is on record.
    pub fn asked(&self) -> Vec<Exchange> {
        let entries: Vec<Entry> = journal::read(&self.run_folder()).unwrap();
        let exchanges = entries.into_iter().filter_map(|entry| match entry.event {
            Event::Exchange(exchange) => Some(*exchange),
            _ => None,
        });
        exchanges.filter(|exchange| exchange.inbound.is_some()).collect()
    }

    /// The person presses the button: the product does what keur asked.
    pub fn press(&self, action: &str, asked: &BTreeMap<String, String>) -> Value {
        let mut body = json!(asked);
        body["action"] = action.into();
        let (url, body) = (self.declared("trigger"), body.to_string());
        let token = fs::read_to_string(self.path("product-bestanden/hook.token")).unwrap();
        let path = url.splitn(4, '/').nth(3).unwrap();
        let request = format!(
            "POST /{path} HTTP/1.1\r\nHost: product\r\nConnection: close\r\nContent-Length: {}\r\nContent-Type: application/json\r\nAuthorization: Bearer {}\r\n\r\n{body}",
            body.len(),
            token.trim()
        );
        let answer = self.speak(&url, request.as_bytes(), Sender::Keur);
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        assert!(head.starts_with("HTTP/1.1 200"), "{answer}");
        serde_json::from_str(body).unwrap()
    }

    /// A request as some other client would make it, without a certificate; what comes back until the end.
    pub fn send(&self, url: &str, method: &str, more: &str, body: &str, length: usize) -> String {
        let path = url.splitn(4, '/').nth(3).unwrap_or_default();
        let request = format!(
            "{method} /{path} HTTP/1.1\r\nHost: keur\r\nConnection: close\r\nContent-Length: {length}\r\n{more}\r\n{body}"
        );
        let sender = if length > body.len() { Sender::Leaves } else { Sender::Stays };
        self.speak(url, request.as_bytes(), sender)
    }

    /// Shows one of the certificates beside the declaration.
    fn showing(&self, config: ConfigBuilder<ClientConfig, WantsClientCert>, stem: &str) -> ClientConfig {
        let chain =
            CertificateDer::from_pem_file(self.path(&format!("product-bestanden/{stem}.pem"))).unwrap();
        let key = PrivateKeyDer::from_pem_file(self.path(&format!("product-bestanden/{stem}.key"))).unwrap();
        config.with_client_auth_cert(vec![chain], key).unwrap()
    }

    /// Bytes to an address, over TLS.
    pub fn speak(&self, url: &str, bytes: &[u8], sender: Sender) -> String {
        let root = CertificateDer::from_pem_file(self.path("product-bestanden/ca.pem")).unwrap();
        let mut roots = RootCertStore::empty();
        roots.add(root).unwrap();
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_root_certificates(roots);
        let config = match sender {
            Sender::Keur => self.showing(config, "party-a"),
            Sender::Stranger => self.showing(config, "foreign-ca"),
            Sender::Stays | Sender::Leaves => config.with_no_client_auth(),
        };
        let name = ServerName::try_from("127.0.0.1").unwrap();
        let mut stream =
            StreamOwned::new(ClientConnection::new(Arc::new(config), name).unwrap(), connected(url));
        stream.write_all(bytes).unwrap();
        if sender == Sender::Leaves {
            stream.conn.send_close_notify();
        }
        stream.flush().unwrap();
        until_end(&mut stream)
    }
}

/// Bytes to an address, without TLS.
pub fn speak_plainly(url: &str, bytes: &[u8]) -> String {
    let mut stream = connected(url);
    stream.write_all(bytes).unwrap();
    until_end(&mut stream)
}

fn connected(url: &str) -> TcpStream {
    let stream = TcpStream::connect(url.split('/').nth(2).unwrap()).unwrap();
    stream.set_read_timeout(Some(PATIENCE)).unwrap();
    stream
}

fn until_end(stream: &mut impl Read) -> String {
    let mut answer = Vec::new();
    // A peer that breaks off has said what it had to say.
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// A run under way.
pub struct Waiting {
    pub child: Child,
    said: BufReader<ChildStderr>,
    heard: String,
    result: Option<JoinHandle<String>>,
}

/// A run that ended.
pub struct Ended {
    pub code: Option<i32>,
    pub out: String,
    pub said: String,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Waiting {
    /// The next thing keur asks of the person; `None` when the run is over. The addresses and names it gives come with it.
    pub fn instruction(&mut self) -> Option<(String, BTreeMap<String, String>)> {
        let mut line = self.line()?;
        while !line.contains("Wacht op u") {
            line = self.line()?;
        }
        let (mut asked, text) = (BTreeMap::new(), line);
        // What follows is one block; `bsn` stands in it, and so do the addresses.
        while !(asked.contains_key("bsn") && asked.contains_key("token_endpoint")) || self.more() {
            let line = self.line()?;
            let (name, value) = line.trim().split_once(": ").unwrap();
            asked.insert(name.to_owned(), value.to_owned());
        }
        Some((text, asked))
    }

    /// Whether more of the block is there already.
    fn more(&mut self) -> bool {
        self.said.buffer().starts_with(b"    ")
    }

    fn line(&mut self) -> Option<String> {
        let mut line = String::new();
        let read = self.said.read_line(&mut line).unwrap();
        self.heard.push_str(&line);
        (read > 0).then_some(line)
    }

    /// To its end; nobody does anything any more.
    pub fn end(mut self) -> Ended {
        while self.line().is_some() {}
        let code = self.child.wait().unwrap().code();
        let out = self.result.take().unwrap().join().unwrap();
        Ended { code, out, said: std::mem::take(&mut self.heard) }
    }
}

impl Ended {
    #[track_caller]
    pub fn assert_code(&self, code: i32) {
        assert_eq!(self.code, Some(code), "\n{}\n{}", self.out, self.said);
        assert!(!self.said.contains("panicked"), "{}", self.said);
    }
}
