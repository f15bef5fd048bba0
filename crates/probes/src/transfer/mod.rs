//! Referrals and nursing handovers: the notification, the Task, the document, and what a receiver does with them.

pub mod document;
pub mod notification;
pub mod receiving;
pub mod report;
pub mod shielding;
pub mod task;

/// The exchange a Task belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A referral with a BgZ: notified pull.
    Referral,
    /// A nursing handover, eOverdracht 4.2.
    Handover,
}

impl Kind {
    /// The word in a trigger.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Referral => "referral",
            Self::Handover => "handover",
        }
    }

    /// By its Dutch name in a feature.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "verwijzing" => Some(Self::Referral),
            "overdracht" => Some(Self::Handover),
            _ => None,
        }
    }
}

/// Whether a status may follow another: a step on, an end, or the same again. A referral is accepted before it is
/// completed.
#[must_use]
pub fn legal(kind: Kind, from: &str, to: &str) -> bool {
    let next: &[&str] = match from {
        "requested" if kind == Kind::Referral => &["received", "accepted", "rejected", "cancelled"],
        "received" if kind == Kind::Referral => &["accepted", "rejected", "cancelled"],
        "requested" => &["received", "accepted", "rejected", "in-progress", "cancelled", "completed"],
        "received" => &["accepted", "rejected", "in-progress", "cancelled", "completed"],
        "accepted" => &["in-progress", "completed", "rejected", "cancelled"],
        "in-progress" => &["completed", "rejected", "cancelled"],
        _ => &[],
    };
    from == to || next.contains(&to)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_follows_an_end_and_a_referral_is_accepted_first() {
        assert!(
            legal(Kind::Referral, "requested", "accepted") && legal(Kind::Referral, "accepted", "completed")
        );
        assert!(!legal(Kind::Referral, "requested", "completed"));
        assert!(legal(Kind::Handover, "in-progress", "completed"));
        for kind in [Kind::Referral, Kind::Handover] {
            assert!(legal(kind, "completed", "completed"));
            assert!(!legal(kind, "completed", "in-progress") && !legal(kind, "cancelled", "accepted"));
        }
    }
}
