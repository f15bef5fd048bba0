//! A template told of a made-up product at another moment: chained, judged, packed and signed anew, in memory.

use std::collections::BTreeMap;

use keur_dossier::{
    Envelope, Manifest, PublicKey, Statement,
    archive::{ArchiveError, Prepared, Writer, prepare},
    bundle::{BLOBS, JOURNAL, KEYS, LEDGER, RESULT, RUN, STATEMENTS},
    dates::{day_text, instant_text, parse_day, parse_instant},
    keys::practice_key,
    ledger::{Event as LedgerEvent, Finished, How, Line, Started},
    manifest::{self, ManifestFile},
    overlay::overlays,
    statement::{
        Predicate, Subject,
        predicate::{Run, Scope},
    },
};
use keur_evidence::{
    digest,
    event::{EXAM, Entry, Event, RunStarted},
    journal::GENESIS,
};
use keur_verdict::{RunResult, judge_with};
use time::{Duration, OffsetDateTime};

use super::{People, Planned, Template, TemplateError, people::Said};

/// The attempts of one made-up product under one profile so far, as a ledger has them.
#[derive(Debug, Clone, Default)]
pub struct Attempts {
    bytes: Vec<u8>,
    lines: u64,
    head: Option<String>,
}

/// A template with a journal of its own to write in.
pub struct Stamp<'t> {
    template: &'t Template,
    entries: Vec<Entry>,
}

/// The bundles of one run.
#[derive(Debug)]
pub struct Told {
    /// With all that was said of it.
    pub bytes: Vec<u8>,
    /// As it was before a certification body looked at it, when that is another.
    pub before: Option<Vec<u8>>,
}

/// The whole run, and where it ends in the chain.
struct Whole {
    journal: Vec<u8>,
    head: String,
    /// Its declaration, and where that stands.
    declared: (String, String),
    span: (OffsetDateTime, OffsetDateTime),
}

type Parts = Vec<(Prepared, Vec<u8>)>;

impl<'t> Stamp<'t> {
    /// For this template.
    #[must_use]
    pub fn new(template: &'t Template) -> Self {
        Self { entries: template.entries.clone(), template }
    }

    /// Tells it of this made-up product. `attempts` are those of the product under this profile until now; this one is
    /// added.
    ///
    /// # Errors
    /// When the recording is not whole.
    pub fn tell(
        &mut self,
        planned: &Planned,
        attempts: &mut Attempts,
        people: &People,
    ) -> Result<Told, TemplateError> {
        let whole = self.journal(planned)?;
        let started = self.started()?;
        let waivers = match planned.waived {
            Some(until) => people.waive(&self.template.failing, &scope(started), whole.span.0, until)?,
            None => Vec::new(),
        };
        let said = waivers.iter().map(|said| (said.spoken.0.as_str(), &said.spoken.1.statement));
        let overlays = overlays(said, started);
        let result = judge_with(&self.template.selection, &self.template.profile, &self.entries, &overlays)?;
        attempts.add(self, &result)?;
        let parts = parts(&whole, attempts, &result)?;
        let manifest = self.manifest(started, &whole, &parts);
        let run = Run::of(started, &whole.head, result.verdict, whole.span, whole.span.1);
        let run = Signed::run(run, &manifest, planned, people)?;
        let after = people.follow(planned.step, &manifest, &result, whole.span.1, &waivers)?;
        let pack = |said: &[Said]| self.pack(&parts, &manifest, &run, said);
        let before = if after.is_empty() { None } else { Some(pack(&waivers)?) };
        let all: Vec<Said> = waivers.iter().chain(&after).cloned().collect();
        Ok(Told { bytes: pack(&all)?, before })
    }

