//! Small files, good and changed.

use keur_catalogue::{Catalogue, Problems, Profile};

/// The head of a catalogue file.
pub const HEAD: &str = "format = \"keur/requirements\"\nversion = \"1.0\"\nnorm = { id = \"TST\", title = \"Test\", edition = \"1\" }\n";

/// A good entry.
pub fn entry(id: &str) -> String {
    format!(
        "\n[[requirement]]\nid = \"{id}\"\ntitle = {{ nl = \"Eis {id}\", en = \"Demand {id}\" }}\nlevel = \"must\"\n\
         spoor = \"1\"\nroles = [\"bron\"]\nmethod = \"test\"\n\
         source = [{{ ref = \"S\", status = \"specification\" }}]\nwhy = {{ nl = \"w\", en = \"w\" }}\n\
         fix = {{ nl = \"f\", en = \"f\" }}\nsince = \"2026.1\"\n"
    )
}

/// Loads files named a.toml, b.toml, …
pub fn load(texts: &[String]) -> Result<Catalogue, Problems> {
    let files: Vec<_> = ('a'..)
        .zip(texts)
        .map(|(name, text)| (format!("profiles/eisen/{name}.toml"), text.clone()))
        .collect();
    Catalogue::load(&files)
}

/// A good catalogue of these ids; those with `should` after them are should, and so on for `concept`, `variant`.
pub fn catalogue() -> Catalogue {
    let change = |id: &str, from: &str, to: &str| entry(id).replace(from, to);
    let entries = [
        entry("WGZ-TST-001"),
        change("WGZ-TST-002", "must", "should"),
        change("WGZ-TST-003", "\"specification\"", "\"concept\""),
        change("WGZ-TST-004", "since =", "variants = [\"b\"]\nsince ="),
        change("WGZ-TST-005", "since =", "retired = \"2026.2\"\nsince ="),
        entry("WGZ-TST-006"),
        change("WGZ-ABC-001", "must", "may"),
        change("WGZ-ABC-002", "\"bron\"", "\"ontvanger\""),
    ];
    load(&[format!("{HEAD}{}", entries.concat())]).unwrap_or_else(|problems| panic!("{problems}"))
}

/// A good profile.
pub const PROFILE: &str = r#"format = "keur/profile"
version = "1.0"
id = "proef"
release = "2026.1"
title = { nl = "Proef", en = "Trial" }
summary = { nl = "s", en = "s" }
role = "bron"
exchange = "x"
fhir = "stu3"
default_variant = "a"
legal = { status = "none", date = "2026-11-22", source = "s", note = { nl = "n", en = "n" } }
select = ["WGZ-TST-001..006", "WGZ-ABC-001"]

[[variant]]
id = "a"
title = { nl = "A", en = "A" }
source = "s"

[[variant]]
id = "b"
title = { nl = "B", en = "B" }
source = "s"
"#;

/// Reads a profile file.
pub fn parse(text: &str) -> Result<Profile, Problems> {
    Profile::parse("profiles/proef.toml", text, &catalogue())
}

/// The problems, as shown.
pub fn told<T: std::fmt::Debug>(result: Result<T, Problems>) -> Vec<String> {
    match result {
        Ok(value) => panic!("no problem: {value:?}"),
        Err(problems) => problems.0.iter().map(ToString::to_string).collect(),
    }
}

/// Exactly one problem, that contains these words.
pub fn one<T: std::fmt::Debug>(result: Result<T, Problems>, words: &[&str]) {
    let told = told(result);
    assert_eq!(told.len(), 1, "{told:#?}");
    for word in words {
        assert!(told[0].contains(word), "no `{word}` in {}", told[0]);
    }
}
