//! Reads the files vendors and assessors write, field by field, so that every problem is told at once and in Dutch.

mod values;

use std::ops::Range;

use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use crate::{Diagnostic, Problems, diagnostic::File, suggest};

/// The problems met so far.
pub(crate) struct Reader<'t> {
    file: File<'t>,
    problems: Vec<Diagnostic>,
}

/// A table of the file, with the name a reader knows it by.
pub(crate) struct Section<'d> {
    name: String,
    table: &'d DeTable<'d>,
    span: Range<usize>,
}

/// A text and its place.
pub(crate) struct Found {
    pub(crate) text: String,
    pub(crate) span: Range<usize>,
}

impl<'d> Section<'d> {
    /// The whole document.
    pub(crate) fn root(document: &'d Spanned<DeTable<'d>>) -> Self {
        Self { name: String::new(), table: document.get_ref(), span: 0..0 }
    }

    /// `[name] key`, as a reader knows it.
    fn named(&self, key: &str) -> String {
        if self.name.is_empty() { format!("`{key}`") } else { format!("`{key}` in [{}]", self.name) }
    }

    /// The keys that stand in it.
    pub(crate) fn keys(&self) -> impl Iterator<Item = &'d str> + use<'d> {
        self.table.keys().map(|key| key.get_ref().as_ref())
    }

    /// Whether the key stands in it.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// Where the table starts.
    pub(crate) fn span(&self) -> Range<usize> {
        self.span.clone()
    }

    /// The place of a key's value when that is anything but a table.
    pub(crate) fn literal(&self, key: &str) -> Option<Range<usize>> {
        self.get(key).filter(|value| !value.get_ref().is_table()).map(Spanned::span)
    }

    fn get(&self, key: &str) -> Option<&'d Spanned<DeValue<'d>>> {
        self.table.get(key)
    }
}

impl<'t> Reader<'t> {
    /// Starts on a file.
    pub(crate) fn new(path: &'t str, text: &'t str) -> Self {
        Self { file: File { path, text }, problems: Vec::new() }
    }

    /// The document, or the places where it is not TOML.
    pub(crate) fn document(&self) -> Result<Spanned<DeTable<'t>>, Problems> {
        let (document, errors) = DeTable::parse_recoverable(self.file.text);
        if errors.is_empty() {
            return Ok(document);
        }
        let tell = |error: &toml::de::Error| {
            let span = error.span().unwrap_or(0..0);
            let help = "zie https://toml.io voor de schrijfwijze; tekst staat altijd tussen aanhalingstekens";
            self.file.at(
                &span,
                format!("dit is geen geldige TOML: {}", error.message()),
                Some(help.to_owned()),
            )
        };
        Err(Problems(errors.iter().map(tell).collect()))
    }

    /// The value, when nothing was wrong.
    pub(crate) fn finish<T>(self, value: T) -> Result<T, Problems> {
        if self.problems.is_empty() { Ok(value) } else { Err(Problems(self.problems)) }
    }

    /// Notes a problem.
    pub(crate) fn problem(&mut self, span: &Range<usize>, message: impl Into<String>, help: Option<&str>) {
        self.problems.push(self.file.at(span, message, help.map(str::to_owned)));
    }

    /// Refuses every key that is not one of these.
    pub(crate) fn only_keys(&mut self, section: &Section<'_>, known: &[&str]) {
        for key in section.table.keys() {
            let word = key.get_ref().as_ref();
            if known.contains(&word) {
                continue;
            }
            let help = match suggest(word, known.iter().copied()) {
                Some(near) => format!("bedoelde u `{near}`?"),
                None => format!("bekend zijn: {}", known.join(", ")),
            };
            self.problem(&key.span(), format!("onbekende sleutel {}", section.named(word)), Some(&help));
        }
    }

    /// `format` and `version` of the file.
    pub(crate) fn edition(&mut self, root: &Section<'_>, format: &str) {
        for (key, expected) in [("format", format), ("version", "1.0")] {
            if let Some(found) = self.required(root, key)
                && found.text != expected
            {
                self.problem(&found.span, format!("`{key}` moet \"{expected}\" zijn"), None);
            }
        }
    }

    /// A table inside a table.
    pub(crate) fn section<'d>(&mut self, parent: &Section<'d>, key: &str) -> Option<Section<'d>> {
        let value = parent.get(key)?;
        let name = if parent.name.is_empty() { key.to_owned() } else { format!("{}.{key}", parent.name) };
        self.table(value, name)
    }

    /// A list of tables, `[[key]]`.
    pub(crate) fn sections<'d>(&mut self, parent: &Section<'d>, key: &str) -> Vec<Section<'d>> {
        let Some(value) = parent.get(key) else { return Vec::new() };
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().filter_map(|item| self.table(item, key.to_owned())).collect()
            }
            _ => {
                self.problem(
                    &value.span(),
                    format!("{} moet een lijst van tabellen zijn", parent.named(key)),
                    None,
                );
                Vec::new()
            }
        }
    }

    fn table<'d>(&mut self, value: &'d Spanned<DeValue<'d>>, name: String) -> Option<Section<'d>> {
        match value.get_ref() {
            DeValue::Table(table) => Some(Section { name, table, span: value.span() }),
            _ => {
                self.problem(&value.span(), format!("`{name}` moet een tabel zijn"), None);
                None
            }
        }
    }

    /// Notes that a key is missing.
    pub(crate) fn missing(&mut self, section: &Section<'_>, key: &str) {
        let message = format!("{} ontbreekt", section.named(key));
        self.problem(&section.span(), message, None);
    }

    /// A text that may be absent, but not empty.
    pub(crate) fn text(&mut self, section: &Section<'_>, key: &str) -> Option<Found> {
        let value = section.get(key)?;
        match value.get_ref().as_str() {
            Some(text) if !text.trim().is_empty() => {
                Some(Found { text: text.to_owned(), span: value.span() })
            }
            Some(_) => {
                self.problem(&value.span(), format!("{} is leeg", section.named(key)), None);
                None
            }
            None => {
                let message = format!("{} moet tekst zijn", section.named(key));
                self.problem(&value.span(), message, Some("zet de waarde tussen aanhalingstekens"));
                None
            }
        }
    }

    /// A text that must stand there.
    pub(crate) fn required(&mut self, section: &Section<'_>, key: &str) -> Option<Found> {
        if !section.has(key) {
            self.missing(section, key);
        }
        self.text(section, key)
    }

    /// A text that must stand there; empty when it does not, in which case reading fails anyway.
    pub(crate) fn string(&mut self, section: &Section<'_>, key: &str) -> String {
        self.required(section, key).map(|found| found.text).unwrap_or_default()
    }
}
