//! The files of a whole history, made on all processors: every product has its own.

use std::{
    collections::BTreeMap,
    fs, io,
    num::NonZero,
    path::{Path, PathBuf},
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
    thread,
};

use super::{
    Fate, Kind, People, Planned, Stamp, Template, TemplateError, spoil,
    stamp::{Attempts, Told},
};

/// A history that is written down.
pub struct Writing<'a> {
    /// What the templates are.
    pub kinds: &'a [Kind],
    /// The templates, in that order.
    pub templates: &'a [Template],
    /// Who signs.
    pub people: &'a People,
    /// Where the bundles go.
    pub folder: &'a Path,
}

/// A file that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum FileError {
    /// The file system refused.
    #[error("{path}: {source}\n  help: controleer de rechten en de ruimte op deze plaats", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The run.
    #[error("{name}: {source}")]
    Template {
        /// The file it was for.
        name: String,
        /// Why.
        source: Box<TemplateError>,
    },
}

/// What was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Written {
    /// Files.
    pub files: usize,
    /// Their bytes.
    pub bytes: u64,
}

impl Writing<'_> {
    /// Writes the files of these runs, which stand together by product and are in order of time by profile. `progress`
    /// is told after each run how many are done.
    ///
    /// # Errors
    /// The first file that cannot be made.
    pub fn write(
        &self,
        planned: &[Planned],
        progress: &(dyn Fn(usize) + Sync),
    ) -> Result<Written, FileError> {
        let products: Vec<&[Planned]> = planned.chunk_by(|a, b| a.product == b.product).collect();
        let (next, done, failed) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicBool::new(false));
        let work = || -> Result<Written, FileError> {
            let mut stamps = BTreeMap::new();
            let mut written = Written::default();
            while let Some(runs) = products.get(next.fetch_add(1, Ordering::Relaxed)) {
                let mut attempts: BTreeMap<&str, Attempts> = BTreeMap::new();
                for run in *runs {
                    if failed.load(Ordering::Relaxed) {
                        return Ok(written);
                    }
                    let told = self.tell(run, &mut stamps, &mut attempts);
                    let told = told.and_then(|told| self.put(run, told, &mut written));
                    failed.fetch_or(told.is_err(), Ordering::Relaxed);
                    told?;
                    progress(done.fetch_add(1, Ordering::Relaxed) + 1);
                }
            }
            Ok(written)
        };
        let threads = thread::available_parallelism().map_or(1, NonZero::get).min(products.len().max(1));
        thread::scope(|scope| {
            let threads: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            let join = |thread: thread::ScopedJoinHandle<'_, _>| match thread.join() {
                Ok(written) => written,
                Err(panic) => std::panic::resume_unwind(panic),
            };
            threads.into_iter().map(join).try_fold(Written::default(), |sum, written| {
                let written: Written = written?;
                Ok(Written { files: sum.files + written.files, bytes: sum.bytes + written.bytes })
            })
        })
    }

    fn name(&self, run: &Planned) -> String {
        let profile = self.kinds.get(run.template).map_or("", |kind| kind.profile.as_str());
        format!("{:05}-{profile}-{}", run.product + 1, run.attempt)
    }

    fn tell<'s>(
        &'s self,
        run: &Planned,
        stamps: &mut BTreeMap<usize, Stamp<'s>>,
        attempts: &mut BTreeMap<&'s str, Attempts>,
    ) -> Result<Told, FileError> {
        let stamp = stamps.entry(run.template).or_insert_with(|| Stamp::new(&self.templates[run.template]));
        let attempts = attempts.entry(&self.kinds[run.template].profile).or_default();
        stamp
            .tell(run, attempts, self.people)
            .map_err(|source| FileError::Template { name: self.name(run), source: Box::new(source) })
    }

    /// Writes what arrives of a run.
    fn put(&self, run: &Planned, told: Told, written: &mut Written) -> Result<(), FileError> {
        let name = self.name(run);
        let mut file = |name: String, bytes: &[u8]| {
            let path = self.folder.join(name);
            written.files += 1;
            written.bytes += bytes.len() as u64;
            fs::write(&path, bytes).map_err(|source| FileError::Io { path, source })
        };
        match (run.fate, &told.before) {
            (Fate::Twice, _) => file(format!("{name}-kopie.keur"), &told.bytes)?,
            (Fate::Before, Some(before)) => file(format!("{name}-eerder.keur"), before)?,
            _ => {}
        }
        file(format!("{name}.keur"), &spoil(told.bytes, run.fate, run.place))
    }
}
