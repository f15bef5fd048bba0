//! Products that may be named: lists per profile, and a page each.

use keur_dossier::statement::predicate::DecisionOutcome;
use keur_verdict::{Modality, Outcome, Verdict};
use maud::{Markup, html};

use super::{
    ROWS, Site,
    frame::{Page, Part},
    scroll,
    voice::shown,
};
use crate::model::{ProductPicture, ProductProfile, ProfilePicture, State};

/// So many runs, certificates and waivers of a product stand on its page; the others in the open data.
const LINES: usize = 60;

/// The page with the lists of all profiles.
pub(super) fn index(site: &Site<'_>) -> Page {
    let words = &site.voice.words;
    let lists = site.picture.profiles.iter().filter_map(|profile| {
        let named = site.named(&profile.id).count();
        (named > 0).then(|| (profile, named.to_string()))
    });
    let lists: Vec<_> = lists.collect();
    let content = html! {
        @if lists.is_empty() { p { (site.t(&words.profile.products_unnamed)) } }
        ul {
            @for (profile, named) in &lists {
                li {
                    a href={ "products/" (profile.id) ".html" } { (site.title(profile)) } ": "
                    (site.voice.fill(&words.product.named, &[("n", named)]))
                }
            }
        }
    };
    let parts = vec![Part::new("lists", site.t(&words.product.profile), content)];
    let lead = html! { p.lead { (site.t(&words.product.list_lead)) } };
    Page {
        path: "products.html".to_owned(),
        title: site.t(&words.product.list).to_owned(),
        lead,
        parts,
        script: None,
    }
}

/// The products of a profile; none when nobody may be named.
pub(super) fn list(site: &Site<'_>, profile: &ProfilePicture) -> Option<Page> {
    let words = &site.voice.words.product;
    let named: Vec<_> = site.named(&profile.id).collect();
    if named.is_empty() {
        return None;
    }
    let title = site.voice.fill(&words.all_named, &[("title", site.title(profile))]);
    let one = named.len() <= ROWS;
    let parts = (1..).zip(named.chunks(ROWS)).map(|(n, rows)| {
        let n: usize = n;
        let heading = if one {
            site.t(&words.list_caption).to_owned()
        } else {
            site.voice.fill(&words.part, &[("title", site.t(&words.list_caption)), ("n", &n.to_string())])
        };
        let table = rows_of(site, &heading, rows);
        Part::new(format!("part-{n}"), heading.clone(), scroll(&heading, &table))
    });
    let lead = html! {
        p { a href={ "../profile/" (profile.id) ".html" } { (site.title(profile)) } }
    };
    Some(Page {
        path: format!("products/{}.html", profile.id),
        title,
        lead,
        parts: parts.collect(),
        script: None,
    })
}

fn rows_of(site: &Site<'_>, caption: &str, rows: &[(&ProductPicture, &ProductProfile)]) -> Markup {
    let words = &site.voice.words.product;
    html! {
        table {
            caption.visually-hidden { (caption) }
            (head(&[site.t(&words.product), site.t(&words.vendor), site.t(&words.now), site.t(&words.since)]))
            tbody {
                @for (product, under) in rows {
                    tr {
                        th scope="row" { a href={ "../product/" (product.id) ".html" } { (shown(&product.name, 80)) } }
                        td { (shown(&product.vendor, 80)) }
                        td { (site.badge(under.whole)) }
                        td { (site.voice.time(&under.since)) }
                    }
                }
            }
        }
    }
}

/// The heading of a table whose columns are words.
fn head(names: &[&str]) -> Markup {
    html! { thead { tr { @for name in names { th scope="col" { (name) } } } } }
}

/// A product.
pub(super) fn page(site: &Site<'_>, product: &ProductPicture) -> Page {
    let words = &site.voice.words.product;
    let values = [("name", &*shown(&product.name, 160)), ("vendor", &*shown(&product.vendor, 160))];
    let title = site.voice.fill(&words.by, &values);
    let lead = html! {
        dl {
            div { dt { (site.t(&words.vendor)) } dd { (shown(&product.vendor, 160)) } }
            @if let Some(kvk) = &product.kvk { div { dt { (site.t(&words.kvk)) } dd { (shown(kvk, 40)) } } }
        }
    };
    let parts = product.profiles.iter().map(|under| {
        let profile = site.picture.profile(&under.profile);
        let heading = profile.map_or(&*under.profile, |profile| site.title(profile));
        Part::new(format!("p-{}", under.profile), heading, one(site, product, under, heading))
    });
    Page { path: format!("product/{}.html", product.id), title, lead, parts: parts.collect(), script: None }
}

