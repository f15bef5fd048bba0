//! What all cases of a run share.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock, PoisonError},
};

use keur_catalogue::{
    Product,
    conformity::{Conformity, Declaration},
    layers::Layers,
    oauth::OAuthProfile,
    product::SenderConstraint,
    profile::FhirVersion,
};
use keur_counterparty::{keys::KeyPublisher, oauth::Tokens};
use keur_evidence::{Seam, Stop, http::Answer};
use keur_probes::{
    jose::SigningKey,
    nonces,
    oauth::{ClientFacts, SourceFacts, Token, TokenRequest},
};
use tokio::sync::Mutex;
use url::Url;

use crate::{contract::OpenApi, desk::OpenDesk, engine::Voice, shared::Shared, turns::Turns};

/// The shared state of one run.
pub struct Run {
    /// The door to the outside.
    pub seam: Arc<Seam>,
    /// The declaration.
    pub product: Product,
    /// Signing keys by party.
    pub signing_keys: BTreeMap<String, SigningKey>,
    /// Signs DPoP proofs, by party; fresh per run.
    pub proof_keys: BTreeMap<String, SigningKey>,
    /// Bearer token of the hooks.
    pub hook_token: Option<String>,
    /// The layers of trust and the attacks on them.
    pub layers: Layers,
    /// The keys of the declaration of conformity.
    pub conformity: Conformity,
    /// What the vendor declares of them.
    pub declaration: Option<Declaration>,
    /// The OAuth profile of the variant.
    pub oauth: OAuthProfile,
    /// Numbers of the profile.
    pub parameters: BTreeMap<String, i64>,
    /// FHIR version of the exchange.
    pub fhir: FhirVersion,
    /// The chosen variant.
    pub variant: String,
    /// The declared OpenAPI document, when it is a file.
    pub openapi: Option<OpenApi>,
    /// Publishes our parties' key sets, when the declaration says where.
    pub keys: Option<KeyPublisher>,
    /// Where we play the other party, when the profile asks for it; never in a replay.
    pub desk: Option<OpenDesk>,
    /// The public keys of the product as a client, a JWK Set.
    pub client_keys: Option<serde_json::Value>,
    /// What we gave the product as a sender: that has one address, so a token of one case holds in the next.
    pub sender_tokens: OnceLock<Arc<Tokens>>,
    /// Held by the case that has the second address of the desk.
    pub second_address: Arc<Mutex<()>>,
    /// Speaks to the person who has to do something.
    pub voice: Voice,
    /// Tokens that were issued, by party and scope: one handshake and one signature less per case.
    pub tokens: Mutex<HashMap<(String, String), Token>>,
    /// The latest nonce for proofs of each server that hands them out.
    pub nonces: std::sync::Mutex<HashMap<String, String>>,
    /// What several cases look at.
    pub shared: Shared,
    /// The same for twins that ask as party A, and for those that ask as party B: nothing is theirs in common.
    pub twins_shared: [Shared; 2],
    /// An exam: made-up values are drawn from the seed.
    pub exam: bool,
    /// A number that looks like that of the patient `complete` and is nobody's.
    pub similar_bsn: Option<String>,
    /// Held by the case that changes consent, so that cases do not disturb each other.
    pub consent: Arc<Mutex<()>>,
    /// Held by the leg of the tour that is under way.
    pub touring: Arc<Mutex<()>>,
    /// Held by the case that rotates keys.
    pub rotation: Arc<Mutex<()>>,
    /// Who may reach what is shared, when a record is executed again; in a run, whoever comes first.
    pub turns: Option<Turns>,
    /// Held by the case that has a certificate revoked.
    pub revocation: Arc<Mutex<()>>,
}

/// A party as the steps name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Party {
    /// The asking organisation.
    A,
    /// Another valid organisation.
    B,
    /// A valid certificate of an organisation the product does not know.
    Unregistered,
    /// Party A with a client whose key is replaced.
    Rotating,
}

impl Party {
    /// The key in product.toml.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::A => "party_a",
            Self::B => "party_b",
            Self::Unregistered => "unregistered",
            Self::Rotating => "rotating",
        }
    }

    /// The declared identity.
    #[must_use]
    pub fn of(self, product: &Product) -> Option<&keur_catalogue::product::Party> {
        let identity = &product.identity;
        match self {
            Self::A => identity.party_a.as_ref(),
            Self::B => identity.party_b.as_ref(),
            Self::Unregistered => identity.unregistered.as_ref(),
            Self::Rotating => identity.rotating.as_ref(),
        }
    }
}

