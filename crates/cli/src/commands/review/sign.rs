//! Evaluation, second look and decision: signed, and added to a copy of the bundle.

use std::{fs, path::Path};

use keur_dossier::{
    Statement,
    bundle::append,
    keys::SigningKey,
    review::{ReviewError, decide, evaluate, fill_in, second},
    statement::predicate::{Decision, DecisionOutcome, Review as Second},
};
use time::{Date, OffsetDateTime};

use super::Dossier;
use crate::{
    args::{Decide, Review},
    commands::given::day,
    exit::{Exit, Failure},
    output,
};

/// Largest worksheet that is read.
const LARGEST: u64 = 4 << 20;

pub(super) fn run(args: &Review, dossier: &Dossier, now: OffsetDateTime) -> Result<Exit, Failure> {
    // The command line asks for both with every step that signs.
    let (Some(key), Some(out)) = (&args.sign, &args.out) else {
        return Err(Failure::usage("geef --sign SLEUTEL en --out BESTAND"));
    };
    let key = SigningKey::open(key).map_err(Failure::usage)?;
    let (statement, told) = if let Some(sheet) = &args.evaluate {
        (evaluation(sheet, dossier, now)?, "Evaluatie")
    } else if args.second {
        let remarks = args.remark.as_deref().unwrap_or_default().trim().to_owned();
        if remarks.is_empty() {
            return Err(Failure::usage("--remark: schrijf waarop uw mening rust"));
        }
        let review = Second { agrees: args.agree, remarks, signed_at: now };
        (second(&dossier.said, key.public(), review).map_err(Failure::usage)?, "Tweede beoordeling")
    } else {
        let decision = decision(args, now)?;
        let decided = decide(&dossier.said, &dossier.result, key.public(), decision);
        (decided.map_err(Failure::usage)?, "Besluit")
    };
    let envelope = statement.sign(&key).map_err(|error| {
        Failure::usage(format!("{error}\n  help: keur keys new --role … maakt een sleutel met een rol"))
    })?;
    let made = append(&dossier.bundle, &envelope, key.public(), out).map_err(Failure::usage)?;
    output::result(&format!(
        " {told} toegevoegd door {}, {}\n {}   {} bytes, {} onderdelen\n sha256         {}\n Controleren    keur verify {}\n",
        key.public().holder.name,
        key.public().holder.organisation,
        out.display(),
        made.size,
        made.entries,
        made.sha256,
        out.display()
    ));
    Ok(Exit::Conform)
}

fn evaluation(sheet: &Path, dossier: &Dossier, now: OffsetDateTime) -> Result<Statement, Failure> {
    let name = sheet.display().to_string();
    let io = |error: std::io::Error| {
        Failure::usage(format!("{name}: {error}\n  help: geef een ingevuld werkblad van hoogstens 4 MiB"))
    };
    if fs::metadata(sheet).map_err(io)?.len() > LARGEST {
        return Err(io(std::io::ErrorKind::FileTooLarge.into()));
    }
    let text = fs::read_to_string(sheet).map_err(io)?;
    let manifest = dossier.bundle.manifest();
    let made = fill_in(&name, &text, manifest, &dossier.items, &dossier.judged())
        .and_then(|filled| evaluate(filled, &manifest.to_bytes(), &dossier.said, &dossier.result, now));
    made.map_err(|error| match error {
        ReviewError::NothingToRecommend(_) => Failure::usage(format!("{name}: {error}")),
        error => Failure::usage(error),
    })
}

fn decision(args: &Review, now: OffsetDateTime) -> Result<Decision, Failure> {
    let outcome = match args.decide {
        Some(Decide::Granted) => DecisionOutcome::Granted,
        Some(Decide::Conditional) => DecisionOutcome::Conditional,
        Some(Decide::Suspended) => DecisionOutcome::Suspended,
        Some(Decide::Withdrawn) => DecisionOutcome::Withdrawn,
        Some(Decide::Refused) | None => DecisionOutcome::Refused,
    };
    let grants = matches!(outcome, DecisionOutcome::Granted | DecisionOutcome::Conditional);
    let valid_until = match &args.valid_until {
        Some(text) => day("--valid-until", text)?,
        None if grants => {
            return Err(Failure::usage(
                "een certificaat heeft een laatste dag\n  help: noem haar met --valid-until JJJJ-MM-DD",
            ));
        }
        // What is not granted holds from now on.
        None => Date::MAX,
    };
    let words = |text: &String| text.trim().to_owned();
    Ok(Decision {
        outcome,
        conditions: args.condition.iter().map(words).filter(|text| !text.is_empty()).collect(),
        valid_until,
        certificate: args.certificate.as_ref().map(words).filter(|text| !text.is_empty()),
        signed_at: now,
    })
}
