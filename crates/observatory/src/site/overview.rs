//! The first page: per exchange and role how many products stand where, and all of them through time.

use std::io;

use keur_catalogue::Lang;
use maud::{Markup, html};

use super::{
    Site,
    frame::{Frame, Page, Part},
    scroll,
    voice::{Voice, code},
};
use crate::{
    model::{Count, Standing},
    output::Output,
};

/// The page.
pub(super) fn page(site: &Site<'_>) -> Page {
    let words = &site.voice.words.overview;
    let national = site.t(&words.national);
    let lead = html! {
        p.lead {
            (site.t(&words.lead))
            @if site.voice.withholds() { " " (site.voice.small(&words.lead_small)) }
        }
        p {
            (site.t(&words.unit)) " "
            @match site.picture.products_now {
                Count::Withheld => { (site.t(&words.national_hidden)) }
                told => { (site.voice.fill(&words.national_lead, &[("n", &site.voice.count(told))])) }
            }
            " "
            a href="reading.html" { (site.t(&site.voice.words.nav.reading)) }
        }
    };
    let mut parts = vec![
        Part::new("now", site.t(&words.now), now(site)),
        site.history(national, &site.picture.total),
        site.tracks(national, &site.picture.total),
        site.certificates(national, &site.picture.total),
    ];
    parts.push(Part::new("counted", site.t(&words.counted), counted(site)));
    Page { path: "index.html".to_owned(), title: site.t(&words.title).to_owned(), lead, parts, script: None }
}

fn now(site: &Site<'_>) -> Markup {
    let words = &site.voice.words;
    let caption = site.voice.fill(&words.overview.now_caption, &[("date", &site.today())]);
    let lines = site.lines();
    let counts = |standing: &[Standing]| {
        let now = standing.last().copied().unwrap_or_default();
        html! {
            (site.voice.td(now.products))
            @for line in &lines { (site.track_td((line.count)(&now))) }
        }
    };
    let table = html! {
        table {
            caption { (caption) }
            thead {
                tr {
                    th scope="col" { (site.t(&words.overview.exchange)) }
                    th.f scope="col" { (site.t(&words.state.products)) }
                    @for line in &lines { th.f scope="col" { (line.name) } }
                }
            }
            @for exchange in &site.picture.exchanges {
                // Of an exchange with one role the figures are those of that role.
                @let several = exchange.profiles.len() > 1;
                tbody {
                    tr {
                        th scope="rowgroup" colspan=[(!several).then(|| lines.len() + 2)] {
                            a href={ "exchange/" (exchange.id) ".html" } { strong { (exchange.title) } }
                        }
                        @if several { (counts(&exchange.standing)) }
                    }
                    @for profile in exchange.profiles.iter().filter_map(|id| site.picture.profile(id)) {
                        tr {
                            th.role scope="row" { a href={ "profile/" (profile.id) ".html" } { (site.title(profile)) } }
                            (counts(&profile.standing))
                        }
                    }
                }
            }
        }
    };
    scroll(&caption, &table)
}

fn counted(site: &Site<'_>) -> Markup {
    let words = &site.voice.words.overview;
    let sources = site.picture.sources;
    let line = match sources.counted {
        Count::Number(_) => &words.counted_line,
        Count::Few | Count::Withheld => &words.counted_hidden,
    };
    let numbers = [
        ("files", site.voice.count(sources.files)),
        ("counted", site.voice.count(sources.counted)),
        ("practice", sources.practice.to_string()),
        ("repeated", sources.repeated.to_string()),
        ("refused", sources.refused.to_string()),
        ("other", sources.other.to_string()),
    ];
    let values = numbers.each_ref().map(|(name, number)| (*name, number.as_str()));
    html! {
        p { (site.voice.fill(line, &values)) }
        p { a href="refused.html" { (site.t(&words.counted_more)) } }
        h3 { (site.t(&words.data)) }
        ul {
            @for file in ["picture.json", "aggregates.csv", "requirements.csv", "products.csv", "runs.csv", "results.csv", "set-aside.csv", "dcat.jsonld"] {
                li { a href={ "../data/" (file) } { (file) } }
            }
        }
    }
}

/// The page above the languages: which one.
pub(super) fn front(site: &Site<'_>, langs: &[Lang], out: &mut dyn Output) -> io::Result<()> {
    let voice = site.voice;
    let frame = Frame {
        voice,
        kind: voice.t(&voice.words.doc.name),
        menu: Vec::new(),
        other: None,
        demo: site.picture.generated,
        foot: vec![voice.fill(&voice.words.doc.made_by, &[("version", &site.picture.harness)])],
    };
    let lead = html! {
        ul {
            @for lang in langs {
                @let own = Voice::new(*lang, voice.small);
                li lang=(code(*lang)) {
                    a href={ (code(*lang)) "/index.html" } { (own.t(&own.words.doc.language)) } ": "
                    (own.t(&own.words.overview.title))
                }
            }
        }
    };
    let title = voice.t(&voice.words.doc.title).to_owned();
    let page = Page { path: "index.html".to_owned(), title, lead, parts: Vec::new(), script: None };
    out.file("index.html", frame.document(&page).as_bytes())
}
