//! One run from start to end: opens the journal, plans, executes, closes. The verdict is somebody else's work.

use std::{collections::BTreeMap, path::Path, sync::Arc};

use keur_catalogue::{Attestation, Catalogue, Product, Profile, Selection, product::SenderConstraint};
use keur_counterparty::keys::KeyPublisher;
use keur_evidence::{
    Seam, SeamParts,
    digest::{self, to_hex},
    draw::Draw,
    event::{Attested, EXAM, Event, FORMAT, ProductIdentity, RunStarted},
    journal::{JournalError, Store},
    limits::Limits,
};
use keur_probes::jose::{KeyError, SigningKey};
use time::OffsetDateTime;
use tokio_util::sync::CancellationToken;

use crate::{
    engine::{self, Progress, SentenceProblem},
    exam,
    features::Features,
    material::{Material, guard, made_up_bsn},
    plan::Plan,
    run::{Party, Run},
    shared::Shared,
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
    /// No key could be made.
    #[error(transparent)]
    Key(#[from] KeyError),
}

impl Session<'_> {
    /// Runs, and returns the seam with all evidence. `folder` = none keeps evidence in memory.
    ///
    /// # Errors
    /// [`SessionError`]; what a product does is never an error.
    pub async fn run(
        self,
        folder: Option<&Path>,
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
        let skip = if self.exam { Draw::new([self.seed.as_slice(), b"made-up number"]).below(8) } else { 0 };
        let similar_bsn = made_up_bsn(&self.product, skip);
        // Before the folder is made: a wrong address is a wrong declaration, and leaves nothing behind.
        let keys = publish(&self.product, &self.material.signing_keys).await?;
        let store = match folder {
            Some(folder) => Store::in_folder(folder)?,
            None => Store::in_memory(),
        };
        let parts = SeamParts {
            store,
            secrets: self.material.secrets,
            guard: guard(&self.product, similar_bsn.as_deref()),
            identities: self.material.identities,
            limits: self.limits,
            seed: self.seed,
        };
        let seam = Seam::new(parts, cancel);
        seam.append(Event::RunStarted(Box::new(started)))?;
        for case in &plan.cases {
            seam.append(Event::CasePlanned(case.planned.clone()))?;
        }
        for attestation in &self.material.attestations.attestations {
            if self.selection.get(&attestation.requirement).is_some() {
                seam.append(Event::Attested(attested(attestation)))?;
            }
        }
        let run = Arc::new(Run {
            seam: Arc::clone(&seam),
            proof_keys: proof_keys(&self.product)?,
            product: self.product,
            signing_keys: self.material.signing_keys,
            hook_token: self.material.hook_token,
            parameters: parameters(self.catalogue, self.profile),
            fhir: self.profile.fhir,
            variant: self.selection.variant.clone(),
            keys,
            tokens: tokio::sync::Mutex::default(),
            shared: Shared::default(),
            twins_shared: Default::default(),
            exam: self.exam,
            similar_bsn,
            consent: Arc::default(),
            rotation: Arc::default(),
        });
        if self.exam {
            exam::shuffle(&mut plan.cases, &self.seed);
        }
        engine::execute(&run, &plan.cases, self.jobs, progress).await?;
        if self.exam {
            seam.append(Event::SeedRevealed { seed: to_hex(&self.seed) })?;
        }
        seam.append(Event::RunFinished { how: seam.end() })?;
        Ok(seam)
    }

    fn started(&self) -> RunStarted {
        let about = &self.product.about;
        RunStarted {
            format: FORMAT.to_owned(),
            run: self.id.clone(),
            mode: if self.exam { EXAM } else { "practice" }.to_owned(),
            seed: if self.exam { String::new() } else { to_hex(&self.seed) },
            seed_commitment: self.exam.then(|| digest::sha256(&self.seed)),
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
                endpoint: self.product.endpoints.fhir_base.clone(),
                claims: self.product.claim_lines(),
                declaration_digest: self.product.digest.clone(),
            },
            only: self.selection.only.clone(),
            host: format!("{} {}", std::env::consts::OS, std::env::consts::ARCH),
        }
    }
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

fn parameters(catalogue: &Catalogue, profile: &Profile) -> BTreeMap<String, i64> {
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
