//! Reads a profile and holds it against the catalogue; all problems at once.

use std::{collections::BTreeSet, ops::Range};

use serde::Deserialize as _;
use time::{Date, macros::format_description};
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use super::Profile;
use crate::{
    Catalogue, Diagnostic, Problems, Requirement, Text,
    diagnostic::File,
    digest,
    load::{Value, is_requirement_id, place},
    requirement::Level,
    suggest,
};

impl Profile {
    /// Reads `profiles/<id>.toml`.
    pub fn parse(path: &str, text: &str, catalogue: &Catalogue) -> Result<Self, Problems> {
        let file = File { path, text };
        let (document, errors) = DeTable::parse_recoverable(text);
        if !errors.is_empty() {
            return Err(Problems(errors.iter().map(|error| file.toml(error, &(0..0))).collect()));
        }
        let root = Spanned::new(document.span(), DeValue::Table(document.into_inner()));
        let mut profile = Self::deserialize(ValueDeserializer::from(root.clone()))
            .map_err(|error| Problems(vec![file.toml(&error, &(0..0))]))?;
        let mut reading = Reading { file, root: &root, catalogue, problems: Vec::new() };
        reading.head(&profile);
        profile.requirements = reading.select(&profile);
        reading.changes(&profile);
        if reading.problems.is_empty() {
            profile.digest = digest::of_text(text);
            Ok(profile)
        } else {
            Err(Problems(reading.problems))
        }
    }
}

struct Reading<'t, 'r> {
    file: File<'t>,
    root: &'r Value<'t>,
    catalogue: &'r Catalogue,
    problems: Vec<Diagnostic>,
}

impl Reading<'_, '_> {
    fn head(&mut self, profile: &Profile) {
        if profile.format != "keur/profile" {
            self.problem(&["format"], "format must be \"keur/profile\"", None);
        }
        if profile.version != "1.0" {
            self.problem(&["version"], "version must be \"1.0\"", None);
        }
        let stem = self.file.path.rsplit(['/', '\\']).next().and_then(|name| name.strip_suffix(".toml"));
        if stem != Some(profile.id.as_str()) {
            let help = format!("name the file {}.toml or change the id", profile.id);
            self.problem(&["id"], "the id is not the file's name", Some(help));
        }
        for (key, text) in [("title", &profile.title), ("summary", &profile.summary)] {
            self.words(&[key], key, text);
        }
        for (key, text) in
            [("role", &profile.role), ("exchange", &profile.exchange), ("release", &profile.release)]
        {
            if text.trim().is_empty() {
                self.problem(&[key], &format!("`{key}` is empty"), None);
            }
        }
        let mut seen = BTreeSet::new();
        for variant in &profile.variant {
            self.words(&["variant"], "variant.title", &variant.title);
            if !seen.insert(variant.id.as_str()) {
                self.problem(&["variant"], &format!("variant `{}` stands twice", variant.id), None);
            }
            let known = || self.catalogue.oauth.iter().map(|known| known.id.as_str());
            if let Some(oauth) = &variant.oauth
                && !known().any(|id| id == oauth)
            {
                let help = advice(oauth, known());
                self.problem(&["variant"], &format!("unknown OAuth profile `{oauth}`"), help);
            }
        }
        if !seen.contains(profile.default_variant.as_str()) {
            let help = advice(&profile.default_variant, seen);
            self.problem(
                &["default_variant"],
                &format!("`{}` is not a [[variant]] of this profile", profile.default_variant),
                help,
            );
        }
        if Date::parse(&profile.legal.date, format_description!("[year]-[month]-[day]")).is_err() {
            self.problem(&["legal", "date"], "a date looks like 2026-11-22", None);
        }
        self.words(&["legal", "note"], "legal.note", &profile.legal.note);
    }

    /// Writes out ids and ranges.
    fn select(&mut self, profile: &Profile) -> Vec<String> {
        let mut selected: Vec<String> = Vec::new();
        for (index, term) in profile.select.iter().enumerate() {
            let span = self.item("select", index, &[]);
            for requirement in self.term(&span, term) {
                if selected.contains(&requirement.id) {
                    self.at(&span, format!("{} is selected twice", requirement.id), None);
                    continue;
                }
                if !requirement.roles.contains(&profile.role) {
                    let message = format!("{} does not hold for role {}", requirement.id, profile.role);
                    self.at(&span, message, None);
                }
                let variants = &profile.variant;
                if !variants.is_empty() && !variants.iter().any(|variant| requirement.holds_in(&variant.id)) {
                    self.at(&span, format!("{} holds in no variant of this profile", requirement.id), None);
                }
                selected.push(requirement.id.clone());
            }
        }
        if selected.is_empty() {
            self.problem(&["select"], "the profile selects nothing", None);
        }
        selected
    }

