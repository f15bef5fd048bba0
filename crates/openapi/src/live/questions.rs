//! The requests a document gives rise to, bounded in number, the same for the same document and seed.

use std::collections::BTreeMap;

use serde_json::Value;
use url::form_urlencoded::byte_serialize;

use super::{
    mutants::{all_wrong, mutants},
    sample::sample,
};
use crate::{
    document::{Document, Node},
    operations::{Operation, Parameter, operations, paths},
    schema::{Way, types, validator},
};

/// Requests of one kind.
const MAX_QUESTIONS: usize = 120;
/// Spoilt requests of one operation.
const MAX_SPOILT: usize = 12;

/// A request to make.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The path of the operation, as in the document.
    pub path: String,
    /// Its method, as in the document; one that is not documented when that is asked.
    pub method: String,
    /// What is asked, in Dutch.
    pub about: String,
    /// Path and query below the base.
    pub target: String,
    /// Media type and body.
    pub body: Option<(String, Vec<u8>)>,
    /// Faults in it that can be told apart.
    pub faults: usize,
}

/// What is known of an API by what it said: items of collections, by the path of the collection.
pub type Known = BTreeMap<String, Value>;

/// A collection with a path of its own for each item.
#[derive(Debug, Clone)]
pub struct Item<'d> {
    /// The path of the collection.
    pub collection: &'d str,
    /// The path of an item.
    pub path: &'d str,
    /// The name of the variable in it.
    pub variable: &'d str,
    /// The operations on the collection and on an item, by method.
    pub operations: BTreeMap<(bool, &'d str), Operation<'d>>,
}

/// The path of the collection, and the variable, of a path that ends in one.
fn of_item(path: &str) -> Option<(&str, &str)> {
    let (collection, last) = path.rsplit_once('/')?;
    let variable = last.strip_prefix('{')?.strip_suffix('}')?;
    Some((collection, variable))
        .filter(|(collection, variable)| !collection.contains('{') && !variable.contains('{'))
}

/// The collections of a document.
#[must_use]
pub fn items(document: &Document) -> Vec<Item<'_>> {
    let all = operations(document);
    let mut found = Vec::new();
    for (path, _) in paths(document) {
        let Some((collection, variable)) = of_item(path) else { continue };
        let own = all.iter().filter(|operation| operation.path == path || operation.path == collection);
        let operations =
            own.map(|operation| ((operation.path == path, operation.method), operation.clone())).collect();
        found.push(Item { collection, path, variable, operations });
    }
    found
}

/// The path of one item.
#[must_use]
pub fn item_path(item: &Item<'_>, id: &str) -> String {
    format!("{}/{}", item.collection, encoded(id))
}

fn encoded(text: &str) -> String {
    // A form writes a space as a plus sign, which means something else in a path.
    byte_serialize(text.as_bytes()).collect::<String>().replace('+', "%20")
}

/// Every operation that only reads, as documented.
#[must_use]
pub fn reading(document: &Document, known: &Known) -> Vec<Question> {
    let all = operations(document);
    let reads = all.iter().filter(|operation| operation.method == "get");
    let mut questions = Vec::new();
    for operation in reads {
        let Some(target) = target(operation, known, &[]) else { continue };
        let about = format!("{}, zoals beschreven", operation.name());
        questions.push(question(operation, about, target));
        // One parameter at a time, at the edges of what is allowed.
        for parameter in operation.parameters().iter().filter(|parameter| parameter.place == "query") {
            for (what, value) in edges(parameter) {
                let given = [(parameter.name, Some(value))];
                let Some(target) = self::target(operation, known, &given) else { continue };
                let about = format!("{}, `{}` {what}", operation.name(), parameter.name);
                questions.push(question(operation, about, target));
            }
        }
    }
    questions.truncate(MAX_QUESTIONS);
    questions
}

fn question(operation: &Operation<'_>, about: String, target: String) -> Question {
    let (path, method) = (operation.path.to_owned(), operation.method.to_owned());
    Question { path, method, about, target, body: None, faults: 0 }
}

/// Values at the edge of a parameter that are allowed.
fn edges(parameter: &Parameter<'_>) -> Vec<(&'static str, String)> {
    let Some(schema) = parameter.schema() else { return Vec::new() };
    let mut edges = Vec::new();
    for (key, what) in [("minimum", "zo klein mogelijk"), ("maximum", "zo groot mogelijk")] {
        if let Some(bound) = schema.value.get(key).and_then(Value::as_i64) {
            edges.push((what, bound.to_string()));
        }
    }
    for choice in schema.list("enum").take(5) {
        edges.extend(plain(choice.value).map(|text| ("met elke keuze", text)));
    }
    let fits =
        |text: &str| validator(&schema, Way::Request).is_ok_and(|own| own.is_valid(&typed(&schema, text)));
    edges.retain(|(_, text)| fits(text));
    edges
}

