//! Errors as OperationOutcome.

use serde_json::{Value, json};

/// A refusal: HTTP status, FHIR issue code and a text without implementation details.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub status: u16,
    pub code: &'static str,
    pub text: String,
    /// Extra headers, e.g. `Allow`.
    pub headers: Vec<(String, String)>,
    /// The element that is wrong, when it is one.
    pub expression: Option<String>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, code, text: text.into(), headers: Vec::new(), expression: None }
    }

    /// A parameter value that cannot be used.
    pub(crate) fn invalid(text: impl Into<String>) -> Self {
        Self::new(400, "invalid", text)
    }

    /// The token or the rules of the source do not allow this.
    pub(crate) fn forbidden(text: impl Into<String>) -> Self {
        Self::new(403, "forbidden", text)
    }

    /// No such resource, or none that the asking party may see: both give the same answer.
    pub(crate) fn not_found() -> Self {
        Self::new(404, "not-found", "Deze resource is er niet.")
    }

    /// A type, path or interaction that the CapabilityStatement does not declare.
    pub(crate) fn not_supported(text: impl Into<String>) -> Self {
        Self::new(404, "not-supported", text)
    }

    /// A method that this resource does not have.
    pub(crate) fn method(allow: &str) -> Self {
        let mut refusal = Self::new(405, "not-supported", "Deze methode hoort niet bij deze resource.");
        refusal.headers.push(("Allow".to_owned(), allow.to_owned()));
        refusal
    }

    /// The OperationOutcome resource.
    pub(crate) fn outcome(&self) -> Value {
        let mut issue = json!({ "severity": "error", "code": self.code, "diagnostics": self.text });
        if let Some(expression) = &self.expression {
            issue["expression"] = json!([expression]);
        }
        json!({ "resourceType": "OperationOutcome", "issue": [issue] })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_method_names_the_right_ones() {
        let refusal = Refusal::method("GET, HEAD");
        assert_eq!(refusal.status, 405);
        assert_eq!(refusal.headers, [("Allow".to_owned(), "GET, HEAD".to_owned())]);
        assert_eq!(refusal.outcome()["issue"][0]["code"], "not-supported");
    }
}
