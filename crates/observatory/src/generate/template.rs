//! A recorded run that is told anew of another product at another moment.

use std::{
    fs, io,
    path::{Path, PathBuf},
};

use keur_catalogue::{Profile, Selection};
use keur_dossier::{
    SigningKey,
    bundle::{BundleError, JOURNAL, LEDGER, RESULT, pack},
    dates::{day_text, instant_text, parse_day, parse_instant},
    ledger::{Event as LedgerEvent, Finished, Line, Started},
};
use keur_evidence::{
    digest,
    event::{Entry, Event, RunEnd},
    journal::{self, GENESIS, JournalError},
};
use keur_verdict::{JudgeError, RunResult, judge};
use time::{Duration, OffsetDateTime};

use super::Planned;

/// A recorded exam of the reference product, in a folder of its own that every retelling overwrites.
pub struct Template {
    folder: PathBuf,
    entries: Vec<Entry>,
    product_toml: String,
    began: OffsetDateTime,
    profile: Profile,
    selection: Selection,
}

/// A run that cannot be told anew.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    /// The file system refused.
    #[error("{path}: {source}", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The recorded run.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// It is no whole run of a declared product.
    #[error("{0}: dit is geen hele uitvoering met een opgave")]
    NoRun(PathBuf),
    /// The verdict.
    #[error(transparent)]
    Judge(#[from] JudgeError),
    /// The bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// A part is not JSON.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
}

fn io_at(path: &Path) -> impl Fn(io::Error) -> TemplateError + use<> {
    let path = path.to_owned();
    move |source| TemplateError::Io { path: path.clone(), source }
}

impl Template {
    /// Opens the folder of a recorded run, with the norms it was judged by.
    ///
    /// # Errors
    /// When it is not a whole run.
    pub fn open(folder: &Path, profile: Profile, selection: Selection) -> Result<Self, TemplateError> {
        let entries = journal::read(folder)?;
        let no_run = || TemplateError::NoRun(folder.to_owned());
        let began = entries.first().and_then(|entry| parse_instant(&entry.at)).ok_or_else(no_run)?;
        let declaration = entries.iter().find_map(|entry| match &entry.event {
            Event::Enclosed(enclosed) if enclosed.what == "declaration" => {
                enclosed.files.iter().find(|file| file.name == "product.toml")
            }
            _ => None,
        });
        let bytes = declaration.and_then(|file| journal::read_blob(folder, &file.blob)).ok_or_else(no_run)?;
        let product_toml = String::from_utf8(bytes).map_err(|_| no_run())?;
        Ok(Self { folder: folder.to_owned(), entries, product_toml, began, profile, selection })
    }

    /// Tells it of this made-up product, and packs it. `ledger` are the product's attempts so far. Returns when it ended.
    ///
    /// # Errors
    /// When nothing can be written.
    pub fn tell(
        &self,
        planned: &Planned,
        ledger: &mut Vec<Line>,
        key: &SigningKey,
        out: &Path,
    ) -> Result<OffsetDateTime, TemplateError> {
        let entries = self.entries(planned)?;
        let result = judge(&self.selection, &self.profile, &entries)?;
        let mut journal = Vec::new();
        for entry in &entries {
            serde_json::to_writer(&mut journal, entry)?;
            journal.push(b'\n');
        }
        self.attempt(&entries, &result, ledger)?;
        let mut lines = Vec::new();
        for line in ledger.iter() {
            serde_json::to_writer(&mut lines, line)?;
            lines.push(b'\n');
        }
        for (name, bytes) in
            [(JOURNAL, journal), (RESULT, serde_json::to_vec_pretty(&result)?), (LEDGER, lines)]
        {
            let path = self.folder.join(name);
            fs::write(&path, bytes).map_err(io_at(&path))?;
        }
        pack(&self.folder, Some(key), out)?;
        let ended = entries.last().and_then(|entry| parse_instant(&entry.at));
        Ok(ended.unwrap_or(planned.started))
    }

