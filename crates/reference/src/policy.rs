//! May this organisation see this patient here: a referral, or else consent.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::state::{Product, Tenant};

/// The ground a decision rests on; goes into the log as the authorisation protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Referred to the asking organisation: presumed consent.
    Referral,
    /// The answer of the consent facility.
    Consent,
}

/// The decisions of one request; each patient is decided once.
#[derive(Debug)]
pub(crate) struct Decisions<'a> {
    product: &'a Product,
    tenant: &'a Tenant,
    asking_ura: &'a str,
    made: Mutex<HashMap<String, (bool, Ground)>>,
}

impl<'a> Decisions<'a> {
    pub(crate) fn new(product: &'a Product, tenant: &'a Tenant, asking_ura: &'a str) -> Self {
        Self { product, tenant, asking_ura, made: Mutex::default() }
    }

    pub(crate) fn may_see(&self, bsn: &str) -> bool {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((allowed, _)) = made.get(bsn) {
            return *allowed;
        }
        let referral = (bsn.to_owned(), self.asking_ura.to_owned());
        let known = || self.tenant.referrals.contains(&referral);
        let decision = if known() || self.product.outbox.opens(bsn, self.asking_ura) {
            (true, Ground::Referral)
        } else {
            (self.product.consent.permits(bsn), Ground::Consent)
        };
        made.insert(bsn.to_owned(), decision);
        decision.0
    }

    /// The decision about a patient, if there was one.
    pub(crate) fn about(&self, bsn: &str) -> Option<(bool, Ground)> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).get(bsn).copied()
    }
}
