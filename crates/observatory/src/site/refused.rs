//! Files that do not count, each with the reason.

use keur_catalogue::Lang;
use keur_dossier::verify::title;
use maud::{Markup, html};

use super::{
    ROWS, Site,
    frame::{Page, Part},
    scroll,
};
use crate::model::{Reason, SetAside};

/// The page.
pub(super) fn page(site: &Site<'_>) -> Page {
    let words = &site.voice.words.refused;
    let all = &site.picture.set_aside;
    let mut parts = vec![Part::new("summary", site.t(&words.summary), summary(site))];
    let one = all.len() <= ROWS;
    parts.extend((1..).zip(all.chunks(ROWS)).map(|(n, rows)| {
        let n: usize = n;
        let caption = site.t(&words.caption);
        let heading = if one {
            caption.to_owned()
        } else {
            site.voice.fill(&site.voice.words.product.part, &[("title", caption), ("n", &n.to_string())])
        };
        let table = table(site, &heading, rows);
        Part::new(format!("part-{n}"), heading.clone(), scroll(&heading, &table))
    }));
    let lead = html! { p.lead { (site.t(&words.lead)) } };
    Page {
        path: "refused.html".to_owned(),
        title: site.t(&words.title).to_owned(),
        lead,
        parts,
        script: None,
    }
}

fn summary(site: &Site<'_>) -> Markup {
    let words = &site.voice.words.refused;
    let files = |reason: Reason| {
        site.picture.set_aside.iter().filter(|one| one.reason == reason).map(|one| one.files).sum::<usize>()
    };
    html! {
        table.small {
            caption { (site.t(&words.summary_caption)) }
            thead {
                tr { th scope="col" { (site.t(&words.reason)) } th.f scope="col" { (site.t(&words.files)) } }
            }
            tbody {
                @for reason in Reason::ALL {
                    tr { th scope="row" { (site.reason(reason)) } td.f { (files(reason)) } }
                }
            }
        }
    }
}

fn table(site: &Site<'_>, caption: &str, rows: &[SetAside]) -> Markup {
    let words = &site.voice.words.refused;
    html! {
        table {
            caption.visually-hidden { (caption) }
            thead {
                tr {
                    th scope="col" { (site.t(&words.file)) }
                    th scope="col" { (site.t(&words.reason)) }
                    th scope="col" { (site.t(&words.step)) }
                    th.f scope="col" { (site.t(&words.files)) }
                }
            }
            tbody {
                @for one in rows {
                    tr {
                        th scope="row" {
                            @match &one.digest {
                                Some(digest) => span.hash { (digest) },
                                None => { (site.t(&words.unread)) }
                            }
                        }
                        td { (site.reason(one.reason)) }
                        td {
                            @match one.step.as_deref() {
                                Some(step) => {
                                    (step)
                                    @if let Some(title) = title(step) { " " span lang=[site.dutch()] { (title) } }
                                }
                                None => { (site.t(&words.step_none)) }
                            }
                        }
                        td.f { (one.files) }
                    }
                }
            }
        }
    }
}

impl Site<'_> {
    /// `nl` for words that are Dutch in every language.
    fn dutch(&self) -> Option<&'static str> {
        (self.voice.lang != Lang::Nl).then_some("nl")
    }

    fn reason(&self, reason: Reason) -> &'static str {
        let words = &self.voice.words.reason;
        self.t(match reason {
            Reason::Practice => &words.practice,
            Reason::Refused => &words.refused,
            Reason::SameBundle => &words.same_bundle,
            Reason::SameRun => &words.same_run,
            Reason::OtherName => &words.other_name,
            Reason::RevokedKey => &words.revoked_key,
            Reason::UnknownNorm => &words.unknown_norm,
            Reason::Generated => &words.generated,
            Reason::Partial => &words.partial,
            Reason::Changed => &words.changed,
            Reason::Unreadable => &words.unreadable,
            Reason::TooLarge => &words.too_large,
            Reason::NoBundle => &words.no_bundle,
        })
    }
}
