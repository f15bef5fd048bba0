//! One command per file.

mod attest;
mod baseline;
mod bundle;
mod conduct;
mod diff;
mod doctor;
mod explain;
mod explained;
mod generated;
mod given;
mod init;
mod keys;
mod killtable;
mod norms;
mod observatory;
mod plan;
mod profiles;
mod reference;
mod rejudge;
mod rendering;
mod report;
mod review;
mod run;
mod verify;

use std::future::Future;

use tokio::runtime::Runtime;
use tracing_subscriber::EnvFilter;

use crate::{
    args::{Cli, Command, Global},
    exit::{Exit, Failure},
    output,
};

/// Does what was asked.
pub fn dispatch(cli: Cli) -> Exit {
    log(&cli.global);
    let global = &cli.global;
    let done = match cli.command {
        Command::Run(args) => run::run(&args, global),
        Command::Doctor(args) => doctor::run(&args, global),
        Command::Init(args) => init::run(&args, global),
        Command::Profiles(args) => profiles::run(&args, global),
        Command::Plan(args) => plan::run(&args, global),
        Command::Explain(args) => explain::run(&args, global),
        Command::Norms(command) => norms::run(&command, global),
        Command::Reference(args) => reference::run(&args, global),
        Command::Killtable(args) => killtable::run(&args, global),
        Command::Report(args) => report::run(&args, global),
        Command::Keys(command) => keys::run(&command, global),
        Command::Attest(args) => attest::attest(&args, global),
        Command::Waive(args) => attest::waive(&args, global),
        Command::Bundle(args) => bundle::run(&args, global),
        Command::Verify(args) => verify::run(&args, global),
        Command::Review(args) => review::run(&args, global),
        Command::Rejudge(args) => rejudge::run(&args, global),
        Command::Diff(args) => diff::run(&args, global),
        Command::Observatory(command) => observatory::run(&command, global),
        Command::Completions { shell } => generated::completions(shell),
        Command::Man => generated::man(),
    };
    done.unwrap_or_else(|failure| {
        output::error(&format!("fout: {}", failure.message));
        failure.exit
    })
}

fn log(global: &Global) {
    let level = match global.verbose {
        0 => "warn",
        1 => "info,keur=debug",
        _ => "debug",
    };
    let filter = EnvFilter::try_from_env("KEUR_LOG").unwrap_or_else(|_| EnvFilter::new(level));
    let colour = global.color != crate::args::Colour::Never && std::env::var_os("NO_COLOR").is_none();
    // A second initialisation can only happen in tests.
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(colour)
        .try_init();
}

/// Runs asynchronous work to its end on a runtime of its own.
fn block_on<T>(work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
    let runtime = Runtime::new().map_err(Failure::harness)?;
    runtime.block_on(work)
}