/// A text of an address as the value it stands for.
fn typed(schema: &Node<'_>, text: &str) -> Value {
    let kinds = types(schema);
    let number =
        || text.parse::<i64>().map(Value::from).ok().or_else(|| text.parse::<f64>().map(Value::from).ok());
    if kinds.contains("integer") || kinds.contains("number") {
        number().unwrap_or_else(|| text.into())
    } else if kinds.contains("boolean") {
        text.parse::<bool>().map_or_else(|_| text.into(), Value::from)
    } else {
        text.into()
    }
}

/// A value as it stands in an address.
fn plain(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// What a parameter can be given: its example, what its schema offers, or what is known of the collection.
fn value_of(operation: &Operation<'_>, parameter: &Parameter<'_>, known: &Known) -> Option<String> {
    let node = &parameter.node;
    let shown = node.value.get("example").or_else(|| {
        let first = node.value.get("examples")?.as_object()?.values().next()?;
        first.get("value")
    });
    let of_collection = || {
        let (collection, variable) = of_item(operation.path).filter(|(_, name)| *name == parameter.name)?;
        id_of(first_item(known.get(collection)?)?, variable)
    };
    if parameter.place == "path" {
        // What the API itself lists is there; an example may not be.
        return of_collection().or_else(|| shown.and_then(plain));
    }
    shown.and_then(plain).or_else(|| plain(&sample(&parameter.schema()?, Way::Request)?))
}

/// The first item of a list, or of the first list in an object.
fn first_item(listing: &Value) -> Option<&Value> {
    let list = listing.as_array().or_else(|| listing.as_object()?.values().find_map(Value::as_array))?;
    list.first()
}

/// What names an item: the field called as the variable, or `id`.
fn id_of(item: &Value, variable: &str) -> Option<String> {
    item.get(variable).or_else(|| item.get("id")).and_then(plain)
}

/// Path and query of an operation; `given` sets query parameters, or leaves them out.
fn target(operation: &Operation<'_>, known: &Known, given: &[(&str, Option<String>)]) -> Option<String> {
    let mut path = operation.path.to_owned();
    let mut query = Vec::new();
    for parameter in operation.parameters() {
        match parameter.place {
            "path" => {
                let value = value_of(operation, &parameter, known)?;
                path = path.replace(&format!("{{{}}}", parameter.name), &encoded(&value));
            }
            "query" => {
                let own = given.iter().find(|(name, _)| *name == parameter.name);
                let value = match own {
                    Some((_, value)) => value.clone(),
                    None if parameter.is_required() => Some(value_of(operation, &parameter, known)?),
                    None => None,
                };
                query.extend(value.map(|value| format!("{}={}", encoded(parameter.name), encoded(&value))));
            }
            _ => {}
        }
    }
    Some(if query.is_empty() { path } else { format!("{path}?{}", query.join("&")) })
}

/// An operation as documented; what is not known by name is asked by one that is nobody's. None when its body cannot be
/// made up.
#[must_use]
pub fn asking(operation: &Operation<'_>, known: &Known, unknown: &str) -> Option<Question> {
    let unnamed = || {
        let parts = operation.path.split('/');
        let named = |part: &str| if part.starts_with('{') { encoded(unknown) } else { part.to_owned() };
        parts.map(named).collect::<Vec<_>>().join("/")
    };
    // A variable that no parameter describes stays as it is.
    let target = target(operation, known, &[]).filter(|target| !target.contains('{')).unwrap_or_else(unnamed);
    let body = match json_body(operation) {
        Some((media, schema)) => {
            Some((media.to_owned(), sample(&schema, Way::Request)?.to_string().into_bytes()))
        }
        None => None,
    };
    Some(Question { body, ..question(operation, operation.name(), target) })
}

/// Every readable item, by a name that is nobody's.
#[must_use]
pub fn missing(document: &Document, unknown: &str) -> Vec<Question> {
    let mut questions = Vec::new();
    for item in items(document) {
        let Some(operation) = item.operations.get(&(true, "get")) else { continue };
        let about = format!("{}, van iets wat er niet is", operation.name());
        questions.push(question(operation, about, item_path(&item, unknown)));
    }
    questions.truncate(MAX_QUESTIONS);
    questions
}

/// On every path one method that is not documented. Methods that write are left out where nothing else writes.
#[must_use]
pub fn undocumented(document: &Document, known: &Known, unknown: &str) -> Vec<Question> {
    let all = operations(document);
    let mut questions = Vec::new();
    for (path, _) in paths(document) {
        let own: Vec<&str> = all.iter().filter(|one| one.path == path).map(|one| one.method).collect();
        // PATCH without a body and DELETE of nothing change least of what an API may support all the same.
        let Some(method) =
            ["patch", "delete", "put", "post"].into_iter().find(|method| !own.contains(method))
        else {
            continue;
        };
        let target = match (of_item(path), all.iter().find(|one| one.path == path)) {
            (Some((collection, _)), _) => Some(format!("{collection}/{}", encoded(unknown))),
            (None, Some(operation)) => target(operation, known, &[]),
            (None, None) => None,
        };
        let Some(target) = target else { continue };
        let about = format!("{} {path}, dat niet is beschreven", method.to_uppercase());
        let (path, method) = (path.to_owned(), method.to_owned());
        questions.push(Question { path, method, about, target, body: None, faults: 0 });
    }
    questions.truncate(MAX_QUESTIONS);
    questions
}

/// Requests with one thing wrong. `writing` allows those that would write, were they accepted.
#[must_use]
pub fn invalid(document: &Document, known: &Known, writing: bool) -> Vec<Question> {
    let mut questions = Vec::new();
    for operation in operations(document) {
        if operation.method != "get" && !writing || operation.method == "delete" {
            continue;
        }
        let mut own = wrong_queries(&operation, known);
        own.extend(wrong_bodies(&operation, known));
        own.truncate(MAX_SPOILT);
        questions.extend(own);
    }
    questions.truncate(MAX_QUESTIONS);
    questions
}

fn wrong_queries(operation: &Operation<'_>, known: &Known) -> Vec<Question> {
    let mut questions = Vec::new();
    for parameter in operation.parameters().iter().filter(|parameter| parameter.place == "query") {
        let mut wrong: Vec<(&str, Option<String>)> = Vec::new();
        if parameter.is_required() {
            wrong.push(("weggelaten", None));
        }
        if let Some(schema) = parameter.schema()
            && let Ok(own) = validator(&schema, Way::Request)
        {
            let bound = |key: &str| schema.value.get(key).and_then(Value::as_i64);
            let spoilt = [
                ("van een ander type", Some("geen-getal".to_owned())),
                ("in een onmogelijke vorm", Some("2026-02-31".to_owned())),
                ("te klein", bound("minimum").map(|least| (least - 1).to_string())),
                ("te groot", bound("maximum").map(|most| (most + 1).to_string())),
            ];
            for (what, value) in spoilt {
                if value.as_ref().is_some_and(|value| !own.is_valid(&typed(&schema, value))) {
                    wrong.push((what, value));
                }
            }
        }
        for (what, value) in wrong {
            let given = [(parameter.name, value)];
            let Some(target) = target(operation, known, &given) else { continue };
            let about = format!("{}, `{}` {what}", operation.name(), parameter.name);
            questions.push(Question { faults: 1, ..question(operation, about, target) });
        }
    }
    questions
}

fn wrong_bodies(operation: &Operation<'_>, known: &Known) -> Vec<Question> {
    let Some((media, schema)) = json_body(operation) else { return Vec::new() };
    let Some(target) = target(operation, known, &[]) else { return Vec::new() };
    let spoilt = |what: &str, body: Vec<u8>, faults: usize| Question {
        body: Some((media.to_owned(), body)),
        faults,
        ..question(operation, format!("{}, inhoud {what}", operation.name()), target.clone())
    };
    let mut questions = vec![spoilt("met een fout in de JSON", b"{\"keur\": ".to_vec(), 1)];
    if let Some(sound) = sample(&schema, Way::Request) {
        if let Some((count, body)) = all_wrong(&schema, &sound) {
            questions.push(spoilt("met meer fouten tegelijk", body.to_string().into_bytes(), count));
        }
        let made = mutants(&schema, &sound);
        questions
            .extend(made.into_iter().map(|(what, body)| spoilt(&what, body.to_string().into_bytes(), 1)));
    }
    questions
}

/// The JSON an operation takes: media type and schema.
#[must_use]
pub fn json_body<'d>(operation: &Operation<'d>) -> Option<(&'d str, Node<'d>)> {
    let body = operation.body()?;
    let (media, node) =
        body.map("content").find(|(name, _)| name.starts_with("application/") && name.contains("json"))?;
    Some((media, node.get("schema")?))
}

