//! A tour of an API by its document: requests in four legs, each made once per run and looked at by many cases.

use std::{collections::BTreeSet, sync::Arc};

use keur_evidence::{
    Stop,
    event::Reason,
    http::{Answer, Request},
    identity::NONE,
};
use keur_openapi::{
    Document,
    live::{self, Item, Known, Question},
    operations::operations,
};
use serde_json::{Value, json};

use crate::{
    World,
    contract::{Contract, contract},
    run::Party,
};

/// How many legs there are.
pub const LEGS: usize = 4;

/// A part of the tour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Leg {
    /// Everything that can be read, as documented; and once more.
    Reading,
    /// What is not there, and forms the API does not have.
    Absent,
    /// Input with something wrong.
    Invalid,
    /// Making, replacing and removing things.
    Writing,
}

/// What a request was for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// As documented.
    Read,
    /// The same again, afterwards.
    Again,
    /// An item that is nobody's.
    Missing,
    /// A method that is not documented; those that are.
    Undocumented(BTreeSet<String>),
    /// The path with a slash at the end.
    Slash,
    /// An `Accept` that nobody can satisfy.
    Accept,
    /// A body of a type the operation does not take.
    Text,
    /// Something wrong in it, so many faults.
    Wrong(usize),
    /// A collection, before the wrong input.
    Before,
    /// The same collection, after it.
    After,
    /// The document, asked from another origin.
    Document,
    /// A step of making and removing an item.
    Write(Write),
}

/// The steps of making and removing an item, in order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Write {
    /// POST.
    Create,
    /// GET of what was made.
    ReadCreated,
    /// PUT.
    Put,
    /// GET of what was put.
    ReadPut,
    /// The same PUT.
    PutAgain,
    /// GET after that.
    ReadPutAgain,
    /// DELETE.
    Delete,
    /// The same DELETE.
    DeleteAgain,
    /// GET of what was removed.
    ReadDeleted,
}

/// A request of the tour with its answer.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The path in the document.
    pub path: String,
    /// The method, as in the document.
    pub method: String,
    /// What it was for.
    pub kind: Kind,
    /// What came of it.
    pub answer: Answer,
}

/// What a leg found; the case that comes first goes it.
///
/// # Errors
/// [`Stop`] when there is no API or no document to go by.
pub async fn leg(w: &World, leg: Leg) -> Result<Arc<Vec<Asked>>, Stop> {
    let place = &w.shared().tour[leg as usize];
    if !place.initialized() {
        w.turn().await;
    }
    let made = place.get_or_try_init(|| async { go(w, leg).await.map(Arc::new) });
    let asked = Arc::clone(made.await?);
    let exchanges: Vec<&str> = asked.iter().map(|one| one.answer.id.as_str()).collect();
    w.recorder.observe(
        "reuse",
        "de rondgang langs de API in deze uitvoering",
        json!({ "exchanges": exchanges }),
    )?;
    Ok(asked)
}

async fn go(w: &World, leg: Leg) -> Result<Vec<Asked>, Stop> {
    let contract = contract(w).await?;
    let document = readable(w, &contract)?;
    // Fetched apart, for it has a place of its own.
    let known =
        if leg == Leg::Reading { Known::new() } else { known(&Box::pin(self::leg(w, Leg::Reading)).await?) };
    // One leg must not see what another one writes.
    let _alone = w.run.touring.lock().await;
    let _all = w.recorder.for_all();
    let mut guide = Guide { w, contract: &contract, document, asked: Vec::new() };
    let unknown = w.recorder.uuid();
    match leg {
        Leg::Reading => guide.read().await?,
        Leg::Absent => guide.absent(&known, &unknown).await?,
        Leg::Invalid => guide.invalid(&known).await?,
        Leg::Writing => guide.write().await?,
    }
    Ok(guide.asked)
}

