//! Opening the desk of a run, as the declaration says.

use std::{
    net::{SocketAddr, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use keur_catalogue::Product;
use keur_counterparty::{Desk, DeskError, HostileSettings, Settings};

use super::Strays;
use crate::material::{CounterpartyMaterial, Material};

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

/// The open desk of a run.
pub struct OpenDesk {
    /// The desk.
    pub desk: Desk,
    /// What came there and belongs to no scenario.
    pub strays: Arc<Strays>,
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
    /// The certificate it will show, DER.
    #[must_use]
    pub fn leaf(&self) -> &[u8] {
        self.0.certificate.leaf()
    }

    /// Opens the desk. What belongs to no scenario is heard once [`Strays::record`] says where it goes.
    ///
    /// # Errors
    /// [`OpenError`].
    pub async fn open(self) -> Result<OpenDesk, OpenError> {
        let strays = Arc::new(Strays::default());
        let hears = Arc::clone(&strays);
        let desk = Desk::open(self.0, move |call, why| hears.hear(call, why)).await?;
        Ok(OpenDesk { desk, strays })
    }
}

fn address(text: &str) -> Result<SocketAddr, OpenError> {
    let found = text.to_socket_addrs().ok().and_then(|mut all| all.next());
    found.ok_or_else(|| OpenError::Address { address: text.to_owned() })
}
