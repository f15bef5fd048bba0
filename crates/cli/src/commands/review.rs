//! `keur review`: what people decide about a bundle, one signed statement at a time.

mod list;
mod sign;
mod since;

use std::{collections::BTreeSet, fs, io::Write, path::Path, sync::Arc};

use keur_dossier::{
    Bundle, Verification, ledger,
    review::{Item, Spoken, blank, items},
};
use keur_steps::norms::Norms;
use keur_verdict::RunResult;
use time::OffsetDateTime;

use crate::{
    args::{Global, Review},
    commands::verify::{Wanted, verification},
    evidence::Evidence,
    exit::{Exit, Failure},
    output,
};

/// A bundle as those who decide about it need it.
struct Dossier {
    bundle: Arc<Bundle>,
    evidence: Evidence,
    norms: Norms,
    /// The verdict by what the journal says was seen.
    result: RunResult,
    said: Vec<Spoken>,
    items: Vec<Item>,
}

impl Dossier {
    fn open(path: &Path, now: OffsetDateTime) -> Result<Self, Failure> {
        let damaged = |error: &dyn std::fmt::Display| Failure {
            exit: Exit::VerifyFailed,
            message: format!("{}: {error}", path.display()),
        };
        let bundle = Arc::new(Bundle::open(path).map_err(|error| damaged(&error))?);
        let evidence = Evidence::of_bundle(Arc::clone(&bundle))?;
        let norms = evidence.norms()?;
        let result = evidence.judged(&norms, &evidence.selection(&norms)?)?;
        let said = bundle.signed().map_err(|error| damaged(&error))?;
        let ledger = bundle.ledger().map_err(|error| damaged(&error))?;
        let flaky = ledger::verify(&ledger).map_err(|error| damaged(&error))?.flaky;
        let title = |id: &str| {
            norms.catalogue.get(id).map(|requirement| requirement.title.nl.clone()).unwrap_or_default()
        };
        let items = items(&result, &said, &flaky, now.date(), &title);
        Ok(Self { bundle, evidence, norms, result, said, items })
    }

    /// Every requirement that was judged.
    fn judged(&self) -> BTreeSet<&str> {
        self.result.requirements.iter().map(|requirement| requirement.id.as_str()).collect()
    }
}

pub fn run(args: &Review, _: &Global) -> Result<Exit, Failure> {
    if !args.bundle.is_file() {
        return Err(Failure::usage(format!(
            "{} is geen bestand\n  help: maak een bundel van de map van een uitvoering met: keur bundle MAP",
            args.bundle.display()
        )));
    }
    let now = OffsetDateTime::now_utc();
    let wanted = Wanted {
        trust: &args.trust,
        policy: args.policy.as_deref(),
        previous: args.previous.as_deref(),
        now,
    };
    let checked = verification(&args.bundle, &wanted)?;
    let listing = args.write.is_none() && args.evaluate.is_none() && !args.second && args.decide.is_none();
    if !listing {
        sound(&args.bundle, &checked)?;
    }
    let dossier = Dossier::open(&args.bundle, now)?;
    if let Some(path) = &args.write {
        return write(path, &dossier, args);
    }
    if !listing {
        return sign::run(args, &dossier, now);
    }
    match &args.previous {
        None => list::run(args, &dossier, &checked)?,
        Some(path) => {
            // What was asked then counts only when that bundle can be trusted too.
            sound(path, &verification(path, &Wanted { previous: None, ..wanted })?)?;
            since::run(args, &dossier, &Dossier::open(path, now)?, &checked)?;
        }
    }
    Ok(if checked.valid { Exit::Conform } else { Exit::VerifyFailed })
}

/// Nobody evaluates or decides on a bundle that does not verify.
fn sound(path: &Path, verification: &Verification) -> Result<(), Failure> {
    let Some(step) = verification.broken() else { return Ok(()) };
    let message = format!(
        "{} is niet in orde bij {} ({}): {}\n  help: controleer haar met keur verify; geef de openbare sleutels die u vertrouwt met --trust",
        path.display(),
        step.step,
        step.file.as_deref().unwrap_or("de bundel"),
        step.detail.as_deref().unwrap_or(step.title)
    );
    Err(Failure { exit: Exit::VerifyFailed, message })
}

/// A worksheet somebody works in is never overwritten.
fn write(path: &Path, dossier: &Dossier, args: &Review) -> Result<Exit, Failure> {
    let text = blank(dossier.bundle.manifest(), &dossier.items);
    let written = fs::OpenOptions::new().write(true).create_new(true).open(path);
    written.and_then(|mut file| file.write_all(text.as_bytes())).map_err(|error| {
        Failure::usage(format!(
            "{}: {error}\n  help: kies een andere naam; een bestaand werkblad wordt niet overschreven",
            path.display()
        ))
    })?;
    output::result(&format!(
        " Werkblad       {}   {} eisen om over te beslissen\n Volgende stap  vul het in, en daarna: keur review {} --evaluate {} --sign SLEUTEL --out NIEUW\n",
        path.display(),
        dossier.items.len(),
        args.bundle.display(),
        path.display()
    ));
    Ok(Exit::Conform)
}
