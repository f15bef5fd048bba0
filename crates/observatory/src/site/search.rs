//! Search over the outcomes without a server: the table stands in the page, and a script of our own narrows it. What does
//! not fit on one page is spread over several, each with its own data.

use std::collections::BTreeMap;

use keur_catalogue::{
    Text,
    requirement::{Level, Spoor},
};
use keur_verdict::Outcome;
use maud::{Markup, html};
use serde::Serialize;

use super::{
    Site,
    frame::{Page, Part, Script},
    numbered, scroll,
    voice::shown,
};
use crate::model::{Count, ProductPicture, ProductProfile, ProfilePicture};

/// Rows and data of a page together stay below this; the products of one profile below that.
const BUDGET: usize = 150_000;
const PRODUCTS: usize = 90_000;

/// The letters of the outcomes, in the order of [`crate::model::Outcomes::parts`].
const LETTERS: [char; 6] = ['s', 'n', 'u', 'a', 't', 'q'];

/// What the script works on.
#[derive(Serialize)]
struct Data<'a> {
    words: BTreeMap<&'static str, &'static str>,
    keys: BTreeMap<String, &'static str>,
    outcomes: BTreeMap<String, char>,
    names: BTreeMap<char, &'static str>,
    profiles: Vec<Subject<'a>>,
    rows: Vec<Row<'a>>,
    products: Vec<Named>,
}

/// A profile.
#[derive(Serialize)]
struct Subject<'a> {
    id: &'a str,
    role: &'a str,
    exchange: &'a str,
    title: &'a str,
}

/// A requirement of a profile: `z` are the letters of the outcomes that at least one product has, or may have.
#[derive(Serialize)]
struct Row<'a> {
    r: &'a str,
    s: Spoor,
    l: Level,
    p: usize,
    i: usize,
    z: String,
}

/// A named product under a profile: `o` are its outcomes, repeated letters counted.
#[derive(Clone, Serialize)]
struct Named {
    n: String,
    v: String,
    h: String,
    p: usize,
    o: String,
}

/// A profile with as many of its products as go on one page.
struct Unit<'a> {
    profile: &'a ProfilePicture,
    rows: Markup,
    products: Vec<Named>,
    size: usize,
}

/// The pages, at least one.
pub(super) fn pages(site: &Site<'_>) -> Vec<Page> {
    let mut sheets: Vec<Vec<Unit<'_>>> = vec![Vec::new()];
    let mut size = 0;
    for unit in site.picture.profiles.iter().flat_map(|profile| units(site, profile)) {
        if size + unit.size > BUDGET && size > 0 {
            sheets.push(Vec::new());
            size = 0;
        }
        size += unit.size;
        if let Some(sheet) = sheets.last_mut() {
            sheet.push(unit);
        }
    }
    let of = sheets.len();
    (1..).zip(&sheets).map(|(n, units)| page(site, units, n, of)).collect()
}

fn units<'a>(site: &Site<'a>, profile: &'a ProfilePicture) -> Vec<Unit<'a>> {
    let mut chunks = vec![Vec::new()];
    let mut size = 0;
    for (product, under) in site.named(&profile.id) {
        let one = named(profile, product, under);
        let own = one.n.len() + one.v.len() + one.h.len() + one.o.len() + 40;
        if size + own > PRODUCTS {
            chunks.push(Vec::new());
            size = 0;
        }
        size += own;
        if let Some(chunk) = chunks.last_mut() {
            chunk.push(one);
        }
    }
    let rows = rows(site, profile);
    let base = rows.0.len() + 60 * profile.requirements.len();
    let unit = |products: Vec<Named>| {
        let own: usize =
            products.iter().map(|one| one.n.len() + one.v.len() + one.h.len() + one.o.len() + 40).sum();
        Unit { profile, rows: rows.clone(), size: base + own, products }
    };
    chunks.into_iter().map(unit).collect()
}

