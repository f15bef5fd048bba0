//! Declared, advertised and observed side by side: one row per option, for the table in the report.

use cucumber::{then, when};
use keur_catalogue::product::SenderConstraint;
use keur_evidence::{Step, Stop, event::OPTIONS, http::Request};
use keur_probes::{
    fhir::capability,
    options::{self, Row},
};
use serde_json::json;
use url::Url;

use super::api::{ask, no_such_id};
use crate::{
    World,
    run::Party,
    tour::{Kind, json_of},
};

/// Most resource types that are tried.
const TYPES: usize = 6;
/// Most search parameters of a type that are tried.
const PARAMETERS: usize = 6;
/// Under what a promise that is not kept is judged.
const KEPT: &str = "WGZ-API-014";
const SILENT: &str = "WGZ-API-019";
const FORMATS: &str = "WGZ-API-009";

#[when("naast elkaar wordt gelegd wat is opgegeven, wat is beschreven en wat werkt")]
async fn side_by_side(w: &mut World) -> Result<(), Stop> {
    let mut rows = interactions(w).await?;
    rows.extend(formats(w).await?);
    rows.extend(tokens(w).await?);
    record(w, rows)
}

#[then("staat alles wat werkt of is opgegeven in de beschrijving")]
async fn all_advertised(w: &mut World) -> Step {
    let described = w.answers.first().map(|answer| answer.id.clone()).unwrap_or_default();
    let checks = options::advertised(&w.kept.options, &described);
    w.recorder.expect_all(checks)
}

#[then("staat elke operatie die werkt in de beschrijving")]
async fn operations(w: &mut World) -> Step {
    let rows: Vec<Row> = w
        .kept
        .tour
        .iter()
        .filter_map(|one| {
            let advertised = match &one.kind {
                Kind::Read => true,
                Kind::Undocumented(_) => false,
                _ => return None,
            };
            let method = one.method.to_uppercase();
            let requirement = if advertised { "WGZ-CON-006" } else { "WGZ-ADR-021" };
            let row = Row::new(&one.path, &method, Some(advertised), requirement);
            Some(row.tried(&one.answer, |answer| !advertised || json_of(answer).is_some()))
        })
        .collect();
    let described = w.kept.tour.first().map(|one| one.answer.id.clone()).unwrap_or_default();
    // One path may have been read in many ways; one that worked tells enough.
    let mut best: Vec<Row> = Vec::new();
    for row in rows {
        match best.iter_mut().find(|known| known.subject == row.subject && known.option == row.option) {
            Some(known) if known.observed != Some(true) && row.observed == Some(true) => *known = row,
            Some(_) => {}
            None => best.push(row),
        }
    }
    record(w, best)?;
    let checks = options::advertised(&w.kept.options, &described);
    w.recorder.expect_all(checks)
}

fn record(w: &mut World, rows: Vec<Row>) -> Result<(), Stop> {
    w.recorder.observe(OPTIONS, "opgegeven, beschreven en waargenomen", json!({ "rows": rows }))?;
    w.kept.options = rows;
    Ok(())
}

