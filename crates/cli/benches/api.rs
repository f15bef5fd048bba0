//! Whole-process times of API contracts: a document of 10,000 lines alone, and a contract test of 50 operations against a
//! server that takes a fixed time for every answer. `cargo bench -p keur --bench api [-- MILLISECONDS]`.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a benchmark tells what it saw, or nothing at all"
)]

use std::{
    fs,
    io::{BufRead, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    path::Path,
    process::{Command, Stdio},
    sync::{Mutex, PoisonError},
    thread,
    time::{Duration, Instant},
};

use serde_json::{Map, Value, json};

const KEUR: &str = env!("CARGO_BIN_EXE_keur");
const ROUNDS: usize = 5;

fn main() {
    // Cargo adds flags of its own.
    let delay = std::env::args().find_map(|arg| arg.parse().ok()).unwrap_or(20);
    let place = tempfile::tempdir().unwrap();
    for (name, count) in [("klein.json", 1), ("groot.json", 100)] {
        let text =
            serde_json::to_string_pretty(&document(count, true, "https://voorbeeld.example/v1")).unwrap();
        println!("{name}: {} regels", text.lines().count());
        fs::write(place.path().join(name), text).unwrap();
        declare(place.path(), &format!("openapi = \"{name}\""));
        for _ in 0..ROUNDS {
            let took = run(place.path(), "adr-2.2-document");
            println!("  {:.0} ms", took.as_secs_f64() * 1000.0);
        }
    }
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let served = document(50, false, "/v1").to_string();
    thread::spawn(move || serve(&listener, &served, Duration::from_millis(delay)));
    declare(place.path(), &format!("openapi = \"http://{address}/v1/openapi.json\""));
    let took = run(place.path(), "adr-2.2");
    let busy = BUSY.lock().unwrap_or_else(PoisonError::into_inner);
    let share = 100.0 * busy.time.as_secs_f64() / took.as_secs_f64();
    println!(
        "50 operaties, {} antwoorden van {delay} ms: {:.2} s, waarvan {share:.0}% een antwoord onderweg was",
        busy.answers,
        took.as_secs_f64()
    );
}

fn declare(place: &Path, endpoint: &str) {
    let text = format!(
        "format = \"keur/product\"\nversion = \"1.0\"\nenvironment = \"test\"\n[endpoints]\n{endpoint}\n"
    );
    fs::write(place.join("product.toml"), text).unwrap();
}

fn run(place: &Path, variant: &str) -> Duration {
    let began = Instant::now();
    let mut command = Command::new(KEUR);
    command.args([
        "run",
        "api-ontwerpregels",
        "--variant",
        variant,
        "--product",
        "product.toml",
        "--out",
        "out",
    ]);
    let status = command.current_dir(place).stdout(Stdio::null()).stderr(Stdio::null()).status().unwrap();
    assert!(matches!(status.code(), Some(0..=3)), "{status}");
    began.elapsed()
}

/// A description of `count` lists, each with its schema; some can be added to.
fn document(count: usize, adding: bool, server: &str) -> Value {
    let header = json!({ "API-Version": { "$ref": "#/components/headers/Versie" } });
    let mut paths = Map::new();
    let mut schemas = Map::new();
    for number in 0..count {
        let name = format!("ding{number}");
        let schema = json!({ "$ref": format!("#/components/schemas/{name}") });
        let answer = |schema: Value| json!({ "description": "goed", "headers": header, "content": { "application/json": { "schema": schema } } });
        let fault = json!({ "$ref": "#/components/responses/Fout" });
        let size = json!({ "name": "maximum", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } });
        let list = answer(json!({ "type": "array", "items": schema }));
        let mut item = json!({ "get": {
            "operationId": format!("lijst{number}"), "summary": "Een lijst", "parameters": [size],
            "responses": { "200": list, "400": fault },
        } });
        if adding {
            item["post"] = json!({
                "operationId": format!("maak{number}"), "summary": "Iets maken",
                "requestBody": { "required": true, "content": { "application/json": { "schema": schema } } },
                "responses": { "201": answer(schema), "400": fault },
            });
        }
        paths.insert(format!("/{name}"), item);
        schemas.insert(
            name,
            json!({ "type": "object", "required": ["id", "naam"], "properties": {
            "id": { "type": "string", "readOnly": true }, "naam": { "type": "string", "maxLength": 80 },
            "geboortedatum": { "type": "string", "format": "date" },
            "ander": { "$ref": format!("#/components/schemas/ding{}", (number + 1) % count) },
        } }),
        );
    }
    schemas.insert(
        "Probleem".to_owned(),
        json!({ "type": "object", "properties": {
        "status": { "type": "integer" }, "title": { "type": "string" }, "detail": { "type": "string" },
    } }),
    );
    let problem =
        json!({ "application/problem+json": { "schema": { "$ref": "#/components/schemas/Probleem" } } });
    json!({
        "openapi": "3.0.3",
        "info": { "title": "Veel", "version": "1.0.0", "contact": { "name": "k", "url": "https://voorbeeld.example", "email": "k@voorbeeld.example" } },
        "servers": [{ "url": server }],
        "paths": paths,
        "components": {
            "headers": { "Versie": { "schema": { "type": "string" } } },
            "responses": { "Fout": { "description": "fout", "headers": header, "content": problem } },
            "schemas": schemas,
        },
    })
}

struct Busy {
    under_way: usize,
    since: Option<Instant>,
    time: Duration,
    answers: usize,
}

/// How long at least one answer was under way.
static BUSY: Mutex<Busy> = Mutex::new(Busy { under_way: 0, since: None, time: Duration::ZERO, answers: 0 });

fn serve(listener: &TcpListener, document: &str, delay: Duration) {
    thread::scope(|scope| {
        for stream in listener.incoming() {
            scope.spawn(move || answer(&stream.unwrap(), document, delay));
        }
    });
}

fn answer(mut stream: &TcpStream, document: &str, delay: Duration) {
    let mut reader = BufReader::new(stream);
    loop {
        let mut head = String::new();
        while reader.read_line(&mut head).is_ok_and(|read| read > 0) && !head.ends_with("\r\n\r\n") {}
        let Some(line) = head.lines().next() else { return };
        count(true);
        thread::sleep(delay);
        let (status, body) = match line.split(' ').collect::<Vec<_>>()[..] {
            ["GET", "/v1/openapi.json", _] => ("200 OK", document),
            ["GET", path, _] if path.starts_with("/v1/ding") && !path.ends_with('/') => ("200 OK", "[]"),
            _ => ("404 Not Found", "{}"),
        };
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        );
        let sent = stream.write_all(format!("{head}{body}").as_bytes());
        count(false);
        if sent.is_err() {
            return;
        }
    }
}

fn count(begins: bool) {
    let mut busy = BUSY.lock().unwrap_or_else(PoisonError::into_inner);
    if begins {
        busy.under_way += 1;
        busy.since.get_or_insert_with(Instant::now);
    } else {
        busy.under_way -= 1;
        busy.answers += 1;
        if busy.under_way == 0 {
            let since = busy.since.take();
            busy.time += since.map(|since| since.elapsed()).unwrap_or_default();
        }
    }
}
