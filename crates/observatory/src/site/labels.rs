//! The words of `labels.toml`, typed: a missing or unknown key does not load.

use std::sync::LazyLock;

use keur_catalogue::Text;
use serde::Deserialize;

const SOURCE: &str = include_str!("labels.toml");

static WORDS: LazyLock<Words> =
    LazyLock::new(|| toml::from_str(SOURCE).expect("the words are compiled in and tested"));

/// All words, in both languages.
pub(crate) fn words() -> &'static Words {
    &WORDS
}

/// Structs of texts, one field per key.
macro_rules! groups {
    ($($name:ident { $($field:ident),+ $(,)? $(; $($list:ident),+)? })+) => {
        $(#[derive(Debug, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name { $(pub(crate) $field: Text,)+ $($(pub(crate) $list: Vec<Text>,)+)? })+
    };
}

/// The words, by page.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Words {
    pub(crate) doc: Doc,
    pub(crate) nav: Nav,
    pub(crate) cell: CellWords,
    pub(crate) state: StateWords,
    pub(crate) overview: Overview,
    pub(crate) profile: ProfileWords,
    pub(crate) outcome: OutcomeWords,
    pub(crate) certificates: CertificateWords,
    pub(crate) product: ProductWords,
    pub(crate) not_tested: NotTestedWords,
    pub(crate) refused: Refused,
    pub(crate) reason: ReasonWords,
    pub(crate) law: Law,
    pub(crate) reading: Reading,
    pub(crate) accessibility: Accessibility,
    pub(crate) search: Search,
    pub(crate) badge: BadgeWords,
}

groups! {
    Doc {
        name, title, skip, main_menu, tongue, as_of, made_by, demo, demo_mark, page, page_of, pages,
        none, unknown, yes, no, language,
    }
    Nav {
        overview, products, search, not_tested, refused, law, reading, accessibility,
    }
    CellWords {
        zero, few, hidden,
    }
    StateWords {
        spoor1, spoor2, not_conform, incomplete, expired, conform, conform_with_waiver, whole,
        products, not_asked,
    }
    Overview {
        title, lead, lead_small, now, now_caption, exchange, counted, counted_line, counted_hidden, counted_more, time,
        time_lead, chart, chart_caption, period, band, data, roles, national, unit, national_lead, national_hidden,
        per_track, per_track_caption, track,
    }
    ProfileWords {
        about, legal, obstacles, obstacles_lead, obstacles_none, obstacles_caption, requirement,
        track, level, counts, coverage, coverage_lead, coverage_caption, how, count, why, all,
        all_caption, test, judge, open, products, products_unnamed, products_link, products_some,
    }
    OutcomeWords {
        outcome, satisfied, not_satisfied, undetermined, not_applicable, not_tested, not_asked,
    }
    CertificateWords {
        title, caption, decision, granted, conditional, suspended, withdrawn, refused, expired,
        none,
    }
    ProductWords {
        list, list_lead, named, part, all_named, more, conditions, attested, waived, release,
        list_caption, product, vendor, version, kvk, profile, by, since, now, badge, history,
        history_caption, date, verdict, bundle, certificates, certificates_caption, certificate,
        body, issued, until, waivers, waivers_caption, reason, granted, deviations,
        deviations_caption, deviations_none,
    }
    NotTestedWords {
        title, lead, caption, why, person, everything, outside; outside_items
    }
    Refused {
        title, lead, caption, summary, summary_caption, file, step, step_none, unread, files,
        reason,
    }
    ReasonWords {
        practice, refused, same_bundle, same_run, other_name, revoked_key, unknown_norm, generated,
        partial, changed, unreadable, too_large, no_bundle,
    }
    Law {
        title, lead, caption, status, date, source, note,
    }
    Reading {
        title, states, spoor1, spoor2, waiver, unit, not_conform, incomplete, expired, cells, zero,
        few, hidden, open, cells_open, counting, again, again_text, no_marks, no_marks_text; counting_items
    }
    Accessibility {
        title, aim, how, limits, limits_text, features; how_items, features_items
    }
    Search {
        title, lead, query, button, example, example_lead, without, help, help_key, help_caption,
        help_means, key_requirement, key_outcome, key_track, key_level, key_profile, key_role,
        key_exchange, key_product, help_requirement, help_outcome, help_track, help_level,
        help_profile, help_role, help_exchange, help_product, help_not, caption, hits, found,
        found_hits, unknown_key, unknown_outcome, part, part_of,
    }
    BadgeWords {
        text, title,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_have_the_same_placeholders() {
        let names = |text: &str| {
            let mut names: Vec<_> =
                text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0.to_owned())).collect();
            names.sort();
            names
        };
        fn walk(value: &toml::Value, path: &str, names: &dyn Fn(&str) -> Vec<String>) {
            match value {
                toml::Value::Table(table) => match (table.get("nl"), table.get("en")) {
                    (Some(toml::Value::String(nl)), Some(toml::Value::String(en))) => {
                        assert!(!nl.trim().is_empty() && !en.trim().is_empty(), "{path} is empty");
                        assert_eq!(names(nl), names(en), "{path}");
                    }
                    _ => table.iter().for_each(|(key, value)| walk(value, &format!("{path}.{key}"), names)),
                },
                toml::Value::Array(all) => all.iter().for_each(|value| walk(value, path, names)),
                other => panic!("{path}: {other}"),
            }
        }
        walk(&toml::from_str(SOURCE).expect("the words are TOML"), "", &names);
        assert!(!words().doc.title.nl.is_empty());
    }
}
