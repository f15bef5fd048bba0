//! stub
use crate::{Format, RenderError, Report};

/// The report for people: one file, no script, nothing fetched.
#[derive(Debug, Clone, Copy)]
pub struct Html;
impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }
    fn file_name(&self) -> &'static str {
        "report.html"
    }
    fn render(&self, _: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        Ok(vec![])
    }
}
