//! One file: its values and, beside them, the line of every value.

use serde_json::{Map, Value};

use crate::{json, yaml};

/// Bytes of one file. A description of ten thousand lines is half a megabyte.
pub const MAX_BYTES: usize = 10 << 20;
/// Values in one file, those that an alias repeats included: a small file can unfold without end.
pub(crate) const MAX_NODES: usize = 1_000_000;
/// Levels of nesting; what walks over a document may recurse.
pub(crate) const MAX_DEPTH: usize = 100;
/// Keys that stand twice.
const MAX_REPEATED: usize = 100;

/// Why a file cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Larger than [`MAX_BYTES`].
    #[error("het bestand is groter dan {} MiB", MAX_BYTES >> 20)]
    TooLarge,
    /// Not text.
    #[error("het bestand is geen UTF-8-tekst")]
    NotText,
    /// Not JSON or YAML.
    #[error("regel {line}: geen geldige {form}: {detail}")]
    Syntax {
        /// JSON or YAML.
        form: &'static str,
        /// Where.
        line: u32,
        /// What the parser says.
        detail: String,
    },
    /// Unfolds into too much, or nests too deeply.
    #[error("regel {line}: {what}")]
    Bomb {
        /// Where it became too much.
        line: u32,
        /// What is too much.
        what: &'static str,
    },
    /// Holds no object.
    #[error("het bestand bevat geen object")]
    NoObject,
}

/// The lines of a value: its own, and those of its children in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// Of its key, or of itself in a list.
    pub line: u32,
    /// Of the entries of an object or the items of a list.
    pub children: Vec<Lines>,
}

/// A key that stands twice in one object; the last one counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeated {
    /// The key.
    pub key: String,
    /// Of the second one.
    pub line: u32,
}

/// One file, read.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name, relative to the folder of the document.
    pub name: String,
    /// What it says.
    pub value: Value,
    /// Where it says it.
    pub lines: Lines,
    /// Keys that stand twice.
    pub repeated: Vec<Repeated>,
}

impl Source {
    /// Reads a file: JSON when it begins as JSON does, else YAML.
    ///
    /// # Errors
    /// [`Fault`].
    pub fn read(name: &str, bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MAX_BYTES {
            return Err(Fault::TooLarge);
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::NotText)?;
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut tally = Tally::default();
        let is_json = name.ends_with(".json") || text.trim_start().starts_with('{');
        let (value, lines) =
            if is_json { json::read(text, &mut tally)? } else { yaml::read(text, &mut tally)? };
        if !value.is_object() {
            return Err(Fault::NoObject);
        }
        Ok(Self { name: name.to_owned(), value, lines, repeated: tally.repeated })
    }

    /// The line of the value a pointer names; of the last part of it that is there.
    #[must_use]
    pub fn line(&self, pointer: &str) -> u32 {
        let (mut value, mut lines) = (&self.value, &self.lines);
        for part in pointer.split('/').skip(1) {
            let part = part.replace("~1", "/").replace("~0", "~");
            let found = match value {
                Value::Object(map) => map
                    .iter()
                    .position(|(key, _)| *key == part)
                    .and_then(|place| Some((map.get(&part)?, lines.children.get(place)?))),
                Value::Array(items) => part
                    .parse::<usize>()
                    .ok()
                    .and_then(|place| Some((items.get(place)?, lines.children.get(place)?))),
                _ => None,
            };
            match found {
                Some(next) => (value, lines) = next,
                None => break,
            }
        }
        lines.line.max(1)
    }
}

/// What readers count and notice.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    nodes: usize,
    pub(crate) repeated: Vec<Repeated>,
}

impl Tally {
    /// Counts values.
    pub(crate) fn count(&mut self, nodes: usize, line: u32) -> Result<(), Fault> {
        self.nodes += nodes;
        if self.nodes > MAX_NODES {
            return Err(Fault::Bomb { line, what: "het bestand valt uiteen in te veel onderdelen" });
        }
        Ok(())
    }

