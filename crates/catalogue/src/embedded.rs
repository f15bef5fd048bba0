//! The content that comes with keur: catalogue, profiles, schemas.

use include_dir::{Dir, include_dir};

use crate::{Catalogue, conformity::Conformity};

static PROFILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../../profiles");

/// The catalogue files as (path in the repository, text), by name.
#[must_use]
pub fn catalogue_files() -> Vec<(String, String)> {
    files(PROFILES.get_dir("eisen"), "toml")
}

/// The profile files, by name.
#[must_use]
pub fn profile_files() -> Vec<(String, String)> {
    files(Some(&PROFILES), "toml")
}

/// The JSON Schemas, by name.
#[must_use]
pub fn schema_files() -> Vec<(String, String)> {
    files(PROFILES.get_dir("schema"), "json")
}

/// The keys of the declaration of conformity; none when the embedded content is broken, which a test guards.
#[must_use]
pub fn conformity() -> Conformity {
    Catalogue::load(&catalogue_files()).map(|catalogue| catalogue.conformity).unwrap_or_default()
}

fn files(folder: Option<&Dir<'static>>, extension: &str) -> Vec<(String, String)> {
    let mut found: Vec<_> = folder
        .into_iter()
        .flat_map(Dir::files)
        .filter(|file| file.path().extension().is_some_and(|e| e == extension))
        .filter_map(|file| {
            // Forward slashes on every system: the path is part of the digest.
            let path = file.path().to_str()?.replace('\\', "/");
            Some((format!("profiles/{path}"), file.contents_utf8()?.to_owned()))
        })
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Profile;

    #[test]
    fn the_embedded_content_loads_without_problems() {
        let catalogue = Catalogue::load(&catalogue_files()).unwrap_or_else(|problems| panic!("{problems}"));
        assert!(!catalogue.requirements.is_empty());
        for (path, text) in profile_files() {
            if let Err(problems) = Profile::parse(&path, &text, &catalogue) {
                panic!("{problems}");
            }
        }
    }

    #[test]
    fn paths_are_those_of_the_repository() {
        assert!(catalogue_files().iter().all(|(path, _)| path.starts_with("profiles/eisen/")));
    }
}
