//! The pages of the observatory: static, closed, readable without a script, and each of a bounded size.

mod badge;
mod chart;
mod exchange;
pub(crate) mod frame;
pub(crate) mod labels;
mod law;
mod overview;
mod product;
pub(crate) mod profile;
mod refused;
mod search;
mod standing;
mod texts;
mod untested;
pub(crate) mod voice;

use std::io;

use keur_catalogue::{Lang, Text};
use maud::{Markup, html};

use self::{
    frame::{Frame, Page, Part},
    voice::Voice,
};
use crate::{
    model::{Picture, ProfilePicture},
    output::Output,
};

#[cfg(test)]
mod tests;

/// A page stays below 300 kB: its parts together below this many bytes, or they are spread over pages.
const BUDGET: usize = 200_000;

/// A list longer than this many rows is cut into parts, so that it can be spread over pages.
const ROWS: usize = 400;

/// Writes all pages in these languages, each below `<lang>/`, the choice between them, and the badges of named products.
///
/// # Errors
/// Those of the output.
pub fn write(picture: &Picture, langs: &[Lang], out: &mut dyn Output) -> io::Result<()> {
    for (n, lang) in langs.iter().enumerate() {
        let voice = Voice::new(*lang, picture.disclosure.threshold);
        let site = Site { picture, voice, other: langs.iter().copied().find(|other| other != lang) };
        for page in site.pages() {
            site.spread(page, out)?;
        }
        if n == 0 {
            badge::write(&site, out)?;
            overview::front(&site, langs, out)?;
        }
    }
    Ok(())
}

/// What all pages share.
struct Site<'a> {
    picture: &'a Picture,
    voice: Voice,
    /// The other language the site is in.
    other: Option<Lang>,
}

impl<'a> Site<'a> {
    fn pages(&self) -> impl Iterator<Item = Page> {
        let general = [
            overview::page(self),
            product::index(self),
            untested::page(self),
            refused::page(self),
            law::page(self),
            texts::reading(self),
            texts::accessibility(self),
        ];
        let exchanges = self.picture.exchanges.iter().map(|one| exchange::page(self, one));
        let profiles = self.picture.profiles.iter().map(|one| profile::page(self, one));
        let lists = self.picture.profiles.iter().filter_map(|one| product::list(self, one));
        let products = self.picture.products.iter().map(|one| product::page(self, one));
        general
            .into_iter()
            .chain(search::pages(self))
            .chain(exchanges)
            .chain(profiles)
            .chain(lists)
            .chain(products)
    }

    /// Writes a page, over several files when its parts are too many for one.
    fn spread(&self, page: Page, out: &mut dyn Output) -> io::Result<()> {
        let mut sheets: Vec<Vec<Part>> = vec![Vec::new()];
        let mut size = 0;
        for part in page.parts {
            let own = part.content.0.len();
            if size + own > BUDGET && size > 0 {
                sheets.push(Vec::new());
                size = 0;
            }
            size += own;
            if let Some(sheet) = sheets.last_mut() {
                sheet.push(part);
            }
        }
        let of = sheets.len();
        let mut script = page.script;
        for (n, mut parts) in (1..).zip(sheets) {
            let path = numbered(&page.path, n);
            let mut title = page.title.clone();
            if of > 1 {
                let words = &self.voice.words.doc;
                let values = [("n", &*n.to_string()), ("of", &*of.to_string())];
                title = format!("{title} · {}", self.voice.fill(&words.page_of, &values));
                parts.push(Part::new("pages", self.voice.t(&words.pages), self.pager(&page.path, n, of)));
            }
            let lead = if n == 1 {
                page.lead.clone()
            } else {
                html! {}
            };
            let sheet = Page { path, title, lead, parts, script: script.take() };
            let document = self.frame(&sheet.path).document(&sheet);
            out.file(&format!("{}/{}", self.voice.code(), sheet.path), document.as_bytes())?;
        }
        Ok(())
    }

    /// Links to all files of a page.
    fn pager(&self, path: &str, here: usize, of: usize) -> Markup {
        let name = |n: usize| self.voice.fill(&self.voice.words.doc.page, &[("n", &n.to_string())]);
        let file = |n: usize| numbered(path.rsplit('/').next().unwrap_or(path), n);
        html! {
            ul.pages {
                @for n in 1..=of {
                    li {
                        a href=(file(n)) aria-current=[(n == here).then_some("page")] { (name(n)) }
                    }
                }
            }
        }
    }

    fn frame(&self, path: &str) -> Frame<'a> {
        let (voice, up) = (self.voice, up(path));
        let nav = &voice.words.nav;
        let menu = [
            ("index.html", &nav.overview),
            ("products.html", &nav.products),
            ("search.html", &nav.search),
            ("not-tested.html", &nav.not_tested),
            ("refused.html", &nav.refused),
            ("law.html", &nav.law),
            ("reading.html", &nav.reading),
            ("accessibility.html", &nav.accessibility),
        ];
        let menu = menu
            .into_iter()
            .map(|(file, name)| (format!("{up}{file}"), voice.t(name), file == path))
            .collect();
        let other = self.other.map(voice::code);
        let words = &voice.words.doc;
        let foot = vec![
            voice.fill(&words.as_of, &[("date", &voice.day(&self.picture.as_of))]),
            voice.fill(&words.made_by, &[("version", &self.picture.harness)]),
        ];
        Frame {
            voice,
            kind: voice.t(&words.title),
            menu,
            other: other.map(|code| (code, format!("{up}../{code}/{path}"))),
            demo: self.picture.generated,
            foot,
        }
    }

    fn t(&self, text: &'static Text) -> &'static str {
        text.get(self.voice.lang)
    }

    /// The profile's title.
    fn title(&self, profile: &'a ProfilePicture) -> &'a str {
        profile.title.get(self.voice.lang)
    }

    /// The position of now in every list by period.
    fn now(&self) -> usize {
        self.picture.periods.len().saturating_sub(1)
    }

    /// The day that now is.
    fn today(&self) -> String {
        self.voice.day(self.picture.periods.last().map_or(&*self.picture.as_of, |period| &period.day))
    }
}

/// The way from a page's folder to that of its language.
fn up(path: &str) -> String {
    "../".repeat(path.matches('/').count())
}

/// The file of the nth part of a page.
fn numbered(path: &str, n: usize) -> String {
    match (n, path.strip_suffix(".html")) {
        (2.., Some(stem)) => format!("{stem}-{n}.html"),
        _ => path.to_owned(),
    }
}

/// A table that scrolls sideways by itself where there is no room, reachable by keyboard.
fn scroll(label: &str, table: &Markup) -> Markup {
    html! { div.scroll tabindex="0" role="region" aria-label=(label) { (table) } }
}
