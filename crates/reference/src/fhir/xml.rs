//! FHIR XML from FHIR JSON.
//!
//! XML prescribes the order of elements and JSON does not. Elements of types without a known order keep that of the
//! JSON.

use quick_xml::events::Event;
use serde_json::{Map, Value};

use super::order::{is_field, of};

/// A whole resource as an XML document.
pub(crate) fn write(resource: &Value) -> Vec<u8> {
    let mut out = String::with_capacity(4096);
    out.push_str("<?xml version=\"1.0\" encoding=\"UTF-8\"?>");
    write_resource(&mut out, resource, true);
    out.into_bytes()
}

fn write_resource(out: &mut String, resource: &Value, root: bool) {
    let Some(fields) = resource.as_object() else { return };
    let kind = resource["resourceType"].as_str().unwrap_or("Resource");
    open(out, kind);
    if root {
        out.push_str(" xmlns=\"http://hl7.org/fhir\"");
    }
    out.push('>');
    write_fields(out, fields, kind, true);
    close(out, kind);
}

/// The child elements of a resource or data type, in schema order.
fn write_fields(out: &mut String, fields: &Map<String, Value>, kind: &str, is_resource: bool) {
    let mut names: Vec<&str> = Vec::new();
    for key in fields.keys() {
        let name = key.strip_prefix('_').unwrap_or(key);
        let attribute = name == "resourceType"
            || (!is_resource && name == "id")
            || (kind == "Extension" && name == "url");
        if !attribute && !names.contains(&name) {
            names.push(name);
        }
    }
    for (field, child) in of(kind) {
        let Some(at) = names.iter().position(|name| is_field(field, name)) else { continue };
        let name = names.remove(at);
        let choice = field.strip_suffix("[x]").map_or("", |stem| &name[stem.len()..]);
        write_field(out, fields, name, if choice.is_empty() { child } else { choice });
    }
    for name in names {
        write_field(out, fields, name, "");
    }
}

fn write_field(out: &mut String, fields: &Map<String, Value>, name: &str, kind: &str) {
    let value = fields.get(name);
    let shadow = fields.get(&format!("_{name}"));
    let length = |list: Option<&Value>| list.and_then(Value::as_array).map_or(0, Vec::len);
    if value.is_some_and(Value::is_array) || shadow.is_some_and(Value::is_array) {
        for index in 0..length(value).max(length(shadow)) {
            let item = |list: Option<&'_ Value>| list.and_then(|list| list.get(index)).cloned();
            write_one(out, name, kind, item(value).as_ref(), item(shadow).as_ref());
        }
    } else {
        write_one(out, name, kind, value, shadow);
    }
}

fn write_one(out: &mut String, name: &str, kind: &str, value: Option<&Value>, shadow: Option<&Value>) {
    match value {
        Some(Value::Object(fields)) if fields.contains_key("resourceType") => {
            open(out, name);
            out.push('>');
            write_resource(out, &Value::Object(fields.clone()), false);
            close(out, name);
        }
        Some(Value::Object(fields)) => {
            open(out, name);
            attribute(out, "id", fields.get("id"));
            // An extension on a data type of an unknown resource is recognised by its name.
            let kind = if matches!(name, "extension" | "modifierExtension") { "Extension" } else { kind };
            if kind == "Extension" {
                attribute(out, "url", fields.get("url"));
            }
            out.push('>');
            write_fields(out, fields, kind, false);
            close(out, name);
        }
        Some(Value::String(text)) if name == "div" => write_narrative(out, text),
        Some(primitive) if !primitive.is_null() && !primitive.is_array() => {
            open(out, name);
            attribute(out, "id", shadow.and_then(|shadow| shadow.get("id")));
            attribute(out, "value", Some(primitive));
            finish(out, name, shadow);
        }
        _ if shadow.is_some_and(Value::is_object) => {
            open(out, name);
            attribute(out, "id", shadow.and_then(|shadow| shadow.get("id")));
            finish(out, name, shadow);
        }
        _ => {}
    }
}

fn finish(out: &mut String, name: &str, shadow: Option<&Value>) {
    match shadow.and_then(Value::as_object).filter(|shadow| shadow.contains_key("extension")) {
        Some(shadow) => {
            out.push('>');
            write_field(out, shadow, "extension", "Extension");
            close(out, name);
        }
        None => out.push_str("/>"),
    }
}

