//! One run from start to end: opens the journal, plans, executes, closes. The verdict is somebody else's work.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use keur_catalogue::{Attestation, Catalogue, Product, Profile, Selection, product::SenderConstraint};
use keur_counterparty::keys::KeyPublisher;
use keur_evidence::{
    Seam, SeamParts,
    digest::{self, sha256, to_hex},
    event::{Attested, EXAM, Enclosed, EnclosedFile, Event, FORMAT, ProductIdentity, RunStarted},
    journal::{JournalError, Store},
    limits::Limits,
};
use keur_probes::jose::{KeyError, SigningKey};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::{
    desk,
    engine::{self, Attempt, Progress, SentenceProblem},
    exam,
    features::{Case, Features},
    material::{Material, guard, made_up_bsn},
    plan::Plan,
    resume::{Interrupted, ResumeError},
    run::{Party, Run},
    trail,
};

/// What is run.
pub struct Session<'a> {
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// The profile.
    pub profile: &'a Profile,
    /// The requirements to judge.
    pub selection: &'a Selection,
    /// The features.
    pub features: &'a Features,
    /// The texts of all three, to be kept with the evidence; none when nothing is kept.
    pub norms: &'a [(String, String)],
    /// The declaration.
    pub product: Product,
    /// The opened declaration.
    pub material: Material,
    /// Cases at once.
    pub jobs: usize,
    /// Bounds.
    pub limits: Limits,
    /// SHA-256 of the running executable.
    pub harness_digest: String,
    /// keur's version.
    pub harness_version: String,
    /// The run id.
    pub id: String,
    /// Seed of the run's randomness.
    pub seed: [u8; 32],
    /// An exam instead of practice: twins, another order, and a seed that stays secret until the end.
    pub exam: bool,
    /// The product is the embedded sample.
    pub embedded: bool,
    /// Is told how the run begins, and whether it goes on after an interruption, before the product hears anything.
    pub begin: Begin<'a>,
}

/// What [`Session::begin`] is; the text is why the run may not begin.
pub type Begin<'a> = Box<dyn FnOnce(&RunStarted, bool) -> Result<(), String> + 'a>;

/// Where the evidence of a run is kept.
pub enum Place<'a> {
    /// In a folder that is made.
    New(&'a Path),
    /// In the folder of an interrupted run, which goes on.
    Resumed(Interrupted),
    /// In memory; it is thrown away.
    Memory,
}

