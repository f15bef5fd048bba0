//! Where keur plays the other party: whether it can listen there, and whether the product reaches it.

use std::sync::Arc;

use keur_counterparty::{Call, Desk, Reply, Script};
use keur_evidence::{Seam, Stop};
use serde_json::json;

use super::{Diagnosis, Found, fine, misconfigured, skipped, unfit};
use crate::{
    World,
    desk::{OpenError, Opening},
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
) -> Option<Desk> {
    let opened = match opening {
        Ok(opening) => opening.open(seam).await,
        Err(error) => Err(error),
    };
    let (desk, found) = match opened {
        Ok(desk) => {
            let found =
                fine(format!("keur luistert op {}, voor het product {}", desk.address(), desk.base()));
            (Some(desk), found)
        }
        Err(error) => {
            let text = error.to_string();
            let (detail, remedy) =
                text.split_once("\n  help: ").unwrap_or((&text, "verbeter [counterparty]"));
            (None, misconfigured(detail, remedy))
        }
    };
    diagnosis.add("desk", "keur als andere partij", found);
    desk
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
}

async fn reached(w: &mut World) -> Result<Found, Stop> {
    if w.run.product.hooks.trigger.is_none() {
        return Ok(skipped(
            "[hooks] trigger is niet opgegeven: tijdens de toets vraagt keur u om het product iets te laten doen",
        ));
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
