//! The exit code a result stands for.

use crate::{
    profile::errors,
    result::{RunResult, Verdict},
};

/// 0 conform, 1 not conform, 3 incomplete, 5 nothing selected, 70 a fault of the tool.
#[must_use]
pub fn exit_code(result: &RunResult) -> u8 {
    if errors(&result.requirements) > 0 {
        return 70;
    }
    if result.requirements.is_empty() {
        return 5;
    }
    match result.verdict {
        Verdict::Conform => 0,
        Verdict::NotConform => 1,
        Verdict::Incomplete => 3,
    }
}
