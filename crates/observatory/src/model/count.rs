//! A published number of products: told, or withheld because it could be traced to somebody.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// A number of products as it may be published. In JSON: a number, `"few"` or `"withheld"`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// This many; zero is told as zero.
    Number(u64),
    /// At least one, and fewer than the threshold.
    Few,
    /// Not told, because with it the number of a small cell could be computed.
    Withheld,
}

impl Count {
    /// The number, when it is told.
    #[must_use]
    pub fn number(self) -> Option<u64> {
        match self {
            Self::Number(number) => Some(number),
            Self::Few | Self::Withheld => None,
        }
    }

    /// The change since an earlier count, when both are told.
    #[must_use]
    pub fn since(self, earlier: Self) -> Option<i64> {
        let (now, then) = (self.number()?, earlier.number()?);
        i64::try_from(now).ok()?.checked_sub(i64::try_from(then).ok()?)
    }

    /// How open data tell it: the number, `few` or `withheld`.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Number(_) => "number",
            Self::Few => "few",
            Self::Withheld => "withheld",
        }
    }
}

impl Default for Count {
    fn default() -> Self {
        Self::Number(0)
    }
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Number(number) => number.fmt(f),
            other => f.write_str(other.word()),
        }
    }
}

impl Serialize for Count {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Number(number) => serializer.serialize_u64(*number),
            other => serializer.serialize_str(other.word()),
        }
    }
}

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        #[serde(untagged)]
        enum Raw {
            Number(u64),
            Word(String),
        }
        match Raw::deserialize(deserializer)? {
            Raw::Number(number) => Ok(Self::Number(number)),
            Raw::Word(word) if word == "few" => Ok(Self::Few),
            Raw::Word(word) if word == "withheld" => Ok(Self::Withheld),
            Raw::Word(word) => Err(D::Error::custom(format!("`{word}` is geen aantal, few of withheld"))),
        }
    }
}
