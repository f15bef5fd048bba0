//! FHIR dates as intervals: `2020` is the whole year.

use serde_json::Value;
use time::format_description::well_known::Rfc3339;
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

/// The half-open interval that a partial date covers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    low: OffsetDateTime,
    high: OffsetDateTime,
}

/// A comparison with a date, such as `ge2020-01`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Comparison {
    prefix: Prefix,
    span: Span,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Equal,
    NotEqual,
    Less,
    Greater,
    LessOrEqual,
    GreaterOrEqual,
    After,
    Before,
}

impl Comparison {
    /// Reads a search value; `None` when it is not a date.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (prefix, rest) = match text.get(..2) {
            Some("eq") => (Prefix::Equal, &text[2..]),
            Some("ne") => (Prefix::NotEqual, &text[2..]),
            Some("lt") => (Prefix::Less, &text[2..]),
            Some("gt") => (Prefix::Greater, &text[2..]),
            Some("le") => (Prefix::LessOrEqual, &text[2..]),
            Some("ge") => (Prefix::GreaterOrEqual, &text[2..]),
            Some("sa") => (Prefix::After, &text[2..]),
            Some("eb") => (Prefix::Before, &text[2..]),
            _ => (Prefix::Equal, text),
        };
        Some(Self { prefix, span: span(rest)? })
    }

    /// Whether a date, dateTime, instant or Period satisfies the comparison.
    pub(crate) fn holds(&self, value: &Value) -> bool {
        let Some(found) = span_of(value) else { return false };
        match self.prefix {
            Prefix::Equal => found.low >= self.span.low && found.high <= self.span.high,
            Prefix::NotEqual => !(found.low >= self.span.low && found.high <= self.span.high),
            Prefix::Less => found.low < self.span.low,
            Prefix::Greater => found.high > self.span.high,
            Prefix::LessOrEqual => found.low < self.span.high,
            Prefix::GreaterOrEqual => found.high > self.span.low,
            Prefix::After => found.low >= self.span.high,
            Prefix::Before => found.high <= self.span.low,
        }
    }
}

/// The start of a date or Period, to sort on; absent values sort first.
pub(crate) fn start(value: &Value) -> Option<OffsetDateTime> {
    span_of(value).map(|span| span.low)
}

fn span_of(value: &Value) -> Option<Span> {
    if let Some(text) = value.as_str() {
        return span(text);
    }
    let low = value["start"].as_str().and_then(span);
    let high = value["end"].as_str().and_then(span);
    let first = low.or(high)?.low;
    // An open period goes on: a far date stands for that.
    let far = Date::from_calendar_date(9999, Month::January, 1).ok()?.with_time(Time::MIDNIGHT).assume_utc();
    Some(Span { low: first, high: high.map_or(far, |span| span.high) })
}

fn span(text: &str) -> Option<Span> {
    if text.contains('T') {
        let low = OffsetDateTime::parse(text, &Rfc3339).ok()?;
        return Some(Span { low, high: low + Duration::SECOND });
    }
    if !text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') {
        return None;
    }
    let mut parts = text.split('-');
    let year: i32 = parts.next().filter(|part| part.len() == 4)?.parse().ok()?;
    let two = |part: &str| if part.len() == 2 { part.parse::<u8>().ok() } else { None };
    let (low, high) = match (parts.next(), parts.next(), parts.next()) {
        (None, ..) => (day(year, 1, 1)?, day(year + 1, 1, 1)?),
        (Some(month), None, _) => {
            let month = two(month)?;
            let next = if month == 12 { day(year + 1, 1, 1)? } else { day(year, month + 1, 1)? };
            (day(year, month, 1)?, next)
        }
        (Some(month), Some(date), None) => {
            let low = day(year, two(month)?, two(date)?)?;
            (low, low.next_day()?)
        }
        _ => return None,
    };
    let midnight = |date: Date| date.with_time(Time::MIDNIGHT).assume_offset(UtcOffset::UTC);
    Some(Span { low: midnight(low), high: midnight(high) })
}

fn day(year: i32, month: u8, day: u8) -> Option<Date> {
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn partial_dates_are_intervals() {
        let cases = [
            ("2020", json!("2020-05-01"), true),
            ("2020-05", json!("2020-06-01"), false),
            ("ge2020-05", json!("2020-06-01"), true),
            ("lt2020-05-02", json!("2020-05-01T23:00:00+00:00"), true),
            ("gt2021", json!({"start": "2019", "end": "2020"}), false),
            ("gt2021", json!({"start": "2019"}), true),
            ("ne2020", json!("2021"), true),
        ];
        for (query, value, expected) in cases {
            assert_eq!(Comparison::parse(query).expect(query).holds(&value), expected, "{query} {value}");
        }
    }

    #[test]
    fn nonsense_is_not_a_date() {
        for text in ["", "gisteren", "2020-13", "20-01-01", "2020-02-30", "2020-1-1-1", "gé", "99999"] {
            assert_eq!(Comparison::parse(text), None, "{text}");
        }
    }
}
