//! The name of an UZI certificate: the text of the otherName in its SAN,
//! `<OidCa>-<version>-<UziNumber>-<CardType>-<URA>-<Role>-<AGB>`. The layout is that of a public reader of UZI cards; the
//! register's own specification was not at hand, so nothing here judges by itself.

use std::fmt;

use x509_parser::prelude::{FromDer, GeneralName, X509Certificate};

/// The names of this layout in a certificate (DER): the texts of its otherNames that fit.
#[must_use]
pub fn names(der: &[u8]) -> Vec<UziName> {
    let Ok((_, certificate)) = X509Certificate::from_der(der) else { return Vec::new() };
    let Ok(Some(alternatives)) = certificate.subject_alternative_name() else { return Vec::new() };
    let texts = alternatives.value.general_names.iter().filter_map(|name| match name {
        // The text may be of any string type, tagged or not: what is printable at the end of it is looked at.
        GeneralName::OtherName(_, value) => {
            let printable = value.iter().rev().take_while(|byte| byte.is_ascii_graphic()).count();
            std::str::from_utf8(&value[value.len() - printable..]).ok()
        }
        _ => None,
    });
    // The length of the string may be printable too, and stands in front.
    let parsed = texts.filter_map(|text| (0..=2).find_map(|skip| UziName::parse(text.get(skip..)?).ok()));
    parsed.collect()
}

/// The seven parts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UziName {
    /// Object identifier of the issuing CA.
    pub oid_ca: String,
    /// Version of the layout.
    pub version: String,
    /// Number of the holder: the UZI number.
    pub number: String,
    /// Kind of card.
    pub card: CardType,
    /// Number of the subscriber, eight digits.
    pub ura: String,
    /// Role of the holder, `01.015`.
    pub role: String,
    /// AGB code, or zeros.
    pub agb: String,
}

/// Kind of card, by its letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CardType {
    /// Z: a care professional.
    Professional,
    /// N: an employee by name.
    Named,
    /// M: an employee not by name.
    Unnamed,
    /// S: a server.
    Server,
}

/// Why a text is no such name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UziError {
    /// Not seven parts; this many.
    Parts(usize),
    /// The first part is no object identifier.
    Oid,
    /// A part that must be digits is not, or has another length.
    Digits(&'static str),
    /// An unknown kind of card.
    Card,
    /// The role is not two digits, a point and three digits.
    Role,
}

impl fmt::Display for UziError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Parts(found) => write!(f, "{found} onderdelen in plaats van 7"),
            Self::Oid => f.write_str("het eerste onderdeel is geen OID"),
            Self::Digits(part) => write!(f, "{part} heeft niet de juiste cijfers"),
            Self::Card => f.write_str("een onbekende passoort"),
            Self::Role => f.write_str("de rolcode heeft niet de vorm 00.000"),
        }
    }
}

impl std::error::Error for UziError {}

impl UziName {
    /// Reads the text of the otherName.
    ///
    /// # Errors
    /// [`UziError`]: which part does not fit.
    pub fn parse(text: &str) -> Result<Self, UziError> {
        let parts: Vec<&str> = text.split('-').collect();
        let [oid_ca, version, number, card, ura, role, agb] = parts.as_slice() else {
            return Err(UziError::Parts(parts.len()));
        };
        let is_oid = oid_ca.contains('.') && oid_ca.split('.').all(digits);
        is_oid.then_some(()).ok_or(UziError::Oid)?;
        for (name, part, length) in [
            ("de versie", version, None),
            ("het UZI-nummer", number, None),
            ("het URA-nummer", ura, Some(8)),
            ("de AGB-code", agb, Some(8)),
        ] {
            let fits = digits(part) && length.is_none_or(|length| part.len() == length);
            fits.then_some(()).ok_or(UziError::Digits(name))?;
        }
        let card = match *card {
            "Z" => CardType::Professional,
            "N" => CardType::Named,
            "M" => CardType::Unnamed,
            "S" => CardType::Server,
            _ => return Err(UziError::Card),
        };
        let fits = role.split_once('.').is_some_and(|(kind, specialism)| {
            digits(kind) && digits(specialism) && (kind.len(), specialism.len()) == (2, 3)
        });
        fits.then_some(()).ok_or(UziError::Role)?;
        let [oid_ca, version, number, ura, role, agb] =
            [oid_ca, version, number, ura, role, agb].map(|part| (*part).to_owned());
        Ok(Self { oid_ca, version, number, card, ura, role, agb })
    }
}

impl fmt::Display for UziName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let card = match self.card {
            CardType::Professional => "Z",
            CardType::Named => "N",
            CardType::Unnamed => "M",
            CardType::Server => "S",
        };
        let Self { oid_ca, version, number, ura, role, agb, .. } = self;
        write!(f, "{oid_ca}-{version}-{number}-{card}-{ura}-{role}-{agb}")
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_parts_of_a_person_and_of_a_server() {
        let person = UziName::parse("2.16.528.1.1003.1.3.5.5.2-1-11111111-N-90000111-01.015-00000000");
        let person = person.expect("a name");
        assert_eq!(
            (person.card, person.ura.as_str(), person.role.as_str()),
            (CardType::Named, "90000111", "01.015")
        );
        let server = UziName::parse("2.16.528.1.1007.99.2110-1-900025039-S-90000382-00.000-00000000");
        assert_eq!(
            server.map(|name| (name.card, name.number)),
            Ok((CardType::Server, "900025039".to_owned()))
        );
    }

    #[test]
    fn the_part_that_does_not_fit_is_named() {
        let cases = [
            ("", UziError::Parts(1)),
            ("x-1-1-S-90000382-00.000-00000000", UziError::Oid),
            ("2-1-1-S-90000382-00.000-00000000", UziError::Oid),
            ("2.16-1--S-90000382-00.000-00000000", UziError::Digits("het UZI-nummer")),
            ("2.16-1-1-S-9000038-00.000-00000000", UziError::Digits("het URA-nummer")),
            ("2.16-1-1-S-90000382-00.000-0", UziError::Digits("de AGB-code")),
            ("2.16-1-1-X-90000382-00.000-00000000", UziError::Card),
            ("2.16-1-1-S-90000382-000.00-00000000", UziError::Role),
            ("2.16-1-1-S-90000382-00.000-00000000-1", UziError::Parts(8)),
        ];
        for (text, error) in cases {
            assert_eq!(UziName::parse(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "[0-9SNMZX.\\-]{0,60}|.{0,60}") {
            if let Ok(name) = UziName::parse(&text) {
                prop_assert_eq!(name.to_string(), text);
            }
        }
    }
}
