//! The operations of a document, with what they take and give.

use std::collections::BTreeSet;

use crate::document::{Document, Node};

/// The keys of a path that are operations.
pub const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// One operation.
#[derive(Debug, Clone)]
pub struct Operation<'d> {
    /// `/reserveringen/{id}`.
    pub path: &'d str,
    /// `get`, as in the document.
    pub method: &'d str,
    /// The operation.
    pub node: Node<'d>,
    /// The path it is under.
    item: Node<'d>,
}

/// One parameter, resolved.
#[derive(Debug, Clone)]
pub struct Parameter<'d> {
    /// Its name.
    pub name: &'d str,
    /// `query`, `path`, `header` or `cookie`.
    pub place: &'d str,
    /// The parameter.
    pub node: Node<'d>,
}

impl<'d> Parameter<'d> {
    /// Whether a request must have it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.place == "path" || self.node.flag("required")
    }

    /// Its schema, resolved.
    #[must_use]
    pub fn schema(&self) -> Option<Node<'d>> {
        self.node.get("schema")?.resolved().ok()
    }
}

/// One documented response, resolved.
#[derive(Debug, Clone)]
pub struct Response<'d> {
    /// `200`, `4XX` or `default`.
    pub key: &'d str,
    /// The response.
    pub node: Node<'d>,
}

/// The paths of a document.
pub fn paths(document: &Document) -> impl Iterator<Item = (&str, Node<'_>)> {
    document.root().map("paths").filter(|(path, _)| path.starts_with('/'))
}

/// All operations of a document.
#[must_use]
pub fn operations(document: &Document) -> Vec<Operation<'_>> {
    let mut all = Vec::new();
    for (path, item) in paths(document) {
        let item = item.resolved().unwrap_or(item);
        let own = item.entries().filter(|(key, node)| METHODS.contains(key) && node.value.is_object());
        all.extend(own.map(|(method, node)| Operation { path, method, node, item: item.clone() }));
    }
    all
}

impl<'d> Operation<'d> {
    /// `GET /reserveringen/{id}`.
    #[must_use]
    pub fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    /// Its parameters, those of the path included; its own come first.
    #[must_use]
    pub fn parameters(&self) -> Vec<Parameter<'d>> {
        let mut known = BTreeSet::new();
        let all = self.node.list("parameters").chain(self.item.list("parameters"));
        all.filter_map(|node| {
            let node = node.resolved().ok()?;
            let (name, place) = (node.text("name")?, node.text("in")?);
            known.insert((name, place)).then_some(Parameter { name, place, node })
        })
        .collect()
    }

    /// The body it takes, resolved.
    #[must_use]
    pub fn body(&self) -> Option<Node<'d>> {
        self.node.get("requestBody")?.resolved().ok()
    }

    /// The documented responses.
    #[must_use]
    pub fn responses(&self) -> Vec<Response<'d>> {
        let all = self.node.map("responses").filter(|(key, _)| !key.starts_with("x-"));
        all.filter_map(|(key, node)| Some(Response { key, node: node.resolved().ok()? })).collect()
    }

    /// The documented response for a status: exact, by its range, or the default.
    #[must_use]
    pub fn response(&self, status: u16) -> Option<Response<'d>> {
        let responses = self.responses();
        let exact = status.to_string();
        let range = format!("{}XX", status / 100);
        [exact.as_str(), &range, "default"]
            .into_iter()
            .find_map(|key| responses.iter().find(|response| response.key.eq_ignore_ascii_case(key)).cloned())
    }
}

impl Response<'_> {
    /// Whether it may be an error.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.key.starts_with(['4', '5']) || self.key == "default"
    }
}
