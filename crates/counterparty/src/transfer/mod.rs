//! Both sides of a referral (notified pull) and of a nursing handover (eOverdracht 4.2), FHIR STU3: who is told that
//! something is there, and who is asked for it.

mod content;
mod receiver;
mod sender;

pub use self::{
    content::{composition, notification, queries, workflow},
    receiver::{Receiver, Reception},
    sender::{Sender, State},
};

/// Where the token endpoint lies below the place.
pub const TOKEN: &str = "/oauth/token";
/// Where notifications are posted to.
pub const NOTIFICATIONS: &str = "/melding";
/// Where the FHIR service lies below the place.
pub const FHIR: &str = "/fhir";

const JSON: &str = "application/fhir+json;charset=utf-8";

/// The exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A referral with a BgZ.
    Referral,
    /// A nursing handover.
    Handover,
}
