//! The people of a demonstration: their keys are made anew for every history and say what they are for.

use std::{fs, path::Path};

use keur_dossier::{
    Bundle, SigningKey,
    bundle::{BundleError, append},
    keys::{Algorithm, Holder, KeyError, Role},
    manifest,
    review::{Filled, ReviewError, decide, evaluate, second},
    statement::{
        StatementError,
        predicate::{Conclusion, Decision, DecisionOutcome, Review},
    },
};
use time::{Date, Duration, OffsetDateTime};

use crate::record::GENERATED;

/// An operator, and who judges, looks again and decides.
pub struct People {
    /// Runs the tests.
    pub operator: SigningKey,
    laboratory: SigningKey,
    reviewer: SigningKey,
    body: SigningKey,
}

/// A certificate that cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CertifyError {
    /// The bundle.
    #[error(transparent)]
    Bundle(#[from] BundleError),
    /// What is said.
    #[error(transparent)]
    Review(#[from] ReviewError),
    /// Its signature.
    #[error(transparent)]
    Statement(#[from] StatementError),
}

impl People {
    /// Makes their keys in this folder, the public halves beside them.
    ///
    /// # Errors
    /// When there are keys already, or they cannot be written.
    pub fn create(folder: &Path, valid: (Date, Date)) -> Result<Self, KeyError> {
        let help = "geef met --out een nieuwe map";
        fs::create_dir_all(folder).map_err(|source| KeyError::Io {
            path: folder.to_owned(),
            source,
            help,
        })?;
        let key = |role: Role, name: &str| {
            let holder = Holder { name: name.to_owned(), organisation: GENERATED.to_owned() };
            let path = folder.join(format!("{}.key", role.as_str()));
            SigningKey::create(&path, Algorithm::Ed25519, role, holder, valid)
        };
        Ok(Self {
            operator: key(Role::Operator, "Voorbeeld-toetser")?,
            laboratory: key(Role::Laboratory, "Voorbeeld-beoordelaar")?,
            reviewer: key(Role::Reviewer, "Voorbeeld-tweede beoordelaar")?,
            body: key(Role::CertificationBody, "Voorbeeld-beslisser")?,
        })
    }

    /// Evaluates a bundle, looks at it again, and grants a certificate, all within two weeks of the run.
    ///
    /// # Errors
    /// When it may not be granted, or nothing can be written.
    pub fn certify(
        &self,
        path: &Path,
        ended: OffsetDateTime,
        valid_until: Date,
        number: &str,
    ) -> Result<(), CertifyError> {
        let bundle = Bundle::open(path)?;
        let (result, manifest) =
            (bundle.result()?, bundle.archive().read(manifest::PATH).map_err(BundleError::from)?);
        let filled = Filled { remarks: Vec::new(), conclusion: Conclusion::Recommend };
        let at = |days: i64| ended + Duration::days(days);
        let evaluation = evaluate(filled, &manifest, &bundle.signed()?, &result, at(3))?;
        append(&bundle, &evaluation.sign(&self.laboratory)?, self.laboratory.public(), path)?;
        let bundle = Bundle::open(path)?;
        let review = Review { agrees: true, remarks: "Gezien.".to_owned(), signed_at: at(6) };
        let review = second(&bundle.signed()?, self.reviewer.public(), review)?;
        append(&bundle, &review.sign(&self.reviewer)?, self.reviewer.public(), path)?;
        let bundle = Bundle::open(path)?;
        let decision = Decision {
            outcome: DecisionOutcome::Granted,
            conditions: Vec::new(),
            valid_until,
            certificate: Some(number.to_owned()),
            signed_at: at(10),
        };
        let decision = decide(&bundle.signed()?, &result, self.body.public(), decision)?;
        append(&bundle, &decision.sign(&self.body)?, self.body.public(), path)?;
        Ok(())
    }
}
