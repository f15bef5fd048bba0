//! The closed question, read: its attributes with their values.

use quick_xml::{
    Reader,
    events::{BytesStart, Event},
};

/// The identifiers of the attributes that are looked at.
pub mod attribute {
    /// The patient's BSN.
    pub const PATIENT: &str = "urn:oasis:names:tc:xacml:2.0:resource:resource-id";
    /// The URA of the custodian.
    pub const CUSTODIAN: &str = "urn:ihe:iti:appc:2016:author-institution:id";
    /// The category of data.
    pub const CATEGORY: &str = "urn:ihe:iti:appc:2016:document-entry:event-code";
    /// The role of the asking person.
    pub const ROLE: &str = "urn:oasis:names:tc:xacml:2.0:subject:role";
    /// The URA of the asking organisation.
    pub const ASKING: &str = "urn:nl:otv:names:tc:1.0:subject:provider-institution";
    /// The purpose.
    pub const PURPOSE: &str = "urn:oasis:names:tc:xspa:1.0:subject:purposeofuse";
}

/// More than this is no question.
const MOST: usize = 100;

/// One value of an attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attribute {
    /// The attribute's identifier.
    pub id: String,
    /// Code or number.
    pub value: String,
    /// Code system or root.
    pub system: String,
}

/// A closed question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question(pub Vec<Attribute>);

impl Question {
    /// Reads a message; `None` when it is no decision query.
    #[must_use]
    pub fn read(message: &[u8]) -> Option<Self> {
        let mut reader = Reader::from_str(std::str::from_utf8(message).ok()?);
        let (mut query, mut current, mut found, mut depth) = (false, None, Vec::new(), 0_usize);
        loop {
            match reader.read_event().ok()? {
                Event::Start(element) => {
                    depth += 1;
                    query |= element.local_name().as_ref() == "XACMLAuthzDecisionQuery";
                    look(&element, &mut current, &mut found);
                }
                Event::Empty(element) => look(&element, &mut current, &mut found),
                Event::End(element) => {
                    depth = depth.checked_sub(1)?;
                    if element.local_name().as_ref() == "Attribute" {
                        current = None;
                    }
                }
                Event::DocType(_) => return None,
                Event::Eof => return (query && depth == 0).then_some(Self(found)),
                _ => {}
            }
            if found.len() > MOST {
                return None;
            }
        }
    }

    /// The values of an attribute in a system.
    #[must_use]
    pub fn codes(&self, id: &str, system: &str) -> Vec<String> {
        let matching = self.0.iter().filter(|one| one.id == id && one.system == system);
        matching.map(|one| one.value.clone()).collect()
    }
}

fn look(element: &BytesStart<'_>, current: &mut Option<String>, found: &mut Vec<Attribute>) {
    let value = |name: &str| {
        let attribute = element.try_get_attribute(name).ok().flatten()?;
        Some(attribute.value.into_owned())
    };
    let (code, system) = match element.local_name().as_ref() {
        "Attribute" => {
            *current = value("AttributeId");
            return;
        }
        "InstanceIdentifier" => (value("extension"), value("root")),
        "CodedValue" => (value("code"), value("codeSystem")),
        _ => return,
    };
    if let (Some(id), Some(value)) = (current.clone(), code) {
        found.push(Attribute { id, value, system: system.unwrap_or_default() });
    }
}
