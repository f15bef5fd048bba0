//! stdout is the result, stderr is progress and log. A reader that goes away is no error.

use std::io::{self, IsTerminal, Write};

use keur_reports::terminal::Style;

use crate::args::{Colour, Global};

/// Writes a result to stdout.
pub fn result(text: &str) {
    write(&mut io::stdout().lock(), text.as_bytes());
}

/// Writes bytes to stdout, exactly these.
pub fn bytes(bytes: &[u8]) {
    let mut out = io::stdout().lock();
    // A closed pipe means the reader has enough.
    let _ = out.write_all(bytes).and_then(|()| out.flush());
}

/// Writes a message to stderr.
pub fn error(text: &str) {
    write(&mut io::stderr().lock(), text.as_bytes());
}

fn write(out: &mut dyn Write, bytes: &[u8]) {
    // A closed pipe means the reader has enough.
    let _ = out.write_all(bytes);
    if !bytes.ends_with(b"\n") {
        let _ = out.write_all(b"\n");
    }
    let _ = out.flush();
}

/// How to write for this terminal.
pub fn style(global: &Global) -> Style {
    let plain = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty())
        || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
    let colour = match global.color {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => io::stdout().is_terminal() && !plain,
    };
    let width = std::env::var("COLUMNS").ok().and_then(|columns| columns.parse().ok()).unwrap_or(100);
    Style { colour, width }
}
