//! The connection: each probe tells whether the product keeps to one requirement.

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use rustls::pki_types::ServerName;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::client::{Change, World};
use crate::net::{http, tls_config};

/// The bytes a server sends in answer to these bytes.
async fn exchange(world: &World, bytes: &[u8]) -> Vec<u8> {
    let mut stream = TcpStream::connect(world.running.addr()).await.expect("connects");
    stream.write_all(bytes).await.expect("sent");
    let mut answer = vec![0; 64];
    let read = tokio::time::timeout(Duration::from_secs(5), stream.read(&mut answer)).await;
    answer.truncate(read.expect("an end").unwrap_or(0));
    answer
}

fn client_hello(version: u16, suites: &[u16], methods: &[u8]) -> Vec<u8> {
    let mut hello = version.to_be_bytes().to_vec();
    hello.extend([9; 32]);
    hello.push(0);
    let suites: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
    hello.extend((suites.len() as u16).to_be_bytes());
    hello.extend(suites);
    hello.push(methods.len() as u8);
    hello.extend(methods);
    let groups = [0, 10, 0, 4, 0, 2, 0, 23];
    let signatures = [0, 13, 0, 4, 0, 2, 4, 3];
    hello.extend((16_u16).to_be_bytes());
    hello.extend(groups);
    hello.extend(signatures);
    let mut record = vec![22, 3, 1];
    record.extend((hello.len() as u16 + 4).to_be_bytes());
    record.push(1);
    record.extend(&(hello.len() as u32).to_be_bytes()[1..]);
    record.extend(hello);
    record
}

/// A handshake record whose first message is a ServerHello.
fn goes_along(answer: &[u8]) -> bool {
    answer.first() == Some(&22) && answer.get(5) == Some(&2)
}

pub async fn sec_001(world: &World) -> bool {
    let request = "GET /90000382/fhir/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    !exchange(world, request.as_bytes()).await.starts_with(b"HTTP/1.1 200")
}

pub async fn sec_002(world: &World) -> bool {
    let mut refused = true;
    for version in [0x0300, 0x0301, 0x0302] {
        let hello = client_hello(version, &[0xC013, 0xC009, 0x002F, 0x000A], &[0]);
        refused &= !goes_along(&exchange(world, &hello).await);
    }
    refused
}

pub async fn sec_003(world: &World) -> bool {
    let mut refused = true;
    for suites in [&[0x002F, 0x0035][..], &[0x000A], &[0x0005], &[0xC013, 0xC009]] {
        refused &= !goes_along(&exchange(world, &client_hello(0x0303, suites, &[0])).await);
    }
    refused && goes_along(&exchange(world, &client_hello(0x0303, &[0xC02B], &[0])).await)
}

pub async fn sec_004(world: &World) -> bool {
    let hello = client_hello(0x0303, &[0xC02B], &[1, 0]);
    let answer = exchange(world, &hello).await;
    // Past record and message header, version, random and session id: suite and compression.
    let session = usize::from(*answer.get(43).unwrap_or(&0));
    let compressed = goes_along(&answer) && answer.get(44 + session + 2) == Some(&1);
    !compressed && !answers_early_data(world).await
}

/// Connects twice; the second time the request goes along with the first flight.
async fn answers_early_data(world: &World) -> bool {
    let files = world.running.files();
    let mut config = tls_config(&world.running, Some((&files["party-a.pem"], &files["party-a.key"])));
    config.enable_early_data = true;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let connector = TlsConnector::from(Arc::new(config)).early_data(true);
    let request = "GET /90000382/fhir/metadata HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
    let mut early = false;
    for _ in 0..2 {
        let stream = TcpStream::connect(world.running.addr()).await.expect("connects");
        let name = ServerName::try_from("localhost").expect("a name");
        let mut tls = connector.connect(name, stream).await.expect("a handshake");
        tls.write_all(request.as_bytes()).await.expect("sent");
        tls.flush().await.expect("flushed");
        let mut answer = Vec::new();
        match tls.read_to_end(&mut answer).await {
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {}
            Err(error) => panic!("{error}"),
        }
        assert!(answer.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer));
        early |= tls.get_ref().1.is_early_data_accepted();
    }
    early
}

pub async fn sec_005(world: &World) -> bool {
    use x509_parser::prelude::{FromDer, X509Certificate};
    let files = world.running.files();
    let config = tls_config(&world.running, Some((&files["party-a.pem"], &files["party-a.key"])));
    let stream = TcpStream::connect(world.running.addr()).await.expect("connects");
    let name = ServerName::try_from("localhost").expect("a name");
    let tls = TlsConnector::from(Arc::new(config)).connect(name, stream).await.expect("a handshake");
    let chain = tls.get_ref().1.peer_certificates().expect("a chain");
    let (_, leaf) = X509Certificate::from_der(&chain[0]).expect("a certificate");
    let names = leaf.subject_alternative_name().expect("readable").expect("names");
    !names.value.general_names.iter().any(|name| name.to_string().contains('*'))
}

pub async fn sec_006(world: &World) -> bool {
    let anonymous = http(&world.running, None);
    let data = anonymous.get(format!("{}/metadata", world.base())).send().await;
    let data = data.is_ok_and(|answer| answer.status().is_success());
    let form = world.form(&world.a, &Change::default());
    let token = world.post_form(&anonymous, &world.a, &form, None).await;
    !data && !token.is_ok_and(|(status, _)| status == 200)
}

async fn refuses(world: &World, name: &str) -> bool {
    let (certificate, key) = (world.file(&format!("{name}.pem")), world.file(&format!("{name}.key")));
    let hostile = http(&world.running, Some((certificate, key)));
    let answer = hostile.get(format!("{}/metadata", world.base())).send().await;
    !answer.is_ok_and(|answer| answer.status().is_success())
}

pub async fn sec_007(world: &World) -> bool {
    refuses(world, "foreign-ca").await
}

pub async fn sec_008(world: &World) -> bool {
    refuses(world, "revoked").await
}

pub async fn sec_009(world: &World) -> bool {
    refuses(world, "expired").await && refuses(world, "not-yet-valid").await
}
