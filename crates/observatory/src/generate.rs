//! A plausible history for demonstrations and benchmarks: real recorded runs of the reference product, told anew of
//! made-up products at other moments, judged, packed and signed with keys that say that it is generated. Every bundle
//! verifies in all thirteen steps; the keys' organisation keeps it from counting among real ones.

mod people;
mod template;

pub use self::{
    people::People,
    template::{Template, TemplateError},
};

use keur_evidence::draw::Draw;
use time::{Date, Duration, OffsetDateTime, Time};

/// A run of a made-up product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Number of the product.
    pub product: u32,
    /// Number of the run of this product under this profile, from 1.
    pub attempt: u64,
    /// The template, by its number in what [`plan`] was given.
    pub template: usize,
    /// When it began.
    pub started: OffsetDateTime,
    /// Version of the product.
    pub version: String,
    /// A certification body decides on it, and until when that holds.
    pub certificate: Option<Date>,
}

/// What a template stands for: its profile, and whether the product passes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Profile.
    pub profile: String,
    /// It is conform.
    pub conform: bool,
}

/// The histories of so many products over so many years up to a day: products enter over time, fail more at first than
/// later, are tested again, and get certificates that end. The same arguments give the same histories.
#[must_use]
pub fn plan(kinds: &[Kind], products: u32, years: u8, until: Date, seed: u64) -> Vec<Planned> {
    let mut profiles: Vec<&str> = kinds.iter().map(|kind| kind.profile.as_str()).collect();
    profiles.dedup();
    let days = usize::from(years) * 365;
    let mut planned = Vec::new();
    for product in 0..products {
        let mut draw = Draw::new([b"history".as_slice(), &seed.to_be_bytes(), &product.to_be_bytes()]);
        // Most products play one part, some two.
        let parts = 1 + usize::from(draw.below(4) == 0 && profiles.len() > 1);
        let first = draw.below(profiles.len().max(1));
        for part in 0..parts {
            let Some(profile) = profiles.get((first + part) % profiles.len().max(1)) else { continue };
            history(&mut draw, kinds, profile, (product, days, until), &mut planned);
        }
    }
    planned
}

fn history(
    draw: &mut Draw,
    kinds: &[Kind],
    profile: &str,
    (product, days, until): (u32, usize, Date),
    planned: &mut Vec<Planned>,
) {
    let of = |conform: bool| -> Vec<usize> {
        let fits = |(_, kind): &(usize, &Kind)| kind.profile == profile && kind.conform == conform;
        kinds.iter().enumerate().filter(fits).map(|(at, _)| at).collect()
    };
    let mut ago = draw.below(days.max(2)).max(1);
    for attempt in 1..=6 {
        let day = until.saturating_sub(Duration::days(i64::try_from(ago).unwrap_or(1)));
        // Of the first attempts one in three passes, of later ones nearly all.
        let passes = draw.below(6) < 2 + 2 * usize::try_from(attempt - 1).unwrap_or(4);
        let template = draw.pick(&of(passes)).or(of(!passes).first()).copied();
        let Some(template) = template else { return };
        let seconds = u8::try_from(draw.below(60)).unwrap_or_default();
        let minute = u8::try_from(draw.below(60)).unwrap_or_default();
        let hour = 8 + u8::try_from(draw.below(9)).unwrap_or_default();
        let at = Time::from_hms(hour, minute, seconds).unwrap_or(Time::MIDNIGHT);
        let valid = Duration::days(200 + 30 * i64::try_from(draw.below(20)).unwrap_or_default());
        let certified = kinds[template].conform && draw.below(3) > 0;
        planned.push(Planned {
            product,
            attempt,
            template,
            started: day.with_time(at).assume_utc(),
            version: format!("{}.{}", 1 + attempt, draw.below(10)),
            certificate: certified.then(|| day.saturating_add(valid)),
        });
        let step = 30 + draw.below(400);
        if ago <= step || (passes && draw.below(3) == 0) {
            return;
        }
        ago -= step;
    }
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn histories_are_the_same_every_time_and_lie_in_the_past() {
        let kind = |profile: &str, conform| Kind { profile: profile.to_owned(), conform };
        let kinds = [kind("a", true), kind("a", false), kind("b", true)];
        let until = date!(2026 - 06 - 30);
        let planned = plan(&kinds, 200, 3, until, 7);
        assert_eq!(planned, plan(&kinds, 200, 3, until, 7));
        assert_ne!(planned, plan(&kinds, 200, 3, until, 8));
        assert!(planned.iter().all(|run| run.started.date() < until && run.started.year() >= 2023));
        assert!(planned.iter().any(|run| run.template == 1) && planned.iter().any(|run| run.template == 2));
        let again = planned.iter().filter(|run| run.attempt > 1).count();
        assert!(again > 20, "{again}");
    }
}
