//! `keur observatory generate`: records a few exams of the reference product, and tells them of made-up products.

use std::{collections::BTreeMap, fs, path::Path};

use keur_dossier::{
    dates::day_text,
    ledger::Line,
    verify::{Editions, Options, verify},
};
use keur_evidence::limits::Limits;
use keur_observatory::generate::{Kind, People, Planned, Template, plan};
use keur_verdict::Verdict;
use time::{Date, Duration, OffsetDateTime};
use tokio_util::sync::CancellationToken;

use crate::{
    args::{Global, ObservatoryGenerate},
    commands::{
        block_on,
        conduct::{Keeping, Setup, own_digest},
        given::day,
        verify::{Again, known},
    },
    content,
    exit::{Exit, Failure},
    output, product,
    progress::{Bar, files},
};

/// Defects a template has beside the clean one, for each profile.
const DEFECTS: usize = 3;
/// Cases at once while recording.
const JOBS: usize = 8;

pub fn run(args: &ObservatoryGenerate, global: &Global) -> Result<Exit, Failure> {
    let until = match &args.until {
        Some(text) => day("--until", text)?,
        None => OffsetDateTime::now_utc().date().saturating_sub(Duration::days(1)),
    };
    let from = until.saturating_sub(Duration::days(366 * i64::from(args.years) + 30));
    let people = People::create(&args.out.join("keys"), (from, until.saturating_add(Duration::days(3660))))
        .map_err(Failure::usage)?;
    let work = args.out.join(".opnamen");
    let (kinds, templates) = record(args, global, &people, &work)?;
    if templates.is_empty() {
        return Err(Failure::usage(
            "geen enkel profiel leverde een bundel die klopt\n  help: kies andere met --profile",
        ));
    }
    let planned = plan(&kinds, args.products, args.years, until, args.seed);
    let bundles = args.out.join("bundels");
    fs::create_dir_all(&bundles)
        .map_err(|error| Failure::usage(format!("{}: {error}", bundles.display())))?;
    let bar = files(global.quiet);
    bar.set_length(planned.len() as u64);
    let mut ledgers: BTreeMap<(u32, &str), Vec<Line>> = BTreeMap::new();
    for one in &planned {
        let kind = &kinds[one.template];
        let ledger = ledgers.entry((one.product, &kind.profile)).or_default();
        tell(one, kind, &templates[one.template], ledger, &people, &bundles, until)?;
        bar.inc(1);
    }
    bar.finish_and_clear();
    fs::remove_dir_all(&work).map_err(|error| Failure::usage(format!("{}: {error}", work.display())))?;
    let keys = args.out.join("keys");
    let trust = ["operator", "laboratory", "reviewer", "certification_body"];
    let trust: Vec<String> =
        trust.iter().map(|role| format!("--trust {}", keys.join(format!("{role}.pub")).display())).collect();
    output::result(&format!(
        " {} bundels van {} verzonnen producten in {}\n Bouwen    keur observatory build {} {} --out observatorium\n",
        planned.len(),
        args.products,
        bundles.display(),
        bundles.display(),
        trust.join(" ")
    ));
    Ok(Exit::Conform)
}

/// Writes the bundle of one run, with its certificate.
fn tell(
    planned: &Planned,
    kind: &Kind,
    template: &Template,
    ledger: &mut Vec<Line>,
    people: &People,
    bundles: &Path,
    until: Date,
) -> Result<(), Failure> {
    let name = format!("{:05}-{}-{}.keur", planned.product + 1, kind.profile, planned.attempt);
    let path = bundles.join(&name);
    let ended = template.tell(planned, ledger, &people.operator, &path).map_err(Failure::harness)?;
    // A decision takes its time; one that would fall after the last day was not made yet.
    let in_time = ended.date().saturating_add(Duration::days(11)) < until;
    if let Some(valid_until) = planned.certificate.filter(|_| in_time) {
        let number = format!("VB-{}-{:05}", day_text(valid_until), planned.product + 1);
        people.certify(&path, ended, valid_until, &number).map_err(Failure::harness)?;
    }
    Ok(())
}

