//! An exchange in the yearly report, role by role: the state, the movement, the obstacles, and what was not measured.

use keur_catalogue::Lang;
use keur_reports::text::fill;
use maud::{Markup, html};

use super::Report;
use crate::{
    model::{Count, Exchange, ProfilePicture},
    site::{frame::Part, profile::most, voice::shown},
};

/// The section.
pub(super) fn part(report: &Report<'_>, exchange: &Exchange) -> Part {
    let roles = exchange.profiles.iter().filter_map(|id| report.picture.profile(id));
    let content = html! { @for profile in roles { (role(report, profile)) } };
    Part::new(format!("uitwisseling-{}", exchange.id), &*exchange.title, content)
}

fn role(report: &Report<'_>, profile: &ProfilePicture) -> Markup {
    let words = report.words;
    let title = profile.title.get(Lang::Nl);
    let now = report.year.now(&profile.standing);
    let legal = &profile.legal;
    let values = [
        ("status", report.voice.report.legal(legal.status)),
        ("date", &*report.voice.day(&legal.date)),
        ("source", &*shown(&legal.source, 300)),
    ];
    html! {
        h3 { (title) }
        p {
            strong { (words.legal) } ": " (fill(&words.legal_line, &values)) " " (legal.note.get(Lang::Nl))
        }
        @if now.products == Count::Number(0) {
            p { (fill(&words.no_data, &[("year", &report.year.year.to_string())])) }
        } @else {
            p { (report.sentences(&now)) }
            h4 { (words.movement) }
            (report.movement(title, &format!("bron-{}", profile.id), &profile.standing))
            h4 { (words.obstacles) }
            (obstacles(report, profile, title))
        }
        h4 { (words.not_measured) }
        p { (report.voice.coverage(profile)) }
        @if !profile.not_tested.is_empty() {
            p { (words.not_measured_list) }
            ul {
                @for one in &profile.not_tested {
                    li { (one.id) ": " (one.title.get(Lang::Nl)) " " (one.why.get(Lang::Nl)) }
                }
            }
        }
    }
}

fn obstacles(report: &Report<'_>, profile: &ProfilePicture, title: &str) -> Markup {
    let words = report.words;
    let most = most(profile, report.year.end);
    if most.is_empty() {
        return html! { p { (words.obstacles_none) } };
    }
    let caption = fill(&words.obstacles_caption, &[("title", title)]);
    html! {
        p { (words.obstacles_lead) }
        div.scroll tabindex="0" role="region" aria-label=(caption) {
            table {
                caption { (caption) }
                thead {
                    tr { th scope="col" { (words.requirement) } th.f scope="col" { (words.not_met) } }
                }
                tbody {
                    @for (requirement, number) in most {
                        tr {
                            th scope="row" {
                                span.nowrap { (requirement.id) } " " (requirement.title.get(Lang::Nl)) ". "
                                span.why { (requirement.why.get(Lang::Nl)) }
                            }
                            td.f { a href={ "#bron-" (profile.id) } { (number) } }
                        }
                    }
                }
            }
        }
    }
}
