//! What the product sends to and takes from other care organisations: referrals with a BgZ, and nursing handovers.

mod document;
mod inbox;
mod outbox;
mod task;

pub(crate) use document::document;
pub(crate) use inbox::Inbox;
pub(crate) use outbox::{Outbox, Refused};
pub(crate) use task::{notification, workflow};

/// The exchange a Task belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A referral: the receiver fetches the BgZ with the queries in the Task.
    Referral,
    /// A nursing handover: the receiver fetches one document.
    Handover,
}

impl Kind {
    /// By its name in the trigger.
    pub(crate) fn parse(name: &str) -> Option<Self> {
        match name {
            "referral" => Some(Self::Referral),
            "handover" => Some(Self::Handover),
            _ => None,
        }
    }
}
