//! The legal status of every exchange, with date and source.

use maud::html;

use super::{
    Site,
    frame::{Page, Part},
    scroll,
    voice::shown,
};

/// The page.
pub(super) fn page(site: &Site<'_>) -> Page {
    let words = &site.voice.words.law;
    let lang = site.voice.lang;
    let table = html! {
        table {
            caption { (site.t(&words.caption)) }
            thead {
                tr {
                    th scope="col" { (site.t(&site.voice.words.product.profile)) }
                    th scope="col" { (site.t(&words.status)) }
                    th scope="col" { (site.t(&words.date)) }
                    th scope="col" { (site.t(&words.source)) }
                    th scope="col" { (site.t(&words.note)) }
                }
            }
            tbody {
                @for profile in &site.picture.profiles {
                    tr {
                        th scope="row" { a href={ "profile/" (profile.id) ".html" } { (profile.title.get(lang)) } }
                        td { (site.voice.report.legal(profile.legal.status)) }
                        td { (site.voice.time(&profile.legal.date)) }
                        td { (shown(&profile.legal.source, 300)) }
                        td { (profile.legal.note.get(lang)) }
                    }
                }
            }
        }
    };
    let parts = vec![Part::new("status", site.t(&words.caption), scroll(site.t(&words.caption), &table))];
    let lead = html! { p.lead { (site.t(&words.lead)) } };
    Page { path: "law.html".to_owned(), title: site.t(&words.title).to_owned(), lead, parts, script: None }
}
