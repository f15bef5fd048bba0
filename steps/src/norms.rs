//! The texts a run is judged by, as one whole: catalogue, profile and features. They travel with the evidence.

use keur_catalogue::{Catalogue, Problems, Profile, embedded};

use crate::features::{Features, FeaturesError};

/// Catalogue, profile and features, with the files they came from.
pub struct Norms {
    /// The catalogue.
    pub catalogue: Catalogue,
    /// The profile.
    pub profile: Profile,
    /// The features.
    pub features: Features,
    /// All files as (path in the repository, text).
    pub files: Vec<(String, String)>,
}

/// The texts cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum NormsError {
    /// The catalogue or the profile has problems.
    #[error("{0}")]
    Problems(Problems),
    /// The features have problems.
    #[error(transparent)]
    Features(#[from] FeaturesError),
    /// There is not exactly one profile.
    #[error("er hoort precies één profiel bij; hier zijn het er {0}")]
    Profiles(usize),
}

impl Norms {
    /// Reads a profile with the catalogue and the features around it.
    ///
    /// # Errors
    /// [`NormsError`].
    pub fn of_files(files: Vec<(String, String)>) -> Result<Self, NormsError> {
        let below = |folder: &str| -> Vec<(String, String)> {
            files.iter().filter(|(path, _)| path.starts_with(folder)).cloned().collect()
        };
        let catalogue = Catalogue::load(&below("profiles/eisen/")).map_err(NormsError::Problems)?;
        let profiles: Vec<_> = files.iter().filter(|(path, _)| is_profile(path)).collect();
        let [(path, text)] = profiles[..] else { return Err(NormsError::Profiles(profiles.len())) };
        let profile = Profile::parse(path, text, &catalogue).map_err(NormsError::Problems)?;
        let features =
            Features::about(below("features/"), |id| profile.requirements.iter().any(|own| own == id))?;
        Ok(Self { catalogue, profile, features, files })
    }

    /// The embedded texts with an embedded profile; none when there is no such profile.
    ///
    /// # Errors
    /// [`NormsError`]; tests guard that there is none.
    pub fn embedded(profile: &str) -> Result<Option<Self>, NormsError> {
        let path = format!("profiles/{profile}.toml");
        let found = embedded::profile_files().into_iter().find(|(own, _)| *own == path);
        found.map(|file| Self::with_profile(file, Features::embedded_files())).transpose()
    }

    /// A profile with the embedded catalogue and these feature files.
    ///
    /// # Errors
    /// [`NormsError`].
    pub fn with_profile(
        profile: (String, String),
        features: Vec<(String, String)>,
    ) -> Result<Self, NormsError> {
        let mut files = embedded::catalogue_files();
        files.push(profile);
        files.extend(features);
        Self::of_files(files)
    }
}

fn is_profile(path: &str) -> bool {
    path.strip_prefix("profiles/").is_some_and(|name| !name.contains('/') && name.ends_with(".toml"))
}
