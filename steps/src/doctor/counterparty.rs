//! Where keur plays the other party: whether it can listen there, and whether the product reaches it.

use std::sync::Arc;

use keur_counterparty::{Call, Reply, Script};
use keur_evidence::{Seam, Stop};
use keur_probes::tls::certificate::Certificate;
use serde_json::json;
use time::OffsetDateTime;
use url::Url;

use super::{Diagnosis, Found, fine, misconfigured, skipped, unfit};
use crate::{
    World,
    desk::{OpenDesk, OpenError, Opening},
};

/// Answers whoever reaches it.
struct Here;

impl Script for Here {
    fn answer(&self, _: &Call) -> Reply {
        Reply::empty(204)
    }
}

/// Opens the desk.
pub(super) async fn open(
    opening: Result<Opening, OpenError>,
    seam: &Arc<Seam>,
    diagnosis: &mut Diagnosis,
) -> Option<OpenDesk> {
    let leaf = opening.as_ref().map_or_else(|_| Vec::new(), |opening| opening.leaf().to_vec());
    let opened = match opening {
        Ok(opening) => opening.open().await,
        Err(error) => Err(error),
    };
    let (desk, found) = match opened {
        Ok(open) => {
            open.strays.record(seam, None);
            let (address, base) = (open.desk.address(), open.desk.base());
            let found = fine(format!("keur luistert op {address}, voor het product {base}"));
            (Some(open), found)
        }
        Err(error) => {
            let text = error.to_string();
            let (detail, remedy) =
                text.split_once("\n  help: ").unwrap_or((&text, "verbeter [counterparty]"));
            (None, misconfigured(detail, remedy))
        }
    };
    diagnosis.add("desk", "keur als andere partij", found);
    if let Some(open) = &desk {
        let found = shown(&leaf, open.desk.base(), seam.now());
        diagnosis.add("desk_certificate", "het certificaat van keur", found);
    }
    desk
}

/// Whether a product that looks can trust what keur shows.
fn shown(leaf: &[u8], base: &str, now: OffsetDateTime) -> Found {
    let remedy = "maak een testcertificaat dat nu geldt en als SAN de hostnaam in [counterparty] base heeft";
    let Some(certificate) = Certificate::parse(leaf) else {
        return misconfigured("[counterparty] certificate is niet te lezen", remedy);
    };
    let url = Url::parse(base).ok();
    let host = url.as_ref().and_then(Url::host_str).unwrap_or_default();
    if !certificate.valid_at(now) {
        return misconfigured(certificate.period(), remedy);
    }
    if !certificate.fits(host) {
        return misconfigured(format!("het certificaat noemt {host} niet als SAN"), remedy);
    }
    fine(format!("voor {host}, {}", certificate.period()))
}

/// Has the product reach the desk.
pub(super) async fn examine(w: &mut World, diagnosis: &mut Diagnosis) {
    let found = match w.run.desk {
        None => skipped("keur luistert niet"),
        Some(_) => reached(w).await.unwrap_or_else(|stop| {
            unfit(
                stop.to_string(),
                "laat [hooks] trigger een POST met {\"action\": \"ping\", \"url\": …} aannemen en dat adres opvragen, en controleer [hooks] token",
            )
        }),
    };
    diagnosis.add("trigger", "het product bereikt keur", found);
    diagnosis.add("client", "het product als client", client(w));
}

/// What keur has to know of a product that asks for tokens.
fn client(w: &World) -> Found {
    let Some(declared) = &w.run.product.counterparty else { return skipped("[counterparty] ontbreekt") };
    let keys = [
        ("client_id", declared.client_id.is_some()),
        ("client_ura", declared.client_ura.is_some()),
        ("client_jwks", declared.client_jwks.is_some()),
    ];
    let missing: Vec<&str> = keys.iter().filter(|(_, there)| !there).map(|(key, _)| *key).collect();
    if missing.is_empty() {
        return fine("client_id, client_ura en client_jwks zijn opgegeven");
    }
    skipped(format!(
        "in [counterparty] ontbreekt {}: eisen die dat nodig hebben, blijven onbeslist",
        missing.join(", ")
    ))
}

async fn reached(w: &mut World) -> Result<Found, Stop> {
    if w.run.product.hooks.trigger.is_none() {
        let base = w.run.product.counterparty.as_ref().map_or("", |declared| declared.desk.base.as_str());
        return Ok(skipped(format!(
            "[hooks] trigger is niet opgegeven, dus dit ziet keur niet zelf; tijdens de toets vraagt keur u om het product iets te laten doen\nmet de hand: start keur run, en vraag tijdens \"Wacht op u\" op de machine van het product {base}/ op:\n  curl -v --cacert CA-VAN-KEUR.pem {base}/\nstatus 404 is goed: het verzoek kwam aan, en keur meldt dat ook"
        )));
    }
    let base = w.desk("ping", Arc::new(Here)).await?;
    let said = w.trigger("ping", json!({ "url": format!("{base}/ping") }), "").await?;
    let heard = w.heard_any("het teken van leven van het product").await?;
    if !heard.calls.is_empty() {
        return Ok(fine(format!("het vroeg {base}/ping op")));
    }
    let told = said.body.map_or_else(String::new, |body| format!("; het product meldt: {body}"));
    Ok(unfit(
        format!("het product deed de opdracht, maar bij keur kwam niets aan{told}"),
        "controleer [counterparty] base, de firewall tussen het product en deze machine, en of het product het certificaat van keur vertrouwt",
    ))
}
