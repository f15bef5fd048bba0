//! The appendix: the dossiers behind the figures, by digest.

use keur_catalogue::Lang;
use maud::{Markup, html};

use super::Report;
use crate::{model::ProfilePicture, site::frame::Part};

/// The section. Figures about an exchange lead to its heading, figures about a role to the list of that role.
pub(super) fn part(report: &Report<'_>) -> Part {
    let content = html! {
        p { (report.words.appendix_lead) }
        @for exchange in &report.picture.exchanges {
            h3 id={ "bron-u-" (exchange.id) } { (exchange.title) }
            @for profile in exchange.profiles.iter().filter_map(|id| report.picture.profile(id)) {
                h4 id={ "bron-" (profile.id) } { (profile.title.get(Lang::Nl)) }
                (digests(report, profile))
            }
        }
    };
    Part::new("bijlage", &*report.words.appendix, content)
}

fn digests(report: &Report<'_>, profile: &ProfilePicture) -> Markup {
    let at = |period: usize| profile.digests.get(period).and_then(Option::as_ref);
    let periods = report.year.before.into_iter().chain([report.year.end]);
    html! {
        @for period in periods {
            @let day = report.picture.periods.get(period).map_or("", |period| &period.day);
            p { strong { (report.voice.day(day)) } }
            @match at(period) {
                None => p { (report.words.appendix_hidden) },
                Some(digests) if digests.is_empty() => p { (report.words.appendix_none) },
                Some(digests) => ul.digests { @for digest in digests { li.hash { (digest) } } },
            }
        }
    }
}
