//! What counts: which of the verified runs are taken, which are set aside and why, and where every product stood when.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use keur_catalogue::requirement::Spoor;
use keur_dossier::{
    dates::{day_text, parse_day, parse_instant},
    statement::predicate::DecisionOutcome,
};
use keur_verdict::Verdict;
use time::{Date, Duration, OffsetDateTime};

use crate::{
    index::Verified,
    model::{Reason, SetAside, Sources, State},
    policy::{Policy, key},
    read::{Reading, Unread},
    record::{Record, Waived},
};

/// How far two clocks may differ, as `keur verify` has it.
const TOLERANCE: Duration = Duration::minutes(5);

/// A run that counts.
#[derive(Debug, Clone, Copy)]
pub struct Counted<'r> {
    /// SHA-256 (hex) of its bundle.
    pub digest: &'r str,
    /// What it says.
    pub record: &'r Record,
    /// The day it began.
    pub day: Date,
}

/// A product under a profile: its runs, oldest first.
#[derive(Debug)]
pub struct Tested<'r> {
    /// The product's key.
    pub product: String,
    /// The profile.
    pub profile: &'r str,
    /// Its runs, oldest first.
    pub runs: Vec<Counted<'r>>,
}

/// All that counts, and what does not.
#[derive(Debug)]
pub struct Field<'r> {
    /// The moment it is about.
    pub as_of: OffsetDateTime,
    /// All of it was made by the generator.
    pub generated: bool,
    /// By profile and product.
    pub tested: Vec<Tested<'r>>,
    /// What does not count.
    pub set_aside: Vec<SetAside>,
    /// How many files became what.
    pub sources: Sources<usize>,
}

/// Which track a state is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The whole profile.
    Whole,
    /// One track.
    Of(Spoor),
}

/// Sorts out what was read. Without a moment it is about the newest evidence that counts.
#[must_use]
pub fn field<'r>(
    reading: &'r Reading,
    policy: &Policy,
    profiles: &BTreeSet<String>,
    as_of: Option<OffsetDateTime>,
) -> Field<'r> {
    let mut files: HashMap<&str, usize> = HashMap::new();
    for (_, digest) in &reading.files {
        *files.entry(digest).or_default() += 1;
    }
    let count = |digest: &str| files.get(digest).copied().unwrap_or(0);
    let mut aside = Vec::new();
    let mut put = |digest: Option<&str>, reason: Reason, step: Option<&str>, files: usize| {
        aside.push(SetAside {
            digest: digest.map(str::to_owned),
            reason,
            step: step.map(str::to_owned),
            files,
        });
    };
    for (_, why) in &reading.unread {
        let reason = match why {
            Unread::Changed => Reason::Changed,
            Unread::Unreadable => Reason::Unreadable,
            Unread::TooLarge => Reason::TooLarge,
        };
        put(None, reason, None, 1);
    }
    let mut sound: Vec<Counted<'r>> = Vec::new();
    for (digest, verified) in &reading.bundles {
        let own = count(digest);
        match verified {
            Verified::Broken { step, .. } => {
                let reason = match step.as_str() {
                    "V1" => Reason::NoBundle,
                    "V6" => Reason::UnknownNorm,
                    _ => Reason::Refused,
                };
                put(Some(digest), reason, Some(step), own);
            }
            Verified::Sound(record) => match unfit(record, policy, profiles, as_of) {
                Some((reason, step)) => put(Some(digest), reason, step, own),
                None => {
                    let day = parse_instant(&record.started).map(OffsetDateTime::date);
                    sound.extend(day.map(|day| Counted { digest, record, day }));
                    if own > 1 {
                        put(Some(digest), Reason::SameBundle, None, own - 1);
                    }
                }
            },
        }
    }
    // Demonstrations among real bundles would be taken for real.
    let generated = !sound.is_empty() && sound.iter().all(|one| one.record.generated);
    sound.retain(|one| {
        let keep = one.record.generated == generated;
        if !keep {
            put(Some(one.digest), Reason::Generated, None, 1);
        }
        keep
    });
    // The fullest bundle of a run first, then the oldest run of a seed.
    sound.sort_by(|a, b| {
        let order =
            |one: &Counted<'r>| (std::cmp::Reverse(one.record.statements), &one.record.latest, one.digest);
        (&a.record.started, order(a)).cmp(&(&b.record.started, order(b)))
    });
    let (mut heads, mut seeds) = (BTreeSet::new(), BTreeSet::new());
    sound.retain(|one| {
        let reason = if !heads.insert(&one.record.journal_head) {
            Some(Reason::SameRun)
        } else if !generated && !seeds.insert(&one.record.seed) {
            Some(Reason::OtherName)
        } else {
            None
        };
        if let Some(reason) = reason {
            put(Some(one.digest), reason, None, 1);
        }
        reason.is_none()
    });
    let newest = sound.iter().filter_map(|one| parse_instant(&one.record.latest)).max();
    let as_of = as_of.or(newest).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    aside.sort_by(|a, b| (a.reason, &a.step, &a.digest).cmp(&(b.reason, &b.step, &b.digest)));
    let sources = sources(&aside, sound.len());
    Field { as_of, generated, tested: tested(sound), set_aside: merged(aside), sources }
}

