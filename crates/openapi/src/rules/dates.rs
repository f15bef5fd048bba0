//! Fields with a date or a time.

use super::Found;
use crate::{
    document::Document,
    schema::{fields, formats, types},
    words::{is_day, is_moment},
};

const RIGHT: [&str; 3] = ["date", "date-time", "time-local"];
/// Forms of dates and times that the rules do not have.
const WRONG: [&str; 10] = [
    "time",
    "date-time-local",
    "datetime",
    "dateTime",
    "timestamp",
    "unix-time",
    "epoch",
    "http-date",
    "full-date",
    "partial-time",
];

pub(super) fn format(document: &Document, found: &mut Found) {
    for field in fields(document) {
        let (formats, types) = (formats(&field.schema), types(&field.schema));
        let named = is_day(field.name) || is_moment(field.name);
        for wrong in formats.iter().filter(|format| WRONG.contains(format)) {
            found.at(
                &field.node,
                format!("`{}` heeft de vorm {wrong}; gebruik date, date-time of time-local", field.name),
            );
        }
        let dated = formats.iter().any(|format| RIGHT.contains(format));
        let text = types.contains(&"string");
        let number = types.iter().any(|kind| matches!(*kind, "integer" | "number"));
        if dated && !types.is_empty() && !text || named && number && is_day(field.name) && !text {
            found.at(&field.node, format!("`{}` is een datum of tijd, maar geen tekst", field.name));
        } else if named && formats.is_empty() && (text || types.is_empty()) && !field.is_composed {
            found.at(&field.node, format!("`{}` is een datum of tijd, maar heeft geen `format`", field.name));
        }
    }
}

pub(super) fn day_without_time(document: &Document, found: &mut Found) {
    for field in fields(document).iter().filter(|field| is_day(field.name)) {
        if formats(&field.schema).contains(&"date-time") {
            found.at(
                &field.node,
                format!("`{}` is alleen een datum, maar heeft ook een tijd (date-time)", field.name),
            );
        }
    }
}
