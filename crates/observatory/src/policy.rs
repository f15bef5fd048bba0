//! The policy: which products are named, from which number a cell is told, which periods, what is trusted. It is data.

use std::{collections::BTreeSet, path::Path};

use keur_catalogue::Text;
use keur_dossier::{
    dates::parse_day,
    policy::{text, toml_at},
};
use serde::{Deserialize, Serialize};
use time::Date;

const FORMAT: &str = "keur/observatory-policy";
/// Numbers below this are not told when the policy says nothing.
const THRESHOLD: u64 = 10;

/// What is published of what was verified.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// `keur/observatory-policy`.
    pub format: String,
    /// Numbers from 1 to one below this are not told; 0 withholds nothing.
    #[serde(default = "threshold")]
    pub threshold: u64,
    /// Which products are named.
    #[serde(default)]
    pub named: Named,
    /// How long the periods are.
    #[serde(default)]
    pub period: Length,
    /// How many days a run counts; for ever when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_days: Option<u16>,
    /// Keys that were revoked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub revoked: Vec<Revoked>,
    /// What a bundle must be beyond sound: the policy of `keur verify`.
    #[serde(default, skip_serializing)]
    pub verify: Option<keur_dossier::Policy>,
    /// In words, for the pages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

fn threshold() -> u64 {
    THRESHOLD
}

/// Which products are named.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Named {
    /// `"none"` or `"all"`.
    Word(Word),
    /// These.
    Products(Vec<Product>),
    /// None, when nothing is said.
    #[default]
    #[serde(skip)]
    Unsaid,
}

/// `"none"` or `"all"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Word {
    /// None.
    None,
    /// All.
    All,
}

/// A product by its names.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    /// Vendor.
    pub vendor: String,
    /// Name.
    pub name: String,
}

/// How long a period is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Length {
    /// A month.
    Month,
    /// Three months.
    #[default]
    Quarter,
    /// A year.
    Year,
}

/// A key that was revoked: what it signed from that day on does not count.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Revoked {
    /// `sha256:…`, as `keur keys show` tells it.
    pub key: String,
    /// `YYYY-MM-DD`; from the beginning when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub since: Option<String>,
}

/// A policy that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// The file system refused.
    #[error("{path}: {source}\n  help: geef met --policy een leesbaar TOML-bestand van hoogstens 1 MiB")]
    Io {
        /// Where.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// It is not a policy.
    #[error(
        "{path}:{line}: dit is geen beleid van het observatorium: {message}\n  help: begin met format = \"{FORMAT}\" en gebruik alleen threshold, named, period, valid_days, revoked, verify en note"
    )]
    Parse {
        /// Where.
        path: String,
        /// Line, 1-based.
        line: usize,
        /// What is wrong.
        message: String,
    },
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            format: FORMAT.to_owned(),
            threshold: THRESHOLD,
            named: Named::default(),
            period: Length::default(),
            valid_days: None,
            revoked: Vec::new(),
            verify: None,
            note: None,
        }
    }
}

impl Policy {
    /// Reads a policy file.
    ///
    /// # Errors
    /// When it cannot be read, or has one key or value we do not know.
    pub fn open(path: &Path) -> Result<Self, PolicyError> {
        let name = path.display().to_string();
        let text = text(path).map_err(|source| PolicyError::Io { path: name.clone(), source })?;
        Self::parse(&name, &text)
    }

