//! The patients of a declaration.

use std::collections::BTreeMap;

use super::{Patient, Patients, Product};
use crate::{
    bsn::{in_test_range, is_valid_bsn},
    reader::{Found, Reader, Section},
};

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

/// `[patients]`; a server whose TLS alone is tested has none.
pub(super) fn patients(reader: &mut Reader<'_>, root: &Section<'_>) -> Patients {
    let Some(section) = reader.section(root, "patients") else { return Patients::default() };
    let purposes = ["complete", "other", "empty", "no_consent", "restricted", "unknown"];
    let known: Vec<&str> = purposes.into_iter().chain(["also_present"]).collect();
    reader.only_keys(&section, &known);
    if !section.has("complete") {
        reader.missing(&section, "complete");
    }
    let mut first: BTreeMap<String, &str> = BTreeMap::new();
    let [complete, other, empty, no_consent, restricted, unknown] = purposes.map(|purpose| {
        let (patient, place) = patient(reader, &section, purpose)?;
        if let Some(bsn) = patient.bsn()
            && let Some(earlier) = first.insert(bsn.to_owned(), purpose)
        {
            let message = format!("patiënt `{purpose}` is dezelfde als `{earlier}`");
            reader.problem(&place.span, message, Some("elk doel heeft een eigen patiënt"));
        }
        Some(patient)
    });
    let also_present = reader.list(&section, "also_present");
    for found in &also_present {
        bsn(reader, found);
    }
    let also_present = also_present.into_iter().map(|found| found.text).collect();
    let shielded = shielded(reader, &section);
    Patients { complete, other, empty, no_consent, restricted, shielded, unknown, also_present }
}

/// The marks of what is shielded. A short one would be found anywhere.
fn shielded(reader: &mut Reader<'_>, patients: &Section<'_>) -> Vec<String> {
    const SHORTEST: usize = 4;
    if !patients.has("restricted") {
        return Vec::new();
    }
    let Some(section) = reader.section(patients, "restricted") else { return Vec::new() };
    let marks = reader.list(&section, "shielded");
    for found in marks.iter().filter(|found| found.text.trim().chars().count() < SHORTEST) {
        let help =
            "noem een id of woord van ten minste vier tekens dat alleen in het afgeschermde gegeven staat";
        reader.problem(&found.span, "dit kenmerk in `shielded` is te kort", Some(help));
    }
    marks.into_iter().map(|found| found.text.trim().to_owned()).collect()
}

fn patient(reader: &mut Reader<'_>, patients: &Section<'_>, purpose: &str) -> Option<(Patient, Found)> {
    let section = reader.section(patients, purpose)?;
    let keys: &[&str] =
        if purpose == "restricted" { &["bsn", "search", "shielded"] } else { &["bsn", "search"] };
    reader.only_keys(&section, keys);
    if section.has("bsn") == section.has("search") {
        let help = "noem óf bsn = \"…\", óf search = \"Patient?identifier=…\"";
        reader.problem(
            &section.span(),
            format!("patiënt `{purpose}` heeft een van `bsn` en `search` nodig"),
            Some(help),
        );
        return None;
    }
    if let Some(found) = reader.text(&section, "bsn") {
        bsn(reader, &found);
        return Some((Patient::Bsn(found.text.clone()), found));
    }
    let found = reader.text(&section, "search")?;
    if !found.text.strip_prefix("Patient?").is_some_and(|query| query.contains('=')) {
        let help = "schrijf een zoekvraag die precies één patiënt vindt, als \"Patient?identifier=…\"";
        reader.problem(&found.span, "`search` is geen zoekvraag naar een patiënt", Some(help));
    }
    Some((Patient::Search(found.text.clone()), found))
}

/// Only numbers that are never given to a person; the number itself is not repeated in the message.
fn bsn(reader: &mut Reader<'_>, found: &Found) {
    if !is_valid_bsn(&found.text) {
        let help = "een BSN heeft negen cijfers en voldoet aan de elfproef";
        reader.problem(&found.span, "dit is geen geldig BSN", Some(help));
    } else if !in_test_range(&found.text) {
        let help = "gebruik alleen BSN's uit de testreeks 9999xxxxx, nooit dat van een echte patiënt";
        reader.problem(&found.span, "geweigerd: dit BSN ligt buiten de testreeks", Some(help));
    }
}
