//! Badges: the state of a product on a date, as one SVG file that others can put on their page.

use std::io;

use maud::{Markup, PreEscaped, html};

use super::{Site, voice::shown};
use crate::{
    model::{ProductPicture, ProductProfile, State},
    output::Output,
};

const HEIGHT: usize = 24;

/// Writes the badge of every named product and profile.
pub(super) fn write(site: &Site<'_>, out: &mut dyn Output) -> io::Result<()> {
    for product in &site.picture.products {
        for under in &product.profiles {
            let file = draw(site, product, under).into_string();
            out.file(&format!("badges/{}/{}.svg", product.id, under.profile), file.as_bytes())?;
        }
    }
    Ok(())
}

fn draw(site: &Site<'_>, product: &ProductPicture, under: &ProductProfile) -> Markup {
    let words = &site.voice.words;
    let profile = site.picture.profile(&under.profile).map_or(&*under.profile, |profile| site.title(profile));
    let (state, date) = (site.state(under.whole), site.today());
    let mut subject = profile.to_owned();
    if site.picture.generated {
        subject = format!("{subject} · {}", site.t(&words.doc.demo_mark));
    }
    let text = site.voice.fill(&words.badge.text, &[("state", state), ("date", &date)]);
    let name = shown(&product.name, 80);
    let values = [("product", &*name), ("profile", &*subject), ("state", state), ("date", &*date)];
    let title = site.voice.fill(&words.badge.title, &values);
    let (left, right) = (width(&subject), width(&text));
    let all = left + right;
    html! {
        (PreEscaped("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"))
        svg xmlns="http://www.w3.org/2000/svg" width=(all) height=(HEIGHT) viewBox={ "0 0 " (all) " " (HEIGHT) }
            role="img" aria-labelledby="t" lang=(site.voice.code()) {
            title id="t" { (title) }
            rect width=(left) height=(HEIGHT) fill="#3a4046" {}
            rect x=(left) width=(right) height=(HEIGHT) fill=(colour(under.whole)) {}
            g fill="#fff" font-family="system-ui,Segoe UI,Roboto,Noto Sans,sans-serif" font-size="12"
                text-anchor="middle" aria-hidden="true" {
                text x=(left / 2) y="16" { (subject) }
                text x=(left + right / 2) y="16" font-weight="600" { (text) }
            }
        }
    }
}

/// Dark enough for white letters (7:1).
fn colour(state: State) -> &'static str {
    match state {
        State::Conform => "#14522d",
        State::ConformWithWaiver | State::Incomplete => "#633d00",
        State::NotConform => "#85180f",
        State::Expired => "#464c52",
    }
}

/// Room for a text: letters of this size are at most this wide.
fn width(text: &str) -> usize {
    text.chars().count() * 7 + 20
}
