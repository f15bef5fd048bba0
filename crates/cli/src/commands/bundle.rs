//! `keur bundle`: one signed file of a run's folder.

use std::{fs, path::Path};

use keur_dossier::{
    Ledger,
    bundle::{LEDGER, RESULT, pack},
    keys::SigningKey,
    ledger::{Finished, How},
};
use keur_evidence::event::Event;

use crate::{
    args::{Bundle, Global},
    commands::rendering::{Dossier, write_folder},
    evidence::Evidence,
    exit::{Exit, Failure},
    output,
};

pub fn run(args: &Bundle, _: &Global) -> Result<Exit, Failure> {
    let evidence = Evidence::open_torn(&args.dir)?;
    let ended = matches!(evidence.entries.last().map(|entry| &entry.event), Some(Event::RunFinished { .. }));
    if !ended || !args.dir.join(RESULT).is_file() {
        close(&args.dir, &evidence)?;
    }
    let key = args.sign.as_deref().map(SigningKey::open).transpose().map_err(Failure::usage)?;
    let out = args.out.clone().unwrap_or_else(|| format!("{}.keur", evidence_run(&evidence)).into());
    let packed = pack(&args.dir, key.as_ref(), &out).map_err(Failure::usage)?;
    let signed = if packed.practice {
        "oefenhandtekening: bewijst dat niets is veranderd, niet wie tekende; niet voor certificering"
    } else {
        "ondertekend"
    };
    output::result(&format!(
        " {}   {} bytes, {} onderdelen\n sha256      {}\n {signed}\n Controleren keur verify {}\n",
        packed.path.display(),
        packed.size,
        packed.entries,
        packed.sha256,
        packed.path.display()
    ));
    Ok(Exit::Conform)
}

fn evidence_run(evidence: &Evidence) -> String {
    evidence.started().map(|started| started.run.clone()).unwrap_or_default()
}

/// A run that was cut off has no verdict and no end in the ledger yet: it gets both, as an aborted attempt.
fn close(dir: &Path, evidence: &Evidence) -> Result<(), Failure> {
    let started = evidence.started()?;
    let norms = evidence.norms()?;
    let selection = evidence.selection(&norms)?;
    let result = evidence.judged(&norms, &selection)?;
    let blobs = evidence.blobs();
    let dossier = Dossier::new(&result, &evidence.entries, &norms, &selection);
    write_folder(dir, &dossier.report(blobs.as_ref(), keur_catalogue::Lang::Nl))?;
    let parent = fs::canonicalize(dir).ok().and_then(|dir| dir.parent().map(Path::to_owned));
    let parent = parent.unwrap_or_default();
    let ledger = Ledger::of(&parent, &started.product.vendor, &started.product.name, &started.profile);
    let how = match evidence.entries.last().map(|entry| &entry.event) {
        Some(Event::RunFinished { how }) => (*how).into(),
        _ => How::Aborted,
    };
    // When a later attempt began, it closed this one already.
    let _ = ledger.finish(Finished::of(how, &result));
    ledger
        .copy_into(dir, &started.run)
        .map_err(|error| Failure::usage(format!("{}: {error}", dir.join(LEDGER).display())))
}
