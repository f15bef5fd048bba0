//! `keur observatory generate`: records a few runs of the reference product, and tells them of made-up products.

mod recording;

use std::{fs, path::Path};

use keur_observatory::generate::{Kind, People, Planned, Template, Writing, Written, plan, policy};
use time::{Duration, OffsetDateTime};

use self::recording::Recording;
use crate::{
    args::{Global, ObservatoryGenerate},
    commands::given::day,
    content,
    exit::{Exit, Failure},
    output,
    progress::files,
};

pub fn run(args: &ObservatoryGenerate, global: &Global) -> Result<Exit, Failure> {
    let until = match &args.until {
        Some(text) => day("--until", text)?,
        None => OffsetDateTime::now_utc().date().saturating_sub(Duration::days(1)),
    };
    let years = i64::from(args.years);
    let from = until.saturating_sub(Duration::days(366 * years + 30));
    // In the last sixth of the history one key is revoked and one has ended.
    let turn = until.saturating_sub(Duration::days(365 * years / 6));
    let to = until.saturating_add(Duration::days(3660));
    let people = People::create(&args.out.join("keys"), (from, to), turn).map_err(Failure::usage)?;
    let refused = |path: &Path| {
        let path = path.display().to_string();
        move |error| Failure::usage(format!("{path}: {error}"))
    };
    let rules = args.out.join("beleid.toml");
    fs::write(&rules, policy(&people, turn)).map_err(refused(&rules))?;
    let own = args.out.join(".opnamen");
    let work = args.recordings.as_deref().unwrap_or(&own);
    let (kinds, templates) = record(args, global, &people, work)?;
    if templates.is_empty() {
        return Err(Failure::usage(
            "geen enkel profiel leverde een bundel die klopt\n  help: kies andere met --profile",
        ));
    }
    let mut planned = plan(&kinds, args.products, args.years, until, args.seed);
    if args.sound {
        planned.iter_mut().for_each(Planned::make_sound);
    }
    let bundles = args.out.join("bundels");
    fs::create_dir_all(&bundles).map_err(refused(&bundles))?;
    let bar = files(global.quiet);
    bar.set_length(planned.len() as u64);
    let writing = Writing { kinds: &kinds, templates: &templates, people: &people, folder: &bundles };
    let written = writing.write(&planned, &|done| bar.set_position(done as u64));
    bar.finish_and_clear();
    let written = written.map_err(Failure::usage)?;
    if args.recordings.is_none() {
        fs::remove_dir_all(&own).map_err(refused(&own))?;
    }
    output::result(&told(args, planned.len(), written));
    Ok(Exit::Conform)
}

fn told(args: &ObservatoryGenerate, runs: usize, written: Written) -> String {
    let keys = args.out.join("keys");
    let trust: Vec<String> = People::files()
        .iter()
        .map(|name| format!("--trust {}", keys.join(format!("{name}.pub")).display()))
        .collect();
    let bundles = args.out.join("bundels");
    format!(
        " {} bestanden ({} MB) van {runs} uitvoeringen van {} verzonnen producten in {}\n          Bouwen    keur observatory build {} {} --policy {} --out observatorium\n",
        written.files,
        written.bytes / 1_000_000,
        args.products,
        bundles.display(),
        bundles.display(),
        trust.join(" "),
        args.out.join("beleid.toml").display()
    )
}

/// Makes the templates: for each profile a clean exam and a few with a defect, and of what is not sound one that is
/// stopped and a practice run. A recording that does not verify is left out, and told.
fn record(
    args: &ObservatoryGenerate,
    global: &Global,
    people: &People,
    work: &Path,
) -> Result<(Vec<Kind>, Vec<Template>), Failure> {
    let catalogue = content::catalogue()?;
    let profiles = content::profiles(&catalogue)?;
    for id in &args.profile {
        if profiles.iter().all(|profile| profile.id != *id) {
            content::profile(&catalogue, id)?;
        }
    }
    let (mut kinds, mut templates) = (Vec::new(), Vec::new());
    let wanted = |id: &String| args.profile.is_empty() || args.profile.contains(id);
    for profile in profiles.iter().filter(|profile| wanted(&profile.id)) {
        for recording in Recording::of(profile, args.defects, args.sound) {
            match recording.template(people, work, global) {
                Ok((kind, template)) => {
                    kinds.push(kind);
                    templates.push(template);
                }
                Err(failure) => {
                    output::error(&format!("{recording} doet niet mee: {}", failure.message));
                }
            }
        }
    }
    Ok((kinds, templates))
}