fn named(profile: &ProfilePicture, product: &ProductPicture, under: &ProductProfile) -> Named {
    let outcomes: BTreeMap<&str, Outcome> =
        under.requirements.iter().map(|line| (&*line.id, line.outcome)).collect();
    let letters = profile.requirements.iter().map(|requirement| match outcomes.get(&*requirement.id) {
        Some(Outcome::Satisfied) => 's',
        Some(Outcome::NotSatisfied) => 'n',
        Some(Outcome::Undetermined) => 'u',
        Some(Outcome::NotApplicable) => 'a',
        Some(Outcome::NotTested) => 't',
        None => 'q',
    });
    Named {
        n: shown(&product.name, 80),
        v: shown(&product.vendor, 80),
        h: format!("product/{}.html", product.id),
        p: 0,
        o: folded(letters),
    }
}

/// `sssn` → `s3n`.
fn folded(letters: impl Iterator<Item = char>) -> String {
    let mut out = String::new();
    let mut letters = letters.peekable();
    while let Some(letter) = letters.next() {
        let mut times = 1_usize;
        while letters.next_if_eq(&letter).is_some() {
            times += 1;
        }
        out.push(letter);
        if times > 1 {
            out.push_str(&times.to_string());
        }
    }
    out
}

fn rows(site: &Site<'_>, profile: &ProfilePicture) -> Markup {
    html! {
        @for requirement in &profile.requirements {
            tr {
                th scope="row" { span.nowrap { (requirement.id) } " " (requirement.title.get(site.voice.lang)) }
                td { a href={ "profile/" (profile.id) ".html" } { (site.title(profile)) } }
                td.nowrap { (site.voice.report.spoor(requirement.spoor)) }
                (site.counts(requirement))
            }
        }
    }
}

fn page(site: &Site<'_>, units: &[Unit<'_>], n: usize, of: usize) -> Page {
    let words = &site.voice.words.search;
    let mut title = site.t(&words.title).to_owned();
    let mut lead = html! { p.lead { (site.t(&words.lead)) } };
    if of > 1 {
        let values = [("n", &*n.to_string()), ("of", &*of.to_string())];
        title = format!("{title} · {}", site.voice.fill(&words.part, &values[..1]));
        lead = html! {
            (lead)
            p { (site.voice.fill(&words.part_of, &values)) }
            (site.pager("search.html", n, of))
        };
    }
    let parts = vec![
        Part::new("ask", site.t(&words.query), ask(site)),
        Part::new("table", site.t(&words.caption), table(site, units)),
    ];
    let data = data(site, units);
    // Only texts, numbers and lists: it serialises.
    let data = serde_json::to_string(&data).unwrap_or_default();
    let script = Some(Script { code: include_str!("search.js"), data });
    Page { path: numbered("search.html", n), title, lead, parts, script }
}

fn ask(site: &Site<'_>) -> Markup {
    let words = &site.voice.words.search;
    let keys = keys(site);
    html! {
        noscript { p.note { (site.t(&words.without)) } }
        form #form.query role="search" hidden {
            label for="q" { (site.t(&words.query)) }
            div {
                input #q name="q" type="text" autocomplete="off" autocapitalize="off" spellcheck="false" aria-describedby="example";
                button type="submit" { (site.t(&words.button)) }
            }
            p #example { (site.t(&words.example_lead)) " " code { (site.t(&words.example)) } }
        }
        p #problem role="alert" {}
        p #status role="status" {}
        table #hits hidden {
            caption { (site.t(&words.hits)) }
            thead {
                tr {
                    th scope="col" { (site.t(&site.voice.words.product.product)) }
                    th scope="col" { (site.t(&site.voice.words.product.profile)) }
                    th scope="col" { (site.t(&site.voice.words.profile.requirement)) }
                    th scope="col" { (site.t(&site.voice.words.outcome.outcome)) }
                }
            }
            tbody {}
        }
        details {
            summary { (site.t(&words.help)) }
            p { (site.t(&words.help_not)) }
            table {
                caption { (site.t(&words.help_caption)) }
                thead {
                    tr { th scope="col" { (site.t(&words.help_key)) } th scope="col" { (site.t(&words.help_means)) } }
                }
                tbody {
                    @for (key, _, means) in keys {
                        tr { th scope="row" { code { (site.t(key)) ":" } } td { (site.t(means)) } }
                    }
                }
            }
        }
    }
}

