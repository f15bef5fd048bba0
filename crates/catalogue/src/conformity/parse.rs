//! Reads a declaration as the API library takes it; every problem at once, in Dutch, for the vendor.

use std::{collections::BTreeMap, fmt};

use serde::{
    Deserialize,
    de::{Deserializer, MapAccess, Visitor},
};
use serde_json::Value;

use super::{Conformity, ConformityType, Declaration, Declared, REMARKS};
use crate::{Diagnostic, Problems, suggest};

/// The members of an object in their order, with those that stand twice.
struct Members(Vec<(String, Value)>);

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Each;
        impl<'de> Visitor<'de> for Each {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Each)
    }
}

#[derive(Deserialize)]
struct Document {
    #[serde(rename = "requirementsVersion")]
    version: Value,
    requirements: Members,
}

/// What the library adds when it gives a declaration back.
const ADDED: [&str; 5] = ["id", "rankingLevel", "rankings", "createTime", "updateTime"];

impl Declaration {
    /// Reads a declaration about these keys. A key that is absent is no problem here but a finding of the run.
    ///
    /// # Errors
    /// Every problem: no JSON, another version, unknown or double keys, a wrong type.
    pub fn parse(path: &str, text: &str, known: &Conformity) -> Result<Self, Problems> {
        let at = |line, column, message: String, help: &str| Diagnostic {
            file: path.to_owned(),
            line,
            column,
            message,
            help: Some(help.to_owned()),
        };
        let shape = "schrijf { \"requirementsVersion\": \"1.2.0\", \"requirements\": { \"SD001\": { \"conformityType\": \"CONFORMANT\" }, … } }";
        let broken = |error: &serde_json::Error| {
            let message = format!("dit is geen verklaring van conformiteit: {error}");
            Problems(vec![at(error.line().max(1), error.column().max(1), message, shape)])
        };
        let outer: Members = serde_json::from_str(text).map_err(|error| broken(&error))?;
        let document: Document = serde_json::from_str(text).map_err(|error| broken(&error))?;
        let mut problems = Vec::new();
        let mut problem = |key: &str, message: String, help: &str| {
            let (line, column) = place(text, key);
            problems.push(at(line, column, message, help));
        };
        for (name, _) in &outer.0 {
            if !["requirementsVersion", "requirements"].contains(&name.as_str())
                && !ADDED.contains(&name.as_str())
            {
                problem(name, format!("onbekend onderdeel `{name}`"), "verwijder het");
            }
        }
        if document.version.as_str() != Some(known.version.as_str()) {
            let message = format!("de verklaring gaat over versie {} van de eisen", document.version);
            let help = format!("keur kent versie {}: verklaar over die versie", known.version);
            problem("requirementsVersion", message, &help);
            // Of another version every key may be another.
            return Err(Problems(problems));
        }
        let mut keys = BTreeMap::new();
        for (id, value) in document.requirements.0 {
            if !known.keys.iter().any(|key| key.id == id) {
                let near = suggest(&id, known.keys.iter().map(|key| key.id.as_str()));
                let help = near.map_or_else(
                    || {
                        format!(
                            "versie {} van de verklaring kent deze eis niet: verwijder haar",
                            known.version
                        )
                    },
                    |near| format!("bedoelde u `{near}`?"),
                );
                problem(&id, format!("onbekende eis `{}`", short(&id)), &help);
                continue;
            }
            match declared(&value) {
                Ok(declared) => {
                    if keys.insert(id.clone(), declared).is_some() {
                        problem(&id, format!("{id} staat er twee keer"), "houd één oordeel over");
                    }
                }
                Err((message, help)) => problem(&id, format!("{id}: {message}"), &help),
            }
        }
        if problems.is_empty() { Ok(Self { keys }) } else { Err(Problems(problems)) }
    }
}