impl Run {
    /// A run against a product without keys, secrets or profile numbers: what an engine needs at least.
    #[must_use]
    pub fn bare(seam: Arc<Seam>, product: Product) -> Self {
        Self {
            seam,
            product,
            signing_keys: BTreeMap::new(),
            proof_keys: BTreeMap::new(),
            hook_token: None,
            layers: Layers::default(),
            conformity: Conformity::default(),
            declaration: None,
            oauth: OAuthProfile::default(),
            parameters: BTreeMap::new(),
            fhir: FhirVersion::R4,
            variant: String::new(),
            openapi: None,
            keys: None,
            desk: None,
            client_keys: None,
            sender_tokens: OnceLock::new(),
            second_address: Arc::default(),
            voice: Arc::new(|_| {}),
            tokens: Mutex::default(),
            nonces: std::sync::Mutex::default(),
            shared: Shared::default(),
            twins_shared: Default::default(),
            exam: false,
            similar_bsn: None,
            consent: Arc::default(),
            touring: Arc::default(),
            rotation: Arc::default(),
            turns: None,
            revocation: Arc::default(),
        }
    }

    /// A number of the profile, with a default.
    #[must_use]
    pub fn parameter(&self, name: &str, default: i64) -> i64 {
        self.parameters.get(name).copied().unwrap_or(default)
    }

    /// Who hands out nonces for this address: the token endpoint, or the source as a whole.
    fn nonce_server(&self, url: &Url) -> String {
        match self.product.endpoints.token_endpoint.as_deref() {
            Some(endpoint) if url.as_str() == endpoint => endpoint.to_owned(),
            _ => url.origin().ascii_serialization(),
        }
    }

    /// The latest nonce for a proof about this address.
    #[must_use]
    pub fn nonce(&self, url: &Url) -> Option<String> {
        let nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
        nonces.get(&self.nonce_server(url)).cloned()
    }

    /// Remembers the nonce in an answer.
    pub fn learn_nonce(&self, answer: &Answer) {
        if let Some(nonce) = nonces::handed(answer) {
            let server = self.nonce_server(&answer.request.url);
            let mut nonces = self.nonces.lock().unwrap_or_else(PoisonError::into_inner);
            nonces.insert(server, nonce.to_owned());
        }
    }

    /// The TLS identity a party shows: its certificate when one is declared, else none.
    #[must_use]
    pub fn tls_identity(&self, party: Party) -> &'static str {
        let name = party.name();
        if self.seam.identities().has(name) {
            name
        } else if party == Party::Rotating && self.seam.identities().has("party_a") {
            "party_a"
        } else {
            keur_evidence::identity::NONE
        }
    }

    /// Whether the product asks for tokens at all.
    #[must_use]
    pub fn uses_tokens(&self) -> bool {
        self.product.oauth.is_some() && self.product.endpoints.token_endpoint.is_some()
    }

    /// A URL below the FHIR base.
    #[must_use]
    pub fn fhir_url(&self, path_and_query: &str) -> Option<Url> {
        Url::parse(&format!("{}/{path_and_query}", self.product.endpoints.fhir_base)).ok()
    }

    /// A right token request of a party, ready to be spoiled by a negative case.
    ///
    /// # Errors
    /// [`Stop`] when the declaration lacks what it takes.
    pub fn token_request(
        &self,
        recorder: &keur_evidence::Recorder,
        party: Party,
    ) -> Result<TokenRequest, Stop> {
        let name = party.name();
        let lacking = |what: &str| recorder.not_declared(what);
        let declared = party.of(&self.product).ok_or_else(|| lacking(&format!("[identity.{name}]")))?;
        let oauth = self.product.oauth.as_ref().ok_or_else(|| lacking("[oauth]"))?;
        let endpoint = self.product.endpoints.token_endpoint.as_deref().and_then(|url| Url::parse(url).ok());
        let endpoint = endpoint.ok_or_else(|| lacking("[endpoints] token_endpoint"))?;
        let key =
            self.signing_keys.get(name).ok_or_else(|| lacking(&format!("[identity.{name}] signing_key")))?;
        let client = ClientFacts {
            client_id: declared
                .client_id
                .as_deref()
                .ok_or_else(|| lacking(&format!("[identity.{name}] client_id")))?,
            ura: declared.ura.as_deref().or(self.party_a_ura()).unwrap_or_default(),
            identity: self.tls_identity(party),
            key,
            dpop: self.proof_keys.get(name).filter(|_| oauth.sender_constraint == SenderConstraint::Dpop),
        };
        let source = SourceFacts {
            endpoint: &endpoint,
            audience: &oauth.audience,
            scope: &oauth.scope,
            organization: oauth.organization.as_deref(),
            fhir_base: &self.product.endpoints.fhir_base,
        };
        let ids = [recorder.uuid(), recorder.uuid()];
        let mut request = TokenRequest::new(&client, &source, self.seam.now(), [&ids[0], &ids[1]]);
        let nonce = self.nonce(&endpoint);
        request.proof = request.proof.map(|proof| proof.with_nonce(nonce.as_deref()));
        if self.variant == crate::person::VARIANT
            && let Some(assertion) = &mut request.assertion
        {
            let attestation =
                crate::person::attestation(client.ura, crate::person::LOA_HIGH, key, self.seam.now());
            assertion.claims.insert("dezi".to_owned(), serde_json::Value::String(attestation));
        }
        Ok(request)
    }

    fn party_a_ura(&self) -> Option<&str> {
        self.product.identity.party_a.as_ref()?.ura.as_deref()
    }
}
