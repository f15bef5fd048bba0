//! Errors of the command line in Dutch, with what was probably meant.

use clap::{
    CommandFactory,
    error::{ContextKind, ContextValue, Error, ErrorKind},
};

use crate::{args::Cli, exit::Exit, output};

/// Prints help, version or the error, and says how the process ends.
pub fn report(error: &Error) -> Exit {
    match error.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => {
            output::result(&error.render().to_string());
            Exit::Conform
        }
        ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
            output::error(&error.render().to_string());
            Exit::Usage
        }
        _ => {
            output::error(&describe(error));
            Exit::Usage
        }
    }
}

fn describe(error: &Error) -> String {
    let context = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => Some(text.clone()),
        Some(ContextValue::Strings(texts)) => Some(texts.join(", ")),
        _ => None,
    };
    let given = context(ContextKind::InvalidArg).or_else(|| context(ContextKind::InvalidSubcommand));
    let given = given.unwrap_or_default();
    let value = context(ContextKind::InvalidValue).unwrap_or_default();
    let what = match error.kind() {
        ErrorKind::UnknownArgument if given.starts_with('-') => format!("onbekende optie `{given}`"),
        ErrorKind::UnknownArgument => format!("onverwacht argument `{given}`"),
        ErrorKind::InvalidSubcommand => format!("onbekende opdracht `{given}`"),
        ErrorKind::InvalidValue if value.is_empty() => format!("`{given}` vraagt een waarde"),
        ErrorKind::InvalidValue | ErrorKind::ValueValidation => format!("`{value}` past niet bij `{given}`"),
        ErrorKind::MissingRequiredArgument => format!("er ontbreekt: {given}"),
        ErrorKind::ArgumentConflict => {
            let other = context(ContextKind::PriorArg).unwrap_or_default();
            format!("`{given}` kan niet samen met `{other}`")
        }
        // Rare kinds keep the library's words: better than none.
        _ => return error.render().to_string(),
    };
    let unknown = matches!(error.kind(), ErrorKind::UnknownArgument | ErrorKind::InvalidSubcommand);
    let suggested =
        [ContextKind::SuggestedArg, ContextKind::SuggestedSubcommand, ContextKind::SuggestedValue]
            .into_iter()
            .find_map(context)
            .or_else(|| unknown.then(|| nearest(&given)).flatten());
    let meant = suggested.map(|near| format!("\n  bedoelde u `{near}`?")).unwrap_or_default();
    let valid =
        context(ContextKind::ValidValue).map(|all| format!("\n  mogelijk: {all}")).unwrap_or_default();
    format!("fout: {what}{meant}{valid}\n  help: keur --help, of keur <opdracht> --help")
}

/// The library looks only at the options of one command; users mix them up across commands.
fn nearest(given: &str) -> Option<String> {
    let command = Cli::command();
    let options = command
        .get_subcommands()
        .flat_map(clap::Command::get_arguments)
        .filter_map(|argument| argument.get_long().map(|long| format!("--{long}")));
    let commands = command.get_subcommands().map(|sub| sub.get_name().to_owned());
    let all: Vec<String> = options.chain(commands).collect();
    let near = keur_catalogue::suggest(given, all.iter().map(String::as_str)).map(str::to_owned);
    // Two letters swapped in a short word.
    near.or_else(|| all.into_iter().find(|known| strsim::damerau_levenshtein(given, known) == 1))
}
