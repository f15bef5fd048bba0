//! A product that retrieves the BgZ from us: what it asked, and how it behaved towards us.

mod shown;
mod trust;

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason, heard::Heard};

pub use self::shown::{Shown, incomplete, told};
pub use self::trust::{assertion, certificates, nothing_asked, token_only_here, tokens};
use crate::fhir::query::{BSN_SYSTEM, SECTIONS};

/// The requests for FHIR content among all of them: searches, and pages of searches.
pub fn searches(calls: &[Heard]) -> impl Iterator<Item = &Heard> {
    calls.iter().filter(|call| call.path.starts_with("/fhir/") && call.path != "/fhir/metadata")
}

/// How many sections were asked for.
#[must_use]
pub fn sections_asked(calls: &[Heard]) -> usize {
    searches(calls).filter_map(section).collect::<BTreeSet<_>>().len()
}

/// Whether a section that was too busy was asked for once more.
#[must_use]
pub fn asked_again(calls: &[Heard]) -> bool {
    busy(calls).is_some_and(|(_, again)| again.is_some())
}

/// The search that was answered with status 429, and the next one for the same section.
fn busy(calls: &[Heard]) -> Option<(&Heard, Option<&Heard>)> {
    let (at, busy) = calls.iter().enumerate().find(|(_, call)| call.status == 429)?;
    Some((busy, calls[at + 1..].iter().find(|call| section(call) == section(busy))))
}

/// The section our side saw in a request.
fn section(call: &Heard) -> Option<&str> {
    call.notes["section"].as_str()
}

/// All sections were asked for, and nothing that is no search of the BgZ.
#[must_use]
pub fn whole(calls: &[Heard]) -> Vec<Check> {
    let asked: BTreeSet<&str> = searches(calls).filter_map(section).collect();
    let missing: Vec<&str> =
        SECTIONS.iter().map(|section| section.name).filter(|name| !asked.contains(name)).collect();
    let observed = match missing.as_slice() {
        [] => format!("alle {} gevraagd", SECTIONS.len()),
        missing => format!("niet gevraagd: {}", missing.join(", ")),
    };
    let strange: Vec<&Heard> = searches(calls).filter(|call| call.notes["section"].is_null()).collect();
    let refused: Vec<String> = strange.iter().map(|call| call.describe()).collect();
    let seen = if refused.is_empty() { "geen andere".to_owned() } else { refused.join(", ") };
    vec![
        Check::that(
            missing.is_empty(),
            format!("een opvraging van alle {} onderdelen", SECTIONS.len()),
            observed,
        ),
        Check::that(strange.is_empty(), "alleen zoekvragen van de BgZ", seen)
            .on(strange.iter().map(|call| call.id.clone())),
    ]
}

/// Every search names this patient, by number and naming system, and nobody else.
#[must_use]
pub fn one_patient(calls: &[Heard], bsn: &str) -> Check {
    let wanted = format!("{BSN_SYSTEM}|{bsn}");
    let wrong = searches(calls).find(|call| {
        let pairs = if call.method == "POST" { call.form() } else { call.pairs() };
        let named: Vec<String> = pairs
            .into_iter()
            .filter(|(name, _)| name.ends_with("identifier") || name == "patient" || name == "subject")
            .map(|(_, value)| value)
            .collect();
        named != [wanted.as_str()]
    });
    let expected = "in elke zoekvraag precies de testpatiënt, als stelsel en nummer";
    match wrong {
        _ if searches(calls).next().is_none() => {
            Check::undecided(Reason::NoData, expected, "geen zoekvragen")
        }
        None => Check::that(true, expected, "in elke zoekvraag"),
        Some(call) => {
            let seen = format!("niet in {}", call.describe());
            Check::that(false, expected, seen).on([call.id.clone()])
        }
    }
}

/// Every request can be found again in the logs of both sides.
#[must_use]
pub fn traceable(calls: &[Heard]) -> Check {
    let bare = calls
        .iter()
        .find(|call| ["x-request-id", "traceparent"].iter().all(|name| call.header(name).is_none()));
    let expected = "bij elk verzoek een kop X-Request-Id of traceparent";
    match bare {
        None => Check::that(true, expected, format!("bij alle {}", calls.len())),
        Some(call) => {
            Check::that(false, expected, format!("niet bij {}", call.describe())).on([call.id.clone()])
        }
    }
}

/// After a 429 the product asked again, and not before the time we asked for was over.
#[must_use]
pub fn waited(calls: &[Heard], seconds: u64) -> Vec<Check> {
    let expected = format!("na status 429 een nieuwe poging, niet binnen {seconds} s");
    let Some((busy, again)) = busy(calls) else {
        return vec![Check::undecided(Reason::NoData, expected, "het product vroeg dit onderdeel niet")];
    };
    let Some(again) = again else {
        return vec![Check::that(false, expected, "geen nieuwe poging").on([busy.id.clone()])];
    };
    let ms = |call: &Heard| call.notes["ms"].as_u64().unwrap_or_default();
    let waited = ms(again).saturating_sub(ms(busy));
    // The time is measured on our side, where the request arrives; a tenth of a second is lost in rounding.
    let holds = waited + 100 >= seconds * 1000;
    let observed = format!("na {},{} s", waited / 1000, waited % 1000 / 100);
    vec![Check::that(holds, expected, observed).on([busy.id.clone(), again.id.clone()])]
}

#[cfg(test)]
mod tests;
