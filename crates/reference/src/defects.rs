//! Named defects: each makes the sample product break exactly the requirements listed in `defects/*.toml`.

use std::collections::BTreeSet;

use include_dir::{Dir, include_dir};
use serde::{Deserialize, Serialize};

/// The embedded tables, one file per subject.
static TABLES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/defects");

/// One row of a table: a fault the sample product can be given. `breaks` is the exact set of requirements it must make
/// red; a comment line under a row tells what an observer can see on the wire.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Defect {
    /// Name on the command line, kebab-case.
    pub name: String,
    /// What is wrong with the product, in Dutch.
    pub title: String,
    /// Exactly the requirements that become not satisfied.
    pub breaks: Vec<String>,
    /// Why one fault honestly breaks more than one requirement; mandatory when it does.
    pub reason: Option<String>,
    /// The profile variant under which the defect shows; the default variant when absent.
    pub variant: Option<String>,
    /// The kind of run in which it shows.
    #[serde(default)]
    pub mode: Mode,
}

/// The kind of run in which a defect shows. A product that cheats behaves in practice and is caught in an exam.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Any run.
    #[default]
    Practice,
    /// An exam only.
    Exam,
}

impl Mode {
    /// The word in files.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Practice => "practice",
            Self::Exam => "exam",
        }
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    defect: Vec<Defect>,
}

/// Reads a table of defects.
///
/// # Errors
/// When it is not valid TOML of this form; the message names line and column.
pub fn parse(text: &str) -> Result<Vec<Defect>, toml::de::Error> {
    toml::from_str::<Table>(text).map(|table| table.defect)
}

/// All defects the sample product knows.
///
/// # Panics
/// When an embedded table is not valid TOML; a test guards that.
#[must_use]
pub fn all() -> Vec<Defect> {
    let mut files: Vec<_> = TABLES.files().collect();
    files.sort_by_key(|file| file.path());
    let rows = |text| parse(text).expect("an embedded table of defects is valid");
    files.iter().filter_map(|file| file.contents_utf8()).flat_map(rows).collect()
}

/// The set of defects that is switched on.
#[derive(Debug, Clone, Default)]
pub struct Defects(BTreeSet<String>);

/// A defect name that is in no table.
#[derive(Debug, thiserror::Error)]
#[error("unknown defect {0:?}")]
pub struct UnknownDefect(pub String);

impl Defects {
    /// Switches on the named defects.
    ///
    /// # Errors
    /// [`UnknownDefect`] for a name that is not in the table.
    pub fn new<I: IntoIterator<Item = String>>(names: I) -> Result<Self, UnknownDefect> {
        let known: BTreeSet<String> = all().into_iter().map(|defect| defect.name).collect();
        names
            .into_iter()
            .map(|name| if known.contains(&name) { Ok(name) } else { Err(UnknownDefect(name)) })
            .collect::<Result<_, _>>()
            .map(Self)
    }

    /// Whether the named defect is on.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
}
