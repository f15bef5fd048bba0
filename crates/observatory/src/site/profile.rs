//! A profile: where its products stand, what holds them back most, and how much of the norm is looked at.

use keur_catalogue::requirement::Method;
use maud::{Markup, html};

use super::{
    Site,
    frame::{Page, Part},
    scroll,
    voice::shown,
};
use crate::model::{Count, Outcomes, ProfilePicture, RequirementPicture};

/// So many obstacles are told.
pub(crate) const MOST: usize = 10;

/// The page.
pub(super) fn page(site: &Site<'_>, profile: &ProfilePicture) -> Page {
    let words = &site.voice.words;
    let title = profile.title.get(site.voice.lang);
    let exchange = site.picture.exchanges.iter().find(|one| one.id == profile.exchange);
    let values = [
        ("exchange", exchange.map_or(&*profile.exchange, |one| &one.title)),
        ("role", &profile.role),
        ("release", &profile.release),
    ];
    let lead = html! {
        p.lead { (profile.summary.get(site.voice.lang)) }
        p {
            (site.voice.fill(&words.profile.about, &values)) " "
            @if let Some(exchange) = exchange { a href={ "../exchange/" (exchange.id) ".html" } { (exchange.title) } }
        }
    };
    let parts = vec![
        site.tracks(title, &profile.standing),
        Part::new("obstacles", site.t(&words.profile.obstacles), obstacles(site, profile)),
        site.history(title, &profile.standing),
        Part::new("coverage", site.t(&words.profile.coverage), coverage(site, profile)),
        site.certificates(title, &profile.standing),
        Part::new("legal", site.t(&words.profile.legal), legal(site, profile)),
        Part::new("products", site.t(&words.profile.products), products(site, profile)),
        Part::new("requirements", site.t(&words.profile.all), all(site, profile)),
    ];
    Page { path: format!("profile/{}.html", profile.id), title: title.to_owned(), lead, parts, script: None }
}

/// The requirements that most products do not meet, with how many; only what may be told. The most first, then in the
/// order of the profile.
pub(crate) fn most(profile: &ProfilePicture, period: usize) -> Vec<(&RequirementPicture, u64)> {
    let told = profile.requirements.iter().filter_map(|requirement| {
        let counts = requirement.counts.get(period).copied().flatten()?;
        counts.not_satisfied.number().filter(|number| *number > 0).map(|number| (requirement, number))
    });
    let mut told: Vec<_> = told.collect();
    told.sort_by_key(|(_, number)| std::cmp::Reverse(*number));
    told.truncate(MOST);
    told
}

fn obstacles(site: &Site<'_>, profile: &ProfilePicture) -> Markup {
    let words = &site.voice.words;
    let most = most(profile, site.now());
    if most.is_empty() {
        return html! { p { (site.t(&words.profile.obstacles_none)) } };
    }
    let table = html! {
        table {
            caption { (site.t(&words.profile.obstacles_caption)) }
            thead {
                tr {
                    th scope="col" { (site.t(&words.profile.requirement)) }
                    th.f scope="col" { (site.t(&words.outcome.not_satisfied)) }
                    th scope="col" { (site.t(&words.profile.why)) }
                }
            }
            tbody {
                @for (requirement, number) in most {
                    tr {
                        th scope="row" {
                            span.nowrap { (requirement.id) } " " (requirement.title.get(site.voice.lang))
                        }
                        (site.voice.td(Count::Number(number)))
                        td { (requirement.why.get(site.voice.lang)) }
                    }
                }
            }
        }
    };
    html! {
        p { (site.t(&words.profile.obstacles_lead)) }
        (scroll(site.t(&words.profile.obstacles_caption), &table))
    }
}

fn coverage(site: &Site<'_>, profile: &ProfilePicture) -> Markup {
    let words = &site.voice.words.profile;
    let coverage = profile.coverage;
    let rows = [
        (&words.test, coverage.tested),
        (&words.judge, coverage.attested),
        (&words.open, coverage.not_tested),
    ];
    html! {
        p { (site.voice.coverage(profile)) " " a href="../not-tested.html" { (site.t(&site.voice.words.not_tested.title)) } }
        table.small {
            caption { (site.t(&words.coverage_caption)) }
            thead {
                tr { th scope="col" { (site.t(&words.how)) } th.f scope="col" { (site.t(&words.count)) } }
            }
            tbody {
                @for (name, number) in rows {
                    tr { th scope="row" { (site.t(name)) } td.f { (number) } }
                }
            }
        }
    }
}

fn legal(site: &Site<'_>, profile: &ProfilePicture) -> Markup {
    let words = &site.voice.words.law;
    let legal = &profile.legal;
    html! {
        p { strong { (site.voice.report.legal(legal.status)) } ". " (legal.note.get(site.voice.lang)) }
        p {
            (site.t(&words.date)) ": " (site.voice.time(&legal.date)) ". "
            (site.t(&words.source)) ": " (shown(&legal.source, 300)) "."
        }
    }
}

fn products(site: &Site<'_>, profile: &ProfilePicture) -> Markup {
    let words = &site.voice.words.profile;
    let named = site.named(&profile.id).next().is_some();
    html! {
        @if named {
            p { (site.t(&words.products_some)) }
            p { a href={ "../products/" (profile.id) ".html" } { (site.t(&words.products_link)) } }
        } @else {
            p { (site.t(&words.products_unnamed)) }
        }
    }
}

fn all(site: &Site<'_>, profile: &ProfilePicture) -> Markup {
    let words = &site.voice.words;
    let caption = site.t(&words.profile.all_caption);
    let table = html! {
        table {
            caption { (caption) }
            thead {
                tr {
                    th scope="col" { (site.t(&words.profile.requirement)) }
                    th scope="col" { (site.t(&words.profile.track)) }
                    th scope="col" { (site.t(&words.profile.level)) }
                    th scope="col" { (site.t(&words.profile.counts)) }
                    th scope="col" { (site.t(&words.profile.how)) }
                    @for name in site.outcomes() { th.f scope="col" { (name) } }
                }
            }
            tbody {
                @for requirement in &profile.requirements {
                    tr {
                        th scope="row" {
                            span.nowrap { (requirement.id) } " " (requirement.title.get(site.voice.lang))
                        }
                        td { (site.voice.report.spoor(requirement.spoor)) }
                        td { (site.voice.report.level(requirement.level)) }
                        td { (site.t(if requirement.gates { &words.doc.yes } else { &words.doc.no })) }
                        td { (site.t(if requirement.method == Method::Test { &words.profile.test } else { &words.profile.judge })) }
                        (site.counts(requirement))
                    }
                }
            }
        }
    };
    scroll(caption, &table)
}

impl Site<'_> {
    /// The outcomes in words, in the order of [`Outcomes::parts`].
    pub(super) fn outcomes(&self) -> [&'static str; 6] {
        let words = &self.voice.words.outcome;
        [
            self.t(&words.satisfied),
            self.t(&words.not_satisfied),
            self.t(&words.undetermined),
            self.t(&words.not_applicable),
            self.t(&words.not_tested),
            self.t(&words.not_asked),
        ]
    }

    /// How many products met a requirement now, per outcome.
    pub(super) fn outcome_counts(&self, requirement: &RequirementPicture) -> Outcomes {
        requirement.counts.get(self.now()).copied().flatten().unwrap_or_default()
    }

    /// The same as cells.
    pub(super) fn counts(&self, requirement: &RequirementPicture) -> Markup {
        html! { @for (_, count) in self.outcome_counts(requirement).parts() { (self.voice.td(count)) } }
    }
}
