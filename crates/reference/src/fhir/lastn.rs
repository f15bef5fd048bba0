//! `Observation/$lastn`: the newest observations per code.

use super::dates;
use super::store::Record;

/// At most `max` observations of each code, newest first; codes in order of first appearance.
pub(crate) fn newest<'a>(records: &[&'a Record], max: usize) -> Vec<&'a Record> {
    let mut groups: Vec<(String, Vec<&'a Record>)> = Vec::new();
    for record in records {
        let code = code(record);
        match groups.iter_mut().find(|(known, _)| *known == code) {
            Some((_, group)) => group.push(record),
            None => groups.push((code, vec![record])),
        }
    }
    groups
        .into_iter()
        .flat_map(|(_, mut group)| {
            group.sort_by_key(|record| std::cmp::Reverse(moment(record)));
            group.truncate(max);
            group
        })
        .collect()
}

fn code(record: &Record) -> String {
    let code = &record.json["code"];
    let coding = &code["coding"][0];
    match coding["code"].as_str() {
        Some(value) => format!("{}|{value}", coding["system"].as_str().unwrap_or_default()),
        None => code["text"].as_str().unwrap_or_default().to_owned(),
    }
}

fn moment(record: &Record) -> Option<time::OffsetDateTime> {
    ["effectiveDateTime", "effectivePeriod"].iter().find_map(|field| dates::start(&record.json[*field]))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fhir::store::Store;

    #[test]
    fn the_newest_of_each_code_is_kept() {
        let one = |id: &str, code: &str, when: Value| {
            json!({"resourceType":"Observation","id":id,"effectiveDateTime":when,
                "code":{"coding":[{"system":"s","code":code}]}})
        };
        let store = Store::new(vec![
            one("old", "a", json!("2020")),
            one("new", "a", json!("2021-05-01T10:00:00+02:00")),
            one("none", "a", Value::Null),
            one("other", "b", json!("1999-01")),
        ]);
        let all: Vec<&Record> = store.records().iter().collect();
        let ids = |max| newest(&all, max).iter().map(|record| record.id.as_str()).collect::<Vec<_>>();
        assert_eq!(ids(1), ["new", "other"]);
        assert_eq!(ids(2), ["new", "old", "other"]);
    }
}
