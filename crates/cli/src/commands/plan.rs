//! `keur plan`: what a run would do, what a person must look at, and what nothing tests.

use keur_catalogue::requirement::Method;
use keur_steps::{engine, plan::Plan};
use serde_json::json;

use crate::{
    args::{self, Form, Global},
    content,
    exit::{Exit, Failure},
    output,
};

pub fn run(args: &args::Plan, _: &Global) -> Result<Exit, Failure> {
    let catalogue = content::catalogue()?;
    let profile = content::profile(&catalogue, &args.profile)?;
    let selection = content::selection(&catalogue, &profile, args.variant.as_deref(), args.only.as_deref())?;
    let features = content::features(args.features.as_deref())?;
    if selection.requirements.is_empty() {
        return Err(Failure { exit: Exit::NothingSelected, message: "de selectie is leeg".to_owned() });
    }
    let plan = Plan::new(&selection, &features);
    let cases =
        |id: &str| plan.cases.iter().filter(|case| case.planned.requirement == id).collect::<Vec<_>>();
    if args.format == Form::Json {
        let requirements: Vec<_> = selection
            .requirements
            .iter()
            .map(|selected| {
                let id = &selected.requirement.id;
                json!({
                    "id": id, "title": selected.requirement.title, "level": selected.level, "gates": selected.gates,
                    "method": selected.requirement.method,
                    "cases": cases(id).iter().map(|case| &case.planned.case).collect::<Vec<_>>(),
                })
            })
            .collect();
        let plan = json!({
            "profile": profile.id, "variant": selection.variant, "requirements": requirements, "gaps": plan.gaps,
        });
        output::result(&serde_json::to_string_pretty(&plan).map_err(Failure::harness)?);
    } else {
        let mut lines =
            vec![format!("{} {} · variant {}", profile.title.nl, profile.release, selection.variant)];
        for selected in &selection.requirements {
            let requirement = &selected.requirement;
            let how = match requirement.method {
                Method::Test if plan.gaps.contains(&requirement.id) => "GEEN TOETS".to_owned(),
                Method::Test => format!("{} gevallen", cases(&requirement.id).len()),
                Method::Examine => "onderzoek".to_owned(),
                Method::Interview => "gesprek".to_owned(),
            };
            lines.push(format!("{}  {how:<11}  {}", requirement.id, requirement.title.nl));
        }
        lines.push(format!(
            "{} eisen: {} gevallen worden uitgevoerd, {} eisen beoordeelt een mens, {} eisen hebben geen toets",
            selection.requirements.len(),
            plan.cases.len(),
            plan.manual.len(),
            plan.gaps.len()
        ));
        output::result(&lines.join("\n"));
    }
    let problems = engine::unmatched(&plan.cases);
    if problems.is_empty() {
        return Ok(Exit::Conform);
    }
    Err(Failure::harness(problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")))
}
