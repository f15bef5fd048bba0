//! Journal and profile to verdict: pure, total, deterministic.

mod attested;
mod case;
mod caveats;
pub mod compare;
mod declaration;
mod error;
mod exit;
mod finding;
mod layers;
mod options;
mod overlay;
mod profile;
mod reading;
mod requirement;
pub mod result;

pub use declaration::{Agreement, DeclarationRow, DeclarationTable, Measured};
pub use error::JudgeError;
pub use exit::exit_code;
pub use layers::{LayerAttack, LayerCell, LayerMatrix, LayerOutcome};
pub use options::{Harmony, OptionRow};
pub use overlay::{Overlays, Waiver};
pub use result::*;

use keur_catalogue::{Profile, Selection};
use keur_evidence::{event::Entry, journal};

/// The whole verdict of a run: L1 to L4.
///
/// # Errors
/// When the journal is not one of this format and edition, or is about another profile or variant.
pub fn judge(selection: &Selection, profile: &Profile, entries: &[Entry]) -> Result<RunResult, JudgeError> {
    judge_with(selection, profile, entries, &Overlays::default())
}

/// The whole verdict of a run with what people added to it.
///
/// # Errors
/// As [`judge`], and when a signed statement is outside the closed words.
pub fn judge_with(
    selection: &Selection,
    profile: &Profile,
    entries: &[Entry],
    overlays: &Overlays,
) -> Result<RunResult, JudgeError> {
    let reading = reading::Reading::new(entries, overlays)?;
    let started = reading.started;
    for (what, judged, run) in
        [("profile", &profile.id, &started.profile), ("variant", &selection.variant, &started.variant)]
    {
        if judged != run {
            return Err(JudgeError::Other { what, judged: judged.clone(), run: run.clone() });
        }
    }
    let judged = selection.requirements.iter().map(|selected| requirement::judge(selected, &reading));
    let mut requirements = judged.collect::<Result<Vec<_>, JudgeError>>()?;
    let declaration = declaration::lay_beside(&reading, &mut requirements);
    for result in &mut requirements {
        overlays.waive(result, reading.added_day);
    }
    let whole = profile::is_whole(selection, &reading, &requirements);
    let caveats = caveats::all(selection, profile, &reading, &requirements);
    Ok(RunResult {
        format: "keur/result".to_owned(),
        version: "1.0".to_owned(),
        run: Run {
            id: started.run.clone(),
            started: reading.first_at.to_owned(),
            finished: reading.last_at.to_owned(),
            mode: started.mode.clone(),
            seed: reading.seed.unwrap_or_default().to_owned(),
            journal_head: journal::head(entries),
        },
        profile: ProfileRef {
            id: profile.id.clone(),
            version: profile.release.clone(),
            digest: profile.digest.clone(),
            variant: selection.variant.clone(),
        },
        product: started.product.clone(),
        harness: Harness {
            version: started.harness_version.clone(),
            digest: started.harness_digest.clone(),
            features_digest: started.features_digest.clone(),
            catalogue_digest: started.catalogue_digest.clone(),
        },
        verdict: profile::verdict(requirements.iter(), whole),
        spoor: profile::per_spoor(&requirements, whole),
        counts: profile::counts(&requirements),
        layers: layers::matrix(&reading, &requirements),
        declaration,
        options: options::table(&reading),
        product_log: reading.product_log,
        requirements,
        caveats,
    })
}
