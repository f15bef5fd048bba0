//! `keur keys`: makes a key pair, and shows what a key is.

use std::path::{Path, PathBuf};

use keur_dossier::{
    PublicKey, Role,
    dates::day_text,
    keys::{Algorithm, Holder, SigningKey},
};
use time::{Duration, OffsetDateTime};

use crate::{
    args::{Global, KeyAlgorithm, Keys, KeysNew, KeysShow},
    commands::given::day,
    exit::{Exit, Failure},
    output,
};

/// How long a key is valid when nothing else is asked.
const LIFE: Duration = Duration::days(2 * 365);

pub fn run(command: &Keys, _: &Global) -> Result<Exit, Failure> {
    match command {
        Keys::New(args) => new(args),
        Keys::Show(args) => show(args),
    }
}

fn new(args: &KeysNew) -> Result<Exit, Failure> {
    let role = role(&args.role)?;
    let from = match &args.valid_from {
        Some(text) => day("--valid-from", text)?,
        None => OffsetDateTime::now_utc().date(),
    };
    let until = match &args.valid_until {
        Some(text) => day("--valid-until", text)?,
        None => from.saturating_add(LIFE),
    };
    if until < from {
        return Err(Failure::usage("--valid-until ligt voor --valid-from"));
    }
    let path = args.out.clone().unwrap_or_else(|| PathBuf::from(format!("{}.key", role.as_str())));
    let algorithm = match args.algorithm {
        KeyAlgorithm::Ed25519 => Algorithm::Ed25519,
        KeyAlgorithm::EcdsaP256 => Algorithm::EcdsaP256,
    };
    let holder = Holder { name: args.name.clone(), organisation: args.organisation.clone() };
    let key = SigningKey::create(&path, algorithm, role, holder, (from, until)).map_err(Failure::usage)?;
    output::result(&format!(
        "{}\n privésleutel       {}   (geef hem aan niemand)\n openbare sleutel   {}   (geef hem aan wie uw bundels controleert)\n",
        described(key.public()),
        path.display(),
        path.with_extension("pub").display()
    ));
    Ok(Exit::Conform)
}

fn show(args: &KeysShow) -> Result<Exit, Failure> {
    output::result(&described(&public(&args.key)?));
    Ok(Exit::Conform)
}

/// The public key in a `.pub` file, or beside a private key.
pub fn public(path: &Path) -> Result<PublicKey, Failure> {
    if path.extension().is_some_and(|extension| extension == "pub") {
        return PublicKey::open(path).map_err(Failure::usage);
    }
    SigningKey::open(path).map(|key| key.public().clone()).map_err(Failure::usage)
}

fn described(key: &PublicKey) -> String {
    format!(
        " sleutel            {}\n rol                {}\n houder             {}, {}\n geldig             {} tot en met {}\n",
        key.id,
        key.role,
        key.holder.name,
        key.holder.organisation,
        day_text(key.valid_from),
        day_text(key.valid_until)
    )
}

fn role(text: &str) -> Result<Role, Failure> {
    let wanted = text.replace('-', "_");
    Role::PEOPLE.into_iter().find(|role| role.as_str() == wanted).ok_or_else(|| {
        let all = Role::PEOPLE.map(Role::as_str);
        let near = keur_catalogue::suggest(&wanted, all);
        let meant = near.map(|near| format!("\n  bedoelde u `{near}`?")).unwrap_or_default();
        Failure::usage(format!("onbekende rol `{text}`{meant}\n  help: mogelijk: {}", all.join(", ")))
    })
}
