//! The design rules that a document alone can break, in one table.

mod dates;
mod document;
mod errors;
mod examples;
mod methods;
mod naming;
mod paths;
mod queries;
mod structure;
mod versions;

use crate::document::{Document, Node, Place};

/// Something that breaks a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// Where.
    pub place: Place,
    /// What, in Dutch.
    pub message: String,
}

/// The edition of the design rules that first has a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Since {
    /// 2.1.0, the definitive edition.
    V2_1,
    /// 2.2.0.
    V2_2,
}

/// A rule.
#[derive(Debug)]
pub struct Rule {
    /// Its id in the design rules; those of the OpenAPI specification itself begin with `/openapi/`.
    pub id: &'static str,
    /// The edition that first has it.
    pub since: Since,
    /// What a document must be like, in Dutch.
    pub demand: &'static str,
    find: fn(&Document, &mut Found),
}

/// The rules.
pub const RULES: &[Rule] = &[
    Rule {
        id: "/core/doc-openapi",
        since: Since::V2_1,
        demand: "een leesbaar document van OpenAPI 3, met paden en verwijzingen die ergens heen leiden",
        find: document::readable,
    },
    Rule {
        id: "/openapi/structure",
        since: Since::V2_1,
        demand: "alle verplichte onderdelen van OpenAPI, elk in de juiste vorm",
        find: structure::sound,
    },
    Rule {
        id: "/openapi/examples",
        since: Since::V2_1,
        demand: "voorbeelden die aan hun eigen schema voldoen",
        find: examples::fit,
    },
    Rule {
        id: "/core/doc-openapi-contact",
        since: Since::V2_1,
        demand: "naam, adres en e-mailadres van een contact",
        find: document::contact,
    },
    Rule {
        id: "/core/no-trailing-slash",
        since: Since::V2_1,
        demand: "geen pad dat op een schuine streep eindigt",
        find: paths::trailing_slash,
    },
    Rule {
        id: "/core/path-segments-kebab-case",
        since: Since::V2_2,
        demand: "delen van paden in kleine letters, met een streepje tussen woorden",
        find: paths::kebab_case,
    },
    Rule {
        id: "/core/query-keys-camel-case",
        since: Since::V2_2,
        demand: "queryparameters in lowerCamelCase",
        find: queries::camel_case,
    },
    Rule {
        id: "/core/transport/no-sensitive-uris",
        since: Since::V2_1,
        demand: "geen BSN, wachtwoord, sleutel of token in een adres",
        find: queries::sensitive,
    },
    Rule {
        id: "/core/http-methods",
        since: Since::V2_1,
        demand: "alleen de methoden get, post, put, patch en delete",
        find: methods::standard,
    },
    Rule {
        id: "/core/date-time/format",
        since: Since::V2_2,
        demand: "velden met een datum of tijd als tekst, met de vorm date, date-time of time-local",
        find: dates::format,
    },
    Rule {
        id: "/core/date-time/date-omit-time-portion",
        since: Since::V2_2,
        demand: "velden met alleen een datum zonder tijd",
        find: dates::day_without_time,
    },
    Rule {
        id: "/core/error-handling/problem-details",
        since: Since::V2_2,
        demand: "fouten als application/problem+json of +xml, met status, title en detail",
        find: errors::problem_details,
    },
    Rule {
        id: "/core/error-handling/invalid-input",
        since: Since::V2_2,
        demand: "antwoord 400 bij elke operatie met queryparameters of inhoud, en nergens 422",
        find: errors::invalid_input,
    },
    Rule {
        id: "/core/uri-version",
        since: Since::V2_1,
        demand: "in elk serveradres alleen het hoofdnummer van de versie, als v1",
        find: versions::in_address,
    },
    Rule {
        id: "/core/semver",
        since: Since::V2_1,
        demand: "een versie volgens Semantic Versioning 2.0.0",
        find: versions::semantic,
    },
    Rule {
        id: "/core/version-header",
        since: Since::V2_1,
        demand: "de kop API-Version bij elk antwoord",
        find: versions::header,
    },
    Rule {
        id: "/core/deprecation-schedule",
        since: Since::V2_1,
        demand: "bij alles wat vervalt een datum of een verwijzing naar het schema",
        find: versions::schedule,
    },
    Rule {
        id: "/core/naming-resources",
        since: Since::V2_1,
        demand: "paden die dingen noemen, en handelingen alleen in een laatste deel met _ ervoor",
        find: naming::nouns,
    },
];

/// The rule of an id.
#[must_use]
pub fn rule(id: &str) -> Option<&'static Rule> {
    RULES.iter().find(|rule| rule.id == id)
}

/// Everything in a document that breaks a rule, in the order of the document.
#[must_use]
pub fn judge(document: &Document, rule: &'static Rule) -> Vec<Finding> {
    let mut found = Found { rule: rule.id, findings: Vec::new() };
    (rule.find)(document, &mut found);
    found.findings.sort_by(|a, b| {
        (&a.place.file, a.place.line, &a.place.pointer).cmp(&(&b.place.file, b.place.line, &b.place.pointer))
    });
    found.findings.dedup();
    found.findings
}

/// Collects findings.
struct Found {
    rule: &'static str,
    findings: Vec<Finding>,
}

impl Found {
    fn at(&mut self, node: &Node<'_>, message: impl Into<String>) {
        self.findings.push(Finding { rule: self.rule, place: node.place(), message: message.into() });
    }
}
