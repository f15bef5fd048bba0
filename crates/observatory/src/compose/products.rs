//! The products the policy allows to be named, each with its history.

use std::collections::BTreeMap;

use keur_catalogue::requirement::Spoor;
use keur_dossier::dates::{day_text, parse_day};
use time::Date;

use super::{Norm, slug};
use crate::{
    field::{Counted, Field, Part, Tested},
    model::{Certificate, ProductPicture, ProductProfile, RequirementLine, RunLine},
    policy::Policy,
};

pub(super) fn named(
    field: &Field<'_>,
    norms: &[&Norm],
    policy: &Policy,
    is_named: &impl Fn(&str) -> bool,
) -> Vec<ProductPicture> {
    let mut products: BTreeMap<&str, Vec<&Tested<'_>>> = BTreeMap::new();
    for tested in field.tested.iter().filter(|tested| is_named(&tested.product)) {
        products.entry(&tested.product).or_default().push(tested);
    }
    let mut taken: BTreeMap<String, usize> = BTreeMap::new();
    let mut one = |tested: Vec<&Tested<'_>>| {
        let latest = tested.iter().filter_map(|one| one.runs.last()).max_by_key(|run| &run.record.started)?;
        let about = latest.record;
        let base = slug(&format!("{} {}", about.vendor, about.name));
        let number = taken.entry(base.clone()).or_default();
        *number += 1;
        let id = if *number == 1 { base } else { format!("{base}--{number}") };
        let profile = |one: &&Tested<'_>| {
            let norm = norms.iter().find(|norm| norm.profile.id == one.profile)?;
            under(one, norm, field.as_of.date(), policy)
        };
        Some(ProductPicture {
            id,
            vendor: about.vendor.clone(),
            name: about.name.clone(),
            kvk: about.kvk.clone(),
            profiles: tested.iter().filter_map(profile).collect(),
        })
    };
    products.into_values().filter_map(&mut one).collect()
}

fn under(tested: &Tested<'_>, norm: &Norm, now: Date, policy: &Policy) -> Option<ProductProfile> {
    let latest = tested.latest(now)?;
    let (whole, until) = latest.state(Part::Whole, now, policy);
    let track = |spoor| norm.decides(spoor).then(|| latest.state(Part::Of(spoor), now, policy).0);
    let waived = |id: &str| latest.record.waivers.iter().any(|waiver| waiver.line.requirement == id);
    let requirement = |(id, outcome, modality): (&str, _, _)| RequirementLine {
        id: id.to_owned(),
        outcome,
        modality,
        waived: waived(id),
    };
    let mut certificates: Vec<Certificate> =
        tested.runs.iter().filter_map(|run| certificate(run, now)).collect();
    certificates.sort_by(|a, b| b.decided.cmp(&a.decided));
    Some(ProductProfile {
        profile: tested.profile.to_owned(),
        whole,
        spoor_1: track(Spoor::One),
        spoor_2: track(Spoor::Two),
        since: day_text(latest.day),
        valid_until: until.map(day_text),
        certificates,
        waivers: latest.record.waivers.iter().map(|waiver| waiver.line.clone()).collect(),
        runs: tested.runs.iter().rev().map(run).collect(),
        requirements: latest.record.requirements().map(requirement).collect(),
    })
}

fn certificate(run: &Counted<'_>, now: Date) -> Option<Certificate> {
    let decision = run.record.decision.as_ref()?;
    Some(Certificate {
        outcome: decision.outcome,
        number: decision.number.clone(),
        by: decision.by.clone(),
        decided: decision.decided.clone(),
        valid_until: decision.valid_until.clone(),
        conditions: decision.conditions.clone(),
        expired: parse_day(&decision.valid_until).is_none_or(|until| until < now),
        run: run.record.run.clone(),
    })
}

fn run(run: &Counted<'_>) -> RunLine {
    let record = run.record;
    RunLine {
        digest: run.digest.to_owned(),
        run: record.run.clone(),
        started: record.started.clone(),
        version: record.version.clone(),
        release: record.release.clone(),
        variant: record.variant.clone(),
        verdict: record.verdict,
        spoor_1: record.spoor_1,
        spoor_2: record.spoor_2,
    }
}
