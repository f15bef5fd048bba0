//! The source asks the consent facility before it answers a query without referral, and reads the answer.

use std::fmt::Write;
use std::sync::Arc;

use quick_xml::Reader;
use quick_xml::events::Event;

use super::Client;
use crate::defects::Defects;
use crate::oauth::authorization::ACUTE;
use crate::state::Product;

/// The categories of data: all of it, laboratory results alone, medication alone.
pub(super) const GENERAL: &str = "GGC002";
const LABORATORY: &str = "GGC012";
const MEDICATION: &str = "GGC013";
/// The role the question names: nobody asks in person, so that of the responsible physician.
const ROLE: &str = "01.015";
/// The type of organisation, on both sides: a hospital.
const FACILITY: &str = "V6";

/// A query that consent is asked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Query<'a> {
    pub(crate) bsn: &'a str,
    /// The URA of the source.
    pub(crate) custodian: &'a str,
    /// The URA of the asking organisation.
    pub(crate) asking: &'a str,
    pub(crate) purpose: &'a str,
    /// Path and query below the FHIR base.
    pub(crate) path: &'a str,
    pub(crate) parameters: &'a str,
}

/// What comes of a question.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Reply {
    Decisions(Vec<String>),
    Unreadable,
    Fault,
    Nothing,
}

/// Whether the patient permits it; anything but a clear Permit is no.
pub(crate) async fn permits(product: &Arc<Product>, query: &Query<'_>) -> bool {
    let Ok(client) = Client::new(product) else { return false };
    let defects = &product.defects;
    let mut needed = categories(query.path, query.parameters);
    if needed == [LABORATORY] && defects.has("laboratory-as-medication") {
        needed = vec![MEDICATION];
    }
    let mut answers = Vec::new();
    for category in asked(&needed, defects) {
        answers.push((category, ask(&client, query, category).await));
    }
    let permitted = weigh(&answers, &needed, defects);
    if query.purpose == ACUTE {
        // The defects: acute care goes before the patient's choice, or does not wait for it.
        let said = |decision: &str| {
            answers.iter().any(|(_, reply)| *reply == Reply::Decisions(vec![decision.to_owned()]))
        };
        return permitted
            || (said("Deny") && defects.has("acute-over-refusal"))
            || (said("NotApplicable") && defects.has("acute-without-answer"));
    }
    let denied = answers.iter().any(|(_, reply)| *reply == Reply::Decisions(vec!["Deny".to_owned()]));
    permitted | (needed == [GENERAL] && product.consent.still_cached(query.bsn, denied, permitted))
}

/// The categories a query reaches into.
pub(super) fn categories(path: &str, parameters: &str) -> Vec<&'static str> {
    match path.trim_matches('/').split('/').next().unwrap_or_default() {
        kind if kind.starts_with("Medication") => vec![MEDICATION],
        "Observation" if parameters.contains("49581000146104") => vec![LABORATORY],
        "Observation" => vec![GENERAL, LABORATORY],
        _ => vec![GENERAL],
    }
}

