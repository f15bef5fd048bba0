//! `keur attest` and `keur waive`: a person's statement about a requirement, as a signed object of its own.

use std::path::Path;

use keur_catalogue::requirement::Method;
use keur_dossier::{
    Statement,
    bundle::add_statement,
    dates::day_text,
    keys::{SigningKey, practice_key},
    statement::{
        Predicate, Subject,
        predicate::{Attestation, Basis, Found, Waiver},
    },
};
use keur_evidence::journal;
use keur_reports::terminal;
use time::{Duration, OffsetDateTime};

use crate::{
    args::{Attest, AttestBasis, AttestOutcome, Global, Waive},
    commands::{
        given::{artefacts, by, day, scope},
        rendering::{Dossier, write_folder},
    },
    evidence::Evidence,
    exit::{Exit, Failure},
    output,
};

/// How long a statement holds when nothing else is said.
const LIFE: Duration = Duration::days(365);

pub fn attest(args: &Attest, global: &Global) -> Result<Exit, Failure> {
    let evidence = Evidence::open(&args.dir)?;
    let started = evidence.started()?;
    let norms = evidence.norms()?;
    let id = requirement(&evidence, &args.requirement)?;
    let method = norms.catalogue.get(&id).map(|requirement| requirement.method);
    if method == Some(Method::Test) {
        return Err(Failure::usage(format!(
            "{id} wordt gemeten; een verklaring telt daar niet\n  help: verklaar alleen over eisen die een mens beoordeelt; keur plan {} noemt ze",
            started.profile
        )));
    }
    let now = OffsetDateTime::now_utc();
    let date = args.date.as_deref().map_or(Ok(now.date()), |text| day("--date", text))?;
    let expires =
        args.expires.as_deref().map_or(Ok(date.saturating_add(LIFE)), |text| day("--expires", text))?;
    if expires < date {
        return Err(Failure::usage("--expires ligt voor --date"));
    }
    if args.artefact.is_empty() {
        return Err(Failure::usage(
            "een verklaring rust op een bewijsstuk\n  help: geef het bestand met --artefact BESTAND",
        ));
    }
    let head = journal::head(&evidence.entries);
    let key = match &args.sign {
        Some(path) => SigningKey::open(path).map_err(Failure::usage)?,
        None if started.mode == "practice" => practice_key(&head),
        None => {
            return Err(Failure::usage(
                "bij een examen moet een verklaring zijn ondertekend\n  help: geef de sleutel van de assessor met --sign SLEUTEL",
            ));
        }
    };
    let said = Attestation {
        requirement: id.clone(),
        outcome: match args.outcome {
            AttestOutcome::Satisfied => Found::Satisfied,
            AttestOutcome::NotSatisfied => Found::NotSatisfied,
            AttestOutcome::NotApplicable => Found::NotApplicable,
        },
        statement: args.statement.clone().unwrap_or_else(|| "Zie het bewijsstuk.".to_owned()),
        basis: match args.basis {
            AttestBasis::Certificate => Basis::Certificate,
            AttestBasis::Document => Basis::Document,
            AttestBasis::Demonstration => Basis::Demonstration,
            AttestBasis::Interview => Basis::Interview,
        },
        by: by(&args.by)?,
        witnessed: args.witnessed,
        date,
        expires,
        scope: scope(started),
        artefacts: artefacts(&args.artefact, args.enclose.then_some(args.dir.as_path()))?,
        signed_at: now,
    };
    let predicate =
        if args.sign.is_some() { Predicate::Attestation(said) } else { Predicate::PracticeAttestation(said) };
    let statement = Statement::new(vec![Subject::run(&started.run, &head)], predicate);
    add(&args.dir, &statement, &key)?;
    told(
        &args.dir,
        &format!("Verklaring over {id} toegevoegd, geldig tot en met {}.", day_text(expires)),
        global,
    )
}

pub fn waive(args: &Waive, global: &Global) -> Result<Exit, Failure> {
    let evidence = Evidence::open(&args.dir)?;
    let started = evidence.started()?;
    let id = requirement(&evidence, &args.requirement)?;
    let now = OffsetDateTime::now_utc();
    let granted = args.granted.as_deref().map_or(Ok(now.date()), |text| day("--granted", text))?;
    let expires = day("--expires", &args.expires)?;
    if expires < granted {
        return Err(Failure::usage("--expires ligt voor --granted"));
    }
    if args.reason.trim().is_empty() {
        return Err(Failure::usage("--reason: een ontheffing heeft een reden"));
    }
    let mut scope = scope(started);
    if args.every_version {
        "*".clone_into(&mut scope.version);
    }
    let key = SigningKey::open(&args.sign).map_err(Failure::usage)?;
    let waiver = Waiver {
        requirement: id.clone(),
        scope: scope.clone(),
        reason: args.reason.trim().to_owned(),
        granted,
        expires,
        artefacts: artefacts(&args.artefact, args.enclose.then_some(args.dir.as_path()))?,
        by: by(&args.by)?,
        signed_at: now,
    };
    let statement = Statement::new(vec![Subject::waiver(&id, &scope)], Predicate::Waiver(waiver));
    add(&args.dir, &statement, &key)?;
    told(
        &args.dir,
        &format!("Ontheffing voor {id} toegevoegd, geldig tot en met {}.", day_text(expires)),
        global,
    )
}

/// The id of a requirement of this run, however it is written.
fn requirement(evidence: &Evidence, asked: &str) -> Result<String, Failure> {
    let norms = evidence.norms()?;
    let selection = evidence.selection(&norms)?;
    let wanted = asked.to_uppercase();
    if selection.get(&wanted).is_some() {
        return Ok(wanted);
    }
    let ids = selection.requirements.iter().map(|selected| selected.requirement.id.as_str());
    let near = keur_catalogue::suggest(&wanted, ids);
    let meant = near.map(|near| format!("\n  bedoelde u `{near}`?")).unwrap_or_default();
    Err(Failure::usage(format!("{asked} is geen eis van deze uitvoering{meant}")))
}

fn add(dir: &Path, statement: &Statement, key: &SigningKey) -> Result<(), Failure> {
    let envelope = statement.sign(key).map_err(Failure::usage)?;
    add_statement(dir, &envelope, key.public()).map(drop).map_err(Failure::usage)
}

/// Writes verdict and reports of the folder again and tells what came of it.
fn told(dir: &Path, what: &str, global: &Global) -> Result<Exit, Failure> {
    let evidence = Evidence::open(dir)?;
    let norms = evidence.norms()?;
    let selection = evidence.selection(&norms)?;
    let result = evidence.judged(&norms, &selection)?;
    let blobs = evidence.blobs();
    let dossier = Dossier::new(&result, &evidence.entries, &norms, &selection);
    let report = dossier.report(blobs.as_ref(), keur_catalogue::Lang::Nl);
    write_folder(dir, &report)?;
    let style = output::style(global);
    output::result(&format!("{what}\n {}\n", terminal::verdict_line(&report, style)));
    Ok(Exit::Conform)
}
