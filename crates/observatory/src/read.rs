//! From files to what they prove: every bundle verified in thirteen steps, its verdict recomputed, on all processors,
//! with as many bundles in memory as there are processors.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read},
    num::NonZero,
    path::PathBuf,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use keur_dossier::verify::{Options, verify_kept};
use keur_evidence::digest;

use crate::{
    gather::Found,
    index::{Index, Verified},
    record::Record,
};

/// Larger files are not read: one must fit in memory for every processor.
pub const LARGEST: u64 = 64 << 20;

/// What was found in all files.
#[derive(Debug, Default)]
pub struct Reading {
    /// By digest of the bytes.
    pub bundles: BTreeMap<String, Verified>,
    /// Files that could be read, with the digest of their bytes, in order of their paths.
    pub files: Vec<(Found, String)>,
    /// Files that could not, in order of their paths.
    pub unread: Vec<(PathBuf, Unread)>,
    /// Bundles that were verified now, and not before.
    pub verified: usize,
}

/// Why a file was not read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unread {
    /// It changed while it was read, twice.
    Changed,
    /// The file system refused.
    Unreadable,
    /// It is larger than [`LARGEST`].
    TooLarge,
}

/// What came of one file.
enum One {
    Known(String),
    New(String, Verified),
    Unread(Unread),
}

/// Reads and verifies the files; `progress` is told after each how many are done.
pub fn read(
    files: Vec<Found>,
    index: &Index,
    options: &Options<'_>,
    progress: &(dyn Fn(usize) + Sync),
) -> Reading {
    let (next, done) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let claimed = Mutex::new(BTreeSet::new());
    let work = || {
        let mut found = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(file) = files.get(at) else { return found };
            found.push((at, one(file, index, &claimed, options)));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1);
        }
    };
    let threads = thread::available_parallelism().map_or(1, NonZero::get).min(files.len().max(1));
    let mut all: Vec<(usize, One)> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let join = |thread: thread::ScopedJoinHandle<'_, _>| match thread.join() {
            Ok(found) => found,
            Err(panic) => std::panic::resume_unwind(panic),
        };
        threads.into_iter().flat_map(join).collect()
    });
    all.sort_by_key(|(at, _)| *at);
    let mut reading = Reading::default();
    for (file, (_, one)) in files.into_iter().zip(all) {
        match one {
            One::Unread(why) => reading.unread.push((file.path, why)),
            One::Known(digest) => {
                if let Some(known) = index.bundle(&digest) {
                    reading.bundles.entry(digest.clone()).or_insert_with(|| known.clone());
                }
                reading.files.push((file, digest));
            }
            One::New(digest, verified) => {
                reading.verified += 1;
                reading.bundles.insert(digest.clone(), verified);
                reading.files.push((file, digest));
            }
        }
    }
    reading
}

fn one(file: &Found, index: &Index, claimed: &Mutex<BTreeSet<String>>, options: &Options<'_>) -> One {
    if let Some(digest) = index.digest(file) {
        return One::Known(digest.to_owned());
    }
    let bytes = match bytes(file) {
        Ok(bytes) => bytes,
        Err(why) => return One::Unread(why),
    };
    let digest = digest::hex(&bytes);
    let new = claimed.lock().unwrap_or_else(PoisonError::into_inner).insert(digest.clone());
    // A copy of a bundle that another thread has taken, or that is known, needs no second look.
    if !new || index.bundle(&digest).is_some() {
        return One::Known(digest);
    }
    let verified = verified(bytes, options);
    One::New(digest, verified)
}

/// Verifies one bundle.
fn verified(bytes: Vec<u8>, options: &Options<'_>) -> Verified {
    let (verification, bundle) = verify_kept(bytes, options);
    let broken = |step: &str, detail: String| Verified::Broken { step: step.to_owned(), detail };
    if let Some(step) = verification.broken() {
        return broken(step.step, step.detail.clone().unwrap_or_default());
    }
    match bundle.filter(|_| verification.valid).map(|bundle| Record::of(&bundle)) {
        Some(Ok(record)) => Verified::Sound(Box::new(record)),
        Some(Err(error)) => broken("V1", error.to_string()),
        None => broken("V1", String::new()),
    }
}

/// The bytes of a file that did not change while they were read.
fn bytes(file: &Found) -> Result<Vec<u8>, Unread> {
    for _ in 0..2 {
        let before = Found::at(&file.path).map_err(|_| Unread::Unreadable)?;
        if before.size > LARGEST {
            return Err(Unread::TooLarge);
        }
        let read = || -> io::Result<Vec<u8>> {
            let mut bytes = Vec::with_capacity(usize::try_from(before.size).unwrap_or_default());
            fs::File::open(&file.path)?.take(LARGEST + 1).read_to_end(&mut bytes)?;
            Ok(bytes)
        };
        let bytes = read().map_err(|_| Unread::Unreadable)?;
        let after = Found::at(&file.path).map_err(|_| Unread::Changed)?;
        if before == after && bytes.len() as u64 == after.size {
            return Ok(bytes);
        }
    }
    Err(Unread::Changed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_read_says_why() {
        let place = tempfile::tempdir().expect("a folder");
        let path = |name: &str| place.path().join(name);
        let found = |name: &str| Found { path: path(name), size: 1, written: 0 };
        fs::File::create(path("groot")).and_then(|file| file.set_len(LARGEST + 1)).expect("a sparse file");
        fs::write(path("heel"), "heel").expect("a file");
        // Found before, and gone by now; and a folder in its place.
        assert_eq!(bytes(&found("weg")), Err(Unread::Unreadable));
        fs::create_dir(path("map")).expect("a folder");
        assert_eq!(bytes(&found("map")), Err(Unread::Unreadable));
        assert_eq!(bytes(&found("groot")), Err(Unread::TooLarge));
        // As it is now, whatever it was when it was found.
        assert_eq!(bytes(&found("heel")), Ok(b"heel".to_vec()));
    }
}
