//! The OpenAPI document of the consulting hours, and the faults it can have.

use serde_json::{Value, json};

use crate::defects::Defects;

const VERSION: &str = "1.4.0";

pub(super) fn answer(description: &str, schema: &str) -> Value {
    json!({
        "description": description,
        "headers": { "API-Version": { "$ref": "#/components/headers/Versie" } },
        "content": { "application/json": { "schema": { "$ref": schema } } },
    })
}

pub(super) fn list(description: &str, item: &str) -> Value {
    let mut answer = answer(description, item);
    answer["content"]["application/json"]["schema"] = json!({ "type": "array", "items": { "$ref": item } });
    answer
}

pub(super) fn problem(description: &str) -> Value {
    json!({
        "description": description,
        "headers": { "API-Version": { "$ref": "#/components/headers/Versie" } },
        "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Probleem" } } },
    })
}

pub(super) fn refer(response: &str) -> Value {
    json!({ "$ref": format!("#/components/responses/{response}") })
}

pub(super) fn id(name: &str) -> Value {
    json!({ "name": name, "in": "path", "required": true, "schema": { "type": "string", "maxLength": 20 } })
}

const HOUR: &str = "#/components/schemas/Spreekuur";
const BOOKING: &str = "#/components/schemas/Reservering";
const NEW: &str = "#/components/schemas/NieuweReservering";

fn paths() -> Value {
    let body = json!({ "required": true, "content": { "application/json": { "schema": { "$ref": NEW } } } });
    let mut made = answer("De reservering is gemaakt.", BOOKING);
    made["headers"]["Location"] = json!({ "schema": { "type": "string" } });
    made["links"] = json!({
        "lezen": { "operationId": "leesReservering", "parameters": { "reserveringId": "$response.body#/id" } },
    });
    let mut gone = answer("De reservering is verwijderd.", BOOKING);
    gone.as_object_mut().map(|gone| gone.remove("content"));
    json!({
        "/openapi.json": { "get": {
            "operationId": "leesBeschrijving", "summary": "Deze beschrijving",
            "responses": { "200": answer("De beschrijving.", "#/components/schemas/Beschrijving"), "406": refer("Vorm") },
        } },
        "/spreekuren": { "get": {
            "operationId": "lijstSpreekuren", "summary": "Spreekuren met vrije plaatsen",
            "parameters": [
                { "name": "dag", "in": "query", "schema": { "type": "string", "format": "date" } },
                { "name": "soortZorg", "in": "query", "schema": { "type": "string", "enum": ["huisarts", "tandarts"] } },
                { "name": "maximum", "in": "query", "schema": { "type": "integer", "minimum": 1, "maximum": 100 } },
            ],
            "responses": { "200": list("De spreekuren.", HOUR), "400": refer("Invoer"), "406": refer("Vorm") },
        } },
        "/spreekuren/{spreekuurId}": { "parameters": [id("spreekuurId")], "get": {
            "operationId": "leesSpreekuur", "summary": "Eén spreekuur",
            "responses": { "200": answer("Het spreekuur.", HOUR), "404": refer("Weg"), "406": refer("Vorm") },
        } },
        "/reserveringen": {
            "get": {
                "operationId": "lijstReserveringen", "summary": "Reserveringen",
                "responses": { "200": list("De reserveringen.", BOOKING), "406": refer("Vorm") },
            },
            "post": {
                "operationId": "maakReservering", "summary": "Een nieuwe reservering", "requestBody": body,
                "responses": {
                    "201": made, "400": refer("Invoer"), "406": refer("Vorm"), "415": refer("Soort"),
                },
            },
        },
        "/reserveringen/{reserveringId}": {
            "parameters": [id("reserveringId")],
            "get": {
                "operationId": "leesReservering", "summary": "Eén reservering",
                "responses": { "200": answer("De reservering.", BOOKING), "404": refer("Weg"), "406": refer("Vorm") },
            },
            "put": {
                "operationId": "vervangReservering", "summary": "Een reservering vervangen", "requestBody": body,
                "responses": {
                    "200": answer("De reservering.", BOOKING), "400": refer("Invoer"), "404": refer("Weg"),
                    "406": refer("Vorm"), "415": refer("Soort"),
                },
            },
            "delete": {
                "operationId": "verwijderReservering", "summary": "Een reservering verwijderen",
                "responses": { "204": gone, "404": refer("Weg"), "406": refer("Vorm") },
            },
        },
    })
}

