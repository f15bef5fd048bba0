//! One page for a person: every step in a line, what is broken, and the verdict last.

use keur_verdict::Verdict;

use super::{Outcome, Verification};

/// Most notes that are shown; the rest is in the JSON.
const MOST_NOTES: usize = 12;
/// Longest line of a note.
const LONGEST: usize = 160;

/// The page, in Dutch, at most 40 lines.
#[must_use]
pub fn page(verification: &Verification) -> String {
    let mut lines = Vec::new();
    if let Some(run) = &verification.run {
        let mode = if run.mode == "exam" { "examen" } else { "oefening" };
        lines.push(format!("Run {} ({mode})", run.id));
        lines.push(format!("{} · {}", run.product, run.profile));
    }
    if let Some(bundle) = &verification.bundle {
        lines.push(format!("sha256 {}", bundle.sha256));
    }
    lines.push(String::new());
    for step in &verification.steps {
        let mark = match step.outcome {
            Outcome::Passed | Outcome::Note => '✓',
            Outcome::Failed => '✗',
            Outcome::Skipped => '–',
        };
        let skipped = if step.outcome == Outcome::Skipped { " (niet beoordeeld)" } else { "" };
        lines.push(format!(" {mark} {:<4} {}{skipped}", step.step, step.title));
    }
    let notes: Vec<String> = verification
        .steps
        .iter()
        .flat_map(|step| step.notes.iter().map(|note| format!(" {:<4} {}", step.step, one_line(note))))
        .collect();
    if !notes.is_empty() {
        lines.extend([String::new(), "Let op".to_owned()]);
        lines.extend(notes.iter().take(MOST_NOTES).cloned());
        if notes.len() > MOST_NOTES {
            lines.push(format!(" … en nog {}", notes.len() - MOST_NOTES));
        }
    }
    if let Some(step) = verification.broken() {
        lines.push(String::new());
        lines.push(format!("{} is niet in orde: {}", step.step, step.file.as_deref().unwrap_or("de bundel")));
        let detail = step.detail.as_deref().unwrap_or_default();
        lines.extend(detail.lines().take(3).map(|line| format!("  {}", cut(line.trim()))));
    }
    lines.extend([String::new(), last_line(verification)]);
    lines.join("\n") + "\n"
}

fn last_line(verification: &Verification) -> String {
    match (verification.valid, verification.verdict) {
        (true, Some(verdict)) => {
            let words = match verdict {
                Verdict::Conform => "CONFORM",
                Verdict::NotConform => "NIET CONFORM",
                Verdict::Incomplete => "ONVOLLEDIG",
            };
            let waived = match verification.waived {
                None => String::new(),
                Some(1) => " met 1 ontheffing".to_owned(),
                Some(n) => format!(" met {n} ontheffingen"),
            };
            format!("ECHT: deze bundel is heel, en het oordeel volgt uit het bewijs: {words}{waived}")
        }
        _ => "NIET GELDIG: gebruik deze bundel en het oordeel erin niet".to_owned(),
    }
}

fn one_line(text: &str) -> String {
    cut(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// Without control characters: the text can hold what somebody put in the bundle.
fn cut(text: &str) -> String {
    let clean: String = text.chars().filter(|c| !c.is_control()).collect();
    if clean.chars().count() <= LONGEST {
        clean
    } else {
        clean.chars().take(LONGEST - 1).chain(['…']).collect()
    }
}
