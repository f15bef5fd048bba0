//! FHIR dates as ranges, and what a search by date says of them. What depends on a time zone nobody named is undecided.

use serde_json::Value;
use time::{Date, Duration, Month, OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// How far apart two time zones can be.
const ZONES: [i64; 3] = [-14, 0, 14];

/// The half-open range a date covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    low: OffsetDateTime,
    high: OffsetDateTime,
    /// A moment with a zone, rather than a day on the calendar.
    zoned: bool,
    /// A period.
    period: bool,
}

/// The comparison in front of a date or number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Prefix {
    /// Within.
    Eq,
    /// Not within.
    Ne,
    /// Partly after.
    Gt,
    /// Partly before.
    Lt,
    /// After or within.
    Ge,
    /// Before or within.
    Le,
    /// Wholly after.
    Sa,
    /// Wholly before.
    Eb,
}

impl Prefix {
    /// As it is written.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Eq => "eq",
            Self::Ne => "ne",
            Self::Gt => "gt",
            Self::Lt => "lt",
            Self::Ge => "ge",
            Self::Le => "le",
            Self::Sa => "sa",
            Self::Eb => "eb",
        }
    }
}

/// The range of a date, dateTime, instant or Period.
#[must_use]
pub fn range(value: &Value) -> Option<Range> {
    if let Some(text) = value.as_str() {
        return parse(text);
    }
    let (start, end) = (value["start"].as_str(), value["end"].as_str());
    let low = start.map_or(Some(day(1, 1, 1)?), |text| parse(text).map(|range| range.low))?;
    let high = end.map_or(Some(day(9999, 1, 1)?), |text| parse(text).map(|range| range.high))?;
    (start.is_some() || end.is_some()).then_some(Range { low, high, zoned: true, period: true })
}

/// The range of a date as written.
#[must_use]
pub fn parse(text: &str) -> Option<Range> {
    if text.contains('T') {
        let low = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        return Some(Range { low, high: low + Duration::SECOND, zoned: true, period: false });
    }
    let parts: Vec<&str> = text.split('-').collect();
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let number = |at: usize| parts[at].parse::<u8>().ok();
    let (low, high) = match lengths.as_slice() {
        [4] => (day(parts[0].parse().ok()?, 1, 1)?, day(parts[0].parse::<i32>().ok()? + 1, 1, 1)?),
        [4, 2] => {
            let (year, month) = (parts[0].parse::<i32>().ok()?, number(1)?);
            let next = if month == 12 { day(year + 1, 1, 1)? } else { day(year, month + 1, 1)? };
            (day(year, month, 1)?, next)
        }
        [4, 2, 2] => {
            let low = day(parts[0].parse().ok()?, number(1)?, number(2)?)?;
            (low, low + Duration::DAY)
        }
        _ => return None,
    };
    Some(Range { low, high, zoned: false, period: false })
}

fn day(year: i32, month: u8, day: u8) -> Option<OffsetDateTime> {
    let date = Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()?;
    Some(date.midnight().assume_offset(UtcOffset::UTC))
}

impl Range {
    /// Whether a value with this range satisfies a search; `None` when FHIR leaves it open.
    #[must_use]
    pub fn satisfies(&self, prefix: Prefix, asked: &Self) -> Option<bool> {
        let zones = if self.zoned == asked.zoned { &ZONES[1..2] } else { &ZONES[..] };
        let mut answers = zones.iter().map(|hours| {
            let by = Duration::hours(*hours);
            self.compared(prefix, asked.low + by, asked.high + by)
        });
        let first = answers.next()?;
        if answers.all(|answer| answer == first) { first } else { None }
    }

    fn compared(&self, prefix: Prefix, low: OffsetDateTime, high: OffsetDateTime) -> Option<bool> {
        let within = low <= self.low && self.high <= high;
        let overlaps = self.low < high && low < self.high;
        // Versions of FHIR and servers differ on a period that is partly within.
        if self.period && overlaps && !within && !matches!(prefix, Prefix::Sa | Prefix::Eb) {
            return None;
        }
        match prefix {
            Prefix::Eq => Some(within),
            Prefix::Ne => Some(!within),
            Prefix::Gt => Some(self.high > high),
            Prefix::Lt => Some(self.low < low),
            Prefix::Ge if self.high > high || within => Some(true),
            Prefix::Le if self.low < low || within => Some(true),
            Prefix::Ge | Prefix::Le => (!overlaps).then_some(false),
            Prefix::Sa => Some(self.low >= high),
            Prefix::Eb => Some(self.high <= low),
        }
    }

    /// Whether it lies wholly before another, when that is sure.
    #[must_use]
    pub fn before(&self, other: &Self) -> Option<bool> {
        let margin = if self.zoned == other.zoned { Duration::ZERO } else { Duration::hours(14) };
        if self.high + margin <= other.low {
            Some(true)
        } else if other.high + margin <= self.low {
            Some(false)
        } else {
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn partial_dates_are_ranges_and_zones_are_left_open() {
        for (value, prefix, asked, expected) in [
            (json!("2021-03-01"), Prefix::Eq, "2021", Some(true)),
            (json!("2021"), Prefix::Eq, "2021-03", Some(false)),
            (json!("2021"), Prefix::Gt, "2021-03", Some(true)),
            (json!("2021-03-01"), Prefix::Lt, "2021-03-01", Some(false)),
            (json!("2021-03-01"), Prefix::Le, "2021-03-01", Some(true)),
            (json!("2021-03-01"), Prefix::Ne, "2021-03-01", Some(false)),
            (json!("2021-03-01T12:00:00Z"), Prefix::Eq, "2021-03-01", None),
            (json!("2021-03-01T12:00:00Z"), Prefix::Eq, "2021-03", None),
            (json!("2021-03-15T12:00:00Z"), Prefix::Eq, "2021-03", Some(true)),
            (json!("2021-03-15T12:00:00Z"), Prefix::Sa, "2021-03-13", Some(true)),
            (json!({"start": "2020", "end": "2022"}), Prefix::Eq, "2021", None),
            (json!({"start": "2020"}), Prefix::Eb, "2019", Some(false)),
        ] {
            let asked_range = parse(asked).expect(asked);
            let range = range(&value).expect("a date");
            assert_eq!(range.satisfies(prefix, &asked_range), expected, "{value} {prefix:?} {asked}");
        }
        for nonsense in ["", "gisteren", "2021-13", "2021-1", "2021-02-30", "20210-01"] {
            assert_eq!(parse(nonsense), None, "{nonsense}");
        }
    }

    #[test]
    fn order_is_told_when_it_is_sure() {
        let of = |text: &str| parse(text).expect(text);
        assert_eq!(of("2020").before(&of("2021")), Some(true));
        assert_eq!(of("2022-01").before(&of("2021")), Some(false));
        assert_eq!(of("2021").before(&of("2021-05")), None);
        assert_eq!(of("2021-05-01").before(&of("2021-05-02T01:00:00Z")), None);
    }
}
