//! How the pages speak: language, words, dates, and figures that may not all be shown.

use keur_catalogue::{Lang, Text};
use keur_reports::{read, text};
use maud::{Markup, html};

use super::labels::{self, Words};
use crate::model::{Count, ProfilePicture};

/// A language with its words.
#[derive(Clone, Copy)]
pub(crate) struct Voice {
    /// The language.
    pub(crate) lang: Lang,
    /// Our words.
    pub(crate) words: &'static Words,
    /// The words of the reports: tracks, levels, legal status, months.
    pub(crate) report: &'static read::Words,
    /// Figures below this are not shown.
    pub(crate) small: u64,
}

impl Voice {
    /// The voice of this language.
    pub(crate) fn new(lang: Lang, small: u64) -> Self {
        Self { lang, words: labels::words(), report: read::words(lang), small }
    }

    /// `nl` or `en`.
    pub(crate) fn code(self) -> &'static str {
        code(self.lang)
    }

    /// A text in this language.
    pub(crate) fn t(self, text: &'static Text) -> &'static str {
        text.get(self.lang)
    }

    /// A text with its values.
    pub(crate) fn fill(self, text: &Text, values: &[(&str, &str)]) -> String {
        text::fill(text.get(self.lang), values)
    }

    /// Whether there are figures that are not shown for being small.
    pub(crate) fn withholds(self) -> bool {
        self.small > 1
    }

    /// A text with the bound of small figures as `{n}`.
    pub(crate) fn small(self, text: &Text) -> String {
        self.fill(text, &[("n", &self.small.to_string())])
    }

    /// A date, or the day of an instant, as people write it; what is no date is shown as it is.
    pub(crate) fn day(self, value: &str) -> String {
        let months = self.report.months();
        let day = text::instant(value, months).map(|(day, _)| day).or_else(|| text::date(value, months));
        day.unwrap_or_else(|| shown(value, 40))
    }

    /// The same, for machines too.
    pub(crate) fn time(self, value: &str) -> Markup {
        let known = text::instant(value, self.report.months()).is_some()
            || text::date(value, self.report.months()).is_some();
        html! { @if known { time datetime=(value) { (self.day(value)) } } @else { (self.day(value)) } }
    }

    /// How much of the norm is looked at, in a sentence or three.
    pub(crate) fn coverage(self, profile: &ProfilePicture) -> String {
        let coverage = profile.coverage;
        let numbers = [
            ("all", coverage.requirements),
            ("tested", coverage.tested),
            ("judged", coverage.attested),
            ("open", coverage.not_tested),
        ];
        let numbers = numbers.map(|(name, number)| (name, number.to_string()));
        self.fill(
            &self.words.profile.coverage_lead,
            &numbers.each_ref().map(|(name, number)| (*name, number.as_str())),
        )
    }

    /// A figure in words that tell zero, few and not shown apart.
    pub(crate) fn count(self, count: Count) -> String {
        match count {
            Count::Number(0) => self.t(&self.words.cell.zero).to_owned(),
            Count::Number(n) => n.to_string(),
            Count::Few => self.small(&self.words.cell.few),
            Count::Withheld => self.t(&self.words.cell.hidden).to_owned(),
        }
    }

    /// A figure as a cell of a table.
    pub(crate) fn td(self, count: Count) -> Markup {
        let exact = matches!(count, Count::Number(1..));
        html! { td.f.s[!exact] { (self.count(count)) } }
    }
}

/// `nl` or `en`.
pub(crate) fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Nl => "nl",
        Lang::En => "en",
    }
}

/// A text from outside, made visible and bounded.
pub(crate) fn shown(value: &str, max: usize) -> String {
    let visible = text::visible(value);
    match text::cut(&visible, max) {
        (head, true) => format!("{head}…"),
        (head, false) => head.to_owned(),
    }
}
