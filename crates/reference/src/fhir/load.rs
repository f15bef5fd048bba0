//! Loading resources: the embedded synthetic patients, or a folder of JSON files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::bsn;
use super::store::number_of;
use super::{LoadError, PatientsByPurpose};

const DEEPEST: usize = 8;
const MOST_FILES: usize = 20_000;
const LARGEST_FILE: u64 = 16 << 20;
const LARGEST_FOLDER: u64 = 256 << 20;

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

/// Drops shielded records and the Provenance about them: nothing may reveal that they are there.
fn withhold(resources: &mut Vec<Value>) {
    let shielded: Vec<String> = resources
        .iter()
        .filter(|resource| {
            resource["meta"]["security"].as_array().is_some_and(|labels| {
                labels.iter().any(|one| one["system"] == CONFIDENTIALITY && one["code"] == "V")
            })
        })
        .map(|resource| format!("{}/{}", text(resource, "resourceType"), text(resource, "id")))
        .collect();
    resources.retain(|resource| {
        let own = format!("{}/{}", text(resource, "resourceType"), text(resource, "id"));
        let about = resource["target"].as_array().into_iter().flatten();
        let mut about = about.filter_map(|target| target["reference"].as_str());
        !shielded.contains(&own) && !about.any(|target| shielded.iter().any(|one| one == target))
    });
}

fn text<'a>(resource: &'a Value, field: &str) -> &'a str {
    resource[field].as_str().unwrap_or_default()
}

/// Every resource below a folder, in order of file name.
pub(crate) fn folder(dir: &Path) -> Result<Vec<Value>, LoadError> {
    let mut files = Vec::new();
    list(dir, 0, &mut files)?;
    files.sort();
    let mut resources = Vec::new();
    let mut total = 0;
    for file in &files {
        let size = fs::metadata(file).map_err(|source| unreadable(file, source))?.len();
        total += size;
        if size > LARGEST_FILE {
            return Err(content(file, format!("is larger than {LARGEST_FILE} bytes; split it up")));
        }
        if total > LARGEST_FOLDER {
            let reason = format!("holds more than {LARGEST_FOLDER} bytes of JSON; choose a smaller folder");
            return Err(LoadError::TooMuch { folder: dir.display().to_string(), reason });
        }
        let bytes = fs::read(file).map_err(|source| unreadable(file, source))?;
        let value: Value = serde_json::from_slice(&bytes)
            .map_err(|error| content(file, format!("is not JSON ({error}); repair or remove it")))?;
        unpack(file, value, &mut resources)?;
    }
    if !resources.iter().any(|resource| number_of(resource).is_some_and(bsn::is_valid)) {
        return Err(content(
            dir,
            "holds no Patient with a valid BSN; choose a folder with FHIR STU3 resources".to_owned(),
        ));
    }
    Ok(resources)
}

fn list(dir: &Path, depth: usize, files: &mut Vec<PathBuf>) -> Result<(), LoadError> {
    let too_much = |reason: String| LoadError::TooMuch { folder: dir.display().to_string(), reason };
    if depth > DEEPEST {
        return Err(too_much(format!(
            "lies more than {DEEPEST} folders deep; choose a folder closer to the files"
        )));
    }
    for entry in fs::read_dir(dir).map_err(|source| unreadable(dir, source))? {
        let entry = entry.map_err(|source| unreadable(dir, source))?;
        // The type of the entry itself: a link to a folder could lead round in circles.
        let kind = entry.file_type().map_err(|source| unreadable(&entry.path(), source))?;
        let path = entry.path();
        if kind.is_dir() {
            list(&path, depth + 1, files)?;
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json"))
            && path.is_file()
        {
            files.push(path);
        }
        if files.len() > MOST_FILES {
            return Err(too_much(format!("holds more than {MOST_FILES} files; choose a smaller folder")));
        }
    }
    Ok(())
}

/// A resource stands for itself; a Bundle for its entries, whose references follow `fullUrl`.
fn unpack(file: &Path, value: Value, resources: &mut Vec<Value>) -> Result<(), LoadError> {
    if value["resourceType"] != "Bundle" {
        resources.push(checked(file, value)?);
        return Ok(());
    }
    let mut local = BTreeMap::new();
    let mut inside = Vec::new();
    for entry in value["entry"].as_array().into_iter().flatten() {
        let (url, mut resource) = (text(entry, "fullUrl"), entry["resource"].clone());
        if resource.is_null() {
            continue;
        }
        if resource["id"].is_null()
            && let Some(uuid) = url.strip_prefix("urn:uuid:")
        {
            resource["id"] = Value::from(uuid);
        }
        let resource = checked(file, resource)?;
        local
            .insert(url.to_owned(), format!("{}/{}", text(&resource, "resourceType"), text(&resource, "id")));
        inside.push(resource);
    }
    for resource in &mut inside {
        relink(resource, &local);
    }
    resources.append(&mut inside);
    Ok(())
}

fn relink(value: &mut Value, local: &BTreeMap<String, String>) {
    match value {
        Value::Object(fields) => {
            for (key, field) in fields {
                match field.as_str().and_then(|text| local.get(text)) {
                    Some(relative) if key == "reference" => *field = Value::from(relative.as_str()),
                    _ => relink(field, local),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| relink(item, local)),
        _ => {}
    }
}

fn checked(file: &Path, resource: Value) -> Result<Value, LoadError> {
    for field in ["resourceType", "id"] {
        let good = |one: &str| {
            !one.is_empty()
                && one.len() <= 64
                && one.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
        };
        if !resource[field].as_str().is_some_and(good) {
            return Err(content(
                file,
                format!("has a resource without a valid '{field}'; add it or remove the file"),
            ));
        }
    }
    Ok(resource)
}

fn unreadable(path: &Path, source: std::io::Error) -> LoadError {
    LoadError::Read { file: path.display().to_string(), source }
}

fn content(path: &Path, reason: String) -> LoadError {
    LoadError::Content { file: path.display().to_string(), reason }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

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

    #[test]
    fn a_bundle_is_unpacked_and_relinked() {
        let bundle = json!({"resourceType": "Bundle", "entry": [
            {"fullUrl": "urn:uuid:1a", "resource": {"resourceType": "Patient"}},
            {"fullUrl": "urn:uuid:2b", "resource": {"resourceType": "Flag", "id": "f", "subject": {"reference": "urn:uuid:1a"}}},
            {"fullUrl": "urn:uuid:3c"}
        ]});
        let mut resources = Vec::new();
        unpack(Path::new("b.json"), bundle, &mut resources).expect("a good bundle");
        assert_eq!(resources[0]["id"], "1a");
        assert_eq!(resources[1]["subject"]["reference"], "Patient/1a");
    }

    #[test]
    fn a_bad_resource_is_named() {
        let error =
            checked(Path::new("x.json"), json!({"resourceType": "Flag", "id": "a b"})).expect_err("bad id");
        assert!(error.to_string().starts_with("x.json: "), "{error}");
    }
}
