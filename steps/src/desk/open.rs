//! Opening the desk of a run, as the declaration says.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use keur_catalogue::Product;
use keur_counterparty::{Call, Desk, DeskError, HostileSettings, Settings};
use keur_evidence::{Seam, inbound::Incoming};
use serde_json::json;

use crate::material::{CounterpartyMaterial, Material};

/// Requests that belong to no scenario and are kept all the same: enough to see what is wrong.
const STRAY: usize = 20;

/// Why the desk cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The declaration has none.
    #[error(
        "[counterparty] ontbreekt in product.toml: in dit profiel speelt keur de andere partij\n  help: noem in [counterparty] waar keur luistert, hoe het product dat bereikt, en het certificaat van keur"
    )]
    NotDeclared,
    /// It is no address of this machine.
    #[error(
        "[counterparty] {address}: geen adres van deze machine\n  help: kies een adres en poort als \"0.0.0.0:8443\""
    )]
    Address {
        /// The address.
        address: String,
    },
    /// The port is taken, or a certificate does not fit.
    #[error(
        "[counterparty] keur kan niet luisteren op {0}\n  help: kies een vrije poort van deze machine, en een certificaat met de sleutel die erbij hoort"
    )]
    Desk(#[from] DeskError),
}

/// What the desk of a run is opened with.
pub struct Opening(Settings);

/// What the desk is opened with, taken from the opened declaration.
///
/// # Errors
/// [`OpenError`].
pub fn prepare(product: &Product, material: &mut Material) -> Result<Opening, OpenError> {
    let (Some(declared), Some(taken)) = (&product.counterparty, material.counterparty.take()) else {
        return Err(OpenError::NotDeclared);
    };
    let CounterpartyMaterial { certificate, wrong } = taken;
    let hostile = match &declared.hostile {
        None => None,
        Some(side) => {
            let (listen, base) = (address(&side.listen)?, side.base.clone());
            Some(HostileSettings { listen, base, certificates: wrong })
        }
    };
    Ok(Opening(Settings {
        listen: address(&declared.desk.listen)?,
        base: declared.desk.base.clone(),
        certificate,
        roots: material.identities.trusted().map(<[u8]>::to_vec).collect(),
        hostile,
    }))
}

/// The bound of a step in which a product, or a person, has to do something, maybe after others had their turn.
#[must_use]
pub fn step_limit(usual: Duration, product: &Product) -> Duration {
    let wait = product.counterparty.as_ref().map_or(0, |declared| declared.wait_s);
    (usual + Duration::from_secs(wait)) * 4
}

impl Opening {
    /// Opens the desk; what belongs to no scenario goes on record as such.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(self, seam: &Arc<Seam>) -> Result<Desk, OpenError> {
        let (seam, count) = (Arc::clone(seam), AtomicUsize::new(0));
        let stray = move |call: Option<&Call>, why: &str| {
            if count.fetch_add(1, Ordering::Relaxed) < STRAY {
                note(&seam, call, why);
            }
        };
        Ok(Desk::open(self.0, stray).await?)
    }
}

/// Puts on record what belongs to no scenario, without its content.
fn note(seam: &Arc<Seam>, call: Option<&Call>, why: &str) {
    let recorder = seam.case("");
    let facts = match call {
        None => json!({ "why": why }),
        Some(call) => {
            let url = call.url();
            let incoming = Incoming {
                service: "",
                method: &call.method,
                url: &url,
                path: &call.path,
                headers: &call.headers,
                body: &call.body,
                whole: call.whole,
                peer: None,
            };
            if recorder.admit(&incoming).is_err() {
                return;
            }
            json!({ "why": why, "method": call.method, "url": url })
        }
    };
    // When evidence cannot be written the run ends anyway.
    let _ = recorder.observe("desk_stray", "verzoek aan keur dat bij geen scenario hoort", facts);
}

fn address(text: &str) -> Result<SocketAddr, OpenError> {
    let found = text.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| OpenError::Address { address: text.to_owned() })
}
