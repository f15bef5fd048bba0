//! What stands on the paper: everything the template needs, as plain data. Texts stay texts, so that nothing a
//! product says can become markup.

mod claims;
mod cover;
mod findings;
mod key_data;
mod matrix;

use keur_reports::{
    Report,
    read::{Attempt, Section, TODO, View, Words, attempts, not_said, todo},
};
use keur_verdict::Verdict;
use serde::Serialize;

use crate::{Attachment, qr::Qr};
use claims::Claims;
use cover::Tally;
use findings::{Finding, Row};
use key_data::{Group, Subject};
use matrix::Matrix;

/// The document, ready to be laid out.
#[derive(Debug, Serialize)]
pub struct Paper<'a> {
    words: &'a Words,
    /// Product, profile and verdict in a sentence; also the title of the document.
    sentence: String,
    verdict: Verdict,
    version: String,
    /// Texts of scenarios and people are Dutch, and the report is not.
    switches_to_dutch: bool,
    practice: bool,
    run: String,
    caveats: Vec<String>,
    cover: Vec<Fact>,
    tally: Vec<Tally>,
    journal_head: String,
    attachments: Vec<Attached<'a>>,
    qr: Option<Qr>,
    todo: Todo,
    key_data: Vec<Group>,
    subjects: Vec<Subject>,
    sources: Vec<[String; 3]>,
    layers: Vec<Layer>,
    matrix: Option<Matrix>,
    claims: Option<Claims>,
    sections: Vec<Part>,
    satisfied: Vec<Row>,
    attested: Vec<Finding>,
    not_said: Vec<Said>,
}

/// A value and the key of the word before it.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Fact {
    key: &'static str,
    value: String,
    /// In small letters under it.
    note: String,
    /// Whether it is read letter by letter.
    code: bool,
}

impl Fact {
    pub(crate) fn text(key: &'static str, value: impl Into<String>) -> Self {
        Self { key, value: value.into(), note: String::new(), code: false }
    }

    pub(crate) fn code(key: &'static str, value: impl Into<String>) -> Self {
        Self { code: true, ..Self::text(key, value) }
    }

    pub(crate) fn noted(self, note: impl Into<String>) -> Self {
        Self { note: note.into(), ..self }
    }
}

#[derive(Debug, Serialize)]
struct Attached<'a> {
    name: &'a str,
    digest: &'a str,
}

#[derive(Debug, Serialize)]
struct Todo {
    repair: Steps,
    complete: Steps,
    next: String,
    command: String,
}

/// Requirement and what to do about it, and how many more there are.
#[derive(Debug, Serialize)]
struct Steps {
    steps: Vec<[String; 2]>,
    more: usize,
}

#[derive(Debug, Serialize)]
struct Layer {
    id: String,
    tried: String,
    lock: String,
    answer: String,
    held: Option<bool>,
}

/// A section of findings; the key is that of its heading.
#[derive(Debug, Serialize)]
struct Part {
    key: &'static str,
    findings: Vec<Finding>,
}

#[derive(Debug, Serialize)]
struct Said {
    sentence: String,
    ids: Vec<String>,
    reason: String,
}

impl<'a> Paper<'a> {
    /// Gathers it.
    #[must_use]
    pub fn new(report: &'a Report<'a>, attachments: &'a [Attachment<'a>]) -> Self {
        let view = View::new(report);
        let (result, run) = (report.result, &report.result.run);
        let id = view.shown(&run.id, 100);
        let journal_head = view.shown(run.journal_head.trim_start_matches("sha256:"), 100);
        let part = |key, section| Part { key, findings: findings::all(&view, section) };
        Self {
            words: view.words(),
            sentence: view.sentence(),
            verdict: result.verdict,
            version: view.shown(&result.harness.version, 60),
            switches_to_dutch: view.dutch().is_some(),
            practice: run.mode == "practice",
            caveats: view
                .report()
                .caveats()
                .into_iter()
                .take(60)
                .map(|caveat| view.shown(caveat, 600))
                .collect(),
            cover: cover::facts(&view),
            tally: cover::tally(&view),
            qr: Qr::new(format!("keur:{id}:{journal_head}")),
            attachments: attachments
                .iter()
                .map(|attachment| Attached { name: attachment.name, digest: &attachment.digest })
                .collect(),
            todo: things_to_do(&view),
            key_data: key_data::groups(&view),
            subjects: key_data::subjects(&view),
            sources: key_data::sources(&view),
            layers: attempts(&view).into_iter().map(layer).collect(),
            matrix: matrix::matrix(&view),
            claims: claims::claims(&view),
            sections: vec![
                part("deviations", Section::Deviations),
                part("incomplete", Section::Incomplete),
                part("attention", Section::Attention),
                part("not_applicable", Section::NotApplicable),
            ],
            satisfied: findings::rows(&view, Section::Satisfied),
            attested: findings::all(&view, Section::Attested),
            not_said: not_said_of(&view),
            run: id,
            journal_head,
        }
    }

    /// The drawing of the QR code, an SVG.
    #[must_use]
    pub fn drawing(&self) -> Option<&str> {
        self.qr.as_ref().map(|qr| qr.svg.as_str())
    }
}

fn things_to_do(view: &View<'_>) -> Todo {
    let all = todo(view);
    let list = |items: &[(&str, &str)]| Steps {
        steps: items.iter().take(TODO).map(|(id, text)| [view.shown(id, 60), (*text).to_owned()]).collect(),
        more: items.len().saturating_sub(TODO),
    };
    Todo {
        repair: list(&all.repair),
        complete: list(&all.complete),
        next: all.next.to_owned(),
        command: all.command,
    }
}

fn layer(attempt: Attempt<'_>) -> Layer {
    Layer {
        id: attempt.id.to_owned(),
        tried: attempt.tried.to_owned(),
        lock: attempt.lock.to_owned(),
        answer: attempt.answer.to_owned(),
        held: attempt.held,
    }
}

fn not_said_of(view: &View<'_>) -> Vec<Said> {
    let one = |said: keur_reports::read::Said<'_>| Said {
        sentence: said.sentence,
        ids: said.ids.iter().map(|id| view.shown(id, 60)).collect(),
        reason: said.reason.unwrap_or_default().to_owned(),
    };
    not_said(view).into_iter().map(one).collect()
}
