//! A run of the reference product, recorded once and proven to be told well.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
    sync::atomic::{AtomicUsize, Ordering},
};

use keur_catalogue::Profile;
use keur_dossier::verify::{Editions, Options, verify_bytes};
use keur_evidence::{event::PlannedCase, limits::Limits};
use keur_observatory::generate::{Attempts, Kind, People, Planned, Sort, Stamp, Template};
use keur_reference::defects::{self, Defect};
use keur_steps::engine::{Progress, Voice};
use keur_verdict::Verdict;
use time::{Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;

use crate::{
    args::Global,
    commands::{
        block_on,
        conduct::{Keeping, Setup, own_digest},
        verify::{Again, known},
    },
    content,
    exit::Failure,
    product,
    progress::Bar,
};

/// Cases at once while recording.
const JOBS: usize = 8;
/// After so many cases a run is stopped.
const STOP: usize = 3;

/// What is recorded of a profile.
pub(super) struct Recording {
    profile: String,
    /// Of its folder.
    name: String,
    defects: Vec<String>,
    exam: bool,
    stopped: bool,
}

impl fmt::Display for Recording {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.profile, self.name)
    }
}

impl Recording {
    /// Clean, with each of the first so many defects, and unless only sound exams are wanted stopped, and in practice.
    pub(super) fn of(profile: &Profile, most: usize, sound: bool) -> Vec<Self> {
        let breaks = |defect: &Defect| {
            defect.variant.is_none() && defect.breaks.iter().any(|id| profile.requirements.contains(id))
        };
        let one = |name: &str, defects: Vec<String>| Self {
            profile: profile.id.clone(),
            name: name.to_owned(),
            defects,
            exam: true,
            stopped: false,
        };
        let broken = defects::all().into_iter().filter(breaks).take(most);
        let clean = std::iter::once(one("schoon", Vec::new()));
        let mut all: Vec<Self> =
            clean.chain(broken.map(|defect| one(&defect.name, vec![defect.name.clone()]))).collect();
        if !sound {
            all.push(Self { stopped: true, ..one("gestopt", Vec::new()) });
            all.push(Self { exam: false, ..one("oefening", Vec::new()) });
        }
        all
    }

    /// Records it, or takes what is there, and tells it once to see that the bundle verifies.
    pub(super) fn template(
        &self,
        people: &People,
        work: &Path,
        global: &Global,
    ) -> Result<(Kind, Template), Failure> {
        let place = work.join(&self.profile).join(&self.name);
        let folder = match recorded(&place) {
            Some(folder) => folder,
            None => self.record(&place, global)?,
        };
        let norms = content::norms(&self.profile, None)?;
        let selection = content::selection(&norms.catalogue, &norms.profile, None, None)?;
        let template = Template::open(&folder, norms.profile, selection).map_err(Failure::harness)?;
        let planned = Planned::plain(OffsetDateTime::now_utc() - Duration::days(40));
        let told = Stamp::new(&template).tell(&planned, &mut Attempts::default(), people);
        proven(told.map_err(Failure::harness)?.bytes, people)?;
        let sort = match template.verdict() {
            _ if !self.exam => Sort::Practice,
            _ if self.stopped => Sort::Interrupted,
            Verdict::Conform => Sort::Conform,
            Verdict::NotConform | Verdict::Incomplete => Sort::Wanting,
        };
        let waivable = sort == Sort::Wanting && template.is_waivable();
        Ok((Kind { profile: self.profile.clone(), sort, waivable }, template))
    }

    fn record(&self, place: &Path, global: &Global) -> Result<PathBuf, Failure> {
        // What an earlier recording that was cut off left there.
        let _ = fs::remove_dir_all(place);
        let norms = content::norms(&self.profile, None)?;
        let selection = content::selection(&norms.catalogue, &norms.profile, None, None)?;
        let (jobs, limits, harness_digest) = (JOBS, Limits::default(), own_digest());
        let setup = Setup { norms, selection, jobs, limits, harness_digest, exam: self.exam };
        let cancel = CancellationToken::new();
        let left = AtomicUsize::new(if self.stopped { STOP } else { usize::MAX });
        let progress = Stopping { bar: Bar::new(0, global.quiet), left, cancel: cancel.clone() };
        let conducted = block_on(async {
            let target = product::embedded(&setup.selection.variant, &self.defects).await?;
            setup.conduct(target, Keeping::Below(place), cancel, &progress).await
        })?;
        Ok(place.join(&conducted.result.run.id))
    }
}

/// The run that is in this folder.
fn recorded(place: &Path) -> Option<PathBuf> {
    let mut folders = fs::read_dir(place).ok()?.flatten().map(|entry| entry.path());
    // The ledger comes last.
    folders.find(|folder| folder.join(keur_dossier::bundle::LEDGER).is_file())
}

/// Verifies a bundle as the observatory will.
fn proven(bytes: Vec<u8>, people: &People) -> Result<(), Failure> {
    let trust = people.trusted();
    let (known, editions, again) = (known()?, Editions::default(), Again::default());
    let options = Options {
        trust: &trust,
        known: &known,
        editions: &editions,
        policy: None,
        previous: None,
        now: OffsetDateTime::now_utc(),
        recompute: &again,
    };
    match verify_bytes(bytes, &options).broken() {
        None => Ok(()),
        Some(step) => {
            let detail = step.detail.clone().unwrap_or_default();
            Err(Failure::harness(format!("{} {detail}", step.step)))
        }
    }
}

/// Stops the run after some cases.
struct Stopping {
    bar: Bar,
    left: AtomicUsize,
    cancel: CancellationToken,
}

impl Progress for Stopping {
    fn voice(&self) -> Voice {
        self.bar.voice()
    }

    fn started(&self, case: &PlannedCase) {
        self.bar.started(case);
    }

    fn finished(&self, case: &PlannedCase, clean: bool) {
        self.bar.finished(case, clean);
        if self.left.fetch_sub(1, Ordering::Relaxed) == 1 {
            self.cancel.cancel();
        }
    }
}
