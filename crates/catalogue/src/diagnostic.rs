//! Problems in files people write: where, what, and the remedy.

use std::{fmt, ops::Range};

/// One problem in one file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Diagnostic {
    /// The file as it was named to us.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to do about it.
    pub help: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}: {}", self.file, self.line, self.column, self.message)?;
        match &self.help {
            Some(help) => write!(f, "\n  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Every problem found, in the order of the files and the places in them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problems(pub Vec<Diagnostic>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, diagnostic) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

/// A file being read: turns byte ranges into places.
#[derive(Debug, Clone, Copy)]
pub(crate) struct File<'t> {
    pub(crate) path: &'t str,
    pub(crate) text: &'t str,
}

impl File<'_> {
    /// A problem at a byte range.
    pub(crate) fn at(
        self,
        span: &Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Diagnostic {
        let mut start = span.start.min(self.text.len());
        while !self.text.is_char_boundary(start) {
            start -= 1;
        }
        let before = &self.text[..start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Diagnostic {
            file: self.path.to_owned(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            message: message.into(),
            help,
        }
    }

    /// A problem the TOML reader found; unknown words get a suggestion.
    pub(crate) fn toml(self, error: &toml::de::Error, around: &Range<usize>) -> Diagnostic {
        let span = error.span().unwrap_or_else(|| around.clone());
        let message = error.message().to_owned();
        let help = did_you_mean(&message);
        self.at(&span, message, help)
    }
}

/// The advice for serde's "unknown field `x`, expected one of `a`, `b`".
fn did_you_mean(message: &str) -> Option<String> {
    if !message.starts_with("unknown ") {
        return None;
    }
    let mut quoted = message.split('`').skip(1).step_by(2);
    let needle = quoted.next()?;
    crate::suggest(needle, quoted).map(|known| format!("did you mean `{known}`?"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_from_one_and_in_characters() {
        let file = File { path: "a.toml", text: "één = 1\nx = \"é\" y" };
        assert_eq!((file.at(&(0..1), "m", None).line, file.at(&(0..1), "m", None).column), (1, 1));
        let late = file.at(&(file.text.len() - 1..file.text.len()), "m", None);
        assert_eq!((late.line, late.column), (2, 9));
        assert_eq!(file.at(&(999..1000), "m", None).line, 2);
    }

    #[test]
    fn a_problem_names_place_and_remedy() {
        let file = File { path: "a.toml", text: "x = 1" };
        let shown = file.at(&(4..5), "wrong", Some("mend it".to_owned())).to_string();
        assert_eq!(shown, "a.toml:1:5: wrong\n  help: mend it");
    }

    #[test]
    fn unknown_words_get_advice() {
        assert_eq!(
            did_you_mean("unknown field `tilte`, expected one of `id`, `title`").as_deref(),
            Some("did you mean `title`?")
        );
        assert_eq!(did_you_mean("missing field `title`"), None);
    }
}
