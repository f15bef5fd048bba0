//! Known deviations (`--baseline`): a vendor's own list of what need not break the build today. It changes the exit
//! code and nothing else.

use std::{fs, ops::Range, path::Path};

use keur_catalogue::Catalogue;
use keur_dossier::dates::{day_text, parse_day};
use keur_verdict::{Outcome, RunResult, Waiver};
use serde::Deserialize;
use time::{Date, macros::date};
use toml::Spanned;

use crate::exit::Failure;

const FORMAT: &str = "keur/baseline";
/// Largest list that is read.
const LARGEST: u64 = 1 << 20;

/// The known deviations.
#[derive(Debug, PartialEq, Eq)]
pub struct Baseline {
    name: String,
    known: Vec<Known>,
}

#[derive(Debug, PartialEq, Eq)]
struct Known {
    requirement: String,
    reason: String,
    until: Date,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: Spanned<String>,
    #[serde(default)]
    known: Vec<Raw>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Raw {
    requirement: Spanned<String>,
    reason: Spanned<String>,
    until: Spanned<String>,
}

impl Baseline {
    /// Reads a list.
    pub fn open(path: &Path, catalogue: &Catalogue) -> Result<Self, Failure> {
        let name = path.display().to_string();
        let io = |error: std::io::Error| {
            Failure::usage(format!(
                "{name}: {error}\n  help: geef met --baseline een TOML-bestand van hoogstens 1 MiB"
            ))
        };
        if fs::metadata(path).map_err(io)?.len() > LARGEST {
            return Err(io(std::io::ErrorKind::FileTooLarge.into()));
        }
        Self::parse(&name, &fs::read_to_string(path).map_err(io)?, catalogue)
    }

    fn parse(name: &str, text: &str, catalogue: &Catalogue) -> Result<Self, Failure> {
        let wrong = |span: Range<usize>, message: String| {
            let line = text.get(..span.start).unwrap_or(text).matches('\n').count() + 1;
            Failure::usage(format!("{name}:{line}: {message}"))
        };
        let file: File = toml::from_str(text).map_err(|error| {
            let help = "een lijst begint met format = \"keur/baseline\" en heeft per [[known]] requirement, reason en until";
            wrong(error.span().unwrap_or_default(), format!("{}\n  help: {help}", error.message()))
        })?;
        if file.format.get_ref() != FORMAT {
            let message = format!("formaat `{}`; bekend is {FORMAT}", file.format.get_ref());
            return Err(wrong(file.format.span(), message));
        }
        let mut known: Vec<Known> = Vec::new();
        for raw in file.known {
            let (at, id) = (raw.requirement.span(), raw.requirement.into_inner());
            if catalogue.get(&id).is_none() {
                let ids = catalogue.requirements.iter().map(|requirement| requirement.id.as_str());
                let near = keur_catalogue::suggest(&id, ids);
                let meant = near.map(|near| format!("; bedoelde u `{near}`?")).unwrap_or_default();
                return Err(wrong(at, format!("onbekende eis `{id}`{meant}")));
            }
            if known.iter().any(|other| other.requirement == id) {
                return Err(wrong(at, format!("{id} staat er al")));
            }
            let until = parse_day(raw.until.get_ref()).ok_or_else(|| {
                let message =
                    format!("until: `{}` is geen dag\n  help: schrijf JJJJ-MM-DD", raw.until.get_ref());
                wrong(raw.until.span(), message)
            })?;
            if raw.reason.get_ref().trim().is_empty() {
                return Err(wrong(
                    raw.reason.span(),
                    format!("{id}: schrijf in reason waarom dit bekend is"),
                ));
            }
            known.push(Known { requirement: id, reason: raw.reason.into_inner(), until });
        }
        Ok(Self { name: name.to_owned(), known })
    }

    /// The known deviations that this run shows, as waivers: with these the exit code is computed. They never reach
    /// the verdict.
    pub fn waivers(&self, result: &RunResult, today: Date) -> Vec<Waiver> {
        let waiver = |known: &Known| Waiver {
            requirement: known.requirement.clone(),
            reason: known.reason.clone(),
            by: String::new(),
            granted: day_text(date!(2000 - 01 - 01)),
            expires: day_text(Date::MAX),
            digest: String::new(),
        };
        self.shown(result, today).map(waiver).collect()
    }

