//! Asking as another kind of organisation or for another purpose than usual, with a token of its own.

use keur_evidence::Stop;
use keur_probes::oauth::Token;
use serde_json::Value;

use super::{assertions::set_detail, kept};
use crate::{World, run::Party};

const ACT_REASON: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

/// What a token request says otherwise.
#[derive(Default)]
pub(super) struct Otherwise<'a> {
    /// Code of the purpose in v3-ActReason.
    pub purpose: Option<&'a str>,
    /// The type of organisation, system and code.
    pub organisation: Option<&'a str>,
    /// The scope.
    pub scope: Option<&'a str>,
}

/// What the product declares under `[claims]`.
pub(super) fn claim<'w>(w: &'w World, key: &str) -> Option<&'w str> {
    w.run.product.claims.get(key).map(|value| value.trim()).filter(|value| !value.is_empty())
}

/// The same where nothing can be told without.
pub(super) fn needed<'w>(w: &'w World, key: &str) -> Result<&'w str, Stop> {
    claim(w, key).ok_or_else(|| w.recorder.not_declared(&format!("[claims] {key}")))
}

/// Asks for a token; the answer is remembered. None when there is none in it.
pub(super) async fn token(
    w: &mut World,
    otherwise: Otherwise<'_>,
    what: &str,
) -> Result<Option<Token>, Stop> {
    let mut request = w.run.token_request(&w.recorder, Party::A)?;
    if let Some(code) = otherwise.purpose {
        let value = Value::String(format!("{ACT_REASON}|{code}"));
        set_detail(w, &mut request, "purpose_of_use", Some(value))?;
    }
    if let Some(kind) = otherwise.organisation {
        set_detail(w, &mut request, "subject_organisation_type", Some(kind.into()))?;
    }
    if let Some(scope) = otherwise.scope {
        request.scope = Some(scope.to_owned());
    }
    let answer = w.ask_token(&request, &format!("tokenaanvraag {what}")).await?;
    if let Err(transport) = &answer.reply {
        let detail = format!("het token-eindpunt is niet bereikbaar: {transport}");
        let reason = keur_probes::http::reason(transport.failure);
        return Err(w.recorder.cannot_tell(reason, "unreachable", &detail));
    }
    let token = Token::from_answer(&answer);
    w.answers.push(answer);
    Ok(token)
}

/// A search with such a token; the answer is remembered.
pub(super) async fn search(w: &mut World, token: &Token, what: &str, path: &str) -> Result<(), Stop> {
    let request = w.bare(Party::A, what, "GET", path)?;
    let request = w.with_token(request, token, Party::A);
    w.send(request).await.map(drop)
}

/// The same, with its times, for whoever looks it up in the log.
pub(super) async fn search_noted(w: &mut World, token: &Token, what: &str, path: &str) -> Result<(), Stop> {
    let request = w.bare(Party::A, what, "GET", path)?;
    let request = w.with_token(request, token, Party::A);
    kept::ask(w, request).await
}
