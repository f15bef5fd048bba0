//! The histories of made-up products: what they did when, and what became of it.

use keur_evidence::draw::Draw;
use time::{Date, Duration, OffsetDateTime, Time};

use super::{Fate, Signer};

/// What a template is a recording of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sort {
    /// An exam of a product that passes.
    Conform,
    /// An exam of a product that does not.
    Wanting,
    /// A practice run.
    Practice,
    /// An exam that was stopped.
    Interrupted,
}

/// A template in the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kind {
    /// Profile.
    pub profile: String,
    /// What it is a recording of.
    pub sort: Sort,
    /// With a waiver for what fails it would be conform.
    pub waivable: bool,
}

/// How far a certificate came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Nobody looked at it.
    Run,
    /// A laboratory evaluated it.
    Evaluated,
    /// A certificate until a day.
    Granted(Date),
    /// A certificate under a condition until a day.
    Conditional(Date),
    /// Granted until a day, and later suspended.
    Suspended(Date),
    /// Granted until a day, and later withdrawn.
    Withdrawn(Date),
    /// No certificate.
    Refused,
}

/// A run of a made-up product.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Number of the product, from 0.
    pub product: u32,
    /// Number of the run of this product under this profile, from 1.
    pub attempt: u64,
    /// The template, by its number in what [`plan`] was given.
    pub template: usize,
    /// When it began.
    pub started: OffsetDateTime,
    /// Version of the product.
    pub version: String,
    /// Who signs the run.
    pub signer: Signer,
    /// What fails is waived until this day.
    pub waived: Option<Date>,
    /// How far the certificate came.
    pub step: Step,
    /// What becomes of the file.
    pub fate: Fate,
    /// Picks the place of damage.
    pub place: usize,
}

impl Planned {
    /// The first run of the first product, by the first template, of which nothing more came.
    #[must_use]
    pub fn plain(started: OffsetDateTime) -> Self {
        Self {
            product: 0,
            attempt: 1,
            template: 0,
            started,
            version: "1.0".to_owned(),
            signer: Signer::Operator,
            waived: None,
            step: Step::Run,
            fate: Fate::Whole,
            place: 0,
        }
    }

    /// Signed with a key that holds, and sent once.
    pub fn make_sound(&mut self) {
        (self.signer, self.fate) = (Signer::Operator, Fate::Whole);
    }
}

/// Where in time a history lies.
#[derive(Debug, Clone, Copy)]
struct Span {
    /// Its length in days.
    days: usize,
    /// The day after its last.
    until: Date,
}

/// Days between a run and the last word of a certification body on it.
const DECIDING: Duration = Duration::days(11);
/// The same for one that is taken back.
const TAKING_BACK: Duration = Duration::days(101);
/// Most runs of a product under a profile.
const MOST: u64 = 8;

/// The histories of so many products over so many years up to a day: products enter over time, practise, fail more at
/// first than later, are tested again, and get certificates and waivers that end. The same arguments give the same
/// histories, and the history of a product does not depend on how many there are.
#[must_use]
pub fn plan(kinds: &[Kind], products: u32, years: u8, until: Date, seed: u64) -> Vec<Planned> {
    let mut profiles: Vec<&str> = kinds.iter().map(|kind| kind.profile.as_str()).collect();
    profiles.dedup();
    let span = Span { days: usize::from(years) * 365, until };
    let mut planned = Vec::new();
    for product in 0..products {
        let mut draw = Draw::new([b"history".as_slice(), &seed.to_be_bytes(), &product.to_be_bytes()]);
        // Most products play one part, some two.
        let parts = 1 + usize::from(draw.below(4) == 0 && profiles.len() > 1);
        let first = draw.below(profiles.len().max(1));
        for part in 0..parts {
            let Some(profile) = profiles.get((first + part) % profiles.len().max(1)) else { continue };
            Life { draw: &mut draw, kinds, profile, product, span }.live(&mut planned);
        }
    }
    planned
}

