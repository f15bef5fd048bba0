//! Reads catalogue files and finds all problems of all of them at once.

use std::{
    collections::{BTreeMap, btree_map::Entry},
    ops::Range,
};

use serde::Deserialize as _;
use toml::{
    Spanned,
    de::{DeTable, DeValue, ValueDeserializer},
};

use crate::{
    Catalogue, Diagnostic, Problems, Requirement,
    conformity::{self, Conformity, Key},
    diagnostic::File,
    digest,
    layers::{self, Attack, Layer},
    oauth::{self, OAuthProfile},
    requirement::{Method, Norm, SourceStatus},
};

/// A value of the file with its place.
pub(crate) type Value<'t> = Spanned<DeValue<'t>>;

const TITLE_MAX: usize = 100;

impl Catalogue {
    /// Reads catalogue files, given as (path, text); yields every problem of every file.
    pub fn load(files: &[(String, String)]) -> Result<Self, Problems> {
        let mut loading = Loading::default();
        for (path, text) in files {
            loading.file(File { path, text });
        }
        loading.measuring();
        if loading.problems.is_empty() {
            Ok(Self { digest: digest::of_files(files), ..loading.catalogue })
        } else {
            Err(Problems(loading.problems))
        }
    }
}

/// Whether this is shaped like `WGZ-SEC-010`.
#[must_use]
pub(crate) fn is_requirement_id(id: &str) -> bool {
    let Some((group, number)) = id.strip_prefix("WGZ-").and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    group.len() == 3
        && group.bytes().all(|byte| byte.is_ascii_uppercase())
        && number.len() == 3
        && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// `lagen.toml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct LayersFile {
    #[expect(dead_code, reason = "looked at before")]
    format: String,
    version: String,
    layer: Vec<Spanned<Layer>>,
    attack: Vec<Spanned<Attack>>,
}

/// `oauth-profielen.toml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct OAuthFile {
    #[expect(dead_code, reason = "looked at before")]
    format: String,
    version: String,
    profile: Vec<Spanned<OAuthProfile>>,
}

/// `nictiz-conformiteit.toml`.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct ConformityFile {
    #[expect(dead_code, reason = "looked at before")]
    format: String,
    version: String,
    requirements_version: String,
    key: Vec<Spanned<Key>>,
}

#[derive(Default)]
struct Loading {
    catalogue: Catalogue,
    problems: Vec<Diagnostic>,
    /// Whatever must be unique (`kind`, text) and where it stood first.
    first: BTreeMap<(&'static str, String), String>,
    /// Where keys of the declaration of conformity name requirements, to be looked up when all files are read.
    measuring: Vec<(Diagnostic, String)>,
}

impl Loading {
    fn file(&mut self, file: File<'_>) {
        let (document, errors) = DeTable::parse_recoverable(file.text);
        self.problems.extend(errors.iter().map(|error| file.toml(error, &(0..0))));
        let table = document.get_ref();
        match table.get("format").and_then(|value| value.get_ref().as_str()) {
            Some(layers::FORMAT) => return self.layers(file),
            Some(oauth::FORMAT) => return self.oauth(file),
            Some(conformity::FORMAT) => return self.conformity(file),
            _ => {}
        }
        for (key, expected) in [("format", "keur/requirements"), ("version", "1.0")] {
            if table.get(key).and_then(|value| value.get_ref().as_str()) != Some(expected) {
                let span = table.get(key).map_or(0..0, Spanned::span);
                self.problem(file, &span, format!("{key} must be \"{expected}\""));
            }
        }
        for key in table
            .keys()
            .filter(|key| !["format", "version", "norm", "requirement"].contains(&key.get_ref().as_ref()))
        {
            self.problem(file, &key.span(), format!("unknown key `{}`", key.get_ref()));
        }
        let norm = self.norm(file, table);
        match table.get("requirement").map(|value| (value.span(), value.get_ref())) {
            Some((_, DeValue::Array(entries))) => {
                for entry in entries.iter() {
                    self.entry(file, entry, norm.as_ref());
                }
            }
            Some((span, _)) => {
                self.problem(file, &span, "`requirement` must be a list of tables, [[requirement]]")
            }
            None => self.problem(file, &(0..0), "the file holds no [[requirement]]"),
        }
    }

