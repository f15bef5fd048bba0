//! Checks on connections and server certificates.

use keur_evidence::{
    Check,
    event::{Failure, Reason},
    http::Transport,
    wire::{Handshake, Raw},
};
use time::OffsetDateTime;

use super::{
    certificate::{Certificate, Key},
    hello::version_name,
    server_hello::{PROTOCOL_VERSION, Reply, ServerHello},
    suites,
};
use crate::http::reason;

/// Least strength of keys, in bits.
const RSA_BITS: usize = 2048;
const CURVE_BITS: usize = 256;

/// An observation with what came of the handshake.
pub type Shake = (String, Result<Handshake, Transport>);

/// The product answered a hello with strong suites, or speaks only what comes after it. Shows that silence or a refusal
/// further on is about what was offered.
#[must_use]
pub fn answers_hello(raw: &Raw) -> Check {
    let expected = "het product beantwoordt een TLS-groet met sterke suites";
    let reply = Reply::of(raw);
    let holds = matches!(reply, Reply::Hello(_) | Reply::Alert(PROTOCOL_VERSION));
    undecided_unless(holds, expected, &reply).on([raw.id.clone()])
}

/// The product refuses a client that speaks at most this version.
#[must_use]
pub fn version_refused(raw: &Raw, highest: u16) -> Check {
    let expected = format!("weigering van {}", version_name(highest));
    let reply = Reply::of(raw);
    let check = match &reply {
        // A version above the offer is no agreement, but no sound refusal either.
        Reply::Hello(hello) if hello.version > highest => {
            Check::undecided(Reason::Environment, expected, reply.describe())
        }
        Reply::Hello(hello) => Check::that(false, expected, with_suite(&reply, hello)),
        _ => refusal(&reply, expected),
    };
    check.on([raw.id.clone()])
}

/// The product refuses a client that offers only weak suites.
#[must_use]
pub fn suites_refused(raw: &Raw, family: &str) -> Check {
    let expected = format!("weigering als de client alleen zwakke suites aanbiedt ({family})");
    let reply = Reply::of(raw);
    let check = match &reply {
        Reply::Hello(hello) => Check::that(false, expected, with_suite(&reply, hello)),
        _ => refusal(&reply, expected),
    };
    check.on([raw.id.clone()])
}

/// The product does not compress, even when the client offers it.
#[must_use]
pub fn no_compression(raw: &Raw) -> Check {
    let expected = "een verbinding zonder TLS-compressie, of een weigering";
    let reply = Reply::of(raw);
    let check = match &reply {
        Reply::Hello(hello) if hello.compression == 0 => {
            Check::that(true, expected, "geen compressie gekozen")
        }
        Reply::Hello(hello) => {
            let observed = format!("het product kiest compressiemethode {}", hello.compression);
            Check::that(false, expected, observed)
        }
        _ => refusal(&reply, expected.to_owned()),
    };
    check.on([raw.id.clone()])
}

/// The product binds renegotiation to the first handshake, or speaks only TLS 1.3, which has none.
#[must_use]
pub fn secure_renegotiation(raw: &Raw) -> Check {
    let expected = "alleen veilige heronderhandeling (RFC 5746), of alleen TLS 1.3";
    let reply = Reply::of(raw);
    let check = match &reply {
        Reply::Hello(hello) => {
            let observed = if hello.renegotiation_info {
                "het product bevestigt veilige heronderhandeling"
            } else {
                "het product bevestigt geen veilige heronderhandeling"
            };
            Check::that(hello.renegotiation_info, expected, observed)
        }
        Reply::Alert(PROTOCOL_VERSION) => Check::that(true, expected, "het product spreekt geen TLS 1.2"),
        _ => undecided_unless(false, expected, &reply),
    };
    check.on([raw.id.clone()])
}

/// The product does not offer to take early data.
#[must_use]
pub fn no_early_data((id, shake): &Shake) -> Check {
    let expected = "het product neemt geen vroege gegevens (0-RTT) aan";
    let check = match shake {
        Ok(shake) if shake.early_data => Check::that(false, expected, "het product biedt 0-RTT aan"),
        Ok(_) => Check::that(true, expected, "het product biedt geen 0-RTT aan"),
        Err(transport) if transport.failure == Failure::TlsRefused => {
            Check::that(true, expected, "het product spreekt geen TLS 1.3 en heeft dus geen 0-RTT")
        }
        Err(transport) => Check::undecided(reason(transport.failure), expected, transport.to_string()),
    };
    check.on([id.clone()])
}

/// At least one of the handshakes was made.
#[must_use]
pub fn modern_version_works(shakes: &[Shake]) -> Check {
    let expected = "een verbinding met TLS 1.2 of TLS 1.3";
    let evidence = shakes.iter().map(|(id, _)| id.clone());
    let made: Vec<&str> = shakes
        .iter()
        .filter_map(|(_, shake)| shake.as_ref().ok())
        .map(|shake| if shake.version == "TLSv1_3" { "TLS 1.3" } else { "TLS 1.2" })
        .collect();
    if !made.is_empty() {
        return Check::that(true, expected, made.join(" en ")).on(evidence);
    }
    let failures: Vec<&Transport> = shakes.iter().filter_map(|(_, shake)| shake.as_ref().err()).collect();
    let observed = failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ");
    let check = match failures.iter().find(|error| error.failure != Failure::TlsRefused) {
        Some(other) => Check::undecided(reason(other.failure), expected, observed),
        None => Check::that(false, expected, observed),
    };
    check.on(evidence)
}

