//! An exam: every case is asked a second time in another guise, in an order nobody knew beforehand. A product that
//! recognises the tool, or that knows the questions by heart, answers the two differently.

use keur_catalogue::{Product, product::Party};
use keur_evidence::{draw::Draw, event::TWIN};

use crate::features::Case;

/// How a twin asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Twin {
    /// Party B plays the part of party A.
    pub as_b: bool,
}

/// What a case whose twin another organisation may ask is made of, as the beginnings of its sentences: they read the
/// patients `complete` and `empty`, to whom both parties have the same right, and name no party. A case with any other
/// `Gegeven` or `Als` stays with party A; a `Dan` only judges.
const ANYBODY: [&str; 29] = [
    "\"de beschrijving\" in JSON en in XML wordt opgevraagd",
    "\"de patiënt\" in JSON en in XML wordt opgevraagd",
    "alle zoekvragen van de BgZ worden gedaan",
    "de antwoorden op alle zoekvragen van de BgZ",
    "de beschrijving van de API wordt opgevraagd",
    "de opvraging wordt gedaan met een bewijs \"",
    "de organisaties bij deze patiënt worden gelezen",
    "de testpatiënt \"leeg\"",
    "de zoekvraag \"",
    "de zoekvraag met de meeste resultaten wordt opgehaald",
    "dezelfde opvraging met Accept",
    "dezelfde opvraging met de methode \"",
    "dezelfde opvraging zonder token wordt gedaan",
    "dezelfde resource ",
    "drie opvragingen elk op een nieuwe verbinding worden gedaan",
    "een geslaagde opvraging van \"",
    "een leesbare beschrijving van de API",
    "een onbruikbare opvraging wordt gestuurd: \"",
    "een opvraging wordt gestuurd met \"",
    "een steekproef van de beloofde zoekparameters wordt gebruikt",
    "een testpatiënt van wie het product gegevens beschikbaar stelt",
    "een token dat met DPoP aan een sleutel is gebonden",
    "een zoekvraag ",
    "naar een resource",
    "op het BSN van de patiënt wordt gezocht",
    "precies hetzelfde verzoek nog een keer wordt gedaan",
    "van elk beloofd resourcetype iets wordt gevraagd",
    "verschillende soorten antwoorden worden opgevraagd",
    "zonder token een verzoek wordt gedaan: \"",
];
/// The same, whole: what begins like these is about another party or about the log.
const ANYBODY_WHOLE: [&str; 4] = [
    "een gelezen resource",
    "een geslaagde opvraging",
    "een geslaagde opvraging met certificaat en token",
    "een ongecomprimeerd antwoord dat groot genoeg is om te comprimeren",
];

/// Every case with its twin behind it.
#[must_use]
pub fn with_twins(cases: Vec<Case>, product: &Product) -> Vec<Case> {
    let b_is_whole = b_has_all_of_a(product);
    let both = |case: Case| {
        let mut twin = case.clone();
        twin.planned.case.push_str(TWIN);
        twin.planned.title.push_str(" (tweeling)");
        twin.twin = Some(Twin { as_b: b_is_whole && anybody_may_ask(&case) });
        [case, twin]
    };
    cases.into_iter().flat_map(both).collect()
}

/// How many made-up numbers an exam passes over.
#[must_use]
pub fn skipped(seed: &[u8; 32]) -> usize {
    Draw::new([seed.as_slice(), b"made-up number"]).below(8)
}

/// Puts the cases in the order of the seed.
pub fn shuffle<T>(cases: &mut [T], seed: &[u8; 32]) {
    Draw::new([seed.as_slice(), b"order of the cases"]).shuffle(cases);
}

fn anybody_may_ask(case: &Case) -> bool {
    let anybody = |text: &str| {
        ANYBODY_WHOLE.contains(&text) || ANYBODY.iter().any(|beginning| text.starts_with(beginning))
    };
    let facts = case.steps.iter().filter(|step| step.ty != cucumber::gherkin::StepType::Then);
    facts.map(|step| step.value.as_str()).all(anybody)
}

/// Party B can play A's part only with everything A plays it with.
fn b_has_all_of_a(product: &Product) -> bool {
    let identity = &product.identity;
    let Some((a, b)) = identity.party_a.as_ref().zip(identity.party_b.as_ref()) else { return false };
    let has = |party: &Party| {
        [
            party.client_id.is_some(),
            party.ura.is_some(),
            party.certificate.is_some(),
            party.key.is_some(),
            party.signing_key.is_some(),
        ]
    };
    has(a).into_iter().zip(has(b)).all(|(a, b)| b || !a)
}

#[cfg(test)]
mod tests;