fn one(site: &Site<'_>, product: &ProductPicture, under: &ProductProfile, title: &str) -> Markup {
    let words = &site.voice.words;
    let state = |state: Option<State>| match state {
        Some(state) => site.badge(state),
        None => html! { (site.t(&words.state.not_asked)) },
    };
    html! {
        dl {
            div { dt { (site.t(&words.product.now)) } dd { (site.badge(under.whole)) } }
            div { dt { (site.voice.report.spoor(keur_catalogue::requirement::Spoor::One)) } dd { (state(under.spoor_1)) } }
            div { dt { (site.voice.report.spoor(keur_catalogue::requirement::Spoor::Two)) } dd { (state(under.spoor_2)) } }
            div { dt { (site.t(&words.product.since)) } dd { (site.voice.time(&under.since)) } }
            @if let Some(until) = &under.valid_until {
                div { dt { (site.t(&words.product.until)) } dd { (site.voice.time(until)) } }
            }
            div {
                dt { (site.t(&words.product.badge)) }
                dd { a href={ "../../badges/" (product.id) "/" (under.profile) ".svg" } { (under.profile) ".svg" } }
            }
        }
        (history(site, under, title))
        (decisions(site, under, title))
        (waivers(site, under, title))
        (deviations(site, under, title))
    }
}

fn history(site: &Site<'_>, under: &ProductProfile, title: &str) -> Markup {
    let words = &site.voice.words.product;
    let caption = site.voice.fill(&words.history_caption, &[("title", title)]);
    let verdict = |verdict: Verdict| site.voice.report.verdict(verdict);
    // Where nothing decides a track, its verdict says nothing.
    let track = |state: Option<State>, found: Verdict| match state {
        Some(_) => verdict(found),
        None => site.t(&site.voice.words.state.not_asked),
    };
    let table = html! {
        table {
            caption { (caption) }
            (head(&[site.t(&words.date), site.t(&words.version), site.t(&words.release), site.t(&words.verdict), site.voice.report.spoor(keur_catalogue::requirement::Spoor::One), site.voice.report.spoor(keur_catalogue::requirement::Spoor::Two), site.t(&words.bundle)]))
            tbody {
                @for run in under.runs.iter().take(LINES) {
                    tr {
                        th scope="row" { (site.voice.time(&run.started)) }
                        td { (shown(&run.version, 60)) }
                        td { (shown(&run.release, 40)) ", " (shown(&run.variant, 60)) }
                        td { (verdict(run.verdict)) }
                        td { (track(under.spoor_1, run.spoor_1)) }
                        td { (track(under.spoor_2, run.spoor_2)) }
                        td { span.hash { (run.digest) } }
                    }
                }
            }
        }
    };
    html! { h3 { (site.t(&words.history)) } (scroll(&caption, &table)) (site.more(under.runs.len())) }
}

fn decisions(site: &Site<'_>, under: &ProductProfile, title: &str) -> Markup {
    let words = &site.voice.words.product;
    if under.certificates.is_empty() {
        return html! { h3 { (site.t(&words.certificates)) } p { (site.t(&site.voice.words.doc.none)) } };
    }
    let caption = site.t(&words.certificates_caption);
    let table = html! {
        table {
            caption { (caption) }
            (head(&[site.t(&words.certificate), site.t(&site.voice.words.certificates.decision), site.t(&words.body), site.t(&words.issued), site.t(&words.until), site.t(&words.conditions)]))
            tbody {
                @for one in under.certificates.iter().take(LINES) {
                    tr {
                        th scope="row" { (one.number.as_deref().map_or_else(|| site.t(&site.voice.words.doc.unknown).to_owned(), |number| shown(number, 60))) }
                        td {
                            (site.decision(one.outcome))
                            @if one.expired { ", " (site.t(&site.voice.words.certificates.expired)) }
                        }
                        td { (shown(&one.by, 160)) }
                        td { (site.voice.time(&one.decided)) }
                        td { (site.voice.time(&one.valid_until)) }
                        td {
                            @for condition in one.conditions.iter().take(LINES) { p { (shown(condition, 400)) } }
                        }
                    }
                }
            }
        }
    };
    let label = format!("{caption}: {title}");
    html! { h3 { (site.t(&words.certificates)) } (scroll(&label, &table)) (site.more(under.certificates.len())) }
}

