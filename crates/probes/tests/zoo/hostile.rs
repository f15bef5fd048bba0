//! Peers that mean harm: each costs a bounded time and tells no more than it should.

use std::time::{Duration, Instant};

use keur_probes::tls::scan::facts::Facts;
use tokio::io::AsyncWriteExt;

use crate::{
    responder::{Flight, message, record, serve, serve_with},
    run, scanned,
};

/// The scan ends in time; nothing is taken for a sound server.
async fn endured(address: std::net::SocketAddr) -> Facts {
    let began = Instant::now();
    let facts = scanned("127.0.0.1", address).await;
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
    facts
}

#[tokio::test]
async fn garbage_and_broken_records_are_no_server() {
    let cases: [Vec<u8>; 6] = [
        vec![0xA5; 300],
        b"HTTP/1.1 400 Bad Request\r\n\r\n".to_vec(),
        // Half a record.
        vec![22, 3, 3, 1, 0, 2, 0, 0],
        // A message that says it is 16 MB long.
        record(22, [3, 3], &[2, 0xFF, 0xFF, 0xFF, 3, 3]),
        // A hello whose session id runs past its end.
        record(22, [3, 3], &message(2, &[[3, 3].as_slice(), &[9; 32], &[200]].concat())),
        // Extensions that are longer than the message.
        record(
            22,
            [3, 3],
            &message(2, &[[3, 3].as_slice(), &[9; 32], &[0, 0xC0, 0x2B, 0, 0xFF, 0xFF]].concat()),
        ),
    ];
    for bytes in cases {
        let shown = format!("{:?}", &bytes[..8]);
        let facts = endured(serve(move |_| bytes.clone()).await).await;
        assert!(!facts.spoke(), "{shown}");
        assert!(!facts.unclear.is_empty(), "{shown}");
        assert!(facts.connections < 60, "{shown}");
    }
}

#[tokio::test]
async fn silence_and_closed_doors_are_no_server() {
    let silent = endured(serve(|_| Vec::new()).await).await;
    assert!(!silent.spoke() && !silent.unclear.is_empty());
    let reset = serve_with(|stream, _| async move {
        // What is dropped with unread bytes is reset.
        drop(stream);
    });
    let facts = endured(reset.await).await;
    assert!(!facts.spoke());
}

#[tokio::test]
async fn a_stream_without_end_is_cut_off() {
    let endless = serve_with(|mut stream, hello| async move {
        let Some(suite) = hello.first().filter(|first| **first == 22).map(|_| 0xC02B) else { return };
        let part = message(11, &vec![0; 40 << 10]);
        let _ = stream.write_all(&record(22, [3, 3], &Flight::new(0x0303, suite).handshake())[..]).await;
        loop {
            for piece in part.chunks(16 << 10) {
                if stream.write_all(&record(22, [3, 3], piece)).await.is_err() {
                    return;
                }
            }
        }
    });
    let facts = endured(endless.await).await;
    // The hello came whole, so much is a fact.
    assert!(facts.chains.is_empty());
    let chain = vec![0; 3 + 3 * 5000];
    let many = serve(move |_| {
        Flight::new(0x0303, 0xC02B).message(11, [&[0, 0x3A, 0x98], &chain[..]].concat()).bytes()
    });
    assert!(endured(many.await).await.chains.iter().all(|chain| chain.len() <= 32));
}

#[tokio::test]
async fn a_drip_ends_at_the_limit() {
    let drip = serve_with(|mut stream, _| async move {
        for byte in record(22, [3, 3], &[0; 1000]) {
            if stream.write_all(&[byte]).await.is_err() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    });
    let began = Instant::now();
    // To the recorder it is a peer that is gone: the case cannot tell.
    assert!(run(drip.await).await.is_err());
    assert!(began.elapsed() < Duration::from_secs(20), "{:?}", began.elapsed());
}
