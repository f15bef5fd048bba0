//! A document of one or more files: its parts with their places, and where its references lead.

use std::{
    collections::{BTreeMap, BTreeSet},
    io,
};

use serde_json::Value;

use crate::source::{Fault, Source};

/// Files of one document.
pub const MAX_FILES: usize = 200;
/// References that lead to references.
const MAX_HOPS: usize = 50;

/// A document, all its files read.
#[derive(Debug)]
pub struct Document {
    sources: BTreeMap<String, Result<Source, Fault>>,
    root: String,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The file.
    pub file: String,
    /// JSON pointer in it.
    pub pointer: String,
    /// The line.
    pub line: u32,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let pointer = if self.pointer.is_empty() { "/" } else { &self.pointer };
        write!(f, "{} regel {}, {pointer}", self.file, self.line)
    }
}

/// A reference that leads nowhere.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Dangling {
    /// To an address on the network.
    #[error(
        "de verwijzing {0} gaat naar een adres; keur volgt alleen verwijzingen binnen de map van het document"
    )]
    Address(String),
    /// To a file outside the folder.
    #[error("de verwijzing {0} gaat buiten de map van het document")]
    Outside(String),
    /// To a file that cannot be read.
    #[error("de verwijzing {0} gaat naar een bestand dat niet te lezen is: {1}")]
    File(String, String),
    /// To nothing.
    #[error("de verwijzing {0} wijst nergens naar")]
    Nothing(String),
    /// To itself.
    #[error("de verwijzing {0} leidt alleen naar zichzelf")]
    Circle(String),
}

impl Document {
    /// Reads the files of a document; `root` is the name of the one to begin with.
    ///
    /// # Errors
    /// [`Fault`] of the first file; those of others are found where they are referred to.
    pub fn open(root: &str, files: &BTreeMap<String, Vec<u8>>) -> Result<Self, Fault> {
        let mut sources: BTreeMap<String, Result<Source, Fault>> =
            files.iter().map(|(name, bytes)| (name.clone(), Source::read(name, bytes))).collect();
        match sources.remove(root) {
            Some(source) => sources.insert(root.to_owned(), Ok(source?)),
            None => return Err(Fault::NoObject),
        };
        Ok(Self { sources, root: root.to_owned() })
    }

    /// The document as a whole.
    ///
    /// # Panics
    /// Never: a document is only made with its first file read.
    #[must_use]
    pub fn root(&self) -> Node<'_> {
        self.whole(&self.root).expect("a document has its first file")
    }

    /// All files that could be read.
    pub fn sources(&self) -> impl Iterator<Item = &Source> {
        self.sources.values().filter_map(|source| source.as_ref().ok())
    }

    fn whole(&self, name: &str) -> Option<Node<'_>> {
        let source = self.sources.get(name)?.as_ref().ok()?;
        Some(Node { document: self, source, pointer: String::new(), value: &source.value })
    }

    /// `3.0`, `3.1` or `3.2`; none when it is something else.
    #[must_use]
    pub fn edition(&self) -> Option<&str> {
        let version = self.root().text("openapi")?;
        let mut parts = version.split('.');
        let numbers =
            version.split('.').all(|part| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()));
        let three = parts.next() == Some("3") && (1..=2).contains(&parts.count());
        (numbers && three).then(|| &version[..version[2..].find('.').map_or(version.len(), |at| at + 2)])
    }

    /// The version of the API.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        let info = self.root().value.get("info")?;
        info.get("version")?.as_str()
    }
}

/// A part of a document.
#[derive(Debug, Clone)]
pub struct Node<'d> {
    document: &'d Document,
    source: &'d Source,
    /// JSON pointer in its file.
    pub pointer: String,
    /// What stands there.
    pub value: &'d Value,
}