fn declared(value: &Value) -> Result<Declared, (String, String)> {
    let words = ConformityType::ALL.map(ConformityType::as_str).join(", ");
    let choose = || format!("kies uit: {words}");
    let Some(members) = value.as_object() else {
        return Err(("hier hoort een object".to_owned(), "schrijf { \"conformityType\": \"…\" }".to_owned()));
    };
    if let Some(name) = members.keys().find(|name| !["conformityType", "remarks"].contains(&name.as_str())) {
        return Err((format!("onbekend onderdeel `{}`", short(name)), "verwijder het".to_owned()));
    }
    let said = members.get("conformityType").and_then(Value::as_str);
    let Some(said) = said else { return Err(("`conformityType` ontbreekt".to_owned(), choose())) };
    let known = ConformityType::ALL.into_iter().find(|known| known.as_str() == said);
    let conformity =
        known.ok_or_else(|| (format!("onbekende `conformityType` {:?}", short(said)), choose()))?;
    let remarks = match members.get("remarks") {
        None | Some(Value::Null) => None,
        Some(Value::String(text)) if text.chars().count() <= REMARKS => Some(text.clone()),
        Some(_) => {
            let message = format!("`remarks` is geen tekst van ten hoogste {REMARKS} tekens");
            return Err((message, "kort de tekst in".to_owned()));
        }
    };
    Ok(Declared { conformity, remarks })
}

/// Line and column of a key as it stands in the text; the beginning when it is written in another way.
fn place(text: &str, key: &str) -> (usize, usize) {
    let found = text.rfind(&format!("\"{key}\"")).unwrap_or_default();
    let before = &text[..found];
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

/// A word of a file is as long as its writer liked.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, embedded::catalogue_files};

    fn known() -> Conformity {
        Catalogue::load(&catalogue_files()).expect("the embedded catalogue loads").conformity
    }

    fn problems(text: &str) -> Vec<String> {
        let found = Declaration::parse("c.json", text, &known()).expect_err("it must be refused");
        found.0.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn there_are_seventy_two_keys_of_1_2_0() {
        let known = known();
        assert_eq!((known.version.as_str(), known.keys.len()), ("1.2.0", 72));
    }

    #[test]
    fn a_part_is_read_and_what_is_missing_told() {
        let text = r#"{"requirementsVersion":"1.2.0","requirements":{"SC008":{"conformityType":"NOT_APPLICABLE","remarks":null}}}"#;
        let read = Declaration::parse("c.json", text, &known()).expect("it is sound");
        assert_eq!(read.keys["SC008"].conformity, ConformityType::NotApplicable);
        assert_eq!(read.missing(&known()).len(), 71);
    }

    #[test]
    fn all_problems_are_told_at_once_with_place_and_remedy() {
        let text = "{\"requirementsVersion\":\"1.2.0\",\"extra\":1,\"requirements\":{\n\"SC08\":{\"conformityType\":\"CONFORMANT\"},\n\"SC008\":{\"conformityType\":\"YES\"},\n\"SC009\":{},\n\"DR001\":{\"conformityType\":\"CONFORMANT\",\"remarks\":3}}}";
        let found = problems(text).join("\n");
        for part in [
            "c.json:1:32: onbekend onderdeel `extra`",
            "c.json:2:1: onbekende eis `SC08`\n  help: bedoelde u `SC008`?",
            "c.json:3:1: SC008: onbekende `conformityType` \"YES\"\n  help: kies uit: CONFORMANT,",
            "c.json:4:1: SC009: `conformityType` ontbreekt",
            "c.json:5:1: DR001: `remarks` is geen tekst",
        ] {
            assert!(found.contains(part), "{part:?} is not in\n{found}");
        }
    }

    #[test]
    fn another_version_other_files_and_double_keys_are_refused() {
        let other = problems(r#"{"requirementsVersion":"1.1.0","requirements":{"X":{}}}"#);
        assert!(other.len() == 1 && other[0].contains("versie \"1.1.0\""), "{other:?}");
        for text in ["", "[]", "<html>", "{}", r#"{"requirementsVersion":"1.2.0","requirements":[]}"#] {
            assert!(problems(text)[0].contains("geen verklaring van conformiteit"), "{text}");
        }
        let twice = r#"{"requirementsVersion":"1.2.0","requirements":{"SC008":{"conformityType":"CONFORMANT"},"SC008":{"conformityType":"NOT_CONFORMANT"}}}"#;
        assert!(problems(twice)[0].contains("SC008 staat er twee keer"));
    }
}