/// A narrative is XHTML already; text that is not well-formed is shown as plain text.
fn write_narrative(out: &mut String, text: &str) {
    if is_well_formed(text) {
        out.push_str(text);
    } else {
        out.push_str("<div xmlns=\"http://www.w3.org/1999/xhtml\">");
        escape(out, text);
        out.push_str("</div>");
    }
}

fn is_well_formed(text: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut depth = 0_usize;
    let mut elements = 0_usize;
    loop {
        match reader.read_event() {
            Ok(Event::Start(_)) => {
                depth += 1;
                elements += 1;
            }
            Ok(Event::Empty(_)) => elements += 1,
            Ok(Event::End(_)) => depth = depth.saturating_sub(1),
            Ok(Event::Eof) => return depth == 0 && elements > 0,
            Ok(Event::DocType(_) | Event::Decl(_) | Event::PI(_)) | Err(_) => return false,
            Ok(_) => {}
        }
    }
}

fn open(out: &mut String, name: &str) {
    out.push('<');
    out.push_str(name);
}

fn close(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

fn attribute(out: &mut String, name: &str, value: Option<&Value>) {
    let text = match value {
        Some(Value::String(text)) => text.clone(),
        Some(value @ (Value::Number(_) | Value::Bool(_))) => value.to_string(),
        _ => return,
    };
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(out, &text);
    out.push('"');
}

/// White space is written as character references: a parser would turn it into plain spaces in an attribute.
fn escape(out: &mut String, text: &str) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\r' => out.push_str("&#13;"),
            '\t' => out.push_str("&#9;"),
            control if control < ' ' => out.push('\u{fffd}'),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn xml(resource: &Value) -> String {
        String::from_utf8(write(resource)).expect("UTF-8")
    }

    #[test]
    fn elements_come_in_schema_order() {
        let text = xml(&json!({
            "valueQuantity": {"code": "kg", "value": 7.5, "unit": "kg"},
            "status": "final",
            "resourceType": "Observation",
            "code": {"text": "a \"b\"\n<c>"},
            "id": "x"
        }));
        assert_eq!(
            text,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Observation xmlns=\"http://hl7.org/fhir\"><id value=\"x\"/>\
             <status value=\"final\"/><code><text value=\"a &quot;b&quot;&#10;&lt;c&gt;\"/></code><valueQuantity>\
             <value value=\"7.5\"/><unit value=\"kg\"/><code value=\"kg\"/></valueQuantity></Observation>"
        );
    }

    #[test]
    fn extensions_shadows_and_nested_resources_are_written() {
        let text = xml(&json!({
            "resourceType": "Bundle",
            "entry": [{"search": {"mode": "match"}, "resource": {
                "resourceType": "Patient", "id": "p",
                "name": [{"given": ["A", "B"], "_given": [null, {"extension": [{"url": "u", "valueCode": "BR"}]}]}],
                "_birthDate": {"extension": [{"valueCode": "unknown", "url": "d"}]},
                "text": {"div": "<div xmlns=\"http://www.w3.org/1999/xhtml\">x<br/></div>", "status": "generated"}
            }}]
        }));
        for part in [
            "<entry><resource><Patient><id value=\"p\"/><text><status value=\"generated\"/><div xmlns=",
            "<given value=\"A\"/><given value=\"B\"><extension url=\"u\"><valueCode value=\"BR\"/></extension></given>",
            "<birthDate><extension url=\"d\"><valueCode value=\"unknown\"/></extension></birthDate>",
            "</Patient></resource><search><mode value=\"match\"/></search></entry>",
        ] {
            assert!(text.contains(part), "{part}\nin {text}");
        }
    }

    #[test]
    fn unknown_types_and_bad_narratives_do_not_break_the_document() {
        let text =
            xml(&json!({"resourceType": "Basic", "z": 1, "a": {"y": true}, "text": {"div": "<div><p>"}}));
        assert!(text.contains("<z value=\"1\"/><a><y value=\"true\"/></a>"), "{text}");
        assert!(is_well_formed(&text["<?xml version=\"1.0\" encoding=\"UTF-8\"?>".len()..]), "{text}");
    }
}
