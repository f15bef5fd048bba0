//! Searching: which resources, in which order, which page, and what comes along.

use serde_json::{Value, json};

use super::definitions::{Kind, Style, kind};
use super::matching::{Condition, bad, local};
use super::store::{Store, text, values};
use super::{Reply, Sandbox};
use crate::fhir::bundle::{Page, address};
use crate::fhir::outcome::Refusal;
use crate::fhir::paging::Position;
use crate::fhir::params::Pairs;

const PAGE: usize = 20;
const LARGEST_PAGE: usize = 100;
const SUMMARIES: [&str; 5] = ["true", "text", "data", "count", "false"];

/// A search as it was understood.
#[derive(Default)]
struct Query {
    used: Pairs,
    conditions: Vec<Condition>,
    count: Option<usize>,
    sort: Vec<(bool, &'static str)>,
    include: Vec<(String, String)>,
    revinclude: Vec<(String, String)>,
    elements: Option<Vec<String>>,
    summary: Option<String>,
}

impl Sandbox {
    pub(super) fn search(
        &self,
        store: &Store,
        on: &Kind,
        pairs: &Pairs,
        strict: bool,
    ) -> Result<Reply, Refusal> {
        let position = match pairs.iter().find(|(name, _)| name == "_cursor") {
            None => Position { path: on.name.to_owned(), pairs: pairs.clone(), offset: 0 },
            Some((_, cursor)) => self
                .pager
                .open(cursor)
                .filter(|position| position.path == on.name)
                .ok_or_else(|| bad("_cursor"))?,
        };
        let query = self.understand(on, &position.pairs, strict)?;
        let mut found = self.matches(store, on, &query.conditions);
        for (down, path) in query.sort.iter().rev() {
            let key = |one: &Value| {
                values(one, path)
                    .first()
                    .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
            };
            found.sort_by_key(|one| key(one));
            if *down != self.defects.has("sort-reversed") {
                found.reverse();
            }
        }
        let total = found.len();
        let by_summary = query.summary.as_deref() == Some("count");
        let asked = query.count.unwrap_or(PAGE).min(LARGEST_PAGE);
        let size =
            if by_summary { 0 } else { asked + usize::from(self.defects.has("page-overfull") && asked > 0) };
        let end = position.offset.saturating_add(size).min(total);
        let start = position
            .offset
            .min(end)
            .saturating_sub(usize::from(self.defects.has("pages-overlap") && position.offset > 0));
        let shown = &found[start..end];
        let along = self.along(store, shown, &query);
        let at = |offset: usize| {
            let next = Position { path: position.path.clone(), pairs: query.used.clone(), offset };
            address(&self.base, on.name, &vec![("_cursor".to_owned(), self.pager.seal(&next))])
        };
        let mut used = query.used.clone();
        if self.defects.has("self-link-repeats-unknown") {
            used.clone_from(&position.pairs);
        }
        let entry = |one: &&Value, part: bool| {
            let url = format!("{}/{}/{}", self.base, text(one, "resourceType"), text(one, "id"));
            (url, if part { partial(one, &query) } else { (*one).clone() })
        };
        let counted = if self.defects.has("include-counted") { total + along.len() } else { total };
        let this =
            if position.offset == 0 { address(&self.base, on.name, &used) } else { at(position.offset) };
        let page = Page {
            id: self.pager.identifier(&this),
            updated: super::store::instant(self.started),
            total: counted,
            next: (size > 0 && end < total).then(|| at(end)),
            this,
            matches: shown.iter().map(|one| entry(one, true)).collect(),
            included: along.iter().map(|one| entry(one, false)).collect(),
        };
        let mut bundle = page.bundle();
        if self.defects.has("search-mode-missing") && along.is_empty() {
            let entries = bundle["entry"].as_array_mut().into_iter().flatten();
            entries.filter_map(Value::as_object_mut).for_each(|entry| drop(entry.shift_remove("search")));
        }
        Ok(Reply::ok(bundle))
    }

