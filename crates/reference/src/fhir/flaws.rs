//! The named defects that show in served resources.

use serde_json::Value;

use crate::defects::Defects;

use super::negotiate::Format;

/// Spoils a resource just before it is served.
pub(crate) fn spoil(resource: &mut Value, defects: &Defects) {
    let kind = resource["resourceType"].as_str().unwrap_or_default().to_owned();
    if defects.has("local-identifier-system") && kind == "Organization" {
        let identifiers = resource["identifier"].as_array_mut().into_iter().flatten();
        for identifier in identifiers.filter(|one| one["system"] == "http://fhir.nl/fhir/NamingSystem/ura") {
            identifier["system"] = Value::from("https://referentiebron.example/organisatienummer");
        }
    }
    if defects.has("missing-code-system") && kind == "Condition" {
        let codings = resource["code"]["coding"].as_array_mut().into_iter().flatten();
        for coding in codings.filter_map(Value::as_object_mut) {
            coding.shift_remove("system");
        }
    }
    if defects.has("missing-required-element")
        && kind == "Procedure"
        && let Some(fields) = resource.as_object_mut()
    {
        fields.shift_remove("status");
    }
}

/// The bytes of an answer.
pub(crate) fn encode(resource: &Value, format: Format, defects: &Defects) -> Vec<u8> {
    match format {
        Format::Xml if defects.has("xml-loses-value") => {
            let mut poorer = resource.clone();
            remove(&mut poorer, "display");
            super::xml::write(&poorer)
        }
        Format::Xml => super::xml::write(resource),
        Format::Json => {
            let text = resource.to_string().into_bytes();
            if defects.has("duplicate-keys") && resource["resourceType"] != "OperationOutcome" {
                let kind = resource["resourceType"].as_str().unwrap_or_default();
                let mut doubled = format!("{{\"resourceType\":\"{kind}\",").into_bytes();
                doubled.extend_from_slice(text.get(1..).unwrap_or_default());
                return doubled;
            }
            text
        }
    }
}

fn remove(value: &mut Value, key: &str) {
    match value {
        Value::Object(fields) => {
            fields.shift_remove(key);
            fields.values_mut().for_each(|field| remove(field, key));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| remove(item, key)),
        _ => {}
    }
}

/// The history of everything, of the defect `unadvertised-history`: there is none yet.
pub(crate) fn empty_history() -> Value {
    serde_json::json!({ "resourceType": "Bundle", "type": "history", "total": 0 })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn without_defects_nothing_is_spoilt() {
        let clean = json!({"resourceType": "Procedure", "status": "completed", "code": {"coding": [{"display": "x"}]}});
        let mut served = clean.clone();
        spoil(&mut served, &Defects::default());
        assert_eq!(served, clean);
        let text = encode(&served, Format::Json, &Defects::default());
        assert_eq!(serde_json::from_slice::<Value>(&text).expect("JSON"), clean);
    }
}
