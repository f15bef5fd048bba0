//! The embedded content, loaded: catalogue, profiles, features.

use std::path::Path;

use keur_catalogue::{Catalogue, Profile, Selection, embedded, suggest};
use keur_steps::{features::Features, norms::Norms};

use crate::exit::Failure;

/// The embedded catalogue. A problem in it is our bug.
pub fn catalogue() -> Result<Catalogue, Failure> {
    Catalogue::load(&embedded::catalogue_files()).map_err(Failure::harness)
}

/// All embedded profiles.
pub fn profiles(catalogue: &Catalogue) -> Result<Vec<Profile>, Failure> {
    let parse =
        |(path, text): &(String, String)| Profile::parse(path, text, catalogue).map_err(Failure::harness);
    embedded::profile_files().iter().map(parse).collect()
}

/// The profile of this name.
pub fn profile(catalogue: &Catalogue, id: &str) -> Result<Profile, Failure> {
    let mut all = profiles(catalogue)?;
    if let Some(at) = all.iter().position(|profile| profile.id == id) {
        return Ok(all.swap_remove(at));
    }
    let names: Vec<&str> = all.iter().map(|profile| profile.id.as_str()).collect();
    let meant = suggest(id, names.iter().copied())
        .map(|near| format!("\n  bedoelde u `{near}`?"))
        .unwrap_or_default();
    Err(Failure::usage(format!(
        "onbekend profiel `{id}`{meant}\n  help: dit zijn de profielen: {}",
        names.join(", ")
    )))
}

/// The embedded norms with the profile of this name, and features from a folder instead when one is given.
pub fn norms(id: &str, features: Option<&Path>) -> Result<Norms, Failure> {
    let path = format!("profiles/{id}.toml");
    let Some(file) = embedded::profile_files().into_iter().find(|(own, _)| *own == path) else {
        // A wrong name gets its suggestions.
        profile(&catalogue()?, id)?;
        return Err(Failure::harness(format!("{path} is niet ingebouwd")));
    };
    let features = match features {
        None => Features::embedded_files(),
        Some(folder) => Features::files_in(folder).map_err(Failure::usage)?,
    };
    Norms::with_profile(file, features).map_err(Failure::usage)
}

/// The requirements to judge.
pub fn selection(
    catalogue: &Catalogue,
    profile: &Profile,
    variant: Option<&str>,
    only: Option<&str>,
) -> Result<Selection, Failure> {
    Selection::new(catalogue, profile, variant, only).map_err(Failure::usage)
}

/// The features: embedded, or of a folder.
pub fn features(folder: Option<&Path>) -> Result<Features, Failure> {
    match folder {
        None => Features::embedded().map_err(Failure::harness),
        Some(folder) => Features::in_folder(folder).map_err(Failure::usage),
    }
}
