//! The feature files, embedded or from a folder, as cases per requirement.

use std::{collections::BTreeSet, fs, io, path::Path};

use cucumber::gherkin::{self, StepType};
use include_dir::{Dir, DirEntry, include_dir};
use keur_evidence::{
    digest,
    event::{Phase, PlannedCase, PlannedStep},
};

use crate::{
    exam::Twin,
    gherkin::{FeatureProblem, parse, slug},
};

static EMBEDDED: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/../features");

/// Feature files are small; a larger one is a mistake.
const MAX_BYTES: u64 = 1 << 20;

/// All features, parsed.
#[derive(Debug)]
pub struct Features {
    /// The requirements that have cases, in file order.
    pub rules: Vec<RuleCases>,
    /// SHA-256 over all files.
    pub digest: String,
}

/// A `Regel` with its cases.
#[derive(Debug)]
pub struct RuleCases {
    /// The requirement id.
    pub requirement: String,
    /// The `@norm:` of the feature.
    pub norm: Option<String>,
    /// The name of the `Regel`.
    pub title: String,
    /// The file.
    pub file: String,
    /// Line of the `Regel`.
    pub line: usize,
    /// The cases.
    pub cases: Vec<Case>,
}

/// A scenario ready to run.
#[derive(Debug, Clone)]
pub struct Case {
    /// What goes into the journal.
    pub planned: PlannedCase,
    /// The variants it holds in; empty = all.
    pub variants: Vec<String>,
    /// Set when this asks another case again, in an exam.
    pub twin: Option<Twin>,
    /// It must not run beside other cases.
    pub alone: bool,
    /// Background and own steps.
    pub steps: Vec<gherkin::Step>,
}

/// The features cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum FeaturesError {
    /// The folder cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// Which path.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The files have faults.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Problems(Vec<FeatureProblem>),
}

impl Features {
    /// The embedded features.
    ///
    /// # Errors
    /// Faults in the files; a test guards that there are none.
    pub fn embedded() -> Result<Self, FeaturesError> {
        Self::from_files(Self::embedded_files())
    }

    /// The embedded feature files as (path in the repository, text).
    #[must_use]
    pub fn embedded_files() -> Vec<(String, String)> {
        let mut files = Vec::new();
        collect(&EMBEDDED, &mut files);
        files
    }

    /// The committed coverage table beside the embedded features.
    #[must_use]
    pub fn embedded_coverage() -> &'static str {
        EMBEDDED.get_file("dekking.csv").and_then(|file| file.contents_utf8()).unwrap_or_default()
    }

    /// The features of a folder.
    ///
    /// # Errors
    /// When it cannot be read or has faults.
    pub fn in_folder(folder: &Path) -> Result<Self, FeaturesError> {
        Self::from_files(Self::files_in(folder)?)
    }

    /// The feature files of a folder as (path in the repository, text).
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn files_in(folder: &Path) -> Result<Vec<(String, String)>, FeaturesError> {
        let mut files = Vec::new();
        walk(folder, folder, &mut files)?;
        Ok(files)
    }

    pub(crate) fn from_files(files: Vec<(String, String)>) -> Result<Self, FeaturesError> {
        Self::with_rules(files, |_| true)
    }

    /// The same, but an embedded file, which tests guard, is only read when it holds a `Regel` of a requirement asked for:
    /// a run looks at few of them.
    pub(crate) fn about(
        files: Vec<(String, String)>,
        asked: impl Fn(&str) -> bool,
    ) -> Result<Self, FeaturesError> {
        let is_embedded = |path: &str, text: &str| {
            let own = path.strip_prefix("features/").and_then(|path| EMBEDDED.get_file(path));
            own.is_some_and(|own| own.contents() == text.as_bytes())
        };
        let holds = |text: &str| {
            let mut tags = text.split("@eis:").skip(1);
            tags.any(|rest| asked(rest.split(char::is_whitespace).next().unwrap_or_default()))
        };
        Self::with_rules(files, |(path, text)| holds(text) || !is_embedded(path, text))
    }

    fn with_rules(
        mut files: Vec<(String, String)>,
        is_read: impl Fn(&(String, String)) -> bool,
    ) -> Result<Self, FeaturesError> {
        files.sort();
        let digest = digest::of_parts(files.iter().map(|(path, text)| (path.as_str(), text.as_bytes())));
        let (mut rules, mut problems) = (Vec::<RuleCases>::new(), Vec::new());
        for (path, text) in files.iter().filter(|file| is_read(file)) {
            match parse(path, text) {
                Ok(feature) => rules.extend(cases_of(path, &feature)),
                Err(found) => problems.extend(found),
            }
        }
        let mut seen = BTreeSet::new();
        for rule in &rules {
            if !seen.insert(rule.requirement.clone()) {
                problems.push(FeatureProblem {
                    file: rule.file.clone(),
                    line: rule.line,
                    message: format!("{} has a Regel already", rule.requirement),
                    help: "one requirement has one Regel: add scenarios to it".to_owned(),
                });
            }
        }
        problems.extend(ambiguous_ids(&rules));
        if problems.is_empty() { Ok(Self { rules, digest }) } else { Err(FeaturesError::Problems(problems)) }
    }

    /// The `Regel` of a requirement.
    #[must_use]
    pub fn rule(&self, requirement: &str) -> Option<&RuleCases> {
        self.rules.iter().find(|rule| rule.requirement == requirement)
    }
}

