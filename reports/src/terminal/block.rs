//! A finding as labelled rows, folded at the width of the terminal.

use super::Style;
use crate::{
    labels::Words,
    text::{cut, visible},
};

/// Longer values are cut.
const VALUE: usize = 600;

/// One line, nothing hidden.
pub(super) fn line(text: &str) -> String {
    visible(text).replace(['\n', '\t'], " ")
}

/// A block of labelled rows, folded at the width.
pub(super) struct Block<'w> {
    pub(super) out: String,
    words: &'w Words,
    label: usize,
    width: usize,
}

impl<'w> Block<'w> {
    pub(super) fn new(words: &'w Words, style: Style) -> Self {
        let t = &words.terminal;
        let labels = [&t.expected, &t.observed, &t.reason, &t.fix, &t.source, &t.again];
        let label = labels.iter().map(|label| label.chars().count()).max().unwrap_or_default();
        Self { out: String::new(), words, label, width: style.width.max(40) }
    }

    pub(super) fn title(&mut self, painted: &str, label: &str, id: &str, title: &str) {
        let head = 1 + label.chars().count() + 2 + id.chars().count() + 2;
        let lines = fold(&line(title), self.width.saturating_sub(head).max(24));
        self.out.push_str(&format!(
            " {painted}  {}  {}\n",
            line(id),
            lines.join(&format!("\n{}", " ".repeat(head)))
        ));
    }

    pub(super) fn row(&mut self, label: &str, value: &str) {
        if value.is_empty() {
            return;
        }
        let (value, more) = cut(value, VALUE);
        let mut value = line(value);
        if more {
            value.push_str(&format!(" … ({})", self.words.truncated));
        }
        let indent = 3 + self.label + 2;
        let lines = fold(&value, self.width.saturating_sub(indent).max(24));
        let joined = lines.join(&format!("\n{}", " ".repeat(indent)));
        self.out.push_str(&format!("   {label:<width$}  {joined}\n", width = self.label));
    }

    /// A row to copy: never folded, never cut.
    pub(super) fn verbatim(&mut self, label: &str, value: &str) {
        self.out.push_str(&format!("   {label:<width$}  {}\n", line(value), width = self.label));
    }
}

/// Folds at spaces; words longer than the width stay whole.
fn fold(text: &str, width: usize) -> Vec<String> {
    let mut lines = vec![String::new()];
    let mut used = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if used > 0 && used + 1 + length > width {
            lines.push(String::new());
            used = 0;
        }
        if let Some(last) = lines.last_mut() {
            if used > 0 {
                last.push(' ');
                used += 1;
            }
            last.push_str(word);
            used += length;
        }
    }
    lines
}

/// A colour with a meaning.
#[derive(Clone, Copy)]
pub(super) enum Ink {
    Plain,
    Red,
    Green,
    Yellow,
    Dim,
}

/// Colours, or none.
pub(super) struct Paint(pub(super) bool);

impl Paint {
    pub(super) fn in_(&self, ink: Ink, text: &str) -> String {
        let code = match ink {
            Ink::Plain => "1",
            Ink::Red => "1;31",
            Ink::Green => "1;32",
            Ink::Yellow => "1;33",
            Ink::Dim => "2",
        };
        if self.0 { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}
