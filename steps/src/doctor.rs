//! Looks whether a product can be tested, before anything is judged: from the declaration down to the hooks.

mod configuration;
mod connection;
mod counterparty;
mod service;

use std::{collections::BTreeMap, sync::Arc};

use keur_catalogue::{Product, Profile};
use keur_evidence::{Seam, SeamParts, journal::Store, limits::Limits, seam::fresh_seed};
use tokio_util::sync::CancellationToken;

use crate::{
    World, desk,
    material::{Files, Material, MaterialError, guard},
    run::Run,
    session::{proof_keys, publish},
};

/// What is looked at.
pub struct Patient<'a> {
    /// The name of the declaration's file.
    pub name: &'a str,
    /// Its text.
    pub text: &'a str,
    /// The files it names.
    pub files: &'a dyn Files,
    /// The profile the product will be tested against.
    pub profile: Option<&'a Profile>,
    /// The variant of the profile.
    pub variant: &'a str,
    /// Bounds.
    pub limits: Limits,
}

/// How one point was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In order.
    Fine,
    /// The declaration or what it points at is wrong.
    Misconfigured,
    /// The product cannot be reached or is set up otherwise than declared.
    Unfit,
    /// Not looked at, with the reason in the detail.
    Skipped,
}

/// One point.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Short and stable: `tls`.
    pub id: &'static str,
    /// What was looked at, in Dutch.
    pub title: &'static str,
    /// How it was found.
    pub state: State,
    /// What was seen, in Dutch.
    pub detail: String,
    /// What to do, in Dutch; empty when nothing.
    pub remedy: String,
}

/// All points, in order.
#[derive(Debug, Default)]
pub struct Diagnosis {
    /// The points.
    pub findings: Vec<Finding>,
}

impl Diagnosis {
    /// Whether a point was found so.
    #[must_use]
    pub fn any(&self, state: State) -> bool {
        self.findings.iter().any(|finding| finding.state == state)
    }

    fn add(&mut self, id: &'static str, title: &'static str, found: Found) {
        let Found { state, detail, remedy } = found;
        self.findings.push(Finding { id, title, state, detail, remedy });
    }
}

/// State, detail and remedy of a point.
struct Found {
    state: State,
    detail: String,
    remedy: String,
}

fn fine(detail: impl Into<String>) -> Found {
    Found { state: State::Fine, detail: detail.into(), remedy: String::new() }
}

fn skipped(why: impl Into<String>) -> Found {
    Found { state: State::Skipped, detail: why.into(), remedy: String::new() }
}

fn misconfigured(detail: impl Into<String>, remedy: impl Into<String>) -> Found {
    Found { state: State::Misconfigured, detail: detail.into(), remedy: remedy.into() }
}

fn unfit(detail: impl Into<String>, remedy: impl Into<String>) -> Found {
    Found { state: State::Unfit, detail: detail.into(), remedy: remedy.into() }
}

/// Looks at everything, as far as one point allows the next.
pub async fn examine(patient: Patient<'_>, cancel: CancellationToken) -> Diagnosis {
    let mut diagnosis = Diagnosis::default();
    let product = match Product::parse(patient.name, patient.text) {
        Ok(product) => product,
        Err(problems) => {
            let found = misconfigured(problems.to_string(), "verbeter de genoemde regels");
            diagnosis.add("declaration", "verklaring", found);
            return diagnosis;
        }
    };
    let about = &product.about;
    diagnosis.add(
        "declaration",
        "verklaring",
        fine(format!("{} {} {}", about.vendor, about.name, about.version)),
    );
    let Some(mut material) = open(&product, patient.files, &mut diagnosis) else { return diagnosis };
    configuration::examine(&product, &material.identities, &mut diagnosis);
    let plays = patient.profile.is_some_and(|profile| profile.counterparty);
    let opening = plays.then(|| desk::prepare(&product, &mut material));
    match run(product, material, &patient, cancel) {
        Ok((mut run, seam)) => {
            if let Some(opening) = opening {
                run.desk = counterparty::open(opening, &seam, &mut diagnosis).await;
            }
            let mut world = World::new_for(Arc::new(run), seam.case("doctor"));
            if connection::examine(&mut world, &mut diagnosis).await {
                if plays {
                    counterparty::examine(&mut world, &mut diagnosis).await;
                }
                let keys = publish(&world.run.product, &world.run.signing_keys).await;
                service::examine(&mut world, keys, patient.profile, &mut diagnosis).await;
            }
        }
        Err(detail) => diagnosis.add("keys", "eigen sleutels", misconfigured(detail, "probeer het opnieuw")),
    }
    diagnosis
}

fn open(product: &Product, files: &dyn Files, diagnosis: &mut Diagnosis) -> Option<Material> {
    const SECRETS: (&str, &str) = ("secrets", "bestanden en geheimen");
    const KEYS: (&str, &str) = ("keys", "certificaten en sleutels");
    let split = |error: &MaterialError| {
        let text = error.to_string();
        let (detail, remedy) =
            text.split_once("\n  help: ").unwrap_or((&text, "verbeter het genoemde bestand"));
        misconfigured(detail, remedy)
    };
    match Material::open(product, files) {
        Ok(material) => {
            diagnosis.add(SECRETS.0, SECRETS.1, fine("alles is te lezen"));
            diagnosis.add(KEYS.0, KEYS.1, fine("elk certificaat hoort bij zijn sleutel"));
            Some(material)
        }
        Err(error @ (MaterialError::Identity(_) | MaterialError::Key { .. })) => {
            diagnosis.add(SECRETS.0, SECRETS.1, fine("te lezen"));
            diagnosis.add(KEYS.0, KEYS.1, split(&error));
            None
        }
        Err(error) => {
            diagnosis.add(SECRETS.0, SECRETS.1, split(&error));
            None
        }
    }
}

/// A run that keeps its evidence in memory and judges nothing.
fn run(
    product: Product,
    material: Material,
    patient: &Patient<'_>,
    cancel: CancellationToken,
) -> Result<(Run, Arc<Seam>), String> {
    let parts = SeamParts {
        store: Store::in_memory(),
        secrets: material.secrets,
        guard: guard(&product, None),
        identities: material.identities,
        limits: patient.limits,
        seed: fresh_seed().ok_or("het systeem geeft geen toevalsgetallen")?,
    };
    let seam = Seam::new(parts, cancel);
    let proof_keys = proof_keys(&product).map_err(|error| error.to_string())?;
    let run = Run {
        signing_keys: material.signing_keys,
        proof_keys,
        hook_token: material.hook_token,
        parameters: patient.profile.map_or_else(BTreeMap::new, |profile| profile.parameters.clone()),
        variant: patient.variant.to_owned(),
        ..Run::bare(Arc::clone(&seam), product)
    };
    Ok((run, seam))
}