    /// What a reader of report and terminal must know.
    pub fn stamps(&self, result: &RunResult, today: Date) -> Vec<String> {
        let shown: Vec<&str> = self.shown(result, today).map(|known| known.requirement.as_str()).collect();
        let which = match shown.as_slice() {
            [] => "geen daarvan kwam nu voor".to_owned(),
            ids => format!("niet meegeteld voor de exitcode: {}", ids.join(", ")),
        };
        let mut stamps = vec![format!(
            "Niet voor certificering: deze toets is gedaan met een lijst van bekende afwijkingen ({}); {which}. Het oordeel verandert er niet door.",
            self.name
        )];
        stamps.extend(self.known.iter().filter_map(|known| known.notice(result, today)));
        stamps
    }

    fn shown<'b>(&'b self, result: &'b RunResult, today: Date) -> impl Iterator<Item = &'b Known> {
        self.known.iter().filter(move |known| known.until >= today && known.is_open(result) == Some(true))
    }
}

impl Known {
    /// Whether it is a deviation in this run; none when it was not judged.
    fn is_open(&self, result: &RunResult) -> Option<bool> {
        let found = result.requirements.iter().find(|one| one.id == self.requirement)?;
        Some(matches!(found.outcome, Outcome::NotSatisfied | Outcome::Undetermined))
    }

    fn notice(&self, result: &RunResult, today: Date) -> Option<String> {
        let (id, until) = (&self.requirement, day_text(self.until));
        let passes = result
            .requirements
            .iter()
            .any(|one| one.id == *id && matches!(one.outcome, Outcome::Satisfied | Outcome::NotApplicable));
        match self.is_open(result) {
            None => Some(format!("De bekende afwijking {id} hoort niet bij deze toets.")),
            Some(_) if passes => Some(format!(
                "{id} is nu voldaan of niet van toepassing: de regel kan uit de lijst van bekende afwijkingen."
            )),
            Some(_) if self.until < today => {
                Some(format!("De bekende afwijking {id} is vervallen na {until} en telt weer mee."))
            }
            Some(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Baseline, String> {
        let norms = crate::content::norms("bgz-beschikbaarstellen", None).unwrap();
        Baseline::parse("k.toml", text, &norms.catalogue).map_err(|failure| failure.message)
    }

    #[test]
    fn a_list_is_read_and_every_mistake_has_a_line() {
        let one =
            "[[known]]\nrequirement = \"WGZ-SEC-010\"\nreason = \"herstel in 4.3\"\nuntil = \"2027-01-31\"\n";
        let head = "format = \"keur/baseline\"\n";
        assert_eq!(parse(&format!("{head}{one}")).unwrap().known.len(), 1);
        assert!(parse(head).unwrap().known.is_empty());
        let cases = [
            (one.to_owned(), "k.toml:1: missing field `format`"),
            (format!("{head}{one}{one}"), "k.toml:7: WGZ-SEC-010 staat er al"),
            (
                format!("{head}{}", one.replace("SEC", "SEK")),
                "k.toml:3: onbekende eis `WGZ-SEK-010`; bedoelde u `WGZ-SEC-010`?",
            ),
            (
                format!("{head}{}", one.replace("2027-01-31", "31-1-2027")),
                "k.toml:5: until: `31-1-2027` is geen dag",
            ),
            (
                format!("{head}{}", one.replace("herstel in 4.3", " ")),
                "k.toml:4: WGZ-SEC-010: schrijf in reason",
            ),
            (format!("{head}{one}owner = \"x\"\n"), "k.toml:6: unknown field `owner`"),
            ("format = \"keur/policy\"\n".to_owned(), "k.toml:1: formaat `keur/policy`"),
        ];
        for (text, expected) in cases {
            let error = parse(&text).unwrap_err();
            assert!(error.starts_with(expected), "{error}");
        }
    }
}
