//! The national consent facility as Keur plays it: the closed question, answered as the scenario says.
//!
//! What is known of the question comes from secondary sources (SOAP 1.2 with an XACML 3.0 decision query, attributes by
//! their identifiers). How Mitz itself authenticates callers and signs its answers is unknown, so neither is played.

mod answer;
mod question;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde_json::json;

pub use question::{Attribute, Question, attribute};

use crate::{Call, Delivery, Reply, Script};

/// Code system of the categories of data.
pub const CATEGORIES: &str = "2.16.840.1.113883.2.4.3.111.5.10.1";
/// The general category, and those of laboratory results and of medication alone.
pub const GENERAL: &str = "GGC002";
/// Laboratory results.
pub const LABORATORY: &str = "GGC012";
/// Medication data.
pub const MEDICATION: &str = "GGC013";

/// What the facility does when asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// The patient consents.
    Permit,
    /// The patient objects.
    Deny,
    /// It cannot be told.
    Indeterminate,
    /// The patient chose nothing yet. What Mitz says then is not public; this is what XACML has for it.
    NoChoice,
    /// A SOAP fault.
    Fault,
    /// Nothing, until the product gives up.
    Silence,
    /// Half an answer that no reader understands.
    Garbage,
}

/// The facility for one patient; clones are the same one.
#[derive(Debug, Clone)]
pub struct Mitz(Arc<Mutex<Choices>>);

#[derive(Debug)]
struct Choices {
    otherwise: Answer,
    by_category: BTreeMap<String, Vec<Answer>>,
}

impl Mitz {
    /// A facility that gives one answer whatever the category.
    #[must_use]
    pub fn new(answer: Answer) -> Self {
        Self(Arc::new(Mutex::new(Choices { otherwise: answer, by_category: BTreeMap::new() })))
    }

    /// From now on one answer, whatever the category.
    pub fn set(&self, answer: Answer) {
        *self.choices() = Choices { otherwise: answer, by_category: BTreeMap::new() };
    }

    /// From now on these answers about one category, in this order; more than one are choices of equal weight.
    pub fn set_for(&self, category: &str, answers: &[Answer]) {
        self.choices().by_category.insert(category.to_owned(), answers.to_vec());
    }

    fn choices(&self) -> MutexGuard<'_, Choices> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Script for Mitz {
    fn answer(&self, call: &Call) -> Reply {
        let Some(question) = Question::read(&call.body).filter(|_| call.method == "POST") else {
            return answer::fault(400, "Sender", "geen gesloten vraag");
        };
        let asked = question.codes(attribute::CATEGORY, CATEGORIES);
        let choices = self.choices();
        // A question without a category is about everything.
        let categories = if asked.is_empty() { vec![String::new()] } else { asked.clone() };
        let otherwise = [choices.otherwise];
        let results: Vec<(&str, Answer)> = categories
            .iter()
            .flat_map(|category| {
                let answers = choices.by_category.get(category).map_or(&otherwise[..], Vec::as_slice);
                answers.iter().map(move |answer| (category.as_str(), *answer))
            })
            .collect();
        let said: Vec<String> = results.iter().map(|(_, answer)| format!("{answer:?}")).collect();
        let is = |wanted: Answer| results.iter().any(|(_, answer)| *answer == wanted);
        let reply = if is(Answer::Silence) {
            Reply::empty(200).delivered(Delivery::Silent)
        } else if is(Answer::Fault) {
            answer::fault(500, "Receiver", "storing")
        } else if is(Answer::Garbage) {
            answer::garbage()
        } else {
            answer::decisions(&results)
        };
        reply.note("categories", json!(asked)).note("answers", json!(said))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUESTION: &str = r#"<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body>
      <t:XACMLAuthzDecisionQuery xmlns:t="urn:oasis:names:tc:xacml:3.0:profile:saml2.0:v2:schema:protocol:wd-14">
      <Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"><Attributes>
      <Attribute AttributeId="urn:oasis:names:tc:xacml:2.0:resource:resource-id"><AttributeValue>
      <InstanceIdentifier xmlns="urn:hl7-org:v3" root="2.16.840.1.113883.2.4.6.3" extension="999900018"/></AttributeValue></Attribute>
      <Attribute AttributeId="urn:ihe:iti:appc:2016:document-entry:event-code"><AttributeValue>
      <CodedValue xmlns="urn:hl7-org:v3" code="GGC013" codeSystem="2.16.840.1.113883.2.4.3.111.5.10.1"/></AttributeValue></Attribute>
      </Attributes></Request></t:XACMLAuthzDecisionQuery></e:Body></e:Envelope>"#;

    fn ask(mitz: &Mitz, body: &str) -> Reply {
        mitz.answer(&Call { body: body.into(), ..Call::test("POST", "/") })
    }

    fn text(reply: &Reply) -> String {
        String::from_utf8(reply.body.clone()).expect("text")
    }

    #[test]
    fn each_choice_gives_its_answer() {
        let mitz = Mitz::new(Answer::Deny);
        for (answer, status, mark) in [
            (Answer::Permit, 200, "<Decision>Permit</Decision>"),
            (Answer::Deny, 200, "<Decision>Deny</Decision>"),
            (Answer::Indeterminate, 200, "<Decision>Indeterminate</Decision>"),
            (Answer::NoChoice, 200, "<Decision>NotApplicable</Decision>"),
            (Answer::Fault, 500, "Fault"),
            (Answer::Garbage, 200, "<Decis"),
        ] {
            mitz.set(answer);
            let reply = ask(&mitz, QUESTION);
            assert_eq!(reply.status, status, "{answer:?}");
            assert!(text(&reply).contains(mark), "{answer:?}: {}", text(&reply));
        }
        mitz.set(Answer::Silence);
        assert!(matches!(ask(&mitz, QUESTION).delivery, Delivery::Silent));
    }

    #[test]
    fn a_choice_about_a_category_goes_before_the_rest_and_equal_ones_all_come_back() {
        let mitz = Mitz::new(Answer::Permit);
        mitz.set_for(MEDICATION, &[Answer::Permit, Answer::Deny]);
        let reply = text(&ask(&mitz, QUESTION));
        assert!(reply.find("Permit").expect("first") < reply.find("Deny").expect("second"));
        let general = text(&ask(&mitz, &QUESTION.replace(MEDICATION, GENERAL)));
        assert!(general.contains("Permit") && !general.contains("Deny"));
    }

    #[test]
    fn what_is_no_question_gets_a_fault() {
        let mitz = Mitz::new(Answer::Permit);
        for body in ["", "<a>", "{}", "<Envelope/>"] {
            assert_eq!(ask(&mitz, body).status, 400, "{body}");
        }
    }
}
