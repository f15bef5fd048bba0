//! What a reader must know beside the verdict, in Dutch.

use keur_catalogue::{Profile, Selection, requirement::Method};
use keur_evidence::event::RunEnd;

use crate::{
    attested::{self, Standing},
    case::carrier,
    profile::errors,
    reading::Reading,
    result::RequirementResult,
};

/// All caveats, the weightiest first.
pub(crate) fn all(
    selection: &Selection,
    profile: &Profile,
    reading: &Reading<'_>,
    results: &[RequirementResult],
) -> Vec<String> {
    let mut caveats = of_run(selection, profile, reading, results);
    for result in results {
        caveats.extend(of_statements(reading, result));
    }
    caveats
}

fn of_run(
    selection: &Selection,
    profile: &Profile,
    reading: &Reading<'_>,
    results: &[RequirementResult],
) -> Vec<String> {
    let mut caveats = Vec::new();
    for place in &reading.guarded {
        let carrier = carrier(place);
        caveats.push(format!(
            "De run is gestopt omdat een {carrier} een BSN bevatte buiten de opgegeven testset (plaats: {place}). \
             Niets van dat {carrier} is bewaard."
        ));
    }
    match reading.end {
        None => caveats.push("De run is niet afgesloten: het journaal eindigt voortijdig.".to_owned()),
        Some(RunEnd::Interrupted) => caveats.push("De run is onderbroken voordat hij klaar was.".to_owned()),
        Some(RunEnd::Guarded) if reading.guarded.is_empty() => {
            caveats.push("De run is gestopt door de bewaking op productiegegevens.".to_owned());
        }
        Some(RunEnd::Guarded | RunEnd::Completed) => {}
    }
    match reading.resumed {
        0 => {}
        1 => caveats.push("De run is één keer onderbroken en daarna hervat.".to_owned()),
        n => caveats.push(format!("De run is {n} keer onderbroken en daarna hervat.")),
    }
    if reading.seed.is_none() {
        caveats
            .push("Het zaadgetal van dit examen is niet onthuld: het examen is niet afgemaakt.".to_owned());
    }
    match reading.without_twin() {
        0 => {}
        1 => caveats.push("In dit examen heeft 1 scenario geen tweeling.".to_owned()),
        n => caveats.push(format!("In dit examen hebben {n} scenario's geen tweeling.")),
    }
    match errors(results) {
        0 => {}
        1 => caveats
            .push("In 1 scenario maakte keur zelf een fout; dat zegt niets over het product.".to_owned()),
        n => caveats
            .push(format!("In {n} scenario's maakte keur zelf een fout; dat zegt niets over het product.")),
    }
    if let Some(only) = selection.only.as_ref().or(reading.started.only.as_ref()) {
        caveats.push(format!(
            "Dit is een deelrun (selectie: {only}); het profiel is niet in zijn geheel getoetst."
        ));
    }
    if results.is_empty() {
        caveats.push("De selectie bevat geen enkele eis.".to_owned());
    }
    if profile.digest != reading.started.profile_digest {
        caveats.push(format!(
            "De run is gemaakt met een andere inhoud van het profiel (uitgave {}) dan waarmee nu is geoordeeld \
             (uitgave {}).",
            reading.started.profile_release, profile.release
        ));
    }
    caveats
}

fn of_statements(reading: &Reading<'_>, result: &RequirementResult) -> Option<String> {
    let id = &result.id;
    if result.method == Method::Test {
        let ignored = !attested::about(reading, id).is_empty();
        return ignored.then(|| format!("De verklaring bij {id} telt niet mee: deze eis is gemeten."));
    }
    // A word outside the closed list ended the judgement before this.
    match attested::judge(reading, id).ok()?.standing {
        Standing::None | Standing::Valid => None,
        Standing::NotValid => {
            Some(format!("De verklaring bij {id} is niet geldig op de dag van de run ({}).", reading.day))
        }
        Standing::Contradictory => Some(format!("De verklaringen bij {id} spreken elkaar tegen.")),
    }
}
