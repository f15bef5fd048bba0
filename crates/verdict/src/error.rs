//! Why a journal cannot be judged: the world of events is closed.

/// A journal that cannot be judged.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum JudgeError {
    /// There is nothing.
    #[error("the journal is empty")]
    Empty,
    /// The first event is another.
    #[error("the journal does not begin with run_started")]
    NoStart,
    /// Another format or edition.
    #[error("journal format `{found}` is not `{expected}`")]
    Format {
        /// What it says.
        found: String,
        /// What is known.
        expected: &'static str,
    },
    /// A word outside a closed list.
    #[error("entry {seq}: unknown {what} `{found}`")]
    UnknownWord {
        /// Where.
        seq: u64,
        /// Which list.
        what: &'static str,
        /// The word.
        found: String,
    },
    /// Positions do not count up from 0.
    #[error("entry {found} stands where entry {expected} should")]
    Sequence {
        /// What should be there.
        expected: u64,
        /// What is there.
        found: u64,
    },
    /// An event that may not stand there.
    #[error("entry {seq}: {what}")]
    Misplaced {
        /// Where.
        seq: u64,
        /// What.
        what: &'static str,
    },
    /// A date or instant that is none.
    #[error("entry {seq}: `{found}` is not a date or instant")]
    Time {
        /// Where.
        seq: u64,
        /// The text.
        found: String,
    },
    /// An event of a case that was never planned.
    #[error("entry {seq}: case `{case}` was not planned")]
    UnknownCase {
        /// Where.
        seq: u64,
        /// The case.
        case: String,
    },
    /// The seed of an exam was not kept, or is another than committed to.
    #[error("entry {seq}: {what}")]
    Seed {
        /// Where.
        seq: u64,
        /// What.
        what: &'static str,
    },
    /// The run was about something else.
    #[error("the run was made with {what} `{run}`, not `{judged}`")]
    Other {
        /// profile or variant.
        what: &'static str,
        /// What is judged against.
        judged: String,
        /// What the run was made with.
        run: String,
    },
}
