//! Servers of one behaviour each, declarations, and runs that must end.

use std::{
    fs,
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Output},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
        mpsc,
    },
    thread,
    time::Duration,
};

use keur_evidence::{
    event::{Entry, Event},
    journal,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::common::{command, result, run_folder};

/// Longer than any of these runs may take on a busy machine; each of them has bounds of a few seconds.
const PATIENCE: Duration = Duration::from_secs(90);

/// Twelve cases that ask the product something: more than the harness is patient with a product that is gone.
pub const FEATURE: &str = "# language: nl
@norm:NICTIZ-API
Functionaliteit: proef

  @eis:WGZ-API-001
  Regel: proef

    Abstract Scenario: opvraging <n>
      Gegeven een testpatiënt van wie het product gegevens beschikbaar stelt
      En een geslaagde opvraging
      Als dezelfde opvraging zonder token wordt gedaan
      Dan bevat het antwoord geen patiëntgegevens

      Voorbeelden:
        | n  |
        | 1  |
        | 2  |
        | 3  |
        | 4  |
        | 5  |
        | 6  |
        | 7  |
        | 8  |
        | 9  |
        | 10 |
        | 11 |
        | 12 |

  @eis:WGZ-API-002
  Regel: zonder controle vooraf

    Scenario: geweigerd met een status
      Als dezelfde opvraging zonder token wordt gedaan
      Dan wordt de opvraging geweigerd met status 401

    Scenario: geweigerd op welke manier ook
      Als dezelfde opvraging zonder token wordt gedaan
      Dan wordt de opvraging geweigerd
";

/// A local server; every connection is handled by the same behaviour.
pub struct Server {
    pub address: SocketAddr,
    connections: Arc<AtomicUsize>,
}

impl Server {
    pub fn start(behave: impl Fn(TcpStream) + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connections = Arc::new(AtomicUsize::new(0));
        let (counter, behave) = (Arc::clone(&connections), Arc::new(behave));
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                counter.fetch_add(1, Ordering::SeqCst);
                let behave = Arc::clone(&behave);
                thread::spawn(move || behave(stream));
            }
        });
        Self { address, connections }
    }

    /// Answers every request with these bytes.
    pub fn answering(answer: impl Into<Vec<u8>>) -> Self {
        let answer = answer.into();
        Self::start(move |mut stream| {
            while request(&mut stream) {
                if stream.write_all(&answer).is_err() {
                    return;
                }
            }
        })
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}

/// Reads one request head; false when the peer is gone.
pub fn request(stream: &mut TcpStream) -> bool {
    let mut seen = Vec::new();
    let mut byte = [0];
    while !seen.ends_with(b"\r\n\r\n") {
        match stream.read(&mut byte) {
            Ok(1) => seen.push(byte[0]),
            _ => return false,
        }
    }
    true
}

/// Waits until the peer gives up.
pub fn hold(mut stream: TcpStream) {
    let mut buffer = [0; 1024];
    while matches!(stream.read(&mut buffer), Ok(read) if read > 0) {}
}

/// A response with these headers and this body.
pub fn response(headers: &str, body: &[u8]) -> Vec<u8> {
    let mut bytes =
        format!("HTTP/1.1 200 OK\r\n{headers}Content-Length: {}\r\n\r\n", body.len()).into_bytes();
    bytes.extend_from_slice(body);
    bytes
}

/// An address nothing listens on.
pub fn closed_port() -> SocketAddr {
    keur_reference::port::free().unwrap()
}

/// A folder with a declaration, features and room for runs.
pub struct Place {
    pub folder: TempDir,
}

impl Place {
    /// An open server at this address is declared.
    pub fn for_server(address: SocketAddr) -> Self {
        let place = Self { folder: tempfile::tempdir().unwrap() };
        place.declare(&declaration(address));
        fs::create_dir(place.path("features")).unwrap();
        fs::write(place.path("features/proef.feature"), FEATURE).unwrap();
        place
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn text(&self, name: &str) -> String {
        self.path(name).to_str().unwrap().to_owned()
    }

    pub fn declare(&self, text: &str) {
        fs::write(self.path("product.toml"), text).unwrap();
    }

    /// `keur run fhir-rest` against the declared product, not yet ended.
    pub fn start(&self, more: &[&str]) -> Child {
        let mut command = command(&["run", "fhir-rest", "--only", "WGZ-API-001,WGZ-API-002", "--quiet"]);
        command.args(["--product", &self.text("product.toml"), "--features", &self.text("features")]);
        command.args(["--out", &self.text("out")]).args(more);
        command.spawn().unwrap()
    }

    /// The same, to its end, with a second for every request.
    pub fn run(&self) -> Output {
        ended(self.start(&["--timeout", "1"]))
    }

    /// The folder of the only run.
    pub fn run_folder(&self) -> PathBuf {
        run_folder(&self.path("out"))
    }

    /// The journal, with its chain checked.
    pub fn journal(&self) -> Vec<Event> {
        let entries: Vec<Entry> = journal::read(&self.run_folder()).unwrap();
        entries.into_iter().map(|entry| entry.event).collect()
    }

    pub fn result(&self) -> Value {
        result(&self.run_folder())
    }
}

/// A declaration of an open server.
pub fn declaration(address: SocketAddr) -> String {
    format!(
        "format = \"keur/product\"\nversion = \"1.0\"\nenvironment = \"test\"\n\n[product]\nvendor = \"Proef\"\nname = \"Proef\"\nversion = \"1\"\nroles = [\"bron\"]\n\n[endpoints]\nfhir_base = \"http://{address}\"\n\n[patients.complete]\nsearch = \"Patient?_id=x\"\n"
    )
}

/// Waits for the end; a process that does not end is a failure, and is killed.
pub fn ended(child: Child) -> Output {
    let id = child.id();
    let (sender, receiver) = mpsc::channel();
    thread::spawn(move || sender.send(child.wait_with_output()));
    match receiver.recv_timeout(PATIENCE) {
        Ok(output) => output.unwrap(),
        Err(_) => {
            signal(id, "-KILL");
            panic!("keur did not end within {PATIENCE:?}");
        }
    }
}

pub fn signal(id: u32, which: &str) {
    assert!(Command::new("kill").args([which, &id.to_string()]).status().unwrap().success());
}

#[track_caller]
pub fn assert_exit(output: &Output, code: i32) {
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(code), "\n{out}\n{err}");
    assert!(!err.contains("panicked"), "{err}");
}

/// Every file below a folder with its bytes.
pub fn files(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found
}

/// Whether the needle stands anywhere in the bytes.
pub fn holds(bytes: &[u8], needle: &str) -> bool {
    bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
}
