//! Catalogue files.

use crate::support::*;

fn changed(from: &str, to: &str) -> Result<keur_catalogue::Catalogue, keur_catalogue::Problems> {
    let text = entry("WGZ-TST-001");
    assert!(text.contains(from), "nothing to change: {from}");
    load(&[format!("{HEAD}{}", text.replace(from, to))])
}

#[test]
fn a_good_catalogue_loads_in_order_with_its_norms() {
    let catalogue = load(&[format!("{HEAD}{}{}", entry("WGZ-TST-002"), entry("WGZ-TST-001"))]).expect("good");
    let ids: Vec<&str> = catalogue.requirements.iter().map(|requirement| requirement.id.as_str()).collect();
    assert_eq!(ids, ["WGZ-TST-002", "WGZ-TST-001"]);
    assert_eq!(catalogue.norms["WGZ-TST-001"].id, "TST");
    assert!(catalogue.digest.starts_with("sha256:"));
}

#[test]
fn each_fault_is_told_with_its_place() {
    let rows: &[(&str, &str, &[&str])] = &[
        ("\"WGZ-TST-001\"", "\"WGZ-TST-1\"", &["a.toml:6:6", "WGZ-SEC-010"]),
        ("nl = \"w\"", "nl = \" \"", &["`why.nl` is empty"]),
        ("nl = \"Eis WGZ-TST-001\"", "nl = \"Eis\\nop twee regels\"", &["a.toml:7", "one line"]),
        ("en = \"Demand WGZ-TST-001\"", "en = \"Demand:\"", &["a.toml:7", "without a colon"]),
        ("[{ ref = \"S\", status = \"specification\" }]", "[]", &["a.toml:12:10", "at least one source"]),
        ("status = \"specification\"", "status = \"norm\"", &["a.toml:12", "needs a clause"]),
        ("method = \"test\"", "method = \"examine\"", &["a.toml:11", "look_at"]),
        ("since =", "look_at = { nl = \"x\", en = \"x\" }\nsince =", &["method test has no `look_at`"]),
        ("[\"bron\"]", "[]", &["at least one role"]),
        ("level = \"must\"", "level = \"ought\"", &["a.toml:8:9", "WGZ-TST-001", "ought"]),
        ("level = \"must\"", "level = \"shuld\"", &["did you mean `should`?"]),
        ("spoor = \"1\"", "spoor = \"3\"", &["a.toml:9:9"]),
        ("fix =", "fixx =", &["a.toml:14:1", "did you mean `fix`?"]),
        ("since = \"2026.1\"\n", "", &["WGZ-TST-001", "missing field `since`"]),
    ];
    for (from, to, words) in rows {
        one(changed(from, to), words);
    }
}

#[test]
fn a_title_has_at_most_100_characters() {
    let title =
        |length: usize| changed("nl = \"Eis WGZ-TST-001\"", &format!("nl = \"{}\"", "é".repeat(length)));
    assert!(title(100).is_ok());
    one(title(101), &["100 characters"]);
}

#[test]
fn one_bad_entry_does_not_hide_the_next_nor_the_next_file() {
    let first = format!(
        "{HEAD}{}{}{}",
        entry("WGZ-TST-001").replace("must", "ought"),
        entry("WGZ-TST-002").replace("spoor = \"1\"", "spoor = 1"),
        entry("WGZ-TST-003").replace("nl = \"f\"", "nl = \"\"")
    );
    let second =
        format!("{}{}", HEAD.replace("TST", "TWO"), entry("WGZ-TST-004").replace("[\"bron\"]", "[\"\"]"));
    let told = told(load(&[first, second]));
    assert_eq!(told.len(), 4, "{told:#?}");
    assert!(told[3].starts_with("profiles/eisen/b.toml:"));
}

#[test]
fn broken_toml_is_told_with_its_place() {
    let told = told(load(&[format!("{HEAD}x = \n"), format!("{HEAD}{}", entry("WGZ-TST-001"))]));
    assert!(told[0].starts_with("profiles/eisen/a.toml:4:"), "{told:#?}");
}

#[test]
fn what_must_be_unique_is_across_files() {
    let a = format!("{HEAD}{}", entry("WGZ-TST-001").replace("since =", "aliases = [\"X-1\"]\nsince ="));
    let same = a.replace("id = \"TST\"", "id = \"TWO\"");
    let told = told(load(&[a, same]));
    for kind in ["id `WGZ", "Dutch title", "English title", "alias `X-1`"] {
        assert!(told.iter().any(|line| line.contains(kind) && line.contains("a.toml:")), "{kind}: {told:#?}");
    }
    assert_eq!(told.len(), 4);
}

#[test]
fn the_head_of_a_file_is_checked() {
    one(
        load(&[format!("{}{}", HEAD.replace("1.0", "2.0"), entry("WGZ-TST-001"))]),
        &["a.toml:2:11", "version"],
    );
    one(
        load(&[format!("{}{}", HEAD.replace("norm =", "norms ="), "")]).map_err(|mut problems| {
            problems.0.retain(|problem| problem.message.contains("unknown key"));
            problems
        }),
        &["a.toml:3:1", "norms"],
    );
    one(load(&[HEAD.to_owned()]), &["no [[requirement]]"]);
}

#[test]
fn the_digest_follows_the_content() {
    let digest = |text: &str| load(&[format!("{HEAD}{text}")]).expect("good").digest;
    let text = entry("WGZ-TST-001");
    assert_eq!(digest(&text), digest(&text));
    assert_ne!(digest(&text), digest(&format!("{text}# a comment\n")));
}