/// The certificate leads to a declared root, is valid now and fits the name; a library judges the chain.
#[must_use]
pub fn trusted((id, shake): &Shake) -> Check {
    let expected = "een geldig certificaat met een volledige keten tot een opgegeven CA";
    let check = match shake {
        Ok(shake) => Check::that(true, expected, format!("een geldige keten, lengte {}", shake.chain.len())),
        Err(transport) if transport.failure == Failure::TlsUntrusted => {
            Check::that(false, expected, transport.to_string())
        }
        Err(transport) => Check::undecided(reason(transport.failure), expected, transport.to_string()),
    };
    check.on([id.clone()])
}

/// What the norm asks of the certificates beyond trust: names, dates, keys, signatures.
#[must_use]
pub fn certificates(shake: &Handshake, host: &str, now: OffsetDateTime) -> Vec<Check> {
    let chain: Option<Vec<Certificate>> = shake.chain.iter().map(|der| Certificate::parse(der)).collect();
    let Some(chain) = chain.filter(|chain| !chain.is_empty()) else {
        let check = Check::that(false, "leesbare certificaten", "een certificaat dat niet te lezen is");
        return vec![check.on([shake.id.clone()])];
    };
    let leaf = &chain[0];
    let names = || {
        let addresses = leaf.addresses.iter().map(ToString::to_string);
        leaf.names.iter().cloned().chain(addresses).collect::<Vec<_>>().join(", ")
    };
    let wildcards: Vec<&str> =
        leaf.names.iter().map(String::as_str).filter(|name| name.contains('*')).collect();
    let outside: Vec<String> = chain.iter().filter(|one| !one.valid_at(now)).map(period).collect();
    let weak: Vec<String> = chain.iter().filter(|one| !strong(&one.key)).map(key).collect();
    // Nobody relies on the signature of a root.
    let old = chain.iter().filter(|one| !one.sha2 && !one.self_issued());
    let old: Vec<String> = old.map(|one| format!("{}: {}", one.subject, one.signature)).collect();
    let none =
        |found: &[String], fine: &str| if found.is_empty() { fine.to_owned() } else { found.join("; ") };
    let checks = [
        Check::that(leaf.fits(host), format!("de hostnaam {host} als SAN"), names()),
        Check::that(
            wildcards.is_empty(),
            "geen naam met een sterretje in het certificaat",
            if wildcards.is_empty() { names() } else { wildcards.join(", ") },
        ),
        Check::that(
            outside.is_empty(),
            "elk certificaat in de keten is nu geldig",
            none(&outside, &leaf.period()),
        ),
        Check::that(
            weak.is_empty(),
            format!("sleutels van ten minste {RSA_BITS} bits RSA of {CURVE_BITS} bits elliptische kromme"),
            none(&weak, &key(leaf)),
        ),
        Check::that(old.is_empty(), "handtekeningen met SHA-2", none(&old, "alle handtekeningen met SHA-2")),
    ];
    checks.into_iter().map(|check| check.on([shake.id.clone()])).collect()
}

fn with_suite(reply: &Reply, hello: &ServerHello) -> String {
    format!("{} en {}", reply.describe(), suites::name(hello.suite))
}

/// An alert or a closed connection is a refusal; silence is not, and neither is having no connection.
fn refusal(reply: &Reply, expected: String) -> Check {
    match reply {
        Reply::Alert(_) | Reply::Closed => Check::that(true, expected, reply.describe()),
        _ => undecided_unless(false, &expected, reply),
    }
}

fn undecided_unless(holds: bool, expected: &str, reply: &Reply) -> Check {
    if holds {
        return Check::that(true, expected, reply.describe());
    }
    let reason = match reply {
        Reply::Silent => Reason::Timeout,
        Reply::Unreachable(transport) => reason(transport.failure),
        _ => Reason::Environment,
    };
    Check::undecided(reason, expected, reply.describe())
}

fn strong(key: &Key) -> bool {
    match key {
        Key::Rsa(bits) => *bits >= RSA_BITS,
        Key::Curve(bits) => *bits >= CURVE_BITS,
        Key::Other(_) => false,
    }
}

fn key(certificate: &Certificate) -> String {
    let kind = match &certificate.key {
        Key::Rsa(bits) => format!("RSA van {bits} bits"),
        Key::Curve(bits) => format!("elliptische kromme van {bits} bits"),
        Key::Other(oid) => format!("sleutelsoort {oid}"),
    };
    format!("{}: {kind}", certificate.subject)
}

fn period(certificate: &Certificate) -> String {
    format!("{}: {}", certificate.subject, certificate.period())
}

#[cfg(test)]
mod tests;
