//! Matching resources against search parameters.

use serde_json::Value;

use super::dates::Comparison;
use super::store::{Record, values};

/// One value of a token parameter: `system|code`, `code`, `|code` or `system|`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    system: Option<String>,
    code: String,
}

impl Token {
    pub(crate) fn parse(text: &str) -> Self {
        match text.split_once('|') {
            Some((system, code)) => Self { system: Some(system.to_owned()), code: code.to_owned() },
            None => Self { system: None, code: text.to_owned() },
        }
    }

    /// Whether a code, boolean, Coding, CodeableConcept or Identifier has this token.
    pub(crate) fn matches(&self, value: &Value) -> bool {
        match value {
            // The system of a plain code is implied by the element.
            Value::String(code) => *code == self.code,
            Value::Bool(flag) => flag.to_string() == self.code,
            Value::Object(fields) => match fields.get("coding") {
                Some(coding) => {
                    coding.as_array().is_some_and(|list| list.iter().any(|item| self.matches(item)))
                }
                None => {
                    let code = fields.get("code").or_else(|| fields.get("value")).and_then(Value::as_str);
                    let system = fields.get("system").and_then(Value::as_str);
                    let system_fits = match &self.system {
                        None => true,
                        Some(asked) if asked.is_empty() => system.is_none(),
                        Some(asked) => system == Some(asked.as_str()),
                    };
                    system_fits && (self.code.is_empty() || code == Some(self.code.as_str()))
                }
            },
            _ => false,
        }
    }
}

/// What a value must satisfy; one of the alternatives is enough.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Test {
    Tokens(Vec<Token>),
    Dates(Vec<Comparison>),
    Ids(Vec<String>),
}

/// A condition on the value at a path; `a|b` names alternative paths.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Filter {
    pub path: &'static str,
    pub test: Test,
}

impl Filter {
    /// Whether the resource satisfies the condition.
    pub(crate) fn accepts(&self, record: &Record) -> bool {
        self.path.split('|').flat_map(|path| values(&record.json, path)).any(|value| match &self.test {
            Test::Tokens(tokens) => tokens.iter().any(|token| token.matches(value)),
            Test::Dates(dates) => dates.iter().any(|date| date.holds(value)),
            Test::Ids(ids) => value.as_str().is_some_and(|id| ids.iter().any(|asked| asked == id)),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tokens_match_codes_codings_and_concepts() {
        let concept = json!({"coding": [{"system": "s", "code": "x"}, {"code": "y"}]});
        for (token, value, expected) in [
            ("s|x", &concept, true),
            ("x", &concept, true),
            ("t|x", &concept, false),
            ("|y", &concept, true),
            ("|x", &concept, false),
            ("s|", &concept, true),
            ("active", &json!("active"), true),
            ("http://hl7.org/fhir/x|active", &json!("active"), true),
            ("true", &json!(true), true),
            ("s|1", &json!({"system": "s", "value": "1"}), true),
            ("1", &json!(1), false),
        ] {
            assert_eq!(Token::parse(token).matches(value), expected, "{token} {value}");
        }
    }
}
