//! What the document says of the secured part.

use serde_json::{Value, json};

use super::document::{answer, id, list, problem, refer};
use super::intake::ADMINISTRATOR;

const REGISTRATION: &str = "#/components/schemas/Aanmelding";

fn secured(mut operation: Value, scopes: &[&str]) -> Value {
    operation["security"] = json!([{ "toegang": scopes }]);
    operation["responses"]["401"] = refer("Toegang");
    operation["responses"]["406"] = refer("Vorm");
    operation
}

/// Adds the secured part to the document.
pub(super) fn add(document: &mut Value, token_endpoint: &str) {
    let body = json!({
        "required": true,
        "content": { "application/json": { "schema": { "$ref": "#/components/schemas/NieuweAanmelding" } } },
    });
    let mut made = answer("De aanmelding is gemaakt.", REGISTRATION);
    made["links"] = json!({
        "lezen": { "operationId": "leesAanmelding", "parameters": { "aanmeldingId": "$response.body#/id" } },
    });
    let mut gone = answer("De aanmelding is verwijderd.", REGISTRATION);
    gone.as_object_mut().map(|gone| gone.remove("content"));
    let most = json!({ "name": "maximum", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } });
    let refusals = || json!({ "400": refer("Invoer"), "415": refer("Soort") });
    let with = |mut responses: Value, more: [(&str, Value); 1]| {
        for (status, answer) in more {
            responses[status] = answer;
        }
        responses
    };
    let mut put = with(refusals(), [("200", answer("De aanmelding.", REGISTRATION))]);
    put["404"] = refer("Weg");
    let paths = &mut document["paths"];
    paths["/aanmeldingen"] = json!({
        "get": secured(json!({
            "operationId": "lijstAanmeldingen", "summary": "De eigen aanmeldingen", "parameters": [most],
            "responses": { "200": list("De aanmeldingen.", REGISTRATION), "400": refer("Invoer") },
        }), &[]),
        "post": secured(json!({
            "operationId": "maakAanmelding", "summary": "Een nieuwe aanmelding", "requestBody": body,
            "responses": with(refusals(), [("201", made)]),
        }), &[]),
    });
    paths["/aanmeldingen/{aanmeldingId}"] = json!({
        "parameters": [id("aanmeldingId")],
        "get": secured(json!({
            "operationId": "leesAanmelding", "summary": "Eén aanmelding",
            "responses": { "200": answer("De aanmelding.", REGISTRATION), "404": refer("Weg") },
        }), &[]),
        "put": secured(json!({
            "operationId": "vervangAanmelding", "summary": "Een aanmelding vervangen", "requestBody": body,
            "responses": put,
        }), &[]),
        "delete": secured(json!({
            "operationId": "verwijderAanmelding", "summary": "Een aanmelding verwijderen",
            "responses": { "204": gone, "404": refer("Weg") },
        }), &[]),
    });
    paths["/beheer/instellingen"] = json!({ "get": secured(json!({
        "operationId": "leesInstellingen", "summary": "De instellingen, voor beheerders",
        "responses": {
            "200": answer("De instellingen.", "#/components/schemas/Instellingen"), "403": refer("Recht"),
        },
    }), &[ADMINISTRATOR]) });
    let components = &mut document["components"];
    components["securitySchemes"] = json!({ "toegang": {
        "type": "oauth2",
        "flows": { "clientCredentials": { "tokenUrl": token_endpoint, "scopes": { ADMINISTRATOR: "Beheren" } } },
    } });
    components["responses"]["Toegang"] = problem("Er is geen geldig token.");
    components["responses"]["Recht"] = problem("Het token geeft hier geen recht op.");
    let new = json!({
        "kenmerk": { "type": "string", "minLength": 1, "maxLength": 60 },
        "terugmeldadres": { "type": "string", "format": "uri" },
    });
    let mut stored = new.clone();
    for name in ["id", "eigenaar", "status"] {
        stored[name] = json!({ "type": "string", "readOnly": true });
    }
    components["schemas"]["NieuweAanmelding"] = json!({ "type": "object", "additionalProperties": false, "required": ["kenmerk"], "properties": new });
    components["schemas"]["Aanmelding"] =
        json!({ "type": "object", "required": ["kenmerk"], "properties": stored });
    components["schemas"]["Instellingen"] =
        json!({ "type": "object", "properties": { "onderhoud": { "type": "boolean" } } });
}
