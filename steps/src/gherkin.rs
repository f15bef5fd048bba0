//! Dutch Gherkin, strictly: normalise, parse, and turn every known trap into an error with a line.
//!
//! Official Dutch Gherkin writes `Regel:`; the parser's older dialect table knows only `Rule:`. The text is
//! normalised byte for byte, so positions stay true.

use cucumber::{
    feature::Ext,
    gherkin::{Examples, Feature, GherkinEnv, Rule, Scenario, Step},
};

/// A fault in a feature file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}\n  help: {help}")]
pub struct FeatureProblem {
    /// The file.
    pub file: String,
    /// Line, 1-based.
    pub line: usize,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

/// Tags that may stand in a feature file, up to the colon.
const TAGS: [&str; 7] = ["eis:", "norm:", "rol:", "variant:", "handmatig", "traag", "alleen"];

/// Parses one feature file and expands its outlines.
///
/// # Errors
/// Every problem of the file.
pub fn parse(file: &str, text: &str) -> Result<Feature, Vec<FeatureProblem>> {
    let mut lint = Lint { file, problems: Vec::new() };
    lint.lines(text);
    let parsed = GherkinEnv::new("nl").map_err(|error| error.to_string()).and_then(|environment| {
        Feature::parse(normalise(text), environment).map_err(|error| error.to_string())
    });
    let feature = match parsed {
        Ok(feature) => feature,
        Err(message) => {
            let line = position(&message);
            let there = text.lines().nth(line - 1).unwrap_or_default().trim();
            let text = format!("not Dutch Gherkin: {there:?}");
            lint.report(line, &text, "keywords are Functionaliteit, Regel, Achtergrond, Scenario, Abstract Scenario, Voorbeelden, Gegeven, Als, Dan, En, Maar");
            return Err(lint.problems);
        }
    };
    lint.feature(&feature);
    match feature.expand_examples() {
        Ok(feature) if lint.problems.is_empty() => Ok(feature),
        Ok(_) => Err(lint.problems),
        Err(error) => {
            lint.report(error.pos.line, &error.to_string(), "every <name> needs a column in Voorbeelden");
            Err(lint.problems)
        }
    }
}

/// `Regel:` becomes ` Rule:`, of the same length.
fn normalise(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("Regel:") {
            out.push_str(&line.replacen("Regel:", " Rule:", 1));
        } else {
            out.push_str(line);
        }
    }
    out
}

/// The line in the parser's `Error at 40:20: …`. At the first column it means the line before: that is where it stopped
/// understanding. The rest of its message is an unordered set of what it tried.
fn position(message: &str) -> usize {
    let mut place = message.strip_prefix("Error at ").unwrap_or_default().split(':');
    let mut number = || place.next().and_then(|text| text.parse::<usize>().ok());
    match (number(), number()) {
        (Some(line), Some(1)) => line.saturating_sub(1).max(1),
        (Some(line), _) => line.max(1),
        _ => 1,
    }
}

struct Lint<'a> {
    file: &'a str,
    problems: Vec<FeatureProblem>,
}

