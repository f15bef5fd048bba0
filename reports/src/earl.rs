//! EARL 1.0 as JSON-LD with its context inline: who asserts what about which product, by machine or by hand.

use std::collections::BTreeMap;

use keur_evidence::event::Attested;
use serde_json::{Value, json};

use crate::{
    Format, RenderError, Report,
    crosswalk::{self, About, Grade, Item},
    ident::{Scope, stamp, uuid},
    pretty,
    view::View,
};

/// EARL: an assertion per case, per statement and about the profile as a whole.
#[derive(Debug, Clone, Copy)]
pub struct Earl;

impl Format for Earl {
    fn name(&self) -> &'static str {
        "earl"
    }

    fn file_name(&self) -> &'static str {
        "earl.jsonld"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let graph = Graph { view: &View::new(report) };
        pretty(&json!({ "@context": context(), "@graph": graph.nodes() }))
    }
}

/// Every term that is written; nothing outside is fetched.
fn context() -> Value {
    let reference = |term: &str| json!({ "@id": term, "@type": "@id" });
    json!({
        "earl": "http://www.w3.org/ns/earl#",
        "dct": "http://purl.org/dc/terms/",
        "doap": "http://usefulinc.com/ns/doap#",
        "foaf": "http://xmlns.com/foaf/0.1/",
        "xsd": "http://www.w3.org/2001/XMLSchema#",
        "assertedBy": reference("earl:assertedBy"),
        "subject": reference("earl:subject"),
        "test": reference("earl:test"),
        "mode": reference("earl:mode"),
        "result": reference("earl:result"),
        "outcome": reference("earl:outcome"),
        "info": "earl:info",
        "hasPart": reference("dct:hasPart"),
        "isPartOf": reference("dct:isPartOf"),
        "publisher": reference("dct:publisher"),
        "release": reference("doap:release"),
        "revision": "doap:revision",
        "title": "dct:title",
        "description": "dct:description",
        "identifier": "dct:identifier",
        "source": "dct:source",
        "date": { "@id": "dct:date", "@type": "xsd:dateTime" },
        "name": "foaf:name",
    })
}

struct Graph<'a> {
    view: &'a View<'a>,
}

impl<'a> Graph<'a> {
    fn nodes(&self) -> Vec<Value> {
        let result = self.view.report.result;
        let items = crosswalk::all(result);
        let mut nodes = vec![self.tool(), self.product(), self.profile()];
        nodes.extend(self.people(&items));
        for requirement in &result.requirements {
            let cases: Vec<String> = requirement.cases.iter().map(|case| self.case_id(&case.id)).collect();
            let mut node = json!({
                "@id": self.requirement_id(&requirement.id),
                "@type": "earl:TestRequirement",
                "identifier": self.view.line(&requirement.id),
                "title": self.text(self.view.title(&requirement.id), &self.view.words.lang),
                "isPartOf": self.profile_id(),
            });
            if let Some(entry) = self.view.requirement(&requirement.id) {
                node["source"] =
                    entry.source.iter().map(|source| self.view.line(&source.reference)).collect();
            }
            if !cases.is_empty() {
                node["hasPart"] = cases.into();
            }
            nodes.push(node);
            nodes.extend(requirement.cases.iter().map(|case| {
                json!({
                    "@id": self.case_id(&case.id),
                    "@type": "earl:TestCase",
                    "identifier": self.view.line(&case.id),
                    "title": self.text(&case.title, "nl"),
                    "isPartOf": self.requirement_id(&requirement.id),
                })
            }));
        }
        nodes.extend(items.iter().map(|item| self.assertion(item)));
        nodes.push(self.verdict());
        nodes
    }

    fn tool(&self) -> Value {
        let version = self.view.line(&self.view.report.result.harness.version);
        json!({
            "@id": self.tool_id(),
            "@type": ["earl:Assertor", "earl:Software"],
            "title": "keur",
            "identifier": self.view.line(&self.view.report.result.harness.digest),
            "release": { "@type": "doap:Version", "revision": version },
        })
    }

    fn product(&self) -> Value {
        let product = &self.view.report.result.product;
        json!({
            "@id": self.product_id(),
            "@type": ["earl:TestSubject", "earl:Software"],
            "title": self.view.line(&product.name),
            "identifier": self.view.line(&product.declaration_digest),
            "publisher": { "@type": "foaf:Organization", "name": self.view.line(&product.vendor) },
            "release": { "@type": "doap:Version", "revision": self.view.line(&product.version) },
        })
    }

