//! Where products stand: the tables and the chart that overview, exchanges and profiles share.

use keur_catalogue::Text;
use maud::{Markup, html};

use super::{
    Site,
    chart::{Chart, Series},
    frame::Part,
    scroll,
};
use crate::model::{Count, Standing, State, Track};

impl Site<'_> {
    /// A state in words.
    pub(super) fn state(&self, state: State) -> &'static str {
        let words = &self.voice.words.state;
        self.t(match state {
            State::Conform => &words.conform,
            State::ConformWithWaiver => &words.conform_with_waiver,
            State::NotConform => &words.not_conform,
            State::Incomplete => &words.incomplete,
            State::Expired => &words.expired,
        })
    }

    /// The state now, per track.
    pub(super) fn tracks(&self, title: &str, standing: &[Standing]) -> Part {
        let words = &self.voice.words;
        let caption =
            self.voice.fill(&words.overview.per_track_caption, &[("title", title), ("date", &self.today())]);
        let now = standing.last().copied().unwrap_or_default();
        let rows = [
            (self.voice.report.spoor(keur_catalogue::requirement::Spoor::One), now.spoor_1),
            (self.voice.report.spoor(keur_catalogue::requirement::Spoor::Two), now.spoor_2),
            (self.t(&words.state.whole), Some(now.whole)),
        ];
        let table = html! {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (self.t(&words.overview.track)) }
                        th.f scope="col" { (self.t(&words.state.products)) }
                        @for state in STATES { th.f scope="col" { (self.state(state)) } }
                    }
                }
                tbody {
                    @for (name, track) in rows {
                        tr {
                            th scope="row" { (name) }
                            @match track {
                                Some(track) => {
                                    (self.voice.td(track.total))
                                    @for (_, count) in track.parts() { (self.voice.td(count)) }
                                }
                                None => td.s colspan="6" { (self.t(&words.state.not_asked)) },
                            }
                        }
                    }
                }
            }
        };
        Part::new("tracks", self.t(&words.overview.per_track), scroll(&caption, &table))
    }

    /// What certification bodies decided.
    pub(super) fn certificates(&self, title: &str, standing: &[Standing]) -> Part {
        let words = &self.voice.words.certificates;
        let now = standing.last().copied().unwrap_or_default().certificates;
        let names: [&'static Text; 7] = [
            &words.granted,
            &words.conditional,
            &words.suspended,
            &words.withdrawn,
            &words.refused,
            &words.expired,
            &words.none,
        ];
        let content = html! {
            table.small {
                caption { (self.voice.fill(&words.caption, &[("title", title), ("date", &self.today())])) }
                thead {
                    tr {
                        th scope="col" { (self.t(&words.decision)) }
                        th.f scope="col" { (self.t(&self.voice.words.state.products)) }
                    }
                }
                tbody {
                    @for (name, (_, count)) in names.into_iter().zip(now.parts()) {
                        tr { th scope="row" { (self.t(name)) } (self.voice.td(count)) }
                    }
                }
            }
        };
        Part::new("certificates", self.t(&words.title), content)
    }

    /// How the state changes: a chart, and its table.
    pub(super) fn history(&self, title: &str, standing: &[Standing]) -> Part {
        let words = &self.voice.words.overview;
        let periods: Vec<&str> = self.picture.periods.iter().map(|period| &*period.id).collect();
        let (from, until) =
            (periods.first().copied().unwrap_or_default(), periods.last().copied().unwrap_or_default());
        let lines = self.lines();
        let series = lines.iter().map(|line| Series {
            name: line.name,
            counts: standing.iter().map(|one| (line.count)(one).unwrap_or_default()).collect(),
        });
        let chart = Chart {
            label: self.voice.fill(&words.chart, &[("from", from), ("until", until)]),
            periods: periods.clone(),
            series: series.collect(),
            small: self.picture.disclosure.threshold,
            band: self.voice.small(&words.band),
        };
        let caption = self.voice.fill(&words.chart_caption, &[("title", title)]);
        let table = html! {
            table {
                caption { (caption) }
                thead {
                    tr {
                        th scope="col" { (self.t(&words.period)) }
                        th.f scope="col" { (self.t(&self.voice.words.state.products)) }
                        @for line in &lines { th.f scope="col" { (line.name) } }
                    }
                }
                tbody {
                    @for (period, one) in periods.iter().zip(standing) {
                        tr {
                            th.nowrap scope="row" { (period) }
                            (self.voice.td(one.products))
                            @for line in &lines { (self.track_td((line.count)(one))) }
                        }
                    }
                }
            }
        };
        let content = html! {
            p { (self.t(&words.time_lead)) }
            @if let Some(drawing) = chart.draw() {
                div.scroll tabindex="0" role="region" aria-label={ (self.t(&words.time)) ", " (title) } { (drawing) }
            }
            (scroll(&caption, &table))
        };
        Part::new("time", self.t(&words.time), content)
    }

    /// A count of a track that may not be asked for at all.
    pub(super) fn track_td(&self, count: Option<Count>) -> Markup {
        match count {
            Some(count) => self.voice.td(count),
            None => html! { td.f.s { (self.t(&self.voice.words.state.not_asked)) } },
        }
    }

    /// What is told of a group of products in one line, and drawn in a chart.
    pub(super) fn lines(&self) -> [Line; 5] {
        let words = &self.voice.words.state;
        let line = |name: &'static Text, count| Line { name: self.t(name), count };
        [
            line(&words.spoor1, |one: &Standing| one.spoor_1.map(|track: Track| track.conform)),
            line(&words.spoor2, |one: &Standing| one.spoor_2.map(|track: Track| track.conform)),
            line(&words.not_conform, |one: &Standing| Some(one.whole.not_conform)),
            line(&words.incomplete, |one: &Standing| Some(one.whole.incomplete)),
            line(&words.expired, |one: &Standing| Some(one.whole.expired)),
        ]
    }
}

/// A column, or a line of the chart.
pub(super) struct Line {
    /// Its name.
    pub(super) name: &'static str,
    /// Its count of a group; none when the group is not asked for it.
    pub(super) count: fn(&Standing) -> Option<Count>,
}

/// The states, in the order of [`Track::parts`].
const STATES: [State; 5] =
    [State::Conform, State::ConformWithWaiver, State::NotConform, State::Incomplete, State::Expired];
