//! From paths to a published site, in one go.

use std::{
    collections::BTreeSet,
    fs, io,
    path::{Path, PathBuf},
};

use keur_catalogue::Lang;
use keur_dossier::verify::Options;
use keur_evidence::digest;
use time::{OffsetDateTime, Time};

use crate::{
    compose::{Norm, picture},
    field::field,
    gather::{self, GatherError},
    index::Index,
    model::{Picture, Sources},
    opendata,
    policy::Policy,
    publish::{Publication, PublishError, beside},
    read::read,
    site,
};

/// What to build, and how.
pub struct Request<'a> {
    /// Files and folders with bundles.
    pub paths: &'a [PathBuf],
    /// Where the site goes.
    pub out: &'a Path,
    /// In which languages.
    pub langs: &'a [Lang],
    /// What may be told.
    pub policy: &'a Policy,
    /// The moment it is about; the newest evidence when absent.
    pub as_of: Option<OffsetDateTime>,
    /// What verifies the bundles.
    pub options: &'a Options<'a>,
    /// The profiles of this keur.
    pub norms: &'a [Norm],
    /// Version of this keur.
    pub harness: &'a str,
    /// Digest of this keur.
    pub harness_digest: &'a str,
    /// Verify everything, whatever the index says.
    pub anew: bool,
}

/// What was built.
#[derive(Debug)]
pub struct Built {
    /// The picture that was published.
    pub picture: Picture,
    /// What became of the files, in full: for who builds, not for publication.
    pub sources: Sources<usize>,
    /// Bundles that were verified now.
    pub verified: usize,
    /// Why the index was not used, in Dutch.
    pub rebuilt: Option<String>,
    /// Files that do not verify, with what is wrong; not published, because it may name a product.
    pub details: Vec<(PathBuf, String)>,
}

/// The site cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// Nothing to read.
    #[error(transparent)]
    Gather(#[from] GatherError),
    /// Nowhere to write.
    #[error(transparent)]
    Publish(#[from] PublishError),
    /// Writing broke off.
    #[error("{path}: {source}\n  help: controleer de rechten en de ruimte op deze plaats", path = path.display())]
    Io {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// Builds and publishes.
///
/// # Errors
/// When there is nothing to read or nowhere to write. A bundle that is not right is no error: it is told on the site.
pub fn build(request: &Request<'_>, progress: &(dyn Fn(usize, usize) + Sync)) -> Result<Built, BuildError> {
    let files = gather::files(request.paths)?;
    let mut publication = Publication::begin(request.out)?;
    let total = files.len();
    let place = beside(request.out, "index");
    let basis = basis(request);
    let index = if request.anew { Index::default() } else { Index::open(&place, &basis) };
    let reading = read(files, &index, request.options, &|done| progress(done, total));
    let rebuilt = index.rebuilt.clone();
    drop(index);
    let refused = |path: &Path| {
        let path = path.to_owned();
        move |source| BuildError::Io { path: path.clone(), source }
    };
    let pairs = reading.files.iter().map(|(file, digest)| (file, digest.as_str()));
    if let Some(folder) = place.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(refused(folder))?;
    }
    Index::write(&place, &basis, pairs, &reading.bundles).map_err(refused(&place))?;
    let known: BTreeSet<String> = request.norms.iter().map(|norm| norm.profile.id.clone()).collect();
    let mut field = field(&reading, request.policy, &known, request.as_of);
    if field.tested.is_empty() && request.as_of.is_none() {
        // Nothing counts today: without evidence there is no other day to speak of.
        field.as_of = request.options.now.replace_time(Time::MIDNIGHT);
    }
    let picture = picture(&field, request.norms, request.policy, request.harness);
    opendata::write(&picture, &mut publication).map_err(refused(request.out))?;
    site::write(&picture, request.langs, &mut publication).map_err(refused(request.out))?;
    publication.publish()?;
    let details = reading.files.iter().filter_map(|(file, digest)| match reading.bundles.get(digest) {
        Some(crate::index::Verified::Broken { step, detail }) => {
            Some((file.path.clone(), format!("{step}: {detail}")))
        }
        _ => None,
    });
    Ok(Built {
        sources: field.sources,
        details: details.collect(),
        picture,
        verified: reading.verified,
        rebuilt,
    })
}

/// What a verification rests on beside the bundle: another keur, policy or set of keys can come to another conclusion.
fn basis(request: &Request<'_>) -> String {
    let options = request.options;
    let mut trust: Vec<String> = options.trust.iter().map(|key| key.to_toml()).collect();
    trust.sort();
    let policy = format!("{:?}", options.policy);
    let parts = [("keur", request.harness_digest), ("policy", &policy)];
    let trust = trust.iter().map(|key| ("trust", key.as_bytes()));
    digest::of_parts(parts.into_iter().map(|(name, text)| (name, text.as_bytes())).chain(trust))
}
