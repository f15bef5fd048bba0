//! What was seen: one observation per case and per statement.

use keur_catalogue::requirement::Method;
use serde_json::{Value, json};

use super::{Model, put};
use crate::{
    crosswalk::{About, Grade, Item, word},
    ident::{Scope, hex_of, is_digest, stamp_or_epoch},
};

impl Model<'_> {
    pub(super) fn observation(&self, item: &Item<'_>) -> Value {
        let (view, run) = (self.view, &self.view.report.result.run);
        let message = item.message(view);
        let mut props = vec![
            self.prop("outcome", item.grade.word()),
            self.prop("requirement", &item.requirement.id),
            self.prop("modality", &word(&item.requirement.modality)),
        ];
        let (mut actor, mut collected, mut expires) =
            (json!({ "type": "tool", "actor-uuid": self.tool() }), stamp_or_epoch(&run.finished), None);
        let (mut evidence, mut remarks) = (Vec::new(), String::new());
        match item.about {
            About::Case(case) => {
                props.push(self.prop("case", &case.id));
                props.extend(case.reason.map(|reason| self.prop("reason", &word(&reason))));
                props.extend(case.cause.as_ref().map(|cause| self.prop("cause", cause)));
                evidence.extend(
                    case.exchanges
                        .iter()
                        .map(|id| json!({ "href": "journal.ndjson", "description": self.markup(id) })),
                );
                evidence.extend(case.evidence.iter().filter(|digest| is_digest(digest)).map(|digest| {
                    json!({ "href": format!("blobs/sha256/{}", hex_of(digest)), "description": self.markup(digest) })
                }));
            }
            About::Statement(Some(statement)) => {
                actor = json!({ "type": "party", "actor-uuid": self.person(&statement.by) });
                collected = stamp_or_epoch(&format!("{}T00:00:00Z", statement.date));
                expires = Some(stamp_or_epoch(&format!("{}T00:00:00Z", statement.expires)));
                props.push(self.prop("basis", &statement.basis));
                evidence.push(json!({ "description": self.markup(&statement.artefact) }));
                remarks.clone_from(&statement.statement);
            }
            About::Statement(None) | About::Whole => {}
        }
        let said = if message.is_empty() { item.title(view) } else { &message };
        let mut observation = json!({
            "uuid": self.observation_id(item),
            "title": self.markup(item.title(view)),
            "description": self.markup(said),
            "props": props,
            "methods": [method(item)],
            "types": ["control-objective"],
            "origins": [{ "actors": [actor] }],
            "subjects": [{ "subject-uuid": self.product(), "type": "component" }],
        });
        put(&mut observation, "relevant-evidence", evidence);
        observation["collected"] = collected.into();
        if let Some(expires) = expires {
            observation["expires"] = expires.into();
        }
        if !remarks.is_empty() {
            observation["remarks"] = self.markup(&remarks);
        }
        observation
    }

    pub(super) fn observation_id(&self, item: &Item<'_>) -> String {
        self.uuid(Scope::Run, &format!("observation of {}", item.requirement.id), item.id())
    }
}

/// What nobody did, has no method yet.
fn method(item: &Item<'_>) -> &'static str {
    match (item.about, item.requirement.method) {
        _ if item.grade == Grade::Untested => "UNKNOWN",
        (About::Case(_), _) | (_, Method::Test) => "TEST",
        (_, Method::Examine) => "EXAMINE",
        (_, Method::Interview) => "INTERVIEW",
    }
}
