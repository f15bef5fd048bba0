//! V4: every statement is signed by a trusted key that may, and is about this run.

use std::collections::{BTreeMap, BTreeSet};

use keur_evidence::event::RunStarted;
use keur_verdict::RunResult;

use super::{
    facts::Facts,
    step::{Checked, Fault},
};
use crate::{
    bundle::{Bundle, BundleError, KEYS, RUN, STATEMENTS},
    digest,
    dsse::Envelope,
    keys::{PublicKey, practice_key},
    manifest,
    statement::{Predicate, Signed, Statement, Subject, predicate::Run},
};

/// The statements of a bundle, their signatures checked.
#[derive(Default)]
pub(super) struct Statements {
    /// Path and statement; the run statement first.
    pub(super) all: Vec<(String, Signed)>,
}

impl Statements {
    /// Those of a kind.
    pub(super) fn of<'s>(&'s self, kind: &'s str) -> impl Iterator<Item = &'s (String, Signed)> {
        self.all.iter().filter(move |(_, signed)| signed.statement.predicate.kind() == kind)
    }
}

/// An envelope's path, digest (hex) and content.
struct Read {
    path: String,
    digest: String,
    signed: Signed,
}

pub(super) fn check(
    bundle: &Bundle,
    facts: &Facts,
    result: &RunResult,
    trust: &[PublicKey],
) -> Result<(Statements, Vec<String>), Fault> {
    let head = &bundle.manifest().journal_head;
    let mut trusted = trust.to_vec();
    let practice = practice_key(head).public().clone();
    trusted.push(practice.clone());
    let enclosed = bundle.keys().map_err(|error| fault(KEYS, &error))?;
    let run = open(RUN, bundle.run_statement().map_err(|error| fault(RUN, &error))?, &enclosed, &trusted)?;
    about_run(&run.signed, bundle, facts, result)?;
    let mut others = Vec::new();
    for (path, envelope) in bundle.statements().map_err(|error| fault(STATEMENTS, &error))? {
        others.push(open(&path, envelope, &enclosed, &trusted)?);
    }
    in_order(&others)?;
    let digests: BTreeMap<&str, &Read> = others.iter().map(|read| (read.digest.as_str(), read)).collect();
    let practised = run.signed.key.id == practice.id;
    for read in &others {
        about(read, bundle, &facts.started, &digests, practised)?;
    }
    let used: BTreeSet<&str> = others.iter().chain([&run]).map(|read| read.signed.key.id.as_str()).collect();
    if let Some(stray) = enclosed.iter().find(|key| !used.contains(key.id.as_str())) {
        return Err(Fault::new(
            &format!("{KEYS}{}.toml", stray.hex_id()),
            "met deze sleutel is niets getekend",
        ));
    }
    let mut notes = Vec::new();
    if practised {
        notes.push("oefenuitvoering: de handtekening bewijst niet wie haar zette".to_owned());
    }
    let all = [run].into_iter().chain(others).map(|read| (read.path, read.signed)).collect();
    Ok((Statements { all }, notes))
}

fn fault(place: &str, error: &BundleError) -> Fault {
    match error {
        BundleError::Envelope { path, source } => Fault::of(path, source),
        BundleError::Key { path, message } => Fault::new(path, message.as_str()),
        error => Fault::of(place, error),
    }
}

/// A trusted signature by a key that is enclosed exactly as it is trusted: its role and holder are signed by nobody.
fn open(
    path: &str,
    envelope: Envelope,
    enclosed: &[PublicKey],
    trusted: &[PublicKey],
) -> Result<Read, Fault> {
    let signed = Statement::authenticate(&envelope, trusted).map_err(|error| Fault::of(path, &error))?;
    if !enclosed.contains(&signed.key) {
        let message = "de ingesloten openbare sleutel ontbreekt of is niet gelijk aan de vertrouwde";
        return Err(Fault::new(&format!("{KEYS}{}.toml", signed.key.hex_id()), message));
    }
    Ok(Read { path: path.to_owned(), digest: digest::hex(&envelope.to_bytes()), signed })
}

/// Named and numbered as keur does, by the digests of their bytes.
fn in_order(others: &[Read]) -> Checked {
    let mut before = "";
    for (number, read) in (1..).zip(others) {
        let kind = read.signed.statement.predicate.kind();
        if read.path != format!("{STATEMENTS}{number:03}-{kind}.dsse.json") || read.digest.as_str() <= before
        {
            return Err(Fault::new(
                &read.path,
                "naam of volgorde is niet die waarin keur verklaringen schrijft",
            ));
        }
        before = &read.digest;
    }
    Ok(())
}

