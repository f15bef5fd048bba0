//! The patients of a declaration.

use super::{Patient, Patients, Product};

impl Patients {
    /// Every purpose with its patient, in a fixed order.
    #[must_use]
    pub fn by_purpose(&self) -> [(&'static str, Option<&Patient>); 6] {
        [
            ("complete", self.complete.as_ref()),
            ("other", self.other.as_ref()),
            ("empty", self.empty.as_ref()),
            ("no_consent", self.no_consent.as_ref()),
            ("restricted", self.restricted.as_ref()),
            ("unknown", self.unknown.as_ref()),
        ]
    }
}

impl Patient {
    /// The BSN, when it is found by one.
    #[must_use]
    pub fn bsn(&self) -> Option<&str> {
        match self {
            Self::Bsn(bsn) => Some(bsn),
            Self::Search(_) => None,
        }
    }
}

impl Product {
    /// Every BSN that may occur in an answer; any other stops the run.
    #[must_use]
    pub fn declared_bsns(&self) -> Vec<&str> {
        let named = self.patients.by_purpose().into_iter().filter_map(|(_, patient)| patient?.bsn());
        let mut all: Vec<&str> = named.chain(self.patients.also_present.iter().map(String::as_str)).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The claims as `key = value` lines.
    #[must_use]
    pub fn claim_lines(&self) -> Vec<String> {
        self.claims.iter().map(|(key, value)| format!("{key} = {value}")).collect()
    }
}
