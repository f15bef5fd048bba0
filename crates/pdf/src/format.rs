//! The paper as one of the report formats, with the result inside: signed when it comes from a bundle.

use keur_reports::{Format, Json, RenderError, Report};

use crate::{Attachment, render};

/// The report on paper.
#[derive(Debug, Clone, Copy)]
pub struct Pdf;

impl Format for Pdf {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn file_name(&self) -> &'static str {
        "report.pdf"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let result = if report.signed.is_empty() { Json.render(report)? } else { Vec::new() };
        let mut attachments: Vec<Attachment<'_>> =
            report.signed.iter().map(|(name, bytes)| Attachment::new(name, bytes)).collect();
        if attachments.is_empty() {
            attachments.push(Attachment::new(Json.file_name(), &result));
        }
        render(report, &attachments).map_err(|error| RenderError::Other(Box::new(error)))
    }
}