impl Lint<'_> {
    fn report(&mut self, line: usize, message: &str, help: &str) {
        self.problems.push(FeatureProblem {
            file: self.file.to_owned(),
            line,
            message: message.to_owned(),
            help: help.to_owned(),
        });
    }

    /// Traps the parser swallows, seen in the text itself.
    fn lines(&mut self, text: &str) {
        if text.starts_with('\u{feff}') {
            self.report(1, "the file begins with a byte order mark", "save it as UTF-8 without BOM");
        }
        if text.lines().next().map(str::trim) != Some("# language: nl") {
            self.report(1, "the first line is not the language header", "begin with: # language: nl");
        }
        let mut table_width = None;
        for (index, line) in text.lines().enumerate() {
            let (number, line) = (index + 1, line.trim());
            if line.starts_with("Rule:") {
                self.report(number, "Rule: is not Dutch Gherkin", "write Regel:");
            }
            if line.starts_with("Voorbeeld:") {
                self.report(number, "Voorbeeld: reads like Voorbeelden:", "write Scenario:");
            }
            if line.starts_with("* ") {
                self.report(number, "a * step has no kind", "write Gegeven, Als, Dan, En or Maar");
            }
            if line.starts_with("\"\"\"") || line.starts_with("```") {
                self.report(
                    number,
                    "doc strings are not used here",
                    "put the value in the sentence or a table",
                );
            }
            if line.starts_with('|') {
                let width = line.replace("\\|", "").matches('|').count();
                if *table_width.get_or_insert(width) != width {
                    let text = "the row has another number of cells than the first row";
                    self.report(number, text, "give every row as many cells; write \\| for a bar in a cell");
                }
            } else {
                table_width = None;
            }
        }
    }

    fn feature(&mut self, feature: &Feature) {
        self.tags(&feature.tags, feature.position.line);
        self.description(feature.description.as_deref(), feature.position.line);
        for scenario in &feature.scenarios {
            let text = format!("scenario {:?} stands outside a Regel", scenario.name);
            self.report(
                scenario.position.line,
                &text,
                "put it under the Regel of the requirement it is a case of",
            );
        }
        if let Some(background) = &feature.background {
            self.description(background.description.as_deref(), background.position.line);
            self.steps(&background.steps);
        }
        if feature.rules.is_empty() {
            self.report(feature.position.line, "the feature has no Regel", "one Regel is one requirement");
        }
        for rule in &feature.rules {
            self.rule(rule);
        }
    }

    fn rule(&mut self, rule: &Rule) {
        let line = rule.position.line;
        self.tags(&rule.tags, line);
        self.description(rule.description.as_deref(), line);
        let ids = rule.tags.iter().filter(|tag| tag.starts_with("eis:")).count();
        if ids != 1 {
            let text = format!("Regel {:?} carries {ids} @eis: tags", rule.name);
            self.report(line, &text, "one Regel is one requirement: put exactly one @eis:WGZ-… above it");
        }
        if rule.scenarios.is_empty() {
            let text = format!("Regel {:?} has no scenarios", rule.name);
            self.report(line, &text, "write at least one Scenario");
        }
        if let Some(background) = &rule.background {
            self.description(background.description.as_deref(), background.position.line);
            self.steps(&background.steps);
        }
        let mut slugs = std::collections::BTreeSet::new();
        for scenario in &rule.scenarios {
            if !slugs.insert(slug(&scenario.name)) {
                let text = format!("scenario {:?} has the same name as another in this Regel", scenario.name);
                self.report(scenario.position.line, &text, "names are anchors in reports: make them differ");
            }
            self.scenario(scenario);
        }
    }

    fn scenario(&mut self, scenario: &Scenario) {
        let line = scenario.position.line;
        self.tags(&scenario.tags, line);
        self.description(scenario.description.as_deref(), line);
        self.steps(&scenario.steps);
        if !scenario.steps.iter().any(|step| step.ty == cucumber::gherkin::StepType::Then) {
            let text = format!("scenario {:?} expects nothing", scenario.name);
            self.report(line, &text, "a scenario without Dan can never fail: add one");
        }
        let outline = scenario.keyword.starts_with("Abstract");
        let rows = |examples: &Examples| examples.table.as_ref().map_or(0, |table| table.rows.len());
        for examples in &scenario.examples {
            self.tags(&examples.tags, examples.position.line);
            self.description(examples.description.as_deref(), examples.position.line);
        }
        if outline
            && (scenario.examples.is_empty() || scenario.examples.iter().any(|examples| rows(examples) < 2))
        {
            self.report(
                line,
                "the Abstract Scenario has no rows",
                "give Voorbeelden: a header and at least one row",
            );
        }
        if !outline && !scenario.examples.is_empty() {
            self.report(line, "a Scenario has Voorbeelden", "write Abstract Scenario:");
        }
    }

    fn steps(&mut self, steps: &[Step]) {
        for step in steps {
            if step.value.contains(" #") {
                let text = "the sentence holds a #: a comment behind a step is part of the step";
                self.report(step.position.line, text, "put comments on a line of their own");
            }
        }
    }

    /// A misspelt first keyword silently becomes the description, and the check vanishes.
    fn description(&mut self, description: Option<&str>, line: usize) {
        for text in description.unwrap_or_default().lines().map(str::trim) {
            if !text.is_empty() && !text.starts_with('>') {
                let message = format!("{text:?} is not a step");
                self.report(line, &message, "is its keyword misspelt? a description line begins with >");
            }
        }
    }

    fn tags(&mut self, tags: &[String], line: usize) {
        for tag in tags {
            if !TAGS.iter().any(|known| tag == known || known.ends_with(':') && tag.starts_with(known)) {
                let known = TAGS.map(|tag| format!("@{tag}")).join(" ");
                self.report(line, &format!("unknown tag @{tag}"), &format!("the closed list is {known}"));
            }
        }
    }
}

/// The anchor form of a name: lower-case ASCII letters, digits and hyphens.
#[must_use]
pub fn slug(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars().flat_map(char::to_lowercase) {
        let c = match c {
            'á' | 'à' | 'ä' | 'â' => 'a',
            'é' | 'è' | 'ë' | 'ê' => 'e',
            'í' | 'ï' => 'i',
            'ó' | 'ö' => 'o',
            'ú' | 'ü' => 'u',
            other => other,
        };
        if c.is_ascii_alphanumeric() {
            out.push(c);
        } else if !out.ends_with('-') && !out.is_empty() {
            out.push('-');
        }
    }
    out.trim_end_matches('-').to_owned()
}

#[cfg(test)]
mod tests;
