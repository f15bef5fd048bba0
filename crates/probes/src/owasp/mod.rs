//! Checks on the security of an API: what is of somebody else, what is the server's, and what is too much.

mod limits;
mod ownership;

pub use limits::{bounded, counted, echoes_nothing, too_large};
pub use ownership::{closed, lacks_right, not_taken, unchanged, unseen, wants_token, withheld};

use keur_evidence::{
    Check,
    http::{Answer, Response},
};

use crate::http;

/// Judges a response; without one nothing can be told.
fn on(answer: &Answer, expected: &str, judge: impl FnOnce(&Response) -> (bool, String)) -> Check {
    let check = match &answer.reply {
        Ok(response) => {
            let (holds, observed) = judge(response);
            Check::that(holds, expected, format!("{}: {observed}", answer.request.purpose))
        }
        Err(transport) => {
            let observed = format!("{}: {transport}", answer.request.purpose);
            Check::undecided(http::reason(transport.failure), expected, observed)
        }
    };
    check.on([answer.id.clone()])
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(response.bytes()).into_owned()
}
