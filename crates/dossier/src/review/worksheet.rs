//! The worksheet an evaluator fills in: commented TOML, one `[[remark]]` per requirement to decide.

use std::collections::BTreeSet;

use serde::Deserialize;
use toml::{Spanned, Value};

use super::{Item, ReviewError};
use crate::{
    digest,
    manifest::Manifest,
    statement::predicate::{Action, Conclusion, Remark},
};

const FORMAT: &str = "keur/worksheet";
const VERSION: &str = "1.0";
const ACTIONS: [(&str, Action); 3] =
    [("accept", Action::Accept), ("re_run", Action::ReRun), ("question", Action::Question)];
const CONCLUSIONS: [(&str, Conclusion); 3] = [
    ("recommend", Conclusion::Recommend),
    ("not_recommend", Conclusion::NotRecommend),
    ("re_run", Conclusion::ReRun),
];

/// What an evaluator filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// One per requirement to decide, and any others.
    pub remarks: Vec<Remark>,
    /// What it comes to.
    pub conclusion: Conclusion,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sheet {
    format: Spanned<String>,
    version: Spanned<String>,
    run: Spanned<String>,
    journal_head: Spanned<String>,
    manifest: Spanned<String>,
    conclusion: Spanned<String>,
    #[serde(default)]
    remark: Vec<RawRemark>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawRemark {
    requirement: Spanned<String>,
    remark: String,
    action: Spanned<String>,
}

/// An empty worksheet.
#[must_use]
pub fn blank(manifest: &Manifest, items: &[Item]) -> String {
    let quoted = |text: &str| Value::from(text).to_string();
    let mut text = format!(
        "# Werkblad voor de evaluatie van run {}.\n\
         # Kies bij elke eis een action: accept (akkoord), re_run (opnieuw toetsen) of question (vraag aan de leverancier).\n\
         # Bij re_run en question hoort een remark. Kies ook een conclusion.\n\
         # Daarna: keur review BUNDEL --evaluate DIT-BESTAND --sign SLEUTEL --out NIEUW\n\n",
        super::line(&manifest.run)
    );
    let head = [
        ("format", FORMAT),
        ("version", VERSION),
        ("run", &manifest.run),
        ("journal_head", &manifest.journal_head),
        ("manifest", &digest::hex(&manifest.to_bytes())),
    ];
    for (name, value) in head {
        text.push_str(&format!("{name} = {}\n", quoted(value)));
    }
    text.push_str(
        "\n# recommend, not_recommend of re_run; re_run en question hieronder sluiten recommend uit\n",
    );
    text.push_str("conclusion = \"\"\n");
    for item in items {
        text.push_str(&format!("\n# {}\n", super::line(&item.title)));
        for point in &item.points {
            text.push_str(&format!("#   {}: {}\n", point.word(), point.text()));
        }
        text.push_str(&format!(
            "[[remark]]\nrequirement = {}\nremark = \"\"\naction = \"\"\n",
            quoted(&item.requirement)
        ));
    }
    text
}

/// Reads a filled-in worksheet; `path` names it in errors.
///
/// # Errors
/// When it is not one to the letter, is about another run, or leaves something undecided.
pub fn fill_in(
    path: &str,
    text: &str,
    manifest: &Manifest,
    items: &[Item],
    judged: &BTreeSet<&str>,
) -> Result<Filled, ReviewError> {
    let wrong = |at: usize, message: String| ReviewError::Worksheet {
        path: path.to_owned(),
        line: text.get(..at).unwrap_or(text).matches('\n').count() + 1,
        message,
    };
    let sheet: Sheet = toml::from_str(text).map_err(|error| {
        wrong(
            error.span().map_or(0, |span| span.start),
            format!(
                "{}\n  help: maak een leeg werkblad met keur review BUNDEL --write BESTAND",
                error.message()
            ),
        )
    })?;
    let edition = [(&sheet.format, FORMAT), (&sheet.version, VERSION)];
    if let Some((found, known)) = edition.into_iter().find(|(found, known)| found.get_ref() != known) {
        let message = format!("`{}` is niet bekend; verwacht {known}", found.get_ref());
        return Err(wrong(found.span().start, message));
    }
    let own = digest::hex(&manifest.to_bytes());
    let about = [
        (&sheet.run, manifest.run.as_str()),
        (&sheet.journal_head, manifest.journal_head.as_str()),
        (&sheet.manifest, own.as_str()),
    ];
    if let Some((found, _)) = about.into_iter().find(|(found, own)| found.get_ref() != own) {
        let message = format!(
            "dit werkblad hoort bij een andere run of bundel (de bundel heeft run {})\n  help: maak een nieuw werkblad met keur review BUNDEL --write BESTAND",
            manifest.run
        );
        return Err(wrong(found.span().start, message));
    }
    let mut remarks = Vec::new();
    for raw in sheet.remark {
        let at = raw.requirement.span().start;
        let requirement = raw.requirement.into_inner();
        if !judged.contains(requirement.as_str()) {
            return Err(wrong(at, format!("{requirement} is geen eis van deze run")));
        }
        if remarks.iter().any(|known: &Remark| known.requirement == requirement) {
            return Err(wrong(at, format!("{requirement} staat er al; schrijf één opmerking per eis")));
        }
        let action = chosen(&ACTIONS, &raw.action)
            .ok_or_else(|| wrong(raw.action.span().start, not_chosen("action", &raw.action, &ACTIONS)))?;
        let remark = raw.remark.trim().to_owned();
        if remark.is_empty() && action != Action::Accept {
            let message = format!("{requirement}: schrijf in remark wat u vraagt");
            return Err(wrong(raw.action.span().start, message));
        }
        remarks.push(Remark { requirement, remark, action });
    }
    let open: Vec<&str> = items
        .iter()
        .map(|item| item.requirement.as_str())
        .filter(|id| remarks.iter().all(|remark| remark.requirement != *id))
        .collect();
    if !open.is_empty() {
        let message = format!(
            "over {} is nog niet beslist\n  help: voeg er een [[remark]] voor toe, met een remark of met action = \"accept\"",
            open.join(", ")
        );
        return Err(wrong(text.len(), message));
    }
    let conclusion = chosen(&CONCLUSIONS, &sheet.conclusion).ok_or_else(|| {
        wrong(sheet.conclusion.span().start, not_chosen("conclusion", &sheet.conclusion, &CONCLUSIONS))
    })?;
    let asks = remarks.iter().find(|remark| remark.action != Action::Accept);
    if let Some(asks) = asks.filter(|_| conclusion == Conclusion::Recommend) {
        let message = format!(
            "recommend kan niet zolang er iets openstaat: bij {} staat geen accept\n  help: kies not_recommend of re_run",
            asks.requirement
        );
        return Err(wrong(sheet.conclusion.span().start, message));
    }
    Ok(Filled { remarks, conclusion })
}

fn chosen<T: Copy>(words: &[(&str, T)], given: &Spanned<String>) -> Option<T> {
    words.iter().find(|(word, _)| word == given.get_ref()).map(|(_, value)| *value)
}

fn not_chosen<T>(name: &str, given: &Spanned<String>, words: &[(&str, T)]) -> String {
    let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    match given.get_ref().as_str() {
        "" => format!("{name} is niet ingevuld\n  help: kies {}", all.join(", ")),
        other => format!("{name} `{other}` bestaat niet\n  help: kies {}", all.join(", ")),
    }
}
