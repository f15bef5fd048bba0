//! What it came to: a finding per requirement that applies, and one for the profile as a whole.

use keur_verdict::{Outcome, RequirementResult};
use serde_json::{Value, json};

use super::{Model, put};
use crate::{
    crosswalk::{self, Grade, word},
    ident::Scope,
};

impl Model<'_> {
    /// Inapplicable ones are out of scope; the profile makes the verdict visible.
    pub(super) fn findings(&self) -> Vec<Value> {
        let result = self.view.report.result;
        let applies = |r: &&RequirementResult| r.outcome != Outcome::NotApplicable;
        let mut findings: Vec<Value> =
            result.requirements.iter().filter(applies).map(|requirement| self.finding(requirement)).collect();
        let grade = crosswalk::of_verdict(result.verdict);
        let mut status = status(grade);
        status["remarks"] = self.markup(&format!("verdict: {}", word(&result.verdict)));
        findings.push(json!({
            "uuid": self.uuid(Scope::Run, "finding of profile", &result.profile.id),
            "title": self.markup(&self.view.profile()),
            "description": self.markup(&self.view.sentence()),
            "target": { "type": "objective-id", "target-id": token(&result.profile.id), "status": status },
        }));
        findings
    }

    fn finding(&self, requirement: &RequirementResult) -> Value {
        let view = self.view;
        let items = crosswalk::items(requirement);
        let grade = items.iter().map(|item| item.grade).fold(Grade::of(requirement), Grade::max);
        let mut status = status(grade);
        if !grade.is_clean() {
            let worst = items.iter().find(|item| item.grade == grade);
            status["remarks"] = self.markup(&worst.map_or_else(String::new, |item| item.note(view)));
        }
        let seen =
            items.iter().map(|item| json!({ "observation-uuid": self.observation_id(item) })).collect();
        let mut finding = json!({
            "uuid": self.uuid(Scope::Run, "finding", &requirement.id),
            "title": self.markup(view.title(&requirement.id)),
            "description": self.markup(view.title(&requirement.id)),
            "props": [
                self.prop("level", &word(&requirement.level)),
                self.prop("spoor", &word(&requirement.spoor)),
                self.prop("gates", &requirement.gates.to_string()),
                self.prop("modality", &word(&requirement.modality)),
                self.prop("outcome", &word(&requirement.outcome)),
            ],
            "target": { "type": "objective-id", "target-id": token(&requirement.id), "status": status },
        });
        put(&mut finding, "related-observations", seen);
        finding
    }

    /// What was looked at; what does not apply is named as left out.
    pub(super) fn reviewed(&self) -> Value {
        let (out, of): (Vec<_>, Vec<_>) = self
            .view
            .report
            .result
            .requirements
            .iter()
            .partition(|requirement| requirement.outcome == Outcome::NotApplicable);
        let list = |key: &str, all: &[&RequirementResult]| {
            all.iter().map(|one| json!({ key: token(&one.id) })).collect::<Vec<_>>()
        };
        let mut controls = json!({ "description": self.markup(&self.view.profile()) });
        put(&mut controls, "include-controls", list("control-id", &of));
        put(&mut controls, "exclude-controls", list("control-id", &out));
        let mut objectives = json!({ "description": self.markup(&self.view.profile()) });
        put(&mut objectives, "include-objectives", list("objective-id", &of));
        put(&mut objectives, "exclude-objectives", list("objective-id", &out));
        json!({ "control-selections": [controls], "control-objective-selections": [objectives] })
    }
}

fn status(grade: Grade) -> Value {
    let (state, reason) = match grade {
        Grade::Inapplicable | Grade::Passed | Grade::Remark => ("satisfied", "pass"),
        Grade::Failed => ("not-satisfied", "fail"),
        Grade::CantTell | Grade::Error => ("not-satisfied", "other"),
        Grade::Untested => ("not-satisfied", "not-tested"),
    };
    json!({ "state": state, "reason": reason })
}

/// An id as a token: letters, digits, `.`, `-` and `_`, and no digit first.
fn token(id: &str) -> String {
    let id = crate::view::anchor(id);
    if id.starts_with(|c: char| c.is_ascii_alphabetic()) { id } else { format!("_{id}") }
}
