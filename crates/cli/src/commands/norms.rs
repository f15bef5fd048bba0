//! `keur norms`: whether catalogue, profiles, features and defects agree, and what covers what.

use std::{
    fs,
    path::{Path, PathBuf},
};

use keur_catalogue::{Catalogue, Profile};
use keur_reference::defects::{self, Defect};
use keur_steps::{
    features::Features,
    lint::{self, DefectRow},
};
use serde_json::json;

use crate::{
    args::{Global, Norms, TableForm},
    content,
    exit::{Exit, Failure},
    output,
};

/// Everything that must agree, from one place.
struct Loaded {
    place: String,
    catalogue: Catalogue,
    profiles: Vec<Profile>,
    features: Features,
    defects: Vec<DefectRow>,
    coverage: String,
}

pub fn run(command: &Norms, global: &Global) -> Result<Exit, Failure> {
    match command {
        Norms::Check { root } => check(&load(root.as_deref())?, global),
        Norms::Coverage { root, format } => coverage(&load(root.as_deref())?, *format),
    }
}

fn check(loaded: &Loaded, global: &Global) -> Result<Exit, Failure> {
    let problems = lint::check(&loaded.norms());
    if !problems.is_empty() {
        let count = problems.len();
        return Err(Failure::usage(format!(
            "{count} problemen in {}\n{}",
            loaded.place,
            problems.join("\n")
        )));
    }
    if !global.quiet {
        let cases: usize = loaded.features.rules.iter().map(|rule| rule.cases.len()).sum();
        output::result(&format!(
            "in orde ({}): {} eisen, {} profielen, {} regels met {cases} gevallen, {} defecten",
            loaded.place,
            loaded.catalogue.requirements.len(),
            loaded.profiles.len(),
            loaded.features.rules.len(),
            loaded.defects.len()
        ));
    }
    Ok(Exit::Conform)
}

fn coverage(loaded: &Loaded, format: TableForm) -> Result<Exit, Failure> {
    let csv = lint::coverage(&loaded.norms());
    let rows: Vec<Vec<&str>> = csv.lines().map(|line| line.split(',').collect()).collect();
    let words = |cell: &str| cell.split_whitespace().count();
    let text = match format {
        TableForm::Csv => csv.clone(),
        TableForm::Json => {
            let list = |cell: &str| cell.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
            let objects: Vec<_> = rows
                .iter()
                .skip(1)
                .map(|row| {
                    json!({
                        "requirement": row[0], "method": row[1], "profiles": list(row[2]), "cases": list(row[3]),
                        "defects": list(row[4]),
                    })
                })
                .collect();
            serde_json::to_string_pretty(&objects).map_err(Failure::harness)?
        }
        TableForm::Table => {
            let mut lines = vec![format!(
                "{:<12} {:<11} {:>8} {:>8}  profielen",
                "eis", "methode", "gevallen", "defecten"
            )];
            lines.extend(rows.iter().skip(1).map(|row| {
                format!("{:<12} {:<11} {:>8} {:>8}  {}", row[0], row[1], words(row[3]), words(row[4]), row[2])
            }));
            lines.join("\n")
        }
    };
    output::result(&text);
    Ok(Exit::Conform)
}

impl Loaded {
    fn norms(&self) -> lint::Norms<'_> {
        lint::Norms {
            catalogue: &self.catalogue,
            profiles: &self.profiles,
            features: &self.features,
            defects: &self.defects,
            coverage: &self.coverage,
        }
    }
}

fn load(root: Option<&Path>) -> Result<Loaded, Failure> {
    let here = Path::new(".");
    match root {
        Some(root) => checkout(root),
        None if is_checkout(here) => checkout(here),
        None => {
            let catalogue = content::catalogue()?;
            Ok(Loaded {
                place: "ingebouwd".to_owned(),
                profiles: content::profiles(&catalogue)?,
                catalogue,
                features: content::features(None)?,
                defects: defects::all().into_iter().map(row).collect(),
                coverage: Features::embedded_coverage().to_owned(),
            })
        }
    }
}

fn is_checkout(folder: &Path) -> bool {
    ["features", "profiles/eisen", "crates/reference/defects"].iter().all(|path| folder.join(path).exists())
}

fn checkout(root: &Path) -> Result<Loaded, Failure> {
    let requirement_files = files(root, "profiles/eisen")?;
    let catalogue = Catalogue::load(&requirement_files).map_err(Failure::usage)?;
    let profiles = files(root, "profiles")?
        .iter()
        .map(|(path, text)| Profile::parse(path, text, &catalogue).map_err(Failure::usage))
        .collect::<Result<_, _>>()?;
    let defects = files(root, "crates/reference/defects")?
        .iter()
        .map(|(path, text)| defects::parse(text).map_err(|error| Failure::usage(format!("{path}: {error}"))))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Loaded {
        place: root.display().to_string(),
        profiles,
        features: content::features(Some(&root.join("features")))?,
        defects: defects.into_iter().flatten().map(row).collect(),
        coverage: read(&root.join("features/dekking.csv"))?,
        catalogue,
    })
}

fn row(defect: Defect) -> DefectRow {
    DefectRow { name: defect.name, breaks: defect.breaks, reason: defect.reason, variant: defect.variant }
}

/// The TOML files of a folder, under the names the embedded ones have.
fn files(root: &Path, folder: &str) -> Result<Vec<(String, String)>, Failure> {
    let path = root.join(folder);
    let unreadable = |error: std::io::Error| Failure::usage(format!("{}: {error}", path.display()));
    let mut names: Vec<PathBuf> = fs::read_dir(&path)
        .map_err(unreadable)?
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
        .collect();
    names.sort();
    let named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        Ok((format!("{folder}/{name}"), read(path)?))
    };
    names.iter().map(named).collect()
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path)
        .map_err(|error| Failure::usage(format!("{} kan niet worden gelezen: {error}", path.display())))
}
