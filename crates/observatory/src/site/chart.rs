//! A line chart as inline SVG. What may not be shown exactly is a band and a hollow mark, and a gap where it may not be shown at all.

use maud::{Markup, PreEscaped, html};

use crate::model::Count;

const WIDTH: u32 = 760;
const HEIGHT: u32 = 300;
const LEFT: u32 = 44;
const RIGHT: u32 = 190;
const TOP: u32 = 16;
const BOTTOM: u32 = 34;
/// Room between names at the end of their lines.
const NAME: u32 = 16;
/// More dates than this do not fit below the axis.
const DATES: usize = 8;

/// One line.
pub(super) struct Series<'a> {
    /// Its name, at its end.
    pub(super) name: &'a str,
    /// One value per period.
    pub(super) counts: Vec<Count>,
}

/// What a chart shows.
pub(super) struct Chart<'a> {
    /// For who cannot see it.
    pub(super) label: String,
    /// The periods, oldest first.
    pub(super) periods: Vec<&'a str>,
    /// The lines.
    pub(super) series: Vec<Series<'a>>,
    /// Figures below this are not shown.
    pub(super) small: u64,
    /// What the band says.
    pub(super) band: String,
}

impl Chart<'_> {
    /// The drawing; nothing when there is no line to draw.
    pub(super) fn draw(&self) -> Option<Markup> {
        let told = |series: &&Series<'_>| {
            series.counts.iter().any(|count| matches!(count, Count::Few | Count::Number(1..)))
        };
        let shown: Vec<(usize, &Series<'_>)> =
            self.series.iter().enumerate().filter(|(_, series)| told(series)).collect();
        if shown.is_empty() || self.periods.len() < 2 {
            return None;
        }
        let top = self.top();
        let names = self.names(&shown, top);
        Some(html! {
            svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT) } role="img" aria-label=(self.label) {
                @if self.small > 1 {
                    rect.band x=(LEFT) y=(self.y(self.small, top)) width=(WIDTH - RIGHT - LEFT)
                        height=(HEIGHT - BOTTOM - self.y(self.small, top)) {}
                }
                @for tick in 0..=4_u64 {
                    @let value = top / 4 * tick;
                    line.grid x1=(LEFT) x2=(WIDTH - RIGHT) y1=(self.y(value, top)) y2=(self.y(value, top)) {}
                    text.axis x=(LEFT - 8) y=(self.y(value, top) + 4) text-anchor="end" { (value) }
                }
                @for (n, period) in self.periods.iter().enumerate() {
                    @if self.dated(n) {
                        text.axis x=(self.x(n)) y=(HEIGHT - BOTTOM + 20) text-anchor="middle" { (period) }
                    }
                }
                @if self.small > 1 {
                    // Above the band, where no mark of it stands.
                    text.axis x=(LEFT + 6) y=(self.y(self.small, top) - 5) { (self.band) }
                }
                @for ((index, series), y) in shown.iter().zip(names) {
                    g class={ "s" (index) } {
                        path.line d=(self.path(series, top)) {}
                        @for (n, count) in series.counts.iter().enumerate() {
                            @if let Some(height) = self.height(*count, top) {
                                @let few = *count == Count::Few;
                                // Small figures stand at one height: beside each other, or they would cover each other.
                                @let x = if few { self.x(n) + 8 * as_u32(*index) - 8 } else { self.x(n) };
                                path class={ "dot" @if few { " few" } } d=(mark(*index, x, height)) {}
                            }
                        }
                        text.name x=(WIDTH - RIGHT + 12) y=(y + 4) { (series.name) }
                    }
                }
            }
        })
    }

    /// The top of the axis: a round figure above all others, divisible by four.
    fn top(&self) -> u64 {
        let figures = self.series.iter().flat_map(|series| &series.counts).filter_map(|count| count.number());
        let most = figures.max().unwrap_or_default().max(self.small).max(4);
        let steps = [4, 8, 12, 20_u64];
        let rounds = (0..).map(|power| 5_u64.saturating_pow(power));
        let tops = rounds.flat_map(|unit| steps.map(|step| step.saturating_mul(unit)));
        tops.into_iter().find(|top| *top >= most).unwrap_or(most)
    }

    fn x(&self, n: usize) -> u32 {
        let last = as_u32(self.periods.len().saturating_sub(1)).max(1);
        LEFT + 14 + (WIDTH - RIGHT - LEFT - 28) * as_u32(n) / last
    }

    fn y(&self, value: u64, top: u64) -> u32 {
        let room = u64::from(HEIGHT - BOTTOM - TOP);
        let down = room * value.min(top) / top;
        HEIGHT - BOTTOM - u32::try_from(down).unwrap_or_default()
    }

    /// Where a value stands; nothing when it may not be shown.
    fn height(&self, count: Count, top: u64) -> Option<u32> {
        match count {
            Count::Few => Some(self.y(self.small / 2, top)),
            Count::Number(n) => Some(self.y(n, top)),
            Count::Withheld => None,
        }
    }

    fn dated(&self, n: usize) -> bool {
        let step = self.periods.len().div_ceil(DATES);
        (self.periods.len() - 1 - n).is_multiple_of(step)
    }

    /// The line, broken where a value may not be shown: from and to a small figure there is no slope to see either.
    fn path(&self, series: &Series<'_>, top: u64) -> String {
        let mut d = String::new();
        let mut pen = 'M';
        for (n, count) in series.counts.iter().enumerate() {
            match self.height(*count, top).filter(|_| *count != Count::Few) {
                Some(y) => {
                    d.push_str(&format!("{pen}{} {y}", self.x(n)));
                    pen = 'L';
                }
                None => pen = 'M',
            }
        }
        d
    }

    /// Where the names stand: beside the last value, apart from each other.
    fn names(&self, shown: &[(usize, &Series<'_>)], top: u64) -> Vec<u32> {
        let last = |series: &Series<'_>| {
            series.counts.iter().rev().find_map(|count| self.height(*count, top)).unwrap_or(HEIGHT - BOTTOM)
        };
        let mut order: Vec<(u32, usize)> =
            shown.iter().enumerate().map(|(n, (_, series))| (last(series), n)).collect();
        order.sort_unstable();
        // Upwards from the bottom: none may fall off, and each takes its room.
        let mut floor = HEIGHT - BOTTOM + NAME;
        let mut at = vec![0; shown.len()];
        for (y, n) in order.into_iter().rev() {
            floor = y.min(floor - NAME);
            at[n] = floor;
        }
        at
    }
}

