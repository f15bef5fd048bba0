//! What is not tested, and by whom it is judged instead, if by anybody.

use keur_catalogue::requirement::Method;
use maud::{Markup, html};

use super::{
    Site,
    frame::{Page, Part},
    scroll,
};
use crate::model::ProfilePicture;

/// The page.
pub(super) fn page(site: &Site<'_>) -> Page {
    let words = &site.voice.words.not_tested;
    let outside = html! { ul { @for item in &words.outside_items { li { (site.t(item)) } } } };
    let mut parts = vec![Part::new("outside", site.t(&words.outside), outside)];
    let profiles = site.picture.profiles.iter();
    parts.extend(profiles.map(|one| Part::new(format!("p-{}", one.id), site.title(one), profile(site, one))));
    let lead = html! { p.lead { (site.t(&words.lead)) } };
    Page {
        path: "not-tested.html".to_owned(),
        title: site.t(&words.title).to_owned(),
        lead,
        parts,
        script: None,
    }
}

fn profile(site: &Site<'_>, profile: &ProfilePicture) -> Markup {
    let words = &site.voice.words.not_tested;
    let lang = site.voice.lang;
    let person = site.t(&words.person);
    let open = |id: &str| profile.not_tested.iter().any(|one| one.id == id);
    let judged = profile.requirements.iter().filter(|one| one.method != Method::Test && !open(&one.id));
    let judged = judged.map(|one| (&one.id, one.title.get(lang), person));
    let untested = profile.not_tested.iter().map(|one| (&one.id, one.title.get(lang), one.why.get(lang)));
    let rows: Vec<_> = untested.chain(judged).collect();
    if rows.is_empty() {
        return html! { p { (site.t(&words.everything)) } };
    }
    let caption = site.voice.fill(&words.caption, &[("title", site.title(profile))]);
    let table = html! {
        table {
            caption { (caption) }
            thead {
                tr {
                    th scope="col" { (site.t(&site.voice.words.profile.requirement)) }
                    th scope="col" { (site.t(&words.why)) }
                }
            }
            tbody {
                @for (id, title, why) in rows {
                    tr { th scope="row" { span.nowrap { (id) } " " (title) } td { (why) } }
                }
            }
        }
    };
    html! { p { (site.voice.coverage(profile)) } (scroll(&caption, &table)) }
}
