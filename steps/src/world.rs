//! What one scenario knows, and the few verbs its sentences are made of.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, PoisonError},
};

use keur_catalogue::product::Patient;
use keur_evidence::{
    Check, Recorder, Step, Stop,
    draw::Draw,
    event::{Reason, TWIN},
    http::{Answer, Request, Response},
};
use keur_probes::{
    nonces,
    oauth::{Proof, Token, TokenRequest},
};
use tokio::sync::{Mutex, OwnedMutexGuard};

use crate::{
    exam::Twin,
    run::{Party, Run},
    shared::Shared,
};

/// What the purpose of a request ends in when it is made again.
const WITH_NONCE: &str = ", met de nonce van het product";

/// The state of one scenario. Facts a later sentence needs are fields; everything else goes to the recorder.
#[derive(cucumber::World)]
#[world(init = Self::unbound)]
pub struct World {
    /// What all scenarios share.
    pub run: Arc<Run>,
    /// Evidence and outcome of this scenario.
    pub recorder: Recorder,
    /// Set when the scenario is a twin in an exam.
    pub twin: Option<Twin>,
    /// The purpose of the chosen test patient: `complete`, `other`, ….
    pub patient: Option<&'static str>,
    /// The answers so far, latest last.
    pub answers: Vec<Answer>,
    /// The token of the scenario's own making.
    pub token: Option<Token>,
    /// Named facts of one concept, kept by its sentences.
    pub facts: BTreeMap<&'static str, serde_json::Value>,
    /// Typed facts that pass between sentences.
    pub kept: crate::sentences::Kept,
    /// Raw connections, for scenarios below HTTP.
    pub wires: crate::sentences::Wires,
    /// Where the product can ask us something in this scenario.
    pub desk: crate::desk::Places,
    /// Locks held until the scenario ends.
    pub held: Vec<OwnedMutexGuard<()>>,
    /// Right proofs that were not shown yet, and what they are about: such a one is made again with a nonce.
    unshown: std::sync::Mutex<HashMap<String, (Token, Party)>>,
}

impl std::fmt::Debug for World {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("World").field("patient", &self.patient).finish_non_exhaustive()
    }
}

impl World {
    /// The engine binds a world to a run; cucumber itself never makes one.
    async fn unbound() -> Result<Self, std::io::Error> {
        Err(std::io::Error::other("a world is made by the engine"))
    }

    /// A world for one case.
    #[must_use]
    pub fn new_for(run: Arc<Run>, recorder: Recorder) -> Self {
        Self {
            run,
            recorder,
            twin: None,
            patient: None,
            answers: Vec::new(),
            token: None,
            facts: BTreeMap::new(),
            kept: crate::sentences::Kept::default(),
            wires: crate::sentences::Wires::default(),
            desk: crate::desk::Places::default(),
            held: Vec::new(),
            unshown: std::sync::Mutex::default(),
        }
    }

    /// Who plays a party: in some twins B plays the part of A.
    fn player(&self, party: Party) -> Party {
        match (party, self.twin) {
            (Party::A, Some(Twin { as_b: true })) => Party::B,
            _ => party,
        }
    }

    /// What this scenario shares with others: a twin nothing with the cases themselves.
    #[must_use]
    pub fn shared(&self) -> &Shared {
        match self.twin {
            None => &self.run.shared,
            Some(twin) => &self.run.twins_shared[usize::from(twin.as_b)],
        }
    }

    /// Before it makes or holds what cases share, a case of a record that is executed again waits for those before it.
    pub async fn turn(&self) {
        if let Some(turns) = &self.run.turns {
            turns.of(self.recorder.case()).await;
        }
    }

    /// Keeps other cases out until this one has ended.
    pub async fn hold(&mut self, lock: Arc<Mutex<()>>) {
        self.turn().await;
        self.held.push(lock.lock_owned().await);
    }

