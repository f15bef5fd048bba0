//! Texts from outside made fit to be shown: visible control characters, bounded length, human times.

use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// The text with every character a reader cannot see, or that reorders what he sees, written out. Line feeds
/// and tabs stay.
#[must_use]
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\n' | '\t' => out.push(c),
            '\r' if chars.peek() == Some(&'\n') => {}
            '\0'..='\x1f' => out.push(char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{FFFD}')),
            '\x7f' => out.push('␡'),
            c if hidden(c) => out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// Invisible, reordering or not a character at all.
pub(crate) fn hidden(c: char) -> bool {
    let code = u32::from(c);
    matches!(c,
        '\u{80}'..='\u{9f}' | '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{fdd0}'..='\u{fdef}'
        | '\u{e0000}'..='\u{e007f}')
        || code & 0xfffe == 0xfffe
}

/// The first `max` characters, and whether there were more.
#[must_use]
pub fn cut(text: &str, max: usize) -> (&str, bool) {
    match text.char_indices().nth(max) {
        Some((end, _)) => (&text[..end], true),
        None => (text, false),
    }
}

/// A text inside Markdown that stays a text: no HTML, no link, no image.
pub(crate) fn markdown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\\' | '<' | '[' | '&') {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

/// `template` with every `{name}` replaced by its value.
#[must_use]
pub fn fill(template: &str, values: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(template.len() + 32);
    let mut rest = template;
    while let Some(start) = rest.find('{') {
        out.push_str(&rest[..start]);
        let after = &rest[start + 1..];
        let found = after.find('}').and_then(|end| {
            values.iter().find(|(name, _)| *name == &after[..end]).map(|(_, value)| (end, *value))
        });
        match found {
            Some((end, value)) => {
                out.push_str(value);
                rest = &after[end + 1..];
            }
            None => {
                out.push('{');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

/// An RFC 3339 instant for people: day, month and year, and the time in UTC. None when it is not an instant.
#[must_use]
pub fn instant(value: &str, months: &[String; 12]) -> Option<(String, String)> {
    let at = OffsetDateTime::parse(value, &Rfc3339).ok()?.to_offset(UtcOffset::UTC);
    let month = months.get(usize::from(u8::from(at.month())) - 1)?;
    let day = format!("{} {month} {}", at.day(), at.year());
    let (hour, minute, second) = at.to_hms();
    Some((day, format!("{hour:02}:{minute:02}:{second:02} UTC")))
}

/// A `YYYY-MM-DD` date for people.
#[must_use]
pub fn date(value: &str, months: &[String; 12]) -> Option<String> {
    instant(&format!("{value}T00:00:00Z"), months).map(|(day, _)| day)
}

/// Milliseconds for people.
pub(crate) fn duration(ms: u64, decimal: &str) -> String {
    match ms {
        0..1_000 => format!("{ms} ms"),
        1_000..60_000 => format!("{}{decimal}{} s", ms / 1_000, ms % 1_000 / 100),
        _ => format!("{} min {} s", ms / 60_000, ms % 60_000 / 1_000),
    }
}

/// Indents JSON without touching a token, so that what is shown is what was there. None when it is not JSON.
pub(crate) fn reindent(text: &str) -> Option<String> {
    serde_json::from_str::<serde::de::IgnoredAny>(text).ok()?;
    let mut out = String::with_capacity(text.len() * 2);
    let (mut depth, mut inside, mut escaped) = (0_usize, false, false);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if inside {
            out.push(c);
            inside = escaped || c != '"';
            escaped = !escaped && c == '\\';
            continue;
        }
        match c {
            '"' => {
                inside = true;
                out.push(c);
            }
            '{' | '[' => {
                out.push(c);
                while chars.next_if(|c| c.is_ascii_whitespace()).is_some() {}
                if chars.peek().is_some_and(|next| matches!(next, '}' | ']')) {
                    continue;
                }
                depth += 1;
                line(&mut out, depth);
            }
            '}' | ']' => {
                if !out.ends_with(['{', '[']) {
                    depth = depth.saturating_sub(1);
                    line(&mut out, depth);
                }
                out.push(c);
            }
            ',' => {
                out.push(c);
                line(&mut out, depth);
            }
            ':' => out.push_str(": "),
            c if c.is_ascii_whitespace() => {}
            c => out.push(c),
        }
    }
    Some(out)
}

fn line(out: &mut String, depth: usize) {
    out.push('\n');
    out.extend(std::iter::repeat_n("  ", depth.min(40)));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hidden_characters_are_written_out() {
        assert_eq!(visible("a\u{202e}b\u{1b}[31m\r\nc\0"), "a⟨U+202E⟩b␛[31m\nc␀");
    }

    #[test]
    fn json_keeps_its_tokens() {
        let text = r#"{"a":1.10,"b":[],"c":{"d":"x: {\"y\"}, [\\"} , "e":[1,2]}"#;
        let pretty = reindent(text).expect("it is JSON");
        assert!(pretty.contains("1.10") && pretty.contains("\"b\": []"), "{pretty}");
        let again: serde_json::Value = serde_json::from_str(&pretty).expect("still JSON");
        assert_eq!(again, serde_json::from_str::<serde_json::Value>(text).expect("JSON"));
        assert_eq!(reindent("{nope"), None);
    }

    #[test]
    fn unknown_names_in_a_template_stay() {
        assert_eq!(fill("{a} en {b} {", &[("a", "{b}")]), "{b} en {b} {");
    }

    #[test]
    fn durations_read_as_people_say_them() {
        assert_eq!(duration(999, ","), "999 ms");
        assert_eq!(duration(3_260, ","), "3,2 s");
        assert_eq!(duration(125_000, "."), "2 min 5 s");
    }
}
