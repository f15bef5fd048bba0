//! The OpenAPI document of a product beside the design rules.

use cucumber::{given, then, when};
use keur_evidence::{Check, Step, Stop};
use keur_openapi::{judge, operations::operations, rules};
use serde_json::json;

use crate::{World, contract::contract, tour::readable};

/// Findings of one rule that are written out; a list of hundreds helps nobody.
const SHOWN: usize = 25;

#[given("het OpenAPI-document van de API")]
async fn described(w: &mut World) -> Step {
    contract(w).await.map(drop)
}

#[given("een leesbaar OpenAPI-document")]
async fn readable_description(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let observed = format!("{} operaties", operations(document).len());
    let check = Check::that(true, "een beschrijving die te lezen is", observed);
    w.recorder.expect(check.on([contract.evidence.clone()]))
}

#[when(expr = "de beschrijving naast {string} wordt gelegd")]
async fn beside(w: &mut World, id: String) -> Result<(), Stop> {
    let rule =
        rules::rule(&id).ok_or_else(|| w.recorder.broken(&format!("onbekende ontwerpregel {id:?}")))?;
    w.kept.rule = Some(rule);
    Ok(())
}

#[given("de beschrijving noemt wat vervalt")]
async fn deprecated(w: &mut World) -> Result<(), Stop> {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    let ending = operations(document).iter().filter(|operation| operation.node.flag("deprecated")).count();
    let facts = json!({ "deprecated": ending });
    let seen = w.recorder.observe("openapi", "operaties die vervallen (deprecated)", facts)?;
    if ending == 0 {
        let predicate = "de beschrijving noemt operaties die vervallen";
        let detail = "geen enkele operatie heeft deprecated: true";
        return Err(w.recorder.inapplicable(predicate, detail, &seen, detail));
    }
    Ok(())
}

#[then("wijkt de beschrijving daar nergens van af")]
async fn follows(w: &mut World) -> Step {
    let contract = contract(w).await?;
    let rule = w.kept.rule.ok_or_else(|| w.recorder.broken("er is nog geen ontwerpregel gekozen"))?;
    let document = match &contract.document {
        Ok(document) => document,
        Err(fault) => {
            let check = Check::that(false, rule.demand, fault.to_string());
            return w.recorder.expect(check.on([contract.evidence.clone()]));
        }
    };
    let findings = judge(document, rule);
    let count = findings.len();
    let mut checks: Vec<Check> = findings
        .into_iter()
        .take(SHOWN)
        .map(|finding| Check::that(false, rule.demand, format!("{}: {}", finding.place, finding.message)))
        .collect();
    if count > SHOWN {
        checks.push(Check::that(false, rule.demand, format!("en nog {} afwijkingen", count - SHOWN)));
    }
    if checks.is_empty() {
        let observed = format!("{} operaties, geen afwijking", operations(document).len());
        checks.push(Check::that(true, rule.demand, observed));
    }
    w.recorder.expect_all(checks.into_iter().map(|check| check.on([contract.evidence.clone()])))
}
