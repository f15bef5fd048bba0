//! The policy of the source as one function: what a request is like, and whether that gives data.

use std::fmt;

use keur_evidence::{Check, http::Answer};

use crate::{fhir::bundle, http};

/// Why the source may show this patient to this organisation, or may not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Relation {
    /// The patient was referred to the asking organisation: presumed consent.
    Referred,
    /// Not referred; the patient consents.
    Consented,
    /// Not referred; the patient refused.
    Refused,
}

/// What a decision is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The purpose is one the protocol of the source allows.
    pub allowed_purpose: bool,
    /// The organisation is of a kind that gives care, not one the law excludes.
    pub care_provider: bool,
    /// Between patient and asking organisation.
    pub relation: Relation,
    /// The scope of the token holds this type of resource.
    pub in_scope: bool,
}

/// Why a request is refused; the first that holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// The purpose.
    Purpose,
    /// The kind of organisation.
    Excluded,
    /// The patient's choice.
    Consent,
    /// The scope.
    Scope,
}

impl fmt::Display for Ground {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Purpose => "het doel is niet toegestaan",
            Self::Excluded => "de wet sluit deze partij uit",
            Self::Consent => "de patiënt is niet verwezen en heeft geweigerd",
            Self::Scope => "de soort gegevens valt buiten de scope",
        })
    }
}

/// The policy: every condition must hold, whatever the others are.
///
/// # Errors
/// The ground on which the request is refused.
pub fn decide(request: &Request) -> Result<(), Ground> {
    let Request { allowed_purpose, care_provider, relation, in_scope } = *request;
    let conditions = [
        (allowed_purpose, Ground::Purpose),
        (care_provider, Ground::Excluded),
        (relation != Relation::Refused, Ground::Consent),
        (in_scope, Ground::Scope),
    ];
    conditions.into_iter().find(|(holds, _)| !holds).map_or(Ok(()), |(_, ground)| Err(ground))
}

/// The answer to a request is what the policy says; `what` names it in Dutch. Where there was no token to ask with, the
/// answer is the refusal of the token.
#[must_use]
pub fn follows(answer: &Answer, request: &Request, what: &str) -> Check {
    let decision = decide(request);
    let expected = match decision {
        Ok(()) => format!("{what}: gegevens"),
        Err(ground) => format!("{what}: geen gegevens, want {ground}"),
    };
    let check = match &answer.reply {
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, answer.describe()),
        Ok(_) => {
            let wrong = match decision {
                Ok(()) => bundle::served(answer).into_iter().find(|check| !check.holds()),
                Err(_) => Some(http::no_patient_data(answer, &[])).filter(|check| !check.holds()),
            };
            match wrong {
                Some(wrong) => Check { expected, ..wrong },
                None => Check::that(true, expected, answer.describe()),
            }
        }
    };
    check.on([answer.id.clone()])
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent};

    const RELATIONS: [Relation; 3] = [Relation::Referred, Relation::Consented, Relation::Refused];

    fn all() -> Vec<Request> {
        let mut all = Vec::new();
        for relation in RELATIONS {
            for bits in 0..8 {
                let bit = |at: u8| bits & (1 << at) != 0;
                all.push(Request {
                    allowed_purpose: bit(0),
                    care_provider: bit(1),
                    relation,
                    in_scope: bit(2),
                });
            }
        }
        all
    }

    #[test]
    fn only_all_conditions_together_give_data() {
        let permitted: Vec<Request> = all().into_iter().filter(|one| decide(one).is_ok()).collect();
        let right =
            |relation| Request { allowed_purpose: true, care_provider: true, relation, in_scope: true };
        assert_eq!(permitted, [right(Relation::Referred), right(Relation::Consented)]);
    }

    #[test]
    fn taking_a_condition_away_never_opens_anything() {
        for one in all() {
            for worse in [
                Request { allowed_purpose: false, ..one },
                Request { care_provider: false, ..one },
                Request { relation: Relation::Refused, ..one },
                Request { in_scope: false, ..one },
            ] {
                assert!(decide(&one).is_ok() || decide(&worse).is_err(), "{one:?} {worse:?}");
            }
        }
    }

    #[test]
    fn an_answer_follows_the_policy_or_not() {
        let right = Request {
            allowed_purpose: true,
            care_provider: true,
            relation: Relation::Referred,
            in_scope: true,
        };
        let wrong = Request { care_provider: false, ..right };
        let data = json!({ "resourceType": "Bundle", "type": "searchset", "entry": [
            { "resource": { "resourceType": "Condition", "id": "a" }, "search": { "mode": "match" } }] });
        let nothing = json!({ "resourceType": "OperationOutcome" });
        assert!(follows(&answer(200, &data), &right, "Condition").holds());
        assert!(!follows(&answer(403, &nothing), &right, "Condition").holds());
        assert!(follows(&answer(403, &nothing), &wrong, "Condition").holds());
        let check = follows(&answer(200, &data), &wrong, "Condition");
        assert_eq!(check.expected, "Condition: geen gegevens, want de wet sluit deze partij uit");
        assert_eq!(check.outcome, CheckOutcome::Violated);
        let undecided = follows(&silent(Failure::Timeout), &wrong, "Condition");
        assert!(matches!(undecided.outcome, CheckOutcome::NotEvaluable(_)));
    }
}