/// A mark that differs by shape, not by colour alone.
fn mark(index: usize, x: u32, y: u32) -> PreEscaped<String> {
    let d = match index % 5 {
        0 => "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
        1 => "m-4-4h8v8h-8z",
        2 => "m0-5 5 9h-10z",
        3 => "m0-5 5 5-5 5-5-5z",
        _ => "m-4-4 8 8m0-8-8 8",
    };
    PreEscaped(format!("M{x} {y}{d}"))
}

fn as_u32(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn chart(counts: Vec<Count>) -> Chart<'static> {
        let periods = vec!["2024", "2025", "2026"];
        let series = vec![Series { name: "voldoet <b>", counts }];
        Chart { label: "l".into(), periods, series, small: 10, band: "minder dan 10".into() }
    }

    #[test]
    fn a_hidden_value_breaks_the_line_and_leaves_no_mark() {
        let whole = chart(vec![Count::Number(12), Count::Few, Count::Number(40)])
            .draw()
            .expect("drawn")
            .into_string();
        let broken = chart(vec![Count::Number(12), Count::Withheld, Count::Number(40)])
            .draw()
            .expect("drawn")
            .into_string();
        assert_eq!((whole.matches("class=\"dot").count(), broken.matches("class=\"dot").count()), (3, 2));
        assert_eq!(whole.matches("dot few").count(), 1);
        let line = |svg: &str| {
            svg.split("class=\"line\" d=\"")
                .nth(1)
                .map(|d| d.split('"').next().unwrap_or_default().matches('M').count())
        };
        assert_eq!((line(&whole), line(&broken)), (Some(2), Some(2)));
        assert!(whole.contains("voldoet &lt;b&gt;"));
    }

    #[test]
    fn few_stand_at_one_height_whatever_their_number() {
        let chart = chart(vec![Count::Few, Count::Few, Count::Number(400)]);
        assert_eq!(chart.top(), 500);
        assert_eq!(chart.height(Count::Few, 500), Some(chart.y(5, 500)));
    }

    #[test]
    fn nothing_to_tell_is_no_drawing() {
        assert!(chart(vec![Count::Number(0), Count::Withheld, Count::Number(0)]).draw().is_none());
    }
}