    fn term(&mut self, span: &Range<usize>, term: &str) -> Vec<Requirement> {
        let catalogue = self.catalogue;
        let Some((from, to)) = term.split_once("..") else {
            if !self.exists(span, term) {
                return Vec::new();
            }
            let found: Vec<_> = catalogue.get(term).cloned().into_iter().collect();
            for requirement in &found {
                if let Some(release) = &requirement.retired {
                    self.at(span, format!("{term} was withdrawn in {release}"), None);
                }
            }
            return found;
        };
        let prefix = from.get(..8).unwrap_or_default();
        let to = format!("{prefix}{to}");
        if !is_requirement_id(from) || !is_requirement_id(&to) {
            let help = Some("a range looks like WGZ-SEC-001..019".to_owned());
            self.at(span, format!("`{term}` is not a range"), help);
            return Vec::new();
        }
        if !self.exists(span, from) | !self.exists(span, &to) {
            return Vec::new();
        }
        // Withdrawn ones inside a range are passed over: the range says "whatever stands there".
        let found: Vec<_> = catalogue
            .requirements
            .iter()
            .filter(|requirement| (from..=to.as_str()).contains(&requirement.id.as_str()))
            .filter(|requirement| requirement.retired.is_none())
            .cloned()
            .collect();
        if found.is_empty() {
            self.at(span, format!("the range `{term}` is empty"), None);
        }
        found
    }

    /// Overrides and gates.
    fn changes(&mut self, profile: &Profile) {
        for (index, entry) in profile.overrides.iter().enumerate() {
            let span = self.item("override", index, &["requirement"]);
            if self.is_selected(&span, profile, &entry.requirement)
                && self.catalogue.get(&entry.requirement).is_some_and(|found| found.level == entry.level)
            {
                self.at(&span, format!("{} has that level already", entry.requirement), None);
            }
        }
        for (index, entry) in profile.gate.iter().enumerate() {
            let span = self.item("gate", index, &["requirement"]);
            if !self.is_selected(&span, profile, &entry.requirement) {
                continue;
            }
            let Some(found) = self.catalogue.get(&entry.requirement) else { continue };
            let changed = profile.overrides.iter().find(|change| change.requirement == entry.requirement);
            if changed.map_or(found.level, |change| change.level) == Level::Should {
                self.at(&span, format!("{} is a should and can never gate", entry.requirement), None);
            }
            if found.source.iter().any(|source| source.status.gates()) {
                self.at(&span, format!("{} gates already by its sources", entry.requirement), None);
            }
        }
        let reasons = profile.overrides.iter().map(|entry| ("override", &entry.reason));
        let reasons = reasons.chain(profile.gate.iter().map(|entry| ("gate", &entry.reason)));
        for (key, reason) in reasons {
            self.words(&[key], "reason", reason);
        }
    }

    fn is_selected(&mut self, span: &Range<usize>, profile: &Profile, id: &str) -> bool {
        if !self.exists(span, id) {
            return false;
        }
        let selected = profile.requirements.iter().any(|own| own == id);
        if !selected {
            self.at(span, format!("{id} is not selected by this profile"), None);
        }
        selected
    }

    fn exists(&mut self, span: &Range<usize>, id: &str) -> bool {
        let exists = self.catalogue.get(id).is_some();
        if !exists {
            let known = self.catalogue.requirements.iter().map(|requirement| requirement.id.as_str());
            let help = advice(id, known);
            self.at(span, format!("unknown requirement `{id}`"), help);
        }
        exists
    }

    fn words(&mut self, path: &[&str], name: &str, text: &Text) {
        if text.nl.trim().is_empty() || text.en.trim().is_empty() {
            self.problem(path, &format!("`{name}` is empty in Dutch or English"), None);
        }
    }

    /// The place of an item of a list, or of a field of it.
    fn item(&self, list: &str, index: usize, path: &[&str]) -> Range<usize> {
        let items = self.root.get_ref().get(list).and_then(|value| value.get_ref().as_array());
        let item = items.and_then(|items| items.get(index));
        item.map_or(0..0, |item| place(item, path))
    }

    fn problem(&mut self, path: &[&str], message: &str, help: Option<String>) {
        let span = place(self.root, path);
        self.at(&span, message.to_owned(), help);
    }

    fn at(&mut self, span: &Range<usize>, message: String, help: Option<String>) {
        self.problems.push(self.file.at(span, message, help));
    }
}

fn advice<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<String> {
    suggest(word, known).map(|near| format!("did you mean `{near}`?"))
}
