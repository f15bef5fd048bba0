//! The peers Keur plays towards a product: one desk per run, on which each case opens places that answer by a script,
//! and the publisher of our key sets with traps beside them.

pub mod bgz;
mod call;
pub mod consents;
mod desk;
pub mod directory;
pub mod keys;
pub mod mitz;
pub mod nvi;
pub mod oauth;
mod registry;
mod reply;
mod serve;
mod tls;
pub mod transfer;
pub mod trap;

pub use call::{Call, Peer};
pub use desk::{Desk, DeskError, HostileDoor, HostileSettings, Settings};
pub use registry::{Clerk, FLOOD, Place};
pub use reply::{Delivery, Reply, Routes, Script};
pub use serve::PLAIN_HTTP;
pub use tls::{Certificate, Hostile};
