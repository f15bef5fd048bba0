//! From a judged run to the bytes of a report: shared by `run` and `report`.

use std::{collections::BTreeMap, fs, path::Path};

use keur_catalogue::{Lang, Profile, Requirement, Selection, conformity::Conformity};
use keur_evidence::event::Entry;
use keur_reports::{Blobs, Format, Report};
use keur_steps::norms::Norms;
use keur_verdict::RunResult;

use crate::exit::Failure;

/// Everything a report is made of, owned.
pub struct Dossier<'a> {
    /// The verdict.
    pub result: &'a RunResult,
    /// The journal.
    pub entries: &'a [Entry],
    /// The profile.
    pub profile: &'a Profile,
    conformity: &'a Conformity,
    requirements: Vec<Requirement>,
    kill_scores: BTreeMap<String, usize>,
}

impl<'a> Dossier<'a> {
    /// Gathers it.
    pub fn new(result: &'a RunResult, entries: &'a [Entry], norms: &'a Norms, selection: &Selection) -> Self {
        let requirements =
            selection.requirements.iter().map(|selected| selected.requirement.clone()).collect();
        let (profile, conformity) = (&norms.profile, &norms.catalogue.conformity);
        Self { result, entries, profile, conformity, requirements, kill_scores: kill_scores() }
    }

    /// The report in a language.
    pub fn report<'b>(&'b self, blobs: &'b dyn Blobs, lang: Lang) -> Report<'b> {
        Report {
            result: self.result,
            profile: self.profile,
            requirements: &self.requirements,
            conformity: self.conformity,
            entries: self.entries,
            blobs,
            lang,
            kill_scores: Some(&self.kill_scores),
            stamps: &[],
            signed: &[],
        }
    }
}

/// Requirement id → number of defects of the reference product that turn it red.
pub fn kill_scores() -> BTreeMap<String, usize> {
    let mut scores = BTreeMap::new();
    for id in keur_reference::defects::all().into_iter().flat_map(|defect| defect.breaks) {
        *scores.entry(id).or_default() += 1;
    }
    scores
}

/// Every format this program can make.
fn formats() -> impl Iterator<Item = &'static dyn Format> {
    let formats = keur_reports::formats();
    #[cfg(feature = "pdf")]
    let formats = formats.chain([&keur_pdf::Pdf as &dyn Format]);
    formats
}

/// The report format of this name.
pub fn format_named(name: &str) -> Result<&'static dyn Format, Failure> {
    formats().find(|format| format.name() == name).ok_or_else(|| match name {
        "pdf" => Failure::usage(
            "deze keur kan geen pdf maken\n  help: bouw keur met pdf: cargo run --release --features pdf -- report …",
        ),
        _ => {
            let names: Vec<&str> = formats().map(|format| format.name()).collect();
            let near = keur_catalogue::suggest(name, names.iter().copied());
            let meant = near.map(|near| format!("\n  bedoelde u `{near}`?")).unwrap_or_default();
            Failure::usage(format!("onbekend rapportformaat `{name}`{meant}\n  mogelijk: {}", names.join(", ")))
        }
    })
}

/// Renders a report.
pub fn render(format: &dyn Format, report: &Report<'_>) -> Result<Vec<u8>, Failure> {
    format.render(report).map_err(Failure::harness)
}

/// Writes the files every run's folder has.
pub fn write_folder(folder: &Path, report: &Report<'_>) -> Result<(), Failure> {
    let mut formats = keur_reports::FORMATS.iter().filter(|format| format.in_folder());
    formats.try_for_each(|format| write(&folder.join(format.file_name()), *format, report))
}

/// Renders a report to a file, making its folder.
pub fn write(path: &Path, format: &dyn Format, report: &Report<'_>) -> Result<(), Failure> {
    let bytes = render(format, report)?;
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, bytes));
    written.map_err(|error| Failure::usage(format!("{} kan niet worden geschreven: {error}", path.display())))
}
