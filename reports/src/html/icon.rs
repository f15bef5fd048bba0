//! Symbols: a status is never told by colour alone.

use keur_verdict::{CaseOutcome, RequirementResult};
use maud::{Markup, PreEscaped, html};

use super::Page;
use crate::view::Section;

/// Every symbol, drawn once.
pub(super) fn symbols() -> Markup {
    const SYMBOLS: [(&str, &str); 7] = [
        ("ok", "M3.2 8.6 6.5 12 12.9 4.6"),
        ("bad", "M4 4l8 8M12 4l-8 8"),
        ("open", "M5.3 6A2.8 2.8 0 1 1 8.8 8.6c-.6.2-.8.6-.8 1.3M8 12.6v.3"),
        ("note", "M8 3v6.3M8 12.4v.4"),
        ("na", "M3.5 8h9"),
        ("person", "M8 7.6a2.6 2.6 0 1 0 0-5.2 2.6 2.6 0 0 0 0 5.2ZM3 13.6c.4-2.8 2.3-4 5-4s4.600 1.200 5 4"),
        (
            "seal",
            "M8 1.600 9.900 3l2.300 0 .7 2.200L14.700 6.600 14 8.800l.7 2.200-1.800 1.300-.7 2.200-2.300 0L8 15.900M5.300 8.600 7.300 10.600 10.900 6.300M8 1.600 6.100 3 3.800 3 3.100 5.200 1.300 6.600 2 8.800 1.300 11l1.800 1.300.7 2.200 2.300 0L8 15.900",
        ),
    ];
    html! {
        svg.symbols aria-hidden="true" focusable="false" {
            @for (name, path) in SYMBOLS {
                symbol id={ "i-" (name) } viewBox="0 0 16 17" { path d=(path) {} }
            }
        }
    }
}

/// A symbol next to words that say the same.
pub(super) fn icon(name: &str) -> Markup {
    PreEscaped(format!("<svg class=\"i\" aria-hidden=\"true\"><use href=\"#i-{name}\"/></svg>"))
}

/// A symbol with its words.
pub(super) fn badge(kind: &str, text: &str) -> Markup {
    html! { span class={ "badge " (kind) } { (icon(kind)) (text) } }
}

/// The outcome of a requirement.
pub(super) fn outcome(page: &Page<'_>, result: &RequirementResult) -> Markup {
    let words = &page.view.words.outcome;
    match Section::of(result) {
        Section::Deviations => badge("bad", words.deviation.of(1)),
        Section::Attention if result.waiver.is_some() => badge("note", &page.view.words.verdict.waived_item),
        Section::Attention => badge("note", words.remark.of(1)),
        Section::Incomplete if result.outcome == keur_verdict::Outcome::NotTested => {
            badge("open", words.not_tested.of(1))
        }
        Section::Incomplete => badge("open", words.undetermined.of(1)),
        Section::NotApplicable => badge("na", words.not_applicable.of(1)),
        Section::Satisfied => badge("ok", words.satisfied.of(1)),
        Section::Attested => badge("person", words.attested.of(1)),
    }
}

/// The outcome of a case.
pub(super) fn case(page: &Page<'_>, outcome: CaseOutcome) -> Markup {
    let kind = match outcome {
        CaseOutcome::Passed => "ok",
        CaseOutcome::Failed => "bad",
        CaseOutcome::Inapplicable => "na",
        CaseOutcome::Untested | CaseOutcome::CantTell | CaseOutcome::Error => "open",
    };
    badge(kind, page.view.words.case(outcome))
}
