//! JSON with lines: the library's parser, fed by a reader that counts the newlines it hands over.

use std::{cell::RefCell, fmt, io};

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use crate::source::{Fault, Lines, MAX_DEPTH, Tally};

pub(crate) fn read(text: &str, tally: &mut Tally) -> Result<(Value, Lines), Fault> {
    let progress = RefCell::new(Progress { line: 1, tally, fault: None });
    let reader = Counting { rest: text.as_bytes(), progress: &progress };
    let mut parser = serde_json::Deserializer::from_reader(reader);
    let parsed = Place { progress: &progress, depth: 0, line: None }
        .deserialize(&mut parser)
        .and_then(|found| parser.end().map(|()| found));
    parsed.map_err(|error| {
        let fault = progress.borrow_mut().fault.take();
        let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
        fault.unwrap_or_else(|| Fault::Syntax { form: "JSON", line, detail: plain(&error.to_string()) })
    })
}

/// Without the place, which is told apart.
fn plain(message: &str) -> String {
    message.split(" at line ").next().unwrap_or(message).to_owned()
}

struct Progress<'t> {
    line: u32,
    tally: &'t mut Tally,
    fault: Option<Fault>,
}

struct Counting<'p, 't> {
    rest: &'p [u8],
    progress: &'p RefCell<Progress<'t>>,
}

impl io::Read for Counting<'_, '_> {
    /// One byte at a time, so that the line is that of what the parser has seen.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (Some((first, rest)), Some(place)) = (self.rest.split_first(), buffer.first_mut()) else {
            return Ok(0);
        };
        *place = *first;
        self.rest = rest;
        if *first == b'\n' {
            self.progress.borrow_mut().line += 1;
        }
        Ok(1)
    }
}

/// A value to come; `line` is that of its key.
#[derive(Clone, Copy)]
struct Place<'p, 't> {
    progress: &'p RefCell<Progress<'t>>,
    depth: usize,
    line: Option<u32>,
}

impl Place<'_, '_> {
    fn inner(self, line: Option<u32>) -> Self {
        Self { depth: self.depth + 1, line, ..self }
    }

    fn leaf(self, value: Value) -> (Value, Lines) {
        (value, Lines { line: self.line.unwrap_or_default(), children: Vec::new() })
    }

    fn refuse<E: Error>(self, fault: Fault) -> E {
        self.progress.borrow_mut().fault = Some(fault);
        E::custom("refused")
    }
}

impl<'de> DeserializeSeed<'de> for Place<'_, '_> {
    type Value = (Value, Lines);

    fn deserialize<D: Deserializer<'de>>(mut self, parser: D) -> Result<Self::Value, D::Error> {
        let line = {
            let mut progress = self.progress.borrow_mut();
            let line = progress.line;
            let counted = progress.tally.count(1, line);
            let deep = (self.depth > MAX_DEPTH)
                .then_some(Fault::Bomb { line, what: "het bestand is te diep genest" });
            progress.fault = counted.err().or(deep);
            line
        };
        if self.progress.borrow().fault.is_some() {
            return Err(D::Error::custom("refused"));
        }
        self.line = Some(self.line.unwrap_or(line));
        parser.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Place<'_, '_> {
    type Value = (Value, Lines);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(self.leaf(Value::Null))
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Self::Value, E> {
        Ok(self.leaf(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Self::Value, E> {
        Ok(self.leaf(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Self::Value, E> {
        Ok(self.leaf(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Self::Value, E> {
        Ok(self.leaf(Number::from_f64(value).map_or(Value::Null, Value::Number)))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Self::Value, E> {
        Ok(self.leaf(value.into()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Self::Value, E> {
        Ok(self.leaf(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
        let (mut items, mut children) = (Vec::new(), Vec::new());
        while let Some((item, lines)) = list.next_element_seed(self.inner(None))? {
            items.push(item);
            children.push(lines);
        }
        Ok((Value::Array(items), Lines { line: self.line.unwrap_or_default(), children }))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut object: A) -> Result<Self::Value, A::Error> {
        let (mut map, mut children) = (Map::new(), Vec::new());
        while let Some(key) = object.next_key::<String>()? {
            let line = self.progress.borrow().line;
            let entry = object.next_value_seed(self.inner(Some(line)))?;
            let added = self.progress.borrow_mut().tally.entry(&mut map, &mut children, key, entry);
            added.map_err(|fault| self.refuse(fault))?;
        }
        Ok((Value::Object(map), Lines { line: self.line.unwrap_or_default(), children }))
    }
}
