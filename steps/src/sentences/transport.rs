//! With and without TLS: the sentences about the connection as a whole.

use cucumber::{given, then, when};
use keur_evidence::{
    Step, Stop,
    http::{Answer, Request},
    identity::NONE,
};
use keur_probes::transport;

use crate::{World, run::Party};

#[given("het product antwoordt over TLS")]
async fn answers(w: &mut World) -> Step {
    let request = w.bare(Party::A, "controle dat het product antwoordt", "GET", "metadata")?;
    let answer = w.recorder.http(request).await?;
    w.recorder.expect(transport::answers(&answer))
}

#[when("vragen zonder TLS worden gesteld")]
async fn in_the_clear(w: &mut World) -> Result<(), Stop> {
    let search = w.patient_search(w.purpose())?;
    for path in ["metadata", &search] {
        for request in plain(w.bare(Party::A, "vraag zonder TLS", "GET", path)?, w) {
            w.send(request).await?;
        }
    }
    Ok(())
}

/// The request over plain http to the port of the service, and to the port of http when the service has that of https.
fn plain(request: Request, w: &World) -> Vec<Request> {
    let own = request.url.port_or_known_default().unwrap_or(443);
    let ports = if own == 443 { vec![443, 80] } else { vec![own] };
    let to = |port| {
        let mut request = Request { identity: NONE.to_owned(), fresh: true, ..request.clone() };
        let fits = request.url.set_scheme("http").is_ok() && request.url.set_port(Some(port)).is_ok();
        // A firewall that drops what it does not know costs no more than a connection.
        request.timeout = (port != own).then(|| w.run.seam.limits().connect);
        fits.then_some(request)
    };
    ports.into_iter().filter_map(to).collect()
}

#[then("geeft het product zonder TLS geen gegevens")]
async fn nothing_in_the_clear(w: &mut World) -> Step {
    let base = &w.run.product.endpoints.fhir_base;
    let own = url::Url::parse(base).ok().and_then(|url| url.port_or_known_default());
    let clear = |answer: &&Answer| answer.request.url.scheme() == "http";
    let answers = w.answers.iter().filter(clear);
    let checks = answers.map(|answer| {
        transport::nothing_in_the_clear(answer, answer.request.url.port_or_known_default() == own)
    });
    w.recorder.expect_all([transport::https(base)].into_iter().chain(checks))
}
