//! Whether catalogue, profiles, features and defects agree: the whole chain from a demand to a test that can fail.

use std::collections::{BTreeMap, BTreeSet};

use keur_catalogue::{Catalogue, Profile, Requirement, requirement::Method};

use crate::{engine, features::Features};

/// A defect of the reference product, as far as the lint looks at it.
#[derive(Debug, Clone)]
pub struct DefectRow {
    /// Name.
    pub name: String,
    /// The requirements it must turn red.
    pub breaks: Vec<String>,
    /// Why it breaks more than one.
    pub reason: Option<String>,
    /// The variant it shows under.
    pub variant: Option<String>,
}

/// Everything that must agree.
pub struct Norms<'a> {
    /// The catalogue.
    pub catalogue: &'a Catalogue,
    /// All profiles.
    pub profiles: &'a [Profile],
    /// All features.
    pub features: &'a Features,
    /// All defects.
    pub defects: &'a [DefectRow],
    /// The committed coverage table.
    pub coverage: &'a str,
}

/// All disagreements, each with a remedy; empty when there are none.
#[must_use]
pub fn check(norms: &Norms<'_>) -> Vec<String> {
    let mut problems = Vec::new();
    rules(norms, &mut problems);
    requirements(norms, &mut problems);
    defects(norms, &mut problems);
    sentences(norms, &mut problems);
    if norms.coverage.trim_end() != coverage(norms).trim_end() {
        problems.push(drift(norms));
    }
    problems
}

/// Every `Regel` tests a known requirement, under its own title and norm.
fn rules(norms: &Norms<'_>, problems: &mut Vec<String>) {
    let variants: BTreeSet<&str> = norms
        .profiles
        .iter()
        .flat_map(|profile| &profile.variant)
        .map(|variant| variant.id.as_str())
        .collect();
    for rule in &norms.features.rules {
        let place = format!("{}:{}", rule.file, rule.line);
        let Some(requirement) = norms.catalogue.get(&rule.requirement) else {
            let ids = norms.catalogue.requirements.iter().map(|r| r.id.as_str());
            let near = keur_catalogue::suggest(&rule.requirement, ids);
            let meant = near.map(|near| format!("; did you mean {near}?")).unwrap_or_default();
            problems.push(format!("{place}: {} is not in the catalogue{meant}", rule.requirement));
            continue;
        };
        if rule.title != requirement.title.nl {
            problems.push(format!(
                "{place}: the Regel is called {:?}, but {} is titled {:?}\n  help: make them equal",
                rule.title, requirement.id, requirement.title.nl
            ));
        }
        if let Some(norm) = norms.catalogue.norms.get(&requirement.id)
            && rule.norm.as_deref() != Some(norm.id.as_str())
        {
            problems.push(format!(
                "{place}: {} belongs to @norm:{}\n  help: put the Regel in a feature of that norm",
                requirement.id, norm.id
            ));
        }
        if requirement.not_tested.is_some() {
            problems.push(format!(
                "{place}: {} has a test and a not_tested\n  help: remove not_tested from the catalogue",
                requirement.id
            ));
        }
        if requirement.method != Method::Test {
            problems.push(format!(
                "{place}: {} is judged by a person\n  help: set method = \"test\", or remove the Regel",
                requirement.id
            ));
        }
        for variant in rule.cases.iter().flat_map(|case| &case.variants) {
            if !variants.contains(variant.as_str()) {
                problems.push(format!("{place}: no profile has a variant {variant}"));
            }
        }
    }
}

/// Everything a profile demands is tested, judged by a person, or says why not.
fn requirements(norms: &Norms<'_>, problems: &mut Vec<String>) {
    for requirement in demanded(norms) {
        let id = &requirement.id;
        if requirement.method != Method::Test {
            continue;
        }
        if norms.features.rule(id).is_none() && requirement.not_tested.is_none() {
            problems.push(format!("{id} is demanded but has no Regel\n  help: write one in features/, or say not_tested in the catalogue"));
        }
        if norms.features.rule(id).is_some() && !norms.defects.iter().any(|defect| defect.breaks.contains(id))
        {
            problems.push(format!("{id} has no defect that turns it red\n  help: add one to crates/reference/defects/*.toml: a test that cannot fail proves nothing"));
        }
    }
}

