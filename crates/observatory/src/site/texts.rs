//! The pages of words alone: how to read the figures, and accessibility.

use keur_catalogue::Text;
use maud::{Markup, html};

use super::{
    Site,
    frame::{Page, Part},
};

/// How to read this.
pub(super) fn reading(site: &Site<'_>) -> Page {
    let words = &site.voice.words.reading;
    let states = [
        &words.spoor1,
        &words.spoor2,
        &words.waiver,
        &words.not_conform,
        &words.incomplete,
        &words.expired,
        &words.unit,
    ];
    let cells = html! {
        ul {
            li { (site.t(&words.zero)) }
            @if site.voice.withholds() {
                li { (site.voice.small(&words.few)) }
                li { (site.t(&words.hidden)) }
            } @else {
                li { (site.t(&words.open)) }
            }
        }
        @if let Some(note) = &site.picture.disclosure.note { p.note { (note.get(site.voice.lang)) } }
    };
    let heading = if site.voice.withholds() { &words.cells } else { &words.cells_open };
    let parts = vec![
        Part::new("states", site.t(&words.states), list(site, states)),
        Part::new("cells", site.voice.small(heading), cells),
        Part::new("counting", site.t(&words.counting), list(site, &words.counting_items)),
        Part::new("marks", site.t(&words.no_marks), html! { p { (site.t(&words.no_marks_text)) } }),
        Part::new("again", site.t(&words.again), html! { p { (site.t(&words.again_text)) } }),
    ];
    page(site, "reading.html", &words.title, parts)
}

/// The accessibility statement.
pub(super) fn accessibility(site: &Site<'_>) -> Page {
    let words = &site.voice.words.accessibility;
    let parts = vec![
        Part::new(
            "aim",
            site.t(&words.features),
            html! { p { (site.t(&words.aim)) } (list(site, &words.features_items)) },
        ),
        Part::new("how", site.t(&words.how), list(site, &words.how_items)),
        Part::new("limits", site.t(&words.limits), html! { p { (site.t(&words.limits_text)) } }),
    ];
    page(site, "accessibility.html", &words.title, parts)
}

fn list(site: &Site<'_>, items: impl IntoIterator<Item = &'static Text>) -> Markup {
    html! { ul { @for item in items { li { (site.t(item)) } } } }
}

fn page(site: &Site<'_>, path: &str, title: &'static Text, parts: Vec<Part>) -> Page {
    Page { path: path.to_owned(), title: site.t(title).to_owned(), lead: html! {}, parts, script: None }
}
