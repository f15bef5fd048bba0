//! May this organisation see this patient here: a referral, or else consent.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::client::{consents, mitz};
use crate::fhir::Request;
use crate::oauth::access::Access;
use crate::oauth::authorization::OVERRIDE;
use crate::options::Variant;
use crate::state::{Product, Tenant};

/// The ground a decision rests on; goes into the log as the authorisation protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ground {
    /// Referred to the asking organisation: presumed consent.
    Referral,
    /// The answer of the consent facility.
    Consent,
    /// An emergency, under the responsibility of whoever asks.
    Override,
}

/// The decisions of one request; each patient is decided once.
#[derive(Debug)]
pub(crate) struct Decisions<'a> {
    product: &'a Arc<Product>,
    tenant: &'a Tenant,
    access: &'a Access,
    request: Request<'a>,
    made: Mutex<HashMap<String, (bool, Ground)>>,
}

impl<'a> Decisions<'a> {
    pub(crate) fn new(
        product: &'a Arc<Product>,
        tenant: &'a Tenant,
        access: &'a Access,
        request: &Request<'a>,
    ) -> Self {
        Self { product, tenant, access, request: *request, made: Mutex::default() }
    }

    pub(crate) fn may_see(&self, bsn: &str) -> bool {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((allowed, _)) = made.get(bsn) {
            return *allowed;
        }
        let referral = (bsn.to_owned(), self.access.ura.clone());
        let known = || self.tenant.referrals.contains(&referral);
        let decision = if known() || self.product.outbox.opens(bsn, &self.access.ura) {
            (true, Ground::Referral)
        } else if self.access.purpose == OVERRIDE && !self.product.consent.refuses(bsn) {
            (true, Ground::Override)
        } else if self.access.purpose == "COC" && self.product.defects.has("coc-without-consent") {
            (true, Ground::Consent)
        } else {
            (self.consents(bsn), Ground::Consent)
        };
        made.insert(bsn.to_owned(), decision);
        decision.0
    }

    /// Asks for the consent of a patient. Never on a thread of the runtime: the facility may take its time.
    fn consents(&self, bsn: &str) -> bool {
        if !self.product.variant.asks_consent() {
            return self.product.consent.permits(bsn);
        }
        let query = mitz::Query {
            bsn,
            custodian: &self.tenant.ura,
            asking: &self.access.ura,
            purpose: &self.access.purpose,
            path: self.request.path,
            parameters: self.request.query,
        };
        let runtime = tokio::runtime::Handle::current();
        if self.product.variant == Variant::Mitz {
            runtime.block_on(mitz::permits(self.product, &query))
        } else {
            runtime.block_on(consents::permits(self.product, &query))
        }
    }

    /// The decision about a patient, if there was one.
    pub(crate) fn about(&self, bsn: &str) -> Option<(bool, Ground)> {
        self.made.lock().unwrap_or_else(PoisonError::into_inner).get(bsn).copied()
    }
}