/// The categories that are asked about.
fn asked(needed: &[&'static str], defects: &Defects) -> Vec<&'static str> {
    if defects.has("consent-categories-together") {
        return vec![GENERAL, LABORATORY, MEDICATION];
    }
    let mut asked = needed.to_vec();
    if defects.has("consent-general-wins") && !asked.contains(&GENERAL) {
        asked.push(GENERAL);
    }
    asked
}

fn weigh(answers: &[(&str, Reply)], needed: &[&str], defects: &Defects) -> bool {
    let permits = |category: &str| {
        let about = answers.iter().filter(|(of, _)| *of == category);
        about.clone().next().is_some() && about.map(|(_, reply)| reply).all(|reply| reads(reply, defects))
    };
    if defects.has("consent-categories-together") {
        return answers.iter().any(|(category, _)| permits(category));
    }
    if defects.has("consent-general-wins") && permits(GENERAL) {
        return true;
    }
    needed.iter().all(|category| permits(category))
}

fn reads(reply: &Reply, defects: &Defects) -> bool {
    let decision = |decision: &String| match decision.as_str() {
        "Permit" => true,
        "Deny" => defects.has("refusal-read-as-consent"),
        "Indeterminate" => defects.has("consent-indeterminate-open"),
        _ => false,
    };
    match reply {
        Reply::Decisions(all) if defects.has("consent-latest-wins") => all.last().is_some_and(decision),
        Reply::Decisions(all) => !all.is_empty() && all.iter().all(decision),
        Reply::Unreadable => defects.has("consent-malformed-open"),
        Reply::Fault => defects.has("consent-fault-open"),
        Reply::Nothing => defects.has("consent-timeout-open"),
    }
}

async fn ask(client: &Client, query: &Query<'_>, category: &str) -> Reply {
    let url = format!("{}/dienst/mitz", client.product.desk);
    let request = client
        .request(http::Method::POST, &url)
        .header("content-type", "application/soap+xml; charset=utf-8")
        .body(question(query, category, &client.defects));
    match client.send(request).await {
        Err(_) => Reply::Nothing,
        Ok(answer) if answer.status != 200 => Reply::Fault,
        Ok(answer) => decisions(&answer.body).map_or(Reply::Unreadable, Reply::Decisions),
    }
}

fn question(query: &Query<'_>, category: &str, defects: &Defects) -> String {
    let asking = if defects.has("mitz-own-ura") { query.custodian } else { query.asking };
    let identifier = |id: &str, root: &str, extension: &str| {
        format!(
            r#"<Attribute AttributeId="{id}" IncludeInResult="true"><AttributeValue DataType="urn:hl7-org:v3#II"><InstanceIdentifier xmlns="urn:hl7-org:v3" root="{root}" extension="{extension}"/></AttributeValue></Attribute>"#
        )
    };
    let code = |id: &str, system: &str, code: &str| {
        format!(
            r#"<Attribute AttributeId="{id}" IncludeInResult="true"><AttributeValue DataType="urn:hl7-org:v3#CV"><CodedValue xmlns="urn:hl7-org:v3" code="{code}" codeSystem="{system}"/></AttributeValue></Attribute>"#
        )
    };
    let facility = "2.16.840.1.113883.2.4.15.1060";
    let ura = "2.16.528.1.1007.3.3";
    let mut groups = vec![(
        "urn:oasis:names:tc:xacml:3.0:attribute-category:resource",
        vec![
            identifier(
                "urn:oasis:names:tc:xacml:2.0:resource:resource-id",
                "2.16.840.1.113883.2.4.6.3",
                query.bsn,
            ),
            code("urn:ihe:iti:appc:2016:document-entry:healthcare-facility-type-code", facility, FACILITY),
            identifier("urn:ihe:iti:appc:2016:author-institution:id", ura, query.custodian),
        ],
    )];
    if !defects.has("mitz-category-missing") || category != GENERAL {
        let of = code(
            "urn:ihe:iti:appc:2016:document-entry:event-code",
            "2.16.840.1.113883.2.4.3.111.5.10.1",
            category,
        );
        groups.push(("urn:oasis:names:tc:xacml:3.0:attribute-category:action", vec![of]));
    }
    let mut subject = vec![
        identifier("urn:nl:otv:names:tc:1.0:subject:provider-institution", ura, asking),
        code("urn:nl:otv:names:tc:1.0:subject:consulting-healthcare-facility-type-code", facility, FACILITY),
    ];
    if !defects.has("mitz-role-missing") {
        subject.push(code("urn:oasis:names:tc:xacml:2.0:subject:role", "2.16.840.1.113883.2.4.15.111", ROLE));
    }
    groups.push(("urn:oasis:names:tc:xacml:1.0:subject-category:access-subject", subject));
    let purpose = code(
        "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse",
        "2.16.840.1.113883.1.11.20448",
        query.purpose,
    );
    groups.push(("urn:oasis:names:tc:xacml:3.0:attribute-category:environment", vec![purpose]));
    let mut message = String::from(
        r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><q:XACMLAuthzDecisionQuery xmlns:q="urn:oasis:names:tc:xacml:3.0:profile:saml2.0:v2:schema:protocol:wd-14"><Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" CombinedDecision="false" ReturnPolicyIdList="false">"#,
    );
    for (category, attributes) in groups {
        let _ = write!(message, r#"<Attributes Category="{category}">{}</Attributes>"#, attributes.concat());
    }
    message.push_str("</Request></q:XACMLAuthzDecisionQuery></s:Body></s:Envelope>");
    message
}

/// The decisions in an answer; `None` when it is not whole, or holds none.
fn decisions(body: &[u8]) -> Option<Vec<String>> {
    let mut reader = Reader::from_str(std::str::from_utf8(body).ok()?);
    let (mut open, mut found): (Vec<String>, Vec<String>) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => open.push(element.local_name().as_ref().to_owned()),
            Event::Text(text) if open.ends_with(&["Result".to_owned(), "Decision".to_owned()]) => {
                found.push(text.trim().to_owned());
            }
            Event::End(_) => drop(open.pop()?),
            Event::Eof => return (open.is_empty() && !found.is_empty()).then_some(found),
            Event::DocType(_) => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(defect: &str) -> Defects {
        Defects::new([defect.to_owned()]).expect("known")
    }

    fn said(all: &[&str]) -> Reply {
        Reply::Decisions(all.iter().map(|one| (*one).to_owned()).collect())
    }

    #[test]
    fn an_answer_is_read_whole_or_not_at_all() {
        let envelope =
            |inner: &str| format!("<s:E xmlns:s='x'><s:Body><Response>{inner}</Response></s:Body></s:E>");
        let two = envelope(
            "<Result><Decision>Permit</Decision></Result><Result><Decision>Deny</Decision></Result>",
        );
        assert_eq!(decisions(two.as_bytes()), Some(vec!["Permit".to_owned(), "Deny".to_owned()]));
        assert_eq!(decisions(&two.as_bytes()[..60]), None);
        assert_eq!(decisions(envelope("").as_bytes()), None);
        assert_eq!(decisions(b"\xff"), None);
    }

    #[test]
    fn only_a_clear_permit_permits_and_equal_choices_fall_to_the_objection() {
        let none = Defects::default();
        assert!(reads(&said(&["Permit"]), &none));
        for other in [
            said(&["Deny"]),
            said(&["Indeterminate"]),
            said(&["NotApplicable"]),
            said(&["Deny", "Permit"]),
            Reply::Unreadable,
            Reply::Fault,
            Reply::Nothing,
        ] {
            assert!(!reads(&other, &none), "{other:?}");
        }
        assert!(reads(&said(&["Deny", "Permit"]), &with("consent-latest-wins")));
    }

    #[test]
    fn the_specific_category_decides_unless_a_defect_mixes_them() {
        let answers = [(MEDICATION, said(&["Deny"])), (GENERAL, said(&["Permit"]))];
        assert!(!weigh(&answers, &[MEDICATION], &Defects::default()));
        assert!(weigh(&answers, &[MEDICATION], &with("consent-general-wins")));
        assert!(weigh(&answers, &[MEDICATION], &with("consent-categories-together")));
        assert_eq!(categories("MedicationRequest", ""), [MEDICATION]);
        assert_eq!(categories("Observation", "category=http://snomed.info/sct|49581000146104"), [LABORATORY]);
        assert_eq!(categories("Condition", ""), [GENERAL]);
    }
}
