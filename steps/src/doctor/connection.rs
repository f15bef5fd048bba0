//! The way to the product: name, port, TLS, clock.

use std::collections::BTreeMap;

use keur_evidence::{
    Stop,
    event::Failure,
    http::{Response, Transport},
    wire::{TLS12, TLS13},
};
use time::{OffsetDateTime, format_description::well_known::Rfc2822};
use url::Url;

use super::{Diagnosis, Found, State, fine, skipped, unfit};
use crate::{World, run::Party};

/// Whether the product was reached, so that more can be asked of it.
pub(super) async fn examine(w: &mut World, diagnosis: &mut Diagnosis) -> bool {
    let hosts = hosts(w);
    let mut reached = BTreeMap::new();
    for (host, url) in &hosts {
        // Nothing is sent: that the port opens is all there is to know.
        let raw = w.recorder.raw_until("poort openen", url, &[], |_| true).await;
        reached.insert(host.as_str(), raw.map(|raw| raw.received.map(drop)));
    }
    let failures = |wanted: fn(Failure) -> bool| {
        let failed = reached.iter().filter_map(|(host, reply)| match reply {
            Ok(Ok(())) => None,
            Ok(Err(transport)) => wanted(transport.failure).then(|| format!("{host}: {transport}")),
            Err(stop) => Some(format!("{host}: {stop}")),
        });
        failed.collect::<Vec<String>>()
    };
    let names = hosts.keys().cloned().collect::<Vec<_>>().join(", ");
    let remedy = "controleer de adressen in [endpoints] en [hooks], en de DNS van deze machine";
    diagnosis.add("dns", "hostnamen", all(&failures(|failure| failure == Failure::Dns), &names, remedy));
    let opened = reached.iter().filter(|(_, reply)| matches!(reply, Ok(Ok(()))));
    let names = opened.map(|(host, _)| *host).collect::<Vec<_>>().join(", ");
    let remedy = "start het product, controleer de poort, en laat deze machine door de firewall";
    diagnosis.add("tcp", "poorten", all(&failures(|failure| failure != Failure::Dns), &names, remedy));
    if diagnosis.any(State::Unfit) {
        return false;
    }
    let tls = tls(w, &hosts).await;
    let secured = tls.state != State::Unfit;
    diagnosis.add("tls", "TLS als party_a", tls);
    if secured {
        let clock = clock(w).await.unwrap_or_else(|stop| unfit(stop.to_string(), "herstel dit eerst"));
        diagnosis.add("clock", "klok", clock);
    }
    secured && !w.run.seam.is_stopped()
}

/// One URL per host and port of the declaration.
fn hosts(w: &World) -> BTreeMap<String, Url> {
    let (endpoints, hooks) = (&w.run.product.endpoints, &w.run.product.hooks);
    let optional = [
        &endpoints.token_endpoint,
        &endpoints.jwks,
        &endpoints.other_tenant_fhir_base,
        &endpoints.openapi,
        &endpoints.api,
        &hooks.log_export,
        &hooks.log_search,
        &hooks.patient_overview,
        &hooks.consent,
        &hooks.revocation,
        &hooks.trigger,
    ];
    let all = [&endpoints.fhir_base].into_iter().chain(optional.into_iter().flatten());
    let parsed = all.filter_map(|url| Url::parse(url).ok());
    parsed
        .map(|url| {
            let port = url.port_or_known_default().unwrap_or_default();
            (format!("{}:{port}", url.host_str().unwrap_or_default()), url)
        })
        .collect()
}

fn all(failures: &[String], names: &str, remedy: &str) -> Found {
    if failures.is_empty() && names.is_empty() {
        skipped("er is geen adres van het product opgegeven")
    } else if failures.is_empty() {
        fine(names)
    } else {
        unfit(failures.join("; "), remedy)
    }
}

async fn tls(w: &World, hosts: &BTreeMap<String, Url>) -> Found {
    let identity = w.run.tls_identity(Party::A);
    let mut made = Vec::new();
    for (host, url) in hosts.iter().filter(|(_, url)| url.scheme() == "https") {
        match w.recorder.handshake("TLS-verbinding", url, identity, &[&TLS13, &TLS12]).await {
            Ok((_, Ok(shake))) => made.push(format!("{host}: {}, {}", version(&shake.version), shake.suite)),
            Ok((_, Err(transport))) => {
                return unfit(
                    format!("{host}: {transport}"),
                    remedy(&transport, w.run.product.trust.is_empty()),
                );
            }
            Err(stop) => return unfit(stop.to_string(), "controleer [identity.party_a]"),
        }
    }
    if made.is_empty() { skipped("geen van de adressen begint met https") } else { fine(made.join("; ")) }
}

fn version(name: &str) -> &str {
    if name == "TLSv1_3" { "TLS 1.3" } else { "TLS 1.2" }
}

fn remedy(transport: &Transport, without_roots: bool) -> &'static str {
    match transport.failure {
        Failure::TlsUntrusted if without_roots => {
            "zet in [trust] ca het bestand met de CA die het servercertificaat heeft uitgegeven"
        }
        Failure::TlsUntrusted => {
            "controleer het servercertificaat: de CA in [trust], de datum en de hostnaam"
        }
        Failure::TlsRefused | Failure::Closed => {
            "laat het product het certificaat van party_a vertrouwen, en zet TLS 1.2 of TLS 1.3 aan"
        }
        _ => "controleer of op deze poort TLS wordt gesproken",
    }
}

async fn clock(w: &mut World) -> Result<Found, Stop> {
    if w.run.product.endpoints.fhir_base.is_empty() {
        return Ok(skipped("[endpoints] fhir_base is niet opgegeven"));
    }
    let request = w.bare(Party::A, "klok van het product", "GET", "metadata")?;
    w.send(request).await?;
    let response = match &w.answer()?.reply {
        Ok(response) => response,
        Err(transport) => {
            return Ok(unfit(transport.to_string(), remedy(transport, w.run.product.trust.is_empty())));
        }
    };
    let most = w.run.parameter("clock_skew_max_s", 5);
    let Some(theirs) = date(response) else {
        return Ok(skipped("het antwoord heeft geen leesbare Date-header"));
    };
    let difference = (w.run.seam.now() - theirs).whole_seconds();
    let text = format!("{} s verschil met deze machine", difference.abs());
    // The header counts whole seconds, so a second more proves nothing.
    Ok(if difference.abs() <= most + 1 {
        fine(text)
    } else {
        unfit(text, "laat het product en deze machine de tijd van een tijdserver (NTP) overnemen")
    })
}

fn date(response: &Response) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(response.header("date")?, &Rfc2822).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_date_of_http_is_read() {
        let parsed = OffsetDateTime::parse("Sun, 06 Nov 1994 08:49:37 GMT", &Rfc2822);
        assert_eq!(parsed.map(OffsetDateTime::unix_timestamp).ok(), Some(784_111_777));
    }
}