fn table(site: &Site<'_>, units: &[Unit<'_>]) -> Markup {
    let words = &site.voice.words;
    let table = html! {
        table #rows {
            caption.visually-hidden { (site.t(&words.search.caption)) }
            thead {
                tr {
                    th scope="col" { (site.t(&words.profile.requirement)) }
                    th scope="col" { (site.t(&words.product.profile)) }
                    th scope="col" { (site.t(&words.profile.track)) }
                    @for name in site.outcomes() { th.f scope="col" { (name) } }
                }
            }
            tbody { @for unit in units { (unit.rows) } }
        }
    };
    scroll(site.t(&words.search.caption), &table)
}

/// The words of the query language, what the script calls them, and what they mean.
fn keys(site: &Site<'_>) -> [(&'static Text, &'static str, &'static Text); 8] {
    let words = &site.voice.words.search;
    [
        (&words.key_requirement, "requirement", &words.help_requirement),
        (&words.key_outcome, "outcome", &words.help_outcome),
        (&words.key_track, "track", &words.help_track),
        (&words.key_level, "level", &words.help_level),
        (&words.key_profile, "profile", &words.help_profile),
        (&words.key_role, "role", &words.help_role),
        (&words.key_exchange, "exchange", &words.help_exchange),
        (&words.key_product, "product", &words.help_product),
    ]
}

fn data<'a>(site: &Site<'a>, units: &[Unit<'a>]) -> Data<'a> {
    let words = &site.voice.words.search;
    let outcome = &site.voice.words.outcome;
    let both = |text: &Text| [text.nl.clone(), text.en.clone()];
    let outcomes = [
        &outcome.satisfied,
        &outcome.not_satisfied,
        &outcome.undetermined,
        &outcome.not_applicable,
        &outcome.not_tested,
        &outcome.not_asked,
    ];
    let letters = || outcomes.into_iter().zip(LETTERS);
    let mut rows = Vec::new();
    let mut products = Vec::new();
    for (p, unit) in units.iter().enumerate() {
        rows.extend(unit.profile.requirements.iter().enumerate().map(|(i, requirement)| {
            let parts = site.outcome_counts(requirement).parts().into_iter().zip(LETTERS);
            let some = parts.filter(|((_, count), _)| *count != Count::Number(0)).map(|(_, letter)| letter);
            Row { r: &requirement.id, s: requirement.spoor, l: requirement.level, p, i, z: some.collect() }
        }));
        products.extend(unit.products.iter().map(|one| Named { p, ..one.clone() }));
    }
    let subject = |unit: &Unit<'a>| {
        let profile = unit.profile;
        let exchange = site.picture.exchanges.iter().find(|one| one.id == profile.exchange);
        Subject {
            id: &profile.id,
            role: &profile.role,
            exchange: exchange.map_or(&profile.exchange, |one| &one.title),
            title: profile.title.get(site.voice.lang),
        }
    };
    Data {
        words: BTreeMap::from([
            ("unknown", site.t(&words.unknown_key)),
            ("unknown_outcome", site.t(&words.unknown_outcome)),
            ("found", site.t(&words.found)),
            ("hits", site.t(&words.found_hits)),
        ]),
        keys: keys(site).into_iter().flat_map(|(key, name, _)| both(key).map(|key| (key, name))).collect(),
        outcomes: letters()
            .flat_map(|(name, letter)| both(name).map(|name| (name.replace(' ', "-"), letter)))
            .collect(),
        names: letters().map(|(name, letter)| (letter, site.t(name))).collect(),
        profiles: units.iter().map(subject).collect(),
        rows,
        products,
    }
}

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn repeated_letters_are_counted() {
        assert_eq!(folded("sssnnuss".chars()), "s3n2us2");
        assert_eq!(folded("".chars()), "");
    }
}
