//! V6 and V7: the norms are known ones, and every requirement of the profile has exactly one outcome.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, PoisonError},
};

use keur_catalogue::{Catalogue, Profile, Selection, embedded};
use keur_verdict::RunResult;

use super::{
    Options,
    facts::Facts,
    step::{Checked, Fault, Noted},
};
use crate::bundle::{Bundle, JOURNAL, RESULT};

/// Digests (`sha256:…`) of the norms a keur knows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KnownNorms {
    /// Profiles.
    pub profiles: BTreeSet<String>,
    /// Catalogues.
    pub catalogues: BTreeSet<String>,
    /// Features.
    pub features: BTreeSet<String>,
}

impl KnownNorms {
    /// The embedded catalogue and profiles, and the features with this digest.
    #[must_use]
    pub fn embedded(features_digest: &str) -> Self {
        let features = BTreeSet::from([features_digest.to_owned()]);
        let Ok(catalogue) = Catalogue::load(&embedded::catalogue_files()) else {
            return Self { features, ..Self::default() };
        };
        let parse = |(path, text): &(String, String)| Profile::parse(path, text, &catalogue).ok();
        let profiles =
            embedded::profile_files().iter().filter_map(parse).map(|profile| profile.digest).collect();
        Self { profiles, catalogues: BTreeSet::from([catalogue.digest.clone()]), features }
    }
}

/// The editions of norms that were read: who verifies many bundles reads each once.
#[derive(Debug, Default)]
pub struct Editions(Mutex<BTreeMap<String, Arc<Edition>>>);

#[derive(Debug)]
struct Edition {
    catalogue: Catalogue,
    profile: Profile,
}

impl Editions {
    /// Most that are kept: editions of profiles, not bundles.
    const MOST: usize = 64;

    fn of(&self, bundle: &Bundle, facts: &Facts) -> Result<Arc<Edition>, Fault> {
        let started = &facts.started;
        // Whether the enclosed files are what their addresses say, is V2's to tell.
        let files = facts.norms.iter().map(|file| format!(" {}={}", file.name, file.blob));
        let key = files.fold(
            format!("{} {} {}", started.profile, started.profile_digest, started.catalogue_digest),
            |key, file| key + &file,
        );
        let known = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(edition) = known().get(&key) {
            return Ok(Arc::clone(edition));
        }
        let edition = Arc::new(read(bundle, facts)?);
        let mut known = known();
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(key, Arc::clone(&edition));
        Ok(edition)
    }
}

pub(super) fn check(facts: &Facts, options: &Options<'_>) -> Noted {
    let (started, known) = (&facts.started, options.known);
    let accepted = options.policy.map_or(&[][..], |policy| policy.norms.as_slice());
    for (what, digest, known) in [
        ("het profiel", &started.profile_digest, &known.profiles),
        ("de eisen", &started.catalogue_digest, &known.catalogues),
        ("de scenario's", &started.features_digest, &known.features),
    ] {
        if !known.contains(digest) && !accepted.contains(digest) {
            return Err(Fault::new(
                JOURNAL,
                format!(
                    "{what} van deze run zijn niet bekend: {digest}\n  help: gebruik de keur van die uitgave, of laat \
                     het stelsel de uitgave aanwijzen onder `norms` in --policy"
                ),
            ));
        }
    }
    let harness = options.policy.map_or(&[][..], |policy| policy.harness.as_slice());
    if harness.contains(&started.harness_digest) {
        return Ok(Vec::new());
    }
    if !harness.is_empty() {
        let message =
            format!("de gebruikte keur is niet toegelaten door het beleid: {}", started.harness_digest);
        return Err(Fault::new(JOURNAL, message));
    }
    Ok(vec![format!(
        "welke keur de run deed is niet gecontroleerd ({} {}); een beleid met `harness` doet dat",
        started.harness_version, started.harness_digest
    )])
}

/// Every requirement that was selected has one outcome, and nothing else has.
pub(super) fn requirements(
    bundle: &Bundle,
    facts: &Facts,
    result: &RunResult,
    editions: &Editions,
) -> Checked {
    let edition = editions.of(bundle, facts)?;
    let (variant, only) = (Some(facts.started.variant.as_str()), facts.started.only.as_deref());
    let selection = Selection::new(&edition.catalogue, &edition.profile, variant, only)
        .map_err(|error| Fault::of(JOURNAL, &error))?;
    let expected: Vec<&str> =
        selection.requirements.iter().map(|selected| selected.requirement.id.as_str()).collect();
    let mut seen = BTreeSet::new();
    for outcome in &result.requirements {
        if !seen.insert(outcome.id.as_str()) {
            return Err(Fault::new(RESULT, format!("{} heeft meer dan één uitkomst", outcome.id)));
        }
        if !expected.contains(&outcome.id.as_str()) {
            return Err(Fault::new(RESULT, format!("{} hoort niet bij dit profiel", outcome.id)));
        }
    }
    match expected.iter().find(|id| !seen.contains(**id)) {
        None => Ok(()),
        Some(id) => Err(Fault::new(RESULT, format!("{id} heeft geen uitkomst"))),
    }
}

/// What the run was judged by: the enclosed norms, or the embedded ones when none are enclosed.
fn read(bundle: &Bundle, facts: &Facts) -> Result<Edition, Fault> {
    let started = &facts.started;
    let files = if facts.norms.is_empty() {
        [embedded::catalogue_files(), embedded::profile_files()].concat()
    } else {
        enclosed(bundle, facts)?
    };
    let folder = |path: &str| path.rsplit_once('/').map(|(folder, _)| folder.to_owned()).unwrap_or_default();
    let toml = files.into_iter().filter(|(path, _)| path.ends_with(".toml"));
    let (catalogue, profiles): (Vec<_>, Vec<_>) = toml
        .filter(|(path, _)| path.starts_with("profiles/"))
        .partition(|(path, _)| folder(path) == "profiles/eisen");
    let unknown = |what: &str| {
        Fault::new(JOURNAL, format!("{what} van deze run is er niet; zonder is niets te tellen"))
    };
    let catalogue = Catalogue::load(&catalogue).map_err(|problems| Fault::of(JOURNAL, &problems))?;
    if catalogue.digest != started.catalogue_digest {
        return Err(unknown("de lijst met eisen"));
    }
    let profile = profiles
        .iter()
        .filter_map(|(path, text)| Profile::parse(path, text, &catalogue).ok())
        .find(|profile| profile.digest == started.profile_digest && profile.id == started.profile)
        .ok_or_else(|| unknown("het profiel"))?;
    Ok(Edition { catalogue, profile })
}

fn enclosed(bundle: &Bundle, facts: &Facts) -> Result<Vec<(String, String)>, Fault> {
    let text = |file: &keur_evidence::event::EnclosedFile| {
        let text = bundle.blob(&file.blob).and_then(|bytes| String::from_utf8(bytes).ok());
        text.map(|text| (file.name.clone(), text))
            .ok_or_else(|| Fault::new(&file.name, "dit ingesloten bestand is niet te lezen"))
    };
    facts.norms.iter().map(text).collect()
}
