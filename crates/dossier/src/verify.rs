//! Offline verification in thirteen steps: from "is this a bundle" to "is the verdict what the evidence says".

mod archive;
mod declaration;
mod digests;
mod facts;
mod journal;
mod ledger;
mod norms;
mod page;
mod people;
mod policy;
mod privacy;
mod scan;
mod signatures;
mod step;
mod times;
mod verdict;

pub use self::{
    norms::{Editions, KnownNorms},
    page::page,
    step::{BundleRef, Outcome, RunRef, Step, Verification, title},
    verdict::{Recompute, Recomputed},
};

use std::path::Path;
use std::sync::Arc;

use time::OffsetDateTime;

use self::{
    facts::Facts,
    scan::Scan,
    signatures::Statements,
    step::{Fault, Steps},
};
use crate::{
    archive::{Archive, ArchiveError, Limits},
    bundle::Bundle,
    keys::PublicKey,
    policy::Policy,
};

/// What a verifier knows and wants.
pub struct Options<'a> {
    /// Public keys that came to the verifier by another way than the bundle.
    pub trust: &'a [PublicKey],
    /// The norms this keur knows.
    pub known: &'a KnownNorms,
    /// The editions of norms that were read already.
    pub editions: &'a Editions,
    /// The scheme's policy.
    pub policy: Option<&'a Policy>,
    /// An earlier bundle of the same product and profile.
    pub previous: Option<&'a Bundle>,
    /// The verifier's clock.
    pub now: OffsetDateTime,
    /// Judges the stored evidence again.
    pub recompute: &'a dyn Recompute,
}

/// Verifies a bundle.
#[must_use]
pub fn verify(path: &Path, options: &Options<'_>) -> Verification {
    let archive = Archive::open(path, &Limits::default());
    verify_archive(archive, &path.display().to_string(), options).0
}

/// Verifies a bundle that is in memory.
#[must_use]
pub fn verify_bytes(bytes: Vec<u8>, options: &Options<'_>) -> Verification {
    verify_kept(bytes, options).0
}

/// The same, and the bundle itself, when it could be opened: what is read of it is what was verified.
#[must_use]
pub fn verify_kept(bytes: Vec<u8>, options: &Options<'_>) -> (Verification, Option<Arc<Bundle>>) {
    verify_archive(Archive::from_bytes(bytes, &Limits::default()), "bundel", options)
}

fn verify_archive(
    archive: Result<Archive, ArchiveError>,
    name: &str,
    options: &Options<'_>,
) -> (Verification, Option<Arc<Bundle>>) {
    let mut steps = Steps::default();
    let archive = match archive {
        Ok(archive) => archive,
        Err(error) => {
            steps.add("V1", || Err(Fault::of(error.entry().unwrap_or(name), &error)));
            return (steps.finish(None, None, None), None);
        }
    };
    let file = archive.file_digest().ok();
    let missing = archive::complete(&archive);
    let bundle = match Bundle::from_archive(archive) {
        Ok(bundle) => Arc::new(bundle),
        Err(error) => {
            steps.add("V1", || missing);
            steps.add("V2", || Err(Fault::of(crate::manifest::PATH, &error)));
            return (steps.finish(file, None, None), None);
        }
    };
    let (entries, facts) = match bundle.journal() {
        Ok(entries) => {
            let facts = Facts::of(&bundle, &entries);
            (Ok(entries), facts)
        }
        Err(error) => (Err(Fault::of(crate::bundle::JOURNAL, &error)), None),
    };
    let scan = Scan::of(&bundle, facts.as_ref());
    steps.add("V1", || missing.and(scan.archive));
    steps.add("V2", || scan.digests.and_then(|()| digests::blobs(&bundle, facts.as_ref())));
    let mut journal = Vec::new();
    steps.add("V3", || {
        journal = entries?;
        journal::check(&bundle, facts.as_ref(), &journal)
    });
    steps.add("V12", || scan.privacy);
    let run = facts.as_ref().map(|facts| RunRef::of(&facts.started, &bundle.manifest().journal_head));
    // Without a start or a verdict there is nothing to say more about; V3 told so.
    let (Some(facts), Ok(result)) = (facts, bundle.result()) else {
        return (steps.finish(file, run, None), Some(bundle));
    };
    let mut people = Statements::default();
    steps.add_noted("V4", || {
        let (statements, notes) = signatures::check(&bundle, &facts, &result, options.trust)?;
        people = statements;
        Ok(notes)
    });
    steps.add_noted("V5", || times::check(&facts, &people, options.now));
    steps.add_noted("V6", || norms::check(&facts, options));
    steps.add("V7", || norms::requirements(&bundle, &facts, &result, options.editions));
    steps.add_noted("V8", || ledger::check(&bundle, &facts, &result, options.previous));
    steps.add_noted("V9", || verdict::check(&bundle, journal, options.recompute));
    steps.add_noted("V10", || people::check(&bundle, &facts, &result, &people, options.now));
    steps.add_noted("V11", || declaration::check(&bundle, &facts, &result));
    steps.add_noted("V13", || policy::check(&bundle, &facts, &result, &people, options.policy));
    (steps.finish(file, run, Some(&result)), Some(bundle))
}
