//! The paper as one of the report formats, with `result.json` inside.

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
        let result = Json.render(report)?;
        let attachment = Attachment::new(Json.file_name(), &result);
        render(report, &attachment).map_err(|error| RenderError::Other(Box::new(error)))
    }
}
