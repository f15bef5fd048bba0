//! Resources that come along with the matches: `_include` and `_revinclude=Provenance:target`.

use std::collections::BTreeSet;

use crate::defects::Defects;

use super::params::Query;
use super::scopes;
use super::store::{Record, Store, references};

/// What comes along, each resource once and none that is a match itself.
pub(crate) fn collect<'a>(
    store: &'a Store,
    matches: &[&'a Record],
    query: &Query,
    scopes: &[String],
    defects: &Defects,
) -> Vec<&'a Record> {
    let mut seen: BTreeSet<(&str, &str)> =
        matches.iter().map(|record| (record.kind.as_str(), record.id.as_str())).collect();
    let mut found = Vec::new();
    let mut add = |owner: &Record, record: &'a Record, in_scope: bool| {
        // What belongs to another patient never comes along.
        let same_patient = record.patient.is_none() || record.patient == owner.patient;
        if in_scope && same_patient && seen.insert((&record.kind, &record.id)) {
            found.push(record);
        }
    };
    let everything = defects.has("revinclude-ignores-scope");
    let in_scope = |kind: &str| everything || scopes::shows(scopes, kind);
    for owner in matches {
        for include in query.includes.iter().filter(|_| !defects.has("no-include")) {
            for record in
                references(&owner.json, include.path).filter_map(|reference| store.resolve(reference))
            {
                if include.target.as_ref().is_none_or(|target| *target == record.kind) {
                    add(owner, record, in_scope(&record.kind));
                }
            }
        }
        if query.provenance && !defects.has("no-provenance") {
            for record in store.provenance_of(owner) {
                add(owner, record, in_scope("Provenance"));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fhir::definitions::searchable;
    use crate::fhir::params::{interpret, pairs};

    fn store() -> Store {
        let coverage = |id: &str, payor: &[&str]| {
            json!({"resourceType":"Coverage","id":id,"beneficiary":{"reference":"Patient/p"},
                "payor": payor.iter().map(|to| json!({"reference": to})).collect::<Vec<_>>()})
        };
        Store::new(vec![
            json!({"resourceType":"Patient","id":"p"}),
            json!({"resourceType":"Patient","id":"q"}),
            json!({"resourceType":"Organization","id":"o"}),
            coverage("c", &["Organization/o", "Patient/p", "Patient/q", "Organization/missing"]),
            json!({"resourceType":"Provenance","id":"v","target":[{"reference":"Coverage/c"}]}),
        ])
    }

    fn along(query: &str, scopes: &[&str], defects: &[&str]) -> Vec<String> {
        let store = store();
        let matches: Vec<&Record> = store.of_patient("Coverage", "p").collect();
        let query =
            interpret(searchable("Coverage").expect("known"), &pairs(query.as_bytes()), false).expect("ok");
        let scopes: Vec<String> = scopes.iter().map(|&scope| scope.to_owned()).collect();
        let defects = Defects::new(defects.iter().map(|&name| name.to_owned())).unwrap_or_default();
        collect(&store, &matches, &query, &scopes, &defects).iter().map(|record| record.id.clone()).collect()
    }

    #[test]
    fn includes_stay_with_the_patient_and_the_scope() {
        let all = "_include=Coverage:payor&_revinclude=Provenance:target";
        assert_eq!(along(all, &["system/*.rs"], &[]), ["o", "p", "v"]);
        assert_eq!(along(all, &["system/Coverage.rs", "system/Patient.rs"], &[]), ["p"]);
        assert_eq!(along("_include=Coverage:payor:Organization", &["system/*.rs"], &[]), ["o"]);
        assert!(along("", &["system/*.rs"], &[]).is_empty());
    }
}
