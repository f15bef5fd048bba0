//! The token with which we fetch what was notified. It is of one referral or handover: a token lives for minutes, and what
//! an earlier one opens ends with its Task.

use cucumber::given;
use keur_evidence::{Step, Stop, http::Request};

use crate::{World, run::Party};

#[given("keur heeft een toegangstoken voor deze overdracht")]
#[given("keur heeft een toegangstoken voor deze verwijzing")]
async fn own(w: &mut World) -> Step {
    if w.run.uses_tokens() {
        let request = w.run.token_request(&w.recorder, Party::A)?;
        let answer = w.ask_token(&request, "toegangstoken aanvragen voor wat is gemeld").await?;
        w.token = Some(w.issued(&answer)?);
    }
    Ok(())
}

/// The request with the token of this scenario where we have one, else with that of the run.
pub(super) async fn shown(w: &World, request: Request, party: Party) -> Result<Request, Stop> {
    match &w.token {
        Some(token) if party == Party::A => Ok(w.with_token(request, token, party)),
        _ => w.with_own_token(request, party).await,
    }
}
