//! Text made fit for the faces: an archival page may hold no character its fonts cannot show, and no line wider
//! than the page.

use serde_json::Value;

use crate::world::covers;

/// Longer runs without a place to break get one after every so many characters. Run ids and commands are shorter.
const RUN: usize = 32;
/// A place where a line may break, and nothing to see.
const BREAK: char = '\u{200b}';

/// Makes every text of the data fit.
pub(crate) fn fit(value: &mut Value) {
    match value {
        Value::String(text) => *text = breakable(&shown(text)),
        Value::Array(items) => items.iter_mut().for_each(fit),
        Value::Object(fields) => fields.values_mut().for_each(fit),
        _ => {}
    }
}

/// Every character the faces lack, as its number.
fn shown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if matches!(c, '\n' | '\t') || covers(c) {
            out.push(c);
        } else {
            out.push_str(&format!("⟨U+{:04X}⟩", u32::from(c)));
        }
    }
    out
}

/// Long runs with places to break. A text that is a digest and nothing else stays whole: people copy it, and it
/// has a line of its own.
fn breakable(text: &str) -> String {
    if is_digest(text) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| c.is_whitespace() || c == '-') {
        if part.trim_end().chars().count() <= RUN {
            out.push_str(part);
            continue;
        }
        for (at, c) in part.chars().enumerate() {
            if at > 0 && at % RUN == 0 && !c.is_whitespace() {
                out.push(BREAK);
            }
            out.push(c);
        }
    }
    out
}

fn is_digest(word: &str) -> bool {
    let hex = word.strip_prefix("sha256:").unwrap_or(word);
    hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::fit;

    const COMMAND: &str = "keur report 20261122T094245064-7d9f03 --only WGZ-SEC-006,WGZ-SEC-011,WGZ-SEC-012";

    #[test]
    fn what_no_face_can_show_becomes_its_number() {
        let mut value = json!({ "a": ["é ⟨ € “x” 😀 א \u{e000}"] });
        fit(&mut value);
        assert_eq!(value["a"][0], "é ⟨ € “x” ⟨U+1F600⟩ ⟨U+05D0⟩ ⟨U+E000⟩");
    }

    #[test]
    fn long_runs_break_and_a_digest_alone_does_not() {
        let digest = "ab".repeat(32);
        let mut value = json!([digest, format!("zie {digest}"), "x".repeat(70), "kort en gewoon", COMMAND]);
        fit(&mut value);
        let (run, broken) = ("x".repeat(32), "\u{200b}");
        assert_eq!(value[0], digest);
        assert_eq!(value[1].as_str().map(|text| text.matches(broken).count()), Some(1));
        assert_eq!(value[2], format!("{run}{broken}{run}{broken}xxxxxx"));
        assert_eq!(value[3], "kort en gewoon");
        assert_eq!(value[4], COMMAND, "a command can be copied");
    }
}
