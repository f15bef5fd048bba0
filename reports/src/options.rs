//! Options as CSV (RFC 4180): one row per option, with what is declared, advertised and observed of it.

use keur_verdict::OptionRow;

use crate::{
    Format, RenderError, Report,
    crosswalk::word,
    csv::{inert, quoted},
    view::View,
};

/// The three sources, option by option.
#[derive(Debug, Clone, Copy)]
pub struct Options;

const HEADER: &str =
    "subject,option,declared,advertised,observed,seen,agreement,requirement,run,profile,mode";

impl Format for Options {
    fn name(&self) -> &'static str {
        "options"
    }

    fn file_name(&self) -> &'static str {
        "options.csv"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        // As of the other table: a spreadsheet takes a file without the mark for another encoding.
        let mut out = format!("\u{feff}{HEADER}\r\n");
        for row in &report.result.options {
            let cells = cells(report, row).map(|cell| quoted(&inert(&view.shown(&cell, 400))));
            out.push_str(&cells.join(","));
            out.push_str("\r\n");
        }
        Ok(out.into_bytes())
    }
}

fn cells(report: &Report<'_>, row: &OptionRow) -> [String; 11] {
    let said = |said: Option<bool>| said.map_or("", |said| if said { "yes" } else { "no" }).to_owned();
    [
        row.subject.clone(),
        row.option.clone(),
        said(row.declared),
        said(row.advertised),
        said(row.observed),
        row.seen.clone(),
        word(&row.harmony()),
        row.requirement.clone().unwrap_or_default(),
        report.result.run.id.clone(),
        format!("{} {}", report.result.profile.id, report.result.profile.version),
        report.result.run.mode.clone(),
    ]
}
