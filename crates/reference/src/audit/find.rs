//! Looking in the log: the search of IHE ITI-81, the overview of a patient, and the removal that a sound log refuses.

use std::sync::PoisonError;

use serde_json::Value;
use time::OffsetDateTime;

use super::{AuditLog, Entry};
use crate::oauth::authorization::OVERRIDE;
use crate::pki::URA_PARTY_B;

/// Where a record says for which purpose somebody asked.
const PURPOSE: &str = "/agent/0/purposeOfUse/0/coding/0/code";

impl AuditLog {
    /// The records since a moment, of one patient when one is named.
    pub(crate) fn search(&self, since: OffsetDateTime, bsn: Option<&str>) -> Value {
        let bsn = bsn.filter(|_| !self.defects.has("log-search-unfiltered"));
        self.bundle("searchset", |entry| {
            let fits = entry.at >= since && bsn.is_none_or(|bsn| names(&entry.sound, "entity", bsn));
            fits.then_some(&entry.record)
        })
    }

    /// Everything the patient may know about the use of the own data.
    pub(crate) fn overview(&self, bsn: &str) -> Value {
        let everybody = self.defects.has("overview-of-everybody");
        let viewers_missing = self.defects.has("overview-viewer-missing");
        let overrides_missing = self.defects.has("override-hidden-from-patient");
        self.bundle("collection", |Entry { sound, .. }| {
            let about = everybody || names(sound, "entity", bsn);
            let hidden = viewers_missing && names(sound, "agent", URA_PARTY_B)
                || overrides_missing && sound.pointer(PURPOSE).is_some_and(|code| code == OVERRIDE);
            (about && !hidden).then_some(sound)
        })
    }

    /// The defect: the record is gone. A sound log never comes here.
    pub(crate) fn remove(&self, id: &str) {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.retain(|entry| entry.record["id"] != id);
    }
}

/// Whether an agent or entity carries this number.
fn names(record: &Value, member: &str, number: &str) -> bool {
    let elements = record[member].as_array().map_or(&[][..], Vec::as_slice);
    elements
        .iter()
        .any(|element| element["identifier"]["value"] == number || element["userId"]["value"] == number)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::{Event, Kind};
    use crate::defects::Defects;
    use crate::oauth::access::Access;
    use crate::options::Variant;
    use crate::pki::{URA_PARTY_A, URA_SOURCE};

    fn log(defect: Option<&str>) -> AuditLog {
        let log = AuditLog::new(Defects::new(defect.map(str::to_owned)).expect("known"), Variant::GisaB);
        for (ura, bsn, purpose) in
            [(URA_PARTY_A, "1", "TREAT"), (URA_PARTY_B, "1", "TREAT"), (URA_PARTY_A, "2", OVERRIDE)]
        {
            let access = Access {
                client_id: "client".into(),
                ura: ura.into(),
                purpose: purpose.into(),
                scopes: Vec::new(),
                person: None,
            };
            log.record(Event {
                kind: Kind::Search,
                status: 200,
                withheld: false,
                access: Some(&access),
                ground: None,
                bsn: Some(bsn),
                request_id: None,
                source_ura: URA_SOURCE,
                peer: "127.0.0.1",
                data: Some("Condition"),
                authorization: None,
            });
        }
        log
    }

    fn found(bundle: &Value) -> usize {
        bundle["entry"].as_array().map_or(0, Vec::len)
    }

    #[test]
    fn a_search_and_an_overview_are_about_one_patient() {
        let long_ago = OffsetDateTime::UNIX_EPOCH;
        assert_eq!(found(&log(None).search(long_ago, Some("1"))), 2);
        assert_eq!(found(&log(None).search(long_ago, None)), 3);
        assert_eq!(found(&log(Some("log-search-unfiltered")).search(long_ago, Some("1"))), 3);
        assert_eq!(found(&log(None).overview("1")), 2);
        assert_eq!(found(&log(Some("overview-of-everybody")).overview("1")), 3);
        assert_eq!(found(&log(Some("overview-viewer-missing")).overview("1")), 1);
        assert_eq!(found(&log(Some("override-hidden-from-patient")).overview("1")), 2);
        assert_eq!(found(&log(Some("override-hidden-from-patient")).overview("2")), 0);
    }

    #[test]
    fn what_is_removed_is_gone() {
        let log = log(None);
        let all = log.overview("2");
        log.remove(all["entry"][0]["resource"]["id"].as_str().expect("an id"));
        assert_eq!(found(&log.overview("2")), 0);
    }
}