    fn layers(&mut self, file: File<'_>) {
        let read: LayersFile = match toml::from_str(file.text) {
            Ok(read) => read,
            Err(error) => return self.problems.push(file.toml(&error, &(0..0))),
        };
        if read.version != "1.0" {
            self.problem(file, &(0..0), "version must be \"1.0\"");
        }
        let all = &mut self.catalogue.layers;
        all.layers.extend(read.layer.iter().map(|layer| layer.get_ref().clone()));
        all.attacks.extend(read.attack.iter().map(|attack| attack.get_ref().clone()));
        let all = all.clone();
        for layer in &read.layer {
            self.unique(file, &layer.span(), "layer", &layer.get_ref().id);
        }
        for attack in &read.attack {
            let (span, attack) = (attack.span(), attack.get_ref());
            for fault in all.faults(attack) {
                self.problem(file, &span, format!("{}: {fault}", attack.id));
            }
            self.unique(file, &span, "attack", &attack.id);
            self.unique(file, &span, "attack title", &attack.title.nl);
        }
    }

    fn oauth(&mut self, file: File<'_>) {
        let read: OAuthFile = match toml::from_str(file.text) {
            Ok(read) => read,
            Err(error) => return self.problems.push(file.toml(&error, &(0..0))),
        };
        if read.version != "1.0" {
            self.problem(file, &(0..0), "version must be \"1.0\"");
        }
        for profile in read.profile {
            let (span, profile) = (profile.span(), profile.into_inner());
            if let Some(fault) = profile.fault() {
                self.problem(file, &span, format!("{}: {fault}", profile.id));
            }
            self.unique(file, &span, "OAuth profile", &profile.id);
            self.catalogue.oauth.push(profile);
        }
    }

    fn conformity(&mut self, file: File<'_>) {
        let read: ConformityFile = match toml::from_str(file.text) {
            Ok(read) => read,
            Err(error) => return self.problems.push(file.toml(&error, &(0..0))),
        };
        if read.version != "1.0" {
            self.problem(file, &(0..0), "version must be \"1.0\"");
        }
        self.unique(file, &(0..0), "format", conformity::FORMAT);
        let mut keys = Vec::new();
        for key in read.key {
            let (span, key) = (key.span(), key.into_inner());
            if let Some(fault) = key.fault() {
                self.problem(file, &span, format!("{}: {fault}", key.id));
            }
            self.unique(file, &span, "key", &key.id);
            for id in &key.measured_by {
                let message = format!("{}: there is no requirement `{id}`", key.id);
                self.measuring.push((file.at(&span, message, None), id.clone()));
            }
            keys.push(key);
        }
        self.catalogue.conformity = Conformity { version: read.requirements_version, keys };
    }

    /// Every requirement that measures a key is there.
    fn measuring(&mut self) {
        let named = std::mem::take(&mut self.measuring);
        let unknown = named.into_iter().filter(|(_, id)| self.catalogue.get(id).is_none());
        let ids = || self.catalogue.requirements.iter().map(|known| known.id.as_str());
        let unknown = unknown.map(|(problem, id)| {
            let help = crate::suggest(&id, ids()).map(|near| format!("did you mean `{near}`?"));
            Diagnostic { help, ..problem }
        });
        self.problems.extend(unknown.collect::<Vec<_>>());
    }

    fn norm(&mut self, file: File<'_>, table: &DeTable<'_>) -> Option<Norm> {
        let Some(value) = table.get("norm") else {
            self.problem(file, &(0..0), "`norm` is missing");
            return None;
        };
        match Norm::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(norm) => {
                self.unique(file, &value.span(), "norm", &norm.id);
                Some(norm)
            }
            Err(error) => {
                self.problems.push(file.toml(&error, &value.span()));
                None
            }
        }
    }

