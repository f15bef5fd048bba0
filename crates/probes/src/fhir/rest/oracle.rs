//! What a search parameter says of a resource, found without the server: yes, no, or left open by FHIR.

use serde_json::Value;

use super::dates::{self, Prefix};
use super::parameters::{Parameter, local};

/// What a parameter asks; one of the alternatives must hold.
#[derive(Debug, Clone, PartialEq)]
pub struct Criterion {
    /// The parameter.
    pub parameter: Parameter,
    /// What of its value.
    pub test: Test,
}

/// What is asked of a value.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Any of these codes: system (none when not asked for) and code.
    Tokens(Vec<(Option<String>, String)>),
    /// None of these codes.
    NotTokens(Vec<(Option<String>, String)>),
    /// A code of this system.
    System(String),
    /// A date.
    Date(Prefix, String),
    /// Text that begins so.
    Starts(String),
    /// Exactly this text.
    Exact(String),
    /// Text that holds this.
    Contains(String),
    /// A reference to any of these, `Type/id`; the base is the product's.
    Refers(Vec<String>, String),
    /// A number, and when it is asked for, the unit.
    Number(Prefix, f64, f64, Option<String>),
    /// There is no value, or there is one.
    Missing(bool),
}

impl Criterion {
    /// Whether the resource satisfies it.
    #[must_use]
    pub fn holds(&self, resource: &Value) -> Option<bool> {
        let values = self.parameter.values(resource);
        match &self.test {
            Test::Missing(missing) => Some(values.is_empty() == *missing),
            Test::NotTokens(codes) => {
                any(values.iter().map(|value| tokens(value, codes))).map(|found| !found)
            }
            test => any(values.iter().map(|value| one(value, test))),
        }
    }
}

/// Whether a resource satisfies all of them.
#[must_use]
pub fn all(criteria: &[Criterion], resource: &Value) -> Option<bool> {
    let answers: Vec<Option<bool>> = criteria.iter().map(|criterion| criterion.holds(resource)).collect();
    if answers.contains(&Some(false)) {
        return Some(false);
    }
    (!answers.contains(&None)).then_some(true)
}

fn any(answers: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut open = false;
    for answer in answers {
        match answer {
            Some(true) => return Some(true),
            Some(false) => {}
            None => open = true,
        }
    }
    (!open).then_some(false)
}

fn one(value: &Value, test: &Test) -> Option<bool> {
    match test {
        Test::Tokens(codes) => tokens(value, codes),
        Test::System(system) => match value {
            // The system of a plain code is implied by its element.
            Value::String(_) | Value::Bool(_) => None,
            _ => Some(codings(value).iter().any(|(own, _)| own.as_deref() == Some(system))),
        },
        Test::Date(prefix, asked) => dates::range(value)?.satisfies(*prefix, &dates::parse(asked)?),
        Test::Starts(asked) => text(value, asked, |own, asked| own.starts_with(asked)),
        Test::Exact(asked) => value.as_str().map(|own| own == asked),
        Test::Contains(asked) => text(value, asked, |own, asked| own.contains(asked)),
        Test::Refers(targets, base) => match local(value, base) {
            Some(own) => Some(targets.iter().any(|target| target == own)),
            None => value["reference"].as_str().is_none_or(|text| text.contains(':')).then_some(false),
        },
        Test::Number(prefix, asked, half, unit) => number(value, *prefix, *asked, *half, unit.as_deref()),
        Test::Missing(_) | Test::NotTokens(_) => None,
    }
}

fn tokens(value: &Value, codes: &[(Option<String>, String)]) -> Option<bool> {
    let own = codings(value);
    any(codes.iter().map(|(system, code)| match (system, value) {
        (Some(_), Value::String(text)) if text == code => None,
        _ => Some(own.iter().any(|(theirs, held)| held == code && (system.is_none() || theirs == system))),
    }))
}

/// System and code of each token in a code, boolean, Coding, CodeableConcept or Identifier.
#[must_use]
pub fn codings(value: &Value) -> Vec<(Option<String>, String)> {
    let text = |value: &Value, name: &str| value[name].as_str().map(str::to_owned);
    match value {
        Value::String(code) => vec![(None, code.clone())],
        Value::Bool(flag) => vec![(None, flag.to_string())],
        Value::Object(fields) => match fields.get("coding").and_then(Value::as_array) {
            Some(list) => list.iter().flat_map(codings).collect(),
            None => {
                let code = text(value, "code").or_else(|| text(value, "value"));
                code.map(|code| (text(value, "system"), code)).into_iter().collect()
            }
        },
        _ => Vec::new(),
    }
}

