//! Values with a form of their own: closed words, lists, numbers, dates.

use time::{Date, macros::format_description};
use toml::Spanned;
use toml::de::DeValue;

use super::{Found, Reader, Section};

impl Reader<'_> {
    /// One of a closed list of words.
    pub(crate) fn one_of<T: Copy>(
        &mut self,
        section: &Section<'_>,
        key: &str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let found = self.required(section, key)?;
        let hit = words.iter().find(|(word, _)| *word == found.text).map(|(_, value)| *value);
        if hit.is_none() {
            let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            let help = format!("kies uit: {}", known.join(", "));
            self.problem(
                &found.span,
                format!("{} heeft een onbekende waarde", section.named(key)),
                Some(&help),
            );
        }
        hit
    }

    /// A list of texts; empty when absent.
    pub(crate) fn list(&mut self, section: &Section<'_>, key: &str) -> Vec<Found> {
        let Some(value) = section.get(key) else { return Vec::new() };
        let items: Option<Vec<Found>> = value.get_ref().as_array().and_then(|items| {
            let one = |item: &Spanned<DeValue<'_>>| {
                item.get_ref().as_str().map(|text| Found { text: text.to_owned(), span: item.span() })
            };
            items.iter().map(one).collect()
        });
        items.unwrap_or_else(|| {
            self.problem(
                &value.span(),
                format!("{} moet een lijst van teksten zijn", section.named(key)),
                None,
            );
            Vec::new()
        })
    }

    /// A whole number of zero or more.
    pub(crate) fn count(&mut self, section: &Section<'_>, key: &str) -> Option<u64> {
        let value = section.get(key)?;
        let number =
            value.get_ref().as_integer().and_then(|n| u64::from_str_radix(n.as_str(), n.radix()).ok());
        if number.is_none() {
            self.problem(
                &value.span(),
                format!("{} moet een heel getal van 0 of meer zijn", section.named(key)),
                None,
            );
        }
        number
    }

    /// A date, `YYYY-MM-DD`.
    pub(crate) fn date(&mut self, section: &Section<'_>, key: &str) -> Option<(Found, Date)> {
        let found = self.required(section, key)?;
        match Date::parse(&found.text, format_description!("[year]-[month]-[day]")) {
            Ok(date) => Some((found, date)),
            Err(_) => {
                let message = format!("{} is geen datum", section.named(key));
                self.problem(&found.span, message, Some("schrijf een datum als \"2026-11-22\""));
                None
            }
        }
    }
}