    /// Tells the journal anew, and chains it.
    fn journal(&mut self, planned: &Planned) -> Result<Whole, TemplateError> {
        let template = self.template;
        let later = planned.started - template.began;
        let number = planned.product + 1;
        let (vendor, name) =
            (format!("Voorbeeldleverancier {:03}", number / 8 + 1), format!("Voorbeeldproduct {number:04}"));
        let told = [("vendor", &vendor), ("name", &name), ("version", &planned.version)];
        let product_toml = declaration(&template.product_toml, &told);
        let hex = digest::hex(product_toml.as_bytes());
        let declared = format!("sha256:{hex}");
        let (mut journal, mut head) = (Vec::new(), GENESIS.to_owned());
        for ((entry, old), event) in self.entries.iter_mut().zip(&template.entries).zip(&template.events) {
            entry.at = parse_instant(&old.at).map_or_else(String::new, |at| instant_text(at + later));
            entry.prev.clone_from(&head);
            match (&mut entry.event, &old.event) {
                (Event::RunStarted(started), _) => {
                    let digits: String =
                        entry.at.chars().filter(|c| c.is_ascii_digit() || *c == 'T').take(18).collect();
                    started.run = format!("{digits}-{}", &hex[..6]);
                    started.product.vendor.clone_from(&vendor);
                    started.product.name.clone_from(&name);
                    started.product.version.clone_from(&planned.version);
                    started.product.declaration_digest.clone_from(&declared);
                }
                (Event::Enclosed(enclosed), _) if enclosed.what == "declaration" => {
                    for file in enclosed.files.iter_mut().filter(|file| file.name == "product.toml") {
                        file.blob.clone_from(&declared);
                    }
                }
                (Event::Attested(attested), Event::Attested(old)) => {
                    attested.date = shifted(&old.date, later);
                    attested.expires = shifted(&old.expires, later);
                }
                _ => {}
            }
            let from = journal.len();
            line(entry, event.as_deref(), &mut journal)?;
            head = digest::hex(journal.get(from..).unwrap_or_default());
            journal.push(b'\n');
        }
        let at = |entry: Option<&Entry>| entry.and_then(|entry| parse_instant(&entry.at));
        let span = at(self.entries.first()).zip(at(self.entries.last())).ok_or_else(|| self.no_run())?;
        Ok(Whole { journal, head, declared: (hex, product_toml), span })
    }

    fn started(&self) -> Result<&RunStarted, TemplateError> {
        match self.entries.first().map(|entry| &entry.event) {
            Some(Event::RunStarted(started)) => Ok(started),
            _ => Err(self.no_run()),
        }
    }

    fn no_run(&self) -> TemplateError {
        TemplateError::NoRun(self.template.profile.id.clone().into())
    }

    /// All files that are evidence, in order of their paths.
    fn evidence<'p>(&'p self, parts: &'p Parts) -> Vec<&'p (Prepared, Vec<u8>)> {
        let mut all: Vec<_> = self.template.blobs.iter().chain(parts).collect();
        all.sort_by_key(|(prepared, _)| prepared.path());
        all
    }

    fn manifest(&self, started: &RunStarted, whole: &Whole, parts: &Parts) -> Vec<u8> {
        let file = |(prepared, _): &(Prepared, Vec<u8>)| ManifestFile {
            path: prepared.path().to_owned(),
            size: prepared.size(),
            sha256: prepared.sha256.clone(),
            stored_sha256: prepared.stored_sha256.clone(),
        };
        let files = self.evidence(parts).into_iter().map(file).collect();
        Manifest::new(&started.run, &started.mode, &whole.head, files).to_bytes()
    }

    fn pack(
        &self,
        parts: &Parts,
        manifest: &[u8],
        run: &Signed,
        said: &[Said],
    ) -> Result<Vec<u8>, TemplateError> {
        let key_path = |key: &PublicKey| format!("{KEYS}{}.toml", key.hex_id());
        let mut plain = BTreeMap::from([
            (RUN.to_owned(), run.envelope.to_bytes()),
            (manifest::PATH.to_owned(), manifest.to_vec()),
            (key_path(&run.key), run.key.to_toml().into_bytes()),
        ]);
        let mut said: Vec<&Said> = said.iter().collect();
        said.sort_by_key(|said| &said.spoken.0);
        for (number, said) in (1..).zip(said) {
            let signed = &said.spoken.1;
            let kind = signed.statement.predicate.kind();
            plain.insert(format!("{STATEMENTS}{number:03}-{kind}.dsse.json"), said.envelope.to_bytes());
            plain.insert(key_path(&signed.key), signed.key.to_toml().into_bytes());
        }
        let mut writer = Writer::new(Vec::new());
        let mut plain = plain.into_iter().peekable();
        for (prepared, stored) in self.evidence(parts) {
            while let Some((path, bytes)) = plain.next_if(|(path, _)| path.as_str() < prepared.path()) {
                writer.add(&path, &bytes)?;
            }
            writer.put(prepared, stored.as_slice())?;
        }
        for (path, bytes) in plain {
            writer.add(&path, &bytes)?;
        }
        Ok(writer.finish()?)
    }
}

