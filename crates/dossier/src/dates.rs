//! Days (`YYYY-MM-DD`) and instants (RFC 3339, UTC, milliseconds) in our files.

use serde::{Deserialize, Deserializer, Serializer};
use time::{
    Date, OffsetDateTime, UtcOffset, format_description::BorrowedFormatItem,
    format_description::well_known::Rfc3339, macros::format_description,
};

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

/// Reads a day.
#[must_use]
pub fn parse_day(text: &str) -> Option<Date> {
    Date::parse(text, DAY).ok()
}

/// Writes a day.
#[must_use]
pub fn day_text(day: Date) -> String {
    day.format(DAY).unwrap_or_default()
}

/// Reads an instant.
#[must_use]
pub fn parse_instant(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339).ok().map(|at| at.to_offset(UtcOffset::UTC))
}

/// Writes an instant.
#[must_use]
pub fn instant_text(at: OffsetDateTime) -> String {
    keur_evidence::journal::instant(at)
}

/// For `#[serde(with = "…")]`: a day.
pub mod day {
    use super::{Date, Deserialize, Deserializer, Serializer, day_text, parse_day};
    use serde::de::Error as _;

    /// Writes it.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(day: &Date, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&day_text(*day))
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is not `YYYY-MM-DD`.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_day(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is geen datum JJJJ-MM-DD")))
    }
}

/// For `#[serde(with = "…")]`: an instant.
pub mod instant {
    use super::{Deserialize, Deserializer, OffsetDateTime, Serializer, instant_text, parse_instant};
    use serde::de::Error as _;

    /// Writes it.
    ///
    /// # Errors
    /// Those of the serializer.
    pub fn serialize<S: Serializer>(at: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&instant_text(*at))
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is not RFC 3339.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<OffsetDateTime, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse_instant(&text).ok_or_else(|| D::Error::custom(format!("`{text}` is geen tijdstip (RFC 3339)")))
    }
}
