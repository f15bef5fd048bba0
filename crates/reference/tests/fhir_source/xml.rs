//! XML answers hold exactly what JSON answers hold.

use crate::support::{BSN, Client};
use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

/// Every leaf of a JSON resource as `path=value`, in document order of the path names, sorted.
fn json_leaves(value: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk(value, "", &mut found);
    found.sort();
    found
}

fn walk(value: &Value, path: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(fields) => {
            let inner = match fields.get("resourceType") {
                Some(kind) => format!("{path}/{}", kind.as_str().expect("a type")),
                None => path.to_owned(),
            };
            for (name, field) in fields.iter().filter(|(name, _)| *name != "resourceType") {
                let attribute = name == "url" && (path.ends_with("xtension"));
                let step = if attribute { "@url" } else { name.trim_start_matches('_') };
                walk(field, &format!("{inner}/{step}"), found);
            }
        }
        Value::Array(items) => items.iter().for_each(|item| walk(item, path, found)),
        Value::Null => {}
        Value::String(text) if path.ends_with("/div") => found.push(format!("{path}={}", plain(text))),
        Value::String(text) => found.push(format!("{path}={text}")),
        other => found.push(format!("{path}={other}")),
    }
}

/// The text of a narrative.
fn plain(xhtml: &str) -> String {
    let from = xhtml.find('>').map_or(0, |at| at + 1);
    let to = xhtml.rfind('<').unwrap_or(xhtml.len());
    xhtml[from..to].replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

fn attribute(start: &BytesStart<'_>, name: &str) -> Option<String> {
    let found = start.try_get_attribute(name).expect("well-formed attributes")?;
    Some(found.normalized_value(quick_xml::XmlVersion::Explicit1_0).expect("an escaped value").into_owned())
}

fn xml_leaves(text: &str) -> Vec<String> {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut path: Vec<String> = Vec::new();
    let mut found = Vec::new();
    loop {
        let event = reader.read_event().expect("well-formed XML");
        match &event {
            Event::Start(start) | Event::Empty(start) => {
                let name = start.name().as_ref().to_owned();
                // JSON has no element around a nested resource: its type is part of the path in both.
                path.push(name);
                let at = format!("/{}", path.join("/"));
                found.extend(attribute(start, "url").map(|value| format!("{at}/@url={value}")));
                found.extend(attribute(start, "value").map(|value| format!("{at}={value}")));
                if matches!(event, Event::Empty(_)) {
                    path.pop();
                } else if path.last().is_some_and(|name| name == "div") {
                    let text = reader.read_text(quick_xml::name::QName("div")).expect("a narrative");
                    let text = quick_xml::escape::unescape(&text).expect("escaped text").into_owned();
                    found.push(format!("{at}={text}"));
                    path.pop();
                }
            }
            Event::End(_) => {
                path.pop();
            }
            Event::Eof => break,
            _ => {}
        }
    }
    assert!(path.is_empty());
    found.sort();
    found
}

#[test]
fn xml_and_json_hold_the_same() {
    let client = Client::new(&[]);
    let bsn = client.service.patients().complete.expect("a complete patient");
    for kind in [
        "AllergyIntolerance",
        "CareTeam",
        "Condition",
        "Consent",
        "DeviceUseStatement",
        "Encounter",
        "Flag",
        "Immunization",
        "MedicationDispense",
        "MedicationRequest",
        "MedicationStatement",
        "NutritionOrder",
        "Observation",
        "Procedure",
        "ProcedureRequest",
    ] {
        let url = format!("{kind}?patient.identifier={BSN}|{bsn}&_revinclude=Provenance:target");
        same(&client, &url);
    }
    same(&client, &format!("Patient?identifier={BSN}|{bsn}&_include=Patient:general-practitioner"));
    same(&client, &format!("Coverage?beneficiary.identifier={BSN}|{bsn}&_include=Coverage:payor"));
    same(&client, "metadata");
    same(&client, "Verzonnen");
}

fn same(client: &Client, url: &str) {
    let json = client.get(url);
    let xml = client.send("GET", url, &[("Accept", "application/fhir+xml")], b"");
    assert_eq!(json.status, xml.status);
    let (left, right) = (json_leaves(&json.json()), xml_leaves(&xml.text()));
    for (left, right) in left.iter().zip(&right) {
        assert_eq!(left, right, "{url}");
    }
    assert_eq!(left.len(), right.len(), "{url}");
}
