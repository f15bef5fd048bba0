//! OSCAL assessment-results: observations from cases and statements, a finding per requirement and one for the
//! profile. A finding knows satisfied and not-satisfied only; whatever is open is not satisfied.

mod finding;
mod observation;

use serde_json::{Value, json};

use crate::{
    Format, RenderError, Report,
    crosswalk::{self, About, Item},
    ident::{Scope, hex_of, stamp_or_epoch, uuid},
    pretty,
    text::markdown,
    view::View,
};

/// The version of the model that is written.
const VERSION: &str = "1.1.3";
/// Marks properties whose names are ours.
const NAMESPACE: &str = "urn:x-keur";

/// Assessment results with one result.
#[derive(Debug, Clone, Copy)]
pub struct Oscal;

impl Format for Oscal {
    fn name(&self) -> &'static str {
        "oscal"
    }

    fn file_name(&self) -> &'static str {
        "assessment-results.json"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let model = Model { view: &View::new(report) };
        pretty(&json!({ "assessment-results": model.document() }))
    }
}

/// The result with what its parts share.
struct Model<'a> {
    view: &'a View<'a>,
}

impl<'a> Model<'a> {
    fn document(&self) -> Value {
        let result = self.view.report.result;
        let items = crosswalk::all(result);
        let mut metadata = json!({
            "title": self.markup(&self.view.sentence()),
            "last-modified": stamp_or_epoch(&result.run.finished),
            "version": self.view.line(&result.run.id),
            "oscal-version": VERSION,
        });
        put(&mut metadata, "parties", self.parties(&items));
        json!({
            "uuid": self.uuid(Scope::Run, "document", ""),
            "metadata": metadata,
            "import-ap": {
                "href": format!("#{}", self.profile_resource()),
                "remarks": "The plan is the profile in the back matter.",
            },
            "results": [self.result(&items)],
            "back-matter": { "resources": [self.resource()] },
        })
    }

    fn result(&self, items: &[Item<'a>]) -> Value {
        let run = &self.view.report.result.run;
        let facts = crosswalk::facts(self.view);
        let mut result = json!({
            "uuid": self.uuid(Scope::Run, "result", ""),
            "title": self.markup(&self.view.profile()),
            "description": self.markup(&self.view.sentence()),
            "start": stamp_or_epoch(&run.started),
            "end": stamp_or_epoch(&run.finished),
            "props": facts.iter().map(|(name, value)| self.prop(name, value)).collect::<Vec<_>>(),
            "local-definitions": self.definitions(),
            "reviewed-controls": self.reviewed(),
        });
        put(&mut result, "observations", items.iter().map(|item| self.observation(item)).collect());
        result["findings"] = self.findings().into();
        let caveats = self.view.report.caveats().join("\n");
        if !caveats.is_empty() {
            result["remarks"] = self.markup(&caveats);
        }
        result
    }

    /// The product, and the tool that looked at it.
    fn definitions(&self) -> Value {
        let result = self.view.report.result;
        let component = |id: &str, title: &str, version: &str, digest: &str| {
            json!({
                "uuid": id,
                "type": "software",
                "title": self.markup(title),
                "description": self.markup(&format!("{title} {version}")),
                "props": [
                    self.prop("version", version),
                    self.prop("digest", digest),
                ],
                "status": { "state": "operational" },
            })
        };
        let product = &result.product;
        let name = format!("{} {}", product.vendor, product.name);
        json!({
            "components": [
                component(&self.product(), &name, &product.version, &product.declaration_digest)
            ],
            "assessment-assets": {
                "components": [
                    component(&self.tool(), "keur", &result.harness.version, &result.harness.digest)
                ],
                "assessment-platforms": [{
                    "uuid": self.uuid(Scope::Run, "platform", ""),
                    "title": "keur",
                    "uses-components": [{ "component-uuid": self.tool() }],
                }],
            },
        })
    }

    /// What a person stated is by that person.
    fn parties(&self, items: &[Item<'a>]) -> Vec<Value> {
        let mut parties: Vec<Value> = Vec::new();
        for item in items {
            let About::Statement(Some(statement)) = item.about else { continue };
            let id = self.person(&statement.by);
            if !parties.iter().any(|party| party["uuid"] == id.as_str()) {
                parties.push(json!({ "uuid": id, "type": "person", "name": self.view.line(&statement.by) }));
            }
        }
        parties
    }

    /// The profile that stands for an assessment plan.
    fn resource(&self) -> Value {
        let result = self.view.report.result;
        let digests = [
            ("profile", &result.profile.digest),
            ("catalogue", &result.harness.catalogue_digest),
            ("features", &result.harness.features_digest),
        ];
        json!({
            "uuid": self.profile_resource(),
            "title": self.markup(&self.view.profile()),
            "description": self.markup(&format!("{} ({})", result.profile.id, result.profile.variant)),
            "props": digests.map(|(name, digest)| self.prop(&format!("{name}-digest"), hex_of(digest))),
        })
    }

    fn prop(&self, name: &str, value: &str) -> Value {
        json!({ "name": name, "ns": NAMESPACE, "value": self.view.line(value) })
    }

    /// Titles and descriptions are Markdown.
    fn markup(&self, text: &str) -> Value {
        markdown(&self.view.line(text)).into()
    }

    fn uuid(&self, scope: Scope, kind: &str, name: &str) -> String {
        uuid(self.view.report.result, scope, &format!("oscal {kind}"), name)
    }

    fn product(&self) -> String {
        self.uuid(Scope::Declaration, "product", "")
    }

    fn tool(&self) -> String {
        self.uuid(Scope::Harness, "tool", "")
    }

    fn person(&self, by: &str) -> String {
        self.uuid(Scope::Run, "person", by)
    }

    fn profile_resource(&self) -> String {
        self.uuid(Scope::Profile, "profile", "")
    }
}

/// Lists may be absent, but not empty.
fn put(object: &mut Value, key: &str, values: Vec<Value>) {
    if !values.is_empty() {
        object[key] = values.into();
    }
}
