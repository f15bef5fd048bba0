//! Publishing: the whole new site beside the old one, and then one step from old to new. A reader sees the one or the
//! other, never half of each: the published folder is a link, and a link is replaced at once.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use keur_evidence::digest::to_hex;
use sha2::{Digest, Sha256};

use crate::output::Output;

/// The site cannot be published.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The file system refused.
    #[error("{path}: {source}\n  help: controleer de rechten en de ruimte op deze plaats", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Another build writes there now.
    #[error("{path}: een andere keur bouwt nu op deze plaats\n  help: wacht tot die klaar is, of kies een andere plaats met --out", path = path.display())]
    Busy {
        /// Where.
        path: PathBuf,
    },
    /// Something stands there that is not ours.
    #[error("{path} bestaat al en is niet door keur gepubliceerd\n  help: geef met --out een nieuwe of lege map", path = path.display())]
    Taken {
        /// Where.
        path: PathBuf,
    },
}

fn refused(path: &Path) -> impl Fn(io::Error) -> PublishError + use<> {
    let path = path.to_owned();
    move |source| PublishError::Io { path: path.clone(), source }
}

/// A site that is being written, beside the one that is published.
#[derive(Debug)]
pub struct Publication {
    out: PathBuf,
    versions: PathBuf,
    part: PathBuf,
    sum: Sha256,
    /// Held until this build ends: its index and the versions beside the site are changed by one build at a time.
    _turn: fs::File,
}

/// Begins the names of what is not a version of the site.
const NEW: &str = "nieuw-";
/// The file whose lock says whose turn it is.
const TURN: &str = "nieuw-aan-de-beurt";

impl Publication {
    /// Begins a site to be published at `out`.
    ///
    /// # Errors
    /// When something stands there that keur did not publish, another build is writing there, or the place cannot be written.
    pub fn begin(out: &Path) -> Result<Self, PublishError> {
        let versions = beside(out, "versies");
        let ours =
            fs::read_link(out).is_ok_and(|target| target.parent().is_some_and(|at| versions.ends_with(at)));
        let free = !out.exists() || fs::read_dir(out).is_ok_and(|mut inside| inside.next().is_none());
        if !ours && (!free || fs::read_link(out).is_ok()) {
            return Err(PublishError::Taken { path: out.to_owned() });
        }
        fs::create_dir_all(&versions).map_err(refused(&versions))?;
        let turn = versions.join(TURN);
        let file = fs::File::create(&turn).map_err(refused(&turn))?;
        file.try_lock().map_err(|error| match error {
            fs::TryLockError::WouldBlock => PublishError::Busy { path: out.to_owned() },
            fs::TryLockError::Error(source) => refused(&turn)(source),
        })?;
        let part = versions.join(format!("{NEW}deel"));
        // Left by a build that was cut off.
        let _ = fs::remove_dir_all(&part);
        fs::create_dir_all(&part).map_err(refused(&part))?;
        Ok(Self { out: out.to_owned(), versions, part, sum: Sha256::new(), _turn: file })
    }

    /// Publishes what was written; the version before it stays until the next one, for those who are reading.
    ///
    /// # Errors
    /// When it cannot be put in place; the old site is then still there.
    pub fn publish(self) -> Result<(), PublishError> {
        let name = &to_hex(&self.sum.clone().finalize())[..16];
        let version = self.versions.join(name);
        let before =
            fs::read_link(&self.out).ok().and_then(|target| target.file_name().map(ToOwned::to_owned));
        if version.exists() {
            // The same bytes were published before.
            fs::remove_dir_all(&self.part).map_err(refused(&self.part))?;
        } else {
            fs::rename(&self.part, &version).map_err(refused(&version))?;
        }
        self.point(name)?;
        for old in fs::read_dir(&self.versions).into_iter().flatten().flatten() {
            let old_name = old.file_name();
            let kept = old_name == name || Some(&old_name) == before.as_ref();
            if !kept && !old_name.to_string_lossy().starts_with(NEW) {
                let _ = fs::remove_dir_all(old.path());
            }
        }
        Ok(())
    }

