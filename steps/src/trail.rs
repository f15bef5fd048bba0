//! The log of the product, or of a gateway before it, laid beside a run when its last case has ended.

use std::{fs::File, io::Read, path::Path};

use keur_catalogue::Product;
use keur_evidence::{
    Seam, Stop,
    event::{Enclosed, EnclosedFile, Entry, Event},
    journal::JournalError,
    replay::Blobs,
    trail::{MAX_BYTES, PRODUCT_LOG, Trail, join},
};
use std::sync::Arc;

const PURPOSE: &str = "het logboek van het product naast de uitvoering gelegd";

/// The file, or why it cannot be read.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(|error| error.to_string())?;
    file.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > MAX_BYTES {
        return Err(format!("groter dan {} MiB", MAX_BYTES >> 20));
    }
    Ok(bytes)
}

/// Reads the declared log, keeps it without its secrets, and lays it beside what was recorded. A number outside the
/// declared test set stops the run, and nothing of the log is kept.
pub(crate) fn record(seam: &Arc<Seam>, product: &Product, path: &Path) -> Result<(), JournalError> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let log = match read(path) {
        Ok(log) => log,
        Err(why) => {
            observe(seam, &Trail { name, unreadable: Some(why), ..Trail::default() });
            return Ok(());
        }
    };
    let Ok(kept) = seam.case("").of_others(&log) else { return Ok(()) };
    let trail = join(&seam.store().entries(), &addresses(product), &name, &kept);
    if let Some(blob) = seam.store().blob(&kept)? {
        let files = vec![EnclosedFile { name, blob }];
        seam.append(Event::Enclosed(Enclosed { what: PRODUCT_LOG.to_owned(), files }))?;
    }
    observe(seam, &trail);
    Ok(())
}

/// The same on a record: the log that was kept then, laid beside it again.
pub(crate) fn again(
    seam: &Arc<Seam>,
    product: &Product,
    entries: &[Entry],
    blobs: &dyn Blobs,
) -> Result<(), JournalError> {
    let kept = entries.iter().enumerate().find_map(|(at, entry)| match &entry.event {
        Event::Enclosed(enclosed) if enclosed.what == PRODUCT_LOG => Some((at, enclosed)),
        _ => None,
    });
    if let Some((at, enclosed)) = kept
        && let Some(file) = enclosed.files.first()
    {
        seam.append(Event::Enclosed(enclosed.clone()))?;
        let log = blobs.get(&file.blob).unwrap_or_default();
        observe(seam, &join(&entries[..at], &addresses(product), &file.name, &log));
        return Ok(());
    }
    // Nothing was kept: it was empty, or could not be read.
    let said = entries.iter().find_map(|entry| match &entry.event {
        Event::Observation(one) if one.what == PRODUCT_LOG => serde_json::from_value(one.facts.clone()).ok(),
        _ => None,
    });
    if let Some(trail) = said {
        observe(seam, &trail);
    }
    Ok(())
}

fn observe(seam: &Arc<Seam>, trail: &Trail) {
    let facts = serde_json::to_value(trail).unwrap_or_default();
    // When evidence cannot be written, the end of the run cannot either.
    let _: Result<String, Stop> = seam.case("").observe(PRODUCT_LOG, PURPOSE, facts);
}

/// Where the product is asked what belongs in its log: not at the hooks, which are there for the test.
fn addresses(product: &Product) -> Vec<String> {
    let all = &product.endpoints;
    let others = [
        &all.token_endpoint,
        &all.other_tenant_fhir_base,
        &all.introspection,
        &all.revocation,
        &all.notification,
        &all.api,
    ];
    let fhir = Some(all.fhir_base.clone()).filter(|base| !base.is_empty());
    others.into_iter().flatten().cloned().chain(fhir).collect()
}
