//! CSV (RFC 4180) for a spreadsheet: one row per requirement and case. It begins with a byte order mark, because
//! the spreadsheets its readers use take a file without one for another encoding and garble every `ë`, in
//! silence; a program that trips over the mark says so, and has the JSON.

use keur_catalogue::requirement::Source;
use keur_verdict::{CaseResult, Modality, RequirementResult};

use crate::{
    Format, RenderError, Report,
    crosswalk::word,
    view::{View, culprit},
};

const HEADER: [&str; 23] = [
    "id",
    "title",
    "level",
    "spoor",
    "gates",
    "outcome",
    "remark",
    "modality",
    "by",
    "case",
    "case_outcome",
    "reason",
    "cause",
    "expected",
    "observed",
    "evidence",
    "sources",
    "run",
    "mode",
    "profile",
    "variant",
    "verdict",
    "caveats",
];

/// Rows for a spreadsheet.
#[derive(Debug, Clone, Copy)]
pub struct Csv;

impl Format for Csv {
    fn name(&self) -> &'static str {
        "csv"
    }

    fn file_name(&self) -> &'static str {
        "requirements.csv"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        let mut out = String::from('\u{feff}');
        record(&mut out, HEADER.map(str::to_owned));
        for requirement in &report.result.requirements {
            if requirement.cases.is_empty() {
                record(&mut out, row(&view, requirement, None));
            }
            for case in &requirement.cases {
                record(&mut out, row(&view, requirement, Some(case)));
            }
        }
        Ok(out.into_bytes())
    }
}

fn row(view: &View<'_>, requirement: &RequirementResult, case: Option<&CaseResult>) -> [String; 23] {
    let result = view.report.result;
    let by = requirement.attestation.as_ref().filter(|_| requirement.modality == Modality::Attested);
    let check = case.and_then(culprit).or_else(|| case.and_then(|case| case.checks.last()));
    let part = |text: Option<&String>| text.cloned().unwrap_or_default();
    let cells = [
        requirement.id.clone(),
        view.title(&requirement.id).to_owned(),
        word(&requirement.level),
        word(&requirement.spoor),
        requirement.gates.to_string(),
        word(&requirement.outcome),
        requirement.remark.to_string(),
        word(&requirement.modality),
        part(by.map(|statement| &statement.by)),
        part(case.map(|case| &case.id)),
        case.map(|case| word(&case.outcome)).unwrap_or_default(),
        case.and_then(|case| case.reason).map(|reason| word(&reason)).unwrap_or_default(),
        part(case.and_then(|case| case.cause.as_ref())),
        part(check.map(|check| &check.expected)),
        part(check.map(|check| &check.observed)),
        case.map(|case| case.exchanges.join(" ")).unwrap_or_default(),
        view.requirement(&requirement.id).map(|entry| sources(&entry.source)).unwrap_or_default(),
        result.run.id.clone(),
        result.run.mode.clone(),
        format!("{} {}", result.profile.id, result.profile.version),
        result.profile.variant.clone(),
        word(&result.verdict),
        view.report.caveats().join(" | "),
    ];
    cells.map(|cell| view.shown(&cell, CELL))
}

/// Longer cells are cut: a spreadsheet holds no more.
const CELL: usize = 4_000;

fn sources(sources: &[Source]) -> String {
    let one = |source: &Source| match &source.clause {
        Some(clause) if clause != "unknown" => {
            format!("{}, {clause} ({})", source.reference, word(&source.status))
        }
        _ => format!("{} ({})", source.reference, word(&source.status)),
    };
    sources.iter().map(one).collect::<Vec<_>>().join("; ")
}

fn record(out: &mut String, cells: [String; 23]) {
    for (index, cell) in cells.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&quoted(&inert(cell)));
    }
    out.push_str("\r\n");
}

/// A cell that a spreadsheet would run as a formula gets a quote in front, as a person would type it.
pub(crate) fn inert(cell: &str) -> String {
    let first = cell.trim_start_matches(' ').chars().next();
    match first {
        Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n' | '＝' | '＋' | '－' | '＠') => {
            format!("'{cell}")
        }
        _ => cell.to_owned(),
    }
}

pub(crate) fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_texts() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1"] {
            assert!(inert(text).starts_with('\''), "{text:?}");
        }
        assert_eq!(inert("status 401"), "status 401");
    }

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(quoted("a \"b\", c"), "\"a \"\"b\"\", c\"");
        assert_eq!(quoted("plain"), "plain");
    }
}