    /// Makes `out` a link to this version, in one step.
    #[cfg(unix)]
    fn point(&self, name: &str) -> Result<(), PublishError> {
        let target = Path::new(self.versions.file_name().unwrap_or_default()).join(name);
        let link = self.versions.join(format!("{NEW}link"));
        let _ = fs::remove_file(&link);
        // Relative, so that the folder around it can be moved.
        std::os::unix::fs::symlink(&target, &link).map_err(refused(&link))?;
        if fs::read_link(&self.out).is_err() {
            // An empty folder makes place for the link.
            let _ = fs::remove_dir(&self.out);
        }
        fs::rename(&link, &self.out).map_err(refused(&self.out))
    }

    /// Where links need rights, the folder itself is replaced: there is a moment without a site, never with half of one.
    #[cfg(not(unix))]
    fn point(&self, name: &str) -> Result<(), PublishError> {
        let old = self.versions.join("oud");
        let _ = fs::remove_dir_all(&old);
        if self.out.exists() {
            fs::rename(&self.out, &old).map_err(refused(&self.out))?;
        }
        fs::rename(self.versions.join(name), &self.out).map_err(refused(&self.out))
    }
}

impl Output for Publication {
    fn file(&mut self, path: &str, bytes: &[u8]) -> io::Result<()> {
        for part in [path.as_bytes(), bytes] {
            self.sum.update((part.len() as u64).to_be_bytes());
            self.sum.update(part);
        }
        let path = self.part.join(path);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder)?;
        }
        fs::write(path, bytes)
    }
}

impl Drop for Publication {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.part);
    }
}

/// `<out>.<what>`, beside it.
#[must_use]
pub fn beside(out: &Path, what: &str) -> PathBuf {
    let mut name = out.file_name().unwrap_or(std::ffi::OsStr::new("observatorium")).to_owned();
    name.push(".");
    name.push(what);
    out.with_file_name(name)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn publish(out: &Path, text: &str) {
        let mut publication = Publication::begin(out).expect("a place");
        publication.file("nl/index.html", text.as_bytes()).expect("written");
        publication.publish().expect("published");
    }

    #[test]
    fn a_reader_sees_the_old_site_until_the_new_one_is_whole() {
        let place = tempfile::tempdir().expect("a folder");
        let out = place.path().join("site");
        publish(&out, "een");
        let mut publication = Publication::begin(&out).expect("a place");
        publication.file("nl/index.html", b"twee").expect("written");
        assert_eq!(fs::read(out.join("nl/index.html")).expect("the old one"), b"een");
        drop(publication);
        assert_eq!(fs::read(out.join("nl/index.html")).expect("still the old one"), b"een");
        for text in ["twee", "drie", "drie"] {
            publish(&out, text);
            assert_eq!(fs::read(out.join("nl/index.html")).expect("the new one"), text.as_bytes());
        }
        // Two versions, and whose turn it is.
        assert!(fs::read_dir(place.path().join("site.versies")).expect("versions").count() <= 3);
    }

    #[test]
    fn builds_of_one_site_take_turns_and_one_that_was_cut_off_leaves_nothing() {
        let place = tempfile::tempdir().expect("a folder");
        let out = place.path().join("site");
        let mut first = Publication::begin(&out).expect("a place");
        assert!(matches!(Publication::begin(&out), Err(PublishError::Busy { .. })));
        first.file("half.html", b"half").expect("written");
        // Cut off: nobody cleans up, and the lock ends with the process.
        first.part = place.path().join("elders");
        drop(first);
        publish(&out, "een");
        assert!(!out.join("half.html").exists() && out.join("nl/index.html").exists());
    }

    #[test]
    fn what_is_not_ours_is_left_alone() {
        let place = tempfile::tempdir().expect("a folder");
        let out = place.path().join("site");
        fs::create_dir(&out).expect("an empty folder");
        publish(&out, "een");
        let other = place.path().join("foto's");
        fs::create_dir(&other).expect("a folder");
        fs::write(other.join("kat.jpg"), "kat").expect("a file");
        assert!(matches!(Publication::begin(&other), Err(PublishError::Taken { .. })));
        assert!(other.join("kat.jpg").exists());
    }
}
