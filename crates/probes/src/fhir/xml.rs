//! FHIR XML, read into the form that JSON is compared with.

use std::collections::BTreeMap;

use quick_xml::{
    Reader, XmlVersion,
    events::{BytesStart, Event},
};

use super::canonical::{Canonical, Leaf};

/// Deeper nesting than any resource has.
const MAX_DEPTH: usize = 200;

/// An open element: its path and how often each child name occurred.
struct Open {
    path: String,
    seen: BTreeMap<String, usize>,
}

/// All values of a resource in XML; `None` when the text is not well-formed.
pub(super) fn canonical(text: &str) -> Option<Canonical> {
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut form = Canonical::default();
    let mut open: Vec<Open> = Vec::new();
    let mut roots = 0_usize;
    loop {
        match reader.read_event().ok()? {
            Event::Start(element) => {
                let path = enter(&mut open, &mut roots, &element)?;
                if element.local_name().as_ref() == "div" {
                    form.insert(path, Leaf::Text(inner_text(&mut reader)?));
                    continue;
                }
                attributes(&mut form, &path, &element)?;
                if open.len() >= MAX_DEPTH {
                    return None;
                }
                open.push(Open { path, seen: BTreeMap::new() });
            }
            Event::Empty(element) => {
                let path = enter(&mut open, &mut roots, &element)?;
                attributes(&mut form, &path, &element)?;
            }
            Event::End(_) => drop(open.pop()?),
            Event::Eof => return (open.is_empty() && roots == 1).then_some(form),
            Event::DocType(_) => return None,
            _ => {}
        }
    }
}

/// The path of an element that begins.
fn enter(open: &mut [Open], roots: &mut usize, element: &BytesStart<'_>) -> Option<String> {
    let name = element.local_name().as_ref().to_owned();
    let Some(parent) = open.last_mut() else {
        *roots += 1;
        return (*roots == 1).then_some(name);
    };
    let count = parent.seen.entry(name.clone()).or_default();
    let path = format!("{}.{name}[{count}]", parent.path);
    *count += 1;
    Some(path)
}

/// `value` is the element's own value; `id` and `url` are members in JSON.
fn attributes(form: &mut Canonical, path: &str, element: &BytesStart<'_>) -> Option<()> {
    for attribute in element.attributes() {
        let attribute = attribute.ok()?;
        let value = attribute.normalized_value(XmlVersion::Implicit1_0).ok()?.into_owned();
        match attribute.key.as_ref() {
            "value" => form.insert(path.to_owned(), Leaf::Text(value)),
            name @ ("id" | "url") => form.insert(format!("{path}.{name}[0]"), Leaf::Text(value)),
            _ => {}
        }
    }
    Some(())
}

/// The text of a narrative in JSON, without markup.
pub(super) fn narrative(div: &str) -> String {
    let mut reader = Reader::from_str(div);
    let begins = matches!(reader.read_event(), Ok(Event::Start(_)));
    let text = if begins { inner_text(&mut reader) } else { None };
    text.unwrap_or_else(|| div.to_owned())
}

/// The text up to the end of the element that has just begun.
fn inner_text(reader: &mut Reader<&[u8]>) -> Option<String> {
    let (mut text, mut depth) = (String::new(), 0_usize);
    loop {
        match reader.read_event().ok()? {
            Event::Start(_) => depth += 1,
            Event::End(_) if depth == 0 => return Some(text),
            Event::End(_) => depth -= 1,
            Event::Text(piece) => text.push_str(&piece.xml10_content()),
            Event::CData(piece) => text.push_str(&piece.xml10_content()),
            Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                Some(letter) => text.push(letter),
                None => text.push(match reference.as_ref() {
                    "amp" => '&',
                    "lt" => '<',
                    "gt" => '>',
                    "quot" => '"',
                    "apos" => '\'',
                    _ => ' ',
                }),
            },
            Event::Eof => return None,
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_documents_are_no_resources() {
        for text in ["", "<a>", "<a/><b/>", "<a></b>", "plain", "<!DOCTYPE a><a/>", "<a b=1/>"] {
            assert_eq!(canonical(text), None, "{text}");
        }
    }

    #[test]
    fn a_narrative_is_its_text() {
        assert_eq!(narrative("<div>a<br/>b &amp; <i>c</i>&#33;</div>"), "ab & c!");
        assert_eq!(narrative("no markup"), "no markup");
    }
}