/// The run statement and who signed it.
struct Signed {
    envelope: Envelope,
    key: PublicKey,
}

impl Signed {
    fn run(run: Run, manifest: &[u8], planned: &Planned, people: &People) -> Result<Self, TemplateError> {
        let practice = practice_key(&run.journal_head);
        let (predicate, key) = if run.mode == EXAM {
            (Predicate::Run(run), people.operator(planned.signer))
        } else {
            (Predicate::PracticeRun(run), &practice)
        };
        let statement = Statement::new(vec![Subject::of(manifest::PATH, manifest)], predicate);
        let bytes = statement.to_bytes().map_err(super::people::SayError::from)?;
        // Whatever the days of the key: one of them has ended, and the verifier is to find that.
        Ok(Self { envelope: Envelope::sign(bytes, key)?, key: key.public().clone() })
    }
}

/// The files that are of this run alone.
fn parts(whole: &Whole, attempts: &Attempts, result: &RunResult) -> Result<Parts, TemplateError> {
    let own = |path: &str, bytes: &[u8]| -> Result<(Prepared, Vec<u8>), ArchiveError> {
        let (prepared, stored) = prepare(path, bytes)?;
        Ok((prepared, stored.into_owned()))
    };
    let (hex, product_toml) = &whole.declared;
    Ok(vec![
        own(&format!("{BLOBS}{hex}"), product_toml.as_bytes())?,
        own(JOURNAL, &whole.journal)?,
        own(LEDGER, &attempts.bytes)?,
        own(RESULT, &serde_json::to_vec_pretty(result)?)?,
    ])
}

impl Attempts {
    /// Adds this attempt.
    fn add(&mut self, stamp: &Stamp<'_>, result: &RunResult) -> Result<(), TemplateError> {
        let (Some(first), Some(last)) = (stamp.entries.first(), stamp.entries.last()) else {
            return Err(stamp.no_run());
        };
        let Event::RunFinished { how } = &last.event else { return Err(stamp.no_run()) };
        let started = Started { attempt: self.lines / 2 + 1, ..Started::of(stamp.started()?) };
        // A waiver came later.
        let verdict = Some(stamp.template.verdict);
        let finished = Finished { verdict, ..Finished::of(How::from(*how), result) };
        self.line(&first.at, LedgerEvent::Started(started))?;
        self.line(&last.at, LedgerEvent::Finished(finished))
    }

    fn line(&mut self, at: &str, event: LedgerEvent) -> Result<(), TemplateError> {
        let prev = self.head.take().unwrap_or_else(|| GENESIS.to_owned());
        let line = Line { seq: self.lines, prev, at: at.to_owned(), torn: false, event };
        let bytes = serde_json::to_vec(&line)?;
        self.head = Some(digest::hex(&bytes));
        self.lines += 1;
        self.bytes.extend(bytes);
        self.bytes.push(b'\n');
        Ok(())
    }
}

fn scope(started: &RunStarted) -> Scope {
    let product = &started.product;
    Scope {
        vendor: product.vendor.clone(),
        name: product.name.clone(),
        version: product.version.clone(),
        profile: started.profile.clone(),
    }
}

/// The line of an entry, as serialising it would give; of most, the long part is known.
fn line(entry: &Entry, event: Option<&str>, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let Some(event) = event else { return serde_json::to_writer(out, entry) };
    let Entry { seq, at, prev, .. } = entry;
    out.extend_from_slice(
        format!("{{\"seq\":{seq},\"at\":\"{at}\",\"prev\":\"{prev}\",\"event\":{event}}}").as_bytes(),
    );
    Ok(())
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
    use keur_evidence::event::RunEnd;

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

    #[test]
    fn a_line_of_known_parts_is_the_line_of_the_entry() {
        let event = Event::RunFinished { how: RunEnd::Completed };
        let at = "2026-01-02T03:04:05.006Z".to_owned();
        let entry = Entry { seq: 7, at, prev: GENESIS.to_owned(), event };
        let (mut known, mut plain) = (Vec::new(), Vec::new());
        let event = serde_json::to_string(&entry.event).expect("JSON");
        line(&entry, Some(&event), &mut known).expect("written");
        line(&entry, None, &mut plain).expect("written");
        assert_eq!(known, plain);
    }

    #[test]
    fn days_move_with_the_run() {
        assert_eq!(shifted("2026-01-30", Duration::days(3)), "2026-02-02");
        assert_eq!(shifted("later", Duration::days(3)), "later");
    }
}