/// The run statement is about this manifest and says of the run what journal and verdict say.
fn about_run(signed: &Signed, bundle: &Bundle, facts: &Facts, result: &RunResult) -> Checked {
    let (run, practice) = match &signed.statement.predicate {
        Predicate::Run(run) => (run, false),
        Predicate::PracticeRun(run) => (run, true),
        other => {
            return Err(Fault::new(
                RUN,
                format!("dit is geen verklaring over een run maar een {}", other.kind()),
            ));
        }
    };
    let subject = Subject::of(manifest::PATH, &bundle.manifest().to_bytes());
    if signed.statement.subject != [subject] {
        return Err(Fault::new(RUN, "de verklaring over de run gaat over een ander manifest"));
    }
    if practice && facts.started.mode != "practice" {
        return Err(Fault::new(RUN, "een examen is met de oefensleutel getekend"));
    }
    let head = &bundle.manifest().journal_head;
    let period = (facts.first, facts.last);
    let expected = Run::of(&facts.started, head, result.verdict, period, run.signed_at);
    if *run != expected {
        return Err(Fault::new(RUN, "de verklaring over de run zegt iets anders dan journaal en oordeel"));
    }
    Ok(())
}

/// A statement by somebody is about this run, or about a statement about it.
fn about(
    read: &Read,
    bundle: &Bundle,
    started: &RunStarted,
    digests: &BTreeMap<&str, &Read>,
    practised: bool,
) -> Checked {
    let statement = &read.signed.statement;
    let manifest = Subject::of(manifest::PATH, &bundle.manifest().to_bytes());
    let run = Subject::run(&started.run, &bundle.manifest().journal_head);
    let declaration = Subject::declaration(&started.product.declaration_digest);
    let enclosed = |subject: &Subject, kinds: &[&str]| {
        digests
            .get(subject.digest.sha256.as_str())
            .is_some_and(|other| kinds.contains(&other.signed.statement.predicate.kind()))
    };
    let subjects = statement.subject.as_slice();
    let fits = match &statement.predicate {
        Predicate::Run(_) | Predicate::PracticeRun(_) => {
            return Err(Fault::new(&read.path, "er is meer dan één verklaring over de run"));
        }
        Predicate::PracticeAttestation(_) if !practised => {
            return Err(Fault::new(&read.path, "een oefenverklaring telt niet bij een getekende run"));
        }
        Predicate::Declaration(said) => {
            subjects == [declaration]
                && said.product == started.product
                && said.claims == started.product.claims
        }
        Predicate::Attestation(_) | Predicate::PracticeAttestation(_) => subjects == [run],
        Predicate::Waiver(waiver) => subjects == [Subject::waiver(&waiver.requirement, &waiver.scope)],
        Predicate::Evaluation(_) => {
            let considered = ["declaration", "attestation", "practice-attestation", "waiver"];
            subjects.contains(&manifest)
                && subjects.iter().all(|subject| *subject == manifest || enclosed(subject, &considered))
        }
        Predicate::Review(_) => {
            let [subject] = subjects else { return Err(elsewhere(read)) };
            if let Some(evaluation) = digests.get(subject.digest.sha256.as_str())
                && evaluation.signed.key.same_person(&read.signed.key)
            {
                return Err(Fault::new(&read.path, "de tweede beoordelaar is dezelfde als de eerste"));
            }
            enclosed(subject, &["evaluation"])
        }
        Predicate::Decision(_) => {
            let has = |kind: &str| subjects.iter().any(|subject| enclosed(subject, &[kind]));
            let before = subjects.iter().filter_map(|subject| digests.get(subject.digest.sha256.as_str()));
            if before.into_iter().any(|other| other.signed.key.same_person(&read.signed.key)) {
                return Err(Fault::new(&read.path, "wie beslist, heeft zelf geëvalueerd of meebeoordeeld"));
            }
            has("evaluation")
                && has("review")
                && subjects.iter().all(|subject| enclosed(subject, &["evaluation", "review"]))
        }
    };
    if fits { Ok(()) } else { Err(elsewhere(read)) }
}

fn elsewhere(read: &Read) -> Fault {
    let kind = read.signed.statement.predicate.kind();
    Fault::new(&read.path, format!("deze verklaring ({kind}) gaat over iets anders dan deze run"))
}
