//! `keur completions` and `keur man`: generated from the argument definitions.

use clap::CommandFactory;
use clap_complete::Shell;

use crate::{
    args::Cli,
    exit::{Exit, Failure},
    output,
};

pub fn completions(shell: Shell) -> Result<Exit, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "keur", &mut script);
    output::bytes(&script);
    Ok(Exit::Conform)
}

pub fn man() -> Result<Exit, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(Cli::command()).render(&mut page).map_err(Failure::harness)?;
    for command in Cli::command().get_subcommands() {
        let named = command.clone().display_name(format!("keur {}", command.get_name()));
        clap_mangen::Man::new(named).render(&mut page).map_err(Failure::harness)?;
    }
    output::bytes(&page);
    Ok(Exit::Conform)
}
