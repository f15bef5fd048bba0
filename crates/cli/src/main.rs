//! `keur`: tests products for electronic exchange in Dutch healthcare and reports what was seen.

mod args;
mod commands;
mod content;
mod evidence;
mod exit;
mod output;
mod product;
mod progress;
mod usage;

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Evidence is many small pieces of text and JSON, and memory is where a run and a verification spend a sixth of their
/// time.
#[global_allocator]
static MEMORY: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    match args::parse() {
        Ok(cli) => commands::dispatch(cli).into(),
        Err(exit) => exit.into(),
    }
}
