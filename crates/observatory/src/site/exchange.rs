//! An exchange: its roles, and where all their products stand.

use maud::html;

use super::{
    Site,
    frame::{Page, Part},
    voice::shown,
};
use crate::model::Exchange;

/// The page.
pub(super) fn page(site: &Site<'_>, exchange: &Exchange) -> Page {
    let words = &site.voice.words.overview;
    let title = shown(&exchange.title, 160);
    let profiles: Vec<_> = exchange.profiles.iter().filter_map(|id| site.picture.profile(id)).collect();
    let roles = html! {
        ul {
            @for profile in profiles {
                li {
                    a href={ "../profile/" (profile.id) ".html" } { (site.title(profile)) } ": "
                    (profile.summary.get(site.voice.lang)) " "
                    (site.voice.report.legal(profile.legal.status)) "."
                }
            }
        }
    };
    let parts = vec![
        Part::new("roles", site.t(&words.roles), roles),
        site.tracks(&title, &exchange.standing),
        site.history(&title, &exchange.standing),
        site.certificates(&title, &exchange.standing),
    ];
    Page { path: format!("exchange/{}.html", exchange.id), title, lead: html! {}, parts, script: None }
}
