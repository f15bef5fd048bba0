//! YAML with lines, by the core schema of YAML 1.2: dates stay text, keys become text, aliases are unfolded within bounds.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

use crate::source::{Fault, Lines, MAX_DEPTH, Tally};

type Read = (Value, Lines);

/// A collection that is being filled.
enum Open {
    List(Vec<Value>),
    Object(Map<String, Value>, Option<(String, u32)>),
}

struct Level {
    open: Open,
    anchor: usize,
    line: u32,
    children: Vec<Lines>,
}

struct Builder<'t> {
    tally: &'t mut Tally,
    levels: Vec<Level>,
    anchors: HashMap<usize, Read>,
    whole: Option<Read>,
}

pub(crate) fn read(text: &str, tally: &mut Tally) -> Result<Read, Fault> {
    let mut builder = Builder { tally, levels: Vec::new(), anchors: HashMap::new(), whole: None };
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|error| {
            let line = u32::try_from(error.marker().line()).unwrap_or(u32::MAX);
            syntax(line, error.info().to_owned())
        })?;
        let line = u32::try_from(span.start.line()).unwrap_or(u32::MAX);
        builder.take(event, line)?;
    }
    Ok(builder.whole.unwrap_or((Value::Null, Lines::default())))
}

fn syntax(line: u32, detail: impl Into<String>) -> Fault {
    Fault::Syntax { form: "YAML", line, detail: detail.into() }
}

impl Builder<'_> {
    fn take(&mut self, event: Event<'_>, line: u32) -> Result<(), Fault> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                self.tally.count(1, line)?;
                if self.awaits_key() {
                    // A response may be keyed by a number; JSON knows text only.
                    return self.key(text.into_owned(), line);
                }
                let value = scalar(&text, style, tag.as_deref());
                self.add((value, Lines { line, children: Vec::new() }), anchor)
            }
            Event::SequenceStart(anchor, _) => self.open(Open::List(Vec::new()), anchor, line),
            Event::MappingStart(anchor, _) => self.open(Open::Object(Map::new(), None), anchor, line),
            Event::SequenceEnd | Event::MappingEnd => {
                let Some(level) = self.levels.pop() else { return Ok(()) };
                let value = match level.open {
                    Open::List(items) => Value::Array(items),
                    Open::Object(map, _) => Value::Object(map),
                };
                self.add((value, Lines { line: level.line, children: level.children }), level.anchor)
            }
            Event::Alias(anchor) => {
                let found = self.anchors.get(&anchor);
                let (value, mut lines) =
                    found.cloned().ok_or_else(|| syntax(line, "een alias verwijst naar zichzelf"))?;
                self.tally.count(size(&lines), line)?;
                lines.line = line;
                if self.awaits_key() {
                    let key = value.as_str().map(str::to_owned);
                    return self.key(key.ok_or_else(|| syntax(line, "een sleutel is geen tekst"))?, line);
                }
                self.add((value, lines), 0)
            }
            Event::DocumentStart(_) if self.whole.is_some() => {
                Err(syntax(line, "het bestand bevat meer dan één document"))
            }
            _ => Ok(()),
        }
    }

    fn awaits_key(&self) -> bool {
        matches!(self.levels.last(), Some(Level { open: Open::Object(_, None), .. }))
    }

    fn key(&mut self, key: String, line: u32) -> Result<(), Fault> {
        if key == "<<" {
            return Err(syntax(line, "samenvoegen met << hoort niet bij YAML 1.2"));
        }
        if let Some(Level { open: Open::Object(_, awaited), .. }) = self.levels.last_mut() {
            *awaited = Some((key, line));
        }
        Ok(())
    }

    fn open(&mut self, open: Open, anchor: usize, line: u32) -> Result<(), Fault> {
        self.tally.count(1, line)?;
        if self.awaits_key() {
            return Err(syntax(line, "een sleutel is geen tekst"));
        }
        if self.levels.len() > MAX_DEPTH {
            return Err(Fault::Bomb { line, what: "het bestand is te diep genest" });
        }
        self.levels.push(Level { open, anchor, line, children: Vec::new() });
        Ok(())
    }

    fn add(&mut self, read: Read, anchor: usize) -> Result<(), Fault> {
        if anchor > 0 {
            self.tally.count(size(&read.1), read.1.line)?;
            self.anchors.insert(anchor, read.clone());
        }
        match self.levels.last_mut() {
            None => self.whole = Some(read),
            Some(Level { open: Open::List(items), children, .. }) => {
                items.push(read.0);
                children.push(read.1);
            }
            Some(Level { open: Open::Object(map, awaited), children, .. }) => {
                if let Some((key, line)) = awaited.take() {
                    let (value, lines) = read;
                    self.tally.entry(map, children, key, (value, Lines { line, ..lines }))?;
                }
            }
        }
        Ok(())
    }
}

fn size(lines: &Lines) -> usize {
    1 + lines.children.iter().map(size).sum::<usize>()
}

fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Value {
    let is_text = tag.is_some_and(|tag| tag.is_yaml_core_schema() && tag.suffix == "str");
    if style != ScalarStyle::Plain || is_text {
        return text.into();
    }
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => true.into(),
        "false" | "False" | "FALSE" => false.into(),
        _ => number(text).map_or_else(|| text.into(), Value::Number),
    }
}

fn number(text: &str) -> Option<Number> {
    let radix =
        |prefix: &str, radix| Some(u64::from_str_radix(text.strip_prefix(prefix)?, radix).ok()?.into());
    if let Some(number) = radix("0x", 16).or_else(|| radix("0o", 8)) {
        return Some(number);
    }
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.bytes().all(|byte| byte.is_ascii_digit()) && !digits.is_empty() {
        return text
            .parse::<i64>()
            .map(Number::from)
            .ok()
            .or_else(|| text.parse::<u64>().map(Number::from).ok());
    }
    let plain = digits.starts_with(|c: char| c.is_ascii_digit() || c == '.')
        && digits.bytes().any(|byte| byte.is_ascii_digit())
        && digits.bytes().all(|byte| byte.is_ascii_digit() || b".eE+-".contains(&byte));
    text.parse().ok().filter(|_| plain).and_then(Number::from_f64)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_those_of_the_core_schema() {
        let text =
            "a: 2026-01-02\nb: yes\nc: 1.0\nd: '1'\ne: !!str 1\nf: ~\ng: 0x1f\nh: -3\ni: 1.2.3\nj: |\n  x\n";
        let (value, _) = read(text, &mut Tally::default()).unwrap();
        let expected = json!({
            "a": "2026-01-02", "b": "yes", "c": 1.0, "d": "1", "e": "1", "f": null, "g": 31, "h": -3, "i": "1.2.3",
            "j": "x\n",
        });
        assert_eq!(value, expected);
        for refused in ["a: 1\n---\nb: 2\n", "{a: 1}: b\n", "<<: {a: 1}\n"] {
            assert!(read(refused, &mut Tally::default()).is_err(), "{refused}");
        }
    }
}
