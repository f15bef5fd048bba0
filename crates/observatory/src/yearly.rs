//! The yearly report: the state of every exchange at the end of a year, in Dutch that a minister can send.

mod appendix;
mod exchange;
mod figures;
mod words;

use keur_catalogue::Lang;
use keur_reports::text::fill;
use maud::{Markup, html};

use self::{
    figures::{Measure, Year, measures},
    words::{Words, words},
};
use crate::{
    model::{Count, Picture, Standing},
    site::{
        frame::{Frame, Page, Part},
        voice::Voice,
    },
};

#[cfg(test)]
mod tests;

/// The report of a year as one HTML file; `None` when the picture knows nothing of that year.
#[must_use]
pub fn html(picture: &Picture, year: i32) -> Option<String> {
    let report = Report {
        picture,
        year: Year::of(picture, year)?,
        voice: Voice::new(Lang::Nl, picture.disclosure.threshold),
        words: words(),
    };
    Some(report.document())
}

/// Its figures as CSV; `None` when the picture knows nothing of that year.
#[must_use]
pub fn csv(picture: &Picture, year: i32) -> Option<String> {
    Year::of(picture, year).map(|year| figures::csv(picture, year))
}

/// What the parts of the report share.
struct Report<'a> {
    picture: &'a Picture,
    year: Year,
    voice: Voice,
    words: &'static Words,
}

impl Report<'_> {
    fn document(&self) -> String {
        let words = self.words;
        let year = self.year.year.to_string();
        let mut parts = vec![
            Part::new("samenvatting", &*words.summary, self.summary()),
            Part::new("waarom", &*words.basis, html! { p { (words.basis_text) } p { (words.basis_steps) } }),
        ];
        parts.extend(self.picture.exchanges.iter().map(|one| exchange::part(self, one)));
        parts.extend([
            Part::new("buiten-beeld", &*words.outside, list(&words.outside_items)),
            Part::new("niet-mee", &*words.refused, html! { p { (self.refused()) } }),
            Part::new("methode", &*words.method, self.method()),
            appendix::part(self),
        ]);
        let lead = html! {
            p.lead { (words.lead) }
            p { (self.day()) }
            nav aria-labelledby="inhoud" {
                p #inhoud { strong { (words.contents) } }
                ol { @for part in &parts { li { a href={ "#" (part.id) } { (part.title) } } } }
            }
        };
        let title = fill(&words.title, &[("year", &year)]);
        let frame = Frame {
            voice: self.voice,
            kind: &words.kind,
            menu: Vec::new(),
            other: None,
            demo: self.picture.generated,
            foot: vec![fill(&words.made_by, &[("version", &self.picture.harness)])],
        };
        frame.document(&Page { path: String::new(), title, lead, parts, script: None })
    }

    /// The day it is about, and whether the year was over.
    fn day(&self) -> String {
        let day = self.picture.periods.get(self.year.end).map_or("", |period| &period.day);
        let mut text = fill(&self.words.until, &[("date", &self.voice.day(day))]);
        if !day.ends_with("-12-31") {
            text =
                format!("{text} {}", fill(&self.words.unfinished, &[("year", &self.year.year.to_string())]));
        }
        text
    }

    fn summary(&self) -> Markup {
        let words = self.words;
        html! {
            ul {
                @for exchange in &self.picture.exchanges {
                    li {
                        strong { (exchange.title) ". " }
                        (self.sentences(&self.year.now(&exchange.standing))) " "
                        a href={ "#bron-u-" (exchange.id) } { (fill(&words.source_link, &[("title", &exchange.title)])) }
                    }
                }
            }
            p { (words.works) }
            (self.movement(&words.all, "bijlage", &self.picture.total))
        }
    }

    /// A group of products in sentences.
    fn sentences(&self, now: &Standing) -> String {
        let words = self.words;
        let small = self.voice.small;
        let tested = words.summary_tested.of(now.products, small, "");
        if now.products == Count::Number(0) {
            return tested;
        }
        let tracks = [(&words.spoor_1, now.spoor_1), (&words.spoor_2, now.spoor_2)];
        let tracks = tracks.map(|(name, track)| match track {
            Some(track) => words.summary_track.of(track.conform, small, name),
            None => fill(&words.summary_no_track, &[("track", name)]),
        });
        format!("{tested} {}", tracks.join(" "))
    }

    /// A table of all measures at the end of this year and of the one before; every figure leads to its dossiers.
    fn movement(&self, title: &str, source: &str, standing: &[Standing]) -> Markup {
        let words = self.words;
        let (now, then) = (self.year.now(standing), self.year.then(standing));
        let at_end = |year: i32| fill(&words.at_end, &[("year", &year.to_string())]);
        let caption = fill(&words.movement_caption, &[("title", title)]);
        let count = |count: Option<Count>| match count {
            Some(Count::Number(n)) => html! { td.f { a href={ "#" (source) } { (n) } } },
            Some(count) => self.voice.td(count),
            None => html! { td.f.s { (self.voice.t(&self.voice.words.state.not_asked)) } },
        };
        html! {
            @if then.is_none() { p { (fill(&words.first, &[("before", &(self.year.year - 1).to_string())])) } }
            div.scroll tabindex="0" role="region" aria-label=(caption) {
                table {
                    caption { (caption) }
                    thead {
                        tr {
                            th scope="col" { (words.stand) }
                            @if then.is_some() { th.f scope="col" { (at_end(self.year.year - 1)) } }
                            th.f scope="col" { (at_end(self.year.year)) }
                            @if then.is_some() { th.f scope="col" { (words.difference) } }
                        }
                    }
                    tbody {
                        @for Measure { name, of, .. } in measures() {
                            tr {
                                th scope="row" { (name) }
                                @if let Some(then) = &then { (count(of(then))) }
                                (count(of(&now)))
                                @if let Some(then) = &then { td.f { (self.difference(of(then), of(&now))) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn difference(&self, then: Option<Count>, now: Option<Count>) -> String {
        match then.zip(now).map(|(then, now)| now.since(then)) {
            Some(Some(0)) => self.words.no_difference.clone(),
            Some(Some(n)) => format!("{n:+}").replace('-', "−"),
            Some(None) => self.words.incomparable.clone(),
            None => self.voice.t(&self.voice.words.state.not_asked).to_owned(),
        }
    }

    fn refused(&self) -> String {
        let sources = self.picture.sources;
        let numbers = [
            ("files", self.voice.count(sources.files)),
            ("counted", self.voice.count(sources.counted)),
            ("practice", sources.practice.to_string()),
            ("repeated", sources.repeated.to_string()),
            ("refused", sources.refused.to_string()),
            ("other", sources.other.to_string()),
        ];
        let line = match sources.counted {
            Count::Number(_) => &self.words.refused_line,
            Count::Few | Count::Withheld => &self.words.refused_hidden,
        };
        fill(line, &numbers.each_ref().map(|(name, number)| (*name, number.as_str())))
    }

    fn method(&self) -> Markup {
        let small = self.voice.small.to_string();
        let told = |item: &&String| self.voice.withholds() || !item.contains("{n}");
        let items: Vec<_> =
            self.words.method_items.iter().filter(told).map(|item| fill(item, &[("n", &small)])).collect();
        list(&items)
    }
}

fn list(items: &[String]) -> Markup {
    html! { ul { @for item in items { li { (item) } } } }
}