fn waivers(site: &Site<'_>, under: &ProductProfile, title: &str) -> Markup {
    let words = &site.voice.words.product;
    if under.waivers.is_empty() {
        return html! { h3 { (site.t(&words.waivers)) } p { (site.t(&site.voice.words.doc.none)) } };
    }
    let caption = site.t(&words.waivers_caption);
    let table = html! {
        table {
            caption { (caption) }
            (head(&[site.t(&site.voice.words.profile.requirement), site.t(&words.granted), site.t(&words.until), site.t(&words.reason)]))
            tbody {
                @for waiver in under.waivers.iter().take(LINES) {
                    tr {
                        th.nowrap scope="row" { (shown(&waiver.requirement, 60)) }
                        td { (site.voice.time(&waiver.granted)) }
                        td { (site.voice.time(&waiver.expires)) }
                        td { (shown(&waiver.reason, 400)) }
                    }
                }
            }
        }
    };
    let label = format!("{caption}: {title}");
    html! { h3 { (site.t(&words.waivers)) } (scroll(&label, &table)) (site.more(under.waivers.len())) }
}

fn deviations(site: &Site<'_>, under: &ProductProfile, title: &str) -> Markup {
    let words = &site.voice.words.product;
    let open: Vec<_> = under.requirements.iter().filter(|line| line.outcome != Outcome::Satisfied).collect();
    if open.is_empty() {
        return html! { h3 { (site.t(&words.deviations)) } p { (site.t(&words.deviations_none)) } };
    }
    let caption = site.voice.fill(&words.deviations_caption, &[("title", title)]);
    let known =
        site.picture.profile(&under.profile).map(|profile| &profile.requirements[..]).unwrap_or_default();
    let table = html! {
        table {
            caption { (caption) }
            (head(&[site.t(&site.voice.words.profile.requirement), site.t(&site.voice.words.outcome.outcome)]))
            tbody {
                @for line in open {
                    tr {
                        th scope="row" {
                            span.nowrap { (shown(&line.id, 60)) } " "
                            @if let Some(one) = known.iter().find(|one| one.id == line.id) { (one.title.get(site.voice.lang)) }
                        }
                        td {
                            (site.outcome(line.outcome))
                            @if line.modality == Modality::Attested { ", " (site.t(&words.attested)) }
                            @if line.waived { ", " (site.t(&words.waived)) }
                        }
                    }
                }
            }
        }
    };
    html! { h3 { (site.t(&words.deviations)) } (scroll(&caption, &table)) }
}

impl<'a> Site<'a> {
    /// The named products of a profile.
    pub(super) fn named(
        &self,
        profile: &str,
    ) -> impl Iterator<Item = (&'a ProductPicture, &'a ProductProfile)> {
        self.picture.products.iter().filter_map(move |product| {
            product.profiles.iter().find(|under| under.profile == profile).map(|under| (product, under))
        })
    }

    /// A state as a mark; its words say it all.
    pub(super) fn badge(&self, state: State) -> Markup {
        let kind = match state {
            State::Conform => "ok",
            State::ConformWithWaiver | State::Incomplete => "open",
            State::NotConform => "bad",
            State::Expired => "na",
        };
        html! { span class={ "badge " (kind) } { (self.state(state)) } }
    }

    fn more(&self, all: usize) -> Markup {
        let rest = all.saturating_sub(LINES);
        html! {
            @if rest > 0 { p { (self.voice.fill(&self.voice.words.product.more, &[("n", &rest.to_string())])) } }
        }
    }

    fn decision(&self, outcome: DecisionOutcome) -> &'static str {
        let words = &self.voice.words.certificates;
        self.t(match outcome {
            DecisionOutcome::Granted => &words.granted,
            DecisionOutcome::Conditional => &words.conditional,
            DecisionOutcome::Suspended => &words.suspended,
            DecisionOutcome::Withdrawn => &words.withdrawn,
            DecisionOutcome::Refused => &words.refused,
        })
    }

    fn outcome(&self, outcome: Outcome) -> &'static str {
        let words = &self.voice.words.outcome;
        self.t(match outcome {
            Outcome::Satisfied => &words.satisfied,
            Outcome::NotSatisfied => &words.not_satisfied,
            Outcome::Undetermined => &words.undetermined,
            Outcome::NotApplicable => &words.not_applicable,
            Outcome::NotTested => &words.not_tested,
        })
    }
}
