//! The XML of JUnit, written by hand: six elements, nothing to parse.

use std::fmt::Write as _;

use crate::text::{cut, visible};

/// Longer values are cut.
const VALUE: usize = 4_000;

/// What a test case says besides its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Passed,
    Failure,
    Error,
    Skipped,
}

/// A test case.
pub(super) struct Case {
    pub(super) name: String,
    pub(super) class: String,
    pub(super) ms: u64,
    pub(super) kind: Kind,
    /// The `type` attribute.
    pub(super) what: &'static str,
    pub(super) message: String,
    pub(super) body: String,
    pub(super) system_out: String,
    pub(super) properties: Vec<(&'static str, String)>,
}

/// A suite of test cases.
pub(super) struct Suite {
    pub(super) name: String,
    pub(super) properties: Vec<(&'static str, String)>,
    pub(super) cases: Vec<Case>,
}

impl Suite {
    /// How many test cases are of a kind.
    pub(super) fn count(&self, kind: Kind) -> usize {
        self.cases.iter().filter(|case| case.kind == kind).count()
    }

    fn write(&self, out: &mut String, started: &str) {
        let ms: u64 = self.cases.iter().map(|case| case.ms).sum();
        let _ = writeln!(
            out,
            r#"  <testsuite name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" time="{}" timestamp="{}">"#,
            esc(&self.name),
            self.cases.len(),
            self.count(Kind::Failure),
            self.count(Kind::Error),
            self.count(Kind::Skipped),
            seconds(ms),
            esc(cut(started, 19).0)
        );
        properties(out, "    ", &self.properties);
        for case in &self.cases {
            case.write(out);
        }
        out.push_str("  </testsuite>\n");
    }
}

impl Case {
    fn write(&self, out: &mut String) {
        let _ = writeln!(
            out,
            r#"    <testcase name="{}" classname="{}" time="{}">"#,
            esc(&self.name),
            esc(&self.class),
            seconds(self.ms)
        );
        properties(out, "      ", &self.properties);
        let tag = match self.kind {
            Kind::Passed => None,
            Kind::Failure => Some("failure"),
            Kind::Error => Some("error"),
            Kind::Skipped => Some("skipped"),
        };
        if let Some(tag) = tag {
            let _ = writeln!(
                out,
                r#"      <{tag} type="{}" message="{}">{}</{tag}>"#,
                self.what,
                esc(&self.message),
                esc(&self.body)
            );
        }
        if !self.system_out.is_empty() {
            let _ = writeln!(out, "      <system-out>{}</system-out>", esc(&self.system_out));
        }
        out.push_str("    </testcase>\n");
    }
}

fn properties(out: &mut String, indent: &str, properties: &[(&str, String)]) {
    if properties.is_empty() {
        return;
    }
    let _ = writeln!(out, "{indent}<properties>");
    for (name, value) in properties {
        let _ = writeln!(out, r#"{indent}  <property name="{name}" value="{}"/>"#, esc(value));
    }
    let _ = writeln!(out, "{indent}</properties>");
}

/// The document.
pub(super) fn document(name: &str, suites: &[Suite], ms: u64, started: &str) -> String {
    let sum = |of: fn(&Suite) -> usize| suites.iter().map(of).sum::<usize>();
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    let _ = writeln!(
        out,
        r#"<testsuites name="{}" tests="{}" failures="{}" errors="{}" skipped="{}" time="{}">"#,
        esc(name),
        sum(|s| s.cases.len()),
        sum(|s| s.count(Kind::Failure)),
        sum(|s| s.count(Kind::Error)),
        sum(|s| s.count(Kind::Skipped)),
        seconds(ms)
    );
    for suite in suites {
        suite.write(&mut out, started);
    }
    out.push_str("</testsuites>\n");
    out
}

fn seconds(ms: u64) -> String {
    format!("{}.{:03}", ms / 1_000, ms % 1_000)
}

/// XML text or attribute value: escaped, cut, nothing XML forbids.
fn esc(text: &str) -> String {
    let (part, more) = cut(text, VALUE);
    let mut out = String::with_capacity(part.len());
    for c in visible(part).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' => out.push_str("&#10;"),
            '\t' => out.push_str("&#9;"),
            c => out.push(c),
        }
    }
    if more {
        out.push_str(" …");
    }
    out
}
