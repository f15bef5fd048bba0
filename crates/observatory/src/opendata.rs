//! Open data: the figures of the picture as tables, the picture itself, their schemas, and a description for catalogues
//! of data sets. All of it is a function of the picture, so that nothing is told here that is not told on a page.

mod dcat;
mod tables;

use std::io;

use crate::{model::Picture, output::Output};

/// The schemas of what is written, by file name.
const SCHEMAS: [(&str, &str); 2] = [
    ("picture.schema.json", include_str!("../../../profiles/schema/observatory-picture.schema.json")),
    ("tables.schema.json", include_str!("../../../profiles/schema/observatory-tables.schema.json")),
];

/// A table as CSV (RFC 4180), with what it is about.
pub(crate) struct Table {
    /// Its file below `data/`.
    pub(crate) file: &'static str,
    /// In Dutch and English.
    pub(crate) title: [&'static str; 2],
    /// The names of the columns.
    pub(crate) columns: &'static [&'static str],
    /// Its rows.
    pub(crate) rows: fn(&Picture) -> Vec<Vec<String>>,
}

/// Writes everything below `data/`.
///
/// # Errors
/// Those of the output.
pub fn write(picture: &Picture, out: &mut dyn Output) -> io::Result<()> {
    for table in tables::TABLES {
        out.file(&format!("data/{}.csv", table.file), csv(table, picture).as_bytes())?;
        out.file(&format!("data/{}.json", table.file), &json(table, picture)?)?;
    }
    out.file("data/picture.json", &pretty(&serde_json::to_value(picture)?)?)?;
    out.file("data/dcat.jsonld", &pretty(&dcat::describe(picture))?)?;
    for (name, text) in SCHEMAS {
        out.file(&format!("data/schema/{name}"), text.as_bytes())?;
    }
    Ok(())
}

fn csv(table: &Table, picture: &Picture) -> String {
    let mut text = String::new();
    let header = table.columns.iter().map(|&column| column.to_owned()).collect();
    for row in std::iter::once(header).chain((table.rows)(picture)) {
        let cells: Vec<String> = row.iter().map(|cell| cell_text(cell)).collect();
        text.push_str(&cells.join(","));
        text.push_str("\r\n");
    }
    text
}

/// A cell that no spreadsheet takes for a formula, quoted where the format asks for it.
fn cell_text(cell: &str) -> String {
    let cell =
        if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{cell}") } else { cell.to_owned() };
    if cell.contains([',', '"', '\n', '\r']) { format!("\"{}\"", cell.replace('"', "\"\"")) } else { cell }
}

fn json(table: &Table, picture: &Picture) -> io::Result<Vec<u8>> {
    let object = |row: Vec<String>| -> serde_json::Value {
        let cells = table.columns.iter().zip(row);
        cells
            .map(|(column, cell)| ((*column).to_owned(), cell.into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let rows: Vec<serde_json::Value> = (table.rows)(picture).into_iter().map(object).collect();
    pretty(&serde_json::json!({
        "format": "keur/observatory-table",
        "version": "1.0",
        "table": table.file,
        "as_of": picture.as_of,
        "generated": picture.generated,
        "rows": rows,
    }))
}

fn pretty(value: &serde_json::Value) -> io::Result<Vec<u8>> {
    let mut bytes = serde_json::to_vec_pretty(value)?;
    bytes.push(b'\n');
    Ok(bytes)
}

#[cfg(test)]
mod attack;
#[cfg(test)]
mod tests;
