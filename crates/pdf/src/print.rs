//! From the data of the page to the bytes of the file.

use keur_reports::Report;
use serde_json::Value;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};
use typst::{
    diag::SourceDiagnostic,
    foundations::{Datetime, Smart},
};
use typst_layout::PagedDocument;
use typst_pdf::{PdfOptions, PdfStandard, PdfStandards, Timestamp};

use crate::{Attachment, fit::fit, paper::Paper, world::Desk};

/// Why there is no paper.
#[derive(Debug, thiserror::Error)]
pub enum PdfError {
    /// The data of the page do not serialise.
    #[error("the data of the page cannot be written: {0}")]
    Data(#[from] serde_json::Error),
    /// The date of the document would have to be made up.
    #[error("the run finished at `{0}`, and that is no instant")]
    Date(String),
    /// A file is attached under its name, and this is no name for a file.
    #[error("an attachment cannot be called `{0}`")]
    Name(String),
    /// The typesetter refuses, or the file would break one of its standards.
    #[error("the page cannot be set: {0}")]
    Typeset(String),
}

/// The report as PDF/A-3a and PDF/UA-1, with the attachments inside; the first is the result. The same input gives the same bytes.
///
/// # Errors
/// When the result has no valid date, the attachment no usable name, or the file would break its standards.
pub fn render(report: &Report<'_>, attachments: &[Attachment<'_>]) -> Result<Vec<u8>, PdfError> {
    let run = &report.result.run;
    let timestamp = timestamp(&run.finished).ok_or_else(|| PdfError::Date(run.finished.clone()))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    for name in attachments.iter().map(|attachment| attachment.name) {
        if name.is_empty() || name.len() > 100 || name.starts_with('.') || !name.chars().all(plain) {
            return Err(PdfError::Name(name.to_owned()));
        }
    }
    let paper = Paper::new(report, attachments);
    let mut data: Value = serde_json::to_value(&paper)?;
    fit(&mut data);
    let mut files = vec![
        ("data.json".to_owned(), serde_json::to_vec(&data)?),
        ("qr.svg".to_owned(), paper.drawing().unwrap_or_default().into()),
    ];
    let numbered = attachments.iter().enumerate();
    files.extend(numbered.map(|(number, one)| (format!("attachment-{number}"), one.bytes.to_vec())));
    let desk = Desk::new(files);
    let document: PagedDocument =
        typst::compile(&desk).output.map_err(|problems| PdfError::Typeset(said(&problems)))?;
    let standards = PdfStandards::new(&[PdfStandard::A_3a, PdfStandard::Ua_1])
        .map_err(|problem| PdfError::Typeset(problem.message().to_string()))?;
    let options = PdfOptions {
        ident: Smart::Custom(format!("keur:{}:{}:{:?}", run.id, run.journal_head, report.lang)),
        creator: Smart::Custom(Some(format!("Keur {}", report.result.harness.version))),
        timestamp: Some(timestamp),
        standards,
        ..PdfOptions::default()
    };
    let pdf = typst_pdf::pdf(&document, &options).map_err(|problems| PdfError::Typeset(said(&problems)));
    // What the typesetter remembers of this document helps no other.
    typst::comemo::evict(0);
    pdf
}

fn said(problems: &[SourceDiagnostic]) -> String {
    problems.iter().map(|problem| problem.message.as_str()).collect::<Vec<_>>().join("; ")
}

fn timestamp(finished: &str) -> Option<Timestamp> {
    let at = OffsetDateTime::parse(finished, &Rfc3339).ok()?.to_offset(UtcOffset::UTC);
    let (hour, minute, second) = at.to_hms();
    Datetime::from_ymd_hms(at.year(), at.month().into(), at.day(), hour, minute, second)
        .map(Timestamp::new_utc)
}