impl<'d> Node<'d> {
    /// The document it is a part of.
    #[must_use]
    pub fn document(&self) -> &'d Document {
        self.document
    }

    fn child(&self, key: &str, value: &'d Value) -> Self {
        let key = key.replace('~', "~0").replace('/', "~1");
        Self { pointer: format!("{}/{key}", self.pointer), value, ..*self }
    }

    /// The entry of an object.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<Self> {
        self.value.get(key).map(|value| self.child(key, value))
    }

    /// The text of an entry.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&'d str> {
        self.value.get(key)?.as_str()
    }

    /// Whether an entry is `true`.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.value.get(key) == Some(&Value::Bool(true))
    }

    /// The entries of an object.
    pub fn entries(&self) -> impl Iterator<Item = (&'d str, Self)> + use<'d> {
        let node = self.clone();
        self.value
            .as_object()
            .into_iter()
            .flatten()
            .map(move |(key, value)| (key.as_str(), node.child(key, value)))
    }

    /// The items of a list.
    pub fn items(&self) -> impl Iterator<Item = Self> + use<'d> {
        let node = self.clone();
        let items = self.value.as_array().into_iter().flatten().enumerate();
        items.map(move |(index, value)| node.child(&index.to_string(), value))
    }

    /// The items of a list that is an entry.
    pub fn list(&self, key: &str) -> impl Iterator<Item = Self> + use<'d> {
        self.get(key).into_iter().flat_map(|node| node.items())
    }

    /// The entries of an object that is an entry.
    pub fn map(&self, key: &str) -> impl Iterator<Item = (&'d str, Self)> + use<'d> {
        self.get(key).into_iter().flat_map(|node| node.entries())
    }

    /// Where it stands.
    #[must_use]
    pub fn place(&self) -> Place {
        let (file, pointer) = (self.source.name.clone(), self.pointer.clone());
        Place { file, line: self.source.line(&pointer), pointer }
    }

    /// What tells it apart from all other parts.
    #[must_use]
    pub fn key(&self) -> (&'d str, String) {
        (&self.source.name, self.pointer.clone())
    }

    /// What a reference means; the part itself when it is none.
    ///
    /// # Errors
    /// [`Dangling`].
    pub fn resolved(&self) -> Result<Self, Dangling> {
        let mut node = self.clone();
        for _ in 0..MAX_HOPS {
            match node.text("$ref") {
                None => return Ok(node),
                Some(reference) => node = node.follow(reference)?,
            }
        }
        Err(Dangling::Circle(self.text("$ref").unwrap_or_default().to_owned()))
    }

    /// The part a reference from here names.
    ///
    /// # Errors
    /// [`Dangling`].
    pub fn follow(&self, reference: &str) -> Result<Self, Dangling> {
        let (file, fragment) = reference.split_once('#').unwrap_or((reference, ""));
        let mut node = if file.is_empty() {
            Node {
                document: self.document,
                source: self.source,
                pointer: String::new(),
                value: &self.source.value,
            }
        } else {
            let name = within(&self.source.name, file)?;
            match self.document.sources.get(&name) {
                Some(Ok(source)) => {
                    Node { document: self.document, source, pointer: String::new(), value: &source.value }
                }
                Some(Err(fault)) => return Err(Dangling::File(reference.to_owned(), fault.to_string())),
                None => return Err(Dangling::File(reference.to_owned(), "het is er niet".to_owned())),
            }
        };
        let fragment = percent_decoded(fragment);
        for part in fragment.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let value = match node.value {
                Value::Array(items) => part.parse::<usize>().ok().and_then(|index| items.get(index)),
                other => other.get(&part),
            };
            let value = value.ok_or_else(|| Dangling::Nothing(reference.to_owned()))?;
            node = node.child(&part, value);
        }
        if !fragment.is_empty() && !fragment.starts_with('/') {
            return Err(Dangling::Nothing(reference.to_owned()));
        }
        Ok(node)
    }
}

fn percent_decoded(text: &str) -> String {
    if !text.contains('%') {
        return text.to_owned();
    }
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        let code = after.get(..2).and_then(|code| std::str::from_utf8(code).ok());
        match code.filter(|_| first == b'%').and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// The name of a file that another one names, both relative to the folder of the document.
fn within(from: &str, file: &str) -> Result<String, Dangling> {
    if file.contains("://") || file.starts_with("//") {
        return Err(Dangling::Address(file.to_owned()));
    }
    let outside = || Dangling::Outside(file.to_owned());
    if file.starts_with(['/', '\\']) || file.contains(':') || file.contains('\\') {
        return Err(outside());
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in file.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop().ok_or_else(outside)?),
            part => parts.push(part),
        }
    }
    Ok(percent_decoded(&parts.join("/")))
}