/// What the CapabilityStatement promises of reading, and what else can be read.
async fn interactions(w: &mut World) -> Result<Vec<Row>, Stop> {
    let statement = w.answers.iter().find_map(capability::statement).cloned();
    let statement = statement.ok_or_else(|| w.recorder.broken("er is nog geen beschrijving opgevraagd"))?;
    let promises = capability::promises(&statement);
    let token = w.patient_for(w.purpose()).ok().and_then(|patient| patient.bsn());
    let token = token.map(keur_probes::fhir::query::bsn_token);
    let id = no_such_id(w);
    let mut rows = Vec::new();
    for promise in capability::sample(&promises, TYPES) {
        let searches = promise.offers("search-type");
        let search = match promise.touch(token.as_deref(), &id) {
            Some(path) if searches => path,
            _ => format!("{}?_count=1", promise.kind),
        };
        let history = format!("{}/_history?_count=1", promise.kind);
        for (option, kind, path) in
            [("search-type", "searchset", search), ("history-type", "history", history)]
        {
            let offered = promise.offers(option);
            let answer = ask(w, "optie proberen", "GET", &path, None).await?;
            let row = Row::new(&promise.kind, option, Some(offered), if offered { KEPT } else { SILENT });
            rows.push(row.tried(&answer, |answer| options::is_bundle(answer, kind)));
        }
        for (name, path) in promise.trials(token.as_deref(), PARAMETERS) {
            let answer = ask(w, "zoekparameter proberen", "GET", &path, None).await?;
            let row = Row::new(&promise.kind, &format!("zoeken op {name}"), Some(true), KEPT);
            rows.push(row.tried(&answer, |answer| options::is_bundle(answer, "searchset")));
        }
    }
    let offered = capability::offers_system(&statement, "history-system");
    let answer = ask(w, "optie proberen", "GET", "_history?_count=1", None).await?;
    let row =
        Row::new("alle resourcetypen", "history-system", Some(offered), if offered { KEPT } else { SILENT });
    rows.push(row.tried(&answer, |answer| options::is_bundle(answer, "history")));
    let writes =
        |promise: &capability::Promise| ["create", "update", "delete"].iter().any(|i| promise.offers(i));
    let declared = w.run.product.claims.get("write").map(|claim| claim == "sandbox");
    let row = Row::new("alle resourcetypen", "schrijven", Some(promises.iter().any(writes)), SILENT);
    rows.push(row.declared(declared));
    Ok(rows)
}

async fn formats(w: &mut World) -> Result<Vec<Row>, Stop> {
    let statement = w.answers.iter().find_map(capability::statement).cloned().unwrap_or_default();
    let mut rows = Vec::new();
    for kind in ["json", "xml"] {
        let media = format!("application/fhir+{kind}");
        let answer = ask(w, "vorm proberen", "GET", "metadata", Some(("Accept", &media))).await?;
        let row = Row::new("vorm van het antwoord", kind, options::format(&statement, kind), FORMATS);
        let is_kind = |answer: &keur_evidence::http::Answer| {
            let typed = answer.response().and_then(|response| response.header("content-type"));
            typed.is_some_and(|typed| typed.contains(kind))
        };
        rows.push(row.tried(&answer, is_kind));
    }
    Ok(rows)
}

/// How tokens are bound: in product.toml, in the metadata of the authorisation server, and in a token.
async fn tokens(w: &mut World) -> Result<Vec<Row>, Stop> {
    let (Some(oauth), Some(url)) = (&w.run.product.oauth, &w.run.product.endpoints.oauth_metadata) else {
        return Ok(Vec::new());
    };
    let dpop = oauth.sender_constraint == SenderConstraint::Dpop;
    let url = Url::parse(url).map_err(|error| w.recorder.broken(&error.to_string()))?;
    let identity = w.run.tls_identity(Party::A);
    let request = Request::new("OAuth-gegevens van het product", "GET", url, identity);
    let answer = w.recorder.http(request.header("Accept", "application/json")).await?;
    let metadata = answer.response().filter(|response| response.status == 200);
    let Some(metadata) = metadata.and_then(|response| response.json()) else { return Ok(Vec::new()) };
    let token = w.token_of(Party::A).await?;
    let bound = token.scheme.eq_ignore_ascii_case("dpop");
    let says = metadata.get("dpop_signing_alg_values_supported").is_some();
    let grant = options::listed(metadata, "grant_types_supported", "client_credentials");
    let seen = |row: Row, observed: bool| Row {
        observed: Some(observed),
        seen: format!("een token met token_type {}", token.scheme),
        evidence: Some(answer.id.clone()),
        ..row
    };
    let row = |option, advertised| Row::new("tokens", option, advertised, "WGZ-OAU-011");
    Ok(vec![
        seen(row("DPoP", Some(says)).declared(Some(dpop)), bound),
        seen(row("client_credentials", grant).declared(Some(true)), true),
    ])
}
