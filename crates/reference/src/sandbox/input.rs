//! Reading what a client sends: strict JSON, of the right type, without elements that FHIR does not know.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::fhir::order;
use crate::fhir::outcome::Refusal;

/// Elements that R4 added to the types of the sandbox.
const ADDED: [&str; 8] =
    ["encounter", "focus", "hasMember", "derivedFrom", "recordedDate", "recorder", "note", "partOf"];
const GENDERS: [&str; 4] = ["male", "female", "other", "unknown"];

/// The JSON of a body; a member that stands there twice, an empty list or object, or null is refused.
pub(super) fn json(body: &[u8], lenient: bool) -> Result<Value, Refusal> {
    if lenient {
        return serde_json::from_slice(body).map_err(|error| malformed(&error));
    }
    serde_json::from_slice::<Strict>(body).map(|strict| strict.0).map_err(|error| malformed(&error))
}

fn malformed(error: &serde_json::Error) -> Refusal {
    let place = format!("regel {}, teken {}", error.line(), error.column());
    Refusal::new(400, "structure", format!("De inhoud is geen geldige FHIR-JSON ({place})."))
}

/// Whether this may be stored as a resource of the type.
pub(super) fn resource(json: &Value, kind: &str) -> Result<(), Refusal> {
    let Some(fields) = json.as_object().filter(|_| json["resourceType"] == kind) else {
        return Err(Refusal::new(400, "invalid", format!("Stuur een resource van het type {kind}.")));
    };
    let known = |name: &str| {
        let name = name.strip_prefix('_').unwrap_or(name);
        name == "resourceType"
            || ADDED.contains(&name)
            || order::of(kind).iter().any(|(field, _)| order::is_field(field, name))
    };
    let at = |name: &str| format!("{kind}.{name}");
    if let Some(name) = fields.keys().find(|name| !known(name)) {
        return Err(misplaced(400, "structure", "Dit element kent FHIR niet.", &at(name)));
    }
    if fields.get("gender").is_some_and(|code| !code.as_str().is_some_and(|code| GENDERS.contains(&code))) {
        return Err(misplaced(422, "code-invalid", "Deze code bestaat niet.", &at("gender")));
    }
    if fields.get("active").is_some_and(|flag| !flag.is_boolean()) {
        return Err(misplaced(422, "value", "Dit is geen boolean.", &at("active")));
    }
    Ok(())
}

fn misplaced(status: u16, code: &'static str, text: &str, expression: &str) -> Refusal {
    Refusal { expression: Some(expression.to_owned()), ..Refusal::new(status, code, text) }
}

/// A value read strictly.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader).map(Strict)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Value;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("FHIR JSON")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_str<E: serde::de::Error>(self, value: &str) -> Result<Value, E> {
        if value.is_empty() { Err(E::custom("empty string")) } else { Ok(Value::from(value)) }
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        if list.is_empty() { Err(serde::de::Error::custom("empty list")) } else { Ok(Value::Array(list)) }
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut fields = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if fields.insert(name, value).is_some() {
                return Err(serde::de::Error::custom("duplicate member"));
            }
        }
        if fields.is_empty() {
            Err(serde::de::Error::custom("empty object"))
        } else {
            Ok(Value::Object(fields))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_strict_json_is_read() {
        assert!(json(br#"{"resourceType":"Patient","active":true}"#, false).is_ok());
        for bad in ["{", r#"{"a":1,"a":2}"#, r#"{"a":[]}"#, r#"{"a":null}"#, r#"{"a":""}"#, r#"{"a":{}}"#] {
            assert_eq!(json(bad.as_bytes(), false).expect_err(bad).status, 400, "{bad}");
        }
        let deep = "[".repeat(300);
        assert_eq!(json(deep.as_bytes(), false).expect_err("too deep").status, 400);
    }

    #[test]
    fn only_known_elements_are_stored() {
        let judge = |text: &str| resource(&serde_json::from_str(text).expect("JSON"), "Patient");
        assert!(judge(r#"{"resourceType":"Patient","birthDate":"1970-01-01","active":true}"#).is_ok());
        let unknown = judge(r#"{"resourceType":"Patient","onzin":1}"#).expect_err("unknown");
        assert_eq!((unknown.status, unknown.expression.as_deref()), (400, Some("Patient.onzin")));
        assert_eq!(judge(r#"{"resourceType":"Flag"}"#).expect_err("another type").status, 400);
        assert_eq!(judge(r#"{"resourceType":"Patient","gender":"x"}"#).expect_err("no code").status, 422);
    }
}
