//! Selection × features: what will run, what a person must look at, and what nothing tests.

use keur_catalogue::{Selection, requirement::Method};

use crate::features::{Case, Features};

/// What a run will do.
#[derive(Debug)]
pub struct Plan {
    /// Cases to execute, in the selection's order.
    pub cases: Vec<Case>,
    /// Requirements a person judges.
    pub manual: Vec<String>,
    /// Selected requirements that neither a case nor a person covers.
    pub gaps: Vec<String>,
}

impl Plan {
    /// Matches the selected requirements with the features.
    #[must_use]
    pub fn new(selection: &Selection, features: &Features) -> Self {
        let mut plan = Self { cases: Vec::new(), manual: Vec::new(), gaps: Vec::new() };
        for selected in &selection.requirements {
            let id = &selected.requirement.id;
            if selected.requirement.method != Method::Test {
                plan.manual.push(id.clone());
                continue;
            }
            let cases = features.rule(id).map_or(&[][..], |rule| &rule.cases);
            let before = plan.cases.len();
            let holds = |case: &&Case| case.variants.is_empty() || case.variants.contains(&selection.variant);
            plan.cases.extend(cases.iter().filter(holds).cloned());
            if plan.cases.len() == before {
                plan.gaps.push(id.clone());
            }
        }
        plan
    }
}
