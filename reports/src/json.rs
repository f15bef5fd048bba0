//! `result.json`: the verdict as others read it.

use crate::{Format, RenderError, Report, pretty};

/// The result as indented JSON.
#[derive(Debug, Clone, Copy)]
pub struct Json;

impl Format for Json {
    fn name(&self) -> &'static str {
        "json"
    }

    fn file_name(&self) -> &'static str {
        "result.json"
    }

    fn in_folder(&self) -> bool {
        true
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        pretty(report.result)
    }
}