    fn entry(&mut self, file: File<'_>, value: &Value<'_>, norm: Option<&Norm>) {
        let requirement = match Requirement::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(requirement) => requirement,
            Err(error) => {
                let mut problem = file.toml(&error, &value.span());
                if let Some(id) = value.get_ref().get("id").and_then(|id| id.get_ref().as_str()) {
                    problem.message = format!("{id}: {}", problem.message);
                }
                self.problems.push(problem);
                return;
            }
        };
        for (span, message) in faults(&requirement, value) {
            self.problem(file, &span, format!("{}: {message}", requirement.id));
        }
        self.unique(file, &place(value, &["id"]), "id", &requirement.id);
        self.unique(file, &place(value, &["title", "nl"]), "Dutch title", &requirement.title.nl);
        self.unique(file, &place(value, &["title", "en"]), "English title", &requirement.title.en);
        for alias in &requirement.aliases {
            self.unique(file, &place(value, &["aliases"]), "alias", alias);
        }
        if let Some(norm) = norm {
            self.catalogue.norms.insert(requirement.id.clone(), norm.clone());
        }
        self.catalogue.requirements.push(requirement);
    }

    fn unique(&mut self, file: File<'_>, span: &Range<usize>, kind: &'static str, text: &str) {
        let here = file.at(span, "", None);
        match self.first.entry((kind, text.to_owned())) {
            Entry::Vacant(vacant) => {
                vacant.insert(format!("{}:{}", here.file, here.line));
            }
            Entry::Occupied(first) => {
                let help = Some(format!("it stands first at {}", first.get()));
                self.problems.push(Diagnostic {
                    message: format!("{kind} `{text}` stands twice"),
                    help,
                    ..here
                });
            }
        }
    }

    fn problem(&mut self, file: File<'_>, span: &Range<usize>, message: impl Into<String>) {
        self.problems.push(file.at(span, message, None));
    }
}

/// The place of a field inside a table, or of the table when the field is not there.
pub(crate) fn place(value: &Value<'_>, path: &[&str]) -> Range<usize> {
    let mut at = value;
    for key in path {
        match at.get_ref().get(*key) {
            Some(inner) => at = inner,
            None => break,
        }
    }
    at.span()
}

/// What is wrong inside one entry.
fn faults(requirement: &Requirement, value: &Value<'_>) -> Vec<(Range<usize>, String)> {
    let mut found = Vec::new();
    let mut fault = |path: &[&str], message: &str| found.push((place(value, path), message.to_owned()));
    if !is_requirement_id(&requirement.id) {
        fault(&["id"], "an id looks like WGZ-SEC-010");
    }
    for (lang, title) in [("nl", &requirement.title.nl), ("en", &requirement.title.en)] {
        if title.contains(['\n', '\r']) {
            fault(&["title", lang], "a title stands on one line");
        }
        if title.chars().count() > TITLE_MAX {
            fault(&["title", lang], "a title has at most 100 characters");
        }
        if title.ends_with([':', '.']) {
            fault(&["title", lang], "a title ends without a colon or full stop");
        }
        if title.trim() != title {
            fault(&["title", lang], "a title has no space around it");
        }
    }
    let optional = [("not_tested", &requirement.not_tested), ("look_at", &requirement.look_at)];
    let texts = [("title", &requirement.title), ("why", &requirement.why), ("fix", &requirement.fix)]
        .into_iter()
        .chain(optional.into_iter().filter_map(|(key, text)| Some((key, text.as_ref()?))));
    for (key, text) in texts {
        for (lang, words) in [("nl", &text.nl), ("en", &text.en)] {
            if words.trim().is_empty() {
                fault(&[key, lang], &format!("`{key}.{lang}` is empty"));
            }
        }
    }
    if requirement.roles.is_empty() || requirement.roles.iter().any(|role| role.trim().is_empty()) {
        fault(&["roles"], "name at least one role");
    }
    if requirement.source.is_empty() {
        fault(&["source"], "name at least one source");
    }
    for source in &requirement.source {
        if source.reference.trim().is_empty() {
            fault(&["source"], "a source has an empty `ref`");
        }
        if source.status == SourceStatus::Norm && source.clause.as_deref().is_none_or(|c| c.trim().is_empty())
        {
            let reference = &source.reference;
            fault(
                &["source"],
                &format!("norm `{reference}` needs a clause; write \"unknown\" when it is not known"),
            );
        }
    }
    match requirement.method {
        Method::Test if requirement.look_at.is_some() => fault(&["look_at"], "method test has no `look_at`"),
        Method::Examine | Method::Interview if requirement.look_at.is_none() => {
            fault(&["method"], "say in `look_at` what the assessor looks at");
        }
        _ => {}
    }
    if requirement.since.trim().is_empty() {
        fault(&["since"], "`since` is empty");
    }
    if requirement.retired.as_deref().is_some_and(|release| release.trim().is_empty()) {
        fault(&["retired"], "`retired` names the release that withdrew it");
    }
    found
}