    /// The journal of another product at another moment, chained anew.
    fn entries(&self, planned: &Planned) -> Result<Vec<Entry>, TemplateError> {
        let later = planned.started - self.began;
        let number = planned.product + 1;
        let (vendor, name) =
            (format!("Voorbeeldleverancier {:03}", number / 8 + 1), format!("Voorbeeldproduct {number:04}"));
        let told = [("vendor", &vendor), ("name", &name), ("version", &planned.version)];
        let product_toml = declaration(&self.product_toml, &told);
        let hex = digest::hex(product_toml.as_bytes());
        let blob = self.folder.join("blobs").join("sha256").join(&hex);
        fs::write(&blob, &product_toml).map_err(io_at(&blob))?;
        let declared = format!("sha256:{hex}");
        let mut head = GENESIS.to_owned();
        let mut entries = self.entries.clone();
        for entry in &mut entries {
            entry.at = parse_instant(&entry.at).map_or_else(String::new, |at| instant_text(at + later));
            entry.prev.clone_from(&head);
            match &mut entry.event {
                Event::RunStarted(started) => {
                    let digits: String =
                        entry.at.chars().filter(|c| c.is_ascii_digit() || *c == 'T').take(18).collect();
                    started.run = format!("{digits}-{}", &hex[..6]);
                    started.product.vendor.clone_from(&vendor);
                    started.product.name.clone_from(&name);
                    started.product.version.clone_from(&planned.version);
                    started.product.declaration_digest.clone_from(&declared);
                }
                Event::Enclosed(enclosed) if enclosed.what == "declaration" => {
                    for file in enclosed.files.iter_mut().filter(|file| file.name == "product.toml") {
                        file.blob.clone_from(&declared);
                    }
                }
                Event::Attested(attested) => {
                    attested.date = shifted(&attested.date, later);
                    attested.expires = shifted(&attested.expires, later);
                }
                _ => {}
            }
            head = digest::hex(&serde_json::to_vec(entry)?);
        }
        Ok(entries)
    }

    /// Adds this attempt to the ledger.
    fn attempt(
        &self,
        entries: &[Entry],
        result: &RunResult,
        ledger: &mut Vec<Line>,
    ) -> Result<(), TemplateError> {
        let no_run = || TemplateError::NoRun(self.folder.clone());
        let (Some(first), Some(last)) = (entries.first(), entries.last()) else { return Err(no_run()) };
        let (Event::RunStarted(started), Event::RunFinished { how }) = (&first.event, &last.event) else {
            return Err(no_run());
        };
        let attempt = ledger.len() as u64 / 2 + 1;
        let how: RunEnd = *how;
        let events = [
            (&first.at, LedgerEvent::Started(Started { attempt, ..Started::of(started) })),
            (&last.at, LedgerEvent::Finished(Finished::of(how.into(), result))),
        ];
        for (at, event) in events {
            let prev = match ledger.last() {
                None => GENESIS.to_owned(),
                Some(line) => digest::hex(&serde_json::to_vec(line)?),
            };
            ledger.push(Line { seq: ledger.len() as u64, prev, at: at.clone(), torn: false, event });
        }
        Ok(())
    }
}

/// A day so much later; what is no day stays as it is.
fn shifted(day: &str, later: Duration) -> String {
    parse_day(day).and_then(|day| day.checked_add(later)).map_or_else(|| day.to_owned(), day_text)
}

/// A declaration with other values in its section `[product]`; every other line stays as it is.
fn declaration(text: &str, told: &[(&str, &String)]) -> String {
    let mut inside = false;
    let mut out = String::new();
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            inside = line.trim() == "[product]";
        }
        let key = line.split('=').next().unwrap_or_default().trim();
        match told.iter().find(|(name, _)| inside && *name == key) {
            Some((name, value)) => out.push_str(&format!("{name} = {value:?}\n")),
            None => out.push_str(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_product_is_renamed() {
        let text = "name = 1\n[product]\nvendor = \"A\"\nname = \"B\"\n[identity]\nname = \"C\"\n";
        let told = [("vendor", &"X".to_owned()), ("name", &"Y".to_owned())];
        assert_eq!(
            declaration(text, &told),
            "name = 1\n[product]\nvendor = \"X\"\nname = \"Y\"\n[identity]\nname = \"C\"\n"
        );
    }
}
