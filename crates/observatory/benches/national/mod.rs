//! A field of the size of a country, made of records alone: no bundle stands behind it. For benchmarks and tests.

use std::collections::BTreeSet;

use keur_catalogue::{Catalogue, Profile, embedded};
use keur_dossier::{dates::day_text, statement::predicate::DecisionOutcome};
use keur_evidence::draw::Draw;
use keur_observatory::{
    compose::Norm,
    gather::Found,
    index::Verified,
    model::WaiverLine,
    read::Reading,
    record::{Decided, Record, Waived},
};
use keur_verdict::Verdict;
use time::{Date, Duration, macros::date};

/// The day after the last run.
const UNTIL: Date = date!(2026 - 07 - 01);
/// Three years.
const DAYS: usize = 1095;

/// The profiles of this keur, and as many copies under other names as are needed for so many roles.
pub fn norms(roles: usize) -> Vec<Norm> {
    let catalogue = Catalogue::load(&embedded::catalogue_files()).expect("sound");
    let parse = |(path, text): &(String, String)| Profile::parse(path, text, &catalogue).expect("sound");
    let own: Vec<Profile> = embedded::profile_files().iter().map(parse).collect();
    let copy = |at: usize| {
        let mut profile = own[at % own.len()].clone();
        if at >= own.len() {
            profile.id = format!("{}-{at}", profile.id);
            // Half of them are further roles of an exchange that is there.
            if at.is_multiple_of(2) {
                profile.exchange = format!("Uitwisseling {at}");
            }
        }
        profile
    };
    Norm::all(&catalogue, (0..roles).map(copy).collect())
}

/// The ids of the profiles.
pub fn ids(norms: &[Norm]) -> BTreeSet<String> {
    norms.iter().map(|norm| norm.profile.id.clone()).collect()
}

/// The runs of so many products, each under one or two profiles; `most` runs of each.
pub fn reading(norms: &[Norm], products: usize, most: usize) -> Reading {
    let mut reading = Reading::default();
    for product in 0..products {
        let mut draw = Draw::new([b"national".as_slice(), &(product as u64).to_be_bytes()]);
        // Some exchanges are much smaller than others.
        let first = draw.below(norms.len()).min(draw.below(norms.len()));
        let parts = 1 + usize::from(draw.below(4) == 0);
        for part in 0..parts {
            let norm = &norms[(first + part) % norms.len()];
            let mut ago = 1 + draw.below(DAYS);
            for attempt in 0..most {
                let record = record(&mut draw, norm, product, attempt, ago);
                let digest = format!("{:064x}", reading.files.len());
                let path = format!("{product}-{part}-{attempt}.keur").into();
                reading.files.push((Found { path, size: 1, written: 0 }, digest.clone()));
                reading.bundles.insert(digest, Verified::Sound(Box::new(record)));
                ago = ago.saturating_sub(1 + draw.below(2 * DAYS / most)).max(1);
            }
        }
    }
    reading
}

fn record(draw: &mut Draw, norm: &Norm, product: usize, attempt: usize, ago: usize) -> Record {
    let day = UNTIL.saturating_sub(Duration::days(i64::try_from(ago).unwrap_or(1)));
    let passes = draw.below(6) < 2 + 2 * attempt;
    let weak = draw.below(norm.requirements.len().max(1));
    let mut outcomes: Vec<String> = Vec::new();
    for (at, one) in norm.requirements.iter().enumerate() {
        let code = match draw.below(40) {
            0 if !passes => 'f',
            1 if !passes => 'u',
            2 => 'a',
            3 => 'n',
            _ if !passes && at == weak => 'f',
            _ => 's',
        };
        outcomes.push(format!("{}:{code}", one.requirement.id));
    }
    let verdict = match (passes, draw.below(5)) {
        (true, _) => Verdict::Conform,
        (false, 0) => Verdict::Incomplete,
        (false, _) => Verdict::NotConform,
    };
    let until = day_text(day.saturating_add(Duration::days(30 * (3 + draw.below(24) as i64))));
    let requirement = &norm.requirements[weak].requirement;
    let waived = passes && draw.below(12) == 0;
    let line = WaiverLine {
        requirement: requirement.id.clone(),
        reason: "Verzonnen".to_owned(),
        granted: day_text(day),
        expires: until.clone(),
    };
    let outcome = match draw.below(12) {
        0 => DecisionOutcome::Suspended,
        1 => DecisionOutcome::Withdrawn,
        2 => DecisionOutcome::Conditional,
        _ => DecisionOutcome::Granted,
    };
    let decided = Decided {
        outcome,
        number: Some(format!("VB-{product}")),
        by: "Voorbeeld".to_owned(),
        conditions: Vec::new(),
        decided: day_text(day),
        valid_until: until,
    };
    Record {
        run: format!("{product}-{attempt}"),
        mode: "exam".to_owned(),
        journal_head: format!("{product}-{}-{attempt}", norm.profile.id),
        seed: format!("{product}-{}-{attempt}", norm.profile.id),
        started: format!("{}T10:00:00.000Z", day_text(day)),
        latest: format!("{}T11:00:00.000Z", day_text(day)),
        vendor: format!("Voorbeeldleverancier {:03}", product / 8),
        name: format!("Voorbeeldproduct {product:04}"),
        version: format!("{}.0", attempt + 1),
        kvk: None,
        profile: norm.profile.id.clone(),
        release: norm.profile.release.clone(),
        variant: norm.profile.default_variant.clone(),
        partial: false,
        verdict,
        spoor_1: verdict,
        spoor_2: if draw.below(3) == 0 { Verdict::Incomplete } else { verdict },
        outcomes: outcomes.join(" "),
        waivers: if waived { vec![Waived { line, spoor: requirement.spoor }] } else { Vec::new() },
        rests: Vec::new(),
        decision: (passes && draw.below(3) > 0).then_some(decided),
        keys: Vec::new(),
        statements: 0,
        generated: true,
    }
}