/// A product under a profile.
struct Life<'a> {
    draw: &'a mut Draw,
    kinds: &'a [Kind],
    profile: &'a str,
    product: u32,
    span: Span,
}

impl Life<'_> {
    fn live(mut self, planned: &mut Vec<Planned>) {
        let mut ago = self.draw.below(self.span.days.max(2)).max(1);
        let mut exams = 0;
        for attempt in 1..=MOST {
            let sort = self.sort(attempt, exams);
            let Some((template, sort)) = self.template(sort) else { return };
            let day = self.span.until.saturating_sub(days(ago));
            planned.push(self.run(attempt, template, sort, day));
            exams += usize::from(matches!(sort, Sort::Conform | Sort::Wanting));
            let soon = matches!(sort, Sort::Practice | Sort::Interrupted);
            let pause = if soon { 1 + self.draw.below(30) } else { 30 + self.draw.below(400) };
            if ago <= pause || (sort == Sort::Conform && self.draw.below(3) == 0) {
                return;
            }
            ago -= pause;
        }
    }

    /// Who is new practises first, one in three; one in thirty runs is stopped. Of the first exams one in three passes,
    /// of later ones nearly all.
    fn sort(&mut self, attempt: u64, exams: usize) -> Sort {
        if attempt == 1 && self.draw.below(3) == 0 {
            return Sort::Practice;
        }
        if self.draw.below(30) == 0 {
            return Sort::Interrupted;
        }
        if self.draw.below(6) < 2 + 2 * exams { Sort::Conform } else { Sort::Wanting }
    }

    /// A template of this sort, or of another when there is none.
    fn template(&mut self, sort: Sort) -> Option<(usize, Sort)> {
        let of = |wanted: Sort| -> Vec<usize> {
            let fits = |(_, kind): &(usize, &Kind)| kind.profile == self.profile && kind.sort == wanted;
            self.kinds.iter().enumerate().filter(fits).map(|(at, _)| at).collect()
        };
        let there = [sort, Sort::Conform, Sort::Wanting].map(|sort| (sort, of(sort)));
        let (sort, of) = there.into_iter().find(|(_, of)| !of.is_empty())?;
        Some((*self.draw.pick(&of)?, sort))
    }

    fn run(&mut self, attempt: u64, template: usize, sort: Sort, day: Date) -> Planned {
        let part =
            |draw: &mut Draw, from: u8, below| from + u8::try_from(draw.below(below)).unwrap_or_default();
        let (hour, minute) = (part(self.draw, 8, 9), part(self.draw, 0, 60));
        let at = Time::from_hms(hour, minute, part(self.draw, 0, 60)).unwrap_or(Time::MIDNIGHT);
        let version = format!("{}.{}", 1 + attempt, self.draw.below(10));
        let waived = (self.kinds[template].waivable && self.draw.below(5) == 0)
            .then(|| day.saturating_add(days(90 + self.draw.below(400))));
        let step = self.step(sort, day, waived);
        let late = days(self.span.days / 6);
        // One key was revoked and one ended in the last sixth of the history; few went on signing with them.
        let signer = match self.draw.below(60) {
            0 if day + late > self.span.until => Signer::Revoked,
            1 if day + late > self.span.until => Signer::Ended,
            _ => Signer::Operator,
        };
        let fate = match self.draw.below(200) {
            0 => Fate::Flipped,
            1 => Fate::Cut,
            2 => Fate::Empty,
            3..8 => Fate::Twice,
            8..14 if step != Step::Run => Fate::Before,
            _ => Fate::Whole,
        };
        Planned {
            product: self.product,
            attempt,
            template,
            started: day.with_time(at).assume_utc(),
            version,
            signer,
            waived,
            step,
            fate,
            place: self.draw.below(1 << 20),
        }
    }

    /// What a certification body made of it. A decision takes its time; one that would fall after the last day was not
    /// made yet.
    fn step(&mut self, sort: Sort, day: Date, waived: Option<Date>) -> Step {
        let valid = day.saturating_add(days(200 + 30 * self.draw.below(20)));
        let (asked, word) = (self.draw.below(3) > 0, self.draw.below(40));
        if !asked || !matches!(sort, Sort::Conform | Sort::Wanting) || day + DECIDING >= self.span.until {
            return Step::Run;
        }
        let settled = day + TAKING_BACK < self.span.until;
        match (sort, waived) {
            // A waiver limits the life of what rests on it.
            (_, Some(waived)) => Step::Conditional(valid.min(waived)),
            (Sort::Wanting, None) if word < 6 => Step::Refused,
            (Sort::Wanting, None) => Step::Run,
            _ => match word {
                0..3 => Step::Evaluated,
                3..7 => Step::Conditional(valid),
                7 if settled => Step::Suspended(valid),
                8 if settled => Step::Withdrawn(valid),
                _ => Step::Granted(valid),
            },
        }
    }
}

