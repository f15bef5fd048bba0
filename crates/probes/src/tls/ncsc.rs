//! The levels of the NCSC guideline, as data: `data/tls/ncsc.csv`, one row per version, suite, group and scheme.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};

const TABLE: &str = include_str!("../../data/tls/ncsc.csv");
const EDITIONS: [(&str, Edition); 2] = [("ncsc-2025-05", Edition::May2025), ("ncsc-2.1", Edition::TwoOne)];

/// An edition of the guideline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edition {
    /// 2025-05.
    May2025,
    /// 2.1 of January 2021.
    TwoOne,
}

impl Edition {
    /// Both, latest first.
    pub const ALL: [Self; 2] = [Self::May2025, Self::TwoOne];

    /// The edition a profile's variant is about; the latest for others.
    #[must_use]
    pub fn of_variant(variant: &str) -> Self {
        EDITIONS.iter().find(|(name, _)| *name == variant).map_or(Self::May2025, |(_, edition)| *edition)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::May2025 => "2025-05",
            Self::TwoOne => "2.1",
        }
    }

    /// One of two levels, the first for the latest edition.
    #[must_use]
    pub fn of(self, (latest, former): (Level, Level)) -> Level {
        match self {
            Self::May2025 => latest,
            Self::TwoOne => former,
        }
    }
}

/// A level, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Goed.
    Good,
    /// Voldoende.
    Sufficient,
    /// The edition says nothing of it.
    Unlisted,
    /// Uit te faseren.
    PhaseOut,
    /// Onvoldoende.
    Insufficient,
}

impl Level {
    /// In the words of the guideline.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Good => "goed",
            Self::Sufficient => "voldoende",
            Self::Unlisted => "niet genoemd",
            Self::PhaseOut => "uit te faseren",
            Self::Insufficient => "onvoldoende",
        }
    }

    fn parse(word: &str) -> Option<Self> {
        Some(match word {
            "good" => Self::Good,
            "sufficient" => Self::Sufficient,
            "unlisted" => Self::Unlisted,
            "phase_out" => Self::PhaseOut,
            "insufficient" => Self::Insufficient,
            _ => return None,
        })
    }
}

/// What a row is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A protocol version.
    Version,
    /// A cipher suite.
    Suite,
    /// A group of a key exchange.
    Group,
    /// A signature scheme of a handshake.
    Scheme,
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Row {
    /// What it is about.
    pub kind: Kind,
    /// The number on the wire.
    pub number: u16,
    /// The name in the registry.
    pub name: &'static str,
    /// The levels, latest edition first.
    pub levels: (Level, Level),
}

static ROWS: LazyLock<Vec<Row>> = LazyLock::new(|| TABLE.lines().skip(1).filter_map(parse).collect());

fn parse(line: &'static str) -> Option<Row> {
    let mut cells = line.split(',');
    let kind = match cells.next()? {
        "version" => Kind::Version,
        "suite" => Kind::Suite,
        "group" => Kind::Group,
        "scheme" => Kind::Scheme,
        _ => return None,
    };
    let number = u16::from_str_radix(cells.next()?, 16).ok()?;
    let name = cells.next()?;
    Some(Row { kind, number, name, levels: (Level::parse(cells.next()?)?, Level::parse(cells.next()?)?) })
}

/// The row of a number.
#[must_use]
pub fn row(kind: Kind, number: u16) -> Option<&'static Row> {
    ROWS.iter().find(|row| row.kind == kind && row.number == number)
}

/// The numbers of a kind, best level first.
pub fn numbers(kind: Kind) -> impl Iterator<Item = u16> {
    ROWS.iter().filter(move |row| row.kind == kind).map(|row| row.number)
}

/// The name and the level; what is not in the table is insufficient, because the guideline's list is closed.
#[must_use]
pub fn level(kind: Kind, number: u16, edition: Edition) -> (String, Level) {
    row(kind, number)
        .map(|row| (row.name.to_owned(), edition.of(row.levels)))
        .unwrap_or_else(|| (format!("0x{number:04X}"), Level::Insufficient))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_line_is_a_row_and_no_number_stands_there_twice() {
        assert_eq!(ROWS.len(), TABLE.lines().count() - 1);
        let keys: BTreeSet<(u8, u16)> = ROWS.iter().map(|row| (row.kind as u8, row.number)).collect();
        assert_eq!(keys.len(), ROWS.len());
        for line in TABLE.lines().skip(1) {
            let basis = line.rsplit(',').next().unwrap_or_default();
            assert!(["source", "knowledge", "closed"].contains(&basis), "{line}");
        }
    }

    #[test]
    fn the_editions_differ_where_the_guideline_does() {
        let level = |kind, number| Edition::ALL.map(|edition| level(kind, number, edition).1);
        assert_eq!(level(Kind::Version, 0x0301), [Level::Insufficient, Level::PhaseOut]);
        assert_eq!(level(Kind::Suite, 0x1302), [Level::Good, Level::Good]);
        assert_eq!(level(Kind::Suite, 0x002F), [Level::Insufficient, Level::PhaseOut]);
        assert_eq!(level(Kind::Suite, 0xFEFE), [Level::Insufficient; 2]);
        assert_eq!(level(Kind::Group, 0x11EC), [Level::Good, Level::Unlisted]);
        assert_eq!(level(Kind::Group, 0x001D), [Level::Sufficient, Level::Good]);
        assert_eq!(Edition::of_variant("ncsc-2.1"), Edition::TwoOne);
        assert_eq!(Edition::of_variant("gisa-2026-b"), Edition::May2025);
    }
}