    /// A made-up value: the usual one in practice, one of the seed's in an exam.
    #[must_use]
    pub fn made_up(&self, usual: &str, draw: impl FnOnce(&mut Draw) -> String) -> String {
        if self.run.exam {
            draw(&mut Draw::new([self.recorder.random().as_slice()]))
        } else {
            usual.to_owned()
        }
    }

    /// The latest answer.
    ///
    /// # Errors
    /// [`Stop`]: a sentence came before the one that makes the fact, which is our fault.
    pub fn answer(&self) -> Result<&Answer, Stop> {
        self.answers.last().ok_or_else(|| self.recorder.broken("er is nog geen antwoord om naar te kijken"))
    }

    /// The response in the latest answer; without one nothing about it can be told.
    ///
    /// # Errors
    /// [`Stop`] with the transport's reason.
    pub fn response(&self) -> Result<&Response, Stop> {
        let answer = self.answer()?;
        match &answer.reply {
            Ok(response) => Ok(response),
            Err(transport) => {
                let reason = keur_probes::http::reason(transport.failure);
                Err(self.recorder.cannot_tell(reason, "unreachable", &transport.to_string()))
            }
        }
    }

    /// Sends a request and remembers the answer.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`].
    pub async fn send(&mut self, request: Request) -> Result<&Answer, Stop> {
        let answer = self.http(request).await?;
        self.answers.push(answer);
        self.answer()
    }