    /// Reads the text of a policy; `path` names it in errors.
    ///
    /// # Errors
    /// When one key or value is not known.
    pub fn parse(path: &str, text: &str) -> Result<Self, PolicyError> {
        let wrong =
            |line: usize, message: String| PolicyError::Parse { path: path.to_owned(), line, message };
        let policy: Self = toml_at(text).map_err(|(line, message)| wrong(line, message))?;
        if policy.format != FORMAT {
            return Err(wrong(1, format!("formaat `{}`; bekend is {FORMAT}", policy.format)));
        }
        if policy.threshold == 2 {
            return Err(wrong(
                1,
                "threshold = 2 verbergt niets: alleen 1 is dan klein; neem 0, of 3 of meer".to_owned(),
            ));
        }
        for revoked in &policy.revoked {
            let hex = revoked.key.strip_prefix("sha256:").unwrap_or_default();
            if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
                return Err(wrong(1, format!("`{}` is geen sha256:… van 64 tekens", revoked.key)));
            }
            if let Some(day) = revoked.since.as_deref().filter(|day| parse_day(day).is_none()) {
                return Err(wrong(1, format!("`{day}` is geen datum JJJJ-MM-DD")));
            }
        }
        Ok(policy)
    }

    /// Whether what this key signed on this day does not count.
    #[must_use]
    pub fn is_revoked(&self, key: &str, day: Date) -> bool {
        self.revoked.iter().any(|revoked| {
            revoked.key == key
                && revoked.since.as_deref().and_then(parse_day).is_none_or(|since| since <= day)
        })
    }

    /// The products to name, by their [`key`]s; `None` means all.
    #[must_use]
    pub fn named(&self) -> Option<BTreeSet<String>> {
        match &self.named {
            Named::Word(Word::All) => None,
            Named::Word(Word::None) | Named::Unsaid => Some(BTreeSet::new()),
            Named::Products(products) => {
                Some(products.iter().map(|product| key(&product.vendor, &product.name)).collect())
            }
        }
    }
}

impl Length {
    /// The name of the period this day is in, and the period's last day.
    #[must_use]
    pub fn of(self, day: Date) -> (String, Date) {
        let (year, month) = (day.year(), u8::from(day.month()));
        let (id, last) = match self {
            Self::Month => (format!("{year}-{month:02}"), month),
            Self::Quarter => (format!("{year}-Q{}", month.div_ceil(3)), month.div_ceil(3) * 3),
            Self::Year => (year.to_string(), 12),
        };
        let days = time::Month::try_from(last).map_or(31, |month| month.length(year));
        (id, parse_day(&format!("{year:04}-{last:02}-{days:02}")).unwrap_or(day))
    }
}

/// What makes two names the same product: case and white space do not.
#[must_use]
pub fn key(vendor: &str, name: &str) -> String {
    let plain = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    format!("{}\n{}", plain(vendor), plain(name))
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn an_empty_policy_names_nobody_and_withholds_small_cells() {
        let policy = Policy::parse("p", "format = \"keur/observatory-policy\"").expect("sound");
        assert_eq!(policy, Policy::default());
        assert_eq!(policy.named(), Some(BTreeSet::new()));
    }

    #[test]
    fn mistakes_are_told_with_their_line() {
        for (text, told) in [
            ("format = \"keur/observatory-policy\"\nthresold = 5", "p:2"),
            ("format = \"keur/policy\"", "keur/policy"),
            ("format = \"keur/observatory-policy\"\nnamed = \"some\"", "p:2"),
            ("format = \"keur/observatory-policy\"\nthreshold = 2", "threshold"),
            ("format = \"keur/observatory-policy\"\n[[revoked]]\nkey = \"x\"", "sha256"),
        ] {
            let error = Policy::parse("p", text).expect_err(text).to_string();
            assert!(error.contains(told) && error.contains("help:"), "{error}");
        }
    }

    #[test]
    fn products_are_named_whatever_the_case_of_their_names() {
        let text =
            "format = \"keur/observatory-policy\"\nnamed = [{ vendor = \"Zorg  Soft\", name = \"KERN\" }]";
        let named = Policy::parse("p", text).expect("sound").named().expect("a list");
        assert!(named.contains(&key("zorg soft", "Kern")));
    }

    #[test]
    fn a_key_is_revoked_from_its_day() {
        let key = format!("sha256:{}", "a".repeat(64));
        let revoked = vec![Revoked { key: key.clone(), since: Some("2026-02-01".to_owned()) }];
        let policy = Policy { revoked, ..Policy::default() };
        assert!(!policy.is_revoked(&key, date!(2026 - 01 - 31)));
        assert!(policy.is_revoked(&key, date!(2026 - 02 - 01)));
    }

    #[test]
    fn periods_end_on_their_last_day() {
        assert_eq!(Length::Month.of(date!(2024 - 02 - 03)), ("2024-02".to_owned(), date!(2024 - 02 - 29)));
        assert_eq!(Length::Quarter.of(date!(2026 - 05 - 03)), ("2026-Q2".to_owned(), date!(2026 - 06 - 30)));
        assert_eq!(Length::Year.of(date!(2026 - 05 - 03)), ("2026".to_owned(), date!(2026 - 12 - 31)));
    }
}
