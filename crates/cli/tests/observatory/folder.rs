//! Everything that can lie in a folder of bundles: each file is counted once and explained, and nothing stops the build.

use std::{collections::BTreeMap, fs, path::Path};

use serde_json::Value;

use super::{Yard, fine, history};

/// How many files the picture and its list say there are.
fn accounted(picture: &Value) -> u64 {
    let aside = picture["set_aside"].as_array().unwrap();
    aside.iter().map(|one| one["files"].as_u64().unwrap()).sum()
}

#[test]
fn a_folder_with_everything_in_it() {
    let yard = Yard::new();
    // A real exam, signed by two operators; a practice run; a bundle of an earlier edition.
    for name in ["een", "twee"] {
        fine(&["keys", "new", "--name", name, "--out", &yard.path(&format!("{name}.key"))]);
    }
    let record = |out: &str, more: &[&str]| {
        fine(&[&["run", "lokalisatie", "--quiet", "--out", &yard.path(out)][..], more].concat());
        let runs = fs::read_dir(yard.path(out)).unwrap().map(|entry| entry.unwrap().path());
        runs.into_iter().find(|path| path.join("journal.ndjson").exists()).unwrap().display().to_string()
    };
    let exam = record("examen", &["--exam"]);
    let pack = |run: &str, key: &str, name: &str| {
        let out = yard.path(&format!("in/{name}.keur"));
        fine(&["bundle", run, "--sign", &yard.path(&format!("{key}.key")), "--out", &out]);
        fs::read(out).unwrap()
    };
    fs::create_dir(yard.path("in")).unwrap();
    let sound = pack(&exam, "een", "goed");
    pack(&exam, "twee", "dezelfde-run");
    pack(&record("oefening", &[]), "een", "oefening");
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    yard.file("in/eerder.keur", fs::read(golden.join("2026.1.keur")).unwrap());
    yard.file("in/diep/kopie.keur", &sound);
    yard.take("in", &history().bundles[..1]);
    // Damaged in every way.
    yard.file("in/half.keur", &sound[..sound.len() / 2]);
    yard.file("in/leeg.keur", "");
    yard.file("in/tekst.keur", "geen bundel");
    let mut flipped = sound.clone();
    let middle = flipped.len() / 2;
    flipped[middle] ^= 1;
    yard.file("in/omgevallen.keur", flipped);
    yard.file("in/bom.keur", bomb());
    fs::File::create(yard.path("in/groot.keur")).unwrap().set_len(65 << 20).unwrap();
    // What is no file, or not ours to look at.
    yard.file("in/lees.mij", "geen bundel");
    fs::create_dir(yard.path("in/map.keur")).unwrap();
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("..", yard.path("in/diep/rond")).unwrap();
        std::os::unix::fs::symlink("goed.keur", yard.path("in/nog-eens.keur")).unwrap();
        std::os::unix::fs::symlink("nergens", yard.path("in/weg.keur")).unwrap();
    }
    let (folder, details) = (yard.path("in"), yard.path("details"));
    let own = [
        "--trust".to_owned(),
        yard.path("een.pub"),
        "--trust".to_owned(),
        yard.path("twee.pub"),
        "--trust".to_owned(),
        golden.join("operator.pub").display().to_string(),
    ];
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let open = yard.file("open.toml", "format = \"keur/observatory-policy\"\nthreshold = 0\n");
    let more = [&own[..], &["--policy", &open, "--details", &details]].concat();
    let told = yard.built("site", &[&folder, &folder], &more);
    assert!(told.contains("12 bestanden: 1 tellen mee"), "{told}");
    let expected = [
        ("generated", 1),
        ("no_bundle", 5),
        ("practice", 1),
        ("same_bundle", 1),
        ("same_run", 1),
        ("too_large", 1),
        ("unknown_norm", 1),
    ];
    let found = yard.reasons("site");
    assert_eq!(found, expected.map(|(reason, files)| (reason.to_owned(), files)).into(), "{told}");
    let details = fs::read_to_string(details).unwrap();
    assert!(details.contains("half.keur\tV1") && details.contains("eerder.keur\tV6"), "{details}");
    // Names of files may name vendors: they are not published.
    let site = yard.site("site");
    assert!(!site.values().any(|bytes| bytes.windows(12).any(|part| part == b"dezelfde-run")));

    // With the earlier edition accepted it is known, and a practice run.
    let norms = fs::read_to_string(golden.join("policy.toml")).unwrap();
    let policy = yard.file(
        "eerder.toml",
        format!("format = \"keur/observatory-policy\"\nthreshold = 0\n[verify]\n{norms}"),
    );
    yard.built("site", &[&folder], &[&own[..], &["--policy", &policy]].concat());
    let found = yard.reasons("site");
    assert_eq!((found.get("unknown_norm"), found.get("practice")), (None, Some(&2)), "{found:?}");

    // A key that was revoked by then.
    let key = fine(&["keys", "show", &yard.path("een.pub")]);
    let key = key.split_whitespace().find(|word| word.starts_with("sha256:")).unwrap();
    let policy = yard.file(
        "ingetrokken.toml",
        format!(
            "format = \"keur/observatory-policy\"\n[[revoked]]\nkey = \"{key}\"\nsince = \"2020-01-01\"\n"
        ),
    );
    yard.built("site", &[&folder], &[&own[..], &["--policy", &policy]].concat());
    let found = yard.reasons("site");
    // Both copies of it; the bundle that another key signed takes its place.
    assert_eq!((found.get("revoked_key"), found.get("same_run")), (Some(&2), None), "{found:?}");
}

