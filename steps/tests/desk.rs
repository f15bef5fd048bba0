//! The desk under everything a product can do at it: at once, twice, wrongly, half, too often, with a real number.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
    time::Duration,
};

use keur_catalogue::Product;
use keur_counterparty::{Call, FLOOD, Reply, Script, bgz};
use keur_evidence::{
    Seam, SeamParts,
    event::{Event, RunEnd, StopKind},
    guard::Guard,
    heard::Heard,
    identity::{Identities, provider},
    journal::Store,
    limits::Limits,
    replay::{Blobs, Replay},
};
use keur_probes::fhir::query::{SECTIONS, filled};
use keur_reference::{Options, start};
use keur_steps::{World, desk, material::Material, run::Run};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

const BSN: &str = "999900018";

/// Says back what it heard.
struct Echo;

impl Script for Echo {
    fn answer(&self, call: &Call) -> Reply {
        Reply::new(200).body(call.body.clone()).note("length", call.body.len().into())
    }
}

/// A run with an open desk, and the root its certificate is of.
struct Bench {
    run: Arc<Run>,
    root: Vec<u8>,
    product: Product,
}

impl Bench {
    /// Waits so many seconds for a product.
    async fn open(wait_s: u64) -> Self {
        let sample = start(Options::default()).await.expect("the sample product");
        let files: BTreeMap<String, Vec<u8>> = sample.files().clone();
        // Asked by hand, so that nothing but this test acts.
        let text: String = sample
            .product_toml()
            .replace("wait_s = 30", &format!("wait_s = {wait_s}"))
            .lines()
            .filter(|line| !line.starts_with("trigger = "))
            .map(|line| format!("{line}\n"))
            .collect();
        let product = Product::parse("product.toml", &text).expect("a declaration");
        let mut material = Material::open(&product, &files).expect("its files");
        let seam = Seam::new(parts(), CancellationToken::new());
        let opening = desk::prepare(&product, &mut material).expect("a desk is declared");
        let desk = opening.open().await.expect("an open desk");
        desk.strays.record(&seam, None);
        let run = Run { desk: Some(desk), ..Run::bare(seam, product.clone()) };
        Self { run: Arc::new(run), root: files["ca.pem"].clone(), product }
    }

    fn world(&self, case: &str) -> World {
        World::new_for(Arc::clone(&self.run), self.run.seam.case(case))
    }

    /// Sends bytes to an address, and returns what comes back until the desk closes.
    async fn send(&self, base: &str, bytes: &[u8]) -> String {
        let address = base.split('/').nth(2).expect("an authority");
        let root = CertificateDer::from_pem_slice(&self.root).expect("a root");
        let mut roots = RootCertStore::empty();
        roots.add(root).expect("a root");
        let config = ClientConfig::builder_with_provider(provider())
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        let stream = TcpStream::connect(address).await.expect("a connection");
        let name = ServerName::try_from("127.0.0.1").expect("a name");
        let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
        let mut stream = connected.expect("TLS");
        stream.write_all(bytes).await.expect("sent");
        let _ = stream.shutdown().await;
        let mut answer = Vec::new();
        let _ = timeout(Duration::from_secs(20), stream.read_to_end(&mut answer)).await;
        String::from_utf8_lossy(&answer).into_owned()
    }

    async fn post(&self, base: &str, path: &str, body: &str) -> String {
        self.send(base, request(base, path, body, body.len()).as_bytes()).await
    }
}

fn request(base: &str, path: &str, body: &str, length: usize) -> String {
    let (_, place) = base.rsplit_once('/').expect("a place");
    format!(
        "POST /{place}{path} HTTP/1.1\r\nHost: keur\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
    )
}

fn parts() -> SeamParts {
    SeamParts {
        store: Store::in_memory(),
        secrets: Vec::new(),
        guard: Guard::new(BTreeSet::from([BSN.to_owned()])),
        identities: Identities::default(),
        limits: Limits::default(),
        seed: [7; 32],
    }
}

fn stop(run: &Run, case: &str) -> Option<(StopKind, String)> {
    run.seam.store().entries().into_iter().find_map(|entry| match entry.event {
        Event::Stopped(stopped) if stopped.case == case => Some((stopped.stop, stopped.detail)),
        _ => None,
    })
}

fn cause(run: &Run, case: &str) -> String {
    match stop(run, case) {
        Some((StopKind::CantTell { cause, .. }, _)) => cause,
        other => panic!("{other:?}"),
    }
}

async fn asked(world: &mut World) -> String {
    let base = world.desk("proef", Arc::new(Echo)).await.expect("a place");
    world.trigger("proef", json!({ "url": base }), "vraag iets").await.expect("a person was asked");
    base
}

#[tokio::test]
async fn fifty_products_at_once_are_not_mixed_up() {
    let bench = Arc::new(Bench::open(30).await);
    let each = (0..50).map(|number| {
        let bench = Arc::clone(&bench);
        async move {
            let mut world = bench.world(&format!("geval-{number}"));
            let base = asked(&mut world).await;
            let own = format!("bericht van {number}.");
            let calls = (0..3).map(|_| bench.post(&base, "/x", &own));
            let answers = futures::future::join_all(calls).await;
            assert!(answers.iter().all(|answer| answer.ends_with(&own)), "{answers:?}");
            let heard = world.heard("drie berichten", |calls| calls.len() == 3).await.expect("heard");
            assert_eq!(heard.len(), 3);
            assert!(heard.iter().all(|call| call.body == own.as_bytes() && call.path == "/x"));
        }
    });
    futures::future::join_all(each).await;
}

