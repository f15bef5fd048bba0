//! Products that answer in ways no product should.

use std::{io::Write, thread, time::Duration};

use flate2::{Compression, write::GzEncoder};
use keur_evidence::event::{Event, RunEnd};

use crate::support::{Place, Server, assert_exit, files, hold, holds, request, response};

/// Runs against the server: it ends, and nothing can be told.
#[track_caller]
fn undecided(server: &Server) -> Place {
    let place = Place::for_server(server.address);
    let output = place.run();
    assert!(matches!(output.status.code(), Some(1 | 3)), "{:?}", output.status);
    assert_exit(&output, output.status.code().unwrap());
    assert!(matches!(place.journal().last(), Some(Event::RunFinished { how: RunEnd::Completed })));
    // The case with a control before it can never blame the product.
    for case in place.result()["requirements"][0]["cases"].as_array().unwrap() {
        assert_eq!(case["outcome"], "cant_tell", "{case}");
    }
    place
}

#[test]
fn never_answers() {
    let place = undecided(&Server::start(hold));
    let result = place.result();
    assert_eq!(result["verdict"], "incomplete");
    for requirement in result["requirements"].as_array().unwrap() {
        assert!(
            requirement["cases"].as_array().unwrap().iter().all(|case| case["cause"] == "unreachable"),
            "{requirement}"
        );
    }
}

#[test]
fn drips_a_byte_a_second() {
    undecided(&Server::start(|mut stream| {
        request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
        while stream.write_all(b" ").is_ok() {
            thread::sleep(Duration::from_secs(1));
        }
    }));
}

#[test]
fn never_stops_answering() {
    let place = undecided(&Server::start(|mut stream| {
        request(&mut stream);
        let _ = stream.write_all(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/fhir+json\r\nConnection: close\r\n\r\n{\"a\":\"",
        );
        while stream.write_all(&[b'x'; 64 << 10]).is_ok() {}
    }));
    let largest = files(&place.run_folder()).iter().map(|(_, bytes)| bytes.len()).max().unwrap();
    assert!(largest <= 9 << 20, "a body of {largest} bytes was kept");
}

#[test]
fn never_stops_its_headers() {
    undecided(&Server::start(|mut stream| {
        request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\n");
        while stream.write_all(b"X-Vulling: 0123456789\r\n").is_ok() {}
    }));
}

#[test]
fn sends_a_gzip_bomb() {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..200 {
        packed.write_all(&vec![b' '; 1 << 20]).unwrap();
    }
    let headers = "Content-Type: application/fhir+json\r\nContent-Encoding: gzip\r\n";
    let place = undecided(&Server::answering(response(headers, &packed.finish().unwrap())));
    let largest = files(&place.run_folder()).iter().map(|(_, bytes)| bytes.len()).max().unwrap();
    assert!(largest <= 2 << 20, "{largest} bytes of a bomb were kept");
}

#[test]
fn nests_without_end() {
    let body = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    undecided(&Server::answering(response("Content-Type: application/fhir+json\r\n", body.as_bytes())));
    let body = format!("{}1{}", "{\"entry\":".repeat(100_000), "}".repeat(100_000));
    undecided(&Server::answering(response("Content-Type: application/fhir+json\r\n", body.as_bytes())));
}

#[test]
fn sends_a_thousand_headers() {
    let headers: String = (0..1000).map(|n| format!("X-Kop-{n}: waarde\r\n")).collect();
    undecided(&Server::answering(response(&headers, b"{}")));
}

#[test]
fn talks_something_else() {
    for garbage in [
        b"SSH-2.0-OpenSSH_9.6\r\n".to_vec(),
        vec![0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x46],
        b"HTTP/9.9 000\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n".to_vec(),
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n".to_vec(),
    ] {
        undecided(&Server::start(move |mut stream| {
            request(&mut stream);
            let _ = stream.write_all(&garbage);
        }));
    }
}

#[test]
fn closes_at_once_or_half_way() {
    undecided(&Server::start(drop));
    undecided(&Server::start(|mut stream| {
        request(&mut stream);
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n{\"resourceType\"");
    }));
}

#[test]
fn redirects_are_not_followed() {
    let elsewhere = Server::answering(response("", b"{}"));
    let redirect = |to: &str| format!("HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n");
    let place = undecided(&Server::answering(redirect(&format!("http://{}/fhir", elsewhere.address))));
    assert_eq!(elsewhere.connections(), 0);
    let asked = |place: &Place| {
        let sent = place.journal().into_iter().filter(|event| matches!(event, Event::RequestSent { .. }));
        sent.count()
    };
    // Twelve controls and two requests without one; a redirect adds none.
    assert_eq!(asked(&place), 14);
    assert_eq!(asked(&undecided(&Server::answering(redirect("/Patient?_id=x")))), 14);
}

#[test]
fn a_foreign_number_stops_the_run_and_is_kept_nowhere() {
    let body = r#"{"resourceType":"Bundle","type":"searchset","entry":[{"resource":{"resourceType":"Patient","id":"x","identifier":[{"system":"http://fhir.nl/fhir/NamingSystem/bsn","value":"123456782"}],"name":[{"family":"Echternaam"}]}}]}"#;
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(body.as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    for answer in [
        response("Content-Type: application/fhir+json\r\n", body.as_bytes()),
        response("Content-Type: application/fhir+json\r\nContent-Encoding: gzip\r\n", &packed),
        response("Content-Encoding: gzip\r\n", body.as_bytes()),
        response(
            "Location: http://x/Patient?identifier=http://fhir.nl/fhir/NamingSystem/bsn%7C123456782\r\nX-Naam: Echternaam\r\n",
            b"{}",
        ),
    ] {
        let place = Place::for_server(Server::answering(answer).address);
        let output = place.run();
        assert_exit(&output, 3);
        let journal = place.journal();
        assert!(journal.iter().any(|event| matches!(event, Event::GuardTripped { .. })));
        assert!(matches!(journal.last(), Some(Event::RunFinished { how: RunEnd::Guarded })));
        for (path, bytes) in files(&place.run_folder()) {
            for secret in ["123456782", "Echternaam"] {
                assert!(!holds(&bytes, secret), "{} holds {secret}", path.display());
            }
        }
        let said = [output.stdout, output.stderr].concat();
        assert!(!holds(&said, "123456782"));
    }
}
