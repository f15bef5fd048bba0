//! The sentences of `words.toml`, typed: a missing or unknown key does not load.

use std::sync::LazyLock;

use keur_reports::text::fill;
use serde::Deserialize;

use crate::model::Count;

const SOURCE: &str = include_str!("words.toml");

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(SOURCE).expect("the words are compiled in and tested"));

/// All sentences.
pub(super) fn words() -> &'static Words {
    &WORDS
}

/// A sentence for every kind of count.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PerCount {
    zero: String,
    few: String,
    one: String,
    number: String,
    withheld: String,
}

impl PerCount {
    /// The sentence that goes with a count.
    pub(super) fn of(&self, count: Count, small: u64, track: &str) -> String {
        let (template, n) = match count {
            Count::Number(0) => (&self.zero, 0),
            Count::Number(1) => (&self.one, 1),
            Count::Number(n) => (&self.number, n),
            Count::Few => (&self.few, small),
            Count::Withheld => (&self.withheld, 0),
        };
        fill(template, &[("n", &n.to_string()), ("track", track)])
    }
}

/// What is counted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Measures {
    pub(super) products: String,
    pub(super) spoor_1: String,
    pub(super) spoor_1_waived: String,
    pub(super) spoor_2: String,
    pub(super) spoor_2_waived: String,
    pub(super) not_conform: String,
    pub(super) incomplete: String,
    pub(super) expired: String,
    pub(super) granted: String,
    pub(super) conditional: String,
}

/// Every sentence.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Words {
    pub(super) kind: String,
    pub(super) title: String,
    pub(super) lead: String,
    pub(super) until: String,
    pub(super) unfinished: String,
    pub(super) summary: String,
    pub(super) summary_tested: PerCount,
    pub(super) summary_track: PerCount,
    pub(super) summary_no_track: String,
    pub(super) spoor_1: String,
    pub(super) spoor_2: String,
    pub(super) all: String,
    pub(super) basis: String,
    pub(super) basis_text: String,
    pub(super) basis_steps: String,
    pub(super) no_data: String,
    pub(super) legal: String,
    pub(super) legal_line: String,
    pub(super) movement: String,
    pub(super) difference: String,
    pub(super) stand: String,
    pub(super) at_end: String,
    pub(super) movement_caption: String,
    pub(super) no_difference: String,
    pub(super) incomparable: String,
    pub(super) first: String,
    pub(super) obstacles: String,
    pub(super) obstacles_lead: String,
    pub(super) obstacles_caption: String,
    pub(super) obstacles_none: String,
    pub(super) requirement: String,
    pub(super) not_met: String,
    pub(super) not_measured: String,
    pub(super) not_measured_list: String,
    pub(super) source_link: String,
    pub(super) contents: String,
    pub(super) works: String,
    pub(super) outside: String,
    pub(super) outside_items: Vec<String>,
    pub(super) refused: String,
    pub(super) refused_hidden: String,
    pub(super) refused_line: String,
    pub(super) method: String,
    pub(super) method_items: Vec<String>,
    pub(super) appendix: String,
    pub(super) appendix_lead: String,
    pub(super) appendix_none: String,
    pub(super) appendix_hidden: String,
    pub(super) made_by: String,
    pub(super) measure: Measures,
}
