//! Statements by people: `attestaties.toml`.

use std::fmt;

use crate::{
    Problems,
    load::is_requirement_id,
    reader::{Reader, Section},
};

/// All statements of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Attestations {
    /// In the order of the file.
    pub attestations: Vec<Attestation>,
}

/// One statement about one requirement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attestation {
    /// The requirement.
    pub requirement: String,
    /// What the assessor found.
    pub outcome: AttestedOutcome,
    /// In words.
    pub statement: String,
    /// What it rests on.
    pub basis: Basis,
    /// Who.
    pub by: By,
    /// When, `YYYY-MM-DD`.
    pub date: String,
    /// Until when, `YYYY-MM-DD`.
    pub expires: String,
    /// The artefact it rests on.
    pub artefact: Artefact,
}

/// What an assessor can find.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttestedOutcome {
    /// The product meets it.
    Satisfied,
    /// The product does not meet it.
    NotSatisfied,
    /// It does not apply.
    NotApplicable,
}

/// What a statement rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Basis {
    /// A certificate by a third party.
    Certificate,
    /// A document.
    Document,
    /// A demonstration.
    Demonstration,
    /// An interview.
    Interview,
}

/// Who made a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct By {
    /// Name.
    pub name: String,
    /// Organisation.
    pub organisation: String,
    /// Role.
    pub role: String,
}

/// The artefact a statement rests on; kept elsewhere, recognised by its digest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Artefact {
    /// Title.
    pub title: String,
    /// SHA-256 in hex, lower case.
    pub sha256: String,
}

const OUTCOMES: [(&str, AttestedOutcome); 3] = [
    ("satisfied", AttestedOutcome::Satisfied),
    ("not_satisfied", AttestedOutcome::NotSatisfied),
    ("not_applicable", AttestedOutcome::NotApplicable),
];

const BASES: [(&str, Basis); 4] = [
    ("certificate", Basis::Certificate),
    ("document", Basis::Document),
    ("demonstration", Basis::Demonstration),
    ("interview", Basis::Interview),
];

impl AttestedOutcome {
    /// The word for it in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        OUTCOMES.iter().find(|(_, own)| *own == self).map_or("", |(word, _)| word)
    }
}

impl Basis {
    /// The word for it in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        BASES.iter().find(|(_, own)| *own == self).map_or("", |(word, _)| word)
    }
}

impl fmt::Display for By {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, {}, {}", self.name, self.organisation, self.role)
    }
}

impl fmt::Display for Artefact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (sha256:{})", self.title, self.sha256)
    }
}

impl Attestations {
    /// Reads `attestaties.toml`.
    pub fn parse(path: &str, text: &str) -> Result<Self, Problems> {
        let mut reader = Reader::new(path, text);
        let document = reader.document()?;
        let root = Section::root(&document);
        reader.only_keys(&root, &["format", "version", "attestation"]);
        reader.edition(&root, "keur/attestations");
        let sections = reader.sections(&root, "attestation");
        let attestations = sections.iter().filter_map(|section| one(&mut reader, section)).collect();
        reader.finish(Self { attestations })
    }
}

fn one(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Attestation> {
    reader.only_keys(
        section,
        &["requirement", "outcome", "statement", "basis", "by", "date", "expires", "artefact"],
    );
    let requirement = reader.required(section, "requirement");
    if let Some(id) = &requirement
        && !is_requirement_id(&id.text)
    {
        reader.problem(
            &id.span,
            format!("`{}` is geen eis", id.text),
            Some("een eis heet bijvoorbeeld WGZ-ATT-001"),
        );
    }
    let outcome = reader.one_of(section, "outcome", &OUTCOMES);
    let statement = reader.string(section, "statement");
    let basis = reader.one_of(section, "basis", &BASES);
    let by = by(reader, section);
    let date = reader.date(section, "date");
    let expires = reader.date(section, "expires");
    if let (Some((_, date)), Some((end, expires))) = (&date, &expires)
        && expires < date
    {
        reader.problem(
            &end.span,
            "`expires` ligt voor `date`",
            Some("een verklaring vervalt na de dag waarop zij is afgelegd"),
        );
    }
    let artefact = artefact(reader, section);
    Some(Attestation {
        requirement: requirement?.text,
        outcome: outcome?,
        statement,
        basis: basis?,
        by: by?,
        date: date?.0.text,
        expires: expires?.0.text,
        artefact: artefact?,
    })
}

fn by(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<By> {
    if !section.has("by") {
        reader.missing(section, "by");
    }
    let by = reader.section(section, "by")?;
    reader.only_keys(&by, &["name", "organisation", "role"]);
    let [name, organisation, role] = ["name", "organisation", "role"].map(|key| reader.string(&by, key));
    Some(By { name, organisation, role })
}

fn artefact(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<Artefact> {
    if !section.has("artefact") {
        reader.missing(section, "artefact");
    }
    let artefact = reader.section(section, "artefact")?;
    reader.only_keys(&artefact, &["title", "sha256"]);
    let title = reader.string(&artefact, "title");
    let digest = reader.required(&artefact, "sha256")?;
    let hex = digest.text.strip_prefix("sha256:").unwrap_or(&digest.text).to_lowercase();
    if hex.len() != 64 || !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let help = "neem de 64 tekens die `sha256sum BESTAND` toont";
        reader.problem(&digest.span, "`sha256` is geen SHA-256-waarde", Some(help));
    }
    Some(Artefact { title, sha256: hex })
}
