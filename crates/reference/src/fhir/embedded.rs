//! The synthetic patients that come with the sample product.

use serde_json::Value;

use super::PatientsByPurpose;
use super::load::text;
use super::store::number_of;

/// Marks a record the source keeps to itself.
const CONFIDENTIALITY: &str = "http://hl7.org/fhir/v3/Confidentiality";

/// A BSN that no tenant knows and that resembles none of theirs.
pub(crate) const UNKNOWN: &str = "999920601";

/// The embedded files of the main tenant, by purpose.
const MAIN: &[(&str, &str)] = &[
    ("shared", include_str!("../../data/shared.ndjson")),
    ("complete", include_str!("../../data/complete.ndjson")),
    ("other", include_str!("../../data/other.ndjson")),
    ("empty", include_str!("../../data/empty.ndjson")),
    ("no_consent", include_str!("../../data/no_consent.ndjson")),
    ("restricted", include_str!("../../data/restricted.ndjson")),
];
const SECOND: &[(&str, &str)] = &[
    ("shared", include_str!("../../data/shared.ndjson")),
    ("complete", include_str!("../../data/tenant2.ndjson")),
];

/// The embedded resources of a tenant and its patients by purpose.
pub(crate) fn synthetic(tenant: &str) -> (Vec<Value>, PatientsByPurpose) {
    let files = if tenant == "90000383" { SECOND } else { MAIN };
    let mut resources = Vec::new();
    let mut patients = PatientsByPurpose::default();
    for (purpose, text) in files {
        for line in text.lines().filter(|line| !line.trim().is_empty()) {
            let resource: Value = serde_json::from_str(line).expect("embedded data is valid JSON");
            if let Some(number) = number_of(&resource) {
                let number = Some(number.to_owned());
                match *purpose {
                    "complete" => patients.complete = number,
                    "other" => patients.other = number,
                    "empty" => patients.empty = number,
                    "no_consent" => patients.no_consent = number,
                    "restricted" => patients.restricted = number,
                    _ => {}
                }
            }
            resources.push(resource);
        }
    }
    withhold(&mut resources);
    (resources, patients)
}

/// The shielded records of the main tenant.
pub(crate) fn shielded() -> Vec<Value> {
    let lines = MAIN.iter().flat_map(|(_, text)| text.lines()).filter(|line| !line.trim().is_empty());
    lines.filter_map(|line| serde_json::from_str(line).ok()).filter(is_shielded).collect()
}

fn is_shielded(resource: &Value) -> bool {
    resource["meta"]["security"]
        .as_array()
        .is_some_and(|labels| labels.iter().any(|one| one["system"] == CONFIDENTIALITY && one["code"] == "V"))
}

/// Drops shielded records and the Provenance about them: nothing may reveal that they are there.
fn withhold(resources: &mut Vec<Value>) {
    let shielded: Vec<String> = resources
        .iter()
        .filter(|resource| is_shielded(resource))
        .map(|resource| format!("{}/{}", text(resource, "resourceType"), text(resource, "id")))
        .collect();
    resources.retain(|resource| {
        let own = format!("{}/{}", text(resource, "resourceType"), text(resource, "id"));
        let about = resource["target"].as_array().into_iter().flatten();
        let mut about = about.filter_map(|target| target["reference"].as_str());
        !shielded.contains(&own) && !about.any(|target| shielded.iter().any(|one| one == target))
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fhir::bsn;

    #[test]
    fn test_numbers_are_valid_and_unlike_each_other() {
        let mut numbers = vec![UNKNOWN.to_owned()];
        for tenant in ["90000382", "90000383"] {
            numbers.extend(synthetic(tenant).0.iter().filter_map(number_of).map(str::to_owned));
        }
        assert_eq!(numbers.len(), 7);
        for (at, number) in numbers.iter().enumerate() {
            assert!(number.starts_with("9999") && bsn::is_valid(number), "{number}");
            assert!(numbers[..at].iter().all(|other| bsn::distance(other, number) > 3), "{number}");
        }
    }

    #[test]
    fn what_is_shielded_is_known_and_not_served() {
        let (served, kept) = (synthetic("90000382").0, shielded());
        assert!(kept.iter().any(|one| one["resourceType"] == "Condition"));
        assert!(kept.iter().all(|one| !served.contains(one)));
    }

    #[test]
    fn a_shielded_record_goes_with_its_provenance() {
        let label = json!([{ "system": CONFIDENTIALITY, "code": "V" }]);
        let mut resources = vec![
            json!({"resourceType": "Flag", "id": "a", "meta": {"security": label}}),
            json!({"resourceType": "Flag", "id": "b"}),
            json!({"resourceType": "Provenance", "id": "pa", "target": [{"reference": "Flag/a"}]}),
            json!({"resourceType": "Provenance", "id": "pb", "target": [{"reference": "Flag/b"}]}),
        ];
        withhold(&mut resources);
        assert_eq!(resources.iter().map(|one| text(one, "id")).collect::<Vec<_>>(), ["b", "pb"]);
    }
}
