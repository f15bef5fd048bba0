//! The figures of the report: the same in its tables and in its CSV.

use super::words::words;
use crate::model::{Count, Picture, Standing};

/// Something that is counted.
pub(super) struct Measure {
    /// Its key in the CSV.
    pub(super) key: &'static str,
    /// Its name.
    pub(super) name: &'static str,
    /// Its count; none when the group has no requirements for it.
    pub(super) of: fn(&Standing) -> Option<Count>,
}

/// All of them, in order.
pub(super) fn measures() -> [Measure; 10] {
    let words = &words().measure;
    let measure = |key, name: &'static str, of| Measure { key, name, of };
    [
        measure("products", &words.products, |one: &Standing| Some(one.products)),
        measure("spoor_1_conform", &words.spoor_1, |one| one.spoor_1.map(|track| track.conform)),
        measure("spoor_1_conform_with_waiver", &words.spoor_1_waived, |one| {
            one.spoor_1.map(|track| track.conform_with_waiver)
        }),
        measure("spoor_2_conform", &words.spoor_2, |one| one.spoor_2.map(|track| track.conform)),
        measure("spoor_2_conform_with_waiver", &words.spoor_2_waived, |one| {
            one.spoor_2.map(|track| track.conform_with_waiver)
        }),
        measure("not_conform", &words.not_conform, |one| Some(one.whole.not_conform)),
        measure("incomplete", &words.incomplete, |one| Some(one.whole.incomplete)),
        measure("expired", &words.expired, |one| Some(one.whole.expired)),
        measure("certificate_granted", &words.granted, |one| Some(one.certificates.granted)),
        measure("certificate_conditional", &words.conditional, |one| Some(one.certificates.conditional)),
    ]
}

/// The year: where it ends, and where the year before it ended.
#[derive(Clone, Copy)]
pub(super) struct Year {
    /// The year.
    pub(super) year: i32,
    /// The position of its end in every list by period.
    pub(super) end: usize,
    /// The same of the year before, when there is one.
    pub(super) before: Option<usize>,
}

impl Year {
    /// The year in this picture.
    pub(super) fn of(picture: &Picture, year: i32) -> Option<Self> {
        let before = year.checked_sub(1).and_then(|before| picture.year_end(before));
        Some(Self { year, end: picture.year_end(year)?, before })
    }

    /// The standing at its end.
    pub(super) fn now(self, standing: &[Standing]) -> Standing {
        standing.get(self.end).copied().unwrap_or_default()
    }

    /// The standing a year before.
    pub(super) fn then(self, standing: &[Standing]) -> Option<Standing> {
        standing.get(self.before?).copied()
    }
}

/// The figures as CSV. Its texts are keys alone.
pub(super) fn csv(picture: &Picture, year: Year) -> String {
    let mut out = String::from("year,day,group,id,measure,before,now,difference\n");
    let day = picture.periods.get(year.end).map_or("", |period| &period.day);
    let mut line = |group: &str, id: &str, measure: &str, before: Option<Count>, now: Count| {
        let difference =
            before.and_then(|before| now.since(before)).map(|n| n.to_string()).unwrap_or_default();
        let before = before.map(|count| count.to_string()).unwrap_or_default();
        let prefix = format!("{},{day},{group},{}", year.year, quoted(id));
        out.push_str(&format!("{prefix},{measure},{before},{now},{difference}\n"));
    };
    let exchanges = picture.exchanges.iter().map(|one| ("exchange", &*one.id, &one.standing));
    let profiles = picture.profiles.iter().map(|one| ("profile", &*one.id, &one.standing));
    for (group, id, standing) in [("all", "", &picture.total)].into_iter().chain(exchanges).chain(profiles) {
        let (now, then) = (year.now(standing), year.then(standing));
        for measure in measures() {
            if let Some(count) = (measure.of)(&now) {
                line(group, id, measure.key, then.as_ref().and_then(measure.of), count);
            }
        }
    }
    for profile in &picture.profiles {
        for requirement in &profile.requirements {
            let at =
                |n: usize| requirement.counts.get(n).copied().flatten().map(|counts| counts.not_satisfied);
            if let Some(now) = at(year.end) {
                let id = format!("{}/{}", profile.id, requirement.id);
                line("requirement", &id, "not_satisfied", year.before.and_then(at), now);
            }
        }
    }
    out
}

/// Ids are plain; should one not be, it stays one cell.
fn quoted(id: &str) -> String {
    if id.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", id.replace('"', "\"\""))
    } else {
        id.to_owned()
    }
}