impl Item<'_> {
    /// A sound new item, with its media type.
    #[must_use]
    pub fn new_item(&self) -> Option<(String, Value)> {
        let (media, schema) = json_body(self.operations.get(&(false, "post"))?)?;
        Some((media.to_owned(), sample(&schema, Way::Request)?))
    }

    /// A sound replacement of an item, with its media type.
    #[must_use]
    pub fn replacement(&self) -> Option<(String, Value)> {
        let (media, schema) = json_body(self.operations.get(&(true, "put"))?)?;
        Some((media.to_owned(), sample(&schema, Way::Request)?))
    }

    /// The name of a new item: by a link of the document, by the address in `Location`, or by its own field.
    #[must_use]
    pub fn id_of(&self, status: u16, location: Option<&str>, body: Option<&Value>) -> Option<String> {
        let linked = || {
            let response = self.operations.get(&(false, "post"))?.response(status)?;
            let mut links = response.node.map("links").filter_map(|(_, link)| link.resolved().ok());
            let expression = links.find_map(|link| {
                let parameters = link.get("parameters")?;
                parameters.text(self.variable).or_else(|| parameters.text(&format!("path.{}", self.variable)))
            })?;
            plain(body?.pointer(expression.strip_prefix("$response.body#")?)?)
        };
        let located = || {
            let path = location?.split(['?', '#']).next()?.trim_end_matches('/');
            let (before, last) = path.rsplit_once('/')?;
            before.ends_with(self.collection).then(|| last.to_owned())
        };
        linked().or_else(|| id_of(body?, self.variable)).or_else(located)
    }
}
