//! The answers of the consent facility as SOAP messages.

use super::{Answer, CATEGORIES};
use crate::Reply;

const SOAP: &str = "application/soap+xml; charset=utf-8";
const ENVELOPE: &str = r#"<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>"#;
const RESPONSE: &str = r#"<Response xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17">"#;
const END: &str = "</s:Body></s:Envelope>";

/// One result per decision, each with the category it is about.
pub(super) fn decisions(results: &[(&str, Answer)]) -> Reply {
    let result = |(category, answer): &(&str, Answer)| {
        let decision = match answer {
            Answer::Permit => "Permit",
            Answer::Deny => "Deny",
            Answer::NoChoice => "NotApplicable",
            _ => "Indeterminate",
        };
        format!("<Result><Decision>{decision}</Decision>{}</Result>", about(category))
    };
    let results: String = results.iter().map(result).collect();
    let body = format!("{ENVELOPE}{RESPONSE}{results}</Response>{END}");
    Reply::new(200).header("content-type", SOAP).body(body)
}

/// The attribute that was asked to be included. Only letters and digits come back: the text is the product's.
fn about(category: &str) -> String {
    let category: String = category.chars().filter(char::is_ascii_alphanumeric).take(32).collect();
    if category.is_empty() {
        return String::new();
    }
    format!(
        r#"<Attributes Category="urn:oasis:names:tc:xacml:3.0:attribute-category:action"><Attribute AttributeId="{}" IncludeInResult="true"><AttributeValue DataType="urn:hl7-org:v3#CV"><CodedValue xmlns="urn:hl7-org:v3" code="{category}" codeSystem="{CATEGORIES}"/></AttributeValue></Attribute></Attributes>"#,
        super::attribute::CATEGORY,
    )
}

pub(super) fn fault(status: u16, code: &str, reason: &str) -> Reply {
    let body = format!(
        r#"{ENVELOPE}<s:Fault><s:Code><s:Value>s:{code}</s:Value></s:Code><s:Reason><s:Text xml:lang="nl">{reason}</s:Text></s:Reason></s:Fault>{END}"#
    );
    Reply::new(status).header("content-type", SOAP).body(body)
}

/// Ends within the decision.
pub(super) fn garbage() -> Reply {
    let body = format!("{ENVELOPE}{RESPONSE}<Result><Decis");
    Reply::new(200).header("content-type", SOAP).body(body)
}