    fn matches<'s>(&self, store: &'s Store, on: &Kind, conditions: &[Condition]) -> Vec<&'s Value> {
        store
            .all(on.name)
            .filter(|one| conditions.iter().all(|condition| condition.accepts(one, store, &self.defects)))
            .collect()
    }

    /// The ids that a condition in an address names, as for a conditional request.
    pub(super) fn named(&self, store: &Store, on: &Kind, pairs: &Pairs) -> Result<Vec<String>, Refusal> {
        let query = self.understand(on, pairs, true)?;
        if query.conditions.is_empty() {
            return Err(Refusal::new(412, "required", "Noem een voorwaarde."));
        }
        Ok(self
            .matches(store, on, &query.conditions)
            .into_iter()
            .map(|one| text(one, "id").to_owned())
            .collect())
    }

    fn understand(&self, on: &Kind, pairs: &Pairs, strict: bool) -> Result<Query, Refusal> {
        let mut query = Query::default();
        for (name, value) in pairs.iter().filter(|(_, value)| !value.is_empty()) {
            let known = match name.as_str() {
                "_format" => true,
                "_count" => {
                    query.count = Some(value.parse().map_err(|_| bad(name))?);
                    true
                }
                "_total" => ["none", "estimate", "accurate"].contains(&value.as_str()),
                "_summary" if SUMMARIES.contains(&value.as_str()) => {
                    query.summary = Some(value.clone());
                    true
                }
                "_elements" => {
                    query.elements = Some(value.split(',').map(str::to_owned).collect());
                    true
                }
                "_sort" => {
                    for rule in value.split(',') {
                        let plain = rule.trim_start_matches('-');
                        let (_, style, path) = on.parameter(plain).ok_or_else(|| bad(name))?;
                        if matches!(style, Style::Reference | Style::Quantity) || path.contains('|') {
                            return Err(bad(name));
                        }
                        query.sort.push((plain != rule, path));
                    }
                    true
                }
                "_include" | "_revinclude" => self.read_include(&mut query, on, name, value)?,
                _ => match Condition::read(on, name, value, &self.defects) {
                    Ok(condition) => {
                        let known = condition.is_some();
                        query.conditions.extend(
                            condition.filter(|_| !(name.contains('.') && self.defects.has("chain-ignored"))),
                        );
                        known
                    }
                    Err(mut refusal) => {
                        if refusal.code == "invalid" && self.defects.has("error-in-200") {
                            refusal.status = 200;
                        }
                        return Err(refusal);
                    }
                },
            };
            if known {
                query.used.push((name.clone(), value.clone()));
            } else if strict && !self.defects.has("strict-ignored") {
                return Err(Refusal::invalid(format!("De zoekparameter '{name}' wordt niet ondersteund.")));
            }
        }
        Ok(query)
    }

    fn read_include(&self, query: &mut Query, on: &Kind, name: &str, value: &str) -> Result<bool, Refusal> {
        let Some((source, parameter)) = value.split_once(':') else { return Err(bad(name)) };
        let pair = (source.to_owned(), parameter.to_owned());
        if name == "_revinclude" {
            let known = on.referred_by.contains(&value);
            if known {
                query.revinclude.push(pair);
            }
            return Ok(known);
        }
        let known = source == on.name && on.references().any(|known| known == parameter);
        if known {
            query.include.push(pair);
        }
        Ok(known)
    }

    /// What comes along with the matches, each once.
    fn along<'s>(&self, store: &'s Store, shown: &[&Value], query: &Query) -> Vec<&'s Value> {
        let mut along: Vec<&Value> = Vec::new();
        let name = |one: &Value| format!("{}/{}", text(one, "resourceType"), text(one, "id"));
        let present: Vec<String> = shown.iter().map(|one| name(one)).collect();
        let path = |source: &str, parameter: &str| {
            kind(source).and_then(|kind| kind.parameter(parameter)).map(|(.., path)| path)
        };
        for (source, parameter) in &query.include {
            let Some(path) = path(source, parameter) else { continue };
            for reference in shown.iter().flat_map(|one| values(one, path)) {
                let target = local(text(reference, "reference")).split_once('/');
                along.extend(target.and_then(|(kind, id)| store.read(kind, id).ok()));
            }
        }
        for (source, parameter) in &query.revinclude {
            let Some(path) = path(source, parameter) else { continue };
            let leads = |one: &&Value| {
                values(one, path)
                    .iter()
                    .any(|reference| present.iter().any(|own| own == local(text(reference, "reference"))))
            };
            along.extend(store.all(source).filter(leads));
        }
        let mut seen = present.clone();
        let repeated = self.defects.has("include-repeated");
        along.retain(|one| {
            let own = name(one);
            let fresh = !seen.contains(&own);
            seen.push(own);
            fresh || repeated
        });
        along
    }
}

/// The part of a resource that was asked for, labelled as a part.
fn partial(one: &Value, query: &Query) -> Value {
    let kept: Vec<&str> = match (&query.elements, query.summary.as_deref()) {
        (Some(names), _) => names.iter().map(String::as_str).collect(),
        (None, Some("text")) => vec!["text"],
        _ => return one.clone(),
    };
    // What FHIR makes mandatory stays.
    let mandatory = ["resourceType", "id", "meta", "status", "code", "class"];
    let mut part = one.clone();
    if let Some(fields) = part.as_object_mut() {
        fields.retain(|name, _| mandatory.contains(&name.as_str()) || kept.contains(&name.as_str()));
    }
    part["meta"]["tag"] = json!([{ "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationValue", "code": "SUBSETTED" }]);
    part
}