/// Plain letters compare without case; about accents servers may differ, and about the later words of a text too.
fn text(value: &Value, asked: &str, fits: impl Fn(&str, &str) -> bool) -> Option<bool> {
    let own = value.as_str()?;
    let plain = |text: &str| text.is_ascii();
    let (own, asked) = (own.to_lowercase(), asked.to_lowercase());
    if fits(&own, &asked) {
        return Some(true);
    }
    let words = own.split(|letter: char| !letter.is_alphanumeric()).any(|word| fits(word, &asked));
    (plain(&own) && plain(&asked) && !words).then_some(false)
}

fn number(value: &Value, prefix: Prefix, asked: f64, half: f64, unit: Option<&str>) -> Option<bool> {
    let own = value["value"].as_f64()?;
    if unit.is_some_and(|unit| value["code"] != unit) {
        // A server may convert units.
        return None;
    }
    // Near a border the precision of either number decides, and servers round differently.
    let near = |border: f64| (own - border).abs() <= half * 0.01;
    let (low, high) = (asked - half, asked + half);
    if [low, high].into_iter().any(near) {
        return None;
    }
    match prefix {
        Prefix::Gt | Prefix::Sa => (own < low || own > high).then_some(own > asked),
        Prefix::Lt | Prefix::Eb => (own < low || own > high).then_some(own < asked),
        Prefix::Ge => Some(own > low),
        Prefix::Le => Some(own < high),
        Prefix::Eq => Some(own > low && own < high),
        Prefix::Ne => Some(own < low || own > high),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::parameters::find;
    use super::*;

    fn holds(kind: &str, name: &str, test: Test, resource: Value) -> Option<bool> {
        Criterion { parameter: find(kind, name).expect(name), test }.holds(&resource)
    }

    #[test]
    fn codes_with_and_without_system() {
        let of = |system: Option<&str>, code: &str| vec![(system.map(str::to_owned), code.to_owned())];
        let concept = json!({"code": {"coding": [{"system": "s", "code": "x"}, {"code": "y"}]}});
        for (codes, expected) in [
            (of(None, "x"), Some(true)),
            (of(Some("s"), "x"), Some(true)),
            (of(Some("t"), "x"), Some(false)),
            (of(None, "z"), Some(false)),
        ] {
            assert_eq!(holds("Condition", "code", Test::Tokens(codes.clone()), concept.clone()), expected);
            let not = holds("Condition", "code", Test::NotTokens(codes), concept.clone());
            assert_eq!(not, expected.map(|held| !held));
        }
        let plain = json!({"gender": "male"});
        assert_eq!(holds("Patient", "gender", Test::Tokens(of(None, "male")), plain.clone()), Some(true));
        assert_eq!(holds("Patient", "gender", Test::Tokens(of(Some("s"), "male")), plain), None);
        assert_eq!(holds("Patient", "gender", Test::Missing(true), json!({})), Some(true));
        assert_eq!(holds("Condition", "code", Test::System("s".to_owned()), concept), Some(true));
    }

    #[test]
    fn text_references_and_numbers() {
        let name = json!({"name": [{"family": "de Groot"}]});
        let starts = |text: &str| holds("Patient", "family", Test::Starts(text.to_owned()), name.clone());
        assert_eq!((starts("DE g"), starts("groot"), starts("x")), (Some(true), None, Some(false)));
        let exact = holds("Patient", "family", Test::Exact("De Groot".to_owned()), name.clone());
        assert_eq!(exact, Some(false));
        let refers = |to: &str, value: &str| {
            let test = Test::Refers(vec![to.to_owned()], "http://x".to_owned());
            holds("Condition", "subject", test, json!({"subject": {"reference": value}}))
        };
        assert_eq!(refers("Patient/1", "http://x/Patient/1"), Some(true));
        assert_eq!(refers("Patient/1", "Patient/2"), Some(false));
        let value = json!({"valueQuantity": {"value": 7.1, "code": "mmol/L"}});
        let number = |prefix, asked: f64, unit: Option<&str>| {
            let test = Test::Number(prefix, asked, 0.05, unit.map(str::to_owned));
            holds("Observation", "value-quantity", test, value.clone())
        };
        assert_eq!(number(Prefix::Eq, 7.1, None), Some(true));
        assert_eq!(number(Prefix::Gt, 7.1, None), None);
        assert_eq!(number(Prefix::Gt, 6.0, Some("mmol/L")), Some(true));
        assert_eq!(number(Prefix::Lt, 6.0, Some("kg")), None);
        let both = [Test::Missing(false), Test::Missing(true)]
            .map(|test| Criterion { parameter: find("Observation", "value-quantity").expect("known"), test });
        assert_eq!(all(&both, &value), Some(false));
    }
}
