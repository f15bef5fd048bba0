//! The report for people: one file that fetches nothing, needs no script, and prints.

mod case;
mod claims;
mod closing;
mod evidence;
mod head;
mod icon;
mod key_data;
mod layers;
mod matrix;
mod requirement;
mod trail;
mod verdict;

use keur_verdict::CaseOutcome;
use maud::{DOCTYPE, Markup, PreEscaped, html};

use crate::{
    Format, RenderError, Report,
    text::{date, fill, instant},
    view::{Section, View},
};

/// The report for people.
#[derive(Debug, Clone, Copy)]
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn file_name(&self) -> &'static str {
        "report.html"
    }

    fn in_folder(&self) -> bool {
        true
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let page = Page::new(report);
        Ok(page.document().into_string().into_bytes())
    }
}

/// The part of the style sheet that other pages share: colours, type and frame.
pub const BASE_STYLE: &str = head::BASE;

/// Cases shown with their evidence share this many exchanges, and this many characters of bodies, so that a
/// product that fails everywhere still gets a report that opens.
const EXCHANGES: usize = 120;
const BODIES: usize = 200_000;

/// What the parts of the page share.
struct Page<'a> {
    view: View<'a>,
    /// Exchanges shown per case.
    exchanges: usize,
    /// Characters shown per body.
    body: usize,
}

/// A section of the page: its anchor, heading, number of items, and content.
struct Part {
    id: &'static str,
    title: String,
    count: Option<usize>,
    content: Markup,
}

impl<'a> Page<'a> {
    fn new(report: &'a Report<'a>) -> Self {
        let view = View::new(report);
        let open = [Section::Deviations, Section::Incomplete, Section::Attention, Section::NotApplicable];
        let cases = open.iter().flat_map(|section| view.section(*section)).flat_map(|result| &result.cases);
        let cases = cases.filter(|case| case.outcome != CaseOutcome::Passed).count().max(1);
        let exchanges = (EXCHANGES / cases).clamp(1, 8);
        let body = (BODIES / (cases * exchanges)).clamp(400, 4_096);
        Self { view, exchanges, body }
    }

    fn document(&self) -> Markup {
        let (view, words) = (&self.view, self.view.words);
        let parts = self.parts();
        html! {
            (DOCTYPE)
            html lang=(words.lang) {
                (head::head(&format!("{} · {} · Keur", view.verdict(), view.sentence())))
                body {
                    a.skip href="#content" { (words.section.skip) }
                    (icon::symbols())
                    header.masthead {
                        p.mark { (icon::icon("seal")) "Keur" }
                        p.kind { (words.doc.title) }
                    }
                    div.frame {
                        nav.toc aria-labelledby="toc" {
                            p #toc { (words.section.contents) }
                            ol {
                                @for part in &parts {
                                    li {
                                        a href={ "#" (part.id) } {
                                            span { (part.title) }
                                            @if let Some(n) = part.count { " " span.n { (n) } }
                                        }
                                    }
                                }
                            }
                        }
                        main #content tabindex="-1" {
                            (verdict::banner(self))
                            @for part in &parts {
                                section.part aria-labelledby=(part.id) {
                                    h2 id=(part.id) {
                                        (part.title)
                                        @if let Some(n) = part.count { " " span.n { "(" (n) ")" } }
                                    }
                                    (part.content)
                                }
                            }
                        }
                    }
                    footer {
                        p { (fill(&words.doc.made_by, &[("version", &view.report.result.harness.version)])) " · " code { (view.shown(&view.report.result.run.id, 80)) } }
                        p { (words.doc.selfcontained) }
                    }
                }
            }
        }
    }

    fn parts(&self) -> Vec<Part> {
        let s = &self.view.words.section;
        let part = |id, title: &str, content| Part { id, title: title.to_owned(), count: None, content };
        let mut parts = vec![
            part("todo", &s.todo, verdict::todo(self)),
            part("key-data", &s.key_data, key_data::key_data(self)),
        ];
        let pictures = [layers::layers(self), matrix::matrix(self)];
        if pictures.iter().any(Option::is_some) {
            parts.push(part(
                "layers",
                &s.layers,
                html! { @for picture in pictures.iter().flatten() { (picture) } },
            ));
        }
        if let Some(claims) = claims::claims(self) {
            parts.push(part("claims", &self.view.words.claims.title, claims));
        }
        if let Some(trail) = trail::trail(self) {
            parts.push(part("product-log", &self.view.words.trail.title, trail));
        }
        let list = |id, title: &str, lead: &str, section, folded| {
            let count = self.view.count(section);
            let content = requirement::list(self, section, lead, folded);
            Part { id, title: title.to_owned(), count: Some(count), content }
        };
        parts.extend([
            list("deviations", &s.deviations, &s.deviations_lead, Section::Deviations, false),
            list("incomplete", &s.incomplete, &s.incomplete_lead, Section::Incomplete, false),
            list("attention", &s.attention, &s.attention_lead, Section::Attention, false),
            list("not-applicable", &s.not_applicable, &s.not_applicable_lead, Section::NotApplicable, false),
            list("satisfied", &s.satisfied, &s.satisfied_lead, Section::Satisfied, true),
            list("attested", &s.attested, &s.attested_lead, Section::Attested, true),
            part("not-said", &s.not_said, closing::not_said(self)),
            part("verify", &s.verify, closing::verify(self)),
        ]);
        parts
    }

    /// An instant, for people and machines.
    fn time(&self, value: &str) -> Markup {
        match instant(value, &self.view.words.months) {
            Some((day, time)) => html! { time datetime=(value) { (day) ", " (time) } },
            None => html! { (self.view.shown(value, 60)) },
        }
    }

    /// A date, for people and machines.
    fn date(&self, value: &str) -> Markup {
        match date(value, &self.view.words.months) {
            Some(day) => html! { time datetime=(value) { (day) } },
            None => html! { (self.view.shown(value, 60)) },
        }
    }
}

/// A term and its description, left out when empty.
fn item(term: &str, description: &Markup) -> Markup {
    if description.0.trim().is_empty() {
        return PreEscaped(String::new());
    }
    html! { div { dt { (term) } dd { (description) } } }
}
