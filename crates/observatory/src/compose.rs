//! The picture: counts every moment as one system of linked cells, has it suppressed, and writes down what is left.

mod cells;
mod products;
mod traces;

use std::collections::{BTreeMap, BTreeSet};

use keur_catalogue::{
    Catalogue, Profile, Selection,
    requirement::{Method, Spoor},
    selection::Selected,
};
use keur_dossier::dates::{day_text, instant_text};
use time::Date;

use self::cells::Moment;
use crate::{
    field::Field,
    model::{
        Count, Coverage, Disclosure, Exchange, FORMAT, Named, NotTested, Outcomes, Period, Picture,
        ProfilePicture, RequirementPicture, Sources,
    },
    policy::Policy,
};

/// A profile as this keur has it, with all its requirements over all variants.
#[derive(Debug)]
pub struct Norm {
    /// The profile.
    pub profile: Profile,
    /// Its requirements, in its order.
    pub requirements: Vec<Selected>,
}

impl Norm {
    /// All profiles with these requirements.
    #[must_use]
    pub fn all(catalogue: &Catalogue, profiles: Vec<Profile>) -> Vec<Self> {
        profiles.into_iter().map(|profile| Self::new(catalogue, profile)).collect()
    }

    fn new(catalogue: &Catalogue, profile: Profile) -> Self {
        let mut found: BTreeMap<String, Selected> = BTreeMap::new();
        for variant in &profile.variant {
            let selection = Selection::new(catalogue, &profile, Some(&variant.id), None);
            for one in selection.map(|selection| selection.requirements).unwrap_or_default() {
                let before = found.entry(one.requirement.id.clone()).or_insert_with(|| one.clone());
                before.gates |= one.gates;
            }
        }
        let requirements = profile.requirements.iter().filter_map(|id| found.remove(id)).collect();
        Self { profile, requirements }
    }

    /// Whether something in this track can decide the verdict.
    #[must_use]
    pub fn decides(&self, spoor: Spoor) -> bool {
        self.requirements.iter().any(|one| one.gates && one.requirement.spoor == spoor)
    }
}

/// A day at which the field is looked at.
pub(crate) struct Look {
    pub(crate) period: Period,
    pub(crate) day: Date,
    /// It is the last.
    pub(crate) now: bool,
}

/// Makes the picture.
#[must_use]
pub fn picture(field: &Field<'_>, norms: &[Norm], policy: &Policy, harness: &str) -> Picture {
    let used: BTreeSet<&str> = field.tested.iter().map(|tested| tested.profile).collect();
    let norms: Vec<&Norm> = norms.iter().filter(|norm| used.contains(norm.profile.id.as_str())).collect();
    let looks = looks(field, policy);
    let named = policy.named();
    let is_named = |product: &str| named.as_ref().is_none_or(|named| named.contains(product));
    let mut moments: Vec<Moment> =
        looks.iter().map(|look| Moment::count(field, &norms, look, policy, &is_named)).collect();
    traces::protect(&mut moments, policy.threshold);
    let exchanges = exchanges(&norms);
    Picture {
        format: FORMAT.to_owned(),
        version: "1.0".to_owned(),
        as_of: instant_text(field.as_of),
        harness: harness.to_owned(),
        generated: field.generated,
        disclosure: Disclosure {
            threshold: policy.threshold,
            named: match &named {
                None => Named::All,
                Some(list) if list.is_empty() => Named::None,
                Some(_) => Named::Listed,
            },
            note: policy.note.clone(),
        },
        periods: looks.iter().map(|look| look.period.clone()).collect(),
        sources: sources(field, moments.last().map_or(Count::Withheld, |moment| moment.bundles)),
        products_now: moments.last().map(|moment| moment.products).unwrap_or_default(),
        total: moments.iter().map(|moment| moment.total).collect(),
        exchanges: exchanges
            .iter()
            .enumerate()
            .map(|(at, (id, title, profiles))| Exchange {
                id: id.clone(),
                title: title.clone(),
                profiles: profiles.clone(),
                standing: moments.iter().map(|moment| moment.exchanges[at]).collect(),
            })
            .collect(),
        profiles: norms.iter().enumerate().map(|(at, norm)| profile(field, norm, at, &moments)).collect(),
        products: products::named(field, &norms, policy, &is_named),
        set_aside: field.set_aside.clone(),
    }
}