    /// Adds an entry to an object and its line at the same place.
    pub(crate) fn entry(
        &mut self,
        map: &mut Map<String, Value>,
        lines: &mut Vec<Lines>,
        key: String,
        (value, line): (Value, Lines),
    ) -> Result<(), Fault> {
        if map.contains_key(&key) {
            let place = map.keys().position(|known| *known == key).unwrap_or_default();
            self.repeated.push(Repeated { key: key.clone(), line: line.line });
            lines[place] = line;
            map.insert(key, value);
        } else {
            map.insert(key, value);
            lines.push(line);
        }
        if self.repeated.len() > MAX_REPEATED {
            let line = self.repeated[MAX_REPEATED].line;
            return Err(Fault::Bomb { line, what: "te veel sleutels staan er dubbel" });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const JSON: &str = "{\n  \"a\": {\n    \"b/c\": [\n      1,\n      true\n    ]\n  },\n  \"d\": 3\n}\n";
    const YAML: &str = "# first\na:\n  b/c:\n    - 1\n    - true\n'd': 3\n200:\n  x: &n {y: '1'}\nz: *n\n";

    #[test]
    fn every_part_has_its_line() {
        let json = Source::read("a.json", JSON.as_bytes()).unwrap();
        for (pointer, line) in
            [("", 1), ("/a", 2), ("/a/b~1c", 3), ("/a/b~1c/0", 4), ("/a/b~1c/1", 5), ("/d", 8)]
        {
            assert_eq!(json.line(pointer), line, "{pointer}");
        }
        let yaml = Source::read("a.yaml", YAML.as_bytes()).unwrap();
        for (pointer, line) in
            [("/a", 2), ("/a/b~1c", 3), ("/a/b~1c/1", 5), ("/d", 6), ("/200/x", 8), ("/z/q", 9)]
        {
            assert_eq!(yaml.line(pointer), line, "{pointer}");
        }
        assert_eq!(yaml.value["a"], json.value["a"]);
        assert_eq!(yaml.value["z"], yaml.value["200"]["x"]);
        assert_eq!(yaml.value["z"]["y"], "1");
    }

    #[test]
    fn a_key_that_stands_twice_is_noticed() {
        for (name, text) in [("a.json", "{\"a\": 1,\n\"b\": 2,\n\"a\": 3}"), ("a.yaml", "a: 1\nb: 2\na: 3\n")]
        {
            let read = Source::read(name, text.as_bytes()).unwrap();
            assert_eq!(read.repeated, [Repeated { key: "a".to_owned(), line: 3 }], "{name}");
            assert_eq!((read.line("/a"), read.line("/b")), (3, 2));
            assert_eq!(read.value["a"], 3);
        }
    }

    #[test]
    fn what_cannot_be_read_says_where() {
        let bomb = {
            let mut text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
            for level in 1..12 {
                let before = level - 1;
                text += &format!("a{level}: &a{level} [{}]\n", vec![format!("*a{before}"); 10].join(", "));
            }
            text
        };
        assert!(matches!(Source::read("a.yaml", bomb.as_bytes()), Err(Fault::Bomb { line: 5..=7, .. })));
        assert!(matches!(Source::read("a.yaml", b"a: &a\n  b: *a\n"), Err(Fault::Syntax { .. })));
        let deep = format!("{}1{}", "{\"a\":".repeat(5000), "}".repeat(5000));
        assert!(matches!(Source::read("a.json", deep.as_bytes()), Err(Fault::Bomb { .. })));
        assert!(matches!(Source::read("a.yaml", "- ".repeat(5000).as_bytes()), Err(Fault::Bomb { .. })));
        let flow = format!("a: {}", "[".repeat(5000));
        assert!(matches!(
            Source::read("a.yaml", flow.as_bytes()),
            Err(Fault::Bomb { .. } | Fault::Syntax { .. })
        ));
        assert!(matches!(Source::read("a.json", b"{\n\"a\": }"), Err(Fault::Syntax { line: 2, .. })));
        assert!(matches!(Source::read("a.yaml", b"a: b\n c: [d\n"), Err(Fault::Syntax { .. })));
        assert_eq!(Source::read("a.yaml", b"- a\n").unwrap_err(), Fault::NoObject);
        assert_eq!(Source::read("a.yaml", b"").unwrap_err(), Fault::NoObject);
        assert_eq!(Source::read("a.json", &[0xff]).unwrap_err(), Fault::NotText);
        assert_eq!(Source::read("a.json", &vec![b' '; MAX_BYTES + 1]).unwrap_err(), Fault::TooLarge);
    }
}
