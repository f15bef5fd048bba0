//! The words of `labels/`, typed: a missing or unknown key does not load.

use std::{collections::BTreeMap, sync::LazyLock};

use keur_catalogue::{
    Lang,
    profile::LegalStatus,
    requirement::{Level, Method, SourceStatus, Spoor},
};
use keur_evidence::event::{Failure, Reason};
use keur_verdict::{CaseOutcome, Verdict};
use serde::{Deserialize, Serialize};

use crate::text::fill;

const NL: &str = include_str!("../labels/nl.toml");
const EN: &str = include_str!("../labels/en.toml");

static LABELS: LazyLock<[Words; 2]> = LazyLock::new(|| {
    [NL, EN].map(|text| toml::from_str(text).expect("the words are compiled in and tested"))
});

/// The words in this language.
#[must_use]
pub fn words(lang: Lang) -> &'static Words {
    let [nl, en] = &*LABELS;
    match lang {
        Lang::Nl => nl,
        Lang::En => en,
    }
}

/// Structs of texts, one field per key.
macro_rules! groups {
    ($($(#[$about:meta])* $name:ident { $($field:ident: $kind:ty),+ $(,)? })+) => {
        $($(#[$about])*
        #[derive(Debug, Deserialize, Serialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name { $(pub(crate) $field: $kind,)+ })+
    };
}

/// A word for one and for many.
#[derive(Debug, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Plural {
    one: String,
    many: String,
}

impl Plural {
    /// The word that goes with `n`.
    pub(crate) fn of(&self, n: usize) -> &str {
        if n == 1 { &self.one } else { &self.many }
    }

    /// The sentence that goes with `n`, with `{n}` filled in.
    pub(crate) fn fill(&self, n: usize, values: &[(&str, &str)]) -> String {
        let number = n.to_string();
        let mut all = vec![("n", number.as_str())];
        all.extend_from_slice(values);
        fill(self.of(n), &all)
    }
}

groups! {
    /// The words of one language. A template gets them all, by their keys.
    Words {
        lang: String, months: [String; 12], decimal: String, truncated: String, unknown: String,
        and_more: String, verdict: Verdicts, sentence: Sentences, outcome: Outcomes, case: Cases, check: Checks,
        level: Levels, spoor: Spoors, method: Methods, source: Sources, legal: Legals, reason: Reasons,
        advice: Advice, section: Sections, todo: Todo, key: Keys, group: BTreeMap<String, String>,
        requirement: RequirementWords, evidence: EvidenceWords, failure: Failures, attested: AttestedWords,
        layers: Layers, layer: BTreeMap<String, String>, matrix: Matrix, claims: Claims, trail: TrailWords, not_said: NotSaid, verify: Verify, terminal: Terminal,
        doc: Doc, paper: Paper,
    }
    Verdicts { conform: String, not_conform: String, incomplete: String, waived: Plural, waiver: String, waived_item: String }
    Sentences {
        conform: String, not_conform: String, incomplete: String, conform_line: String, not_conform_line: String,
        incomplete_line: String, preposition: String, preposition_incomplete: String,
    }
    Outcomes {
        satisfied: Plural, deviation: Plural, undetermined: Plural, not_applicable: Plural, not_tested: Plural,
        remark: Plural, attested: Plural,
    }
    Cases {
        passed: String, failed: String, cant_tell: String, error: String, inapplicable: String, untested: String,
    }
    Checks {
        expected: String, observed: String, judgement: String, holds: String, violated: String,
        not_evaluable: String,
    }
    Levels { must: String, should: String, may: String, gates: String, gates_not: String }
    Spoors { one: String, two: String, ehds: String, wet: String }
    Methods { test: String, examine: String, interview: String }
    Sources {
        law: String, letter: String, norm: String, specification: String, concept: String, draft: String,
        derived: String, clause: String,
    }
    Legals { designated: String, prioritised: String, draft: String, none: String }
    Reasons {
        precondition: String, no_data: String, timeout: String, service_down: String, environment: String,
        configuration: String, aborted: String, norm_ambiguous: String, error: String, flaky: String,
        untested: String, statement: String, expired: String,
    }
    Advice {
        precondition: String, no_data: String, timeout: String, service_down: String, environment: String,
        configuration: String, aborted: String, norm_ambiguous: String, error: String, flaky: String,
        untested: String, statement: String,
    }
    Sections {
        skip: String, contents: String, todo: String, key_data: String, layers: String, deviations: String,
        incomplete: String, attention: String, not_applicable: String, satisfied: String, attested: String,
        not_said: String, verify: String, deviations_lead: String, incomplete_lead: String,
        attention_lead: String, not_applicable_lead: String, satisfied_lead: String, attested_lead: String,
        empty: String,
    }
    Todo {
        nothing: String, repair: String, complete: String, next: String, rerun: String, rerun_all: String,
        keep: String, more: String,
    }
    Keys {
        product: String, vendor: String, version: String, kvk: String, roles: String, endpoint: String,
        claims: String, profile: String, variant: String, variant_source: String, legal: String,
        legal_at: String, spoor_verdicts: String, run: String, started: String, finished: String, took: String,
        mode: String, practice: String, exam: String, seed: String, host: String, tool: String,
        editions: String, editions_caption: String, source: String, status: String, requirements: String,
        outcomes: String, outcomes_caption: String, subject: String, total: String, incomplete: String,
        digests: String, journal_head: String, executable: String, catalogue: String, features: String,
        profile_digest: String, declaration: String,
    }
    RequirementWords {
        fix: String, why: String, sources: String, level: String, spoor: String, method: String,
        aliases: String, about: String, kill: String, kill_some: Plural, kill_none: String,
        checks_caption: String, stopped: String, cause: String, proof: String,
        predicate: String, declared: String, observed: String, look_at: String,
        case_line: String,
    }
    EvidenceWords {
        request: String, response: String, asked: String, answered: String, no_response: String, observation: String, again: String,
        again_note: String, identity: String, identity_none: String, tls: String, peer: String,
        body: String, binary: String, missing: String, more: Plural, ids: String,
    }
    Failures {
        dns: String, connect: String, tls_refused: String, tls_untrusted: String, tls: String, timeout: String,
        closed: String, protocol: String,
    }
    AttestedWords {
        statement: String, by: String, date: String, expires: String, basis: String, artefact: String,
        outcome: String, line: String, certificate: String, document: String, demonstration: String,
        interview: String,
    }
    Layers {
        lead: String, caption: String, requirement: String, broken: String, layer: String, intruder: String,
        holds: String, held: String, fell: String,
        untold: String, certificate: String, token: String, proof: String, data: String, svg: String,
    }
    Matrix {
        title: String, lead: String, smallest: String, none: String, svg: String, table: String, caption: String,
        tried: String, layers: String, attacks: String, observed: String, outcome: String, requirement: String,
        held: String, exposed: String, cant_tell: String, not_applicable: String,
    }
    Claims {
        title: String, lead: String, declaration: String, declaration_caption: String, key: String, about: String,
        declared: String, measured: String, agreement: String, unmeasured: String, options: String,
        options_caption: String, option: String, advertised: String, observed: String, yes: String, no: String,
        agrees: String, contradicts: String, undecided: String, understates: String, applies: String,
        disagrees: String, not_compared: String,
    }
    TrailWords {
        title: String, lead: String, totals: String, unreadable: String, skipped: String, gaps: String,
        strange: String, differing: String, none: String, more: String, mark: String, exchange: String,
        at: String, line: String, what: String,
    }
    NotSaid {
        decision: String, legal: String, sample: String, outside: String, variant: String, purpose: String,
        attested: String, untested: String, undetermined: String, concept: String, gated: String,
        clauses: String, practice: String, caveats: String,
    }
    Verify {
        lead: String, chain: String, head: String, expect: String, blobs: String, again: String,
    }
    Terminal {
        deviation: String, remark: String, undetermined: String, not_tested: String, not_applicable: String,
        satisfied: String, expected: String, observed: String, reason: String, fix: String, source: String,
        again: String, report: String, next: String, of: String, practice: String, exam: String,
        more: Plural,
    }
    Doc { title: String, made_by: String, selfcontained: String }
    Paper {
        stamp: String, page: String, attachment_digest: String, attached: String,
        attached_proof: String, qr: String, verify: String,
        passed: Plural, satisfied_lead: String,
    }
}

impl Words {
    /// The names of the months.
    #[must_use]
    pub fn months(&self) -> &[String; 12] {
        &self.months
    }

    /// The verdict in words.
    pub fn verdict(&self, verdict: Verdict) -> &str {
        match verdict {
            Verdict::Conform => &self.verdict.conform,
            Verdict::NotConform => &self.verdict.not_conform,
            Verdict::Incomplete => &self.verdict.incomplete,
        }
    }

    /// A case's outcome in words.
    pub fn case(&self, outcome: CaseOutcome) -> &str {
        match outcome {
            CaseOutcome::Inapplicable => &self.case.inapplicable,
            CaseOutcome::Passed => &self.case.passed,
            CaseOutcome::Untested => &self.case.untested,
            CaseOutcome::CantTell => &self.case.cant_tell,
            CaseOutcome::Error => &self.case.error,
            CaseOutcome::Failed => &self.case.failed,
        }
    }

    /// A level in words.
    pub fn level(&self, level: Level) -> &str {
        match level {
            Level::Must => &self.level.must,
            Level::Should => &self.level.should,
            Level::May => &self.level.may,
        }
    }

    /// A track in words.
    pub fn spoor(&self, spoor: Spoor) -> &str {
        match spoor {
            Spoor::One => &self.spoor.one,
            Spoor::Two => &self.spoor.two,
            Spoor::Ehds => &self.spoor.ehds,
            Spoor::Wet => &self.spoor.wet,
        }
    }

    /// A method in words.
    pub fn method(&self, method: Method) -> &str {
        match method {
            Method::Test => &self.method.test,
            Method::Examine => &self.method.examine,
            Method::Interview => &self.method.interview,
        }
    }

    /// What a source is worth, in words.
    pub fn source(&self, status: SourceStatus) -> &str {
        match status {
            SourceStatus::Law => &self.source.law,
            SourceStatus::Letter => &self.source.letter,
            SourceStatus::Norm => &self.source.norm,
            SourceStatus::Specification => &self.source.specification,
            SourceStatus::Concept => &self.source.concept,
            SourceStatus::Draft => &self.source.draft,
            SourceStatus::Derived => &self.source.derived,
        }
    }

    /// A legal status in words.
    pub fn legal(&self, status: LegalStatus) -> &str {
        match status {
            LegalStatus::Designated => &self.legal.designated,
            LegalStatus::Prioritised => &self.legal.prioritised,
            LegalStatus::Draft => &self.legal.draft,
            LegalStatus::None => &self.legal.none,
        }
    }

    /// A reason in words, and what to do about it.
    pub fn reason(&self, reason: Reason) -> (&str, &str) {
        let (r, a) = (&self.reason, &self.advice);
        match reason {
            Reason::Precondition => (&r.precondition, &a.precondition),
            Reason::NoData => (&r.no_data, &a.no_data),
            Reason::Timeout => (&r.timeout, &a.timeout),
            Reason::ServiceDown => (&r.service_down, &a.service_down),
            Reason::Environment => (&r.environment, &a.environment),
            Reason::Configuration => (&r.configuration, &a.configuration),
            Reason::Aborted => (&r.aborted, &a.aborted),
            Reason::NormAmbiguous => (&r.norm_ambiguous, &a.norm_ambiguous),
        }
    }

    /// A transport failure in words.
    pub fn failure(&self, failure: Failure) -> &str {
        match failure {
            Failure::Dns => &self.failure.dns,
            Failure::Connect => &self.failure.connect,
            Failure::TlsRefused => &self.failure.tls_refused,
            Failure::TlsUntrusted => &self.failure.tls_untrusted,
            Failure::Tls => &self.failure.tls,
            Failure::Timeout => &self.failure.timeout,
            Failure::Closed => &self.failure.closed,
            Failure::Protocol => &self.failure.protocol,
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use keur_catalogue::Lang;

    use super::{EN, NL, words};

    #[test]
    fn both_languages_load() {
        assert_eq!((words(Lang::Nl).lang.as_str(), words(Lang::En).lang.as_str()), ("nl", "en"));
    }

    #[test]
    fn both_languages_have_the_same_keys_and_placeholders() {
        let of = |text: &str| {
            let mut all = BTreeMap::new();
            collect("", &toml::from_str(text).expect("words are TOML"), &mut all);
            all
        };
        assert_eq!(of(NL), of(EN));
    }

    /// Key path → sorted placeholders.
    fn collect(path: &str, value: &toml::Value, into: &mut BTreeMap<String, Vec<String>>) {
        match value {
            toml::Value::Table(table) => {
                for (key, value) in table {
                    collect(&format!("{path}.{key}"), value, into);
                }
            }
            toml::Value::String(text) => {
                assert!(!text.trim().is_empty(), "{path} is empty");
                let mut names: Vec<_> = text
                    .split('{')
                    .skip(1)
                    .filter_map(|rest| Some(rest.split_once('}')?.0.to_owned()))
                    .collect();
                names.sort();
                into.insert(path.to_owned(), names);
            }
            _ => {}
        }
    }
}