/// Reads a document and every file it refers to within its folder. What cannot be read beside the first file is left
/// out: the reference to it is a finding, not an error.
///
/// # Errors
/// When the first file cannot be read.
pub fn gather(
    root: &str,
    read: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>,
) -> io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::from([(root.to_owned(), read(root)?)]);
    let mut tried = BTreeSet::from([root.to_owned()]);
    let mut todo = vec![root.to_owned()];
    while let Some(name) = todo.pop() {
        let Ok(source) = Source::read(&name, &files[&name]) else { continue };
        let mut named = BTreeSet::new();
        references(&source.value, &mut |reference| {
            let file = reference.split('#').next().unwrap_or_default();
            named.extend((!file.is_empty()).then(|| within(&name, file)).and_then(Result::ok));
        });
        for file in named {
            if files.len() < MAX_FILES
                && tried.insert(file.clone())
                && let Ok(bytes) = read(&file)
            {
                files.insert(file.clone(), bytes);
                todo.push(file);
            }
        }
    }
    Ok(files)
}

/// All references below a value.
fn references<'v>(value: &'v Value, found: &mut impl FnMut(&'v str)) {
    match value {
        Value::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Value::as_str) {
                found(reference);
            }
            map.values().for_each(|value| references(value, found));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(files: &[(&str, &str)]) -> BTreeMap<String, Vec<u8>> {
        files.iter().map(|(name, text)| ((*name).to_owned(), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn references_lead_through_files_and_no_further() {
        let all = files(&[
            (
                "api.yaml",
                "openapi: 3.1.0\na: {$ref: 'delen/b.yaml#/x~1y'}\nb: {$ref: '#/b'}\nc: {$ref: ../d.yaml}\nd: {$ref: 'https://voorbeeld.nl/e.json'}\ne: {$ref: '#/nergens'}\nf: {$ref: weg.yaml}\ng: {$ref: /etc/passwd}\n",
            ),
            ("delen/b.yaml", "x/y: {$ref: '../c.json#/n/0'}\n"),
            ("c.json", "{\"n\": [{\"type\": \"string\"}]}"),
        ]);
        let gathered = gather("api.yaml", &mut |name| {
            all.get(name).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
        });
        assert_eq!(gathered.unwrap(), all);
        let document = Document::open("api.yaml", &all).unwrap();
        let root = document.root();
        let resolved = |key: &str| root.get(key).unwrap().resolved();
        let found = resolved("a").unwrap();
        assert_eq!(
            (found.value["type"].as_str(), found.place().to_string()),
            (Some("string"), "c.json regel 1, /n/0".to_owned())
        );
        assert!(matches!(resolved("b"), Err(Dangling::Circle(_))));
        assert!(matches!(resolved("c"), Err(Dangling::Outside(_))));
        assert!(matches!(resolved("d"), Err(Dangling::Address(_))));
        assert!(matches!(resolved("e"), Err(Dangling::Nothing(_))));
        assert!(matches!(resolved("f"), Err(Dangling::File(..))));
        assert!(matches!(resolved("g"), Err(Dangling::Outside(_))));
        assert_eq!(document.edition(), Some("3.1"));
    }

    #[test]
    fn only_three_point_something_is_an_edition() {
        for (text, edition) in [
            ("openapi: 3.0.3", Some("3.0")),
            ("openapi: '3.1'", Some("3.1")),
            ("openapi: 3.2.0", Some("3.2")),
            ("openapi: 3.0", None),
            ("openapi: '3'", None),
            ("openapi: 3.0.3-rc1", None),
            ("openapi: 4.0.0", None),
            ("swagger: '2.0'", None),
            ("openapi: 3.0.3.1", None),
        ] {
            let document = Document::open("a.yaml", &files(&[("a.yaml", text)])).unwrap();
            assert_eq!(document.edition(), edition, "{text}");
        }
    }
}
