//! `keur profiles`: what a product can be tested against.

use keur_catalogue::profile::LegalStatus;
use serde_json::json;

use crate::{
    args::{Form, Global, Profiles},
    content,
    exit::{Exit, Failure},
    output,
};

pub fn run(args: &Profiles, _: &Global) -> Result<Exit, Failure> {
    let catalogue = content::catalogue()?;
    let profiles = content::profiles(&catalogue)?;
    if args.format == Form::Json {
        let rows: Vec<_> = profiles
            .iter()
            .map(|profile| {
                json!({
                    "id": profile.id, "release": profile.release, "title": profile.title, "role": profile.role,
                    "exchange": profile.exchange, "fhir": profile.fhir, "legal": profile.legal,
                    "default_variant": profile.default_variant,
                    "variants": profile.variant.iter().map(|variant| &variant.id).collect::<Vec<_>>(),
                    "requirements": profile.requirements, "digest": profile.digest,
                })
            })
            .collect();
        output::result(&serde_json::to_string_pretty(&rows).map_err(Failure::harness)?);
        return Ok(Exit::Conform);
    }
    let blocks = profiles.iter().map(|profile| {
        let variants: Vec<String> = profile
            .variant
            .iter()
            .map(|variant| {
                let mark = if variant.id == profile.default_variant { " (standaard)" } else { "" };
                format!("{}{mark}", variant.id)
            })
            .collect();
        format!(
            "{}  {}\n  {} {} · rol {} · {} eisen\n  varianten  {}\n  wettelijk  {} op {} ({})",
            profile.id,
            profile.title.nl,
            profile.exchange,
            profile.release,
            profile.role,
            profile.requirements.len(),
            variants.join(", "),
            legal(profile.legal.status),
            profile.legal.date,
            profile.legal.source,
        )
    });
    output::result(&blocks.collect::<Vec<_>>().join("\n\n"));
    Ok(Exit::Conform)
}

fn legal(status: LegalStatus) -> &'static str {
    match status {
        LegalStatus::Designated => "aangewezen",
        LegalStatus::Prioritised => "geprioriteerd, niet aangewezen",
        LegalStatus::Draft => "ontwerp",
        LegalStatus::None => "geen status",
    }
}
