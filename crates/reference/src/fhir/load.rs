//! Loading a folder of JSON files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::LoadError;
use super::bsn;
use super::store::number_of;

const DEEPEST: usize = 8;
const MOST_FILES: usize = 20_000;
const LARGEST_FILE: u64 = 16 << 20;
const LARGEST_FOLDER: u64 = 256 << 20;

pub(crate) fn text<'a>(resource: &'a Value, field: &str) -> &'a str {
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
