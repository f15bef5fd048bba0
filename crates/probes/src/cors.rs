//! Which websites a browser lets read an answer.

use keur_evidence::{Check, http::Answer};

use crate::http;

/// A declared website may read the answer.
#[must_use]
pub fn allowed(answer: &Answer, origin: &str) -> Check {
    on(answer, &format!("Access-Control-Allow-Origin noemt {origin}"), |own, credentials| {
        own == origin || own == "*" && !credentials
    })
}

/// A website that is not declared may not.
#[must_use]
pub fn denied(answer: &Answer, origin: &str) -> Check {
    on(answer, &format!("Access-Control-Allow-Origin laat {origin} niet toe"), |own, _| {
        own != origin && own != "*"
    })
}

fn on(answer: &Answer, expected: &str, fine: impl Fn(&str, bool) -> bool) -> Check {
    let check = match &answer.reply {
        Ok(response) => {
            let own = response.header("access-control-allow-origin").unwrap_or_default().trim();
            let credentials = response.header("access-control-allow-credentials") == Some("true");
            let seen = if own.is_empty() { "ontbreekt" } else { own };
            Check::that(fine(own, credentials), expected, format!("{}: {seen}", answer.request.purpose))
        }
        Err(transport) => Check::undecided(http::reason(transport.failure), expected, transport.to_string()),
    };
    check.on([answer.id.clone()])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_support::answer;

    #[test]
    fn a_website_is_told_from_one_that_looks_like_it() {
        let with = |own: Option<&str>, credentials: bool| {
            let mut answer = answer(200, &json!({}));
            if let Ok(response) = &mut answer.reply {
                let own = own.map(|own| ("access-control-allow-origin".to_owned(), own.to_owned()));
                let also = ("access-control-allow-credentials".to_owned(), "true".to_owned());
                response.headers.extend(own.into_iter().chain(credentials.then_some(also)));
            }
            answer
        };
        let site = "https://een.example";
        assert!(allowed(&with(Some(site), true), site).holds() && !allowed(&with(None, false), site).holds());
        assert!(
            allowed(&with(Some("*"), false), site).holds() && !allowed(&with(Some("*"), true), site).holds()
        );
        assert!(denied(&with(None, false), site).holds() && !denied(&with(Some("*"), false), site).holds());
        assert!(!denied(&with(Some(site), false), site).holds());
    }
}
