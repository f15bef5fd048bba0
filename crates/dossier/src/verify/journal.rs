//! V3: the chain, and that manifest and verdict are about this journal. The chain itself was checked while reading.

use keur_evidence::{event::Entry, journal};

use super::{
    facts::Facts,
    step::{Checked, Fault},
};
use crate::bundle::{Bundle, JOURNAL, RESULT};

pub(super) fn check(bundle: &Bundle, facts: Option<&Facts>, entries: &[Entry]) -> Checked {
    let no_start =
        || Fault::new(JOURNAL, "het journaal begint niet met het begin van een run, op een tijdstip");
    let started = &facts.ok_or_else(no_start)?.started;
    let manifest = bundle.manifest();
    let head = journal::head(entries);
    if manifest.journal_head != head {
        return Err(Fault::new(crate::manifest::PATH, "het manifest gaat over een ander journaal"));
    }
    if (&manifest.run, &manifest.mode) != (&started.run, &started.mode) {
        return Err(Fault::new(crate::manifest::PATH, "run of soort run is niet die van het journaal"));
    }
    let result = bundle.result().map_err(|error| Fault::of(RESULT, &error))?;
    if result.run.journal_head != head || result.run.id != started.run {
        return Err(Fault::new(RESULT, "het oordeel gaat over een ander journaal"));
    }
    Ok(())
}