fn days(count: usize) -> Duration {
    Duration::days(i64::try_from(count).unwrap_or(i64::from(u16::MAX)))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    fn kinds() -> Vec<Kind> {
        let sorts = [Sort::Conform, Sort::Wanting, Sort::Practice, Sort::Interrupted];
        let of = |profile: &'static str| {
            sorts.map(|sort| Kind { profile: profile.to_owned(), sort, waivable: sort == Sort::Wanting })
        };
        ["a", "b"].into_iter().flat_map(of).collect()
    }

    #[test]
    fn histories_are_the_same_every_time_and_lie_in_the_past() {
        let until = date!(2026 - 06 - 30);
        let planned = plan(&kinds(), 200, 3, until, 7);
        assert_eq!(planned, plan(&kinds(), 200, 3, until, 7));
        assert_ne!(planned, plan(&kinds(), 200, 3, until, 8));
        assert!(planned.starts_with(&plan(&kinds(), 50, 3, until, 7)));
        assert!(planned.iter().all(|run| run.started.date() < until && run.started.year() >= 2023));
        let again = planned.iter().filter(|run| run.attempt > 1).count();
        assert!(again > 100, "{again}");
    }

    #[test]
    fn everything_that_happens_in_a_field_happens_in_it() {
        let kinds = kinds();
        let planned = plan(&kinds, 1000, 3, date!(2026 - 06 - 30), 1);
        let share = |what: &dyn Fn(&Planned) -> bool| {
            planned.iter().filter(|run| what(run)).count() * 1000 / planned.len()
        };
        let sort = |wanted: Sort| share(&|run| kinds[run.template].sort == wanted);
        let within =
            |share: usize, least: usize, most: usize| assert!((least..=most).contains(&share), "{share}");
        within(sort(Sort::Practice), 60, 250);
        within(sort(Sort::Interrupted), 10, 60);
        within(sort(Sort::Wanting), 150, 500);
        within(share(&|run| run.waived.is_some()), 10, 150);
        for fate in [Fate::Flipped, Fate::Cut, Fate::Empty, Fate::Twice, Fate::Before] {
            within(share(&|run| run.fate == fate), 1, 60);
        }
        for signer in [Signer::Revoked, Signer::Ended] {
            within(share(&|run| run.signer == signer), 1, 20);
        }
        for step in [Step::Evaluated, Step::Refused] {
            within(share(&|run| run.step == step), 5, 100);
        }
        within(share(&|run| matches!(run.step, Step::Granted(_))), 100, 600);
        within(share(&|run| matches!(run.step, Step::Suspended(_) | Step::Withdrawn(_))), 2, 60);
        assert!(planned.iter().all(|run| run.waived.is_none() || kinds[run.template].waivable));
    }

    #[test]
    fn what_was_never_recorded_is_replaced_by_what_was() {
        let kinds: Vec<Kind> = kinds().into_iter().filter(|kind| kind.sort == Sort::Conform).collect();
        let planned = plan(&kinds, 50, 1, date!(2026 - 06 - 30), 1);
        assert!(planned.len() >= 50);
        assert!(plan(&[], 5, 1, date!(2026 - 06 - 30), 1).is_empty());
    }
}