fn defects(norms: &Norms<'_>, problems: &mut Vec<String>) {
    let mut seen = BTreeSet::new();
    for defect in norms.defects {
        let name = &defect.name;
        if !seen.insert(name) {
            problems.push(format!("defects: {name} stands there twice"));
        }
        if defect.breaks.is_empty() {
            problems.push(format!("defects: {name} breaks nothing"));
        }
        if defect.breaks.len() > 1 && defect.reason.as_deref().unwrap_or_default().trim().is_empty() {
            problems.push(format!(
                "defects: {name} breaks {} requirements without a reason",
                defect.breaks.len()
            ));
        }
        for id in &defect.breaks {
            if norms.features.rule(id).is_none() {
                problems.push(format!("defects: {name} breaks {id}, which has no Regel"));
            }
        }
        let known =
            |variant: &String| norms.profiles.iter().flat_map(|p| &p.variant).any(|v| v.id == *variant);
        if let Some(variant) = defect.variant.as_ref().filter(|variant| !known(variant)) {
            problems.push(format!("defects: {name} shows under variant {variant}, which no profile has"));
        }
    }
}

fn sentences(norms: &Norms<'_>, problems: &mut Vec<String>) {
    for rule in &norms.features.rules {
        problems.extend(engine::unmatched(&rule.cases).iter().map(ToString::to_string));
    }
}

/// The requirements some profile demands, in catalogue order.
fn demanded<'a>(norms: &Norms<'a>) -> impl Iterator<Item = &'a Requirement> {
    let ids: BTreeSet<&str> =
        norms.profiles.iter().flat_map(|p| &p.requirements).map(String::as_str).collect();
    norms.catalogue.requirements.iter().filter(move |requirement| ids.contains(requirement.id.as_str()))
}

/// Requirement × cases × defects × profiles, one row per requirement, as CSV. Committed beside the features, so that
/// a scenario or defect cannot vanish unseen.
#[must_use]
pub fn coverage(norms: &Norms<'_>) -> String {
    let mut by_requirement: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for defect in norms.defects {
        for id in &defect.breaks {
            by_requirement.entry(id).or_default().push(&defect.name);
        }
    }
    let mut out = "requirement,method,profiles,cases,defects\n".to_owned();
    for requirement in &norms.catalogue.requirements {
        let id = requirement.id.as_str();
        let method = match (requirement.method, &requirement.not_tested) {
            (_, Some(_)) => "not_tested",
            (Method::Test, None) => "test",
            (Method::Examine, None) => "examine",
            (Method::Interview, None) => "interview",
        };
        let profiles: Vec<&str> = norms
            .profiles
            .iter()
            .filter(|p| p.requirements.iter().any(|r| r == id))
            .map(|p| p.id.as_str())
            .collect();
        let cases: Vec<&str> = norms
            .features
            .rule(id)
            .iter()
            .flat_map(|rule| &rule.cases)
            .map(|case| case.planned.case.rsplit('#').next().unwrap_or_default())
            .collect();
        let defects = by_requirement.get(id).map(|names| names.join(" ")).unwrap_or_default();
        out.push_str(&format!("{id},{method},{},{},{defects}\n", profiles.join(" "), cases.join(" ")));
    }
    out
}

fn drift(norms: &Norms<'_>) -> String {
    let fresh = coverage(norms);
    let (old, new): (BTreeSet<&str>, BTreeSet<&str>) =
        (norms.coverage.lines().collect(), fresh.lines().collect());
    let gone = old.difference(&new).map(|line| format!("  - {line}"));
    let come = new.difference(&old).map(|line| format!("  + {line}"));
    let lines: Vec<String> = gone.chain(come).take(12).collect();
    format!(
        "features/dekking.csv is not what catalogue, features and defects say\n{}\n  help: if the change is meant: keur norms coverage --format csv > features/dekking.csv",
        lines.join("\n")
    )
}

#[cfg(test)]
mod tests;