    /// Sends a request. A server that demands its nonce in a right proof gets the request once more, with the nonce.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`].
    pub async fn http(&self, request: Request) -> Result<Answer, Stop> {
        let proof = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("dpop"));
        let unshown = proof.and_then(|(_, proof)| self.unshown().remove(proof));
        let again = unshown.map(|about| (request.clone(), about));
        let answer = self.recorder.http(request).await?;
        self.run.learn_nonce(&answer);
        let Some((mut again, (token, party))) = again.filter(|_| nonces::demanded(&answer).is_some()) else {
            return Ok(answer);
        };
        let Some(proof) = self.proof(&again, &token, party) else { return Ok(answer) };
        again.purpose.push_str(WITH_NONCE);
        let answer = self.recorder.http(again.header("DPoP", &proof.sign())).await?;
        self.run.learn_nonce(&answer);
        Ok(answer)
    }

    /// Sends a token request; once more, with fresh ids, when the server demands its nonce.
    ///
    /// # Errors
    /// [`Stop`] as in [`Recorder::http`].
    pub async fn ask_token(&self, request: &TokenRequest, purpose: &str) -> Result<Answer, Stop> {
        let answer = self.http(request.request(purpose)).await?;
        let Some(nonce) = nonces::demanded(&answer) else { return Ok(answer) };
        let ids = [self.recorder.uuid(), self.recorder.uuid()];
        match request.renewed(nonce, [&ids[0], &ids[1]]) {
            Some(again) => self.http(again.request(&format!("{purpose}{WITH_NONCE}"))).await,
            None => Ok(answer),
        }
    }

    fn unshown(&self) -> std::sync::MutexGuard<'_, HashMap<String, (Token, Party)>> {
        self.unshown.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The declared patient of a purpose.
    ///
    /// # Errors
    /// [`Stop`] when product.toml has none.
    pub fn patient_for(&self, purpose: &str) -> Result<&Patient, Stop> {
        let declared = self.run.product.patients.by_purpose();
        let found = declared.into_iter().find(|(name, _)| *name == purpose).and_then(|(_, patient)| patient);
        found.ok_or_else(|| self.recorder.not_declared(&format!("[patients.{purpose}]")))
    }

    /// The BSN of the declared patient of a purpose.
    ///
    /// # Errors
    /// [`Stop`] when it has none.
    pub fn bsn_for(&self, purpose: &str) -> Result<String, Stop> {
        let bsn = self.patient_for(purpose)?.bsn().map(str::to_owned);
        bsn.ok_or_else(|| self.recorder.not_declared(&format!("[patients.{purpose}] bsn")))
    }

    /// The purpose of the chosen patient; `complete` when none was chosen.
    #[must_use]
    pub fn purpose(&self) -> &'static str {
        self.patient.unwrap_or("complete")
    }

    /// Path and query of the plain search for the patient of a purpose.
    ///
    /// # Errors
    /// [`Stop`] when it is not declared.
    pub fn patient_search(&self, purpose: &str) -> Result<String, Stop> {
        Ok(match self.patient_for(purpose)? {
            Patient::Bsn(bsn) => format!("Patient?identifier={}", keur_probes::fhir::query::bsn_token(bsn)),
            Patient::Search(search) => search.clone(),
        })
    }

    /// A token of a party with the declared scope, issued at most once per run.
    ///
    /// # Errors
    /// [`Stop`] when the product issues none: the precondition of what follows is not met.
    pub async fn token_of(&self, party: Party) -> Result<Token, Stop> {
        self.token_with_scope(party, None).await
    }

    /// A token of a party with another scope.
    ///
    /// # Errors
    /// As [`World::token_of`].
    pub async fn token_with_scope(&self, party: Party, scope: Option<&str>) -> Result<Token, Stop> {
        let party = self.player(party);
        let asker =
            if self.twin.is_some() { format!("{}{TWIN}", party.name()) } else { party.name().to_owned() };
        let key = (asker, scope.unwrap_or_default().to_owned());
        if let Some(token) = self.run.tokens.lock().await.get(&key) {
            return Ok(token.clone());
        }
        self.turn().await;
        let mut tokens = self.run.tokens.lock().await;
        if let Some(token) = tokens.get(&key) {
            return Ok(token.clone());
        }
        let _all = self.recorder.for_all();
        let mut request = self.run.token_request(&self.recorder, party)?;
        if let Some(scope) = scope {
            request.scope = Some(scope.to_owned());
        }
        let answer = self.ask_token(&request, "toegangstoken aanvragen").await?;
        let token = self.issued(&answer)?;
        tokens.insert(key, token.clone());
        Ok(token)
    }

    /// The token in the answer to a right request for one.
    ///
    /// # Errors
    /// [`Stop`] when the product issues none: the precondition of what follows is not met.
    pub fn issued(&self, answer: &Answer) -> Result<Token, Stop> {
        if let Err(transport) = &answer.reply {
            let reason = keur_probes::http::reason(transport.failure);
            let detail = format!("het token-eindpunt is niet bereikbaar: {transport}");
            return Err(self.recorder.cannot_tell(reason, "unreachable", &detail));
        }
        Token::from_answer(answer).ok_or_else(|| {
            let code = keur_probes::oauth::error_code(answer).map(|code| format!(", {code}"));
            let seen = format!("{}{}", answer.describe(), code.unwrap_or_default());
            let detail = format!("het product geeft geen toegangstoken: {seen}");
            self.recorder.cannot_tell(Reason::Precondition, "no_token", &detail)
        })
    }

    /// An authorised request of a party below the FHIR base, not yet sent: a negative case spoils it first.
    ///
    /// # Errors
    /// [`Stop`] when no token can be had or the path is not a URL.
    pub async fn authorised(
        &self,
        party: Party,
        purpose: &str,
        method: &str,
        path_and_query: &str,
    ) -> Result<Request, Stop> {
        let request = self.bare(party, purpose, method, path_and_query)?;
        if !self.run.uses_tokens() {
            return Ok(request);
        }
        let token = self.token_of(party).await?;
        Ok(self.with_token(request, &token, party))
    }

    /// A request of a party below the FHIR base with its certificate but without token.
    ///
    /// # Errors
    /// [`Stop`] when the path is not a URL.
    pub fn bare(
        &self,
        party: Party,
        purpose: &str,
        method: &str,
        path_and_query: &str,
    ) -> Result<Request, Stop> {
        if self.run.product.endpoints.fhir_base.is_empty() {
            return Err(self.recorder.not_declared("[endpoints] fhir_base"));
        }
        let url = self.run.fhir_url(path_and_query);
        let url = url.ok_or_else(|| self.recorder.broken(&format!("geen URL: {path_and_query}")))?;
        let id = self.recorder.uuid();
        let trace = self.recorder.uuid().replace('-', "");
        Ok(Request::new(purpose, method, url, self.run.tls_identity(self.player(party)))
            .header("Accept", "application/fhir+json")
            .header("X-Request-Id", &id)
            .header("traceparent", &format!("00-{trace}-{}-01", &trace[..16])))
    }

    /// The request with a token and a fresh proof for its method and URL.
    #[must_use]
    pub fn with_token(&self, request: Request, token: &Token, party: Party) -> Request {
        let scheme = if token.scheme.eq_ignore_ascii_case("dpop") { "DPoP" } else { "Bearer" };
        let request = request.header("Authorization", &format!("{scheme} {}", token.value));
        let Some(proof) = self.proof(&request, token, party) else { return request };
        let proof = proof.sign();
        self.unshown().insert(proof.clone(), (token.clone(), party));
        request.header("DPoP", &proof)
    }

    /// The request with a token of the party, where the product asks for tokens.
    ///
    /// # Errors
    /// [`Stop`] when no token is given out.
    pub async fn with_own_token(&self, request: Request, party: Party) -> Result<Request, Stop> {
        if !self.run.uses_tokens() {
            return Ok(request);
        }
        let token = self.token_of(party).await?;
        Ok(self.with_token(request, &token, party))
    }

    /// A right proof for a request with a token; `None` when tokens are not bound by DPoP.
    #[must_use]
    pub fn proof(&self, request: &Request, token: &Token, party: Party) -> Option<Proof> {
        let key = self
            .run
            .proof_keys
            .get(self.player(party).name())
            .filter(|_| token.scheme.eq_ignore_ascii_case("dpop"))?;
        let now = self.run.seam.now();
        Some(
            Proof::new(key, &request.method, &request.url, now, &self.recorder.uuid())
                .for_token(&token.value)
                .with_nonce(self.run.nonce(&request.url).as_deref()),
        )
    }

    /// The positive control: the plain, fully authorised search for the chosen patient succeeds. "No data" from a
    /// product that is down proves nothing.
    ///
    /// # Errors
    /// [`Stop`] when it does not.
    pub async fn control(&mut self, party: Party) -> Step {
        let search = self.patient_search(self.purpose())?;
        let request =
            self.authorised(party, "positieve controle: opvraging zoals het hoort", "GET", &search).await?;
        let answer = self.http(request).await?;
        let served = keur_probes::fhir::bundle::served(&answer);
        self.answers.push(answer);
        self.recorder.expect_all(served)
    }

    /// Records the check that the latest request was refused. A closed connection is a refusal only when the product
    /// is still there, so then the control is made once more.
    ///
    /// # Errors
    /// [`Stop`] when it was not refused, or cannot be told.
    pub async fn expect_refused(&mut self) -> Step {
        let answer = self.answer()?;
        let check = keur_probes::http::refused(answer);
        let silent = answer.reply.is_err();
        if silent && check.holds() {
            let search = self.patient_search(self.purpose())?;
            let purpose = "controle dat het product nog antwoordt";
            let request = self.authorised(Party::A, purpose, "GET", &search).await?;
            let again = self.http(request).await?;
            if again.reply.is_err() {
                let text = format!("{}, en het product antwoordt daarna niet meer", check.observed);
                let check = Check::undecided(Reason::Environment, check.expected, text);
                return self.recorder.expect(check);
            }
        }
        self.recorder.expect(check)
    }
}