    fn profile(&self) -> Value {
        let result = self.view.report.result;
        let parts: Vec<String> = result.requirements.iter().map(|r| self.requirement_id(&r.id)).collect();
        let mut node = json!({
            "@id": self.profile_id(),
            "@type": "earl:TestRequirement",
            "identifier": self.view.line(&result.profile.digest),
            "title": self.text(&self.view.profile(), &self.view.words.lang),
        });
        if !parts.is_empty() {
            node["hasPart"] = parts.into();
        }
        node
    }

    /// Everyone who made a statement, once.
    fn people(&self, items: &[Item<'a>]) -> Vec<Value> {
        let people: BTreeMap<String, &str> = items
            .iter()
            .filter_map(|item| match item.about {
                About::Statement(Some(statement)) => Some((self.person_id(statement), statement.by.as_str())),
                _ => None,
            })
            .collect();
        let node = |(id, by): (String, &str)| json!({ "@id": id, "@type": ["earl:Assertor", "foaf:Person"], "name": self.view.line(by) });
        people.into_iter().map(node).collect()
    }

    fn assertion(&self, item: &Item<'_>) -> Value {
        let view = self.view;
        let requirement = item.requirement;
        let mut result = json!({ "@type": "earl:TestResult", "outcome": outcome(item.grade) });
        let message = item.message(view);
        if !message.is_empty() && item.grade != Grade::Passed {
            let key = if item.grade == Grade::Remark { "info" } else { "description" };
            result[key] = self.text(&message, &view.words.lang);
        }
        let (mut by, mut test, mut mode, mut at) =
            (self.tool_id(), self.requirement_id(&requirement.id), "earl:automatic", None);
        match item.about {
            About::Case(case) => {
                test = self.case_id(&case.id);
                at = stamp(&view.report.result.run.finished);
            }
            About::Statement(statement) => {
                mode = "earl:manual";
                if let Some(statement) = statement {
                    by = self.person_id(statement);
                    at = stamp(&format!("{}T00:00:00Z", statement.date));
                    result["title"] = self.text(&statement.statement, "nl");
                }
            }
            About::Whole => {}
        }
        if let Some(at) = at {
            result["date"] = at.into();
        }
        self.assert(&requirement.id, item.id(), &by, &test, mode, result)
    }

    /// What the whole comes to; also where practice, a partial run and other caveats are told.
    fn verdict(&self) -> Value {
        let result = self.view.report.result;
        let facts = crosswalk::facts(self.view);
        let mut info: Vec<String> = facts.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        info.extend(self.view.report.caveats().into_iter().map(|caveat| self.view.value(caveat)));
        let mut earl = json!({
            "@type": "earl:TestResult",
            "outcome": outcome(crosswalk::of_verdict(result.verdict)),
            "title": self.text(&self.view.sentence(), &self.view.words.lang),
            "info": info,
        });
        if let Some(at) = stamp(&result.run.finished) {
            earl["date"] = at.into();
        }
        let mode = if result.counts.attested > 0 { "earl:semiAuto" } else { "earl:automatic" };
        self.assert("the profile", "", &self.tool_id(), &self.profile_id(), mode, earl)
    }

    fn assert(&self, about: &str, id: &str, by: &str, test: &str, mode: &str, result: Value) -> Value {
        json!({
            "@id": self.urn(Scope::Run, &format!("assertion about {about}"), id),
            "@type": "earl:Assertion",
            "assertedBy": by,
            "subject": self.product_id(),
            "test": test,
            "mode": mode,
            "result": result,
        })
    }

    fn text(&self, text: &str, lang: &str) -> Value {
        json!({ "@value": self.view.value(text), "@language": lang })
    }

    fn urn(&self, scope: Scope, kind: &str, name: &str) -> String {
        format!("urn:uuid:{}", uuid(self.view.report.result, scope, kind, name))
    }

    fn tool_id(&self) -> String {
        self.urn(Scope::Harness, "tool", "keur")
    }

    fn product_id(&self) -> String {
        self.urn(Scope::Declaration, "product", "")
    }

    fn profile_id(&self) -> String {
        self.urn(Scope::Profile, "profile", &self.view.report.result.profile.variant)
    }

    fn requirement_id(&self, id: &str) -> String {
        self.urn(Scope::Catalogue, "requirement", id)
    }

    fn case_id(&self, id: &str) -> String {
        self.urn(Scope::Features, "case", id)
    }

    fn person_id(&self, statement: &Attested) -> String {
        self.urn(Scope::Run, "person", &statement.by)
    }
}

fn outcome(grade: Grade) -> &'static str {
    match grade {
        Grade::Inapplicable => "earl:inapplicable",
        Grade::Passed | Grade::Remark => "earl:passed",
        Grade::Untested => "earl:untested",
        Grade::CantTell | Grade::Error => "earl:cantTell",
        Grade::Failed => "earl:failed",
    }
}
