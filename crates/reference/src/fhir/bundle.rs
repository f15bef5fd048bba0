//! Search results as a Bundle.

use serde_json::{Value, json};

use super::params::Pairs;

/// What a searchset shows.
#[derive(Debug)]
pub(crate) struct Page {
    pub id: String,
    pub updated: String,
    pub total: usize,
    pub this: String,
    pub next: Option<String>,
    /// Absolute address and resource of each match.
    pub matches: Vec<(String, Value)>,
    /// Absolute address and resource of what came along.
    pub included: Vec<(String, Value)>,
}

impl Page {
    /// The Bundle.
    pub(crate) fn bundle(self) -> Value {
        let mut link = vec![json!({ "relation": "self", "url": self.this })];
        link.extend(self.next.map(|url| json!({ "relation": "next", "url": url })));
        let mut bundle = json!({
            "resourceType": "Bundle",
            "id": self.id,
            "meta": { "lastUpdated": self.updated },
            "type": "searchset",
            "total": self.total,
            "link": link,
        });
        let entries: Vec<Value> =
            entries(self.matches, "match").chain(entries(self.included, "include")).collect();
        // FHIR has no empty arrays.
        if !entries.is_empty() {
            bundle["entry"] = Value::Array(entries);
        }
        bundle
    }
}

fn entries(resources: Vec<(String, Value)>, mode: &'static str) -> impl Iterator<Item = Value> {
    resources.into_iter().map(move |(url, resource)| {
        let mut entry = json!({ "fullUrl": url, "resource": null, "search": { "mode": mode } });
        entry["resource"] = resource;
        entry
    })
}

/// An address with a query.
pub(crate) fn address(base: &str, path: &str, pairs: &Pairs) -> String {
    if pairs.is_empty() {
        return format!("{base}/{path}");
    }
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{base}/{path}?{query}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_searchset_has_no_entries() {
        let page = Page {
            id: "1".to_owned(),
            updated: "2026-01-01T00:00:00Z".to_owned(),
            total: 0,
            this: address("http://x/fhir", "Flag", &vec![("a".to_owned(), "s|1".to_owned())]),
            next: None,
            matches: Vec::new(),
            included: Vec::new(),
        };
        let bundle = page.bundle();
        assert_eq!(bundle.get("entry"), None);
        assert_eq!(bundle["link"][0]["url"], "http://x/fhir/Flag?a=s%7C1");
    }
}
