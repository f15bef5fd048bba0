//! Values people give on the command line, read strictly.

use std::{fs, path::Path};

use keur_dossier::{
    dates::parse_day,
    statement::predicate::{Artefact, By, Scope},
};
use keur_evidence::{digest, event::RunStarted};
use time::Date;

use crate::exit::Failure;

/// Largest artefact that is read; evidence of people is a document or a picture.
const LARGEST: u64 = 32 << 20;

/// A day, `YYYY-MM-DD`.
pub fn day(option: &str, text: &str) -> Result<Date, Failure> {
    parse_day(text)
        .ok_or_else(|| Failure::usage(format!("{option}: `{text}` is geen dag\n  help: schrijf JJJJ-MM-DD")))
}

/// Who: "name, organisation, role"; what is left out stays empty.
pub fn by(text: &str) -> Result<By, Failure> {
    let mut parts = text.splitn(3, ',').map(|part| part.trim().to_owned());
    let mut next = || parts.next().unwrap_or_default();
    let by = By { name: next(), organisation: next(), role: next() };
    if by.name.is_empty() {
        return Err(Failure::usage(
            "--by: noem een naam\n  help: bijvoorbeeld --by \"A. Bakker, Keuring BV, assessor\"",
        ));
    }
    Ok(by)
}

/// The product and profile of a run.
pub fn scope(run: &RunStarted) -> Scope {
    Scope {
        vendor: run.product.vendor.clone(),
        name: run.product.name.clone(),
        version: run.product.version.clone(),
        profile: run.profile.clone(),
    }
}

/// Files a statement rests on. With `enclose` their bytes go into the run's blobs, and so into the bundle.
pub fn artefacts(files: &[std::path::PathBuf], enclose: Option<&Path>) -> Result<Vec<Artefact>, Failure> {
    files.iter().map(|file| artefact(file, enclose)).collect()
}

fn artefact(file: &Path, enclose: Option<&Path>) -> Result<Artefact, Failure> {
    let name = file.display();
    let wrong = |error: std::io::Error| Failure::usage(format!("{name} kan niet worden gelezen: {error}"));
    if fs::metadata(file).map_err(wrong)?.len() > LARGEST {
        return Err(Failure::usage(format!(
            "{name} is groter dan 32 MiB\n  help: geef een kleiner bestand, of een samenvatting ervan"
        )));
    }
    let bytes = fs::read(file).map_err(wrong)?;
    let sha256 = digest::hex(&bytes);
    if let Some(run) = enclose {
        let path = run.join("blobs").join("sha256").join(&sha256);
        fs::write(&path, bytes).map_err(|error| {
            Failure::usage(format!("{} kan niet worden geschreven: {error}", path.display()))
        })?;
    }
    let title = file.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    Ok(Artefact { title, sha256, blob: enclose.is_some() })
}
