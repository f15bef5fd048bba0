//! An in-toto Statement with a test result, ready to be signed. It knows passed, warned and failed only, so
//! undecided counts as failed.

use serde_json::{Map, Value, json};

use crate::{
    Format, RenderError, Report,
    crosswalk::{self, About, Grade},
    ident::hex_of,
    pretty,
    view::View,
};

/// The statement as it goes into an envelope.
#[derive(Debug, Clone, Copy)]
pub struct InToto;

impl Format for InToto {
    fn name(&self) -> &'static str {
        "intoto"
    }

    fn file_name(&self) -> &'static str {
        "test-result.intoto.json"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        let product = &report.result.product;
        pretty(&json!({
            "_type": "https://in-toto.io/Statement/v1",
            "subject": [{
                "name": view.line(&format!("{} {} {}", product.vendor, product.name, product.version)),
                "digest": { "sha256": view.line(hex_of(&product.declaration_digest)) },
            }],
            "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
            "predicate": predicate(&view),
        }))
    }
}

fn predicate(view: &View<'_>) -> Value {
    let items = crosswalk::all(view.report.result);
    let (mut passed, mut warned, mut failed, mut open) = (vec![], vec![], vec![], false);
    let mut notes = Map::new();
    for item in &items {
        let name = view.line(item.id());
        if let About::Statement(Some(statement)) = item.about {
            let note = format!("{}, attested by {}", item.note(view), statement.by);
            notes.insert(name.clone(), view.value(&note).into());
        } else if !item.grade.is_clean() {
            notes.insert(name.clone(), view.value(&item.note(view)).into());
        }
        match item.grade {
            Grade::Passed => passed.push(name),
            Grade::Remark => warned.push(name),
            Grade::CantTell | Grade::Error | Grade::Failed => failed.push(name),
            Grade::Untested => open = true,
            Grade::Inapplicable => {}
        }
    }
    let verdict = crosswalk::of_verdict(view.report.result.verdict);
    let result = if verdict != Grade::Passed || !failed.is_empty() {
        "FAILED"
    } else if open || !warned.is_empty() {
        "WARNED"
    } else {
        "PASSED"
    };
    json!({
        "result": result,
        "configuration": configuration(view, notes),
        "passedTests": passed,
        "warnedTests": warned,
        "failedTests": failed,
    })
}

/// What the tests were: resource descriptors with the digests of all that decides.
fn configuration(view: &View<'_>, notes: Map<String, Value>) -> Value {
    let result = view.report.result;
    let resource =
        |name: &str, digest: &str| json!({ "name": name, "digest": { "sha256": view.line(hex_of(digest)) } });
    let mut run = resource("journal", &result.run.journal_head);
    let mut annotations: Map<String, Value> =
        crosswalk::facts(view).into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    annotations
        .insert("caveats".into(), view.report.caveats().into_iter().map(|text| view.value(text)).collect());
    annotations.insert("notes".into(), notes.into());
    run["annotations"] = annotations.into();
    json!([
        resource("profile", &result.profile.digest),
        resource("catalogue", &result.harness.catalogue_digest),
        resource("features", &result.harness.features_digest),
        resource("harness", &result.harness.digest),
        run,
    ])
}