/// Why a run could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SessionError {
    /// Evidence cannot be written.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// A sentence has no step.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Sentences(Vec<SentenceProblem>),
    /// Our key sets cannot be published.
    #[error(
        "[identity] jwks_listen: op {address} kan niet worden geluisterd: {source}\n  help: kies een vrije poort van deze machine"
    )]
    Publish {
        /// The address.
        address: String,
        /// Why.
        source: std::io::Error,
    },
    /// Nobody can ask us anything.
    #[error(transparent)]
    Desk(#[from] desk::OpenError),
    /// The attempt could not be noted.
    #[error("{0}")]
    Begin(String),
    /// The interrupted run cannot go on like this.
    #[error(transparent)]
    Resume(#[from] ResumeError),
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Session<'_> {
    /// Runs, and returns the seam with all evidence. `place` says where it is kept.
    ///
    /// # Errors
    /// [`SessionError`]; what a product does is never an error.
    pub async fn run(
        mut self,
        place: Place<'_>,
        cancel: CancellationToken,
        progress: &dyn Progress,
    ) -> Result<Arc<Seam>, SessionError> {
        let mut plan = Plan::new(self.selection, self.features);
        if self.exam {
            plan.cases = exam::with_twins(plan.cases, &self.product);
        }
        let problems = engine::unmatched(&plan.cases);
        if !problems.is_empty() {
            return Err(SessionError::Sentences(problems));
        }
        let started = self.started();
        let similar_bsn = made_up_bsn(&self.product, if self.exam { exam::skipped(&self.seed) } else { 0 });
        // Before the folder is made: an address that is wrong or taken leaves nothing behind.
        let keys = publish(&self.product, &self.material.signing_keys).await?;
        let open_desk = match self.profile.counterparty {
            true => Some(desk::prepare(&self.product, &mut self.material)?.open().await?),
            false => None,
        };
        let by_hand = self.product.hooks.trigger.is_none();
        if open_desk.is_some() {
            self.limits.step = desk::step_limit(self.limits.step, &self.product);
            if by_hand {
                // A person does one thing at a time.
                self.jobs = 1;
            }
        }
        let begin = std::mem::replace(&mut self.begin, Box::new(|_, _| Ok(())));
        let note = |again: bool| begin(&started, again).map_err(SessionError::Begin);
        let (store, resumed, mut attempts) = match place {
            Place::New(folder) => {
                note(false)?;
                (Store::in_folder(folder)?, None, first(&plan.cases))
            }
            Place::Memory => (Store::in_memory(), None, first(&plan.cases)),
            Place::Resumed(run) => {
                let how = run.as_now(&started, self.embedded)?;
                note(true)?;
                let attempts = run.open_cases(&plan.cases, how.all);
                (run.store, Some(how), attempts)
            }
        };
        let parts = SeamParts {
            store,
            secrets: std::mem::take(&mut self.material.secrets),
            guard: guard(&self.product, similar_bsn.as_deref()),
            identities: std::mem::take(&mut self.material.identities),
            limits: self.limits,
            seed: self.seed,
        };
        let seam = Seam::new(parts, cancel);
        if let Some(open) = &open_desk {
            open.strays.record(&seam, by_hand.then(|| progress.voice()));
        }
        seam.append(match resumed {
            Some(how) => Event::Resumed(how),
            None => Event::RunStarted(Box::new(started)),
        })?;
        enclose(&seam, "declaration", std::mem::take(&mut self.material.enclosed))?;
        let leaves =
            seam.identities().leaves().map(|(name, leaf)| (name.to_owned(), leaf.to_vec())).collect();
        enclose(&seam, "identities", leaves)?;
        self.announce(&seam, &plan)?;
        let run = Arc::new(Run {
            openapi: self.material.openapi,
            proof_keys: proof_keys(&self.product)?,
            signing_keys: self.material.signing_keys,
            hook_token: self.material.hook_token,
            layers: self.catalogue.layers.clone(),
            conformity: self.catalogue.conformity.clone(),
            declaration: self.material.conformity,
            parameters: parameters(self.catalogue, self.profile),
            oauth: self.catalogue.oauth_of(self.profile, &self.selection.variant),
            fhir: self.profile.fhir_in(&self.selection.variant),
            variant: self.selection.variant.clone(),
            keys,
            desk: open_desk,
            client_keys: self.material.client_keys,
            voice: progress.voice(),
            exam: self.exam,
            similar_bsn,
            ..Run::bare(Arc::clone(&seam), self.product)
        });
        if self.exam {
            exam::shuffle(&mut attempts, &self.seed);
        }
        engine::execute_attempts(&run, &attempts, self.jobs, progress).await?;
        if let Some(log) = self.material.product_log.as_ref().filter(|_| !seam.is_stopped()) {
            trail::record(&seam, &run.product, log)?;
        }
        if self.exam {
            seam.append(Event::SeedRevealed { seed: to_hex(&self.seed) })?;
        }
        seam.finish()?;
        Ok(seam)
    }

    /// Writes down what the run will do, before it does; an interrupted run may have written a part of it.
    fn announce(&self, seam: &Seam, plan: &Plan) -> Result<(), JournalError> {
        let written = seam.store().entries();
        let is_written = |event: &Event| written.iter().any(|entry| entry.event == *event);
        let enclosed = |event: &Event| matches!(event, Event::Enclosed(files) if files.what == "norms");
        if !written.iter().any(|entry| enclosed(&entry.event)) {
            let norms = self.norms.iter().map(|(path, text)| (path.clone(), text.clone().into_bytes()));
            enclose(seam, "norms", norms.collect())?;
        }
        let planned = plan.cases.iter().map(|case| Event::CasePlanned(case.planned.clone()));
        let stated = self.material.attestations.attestations.iter();
        let stated = stated.filter(|attestation| self.selection.get(&attestation.requirement).is_some());
        for event in planned.chain(stated.map(|attestation| Event::Attested(attested(attestation)))) {
            if !is_written(&event) {
                seam.append(event)?;
            }
        }
        Ok(())
    }

    fn started(&self) -> RunStarted {
        let about = &self.product.about;
        RunStarted {
            format: FORMAT.to_owned(),
            run: self.id.clone(),
            mode: if self.exam { EXAM } else { "practice" }.to_owned(),
            seed: if self.exam { String::new() } else { to_hex(&self.seed) },
            seed_commitment: self.exam.then(|| sha256(&self.seed)),
            harness_version: self.harness_version.clone(),
            harness_digest: self.harness_digest.clone(),
            profile: self.profile.id.clone(),
            profile_release: self.profile.release.clone(),
            profile_digest: self.profile.digest.clone(),
            variant: self.selection.variant.clone(),
            catalogue_digest: self.catalogue.digest.clone(),
            features_digest: self.features.digest.clone(),
            product: ProductIdentity {
                vendor: about.vendor.clone(),
                name: about.name.clone(),
                version: about.version.clone(),
                kvk: about.kvk.clone(),
                roles: about.roles.clone(),
                endpoint: self.product.endpoints.tested().to_owned(),
                claims: self.product.claim_lines(),
                declaration_digest: self.product.digest.clone(),
            },
            only: self.selection.only.clone(),
            host: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
}

fn first(cases: &[Case]) -> Vec<Attempt<'_>> {
    cases.iter().map(|case| (case, 1)).collect()
}

/// Publishes the key sets of our parties where the declaration says.
pub(crate) async fn publish(
    product: &Product,
    signing_keys: &BTreeMap<String, SigningKey>,
) -> Result<Option<KeyPublisher>, SessionError> {
    let Some(listen) = &product.identity.jwks_listen else { return Ok(None) };
    let failed = |source| SessionError::Publish { address: listen.clone(), source };
    let address = tokio::net::lookup_host(listen.as_str()).await.map_err(failed)?.next();
    let address = address.ok_or_else(|| failed(std::io::ErrorKind::AddrNotAvailable.into()))?;
    let publisher = KeyPublisher::start(address).await.map_err(failed)?;
    // The unregistered party's keys are deliberately not published.
    for party in [Party::A, Party::B, Party::Rotating] {
        let client = party.of(product).and_then(|declared| declared.client_id.as_deref());
        if let (Some(client), Some(key)) = (client, signing_keys.get(party.name())) {
            publisher.publish(client, key.key_set());
        }
    }
    Ok(Some(publisher))
}

/// A time-ordered run id: the UTC instant and six characters of the digest of the seed, which tell nothing of it.
#[must_use]
pub fn run_id(now: OffsetDateTime, seed: &[u8; 32]) -> String {
    let at = keur_evidence::journal::instant(now);
    let digits: String = at.chars().filter(|c| c.is_ascii_digit() || *c == 'T').take(18).collect();
    format!("{digits}-{}", &digest::hex(seed)[..6])
}

/// Keeps files the run rests on as blobs.
fn enclose(seam: &Seam, what: &str, files: Vec<(String, Vec<u8>)>) -> Result<(), JournalError> {
    let kept = |(name, bytes): (String, Vec<u8>)| {
        let blob = seam.store().blob(&bytes)?.unwrap_or_else(|| sha256(&bytes));
        Ok(EnclosedFile { name, blob })
    };
    let files = files.into_iter().map(kept).collect::<Result<_, JournalError>>()?;
    seam.append(Event::Enclosed(Enclosed { what: what.to_owned(), files }))
}

/// A fresh proof key for each party, when tokens are bound by proofs.
pub(crate) fn proof_keys(product: &Product) -> Result<BTreeMap<String, SigningKey>, KeyError> {
    let bound = product.oauth.as_ref().is_some_and(|oauth| oauth.sender_constraint == SenderConstraint::Dpop);
    let parties = [Party::A, Party::B, Party::Unregistered, Party::Rotating];
    parties
        .into_iter()
        .filter(|_| bound)
        .map(|party| Ok((party.name().to_owned(), SigningKey::generate()?)))
        .collect()
}

pub(crate) fn parameters(catalogue: &Catalogue, profile: &Profile) -> BTreeMap<String, i64> {
    let selected = profile.requirements.iter().filter_map(|id| catalogue.get(id));
    let mut all: BTreeMap<String, i64> = selected.flat_map(|r| r.parameters.clone()).collect();
    all.extend(profile.parameters.clone());
    all
}

fn attested(attestation: &Attestation) -> Attested {
    Attested {
        requirement: attestation.requirement.clone(),
        outcome: attestation.outcome.as_str().to_owned(),
        statement: attestation.statement.clone(),
        basis: attestation.basis.as_str().to_owned(),
        by: attestation.by.to_string(),
        date: attestation.date.clone(),
        expires: attestation.expires.clone(),
        artefact: attestation.artefact.to_string(),
    }
}
