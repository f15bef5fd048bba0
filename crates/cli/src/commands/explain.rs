//! `keur explain`: one requirement in full, one case, or the exit codes.

use keur_catalogue::{
    Catalogue, Requirement,
    requirement::{Level, Method, SourceStatus, Spoor},
};
use keur_evidence::event::TWIN;
use keur_steps::features::Features;
use serde_json::json;

use crate::{
    args::{Explain, Form, Global},
    content,
    exit::{self, Exit, Failure},
    output,
};

pub fn run(args: &Explain, _: &Global) -> Result<Exit, Failure> {
    let json = args.format == Form::Json;
    if args.what == "exit-codes" {
        output::result(&exit_codes(json)?);
        return Ok(Exit::Conform);
    }
    let catalogue = content::catalogue()?;
    let features = content::features(None)?;
    if let Some(text) = case(&features, &args.what, json)? {
        output::result(&text);
        return Ok(Exit::Conform);
    }
    let wanted = args.what.to_uppercase();
    let found = catalogue.requirements.iter().find(|r| r.id == wanted || r.aliases.contains(&wanted));
    let Some(requirement) = found else { return Err(unknown(&catalogue, &args.what)) };
    let text =
        if json { machine(requirement, &features)? } else { human(requirement, &catalogue, &features)? };
    output::result(&text);
    Ok(Exit::Conform)
}

fn unknown(catalogue: &Catalogue, what: &str) -> Failure {
    let known = catalogue.requirements.iter().flat_map(|r| std::iter::once(&r.id).chain(&r.aliases));
    let near = keur_catalogue::suggest(what, known.map(String::as_str).chain(["exit-codes"]));
    let meant = near.map(|near| format!("\n  bedoelde u `{near}`?")).unwrap_or_default();
    Failure::usage(format!(
        "onbekende eis `{what}`{meant}\n  help: keur plan <profiel> toont de eisen van een profiel"
    ))
}

fn exit_codes(json: bool) -> Result<String, Failure> {
    if json {
        let rows: Vec<_> = exit::ALL
            .iter()
            .map(|(code, name, meaning)| json!({"code": *code as u8, "name": name, "meaning": meaning}))
            .collect();
        return serde_json::to_string_pretty(&rows).map_err(Failure::harness);
    }
    let rows =
        exit::ALL.iter().map(|(code, name, meaning)| format!("{:>3}  {name:<17} {meaning}", *code as u8));
    Ok(rows.collect::<Vec<_>>().join("\n"))
}

fn case(features: &Features, id: &str, json: bool) -> Result<Option<String>, Failure> {
    // A twin in an exam is the same case.
    let id = id.strip_suffix(TWIN).unwrap_or(id);
    let found = features.rules.iter().flat_map(|rule| &rule.cases).find(|case| case.planned.case == id);
    let Some(case) = found else { return Ok(None) };
    if json {
        return serde_json::to_string_pretty(&case.planned).map(Some).map_err(Failure::harness);
    }
    let planned = &case.planned;
    let steps: Vec<String> = planned.steps.iter().map(|step| format!("  {}", step.text)).collect();
    let file = planned.case.split('#').next().unwrap_or_default();
    Ok(Some(format!(
        "{}\neis {} · {file}:{}\n{}",
        planned.title,
        planned.requirement,
        planned.line,
        steps.join("\n")
    )))
}

fn human(requirement: &Requirement, catalogue: &Catalogue, features: &Features) -> Result<String, Failure> {
    let mut lines = vec![format!("{}  {}", requirement.id, requirement.title.nl)];
    let mut row = |label: &str, value: String| {
        if !value.is_empty() {
            lines.push(format!("  {label:<12} {value}"));
        }
    };
    if let Some(norm) = catalogue.norms.get(&requirement.id) {
        row("norm", format!("{} ({})", norm.title, norm.edition));
    }
    let level = match requirement.level {
        Level::Must => "verplicht",
        Level::Should => "aanbevolen",
        Level::May => "naar keuze; getoetst als het product het zegt te kunnen",
    };
    let spoor = match requirement.spoor {
        Spoor::One => "spoor 1",
        Spoor::Two => "spoor 2",
        Spoor::Ehds => "EHDS",
        Spoor::Wet => "andere wet",
    };
    row("niveau", format!("{level}, {spoor}, rol {}", requirement.roles.join(", ")));
    for source in &requirement.source {
        let clause = source.clause.as_deref().map(|clause| match clause {
            "unknown" => ", onderdeel onbekend".to_owned(),
            known => format!(", {known}"),
        });
        row(
            "bron",
            format!("{}{} ({})", source.reference, clause.unwrap_or_default(), status(source.status)),
        );
    }
    row("ook bekend", requirement.aliases.join(", "));
    row("varianten", requirement.variants.join(", "));
    row("waarom", requirement.why.nl.clone());
    row("herstel", requirement.fix.nl.clone());
    let how = match requirement.method {
        Method::Test => "automatische toets",
        Method::Examine => "onderzoek door een beoordelaar",
        Method::Interview => "gesprek door een beoordelaar",
    };
    row("methode", how.to_owned());
    if let Some(look) = &requirement.look_at {
        row("bekijk", look.nl.clone());
    }
    if let Some(reason) = &requirement.not_tested {
        row("niet getoetst", reason.nl.clone());
    }
    if let Some(rule) = features.rule(&requirement.id) {
        for case in &rule.cases {
            row("geval", format!("{}  ({}:{})", case.planned.title, rule.file, case.planned.line));
        }
    }
    row("bewezen door", killers(requirement).join(", "));
    let profiles: Vec<String> = content::profiles(catalogue)?
        .into_iter()
        .filter(|p| p.requirements.contains(&requirement.id))
        .map(|p| p.id)
        .collect();
    row("profielen", profiles.join(", "));
    Ok(lines.join("\n"))
}

fn status(status: SourceStatus) -> &'static str {
    match status {
        SourceStatus::Law => "wet",
        SourceStatus::Letter => "Kamerbrief",
        SourceStatus::Norm => "norm",
        SourceStatus::Specification => "specificatie",
        SourceStatus::Concept => "concept: beslist niet mee, tenzij het profiel dat zegt",
        SourceStatus::Draft => "ontwerp: beslist niet mee, tenzij het profiel dat zegt",
        SourceStatus::Derived => "eigen afleiding: beslist niet mee, tenzij het profiel dat zegt",
    }
}

fn machine(requirement: &Requirement, features: &Features) -> Result<String, Failure> {
    let cases: Vec<&str> = features
        .rule(&requirement.id)
        .iter()
        .flat_map(|rule| &rule.cases)
        .map(|case| case.planned.case.as_str())
        .collect();
    let value = json!({ "requirement": requirement, "cases": cases, "defects": killers(requirement) });
    serde_json::to_string_pretty(&value).map_err(Failure::harness)
}

fn killers(requirement: &Requirement) -> Vec<String> {
    let breaks = |defect: &keur_reference::defects::Defect| defect.breaks.contains(&requirement.id);
    keur_reference::defects::all().into_iter().filter(breaks).map(|defect| defect.name).collect()
}
