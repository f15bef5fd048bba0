//! Whole-process time and memory of `keur verify` on a large bundle: 10,000 exchanges with 500 MB of evidence, of a run
//! against a server in this process. `cargo bench -p keur --bench verify [-- CASES]`, two exchanges a case.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark tells what it saw, or nothing at all"
)]

use std::{
    fmt::Write as _,
    fs,
    io::{BufRead, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

const KEUR: &str = env!("CARGO_BIN_EXE_keur");
/// Patients in an answer: about 110 kB.
const PATIENTS: usize = 330;
/// Cases of one outline.
const ROWS: usize = 50;

fn main() {
    // Cargo adds flags of its own.
    let cases: usize = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(5000);
    let place = tempfile::tempdir().unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    thread::spawn(move || serve(&listener));
    fs::create_dir(place.path().join("features")).unwrap();
    fs::write(place.path().join("features/groot.feature"), feature(cases)).unwrap();
    fs::write(place.path().join("product.toml"), product(&address.to_string())).unwrap();
    let run = "run fhir-rest --product product.toml --features features --only WGZ-API-001 --out out --quiet";
    timed(place.path(), run);
    let mut folders = fs::read_dir(place.path().join("out")).unwrap().map(|entry| entry.unwrap());
    let folder = folders.find(|entry| !entry.file_name().to_string_lossy().starts_with('.')).unwrap();
    let folder = format!("out/{}", folder.file_name().to_string_lossy());
    println!("bewijs: {} MB", size(&place.path().join(&folder)) / 1_000_000);
    timed(place.path(), &format!("bundle {folder} --out groot.keur"));
    fs::write(place.path().join("policy.toml"), policy(&place.path().join(&folder))).unwrap();
    for _ in 0..3 {
        timed(place.path(), "verify groot.keur --policy policy.toml --format json");
    }
    timed(place.path(), "rejudge groot.keur --format json");
}

/// These norms are none of keur's own; a policy says they are known.
fn policy(folder: &Path) -> String {
    let journal = fs::File::open(folder.join("journal.ndjson")).unwrap();
    let start = BufReader::new(journal).lines().next().unwrap().unwrap();
    let start: serde_json::Value = serde_json::from_str(&start).unwrap();
    let digests =
        ["profile_digest", "catalogue_digest", "features_digest"].map(|name| found(&start, name).unwrap());
    format!("format = \"keur/policy\"\nnorms = {digests:?}\n")
}

fn found(value: &serde_json::Value, name: &str) -> Option<String> {
    let members = value.as_object()?;
    let here = members.get(name).and_then(|digest| digest.as_str().map(str::to_owned));
    here.or_else(|| members.values().find_map(|member| found(member, name)))
}

/// Runs keur and prints how long it took and the most memory it had.
fn timed(place: &Path, line: &str) {
    let began = Instant::now();
    let mut child = Command::new(KEUR)
        .args(line.split(' '))
        .current_dir(place)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut most = None;
    let code = loop {
        // Only Linux tells, and only while it runs; the most ever is kept by the kernel.
        most = fs::read_to_string(&status).ok().and_then(|text| high_water(&text)).or(most);
        if let Some(code) = child.try_wait().unwrap() {
            break code;
        }
        thread::sleep(Duration::from_millis(5));
    };
    let memory = most.map_or_else(String::new, |kb| format!(", {} MB", kb / 1024));
    println!("keur {line}: {:.2} s{memory} ({code})", began.elapsed().as_secs_f64());
}

fn high_water(status: &str) -> Option<u64> {
    status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?.parse().ok()
}

fn size(folder: &Path) -> u64 {
    let of = |entry: fs::DirEntry| {
        let about = entry.metadata().unwrap();
        if about.is_dir() { size(&entry.path()) } else { about.len() }
    };
    fs::read_dir(folder).unwrap().map(|entry| of(entry.unwrap())).sum()
}

fn feature(cases: usize) -> String {
    let mut text = "# language: nl\n@norm:NICTIZ-API\nFunctionaliteit: veel bewijs\n\n  @eis:WGZ-API-001\n  \
                    Regel: De API kent alleen standaardmethoden van HTTP\n"
        .to_owned();
    for first in (0..cases).step_by(ROWS) {
        write!(
            text,
            "\n    Abstract Scenario: {first} en verder, de methode <methode> doet niets\n      \
             Gegeven een geslaagde opvraging\n      \
             Als dezelfde opvraging met de methode \"<methode>\" wordt gedaan\n      \
             Dan kent het product die methode niet\n\n      Voorbeelden:\n        | methode |\n"
        )
        .unwrap();
        for number in first..cases.min(first + ROWS) {
            writeln!(text, "        | Z{number:04} |").unwrap();
        }
    }
    text
}

fn product(address: &str) -> String {
    format!(
        "format = \"keur/product\"\nversion = \"1.0\"\nenvironment = \"test\"\n[product]\nvendor = \"Groot\"\n\
         name = \"Server\"\nversion = \"1\"\nroles = [\"bron\"]\n[endpoints]\nfhir_base = \"http://{address}\"\n\
         [patients.complete]\nsearch = \"Patient?name=x\"\n"
    )
}

fn serve(listener: &TcpListener) {
    for stream in listener.incoming() {
        thread::spawn(move || answer(&stream.unwrap()));
    }
}

/// Answers every GET with a searchset that is like no other, and every other method with 405.
fn answer(stream: &TcpStream) {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let mut reader = BufReader::new(stream);
    let (mut line, mut first) = (String::new(), true);
    let mut get = false;
    while reader.read_line(&mut line).is_ok_and(|read| read > 0) {
        if first {
            get = line.starts_with("GET ");
        }
        first = line.trim().is_empty();
        if first {
            let (status, body) = if get {
                ("200 OK", searchset(COUNT.fetch_add(1, Ordering::Relaxed)))
            } else {
                ("405 Method Not Allowed", "{\"resourceType\":\"OperationOutcome\",\"issue\":[]}".to_owned())
            };
            let head = format!(
                "HTTP/1.1 {status}\r\nAllow: GET\r\nContent-Type: application/fhir+json\r\nContent-Length: {}\r\n\r\n",
                body.len()
            );
            let mut stream = stream;
            if stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body.as_bytes())).is_err() {
                return;
            }
        }
        line.clear();
    }
}

fn searchset(number: usize) -> String {
    let entry = |k: usize| {
        let words = format!("woord {} ", number * k).repeat(8);
        format!(
            "{{\"fullUrl\": \"http://x/Patient/{number}-{k}\", \"resource\": {{\"resourceType\": \"Patient\", \
             \"id\": \"{number}-{k}\", \"name\": [{{\"family\": \"Fictief {number} {k}\", \"given\": [\"Anna\", \
             \"Bea\"]}}], \"text\": {{\"status\": \"generated\", \"div\": \"<div>{words}</div>\"}}}}, \
             \"search\": {{\"mode\": \"match\"}}}}"
        )
    };
    let entries: Vec<String> = (0..PATIENTS).map(entry).collect();
    format!(
        "{{\"resourceType\": \"Bundle\", \"type\": \"searchset\", \"total\": {PATIENTS}, \"entry\": [{}]}}",
        entries.join(", ")
    )
}
