//! `keur doctor`: whether a product can be tested at all. It looks, and judges nothing.

use std::path::Path;

use keur_evidence::limits::Limits;
use keur_reports::terminal::Style;
use keur_steps::{
    doctor::{Diagnosis, Finding, Patient, State, examine},
    material::{Folder, read_bounded},
};
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::{
    args::{Doctor, Form, Global},
    commands::block_on,
    content,
    exit::{Exit, Failure},
    output,
};

pub fn run(args: &Doctor, global: &Global) -> Result<Exit, Failure> {
    let catalogue = content::catalogue()?;
    let profile = args.profile.as_deref().map(|id| content::profile(&catalogue, id)).transpose()?;
    if let Some(profile) = &profile {
        // Says so when the variant does not exist.
        content::selection(&catalogue, profile, args.variant.as_deref(), None)?;
    }
    let variant =
        args.variant.as_deref().or_else(|| profile.as_ref().map(|known| known.default_variant.as_str()));
    let name = args.product.display().to_string();
    let text = read_bounded(&args.product).map_err(|error| {
        Failure::usage(format!(
            "{name} kan niet worden gelezen: {error}\n  help: maak er een met: keur init --out {name}"
        ))
    })?;
    let text = String::from_utf8(text).map_err(|_| Failure::usage(format!("{name} is geen UTF-8-tekst")))?;
    let folder = Folder(args.product.parent().unwrap_or(Path::new("")).to_owned());
    let patient = Patient {
        name: &name,
        text: &text,
        files: &folder,
        profile: profile.as_ref(),
        variant: variant.unwrap_or_default(),
        limits: Limits::default(),
    };
    let cancel = CancellationToken::new();
    let diagnosis = block_on(async {
        let stop = cancel.clone();
        tokio::spawn(async move {
            if tokio::signal::ctrl_c().await.is_ok() {
                stop.cancel();
            }
        });
        Ok(examine(patient, cancel.clone()).await)
    })?;
    let exit = exit(&diagnosis, cancel.is_cancelled());
    output::result(&match args.format {
        Form::Json => machine(&diagnosis, exit)?,
        Form::Human => human(&diagnosis, args, output::style(global)),
    });
    Ok(exit)
}

fn exit(diagnosis: &Diagnosis, interrupted: bool) -> Exit {
    if interrupted {
        Exit::Interrupted
    } else if diagnosis.any(State::Misconfigured) {
        Exit::Usage
    } else if diagnosis.any(State::Unfit) {
        Exit::DoctorFailed
    } else {
        Exit::Conform
    }
}

fn machine(diagnosis: &Diagnosis, exit: Exit) -> Result<String, Failure> {
    let checks: Vec<_> = diagnosis
        .findings
        .iter()
        .map(|finding| {
            json!({
                "id": finding.id, "title": finding.title, "state": state(finding.state),
                "detail": finding.detail, "remedy": finding.remedy,
            })
        })
        .collect();
    let all = json!({
        "format": "keur/doctor", "version": "1.0", "ready": exit == Exit::Conform, "checks": checks,
    });
    serde_json::to_string_pretty(&all).map_err(Failure::harness)
}

fn state(state: State) -> &'static str {
    match state {
        State::Fine => "ok",
        State::Misconfigured => "configuration",
        State::Unfit => "setup",
        State::Skipped => "skipped",
    }
}

fn human(diagnosis: &Diagnosis, args: &Doctor, style: Style) -> String {
    let mut text: String = diagnosis.findings.iter().map(|finding| line(finding, style)).collect();
    let open = diagnosis.findings.iter().filter(|finding| is_wrong(finding)).count();
    let product = args.product.display();
    text.push_str(&match open {
        0 => {
            let profile = args.profile.as_deref().unwrap_or("PROFIEL");
            format!("\n Klaar om te toetsen: keur run {profile} --product {product}")
        }
        1 => "\n Nog niet klaar om te toetsen: herstel het punt met ✗".to_owned(),
        _ => {
            format!("\n Nog niet klaar om te toetsen: herstel de {open} punten met ✗, van boven naar beneden")
        }
    });
    text
}

fn is_wrong(finding: &Finding) -> bool {
    matches!(finding.state, State::Misconfigured | State::Unfit)
}

fn line(finding: &Finding, style: Style) -> String {
    let (mark, colour) = match finding.state {
        State::Fine => ("✓", "32"),
        State::Skipped => ("–", "2"),
        State::Misconfigured | State::Unfit => ("✗", "31"),
    };
    let mark = if style.colour { format!("\x1b[{colour}m{mark}\x1b[0m") } else { mark.to_owned() };
    let detail = finding.detail.trim_end().replace('\n', "\n     ");
    let mut text = format!(" {mark} {:<26} {detail}\n", finding.title);
    if !finding.remedy.is_empty() {
        text.push_str(&format!("     herstel: {}\n", finding.remedy));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn diagnosis(states: &[State]) -> Diagnosis {
        let finding = |state: &State| Finding {
            id: "tls",
            title: "TLS",
            state: *state,
            detail: "gezien".to_owned(),
            remedy: String::new(),
        };
        Diagnosis { findings: states.iter().map(finding).collect() }
    }

    #[test]
    fn a_wrong_configuration_weighs_more_than_a_wrong_product() {
        use State::{Fine, Misconfigured, Skipped, Unfit};
        assert_eq!(exit(&diagnosis(&[Fine, Skipped]), false), Exit::Conform);
        assert_eq!(exit(&diagnosis(&[Fine, Unfit]), false), Exit::DoctorFailed);
        assert_eq!(exit(&diagnosis(&[Unfit, Misconfigured]), false), Exit::Usage);
        assert_eq!(exit(&diagnosis(&[Unfit]), true), Exit::Interrupted);
    }
}