/// The document of a contract.
///
/// # Errors
/// [`Stop`] when it cannot be read: what follows has no ground then.
pub fn readable<'c>(w: &World, contract: &'c Contract) -> Result<&'c Document, Stop> {
    let unusable = |why: String| {
        let detail = format!("de beschrijving van de API is niet te gebruiken: {why}");
        w.recorder.cannot_tell(Reason::Precondition, "no_document", &detail)
    };
    let document = contract.document.as_ref().map_err(|fault| unusable(fault.to_string()))?;
    if document.edition().is_none() {
        return Err(unusable("het is geen OpenAPI 3".to_owned()));
    }
    // Rules about operations hold of none for want of any.
    if operations(document).is_empty() {
        return Err(unusable("zij noemt geen enkele operatie".to_owned()));
    }
    Ok(document)
}

/// Whether the product lets the tour write.
#[must_use]
pub fn may_write(w: &World) -> bool {
    w.run.product.claims.get("api_writes").is_some_and(|claim| claim == "test-data")
}

/// What the API listed, by path.
#[must_use]
pub fn known(asked: &[Asked]) -> Known {
    let listings = asked.iter().filter(|one| one.kind == Kind::Read && !one.path.contains('{'));
    let told = listings.filter_map(|one| Some((one.path.clone(), json_of(&one.answer)?.clone())));
    // The plain question comes first, and lists most.
    told.fold(Known::new(), |mut known, (path, listing)| {
        known.entry(path).or_insert(listing);
        known
    })
}

/// The JSON of an answer that succeeded.
#[must_use]
pub fn json_of(answer: &Answer) -> Option<&Value> {
    answer.response().filter(|response| response.status < 300)?.json()
}

/// A question as a request of a party, with a token where the document asks for one; of nobody without certificate and
/// token.
///
/// # Errors
/// [`Stop`] when nobody said where the API is, or no token can be had.
pub async fn request(
    w: &World,
    contract: &Contract,
    document: &Document,
    question: &Question,
    party: Option<Party>,
) -> Result<Request, Stop> {
    let url = contract.url(&question.target);
    let url = url.ok_or_else(|| w.recorder.not_declared("[endpoints] api"))?;
    let identity = party.map_or(NONE, |party| w.run.tls_identity(party));
    let mut request = Request::new(&question.about, &question.method.to_uppercase(), url, identity)
        .exactly()
        .header("Accept", "application/json, application/problem+json, */*;q=0.5");
    if let Some((media, body)) = &question.body {
        request = request.content(media, body.clone());
    }
    let Some(party) = party.filter(|_| w.run.uses_tokens()) else { return Ok(request) };
    let all = operations(document);
    let own = all.iter().find(|one| one.path == question.path && one.method == question.method);
    if own.map_or_else(|| live::is_secured(&document.root()), |own| live::is_secured(&own.node)) {
        let token = w.token_of(party).await?;
        request = w.with_token(request, &token, party);
    }
    Ok(request)
}

struct Guide<'w> {
    w: &'w World,
    contract: &'w Contract,
    document: &'w Document,
    asked: Vec<Asked>,
}

