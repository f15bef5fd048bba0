//! The guise of a twin in an exam: the same question as another client would ask it. Only what the standards leave free
//! changes; what a case tests stays as it is.

use std::{
    collections::{BTreeMap, HashMap, VecDeque},
    sync::{Mutex, PoisonError},
};

use serde_json::{Map, Value};
use url::form_urlencoded;

use crate::{
    draw::Draw,
    http::Request,
    identity::IdentityError,
    marks::{REQUEST_ID, TRACE},
    recorder::Recorder,
    seam::Seam,
};

/// What HTTP libraries call themselves.
const AGENTS: [&str; 6] = [
    "Apache-HttpClient/5.3.1 (Java/17.0.11)",
    "Java-http-client/21.0.4",
    "okhttp/4.12.0",
    "python-httpx/0.27.2",
    "Go-http-client/2.0",
    "axios/1.7.7",
];
const LANGUAGES: [&str; 4] = ["nl-NL,nl;q=0.9,en;q=0.7", "nl", "en-GB,en;q=0.8", "nl-BE,nl;q=0.8,fr;q=0.5"];

/// The guise of one case, drawn from the seed, with connections of its own.
pub(crate) struct Disguise {
    key: [u8; 32],
    clients: Mutex<HashMap<String, reqwest::Client>>,
}

impl Disguise {
    pub(crate) fn new(key: [u8; 32]) -> Self {
        Self { key, clients: Mutex::default() }
    }

    /// Choices about a text; the same text gives the same, in whatever order requests are made.
    fn draw(&self, what: &str, text: &[u8]) -> Draw {
        Draw::new([self.key.as_slice(), what.as_bytes(), text])
    }

    /// The request in this guise.
    fn dress(&self, mut request: Request) -> Request {
        let mut guise = self.draw("guise", b"");
        for (name, choices) in [("User-Agent", AGENTS.as_slice()), ("Accept-Language", &LANGUAGES)] {
            let chosen = guise.pick(choices).copied().unwrap_or_default();
            if value(&request, name).is_none() {
                request = request.header(name, chosen);
            }
        }
        let shape = guise.below(3);
        if let Some(id) = value(&request, REQUEST_ID) {
            request = request.header(REQUEST_ID, &self.request_id(shape, &id));
        }
        if let Some(trace) = value(&request, TRACE) {
            request = request.header(TRACE, &self.trace(&trace));
        }
        self.draw("headers", request.url.as_str().as_bytes()).shuffle(&mut request.headers);
        if !request.exact {
            self.reorder(&mut request);
        }
        request
    }

    /// Another order of parameters, form fields and members.
    fn reorder(&self, request: &mut Request) {
        if let Some(query) = request.url.query() {
            let other = lower_escapes(&self.other_order(query));
            request.url.set_query(Some(&other));
        }
        let kind = value(request, "Content-Type").unwrap_or_default().to_ascii_lowercase();
        let Ok(body) = std::str::from_utf8(&request.body) else { return };
        if kind.starts_with("application/x-www-form-urlencoded") {
            request.body = self.other_order(body).into_bytes();
        } else if kind.split(';').next().unwrap_or_default().trim().ends_with("json")
            && let Ok(value) = serde_json::from_str::<Value>(body)
        {
            let mut draw = self.draw("json", body.as_bytes());
            request.body = other_members(value, &mut draw).to_string().into_bytes();
        }
    }

    /// The parameters in another order; those with the same name keep theirs, because there it may mean something.
    fn other_order(&self, query: &str) -> String {
        let pieces: Vec<&str> = query.split('&').collect();
        let name = |piece: &str| {
            form_urlencoded::parse(piece.as_bytes())
                .next()
                .map(|(name, _)| name.into_owned())
                .unwrap_or_default()
        };
        let mut by_name: BTreeMap<String, VecDeque<&str>> = BTreeMap::new();
        for piece in &pieces {
            by_name.entry(name(piece)).or_default().push_back(piece);
        }
        let names: Vec<String> = pieces.iter().map(|piece| name(piece)).collect();
        let mut others = names.clone();
        let mut draw = self.draw("order", query.as_bytes());
        if by_name.len() > 1 {
            while others == names {
                draw.shuffle(&mut others);
            }
        }
        let next = |name: &String| by_name.get_mut(name).and_then(VecDeque::pop_front);
        others.iter().filter_map(next).collect::<Vec<_>>().join("&")
    }

    fn request_id(&self, shape: usize, old: &str) -> String {
        let mut draw = self.draw("request id", old.as_bytes());
        match shape {
            0 => draw.letters(26).to_ascii_uppercase(),
            1 => format!("req_{}", draw.letters(22)),
            _ => (0..4).map(|_| draw.letters(6)).collect::<Vec<_>>().join("."),
        }
    }

    /// A trace of another caller: its span has nothing to do with its id.
    fn trace(&self, old: &str) -> String {
        let mut draw = self.draw("trace", old.as_bytes());
        let mut hex =
            |count: usize| -> String { (0..count).map(|_| format!("{:x}", 1 + draw.below(15))).collect() };
        format!("00-{}-{}-00", hex(32), hex(16))
    }

    fn client(&self, seam: &Seam, identity: &str) -> Result<reqwest::Client, IdentityError> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(client) = clients.get(identity) {
            return Ok(client.clone());
        }
        let client = seam.client(identity, true)?;
        clients.insert(identity.to_owned(), client.clone());
        Ok(client)
    }
}