/// A case is known by its id everywhere: in the journal, the verdict and the report.
fn ambiguous_ids(rules: &[RuleCases]) -> Vec<FeatureProblem> {
    let mut seen = BTreeSet::new();
    let cases = rules.iter().flat_map(|rule| rule.cases.iter().map(move |case| (rule, &case.planned)));
    cases
        .filter(|(_, planned)| planned.case.ends_with('#') || !seen.insert(planned.case.as_str()))
        .map(|(rule, planned)| FeatureProblem {
            file: rule.file.clone(),
            line: planned.line,
            message: format!("scenario {:?} cannot be told from another one in this file", planned.title),
            help: "names are anchors in reports: make them differ in letters or digits".to_owned(),
        })
        .collect()
}

fn cases_of(path: &str, feature: &gherkin::Feature) -> Vec<RuleCases> {
    let background = feature.background.iter().flat_map(|background| background.steps.clone());
    let background: Vec<gherkin::Step> = background.collect();
    feature
        .rules
        .iter()
        .map(|rule| {
            let requirement = tagged(&rule.tags, "eis:").into_iter().next().unwrap_or_default();
            let mut before = background.clone();
            before.extend(rule.background.iter().flat_map(|background| background.steps.clone()));
            let mut rows = std::collections::BTreeMap::<String, usize>::new();
            let cases = rule
                .scenarios
                .iter()
                .map(|scenario| {
                    let slug = slug(&scenario.name);
                    let row = rows.entry(slug.clone()).or_default();
                    *row += 1;
                    // Rows of an outline whose names are equal after expansion are told apart by their number.
                    let id = if scenario.keyword.starts_with("Abstract") {
                        format!("{path}#{slug}@{row}")
                    } else {
                        format!("{path}#{slug}")
                    };
                    let mut steps = before.clone();
                    steps.extend(scenario.steps.clone());
                    let mut variants = tagged(&rule.tags, "variant:");
                    variants.extend(tagged(&scenario.tags, "variant:"));
                    let alone = rule.tags.iter().chain(&scenario.tags).any(|tag| tag == "alleen");
                    let planned = PlannedCase {
                        case: id,
                        requirement: requirement.clone(),
                        title: scenario.name.clone(),
                        line: scenario.position.line,
                        steps: steps.iter().map(planned_step).collect(),
                    };
                    Case { planned, variants, twin: None, alone, steps }
                })
                .collect();
            RuleCases {
                requirement,
                norm: tagged(&feature.tags, "norm:").into_iter().next(),
                title: rule.name.clone(),
                file: path.to_owned(),
                line: rule.position.line,
                cases,
            }
        })
        .collect()
}

fn planned_step(step: &gherkin::Step) -> PlannedStep {
    PlannedStep { phase: phase(step.ty), text: format!("{} {}", step.keyword.trim(), step.value) }
}

/// The phase of a step.
#[must_use]
pub fn phase(ty: StepType) -> Phase {
    match ty {
        StepType::Given => Phase::Given,
        StepType::When => Phase::When,
        StepType::Then => Phase::Then,
    }
}

fn tagged(tags: &[String], prefix: &str) -> Vec<String> {
    tags.iter().filter_map(|tag| tag.strip_prefix(prefix)).map(str::to_owned).collect()
}

fn collect(dir: &Dir<'static>, files: &mut Vec<(String, String)>) {
    for entry in dir.entries() {
        match entry {
            DirEntry::Dir(dir) => collect(dir, files),
            DirEntry::File(file) if file.path().extension().is_some_and(|e| e == "feature") => {
                let path = file.path().to_string_lossy().replace('\\', "/");
                files.push((format!("features/{path}"), file.contents_utf8().unwrap_or_default().to_owned()));
            }
            DirEntry::File(_) => {}
        }
    }
}

fn walk(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> Result<(), FeaturesError> {
    let io = |path: &Path| {
        let path = path.display().to_string();
        move |source| FeaturesError::Io { path, source }
    };
    for entry in fs::read_dir(folder).map_err(io(folder))? {
        let path = entry.map_err(io(folder))?.path();
        if path.is_dir() {
            walk(root, &path, files)?;
        } else if path.extension().is_some_and(|extension| extension == "feature") {
            if fs::metadata(&path).map_err(io(&path))?.len() > MAX_BYTES {
                let source = io::Error::other("larger than a feature file can be (1 MiB)");
                return Err(FeaturesError::Io { path: path.display().to_string(), source });
            }
            let text = fs::read_to_string(&path).map_err(io(&path))?;
            let relative = path.strip_prefix(root).unwrap_or(&path).to_string_lossy().replace('\\', "/");
            files.push((format!("features/{relative}"), text));
        }
    }
    Ok(())
}