fn components() -> Value {
    let booking = json!({
        "spreekuurId": { "type": "string", "maxLength": 20, "example": "s1" },
        "dag": { "type": "string", "format": "date" },
        "aankomsttijd": { "type": "string", "format": "date-time" },
        "personen": { "type": "integer", "minimum": 1, "maximum": 4 },
        "toelichting": { "type": "string", "maxLength": 200 },
    });
    let required = json!(["spreekuurId", "dag", "aankomsttijd", "personen"]);
    let mut stored = booking.clone();
    stored["id"] = json!({ "type": "string", "readOnly": true });
    json!({
        "headers": { "Versie": { "description": "De versie van de API.", "schema": { "type": "string" } } },
        "responses": {
            "Invoer": problem("De invoer klopt niet."),
            "Weg": problem("Dit is er niet."),
            "Vorm": problem("Deze vorm is er niet."),
            "Soort": problem("Inhoud van deze soort kan niet."),
        },
        "schemas": {
            "Beschrijving": {
                "type": "object", "additionalProperties": true, "required": ["openapi"],
                "properties": { "openapi": { "type": "string" } },
            },
            "Spreekuur": {
                "type": "object",
                "required": ["id", "dag", "soortZorg", "plaatsen"],
                "properties": {
                    "id": { "type": "string" },
                    "dag": { "type": "string", "format": "date" },
                    "soortZorg": { "type": "string", "enum": ["huisarts", "tandarts"] },
                    "plaatsen": { "type": "integer", "minimum": 0 },
                    "gelezen": { "type": "integer" },
                    "bijgewerkt": { "type": "string" },
                },
            },
            "NieuweReservering": {
                "type": "object", "additionalProperties": false, "required": required.clone(), "properties": booking,
            },
            "Reservering": { "type": "object", "required": required, "properties": stored },
            "Probleem": {
                "type": "object",
                "properties": {
                    "status": { "type": "integer" }, "title": { "type": "string" }, "detail": { "type": "string" },
                    "fouten": { "type": "array", "items": { "type": "string" } },
                },
            },
        },
    })
}

/// The document of a product with these defects.
pub(super) fn document(defects: &Defects, token_endpoint: &str) -> Value {
    let mut document = json!({
        "openapi": "3.0.3",
        "info": {
            "title": "Spreekuren", "version": VERSION,
            "description": "Vrije plaatsen op spreekuren, zonder persoonsgegevens.",
            "contact": { "name": "Keur", "url": "https://voorbeeld.nl", "email": "beheer@voorbeeld.nl" },
        },
        "servers": [{ "url": super::BASE }],
        "paths": paths(),
        "components": components(),
    });
    super::intake_document::add(&mut document, token_endpoint);
    for (name, spoil) in FAULTS {
        if defects.has(name) {
            spoil(&mut document);
        }
    }
    document
}

type Spoil = fn(&mut Value);

/// A defect and what it does to the document.
const FAULTS: [(&str, Spoil); 19] = [
    ("api-doc-dangling", |d| {
        d["components"]["schemas"]["Oud"] = json!({ "$ref": "#/components/schemas/Weg" })
    }),
    ("api-doc-no-email", |d| {
        drop(d["info"]["contact"].as_object_mut().map(|contact| contact.remove("email")))
    }),
    ("api-doc-slash", |d| alias(d, "/locaties/")),
    ("api-doc-casing", |d| alias(d, "/vrijeSpreekuren")),
    ("api-doc-verb", |d| alias(d, "/haal-spreekuren")),
    ("api-doc-snake-query", |d| parameter(d, "soort_zorg")),
    ("api-doc-bsn", |d| parameter(d, "bsn")),
    ("api-doc-trace", |d| {
        let mut trace = d["paths"]["/spreekuren"]["get"].clone();
        trace["operationId"] = json!("spoor");
        d["paths"]["/spreekuren"]["trace"] = trace;
    }),
    ("api-doc-undated", |d| {
        d["components"]["schemas"]["Spreekuur"]["properties"]["vervaldatum"] = json!({ "type": "string" })
    }),
    ("api-doc-midnight", |d| {
        let moment = json!({ "type": "string", "format": "date-time" });
        d["components"]["schemas"]["Spreekuur"]["properties"]["vervaldatum"] = moment;
    }),
    ("api-doc-plain-error", |d| {
        let schema = json!({ "schema": { "$ref": "#/components/schemas/Probleem" } });
        d["components"]["responses"]["Weg"]["content"]["application/json"] = schema;
    }),
    ("api-doc-no-400", |d| {
        let responses = &mut d["paths"]["/spreekuren"]["get"]["responses"];
        responses.as_object_mut().map(|all| all.remove("400"));
        responses["default"] = refer("Invoer");
    }),
    ("api-doc-no-major", |d| {
        d["servers"] = json!([{ "url": super::BASE }, { "url": "https://voorbeeld.nl/agenda" }]);
    }),
    ("api-doc-version", |d| d["info"]["version"] = json!("1.4")),
    ("api-doc-no-version-header", |d| {
        d["components"]["responses"]["Vorm"].as_object_mut().map(|answer| answer.remove("headers"));
    }),
    ("api-doc-deprecated", |d| d["paths"]["/spreekuren"]["get"]["deprecated"] = json!(true)),
    ("api-doc-same-id", |d| d["paths"]["/spreekuren"]["get"]["operationId"] = json!("leesSpreekuur")),
    ("api-doc-example", |d| {
        d["paths"]["/spreekuren"]["get"]["responses"]["200"]["content"]["application/json"]["example"] =
            json!([{ "id": 1 }]);
    }),
    ("owa-doc-no-maximum", |d| {
        let parameters = &mut d["paths"]["/aanmeldingen"]["get"]["parameters"];
        drop(parameters[0]["schema"].as_object_mut().map(|schema| schema.remove("maximum")));
    }),
];

/// The list of consulting hours by another path too.
fn alias(document: &mut Value, path: &str) {
    let mut item = document["paths"]["/spreekuren"].clone();
    item["get"]["operationId"] = json!("ookSpreekuren");
    document["paths"][path] = item;
}

fn parameter(document: &mut Value, name: &str) {
    let parameter = json!({ "name": name, "in": "query", "schema": { "type": "string" } });
    if let Some(all) = document["paths"]["/spreekuren"]["get"]["parameters"].as_array_mut() {
        all.push(parameter);
    }
}
