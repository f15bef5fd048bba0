//! What a report does not say.

use keur_catalogue::profile::LegalStatus;
use keur_verdict::{Outcome, RequirementResult};

use super::{Section, View, variant};
use crate::text::fill;

/// A thing the report does not say, or says with a limit.
#[derive(Debug, Clone)]
pub struct Said<'a> {
    /// The sentence.
    pub sentence: String,
    /// The requirements it is about.
    pub ids: Vec<&'a str>,
    /// Why, for a single requirement.
    pub reason: Option<&'a str>,
}

/// What this report does not say.
#[must_use]
pub fn not_said<'a>(view: &View<'a>) -> Vec<Said<'a>> {
    let words = &view.words.not_said;
    let (result, profile) = (view.report.result, view.report.profile);
    let about = |sentence: &str, ids| Said { sentence: sentence.to_owned(), ids, reason: None };
    let plain = |sentence: &str| about(sentence, Vec::new());
    let ids = |keep: &dyn Fn(&RequirementResult) -> bool| {
        result.requirements.iter().filter(|r| keep(r)).map(|r| r.id.as_str()).collect::<Vec<_>>()
    };
    let weak = |id: &str| {
        view.requirement(id).is_some_and(|entry| !entry.source.iter().any(|source| source.status.gates()))
    };
    let mut said = vec![plain(&words.decision)];
    if result.run.mode == "practice" {
        said.push(plain(&words.practice));
    }
    if profile.legal.status != LegalStatus::Designated {
        said.push(plain(&words.legal));
    }
    said.extend([plain(&words.sample), plain(&words.outside)]);
    if profile.variant.len() > 1 {
        let title = variant(view).map_or_else(
            || view.shown(&result.profile.variant, 80),
            |variant| variant.title.get(view.report.lang).to_owned(),
        );
        said.push(plain(&fill(&words.variant, &[("variant", &title)])));
    }
    said.push(plain(&words.purpose));
    let lists = [
        about(&words.untested, ids(&|r| r.outcome == Outcome::NotTested)),
        about(&words.undetermined, ids(&|r| r.outcome == Outcome::Undetermined)),
        about(&words.attested, ids(&|r| Section::of(r) == Section::Attested)),
        about(&words.concept, ids(&|r| weak(&r.id))),
    ];
    said.extend(lists.into_iter().filter(|list| !list.ids.is_empty()));
    for gate in
        profile.gate.iter().filter(|gate| result.requirements.iter().any(|r| r.id == gate.requirement))
    {
        let reason = Some(gate.reason.get(view.report.lang));
        said.push(Said { reason, ..about(&words.gated, vec![&gate.requirement]) });
    }
    let entries = result.requirements.iter().filter_map(|r| view.requirement(&r.id));
    if entries.flat_map(|entry| &entry.source).any(|source| source.clause.as_deref() == Some("unknown")) {
        said.push(plain(&words.clauses));
    }
    said
}
