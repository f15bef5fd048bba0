//! Typed facts that pass from one sentence of a scenario to the next.

use std::sync::Arc;

use keur_catalogue::layers::Change;
use keur_evidence::{
    Stop,
    http::{Answer, Request},
};
use keur_openapi::Rule;
use keur_probes::{fhir::paging::Pages, jose::SigningKey, log::Sent, oauth::Token, options::Row};
use time::OffsetDateTime;

use super::{
    log_hook::Seen, owasp::Planted, rest_sandbox::Trial, rest_search::Data, retrieval::Retrieval,
    revocation::Said,
};
use crate::{World, shared::Logged, tour::Asked};

/// What a scenario keeps.
#[derive(Default)]
pub struct Kept {
    /// Searches with all their pages, latest last.
    pub pages: Vec<Pages>,
    /// When the latest request was sent and answered.
    pub asked: Option<(OffsetDateTime, OffsetDateTime)>,
    /// When the first of them was sent.
    pub first_asked: Option<OffsetDateTime>,
    /// A request with its record.
    pub logged: Option<Arc<Logged>>,
    /// Requests that must be in the log, in order.
    pub sent: Vec<Sent>,
    /// What the log, or the overview of the patient, held of them.
    pub seen: Option<Seen>,
    /// What issuers said of the server certificate.
    pub revocation: Said,
    /// A token that is bound to the certificate that will be revoked.
    pub revocable_token: Option<Token>,
    /// The key a client published and signs with.
    pub client_key: Option<SigningKey>,
    /// What the attack of the scenario changes.
    pub attack: Option<Change>,
    /// What came of it.
    pub struck: Option<Struck>,
    /// The data the product lists.
    pub data: Option<Data>,
    /// What was written in a sandbox.
    pub trial: Trial,
    /// The design rule the OpenAPI document is laid beside.
    pub rule: Option<&'static Rule>,
    /// What a product that retrieves the BgZ did.
    pub retrieval: Retrieval,
    /// What the API was asked, as far as the scenario looks at it.
    pub tour: Vec<Asked>,
    /// What is declared, advertised and seen of each option.
    pub options: Vec<Row>,
    /// What was decided on each request of a row of the policy.
    pub decisions: Vec<super::policy::Decision>,
    /// The issuer of credentials, and the one it gave.
    pub vouched: Option<super::credentials::Vouched>,
    /// The code under which the emergency was asked.
    pub emergency: Option<String>,
    /// A thing of the first organisation.
    pub planted: Option<Planted>,
    /// The referral or handover the product sent us.
    pub transferred: Option<super::transfer::Sent>,
    /// The referral or handover that is there for the product.
    pub offered: Option<super::transfer_receiving::Offered>,
    /// The services behind the generic functions, as we play them.
    pub functions: super::functions::Played,
}

/// What came of an attack: the answer about a patient who is there, and about one who is not.
pub struct Struck {
    /// The patient's purpose.
    pub patient: &'static str,
    /// About the patient, or the refusal of a token.
    pub known: Answer,
    /// The same question about an unknown patient; none when there was no token to ask with.
    pub unknown: Option<Answer>,
}

/// Sends a request and remembers when.
pub(super) async fn ask(w: &mut World, request: Request) -> Result<(), Stop> {
    let at = w.recorder.clock("gevraagd")?;
    w.kept.first_asked.get_or_insert(at);
    w.send(request).await?;
    w.kept.asked = Some((at, w.recorder.clock("beantwoord")?));
    Ok(())
}
