//! The matrix of layers: each set of layers that was broken together is a column of dots, with what came of it above.

use keur_verdict::{LayerMatrix, LayerOutcome};
use maud::{Markup, html};

use super::{Page, icon::badge};
use crate::{
    read::{BrokenSet, attacks_of, broken_sets, layer_names, layer_word},
    text::fill,
    view::anchor,
};

/// Where the drawing begins, and its measures.
const LEFT: u32 = 190;
const TOP: u32 = 56;
const COLUMN: u32 = 18;
const ROW: u32 = 26;

/// The drawing, what it comes to, and the table; nothing when no layer was attacked.
pub(super) fn matrix(page: &Page<'_>) -> Option<Markup> {
    let words = &page.view.words.matrix;
    let matrix = page.view.report.result.layers.as_ref()?;
    let sets = broken_sets(matrix);
    let (depth, count) = (matrix.depth.to_string(), matrix.cells.len().to_string());
    Some(html! {
        h3 { (words.title) }
        p { (fill(&words.lead, &[("depth", &depth), ("n", &count)])) }
        p { strong { (words.smallest) } " " (smallest(page, matrix)) }
        div.scroll tabindex="0" role="region" aria-label=(words.svg) { (drawing(page, matrix, &sets)) }
        details.fold {
            summary { (fill(&words.table, &[("n", &count)])) }
            div.scroll tabindex="0" role="region" aria-label=(words.caption) { (table(page, matrix)) }
        }
    })
}

fn smallest(page: &Page<'_>, matrix: &LayerMatrix) -> Markup {
    let words = &page.view.words.matrix;
    html! {
        @if matrix.smallest.is_empty() { (words.none) } @else {
            @for (n, set) in matrix.smallest.iter().enumerate() {
                @if n > 0 { "; " }
                (page.view.shown(&layer_names(&page.view, matrix, set), 200))
            }
            "."
        }
    }
}

fn drawing(page: &Page<'_>, matrix: &LayerMatrix, sets: &[BrokenSet]) -> Markup {
    let words = &page.view.words.matrix;
    let number = |n: usize| u32::try_from(n).unwrap_or_default();
    let width = LEFT + COLUMN * number(sets.len()) + 12;
    let height = TOP + ROW * number(matrix.layers.len()) + 8;
    html! {
        svg.matrix viewBox={ "0 0 " (width) " " (height) } width=(width) height=(height) role="img" aria-label=(words.svg) {
            text.axis x="0" y="22" { (words.outcome) }
            text.axis x="0" y="42" { (words.tried) }
            @for (n, layer) in (0_u32..).zip(&matrix.layers) {
                text.axis x="0" y=(TOP + ROW * n + 18) { (page.view.shown(layer.title.get(page.view.report.lang), 26)) }
                line.pillar x1=(LEFT) x2=(width) y1=(TOP + ROW * n + 13) y2=(TOP + ROW * n + 13) {}
            }
            @for (n, set) in (0_u32..).zip(sets) { (column(set, LEFT + COLUMN * n + COLUMN / 2)) }
        }
    }
}

/// One set: its mark, how often it was tried, and a dot for each layer that was broken.
fn column(set: &BrokenSet, x: u32) -> Markup {
    let kind = match set.worst {
        LayerOutcome::Holds => "held",
        LayerOutcome::Exposed => "fell",
        LayerOutcome::CantTell => "untold",
        LayerOutcome::NotApplicable => "idle",
    };
    let rows: Vec<u32> =
        (0..).zip(&set.broken).filter(|(_, broken)| **broken).map(|(n, _)| TOP + ROW * n + 13).collect();
    html! {
        g class=(kind) {
            @match set.worst {
                LayerOutcome::Holds => path.sign d={ "M" (x - 6) " 18l4 5 8-10" } {},
                LayerOutcome::Exposed => path.sign d={ "M" (x - 5) " 13l10 10m0-10l-10 10" } {},
                LayerOutcome::CantTell => text x=(x) y="23" text-anchor="middle" { "?" },
                LayerOutcome::NotApplicable => text x=(x) y="23" text-anchor="middle" { "–" },
            }
            text.count x=(x) y="42" text-anchor="middle" { (set.tried) }
            @if let [first, .., last] = rows.as_slice() {
                line x1=(x) x2=(x) y1=(first) y2=(last) {}
            }
            @for y in rows { circle cx=(x) cy=(y) r="5" {} }
        }
    }
}

fn table(page: &Page<'_>, matrix: &LayerMatrix) -> Markup {
    let (view, words) = (&page.view, &page.view.words.matrix);
    let kind = |outcome| match outcome {
        LayerOutcome::Holds => "ok",
        LayerOutcome::Exposed => "bad",
        LayerOutcome::CantTell => "open",
        LayerOutcome::NotApplicable => "na",
    };
    html! {
        table {
            caption { (words.caption) }
            thead {
                tr {
                    th scope="col" { (words.layers) }
                    th scope="col" { (words.attacks) }
                    th scope="col" { (words.observed) }
                    th scope="col" { (words.outcome) }
                    th scope="col" { (words.requirement) }
                }
            }
            tbody {
                @for cell in &matrix.cells {
                    tr {
                        td { (view.shown(&layer_names(view, matrix, &cell.layers), 120)) }
                        th scope="row" { (view.shown(&attacks_of(view, matrix, cell), 240)) }
                        td { (view.shown(&cell.observed, 240)) }
                        td { (badge(kind(cell.outcome), layer_word(view, cell.outcome))) }
                        td.nowrap { a href={ "#" (anchor(&cell.requirement)) } { (view.shown(&cell.requirement, 40)) } }
                    }
                }
            }
        }
    }
}
