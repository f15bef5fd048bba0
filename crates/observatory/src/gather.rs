//! The files to read: every file below the given paths once, whatever links or mounts say.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

/// Most files that are read.
const MOST: usize = 1_000_000;
/// Folders deeper than this are not entered.
const DEEPEST: usize = 32;

/// A file and what tells whether it changed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    /// Where it stands.
    pub path: PathBuf,
    /// Its length.
    pub size: u64,
    /// Nanoseconds since 1970 at which it was last written.
    pub written: i128,
}

/// The paths cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum GatherError {
    /// A path that was asked for is not there.
    #[error("{path}: {source}\n  help: geef bestanden of mappen met bundels (.keur)", path = path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// More than is read.
    #[error("er zijn meer dan {MOST} bestanden\n  help: geef een map met alleen bundels")]
    TooMany,
}

impl Found {
    /// The file at this path.
    ///
    /// # Errors
    /// When it is not there.
    pub fn at(path: &Path) -> io::Result<Self> {
        let about = fs::metadata(path)?;
        let written = about.modified()?.duration_since(std::time::UNIX_EPOCH);
        let written = written.map_or_else(|early| -as_nanos(early.duration()), as_nanos);
        Ok(Self { path: path.to_owned(), size: about.len(), written })
    }
}

fn as_nanos(span: std::time::Duration) -> i128 {
    i128::try_from(span.as_nanos()).unwrap_or(i128::MAX)
}

/// All files: those named, and in folders those whose name ends in `.keur`. In order of their paths; a file that is
/// reached twice is there once. Hidden folders are not entered.
///
/// # Errors
/// When a named path is not there, or there are too many.
pub fn files(paths: &[PathBuf]) -> Result<Vec<Found>, GatherError> {
    let mut found = Vec::new();
    let mut seen = BTreeSet::new();
    for path in paths {
        let named = |source| GatherError::Io { path: path.clone(), source };
        let real = fs::canonicalize(path).map_err(named)?;
        if real.is_dir() {
            fs::read_dir(&real).map_err(named)?;
            walk(&real, 0, &mut seen, &mut found)?;
        } else if seen.insert(real.clone()) {
            found.push(Found::at(&real).map_err(named)?);
        }
    }
    found.sort();
    Ok(found)
}

/// What vanishes or cannot be entered while walking is passed over: nobody asked for it by name.
fn walk(
    folder: &Path,
    depth: usize,
    seen: &mut BTreeSet<PathBuf>,
    found: &mut Vec<Found>,
) -> Result<(), GatherError> {
    // A link to a folder above comes back to a real path that was seen.
    if depth > DEEPEST || !seen.insert(folder.to_owned()) {
        return Ok(());
    }
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let name = entry.file_name();
        let hidden = name.to_string_lossy().starts_with('.');
        let Ok(path) = fs::canonicalize(entry.path()) else { continue };
        if path.is_dir() && !hidden {
            walk(&path, depth + 1, seen, found)?;
        } else if path.is_file() && Path::new(&name).extension().is_some_and(|end| end == "keur") {
            if seen.len() >= MOST {
                return Err(GatherError::TooMany);
            }
            if seen.insert(path.clone())
                && let Ok(file) = Found::at(&path)
            {
                found.push(file);
            }
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_that_go_round_and_names_that_are_no_bundles_are_passed_over() {
        let place = tempfile::tempdir().expect("a folder");
        let below = place.path().join("a/b");
        fs::create_dir_all(&below).expect("folders");
        for name in ["a/one.keur", "a/b/two.keur", "a/notes.txt"] {
            fs::write(place.path().join(name), name).expect("a file");
        }
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(place.path(), below.join("round")).expect("a link");
            std::os::unix::fs::symlink("one.keur", place.path().join("a/same.keur")).expect("a link");
        }
        let asked = [place.path().to_owned(), below, place.path().join("a/one.keur")];
        let names: Vec<String> = files(&asked)
            .expect("found")
            .iter()
            .map(|file| file.path.file_name().unwrap_or_default().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["two.keur", "one.keur"]);
        assert!(files(&[place.path().join("nothing")]).is_err());
    }
}
