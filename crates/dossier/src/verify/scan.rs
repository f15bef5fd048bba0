//! One pass over all entries, on two threads: sound content (V1), digests (V2), privacy (V12).

use std::{
    io::{BufRead, BufReader, Read},
    sync::atomic::{AtomicUsize, Ordering},
};

use super::{
    digests,
    facts::Facts,
    privacy::Privacy,
    step::{Checked, Fault},
};
use crate::{
    archive::Content,
    bundle::{Bundle, JOURNAL},
    digest::{Sha256Sink, hex},
};

/// Entries are large or many, never both: two are enough to keep disk and processor busy within bounded memory.
const THREADS: usize = 2;

/// What the pass found.
pub(super) struct Scan {
    pub(super) archive: Checked,
    pub(super) digests: Checked,
    pub(super) privacy: Checked,
}

impl Scan {
    pub(super) fn of(bundle: &Bundle, facts: Option<&Facts>) -> Self {
        let privacy = Privacy::new(bundle, facts);
        let next = AtomicUsize::new(0);
        let work = || {
            let mut found = Vec::new();
            while let Some(entry) = bundle.archive().entries().get(next.fetch_add(1, Ordering::Relaxed)) {
                found.push((entry.path.as_str(), one(bundle, &entry.path, &privacy)));
            }
            found
        };
        let mut found: Vec<_> = std::thread::scope(|scope| {
            let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect()
        });
        // The order of the files, not of the threads, decides which fault is told.
        found.sort_by_key(|(path, _)| *path);
        let mut all = Self { archive: Ok(()), digests: Ok(()), privacy: Ok(()) };
        if found.len() != bundle.archive().entries().len() {
            all.archive = Err(Fault::new(crate::manifest::PATH, "niet alle bestanden konden worden gelezen"));
        }
        for (_, one) in found {
            all.archive = all.archive.and(one.archive);
            all.digests = all.digests.and(one.digests);
            all.privacy = all.privacy.and(one.privacy);
        }
        all
    }
}

fn one(bundle: &Bundle, path: &str, privacy: &Privacy) -> Scan {
    let read = if path == JOURNAL {
        bundle.archive().open_entry(path).map_err(|error| Fault::of(path, &error)).and_then(|content| {
            let (sha256, size, residue) = lines(content, privacy).map_err(|error| Fault::of(path, &error))?;
            Ok((sha256, size, residue))
        })
    } else {
        bundle
            .archive()
            .read(path)
            .map_err(|error| Fault::of(path, &error))
            .map(|bytes| (hex(&bytes), bytes.len() as u64, privacy.file(path, &bytes)))
    };
    match read {
        Err(fault) => Scan { archive: Err(fault), digests: Ok(()), privacy: Ok(()) },
        Ok((sha256, size, privacy)) => {
            Scan { archive: Ok(()), digests: digests::entry(bundle, path, &sha256, size), privacy }
        }
    }
}

/// The journal line by line: it can be larger than memory should hold. Returns digest, size and what was found.
fn lines(content: Content<'_>, privacy: &Privacy) -> std::io::Result<(String, u64, Checked)> {
    let mut reader = BufReader::with_capacity(1 << 16, content);
    let (mut sink, mut size, mut found) = (Sha256Sink::default(), 0, Ok(()));
    let mut line = Vec::new();
    for number in 1_usize.. {
        line.clear();
        let read = reader.by_ref().take(LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            break;
        }
        std::io::Write::write_all(&mut sink, &line)?;
        size += read as u64;
        if found.is_ok() {
            found = privacy.json(&format!("{JOURNAL}:{number}"), &line);
        }
    }
    Ok((sink.hex(), size, found))
}

/// A longer line is looked at in pieces; the journal's own reader refuses it.
const LONGEST_LINE: u64 = 8 << 20;