/// Records the templates: for each profile a clean exam and a few with a defect. A recording that does not verify is left
/// out, and told.
fn record(
    args: &ObservatoryGenerate,
    global: &Global,
    people: &People,
    work: &Path,
) -> Result<(Vec<Kind>, Vec<Template>), Failure> {
    let catalogue = content::catalogue()?;
    let profiles = content::profiles(&catalogue)?;
    if let Some(unknown) = args.profile.iter().find(|id| profiles.iter().all(|profile| profile.id != **id)) {
        content::profile(&catalogue, unknown)?;
    }
    let (mut kinds, mut templates) = (Vec::new(), Vec::new());
    for profile in
        profiles.iter().filter(|profile| args.profile.is_empty() || args.profile.contains(&profile.id))
    {
        let breaks = |defect: &keur_reference::defects::Defect| {
            defect.variant.is_none() && defect.breaks.iter().any(|id| profile.requirements.contains(id))
        };
        let defects =
            keur_reference::defects::all().into_iter().filter(breaks).map(|defect| vec![defect.name]);
        for defects in std::iter::once(Vec::new()).chain(defects.take(DEFECTS)) {
            let place = work.join(templates.len().to_string());
            match one(&profile.id, &defects, people, &place, global) {
                Ok((verdict, template)) => {
                    kinds.push(Kind { profile: profile.id.clone(), conform: verdict == Verdict::Conform });
                    templates.push(template);
                }
                Err(failure) => {
                    let with = if defects.is_empty() {
                        String::new()
                    } else {
                        format!(" met {}", defects.join(", "))
                    };
                    output::error(&format!("{}{with} doet niet mee: {}", profile.id, failure.message));
                    let _ = fs::remove_dir_all(&place);
                }
            }
        }
    }
    Ok((kinds, templates))
}

/// One exam of the reference product, recorded, and verified as a bundle.
fn one(
    profile: &str,
    defects: &[String],
    people: &People,
    place: &Path,
    global: &Global,
) -> Result<(Verdict, Template), Failure> {
    let norms = content::norms(profile, None)?;
    let selection = content::selection(&norms.catalogue, &norms.profile, None, None)?;
    let (own, selected) = (norms.profile.clone(), selection.clone());
    let setup = Setup {
        norms,
        selection,
        jobs: JOBS,
        limits: Limits::default(),
        harness_digest: own_digest(),
        exam: true,
    };
    let bar = Bar::new(0, global.quiet);
    let conducted = block_on(async {
        let target = product::embedded(&setup.selection.variant, defects).await?;
        setup.conduct(target, Keeping::Below(place), CancellationToken::new(), &bar).await
    })?;
    let folder = place.join(&conducted.result.run.id);
    let template = Template::open(&folder, own, selected).map_err(Failure::harness)?;
    let planned = Planned {
        product: 0,
        attempt: 1,
        template: 0,
        started: OffsetDateTime::now_utc() - Duration::days(40),
        version: "1.0".to_owned(),
        certificate: None,
    };
    let proof = place.join("proef.keur");
    template.tell(&planned, &mut Vec::new(), &people.operator, &proof).map_err(Failure::harness)?;
    let trust = [people.operator.public().clone()];
    let (known, editions, again) = (known()?, Editions::default(), Again::default());
    let options = Options {
        trust: &trust,
        known: &known,
        editions: &editions,
        policy: None,
        previous: None,
        now: OffsetDateTime::now_utc(),
        recompute: &again,
    };
    let verification = verify(&proof, &options);
    match verification.broken() {
        None => Ok((conducted.result.verdict, template)),
        Some(step) => {
            Err(Failure::harness(format!("{} {}", step.step, step.detail.clone().unwrap_or_default())))
        }
    }
}