/// Why a sound bundle does not count.
fn unfit(
    record: &Record,
    policy: &Policy,
    profiles: &BTreeSet<String>,
    as_of: Option<OffsetDateTime>,
) -> Option<(Reason, Option<&'static str>)> {
    if !record.is_exam() {
        return Some((Reason::Practice, None));
    }
    // It verified once; at an earlier moment it is from the future.
    let latest = parse_instant(&record.latest);
    if as_of.zip(latest).is_none_or(|(as_of, latest)| latest > as_of + TOLERANCE) && as_of.is_some() {
        return Some((Reason::Refused, Some("V5")));
    }
    let day = |text: &str| parse_day(text).unwrap_or(Date::MAX);
    if record.keys.iter().any(|(key, at)| policy.is_revoked(key, day(at))) {
        return Some((Reason::RevokedKey, None));
    }
    if record.partial {
        return Some((Reason::Partial, None));
    }
    (!profiles.contains(&record.profile)).then_some((Reason::UnknownNorm, None))
}

/// Unreadable files have no digest to tell them apart: one line for each reason.
fn merged(aside: Vec<SetAside>) -> Vec<SetAside> {
    let mut merged: Vec<SetAside> = Vec::new();
    for one in aside {
        match merged.last_mut() {
            Some(last) if last.digest.is_none() && one.digest.is_none() && last.reason == one.reason => {
                last.files += one.files;
            }
            _ => merged.push(one),
        }
    }
    merged
}

fn sources(aside: &[SetAside], counted: usize) -> Sources<usize> {
    let mut sources = Sources { counted, files: counted, ..Sources::default() };
    for one in aside {
        sources.files += one.files;
        *match one.reason {
            Reason::Practice => &mut sources.practice,
            Reason::SameBundle | Reason::SameRun | Reason::OtherName => &mut sources.repeated,
            Reason::Refused | Reason::UnknownNorm | Reason::RevokedKey => &mut sources.refused,
            _ => &mut sources.other,
        } += one.files;
    }
    sources
}

fn tested(sound: Vec<Counted<'_>>) -> Vec<Tested<'_>> {
    let mut tested: BTreeMap<(&str, String), Vec<Counted<'_>>> = BTreeMap::new();
    for one in sound {
        let product = key(&one.record.vendor, &one.record.name);
        tested.entry((&one.record.profile, product)).or_default().push(one);
    }
    tested.into_iter().map(|((profile, product), runs)| Tested { product, profile, runs }).collect()
}

impl<'r> Tested<'r> {
    /// The latest run on this day.
    #[must_use]
    pub fn latest(&self, day: Date) -> Option<&Counted<'r>> {
        self.runs.iter().rev().find(|run| run.day <= day)
    }

    /// What a certification body decided last, with the run it is about, on this day.
    #[must_use]
    pub fn decision(&self, day: Date) -> Option<(&Counted<'r>, &'r crate::record::Decided)> {
        let decided = self.runs.iter().filter_map(|run| Some((run, run.record.decision.as_ref()?)));
        decided
            .filter(|(_, decision)| parse_day(&decision.decided).is_some_and(|at| at <= day))
            .max_by(|(_, a), (_, b)| a.decided.cmp(&b.decided))
    }
}

impl Counted<'_> {
    /// Where the product stood by this run on this day, and the last day that holds.
    #[must_use]
    pub fn state(&self, part: Part, day: Date, policy: &Policy) -> (State, Option<Date>) {
        let record = self.record;
        let verdict = match part {
            Part::Of(Spoor::One) => record.spoor_1,
            Part::Of(Spoor::Two) => record.spoor_2,
            Part::Of(_) | Part::Whole => record.verdict,
        };
        match verdict {
            Verdict::NotConform => return (State::NotConform, None),
            Verdict::Incomplete => return (State::Incomplete, None),
            Verdict::Conform => {}
        }
        let within = |spoor: Spoor| part == Part::Whole || part == Part::Of(spoor);
        let waived: Vec<&Waived> = record.waivers.iter().filter(|waiver| within(waiver.spoor)).collect();
        let waivers = waived.iter().map(|waiver| &waiver.line.expires);
        let rests = record.rests.iter().filter(|rest| within(rest.spoor)).map(|rest| &rest.until);
        let age = policy.valid_days.map(|days| self.day.saturating_add(Duration::days(days.into())));
        let until = waivers.chain(rests).filter_map(|day| parse_day(day)).chain(age).min();
        let state = match until {
            Some(until) if until < day => State::Expired,
            _ if waived.is_empty() => State::Conform,
            _ => State::ConformWithWaiver,
        };
        (state, until)
    }
}

/// A part of the partition by certificate, as its position in [`crate::model::Certificates::parts`].
#[must_use]
pub fn certificate(decision: Option<&crate::record::Decided>, day: Date) -> usize {
    let Some(decision) = decision else { return 6 };
    let past = decision.valid_until < day_text(day);
    match decision.outcome {
        DecisionOutcome::Granted | DecisionOutcome::Conditional if past => 5,
        DecisionOutcome::Granted => 0,
        DecisionOutcome::Conditional => 1,
        DecisionOutcome::Suspended => 2,
        DecisionOutcome::Withdrawn => 3,
        DecisionOutcome::Refused => 4,
    }
}

#[cfg(test)]
pub(crate) mod tests;
