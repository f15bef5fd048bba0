//! The zoo: servers from weak to strong, and what the scan must find at each.

mod hand;
mod hostile;
mod openssl;
mod responder;
mod rustls;

use std::{fmt::Write, net::SocketAddr, sync::Arc, time::Duration};

use keur_evidence::{
    Seam, Stop,
    guard::Guard,
    identity::{Identities, NONE},
    journal::Store,
    limits::Limits,
    seam::SeamParts,
};
use keur_probes::tls::{
    certificate::{Certificate, Key},
    hello::version_name,
    ncsc::{Kind, row},
    scan::{
        self,
        facts::{Facts, FallbackAnswer},
    },
    staple::Staple,
    suites,
};
use tokio_util::sync::CancellationToken;
use url::Url;

/// A door to the outside that keeps its records in memory.
fn seam() -> Arc<Seam> {
    let parts = SeamParts {
        store: Store::in_memory(),
        secrets: Vec::new(),
        guard: Guard::new(Default::default()),
        identities: Identities::default(),
        limits: Limits { connect: Duration::from_secs(2), ..Limits::default() },
        seed: [7; 32],
    };
    Seam::new(parts, CancellationToken::new())
}

/// What the scan finds at this address, asked for by this host name.
async fn scanned(host: &str, address: SocketAddr) -> Facts {
    let url = Url::parse(&format!("https://{host}:{}", address.port())).expect("a URL");
    scan::run(&seam().case("dierentuin"), &url).await.expect("a scan").0
}

/// The same, with what takes whole handshakes.
async fn wholly_scanned(host: &str, address: SocketAddr) -> Facts {
    let url = Url::parse(&format!("https://{host}:{}", address.port())).expect("a URL");
    let (seam, mut facts) = (seam(), scanned(host, address).await);
    scan::whole::run(&seam.case("dierentuin"), &url, NONE, &mut facts).await.expect("whole handshakes");
    facts
}

/// The same by address, when it may end without facts.
async fn run(address: SocketAddr) -> Result<Facts, Stop> {
    let url = Url::parse(&format!("https://{address}")).expect("a URL");
    scan::run(&seam().case("dierentuin"), &url).await.map(|(facts, _)| facts)
}

/// The facts, a few lines for a person to compare.
fn told(name: &str, facts: &Facts) -> String {
    let mut text = format!("## {name}\n");
    let mut line = |what: &str, said: String| {
        if !said.is_empty() {
            let _ = writeln!(text, "{what}: {said}");
        }
    };
    if facts.ssl2 {
        line("SSL 2.0", "answered".to_owned());
    }
    let groups = |list: &[u16]| {
        let name = |group: &u16| {
            row(Kind::Group, *group).map_or_else(|| format!("{group:04X}"), |row| row.name.to_owned())
        };
        list.iter().map(name).collect::<Vec<_>>().join(" ")
    };
    for (version, list) in &facts.suites {
        let names: Vec<String> =
            list.iter().map(|suite| suites::name(*suite).replacen("TLS_", "", 1)).collect();
        line(&version_name(*version), names.join(" "));
    }
    for (version, order) in &facts.order {
        let who = if order.strongest_first == order.weakest_first { "server" } else { "client" };
        line("order", format!("{} {who}", version_name(*version)));
    }
    for (version, list) in &facts.groups {
        line("groups", format!("{} {}", version_name(*version), groups(list)));
    }
    let primes: Vec<String> =
        facts.primes.iter().map(|prime| format!("{} {}", prime.bits, prime.known.unwrap_or("own"))).collect();
    line("primes", primes.join(", "));
    let schemes = facts.schemes.iter().map(|scheme| row(Kind::Scheme, *scheme).map_or("?", |row| row.name));
    line("schemes", schemes.collect::<Vec<_>>().join(" "));
    for chain in &facts.chains {
        let read: Vec<String> = chain.iter().map(|der| certificate(der)).collect();
        line("chain", read.join(" <- "));
    }
    if let Some(der) = &facts.staple {
        line(
            "staple",
            Staple::parse(der).map_or("unreadable".to_owned(), |staple| format!("{:?}", staple.status)),
        );
    }
    let no =
        |what: Option<bool>, name: &str| if what == Some(false) { name.to_owned() } else { String::new() };
    line("lacks", no(facts.renegotiation_info, "renegotiation info"));
    line("lacks", no(facts.master_secret, "master secret"));
    line("compression", facts.compression.map(|method| method.to_string()).unwrap_or_default());
    line("heartbeat", if facts.heartbeat { "yes".to_owned() } else { String::new() });
    line("own curve", if facts.own_curve { "yes".to_owned() } else { String::new() });
    line("ALPN", facts.protocols.iter().cloned().collect::<Vec<_>>().join(" "));
    line(
        "client certificate",
        facts.client_certificate.as_ref().map(|names| format!("{} issuers", names.len())).unwrap_or_default(),
    );
    line(
        "fallback",
        match facts.fallback {
            Some(FallbackAnswer::Accepted) => "accepted".to_owned(),
            Some(FallbackAnswer::Refused(alert)) => format!("alert {alert}"),
            None => String::new(),
        },
    );
    let resumed = facts.resumed.iter().map(|(by, resumed)| format!("{by:?} {resumed}"));
    line("resumed", resumed.collect::<Vec<_>>().join(", "));
    line("renegotiated", facts.renegotiated.as_ref().map(|came| format!("{came:?}")).unwrap_or_default());
    line("without name", facts.without_name.map(|answer| format!("{answer:?}")).unwrap_or_default());
    line("foreign name", facts.foreign_name.map(|answer| format!("{answer:?}")).unwrap_or_default());
    line("unclear", if facts.unclear.is_empty() { String::new() } else { "yes".to_owned() });
    text
}

fn certificate(der: &[u8]) -> String {
    let Some(read) = Certificate::parse(der) else { return "unreadable".to_owned() };
    let key = match read.key {
        Key::Rsa(bits) => format!("RSA {bits}"),
        Key::Curve(bits) => format!("curve {bits}"),
        Key::Other(oid) => oid,
    };
    let marks = [
        (!read.sha2, "old hash"),
        (read.must_staple, "must staple"),
        (read.ocsp, "OCSP"),
        (read.scts.is_some(), "SCT"),
    ];
    let marks: Vec<&str> = marks.into_iter().filter(|(there, _)| *there).map(|(_, mark)| mark).collect();
    [read.subject, key, marks.join(", ")].join(", ").trim_end_matches(", ").to_owned()
}
