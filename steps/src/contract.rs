//! The OpenAPI document of a product: declared as a file beside the declaration, or published at an address.

use std::{collections::BTreeMap, io, sync::Arc};

use keur_catalogue::Product;
use keur_evidence::{
    Stop,
    http::{Answer, Request},
    identity::NONE,
};
use keur_openapi::{Document, Fault, gather};
use serde_json::json;
use url::Url;

use crate::World;

/// What enclosed files of the document are called.
const FOLDER: &str = "openapi/";

/// A document declared as a file, with the files it refers to.
#[derive(Debug, Clone)]
pub struct OpenApi {
    root: String,
    files: BTreeMap<String, Vec<u8>>,
}

impl OpenApi {
    /// Reads the document and what it refers to within its folder.
    ///
    /// # Errors
    /// When the document itself cannot be read.
    pub fn read(name: &str, read: &mut dyn FnMut(&str) -> io::Result<Vec<u8>>) -> io::Result<Self> {
        let (folder, root) = split(name);
        let files = gather(root, &mut |file| read(&format!("{folder}{file}")))?;
        Ok(Self { root: root.to_owned(), files })
    }

    /// The files, by the name under which they go into the evidence.
    pub fn to_enclose(&self) -> impl Iterator<Item = (String, Vec<u8>)> {
        self.files.iter().map(|(name, bytes)| (format!("{FOLDER}{name}"), bytes.clone()))
    }

    /// The document of a declaration, from what was enclosed with it.
    #[must_use]
    pub fn enclosed(product: &Product, files: Vec<(String, Vec<u8>)>) -> Option<Self> {
        let (_, root) = split(product.endpoints.openapi_file()?);
        let own = files
            .into_iter()
            .filter_map(|(name, bytes)| Some((name.strip_prefix(FOLDER)?.to_owned(), bytes)));
        Some(Self { root: root.to_owned(), files: own.collect() })
    }
}

/// The folder, with its slash, and the name in it.
fn split(name: &str) -> (&str, &str) {
    let at = name.rfind('/').map_or(0, |at| at + 1);
    (&name[..at], &name[at..])
}

/// The document as a run found it.
pub struct Contract {
    /// What it says, or why it says nothing.
    pub document: Result<Document, Fault>,
    /// The exchange or observation that holds it.
    pub evidence: String,
    /// Where the API is; none when nobody said.
    pub base: Option<Url>,
    /// How it was fetched, when it was.
    pub served: Option<Answer>,
}

/// The contract of a run; the case that comes first fetches it.
///
/// # Errors
/// [`Stop`] when none is declared, or it cannot be had.
pub async fn contract(w: &World) -> Result<Arc<Contract>, Stop> {
    if !w.shared().contract.initialized() {
        w.turn().await;
    }
    let made = w.shared().contract.get_or_try_init(|| async { make(w).await.map(Arc::new) });
    let contract = Arc::clone(made.await?);
    let purpose = "de beschrijving van de API, zoals in deze uitvoering gevonden";
    w.recorder.observe("reuse", purpose, json!({ "exchanges": [contract.evidence] }))?;
    Ok(contract)
}

async fn make(w: &World) -> Result<Contract, Stop> {
    let endpoints = &w.run.product.endpoints;
    let declared = endpoints.openapi.as_deref();
    let declared = declared.ok_or_else(|| w.recorder.not_declared("[endpoints] openapi"))?;
    let _all = w.recorder.for_all();
    if let Some(given) = &w.run.openapi {
        let files: Vec<_> = given
            .files
            .iter()
            .map(|(name, bytes)| json!({ "name": name, "sha256": keur_evidence::digest::sha256(bytes) }))
            .collect();
        let purpose = "de beschrijving van de API, uit bestanden bij de opgave";
        let evidence = w.recorder.observe("openapi", purpose, json!({ "files": files }))?;
        let document = Document::open(&given.root, &given.files);
        let base = endpoints.api.as_deref().and_then(|base| Url::parse(base).ok());
        return Ok(Contract { document, evidence, base, served: None });
    }
    let url = Url::parse(declared).map_err(|error| w.recorder.broken(&format!("{declared}: {error}")))?;
    let request = Request::new("de beschrijving van de API ophalen", "GET", url.clone(), NONE)
        .header("Accept", "application/json, application/yaml;q=0.9");
    let answer = w.recorder.http(request).await?;
    let name =
        url.path().rsplit('/').next().filter(|name| !name.is_empty()).unwrap_or("openapi.json").to_owned();
    let body = match &answer.reply {
        Ok(response) if response.status == 200 => response.bytes().to_vec(),
        Ok(_) => Vec::new(),
        Err(transport) => {
            let reason = keur_probes::http::reason(transport.failure);
            let detail = format!("de beschrijving van de API is niet op te halen: {transport}");
            return Err(w.recorder.cannot_tell(reason, "unreachable", &detail));
        }
    };
    let document = Document::open(&name, &BTreeMap::from([(name.clone(), body)]));
    let base = match endpoints.api.as_deref() {
        Some(base) => Url::parse(base).ok(),
        None => document.as_ref().ok().and_then(|document| first_server(document, &url)),
    };
    Ok(Contract { document, evidence: answer.id.clone(), base, served: Some(answer) })
}

/// The first server of a document, when it is where the document itself came from: no other was declared to be tested.
fn first_server(document: &Document, from: &Url) -> Option<Url> {
    let server = document.root().list("servers").next();
    let base = server.as_ref().and_then(|server| server.text("url")).unwrap_or("/");
    from.join(base).ok().filter(|base| base.origin() == from.origin())
}

impl Contract {
    /// The URL of a path and query below the base.
    #[must_use]
    pub fn url(&self, target: &str) -> Option<Url> {
        let base = self.base.as_ref()?.as_str().trim_end_matches('/').to_owned();
        Url::parse(&format!("{base}{target}")).ok()
    }
}