/// Every file is told once, so that what counts follows from all files and the others: both are told, or neither.
fn sources(field: &Field<'_>, bundles: Count) -> Sources {
    let Sources { files, practice, repeated, refused, other, .. } = field.sources;
    let files = bundles.number().map_or(Count::Withheld, |_| Count::Number(files as u64));
    Sources { files, counted: bundles, practice, repeated, refused, other }
}

/// The end of every period from the first run on, and now.
fn looks(field: &Field<'_>, policy: &Policy) -> Vec<Look> {
    let now = field.as_of.date();
    let first = field.tested.iter().flat_map(|tested| &tested.runs).map(|run| run.day).min();
    let mut looks = Vec::new();
    let mut day = first.unwrap_or(now);
    loop {
        let (id, end) = policy.period.of(day);
        let year_ends = u8::from(end.month()) == 12;
        let last = end >= now;
        let at = if last { now } else { end };
        let period = Period { id, year: at.year(), day: day_text(at), yearly: year_ends || last };
        looks.push(Look { period, day: at, now: last });
        match end.next_day().filter(|_| !last) {
            Some(next) => day = next,
            None => return looks,
        }
    }
}

/// Exchanges by key, with their title and profiles, in order of the profiles.
pub(crate) fn exchanges(norms: &[&Norm]) -> Vec<(String, String, Vec<String>)> {
    let mut found: Vec<(String, String, Vec<String>)> = Vec::new();
    for norm in norms {
        let (id, title) = (slug(&norm.profile.exchange), &norm.profile.exchange);
        match found.iter_mut().find(|(known, ..)| *known == id) {
            Some((.., profiles)) => profiles.push(norm.profile.id.clone()),
            None => found.push((id, title.clone(), vec![norm.profile.id.clone()])),
        }
    }
    found
}

fn profile(field: &Field<'_>, norm: &Norm, at: usize, moments: &[Moment]) -> ProfilePicture {
    let profile = &norm.profile;
    let releases: BTreeSet<&str> = field
        .tested
        .iter()
        .filter(|tested| tested.profile == profile.id)
        .flat_map(|tested| tested.runs.iter().map(|run| run.record.release.as_str()))
        .collect();
    let requirement = |(number, one): (usize, &Selected)| {
        let about = &one.requirement;
        let counts = |moment: &Moment| -> Option<Outcomes> {
            moment.outcomes.as_ref().map(|outcomes| outcomes[at][number])
        };
        RequirementPicture {
            id: about.id.clone(),
            title: about.title.clone(),
            why: about.why.clone(),
            fix: about.fix.clone(),
            level: one.level,
            spoor: about.spoor,
            method: about.method,
            gates: one.gates,
            counts: moments.iter().map(counts).collect(),
        }
    };
    ProfilePicture {
        id: profile.id.clone(),
        release: profile.release.clone(),
        title: profile.title.clone(),
        summary: profile.summary.clone(),
        exchange: slug(&profile.exchange),
        role: profile.role.clone(),
        legal: profile.legal.clone(),
        releases: releases.into_iter().map(str::to_owned).collect(),
        standing: moments.iter().map(|moment| moment.profiles[at]).collect(),
        requirements: norm.requirements.iter().enumerate().map(requirement).collect(),
        coverage: coverage(norm),
        not_tested: norm.requirements.iter().filter_map(not_tested).collect(),
        digests: moments.iter().map(|moment| moment.digests[at].clone()).collect(),
    }
}

fn coverage(norm: &Norm) -> Coverage {
    let mut coverage = Coverage { requirements: norm.requirements.len(), ..Coverage::default() };
    for one in &norm.requirements {
        let about = &one.requirement;
        *if about.not_tested.is_some() {
            &mut coverage.not_tested
        } else if about.method == Method::Test {
            &mut coverage.tested
        } else {
            &mut coverage.attested
        } += 1;
        coverage.gating += usize::from(one.gates);
        coverage.spoor_1 += usize::from(about.spoor == Spoor::One);
        coverage.spoor_2 += usize::from(about.spoor == Spoor::Two);
    }
    coverage
}

fn not_tested(one: &Selected) -> Option<NotTested> {
    let about = &one.requirement;
    let why = about.not_tested.clone()?;
    Some(NotTested { id: about.id.clone(), title: about.title.clone(), why })
}

/// Lower-case letters and digits, everything else one hyphen.
pub(crate) fn slug(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().flat_map(char::to_lowercase) {
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') {
            out.push('-');
        }
    }
    let out: String = out.trim_matches('-').chars().take(60).collect();
    if out.is_empty() { "onbekend".to_owned() } else { out }
}