#[tokio::test]
async fn a_product_that_asks_nothing_proves_nothing() {
    let bench = Bench::open(1).await;
    let mut world = bench.world("stil");
    let base = asked(&mut world).await;
    assert!(world.heard("iets", |_| true).await.is_err());
    let (_, detail) = stop(&bench.run, "stil").expect("a reason");
    assert_eq!(cause(&bench.run, "stil"), "nothing_came");
    assert!(detail.contains("vraag iets") && detail.contains(&base), "{detail}");
}

#[tokio::test]
async fn what_came_before_does_not_make_a_person_who_did_nothing_a_product_that_kept_silent() {
    let bench = Bench::open(1).await;
    let mut world = bench.world("twee keer");
    let base = asked(&mut world).await;
    bench.post(&base, "/een", "a").await;
    assert_eq!(world.heard("het eerste", |_| true).await.expect("heard").len(), 1);
    world.trigger("proef", json!({ "url": base }), "vraag het nog eens").await.expect("a person was asked");
    assert!(world.heard_any("het tweede").await.is_err());
    assert_eq!(cause(&bench.run, "twee keer"), "trigger_missing");
}

#[tokio::test]
async fn twice_half_and_elsewhere_are_told_apart() {
    let bench = Bench::open(10).await;
    let mut world = bench.world("raar");
    let base = asked(&mut world).await;
    bench.post(&base, "/een", "a").await;
    bench.post(&base, "/een", "a").await;
    let half = request(&base, "/half", "12345", 100);
    bench.send(&base, half.as_bytes()).await;
    let nowhere = base.replace(base.rsplit_once('/').expect("a place").1, "nergens");
    assert!(bench.post(&nowhere, "/x", "").await.starts_with("HTTP/1.1 404"));
    let heard = world.heard("alles", |calls| calls.len() == 3).await.expect("heard");
    let told: Vec<(&str, bool, &[u8])> =
        heard.iter().map(|call| (call.path.as_str(), call.whole, call.body.as_slice())).collect();
    assert_eq!(told, [("/een", true, &b"a"[..]), ("/een", true, b"a"), ("/half", false, b"12345")]);
    let entries = bench.run.seam.store().entries();
    let stray = entries.iter().filter(|entry| {
        matches!(&entry.event, Event::Observation(one) if one.what == "desk_stray" && one.case.is_empty())
    });
    assert_eq!(stray.count(), 1);
}

#[tokio::test]
async fn a_flood_is_bounded_and_said_so() {
    let bench = Bench::open(30).await;
    let mut world = bench.world("vloed");
    let base = asked(&mut world).await;
    // On one connection, one after another.
    let one = request(&base, "/x", "", 0).replace("Connection: close\r\n", "");
    let all = format!("{}{}", one.repeat(FLOOD + 4), request(&base, "/x", "", 0));
    let answer = bench.send(&base, all.as_bytes()).await;
    assert_eq!(answer.matches("HTTP/1.1 429").count(), 5);
    assert!(world.heard("iets", |_| true).await.is_err());
    assert_eq!(cause(&bench.run, "vloed"), "flood");
}

#[tokio::test]
async fn a_number_that_is_not_declared_stops_the_run() {
    let bench = Bench::open(30).await;
    let mut world = bench.world("echt");
    let base = asked(&mut world).await;
    let body = r#"{"bsn": "111222333"}"#;
    assert!(bench.post(&base, "/x", body).await.starts_with("HTTP/1.1 503"));
    assert_eq!(bench.run.seam.end(), RunEnd::Guarded);
    assert!(world.heard("iets", |_| true).await.is_err());
    let kept = serde_json::to_string(&bench.run.seam.store().entries()).expect("JSON");
    assert!(!kept.contains("111222333") && !kept.contains("\"inbound\""), "{kept}");
}

/// Blobs of a run in memory.
struct Kept(Arc<Run>);

impl Blobs for Kept {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        self.0.seam.store().get(digest)
    }
}

#[tokio::test]
async fn a_replay_hears_what_was_heard() {
    async fn scenario(world: &mut World, send: impl AsyncFnOnce(&str)) -> Vec<Heard> {
        let base = asked(world).await;
        send(&base).await;
        world.heard("het bericht", |_| true).await.expect("heard")
    }
    let bench = Bench::open(10).await;
    let recorded = bench.run.seam.append(Event::CaseStarted { case: "weer".to_owned() });
    recorded.expect("written");
    let mut world = bench.world("weer");
    let text = format!(r#"{{"bsn": "{BSN}"}}"#);
    let then = scenario(&mut world, async |base| drop(bench.post(base, "/x?a=1", &text).await)).await;
    assert_eq!((then[0].body.as_slice(), then[0].query.as_str()), (text.as_bytes(), "a=1"));
    assert_eq!(then[0].notes["length"], text.len());

    let entries = bench.run.seam.store().entries();
    let seam = Seam::replaying(parts(), Replay::new(&entries, Box::new(Kept(Arc::clone(&bench.run)))));
    let run = Arc::new(Run::bare(Arc::clone(&seam), bench.product.clone()));
    let mut again = World::new_for(run, seam.case("weer"));
    let now = scenario(&mut again, async |_| {}).await;
    assert_eq!(now, then);
    // The exchange stands in the replayed journal too, before the observation of the wait.
    let kinds: Vec<bool> = seam
        .store()
        .entries()
        .iter()
        .map(|entry| matches!(&entry.event, Event::Exchange(one) if one.inbound.is_some()))
        .collect();
    assert_eq!(kinds, [true, false]);
}

/// Keur as the one that asks and Keur as the source know the same searches, each by a table of its own.
#[test]
fn our_source_understands_every_search_we_make() {
    for section in SECTIONS {
        let text = filled(section.search, BSN);
        let (kind, query) = text.split_once('?').expect("a query");
        let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        assert_eq!(bgz::section(kind, &pairs), Some(section.name));
    }
}