impl Recorder {
    /// The request as this case makes it: in its guise when it has one.
    pub(crate) fn dressed(&self, request: Request) -> Request {
        match self.disguise() {
            Some(disguise) => disguise.dress(request),
            None => request,
        }
    }

    /// The client for a request; a case in a guise shares no connection with others.
    pub(crate) fn client_for(&self, request: &Request) -> Result<reqwest::Client, IdentityError> {
        match self.disguise().filter(|_| !request.fresh) {
            Some(disguise) => disguise.client(self.seam(), &request.identity),
            None => self.seam().client(&request.identity, request.fresh),
        }
    }
}

fn value(request: &Request, name: &str) -> Option<String> {
    let found = request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
    found.map(|(_, value)| value.clone())
}

/// `%7C` and `%7c` are the same address (RFC 3986, 6.2.2.1).
fn lower_escapes(query: &str) -> String {
    let mut parts = query.split('%');
    let mut lower = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (escape, rest) = part.split_at_checked(2).unwrap_or((part, ""));
        lower = lower + "%" + &escape.to_ascii_lowercase() + rest;
    }
    lower
}

fn other_members(value: Value, draw: &mut Draw) -> Value {
    match value {
        Value::Object(members) => {
            let mut members: Vec<(String, Value)> = members.into_iter().collect();
            draw.shuffle(&mut members);
            Value::Object(
                members
                    .into_iter()
                    .map(|(name, value)| (name, other_members(value, draw)))
                    .collect::<Map<_, _>>(),
            )
        }
        Value::Array(items) => items.into_iter().map(|item| other_members(item, draw)).collect(),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use url::Url;

    use super::*;

    const URL: &str =
        "https://bron.test/fhir/Condition?patient.identifier=a%7C1&_include=x&_include=y&_count=2";

    fn request() -> Request {
        Request::new("proef", "GET", Url::parse(URL).expect("a URL"), "none")
            .header("Accept", "application/fhir+json")
            .header(REQUEST_ID, "6c1f")
            .header(TRACE, "00-11111111111111111111111111111111-1111111111111111-01")
            .header("Authorization", "DPoP geheim")
    }

    fn pairs(text: &str) -> Vec<(String, String)> {
        form_urlencoded::parse(text.as_bytes()).into_owned().collect()
    }

    #[test]
    fn a_twin_asks_the_same_in_another_form() {
        for seed in 0..50 {
            let worn = Disguise::new([seed; 32]).dress(request());
            let query = worn.url.query().expect("a query");
            assert_ne!(Some(query), request().url.query());
            let (mut ours, mut theirs) = (pairs(query), pairs(request().url.query().expect("a query")));
            let includes = |pairs: &[(String, String)]| {
                pairs
                    .iter()
                    .filter(|(name, _)| name == "_include")
                    .map(|(_, value)| value.clone())
                    .collect::<Vec<_>>()
            };
            assert_eq!(includes(&ours), ["x", "y"]);
            ours.sort();
            theirs.sort();
            assert_eq!(ours, theirs);
            assert!(query.contains("%7c"), "{query}");
            for kept in ["Accept", "Authorization"] {
                assert_eq!(value(&worn, kept), value(&request(), kept));
            }
            assert_ne!(value(&worn, REQUEST_ID), value(&request(), REQUEST_ID));
            assert_ne!(value(&worn, TRACE), value(&request(), TRACE));
            assert!(value(&worn, "User-Agent").is_some() && value(&worn, "Accept-Language").is_some());
        }
    }

    #[test]
    fn guises_differ_and_each_is_the_same_every_time() {
        let worn = |seed| format!("{:?}", Disguise::new([seed; 32]).dress(request()));
        let all: BTreeSet<String> = (0..20).map(worn).collect();
        assert_eq!(all.len(), 20);
        assert_eq!(worn(3), worn(3));
    }

    #[test]
    fn what_is_exact_keeps_its_bytes() {
        let mut exact = request().content("application/x-www-form-urlencoded", "b=1&a=2");
        exact.exact = true;
        let worn = Disguise::new([1; 32]).dress(exact.clone());
        assert_eq!((worn.url, worn.body), (exact.url, exact.body));
    }

    #[test]
    fn forms_and_json_say_the_same() {
        let disguise = Disguise::new([1; 32]);
        let form = disguise.dress(request().content("application/x-www-form-urlencoded", "b=1&a=2"));
        assert_eq!(form.body, b"a=2&b=1");
        let text = r#"{"a":{"x":1,"y":[{"p":1,"q":2}]},"b":"c","d":null,"e":[1,2]}"#;
        let json = disguise.dress(request().content("application/json; charset=utf-8", text));
        let parse = |bytes: &[u8]| serde_json::from_slice::<Value>(bytes).expect("JSON");
        assert_eq!(parse(&json.body), parse(text.as_bytes()));
        assert_ne!(json.body, text.as_bytes());
        let broken = disguise.dress(request().content("application/json", "{\"a\":"));
        assert_eq!(broken.body, b"{\"a\":");
    }

    #[test]
    fn odd_queries_do_not_hurt() {
        for query in ["", "a", "&&", "a=%", "a=%7", "%C3%A9=%E2%82%AC&b=é", "a=1&a=2"] {
            let mut odd = request();
            odd.url.set_query(Some(query));
            let before = odd.url.query().unwrap_or_default().to_owned();
            let worn = Disguise::new([9; 32]).dress(odd);
            let (mut ours, mut theirs) = (pairs(worn.url.query().unwrap_or_default()), pairs(&before));
            ours.sort();
            theirs.sort();
            assert_eq!(ours, theirs, "{query}");
        }
    }
}
