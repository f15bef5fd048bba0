//! The people of a demonstration: their keys are made anew for every history and say what they are for.

use std::{fs, path::Path};

use keur_dossier::{
    Envelope, PublicKey, SigningKey, Statement,
    dates::day_text,
    keys::{Algorithm, Holder, KeyError, Role},
    review::{Filled, ReviewError, Spoken, decide, evaluate, second},
    statement::{
        Predicate, StatementError, Subject,
        predicate::{By, Conclusion, Decision, DecisionOutcome, Review, Scope, Waiver},
    },
};
use keur_evidence::digest;
use keur_verdict::RunResult;
use time::{Date, Duration, OffsetDateTime};

use super::Step;
use crate::record::GENERATED;

/// Who signs a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Signer {
    /// An operator.
    Operator,
    /// One whose key was revoked.
    Revoked,
    /// One whose key had ended.
    Ended,
}

/// File, role and name of everybody, in the order of [`People`].
const EVERYBODY: [(&str, Role, &str); 7] = [
    ("operator", Role::Operator, "Voorbeeld-toetser"),
    ("operator-revoked", Role::Operator, "Voorbeeld-toetser, sleutel ingetrokken"),
    ("operator-ended", Role::Operator, "Voorbeeld-toetser, sleutel verlopen"),
    ("scheme_owner", Role::SchemeOwner, "Voorbeeld-stelselhouder"),
    ("laboratory", Role::Laboratory, "Voorbeeld-beoordelaar"),
    ("reviewer", Role::Reviewer, "Voorbeeld-tweede beoordelaar"),
    ("certification_body", Role::CertificationBody, "Voorbeeld-beslisser"),
];

/// Operators, and who waives, judges, looks again and decides: a key of each of [`EVERYBODY`].
pub struct People([SigningKey; 7]);

/// A statement, the key that signed it, and what it says.
#[derive(Debug, Clone)]
pub(super) struct Said {
    pub(super) envelope: Envelope,
    pub(super) spoken: Spoken,
}

/// Something that cannot be said.
#[derive(Debug, thiserror::Error)]
pub enum SayError {
    /// What is said.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// Its signature.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

impl People {
    /// Makes their keys in this folder, the public halves beside them. On the day `turn` one key ends; who builds is to
    /// take another for revoked from then on.
    ///
    /// # Errors
    /// When there are keys already, or they cannot be written.
    pub fn create(folder: &Path, (from, to): (Date, Date), turn: Date) -> Result<Self, KeyError> {
        let help = "geef met --out een nieuwe map";
        fs::create_dir_all(folder).map_err(|source| KeyError::Io {
            path: folder.to_owned(),
            source,
            help,
        })?;
        let key = |(file, role, name): (&str, Role, &str)| {
            let holder = Holder { name: name.to_owned(), organisation: GENERATED.to_owned() };
            let path = folder.join(format!("{file}.key"));
            let to = if file == "operator-ended" { turn } else { to };
            SigningKey::create(&path, Algorithm::Ed25519, role, holder, (from, to))
        };
        let [operator, revoked, ended, owner, laboratory, reviewer, body] = EVERYBODY.map(key);
        Ok(Self([operator?, revoked?, ended?, owner?, laboratory?, reviewer?, body?]))
    }

    /// The names of the files of all keys, without their endings.
    #[must_use]
    pub fn files() -> [&'static str; 7] {
        EVERYBODY.map(|(file, ..)| file)
    }

    /// The keys to trust.
    #[must_use]
    pub fn trusted(&self) -> Vec<PublicKey> {
        self.0.iter().map(|key| key.public().clone()).collect()
    }

    /// The key id to take for revoked.
    #[must_use]
    pub fn revoked(&self) -> &str {
        &self.operator(Signer::Revoked).public().id
    }

    pub(super) fn operator(&self, signer: Signer) -> &SigningKey {
        let [operator, revoked, ended, ..] = &self.0;
        match signer {
            Signer::Operator => operator,
            Signer::Revoked => revoked,
            Signer::Ended => ended,
        }
    }

    /// The scheme owner, the laboratory, the reviewer and the certification body.
    fn others(&self) -> [&SigningKey; 4] {
        let [_, _, _, others @ ..] = &self.0;
        others.each_ref()
    }

    /// A waiver of each of these requirements, from the day of the run.
    pub(super) fn waive(
        &self,
        failing: &[String],
        scope: &Scope,
        at: OffsetDateTime,
        expires: Date,
    ) -> Result<Vec<Said>, SayError> {
        let [owner, ..] = self.others();
        let one = |requirement: &String| {
            let waiver = Waiver {
                requirement: requirement.clone(),
                scope: scope.clone(),
                reason: "Verzonnen: herstel is gepland in de volgende versie.".to_owned(),
                granted: at.date(),
                expires,
                artefacts: Vec::new(),
                by: By {
                    name: "Voorbeeld-stelselhouder".to_owned(),
                    organisation: GENERATED.to_owned(),
                    role: "stelselhouder".to_owned(),
                },
                signed_at: at,
            };
            let subject = vec![Subject::waiver(requirement, scope)];
            say(&Statement::new(subject, Predicate::Waiver(waiver)), owner)
        };
        failing.iter().map(one).collect()
    }

