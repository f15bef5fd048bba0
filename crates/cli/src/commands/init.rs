//! `keur init`: a commented product.toml to fill in.

use std::{
    fs::OpenOptions,
    io::{self, BufRead, IsTerminal, Write},
};

use crate::{
    args::{Global, Init},
    exit::{Exit, Failure},
    output,
};

const TEMPLATE: &str = include_str!("init.toml");

/// What is asked: the placeholder in the template and the question.
const QUESTIONS: [(&str, &str); 5] = [
    ("Uw organisatie", "Leverancier"),
    ("Uw product", "Product"),
    ("0.0.0", "Versie"),
    ("https://voorbeeld.test/fhir", "FHIR-basisadres (fhir_base)"),
    ("https://voorbeeld.test/oauth/token", "Tokenadres (token_endpoint)"),
];

pub fn run(args: &Init, _: &Global) -> Result<Exit, Failure> {
    let ask = !args.no_input && io::stdin().is_terminal() && io::stderr().is_terminal();
    let text = if ask { filled() } else { TEMPLATE.to_owned() };
    let path = args.out.display();
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&args.out)
        .and_then(|mut file| file.write_all(text.as_bytes()));
    written.map_err(|error| {
        let help = if error.kind() == io::ErrorKind::AlreadyExists {
            "kies een andere naam met --out, of verwijder het bestand"
        } else {
            "controleer de map en uw rechten"
        };
        Failure::usage(format!("{path} kan niet worden geschreven: {error}\n  help: {help}"))
    })?;
    output::result(&format!(
        "{path} staat klaar. Vul het aan en controleer het met:\n  keur doctor bgz-beschikbaarstellen --product {path}\nTestcertificaten in de vorm van UZI-servercertificaten maakt u met:\n  keur reference --write-product voorbeeld.toml"
    ));
    Ok(Exit::Conform)
}

fn filled() -> String {
    let mut text = TEMPLATE.to_owned();
    let mut lines = io::stdin().lock().lines();
    for (placeholder, question) in QUESTIONS {
        output::error(&format!("{question} [{placeholder}]: "));
        let Some(Ok(answer)) = lines.next() else { break };
        let answer = answer.trim();
        if !answer.is_empty() {
            // The answer lands in a quoted string.
            let escaped = answer.replace('\\', "\\\\").replace('"', "\\\"");
            text = text.replace(placeholder, &escaped);
        }
    }
    text
}
