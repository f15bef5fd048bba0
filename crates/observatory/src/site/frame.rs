//! What every page has: head with a closed policy, name, menu, the mark of generated data, and a foot.

use std::sync::LazyLock;

use base64::{Engine, prelude::BASE64_STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use sha2::{Digest, Sha256};

use super::voice::Voice;

static STYLE: LazyLock<String> =
    LazyLock::new(|| format!("{}{}", keur_reports::BASE_STYLE, include_str!("site.css")));

/// A page.
pub(crate) struct Page {
    /// Its place below the folder of its language: `profile/tls.html`.
    pub(crate) path: String,
    /// Its title, also its only h1.
    pub(crate) title: String,
    /// What follows the title.
    pub(crate) lead: Markup,
    /// Its sections.
    pub(crate) parts: Vec<Part>,
    /// The script it runs.
    pub(crate) script: Option<Script>,
}

/// A section: anchor, heading and content.
pub(crate) struct Part {
    /// Anchor.
    pub(crate) id: String,
    /// Heading.
    pub(crate) title: String,
    /// What follows.
    pub(crate) content: Markup,
}

impl Part {
    /// A section.
    pub(crate) fn new(id: impl Into<String>, title: impl Into<String>, content: Markup) -> Self {
        Self { id: id.into(), title: title.into(), content }
    }
}

/// A script of our own, with the data it works on.
pub(crate) struct Script {
    /// The script.
    pub(crate) code: &'static str,
    /// JSON.
    pub(crate) data: String,
}

/// The frame around a page's content: a menu when it is part of a site.
pub(crate) struct Frame<'a> {
    /// Language, words and dates.
    pub(crate) voice: Voice,
    /// Above the menu.
    pub(crate) kind: &'a str,
    /// Address from the page's folder, words, and whether it leads to this page.
    pub(crate) menu: Vec<(String, &'a str, bool)>,
    /// The same page in another language: its code and address.
    pub(crate) other: Option<(&'static str, String)>,
    /// The data were generated.
    pub(crate) demo: bool,
    /// The last lines.
    pub(crate) foot: Vec<String>,
}

impl Frame<'_> {
    /// The page as a file.
    pub(crate) fn document(&self, page: &Page) -> String {
        let words = self.voice.words;
        let t = |text| self.voice.t(text);
        html! {
            (DOCTYPE)
            html lang=(self.voice.code()) {
                (self.head(page))
                body {
                    a.skip href="#content" { (t(&words.doc.skip)) }
                    header.masthead {
                        p.mark { "Keur" }
                        p.kind { (self.kind) }
                        @if let Some((code, address)) = &self.other {
                            p.tongues { a href=(address) hreflang=(code) lang=(code) { (t(&words.doc.tongue)) } }
                        }
                        @if !self.menu.is_empty() {
                            nav aria-label=(t(&words.doc.main_menu)) {
                                ul {
                                    @for (address, name, here) in &self.menu {
                                        li { a href=(address) aria-current=[here.then_some("page")] { (name) } }
                                    }
                                }
                            }
                        }
                    }
                    @if self.demo { aside.demo aria-label=(t(&words.doc.demo_mark)) { p { strong { (t(&words.doc.demo)) } } } }
                    div.frame {
                        main #content tabindex="-1" {
                            div.head { h1 { (page.title) } (page.lead) }
                            @for part in &page.parts {
                                section.part { h2 id=(part.id) { (part.title) } (part.content) }
                            }
                        }
                    }
                    footer { @for line in &self.foot { p { (line) } } }
                    @if let Some(script) = &page.script {
                        // A data block is no script; the less-than sign is written out so that nothing in it can close it.
                        script type="application/json" id="data" { (PreEscaped(script.data.replace('<', "\\u003c"))) }
                        script { (PreEscaped(script.code)) }
                    }
                }
            }
        }
        .into_string()
    }

    fn head(&self, page: &Page) -> Markup {
        let demo = if self.demo {
            format!(" · {}", self.voice.t(&self.voice.words.doc.demo_mark))
        } else {
            String::new()
        };
        html! {
            head {
                meta charset="utf-8";
                meta http-equiv="Content-Security-Policy" content=(policy(page.script.as_ref()));
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (page.title) (demo) " · Keur" }
                style { (PreEscaped(STYLE.as_str())) }
            }
        }
    }
}

/// One style sheet, and the page's own script when it has one.
fn policy(script: Option<&Script>) -> String {
    let digest = |text: &str| BASE64_STANDARD.encode(Sha256::digest(text));
    let script =
        script.map(|script| format!(" script-src 'sha256-{}';", digest(script.code))).unwrap_or_default();
    format!(
        "default-src 'none'; style-src 'sha256-{}';{script} base-uri 'none'; form-action 'none'",
        digest(&STYLE)
    )
}