/// A small archive that unpacks to half a gigabyte.
fn bomb() -> Vec<u8> {
    use std::io::Write;
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let zeros = vec![0_u8; 1 << 20];
    for _ in 0..512 {
        packed.write_all(&zeros).unwrap();
    }
    packed.finish().unwrap()
}

#[test]
fn evidence_from_the_future_does_not_count() {
    let yard = Yard::new();
    let all: Vec<String> = history().bundles.iter().map(|path| path.display().to_string()).collect();
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let open =
        yard.file("open.toml", "format = \"keur/observatory-policy\"\nthreshold = 0\nnamed = \"all\"\n");
    yard.built("nu", &all, &["--policy", &open]);
    let mut days = Vec::new();
    for product in yard.json("nu/data/picture.json")["products"].as_array().unwrap() {
        for run in product["profiles"][0]["runs"].as_array().unwrap() {
            days.push(run["started"].as_str().unwrap()[..10].to_owned());
        }
    }
    days.sort();
    let day = &days[days.len() / 2];
    yard.built("toen", &all, &["--policy", &open, "--as-of", day]);
    let picture = yard.json("toen/data/picture.json");
    let refused = yard.reasons("toen")["refused"];
    assert!(refused > 0 && refused < all.len() as u64, "{refused} of {}", all.len());
    for one in picture["set_aside"].as_array().unwrap() {
        assert_eq!((one["reason"].as_str(), one["step"].as_str()), (Some("refused"), Some("V5")), "{one}");
    }
}

#[test]
fn ten_thousand_damaged_files_are_each_explained() {
    let yard = Yard::new();
    fs::create_dir(yard.path("in")).unwrap();
    for number in 0..10_000 {
        fs::write(yard.path(&format!("in/{number}.keur")), format!("kapot {number}")).unwrap();
    }
    let bundle = history().bundles[0].display().to_string();
    let told = yard.built("site", &[&yard.path("in"), &bundle], &[]);
    assert!(told.contains("10001 bestanden: 1 tellen mee"), "{told}");
    let picture = yard.json("site/data/picture.json");
    assert_eq!(accounted(&picture), 10_000);
    assert_eq!(yard.reasons("site"), BTreeMap::from([("no_bundle".to_owned(), 10_000)]));
    let site = yard.site("site");
    let listed: usize = site
        .iter()
        .filter(|(path, _)| path.starts_with("/nl/refused"))
        .map(|(path, bytes)| {
            assert!(bytes.len() < 300_000, "{path} has {} bytes", bytes.len());
            String::from_utf8_lossy(bytes).matches("class=\"hash\"").count()
        })
        .sum();
    assert_eq!(listed, 10_000);
}

/// A file that is never twice the same length, and one that is gone.
#[cfg(target_os = "linux")]
#[test]
fn a_file_that_changes_while_it_is_read_does_not_count() {
    let yard = Yard::new();
    let bundle = history().bundles[0].display().to_string();
    yard.built("site", &["/proc/self/status", &bundle], &[]);
    assert_eq!(yard.reasons("site"), BTreeMap::from([("changed".to_owned(), 1)]));
}