    /// What is said of a run on its way to a certificate, after the waivers.
    pub(super) fn follow(
        &self,
        step: Step,
        manifest: &[u8],
        result: &RunResult,
        ended: OffsetDateTime,
        waivers: &[Said],
    ) -> Result<Vec<Said>, SayError> {
        let mut way = Way { said: waivers.to_vec(), result, ended };
        let number = || Some(format!("VB-{}", result.run.id));
        let condition = "Het gebrek is hersteld in de volgende versie.".to_owned();
        match step {
            Step::Run => {}
            Step::Evaluated => way.evaluate(self, manifest, Conclusion::Recommend)?,
            Step::Refused => {
                way.evaluate(self, manifest, Conclusion::NotRecommend)?;
                way.review(self)?;
                way.decide(self, 10, DecisionOutcome::Refused, (Vec::new(), ended.date(), None))?;
            }
            Step::Granted(until)
            | Step::Conditional(until)
            | Step::Suspended(until)
            | Step::Withdrawn(until) => {
                way.evaluate(self, manifest, Conclusion::Recommend)?;
                way.review(self)?;
                let (outcome, conditions) = match step {
                    Step::Conditional(_) => (DecisionOutcome::Conditional, vec![condition]),
                    _ => (DecisionOutcome::Granted, Vec::new()),
                };
                way.decide(self, 10, outcome, (conditions, until, number()))?;
                let back = match step {
                    Step::Suspended(_) => Some(DecisionOutcome::Suspended),
                    Step::Withdrawn(_) => Some(DecisionOutcome::Withdrawn),
                    _ => None,
                };
                if let Some(outcome) = back {
                    way.decide(self, 100, outcome, (Vec::new(), until, number()))?;
                }
            }
        }
        Ok(way.said.split_off(waivers.len()))
    }
}

/// A dossier on its way to a certificate.
struct Way<'r> {
    said: Vec<Said>,
    result: &'r RunResult,
    ended: OffsetDateTime,
}

impl Way<'_> {
    fn spoken(&self) -> Vec<Spoken> {
        self.said.iter().map(|said| said.spoken.clone()).collect()
    }

    fn at(&self, days: i64) -> OffsetDateTime {
        self.ended + Duration::days(days)
    }

    fn evaluate(&mut self, people: &People, manifest: &[u8], conclusion: Conclusion) -> Result<(), SayError> {
        let filled = Filled { remarks: Vec::new(), conclusion };
        let evaluation = evaluate(filled, manifest, &self.spoken(), self.result, self.at(3))?;
        let [_, laboratory, ..] = people.others();
        self.said.push(say(&evaluation, laboratory)?);
        Ok(())
    }

    fn review(&mut self, people: &People) -> Result<(), SayError> {
        let [.., reviewer, _] = people.others();
        let review = Review { agrees: true, remarks: "Gezien.".to_owned(), signed_at: self.at(6) };
        let review = second(&self.spoken(), reviewer.public(), review)?;
        self.said.push(say(&review, reviewer)?);
        Ok(())
    }

    fn decide(
        &mut self,
        people: &People,
        days: i64,
        outcome: DecisionOutcome,
        (conditions, valid_until, certificate): (Vec<String>, Date, Option<String>),
    ) -> Result<(), SayError> {
        let [.., body] = people.others();
        let decision = Decision { outcome, conditions, valid_until, certificate, signed_at: self.at(days) };
        let decision = decide(&self.spoken(), self.result, body.public(), decision)?;
        self.said.push(say(&decision, body)?);
        Ok(())
    }
}

/// Signs it, and reads it as others will.
fn say(statement: &Statement, key: &SigningKey) -> Result<Said, SayError> {
    let envelope = statement.sign(key)?;
    let signed = Statement::open(&envelope, std::slice::from_ref(key.public()))?;
    Ok(Said { spoken: (digest::hex(&envelope.to_bytes()), signed), envelope })
}

/// The scheme's policy for this history: what of it is revoked, and how long a run counts.
#[must_use]
pub fn policy(people: &People, turn: Date) -> String {
    format!(
        "# Het beleid van deze verzonnen geschiedenis.\nformat = \"keur/observatory-policy\"\nvalid_days = 730\n\n\
         [[revoked]]\nkey = \"{}\"\nsince = \"{}\"\n",
        people.revoked(),
        day_text(turn)
    )
}
