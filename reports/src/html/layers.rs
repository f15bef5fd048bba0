//! Layered security at a glance: which lock has to hold in each attempt, and whether it does.

use maud::{Markup, html};

use super::{Page, icon::badge};
use crate::{
    read::{Attempt, Lock, attempts},
    view::anchor,
};

/// Where the layers stand in the drawing, and the data behind them.
const COLUMNS: [u32; 3] = [230, 370, 510];
const DATA: u32 = 640;
const ROW: u32 = 34;
const TOP: u32 = 48;

/// The drawing and its table; nothing when no such requirement was selected.
pub(super) fn layers(page: &Page<'_>) -> Option<Markup> {
    let rows = attempts(&page.view);
    let words = &page.view.words.layers;
    (!rows.is_empty()).then(|| {
        html! {
            p { (words.lead) }
            div.scroll tabindex="0" role="region" aria-label=(words.svg) { (drawing(page, &rows)) }
            div.scroll tabindex="0" role="region" aria-label=(words.caption) { (table(page, &rows)) }
        }
    })
}

fn table(page: &Page<'_>, rows: &[Attempt<'_>]) -> Markup {
    let words = &page.view.words.layers;
    html! {
        table {
            caption { (words.caption) }
            thead {
                tr {
                    th scope="col" { (words.requirement) }
                    th scope="col" { (words.broken) }
                    th scope="col" { (words.layer) }
                    th scope="col" { (words.holds) }
                }
            }
            tbody {
                @for row in rows {
                    tr {
                        th.nowrap scope="row" { a href={ "#" (anchor(row.id)) } { (row.id) } }
                        td { (row.tried) }
                        td { (row.lock) }
                        td {
                            (badge(match row.held { Some(true) => "ok", Some(false) => "bad", None => "open" }, row.answer))
                        }
                    }
                }
            }
        }
    }
}

fn drawing(page: &Page<'_>, rows: &[Attempt<'_>]) -> Markup {
    let words = &page.view.words.layers;
    let count = u32::try_from(rows.len()).unwrap_or_default();
    let height = TOP + ROW * count + 8;
    html! {
        svg.layers viewBox={ "0 0 700 " (height) } role="img" aria-label=(words.svg) {
            text.axis x="118" y="24" { (words.intruder) }
            @for (x, name) in COLUMNS.iter().zip([&words.certificate, &words.token, &words.proof]) {
                text.axis x=(x) y="24" text-anchor="middle" { (name) }
                line.pillar x1=(x) x2=(x) y1="36" y2=(height - 4) {}
            }
            text.axis x=(DATA) y="24" text-anchor="middle" { (words.data) }
            @for (n, row) in (0_u32..).zip(rows) { (attempt(row, TOP + ROW * n + ROW / 2)) }
        }
    }
}

/// One attempt: a line that ends at the lock that holds, or runs through to the data.
fn attempt(row: &Attempt<'_>, y: u32) -> Markup {
    let stop = COLUMNS.iter().zip(row.locks).find(|(_, lock)| *lock == Lock::Stops).map_or(DATA, |(x, _)| *x);
    let (kind, end) = match row.held {
        Some(true) => ("held", stop - 9),
        Some(false) => ("fell", DATA - 14),
        None => ("untold", stop - 9),
    };
    html! {
        g class=(kind) {
            text.id x="8" y=(y + 4) { (row.id) }
            line.path x1="118" x2=(end) y1=(y) y2=(y) {}
            path.tip d={ "M" (end - 6) " " (y - 5) "l6 5-6 5" } {}
            @for (x, lock) in COLUMNS.iter().zip(row.locks) {
                @match lock {
                    Lock::Open => circle.open cx=(x) cy=(y) r="6" {},
                    Lock::Stops => rect.lock x=(x - 5) y=(y - 12) width="10" height="24" rx="2" {},
                    Lock::Idle => {},
                }
            }
            @match row.held {
                Some(true) => path.sign d={ "M" (DATA - 6) " " (y) "l4 5 8-10" } {},
                Some(false) => path.sign d={ "M" (DATA - 5) " " (y - 5) "l10 10m0-10l-10 10" } {},
                None => text.sign-text x=(DATA) y=(y + 5) text-anchor="middle" { "?" },
            }
        }
    }
}