impl Guide<'_> {
    async fn request(&self, question: &Question) -> Result<Request, Stop> {
        request(self.w, self.contract, self.document, question, Some(Party::A)).await
    }

    async fn ask(&mut self, question: Question, kind: Kind) -> Result<&Answer, Stop> {
        let request = self.request(&question).await?;
        self.send(question, kind, request).await
    }

    async fn send(&mut self, question: Question, kind: Kind, request: Request) -> Result<&Answer, Stop> {
        let answer = self.w.recorder.http(request).await?;
        let Question { path, method, .. } = question;
        self.asked.push(Asked { path, method, kind, answer });
        Ok(&self.asked[self.asked.len() - 1].answer)
    }

    async fn read(&mut self) -> Result<(), Stop> {
        let mut done = BTreeSet::new();
        // What lists tell, names the items of the second round.
        for _ in 0..2 {
            for question in live::reading(self.document, &known(&self.asked)) {
                if done.insert(question.target.clone()) && !self.is_beyond(&question) {
                    self.ask(question, Kind::Read).await?;
                }
            }
        }
        let first: Vec<(String, String)> = self
            .asked
            .iter()
            .filter(|one| json_of(&one.answer).is_some())
            .map(|one| (one.path.clone(), target(self.contract, &one.answer)))
            .collect();
        for (path, target) in first {
            let about = format!("GET {path}, nog een keer");
            self.ask(plain(&path, "get", about, target), Kind::Again).await?;
        }
        Ok(())
    }

    /// Whether the document asks for a right that the declared scope does not give.
    fn is_beyond(&self, question: &Question) -> bool {
        let scope = self.w.run.product.oauth.as_ref().map(|oauth| oauth.scope.as_str());
        let all = operations(self.document);
        let own = all.iter().find(|one| one.path == question.path && one.method == question.method);
        scope.zip(own).is_some_and(|(scope, own)| live::needs_more(own, scope))
    }

    async fn absent(&mut self, known: &Known, unknown: &str) -> Result<(), Stop> {
        for question in live::missing(self.document, unknown) {
            self.ask(question, Kind::Missing).await?;
        }
        for question in live::undocumented(self.document, known, unknown) {
            let all = operations(self.document);
            let own = all.iter().filter(|one| one.path == question.path);
            let allowed = own.map(|one| one.method.to_uppercase()).collect();
            self.ask(question, Kind::Undocumented(allowed)).await?;
        }
        let reading = live::reading(self.document, known);
        let lists: Vec<&Question> = reading.iter().filter(|one| !one.target.contains(['?', '{'])).collect();
        for question in &lists {
            let slash = Question {
                about: format!("GET {}/, met een schuine streep", question.path),
                target: format!("{}/", question.target),
                // No operation of the document, so nothing it says about answers.
                method: "get/".to_owned(),
                ..(*question).clone()
            };
            let request = Request { method: "GET".to_owned(), ..self.request(&slash).await? };
            self.send(slash, Kind::Slash, request).await?;
        }
        if let Some(question) = lists.first() {
            let about = format!("GET {}, alleen als image/png", question.path);
            let question = Question { about, ..(*question).clone() };
            let request = self.request(&question).await?.header("Accept", "image/png");
            self.send(question, Kind::Accept, request).await?;
        }
        let taking = operations(self.document)
            .into_iter()
            .find(|one| live::json_body(one).is_some() && !one.path.contains('{'));
        if let Some(operation) = taking.filter(|_| may_write(self.w)) {
            let about = format!("{}, met inhoud van het type text/plain", operation.name());
            let body = Some(("text/plain".to_owned(), b"keur".to_vec()));
            let plain = plain(operation.path, operation.method, about, operation.path.to_owned());
            self.ask(Question { body, ..plain }, Kind::Text).await?;
        }
        self.document_again().await
    }

    /// Without certificate and token, from a web page of somebody else.
    async fn document_again(&mut self) -> Result<(), Stop> {
        let about = "de beschrijving ophalen, zonder inloggen en vanaf een andere website".to_owned();
        let mut question = plain("/openapi.json", "get", about, "/openapi.json".to_owned());
        let documented =
            operations(self.document).iter().any(|one| one.path == question.path && one.method == "get");
        if !documented {
            "get/".clone_into(&mut question.method);
        }
        let request = self.request(&question).await?;
        let request = Request { method: "GET".to_owned(), identity: NONE.to_owned(), ..request };
        let request =
            request.without("Authorization").without("DPoP").header("Origin", "https://voorbeeld.nl");
        self.send(question, Kind::Document, request).await.map(drop)
    }

    async fn invalid(&mut self, known: &Known) -> Result<(), Stop> {
        let collections: Vec<String> = known.keys().cloned().collect();
        for path in &collections {
            let about = format!("GET {path}, voor de onjuiste invoer");
            self.ask(plain(path, "get", about, path.clone()), Kind::Before).await?;
        }
        for question in live::invalid(self.document, known, may_write(self.w)) {
            let kind = Kind::Wrong(question.faults);
            self.ask(question, kind).await?;
        }
        for path in &collections {
            let about = format!("GET {path}, na de onjuiste invoer");
            self.ask(plain(path, "get", about, path.clone()), Kind::After).await?;
        }
        Ok(())
    }

    async fn write(&mut self) -> Result<(), Stop> {
        if !may_write(self.w) {
            return Err(self.w.recorder.not_declared("[claims] api_writes = \"test-data\""));
        }
        for item in live::items(self.document) {
            if let Some((media, new)) = item.new_item() {
                self.life(&item, (media, new.to_string().into_bytes())).await?;
            }
        }
        Ok(())
    }

    /// The life of one item, from POST to after DELETE.
    async fn life(&mut self, item: &Item<'_>, new: (String, Vec<u8>)) -> Result<(), Stop> {
        let has = |method: &str| item.operations.contains_key(&(true, method));
        let about = format!("POST {}, een nieuw ding", item.collection);
        let question =
            Question { body: Some(new), ..plain(item.collection, "post", about, item.collection.to_owned()) };
        let answer = self.ask(question, Kind::Write(Write::Create)).await?;
        let Some(response) = answer.response().filter(|response| response.status < 300) else {
            return Ok(());
        };
        let id = item.id_of(response.status, response.header("location"), response.json());
        let Some(target) = id.map(|id| live::item_path(item, &id)) else { return Ok(()) };
        let replacement = item.replacement().map(|(media, body)| (media, body.to_string().into_bytes()));
        for (step, method) in [
            (Write::ReadCreated, "get"),
            (Write::Put, "put"),
            (Write::ReadPut, "get"),
            (Write::PutAgain, "put"),
            (Write::ReadPutAgain, "get"),
            (Write::Delete, "delete"),
            (Write::DeleteAgain, "delete"),
            (Write::ReadDeleted, "get"),
        ] {
            let putting = (Write::Put..=Write::ReadPutAgain).contains(&step);
            let removing = step >= Write::Delete;
            if !has(method) || putting && (!has("put") || replacement.is_none()) || removing && !has("delete")
            {
                continue;
            }
            let about = format!("{} {}, {}", method.to_uppercase(), item.path, step.words());
            let body = replacement.clone().filter(|_| method == "put");
            let question = Question { body, ..plain(item.path, method, about, target.clone()) };
            self.ask(question, Kind::Write(step)).await?;
        }
        Ok(())
    }
}

impl Write {
    fn words(self) -> &'static str {
        match self {
            Self::Create => "maken",
            Self::ReadCreated => "lezen wat is gemaakt",
            Self::Put => "vervangen",
            Self::ReadPut => "lezen wat is vervangen",
            Self::PutAgain => "nog een keer hetzelfde vervangen",
            Self::ReadPutAgain => "lezen wat twee keer is vervangen",
            Self::Delete => "verwijderen",
            Self::DeleteAgain => "nog een keer verwijderen",
            Self::ReadDeleted => "lezen wat is verwijderd",
        }
    }
}

/// A question without a body.
#[must_use]
pub fn plain(path: &str, method: &str, about: String, target: String) -> Question {
    Question { path: path.to_owned(), method: method.to_owned(), about, target, body: None, faults: 0 }
}

/// Path and query of an answered request, below the base.
#[must_use]
pub fn target(contract: &Contract, answer: &Answer) -> String {
    let url = &answer.request.url;
    let base = contract.base.as_ref().map(|base| base.path().trim_end_matches('/')).unwrap_or_default();
    let path = url.path().strip_prefix(base).unwrap_or(url.path());
    url.query().map_or_else(|| path.to_owned(), |query| format!("{path}?{query}"))
}
