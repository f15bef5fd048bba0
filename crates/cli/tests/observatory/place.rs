//! Where a site is published: never half, never over what is not ours, one build at a time.

use std::{fs, process::Command};

use super::{Yard, history, told};

#[test]
fn what_is_not_ours_is_left_alone() {
    let yard = Yard::new();
    let bundle = history().bundles[0].display().to_string();
    yard.file("foto/kat.jpg", "kat");
    let file = yard.file("brief", "brief");
    for out in ["foto", "brief"] {
        let (code, _, err) = yard.build(out, &[&bundle], &[]);
        assert!(code == 2 && err.contains("niet door keur gepubliceerd"), "{out}: {err}");
    }
    assert_eq!(fs::read(yard.path("foto/kat.jpg")).unwrap(), b"kat");
    assert_eq!(fs::read(file).unwrap(), b"brief");
}

#[test]
fn a_damaged_index_costs_time_and_nothing_else() {
    let yard = Yard::new();
    let bundle = history().bundles[0].display().to_string();
    yard.built("site", &[&bundle], &[]);
    let (before, index) = (yard.site("site"), fs::read(yard.path("site.index")).unwrap());
    let middle = index.len() / 2;
    let flipped: Vec<u8> =
        index.iter().enumerate().map(|(at, byte)| if at == middle { byte ^ 1 } else { *byte }).collect();
    let damaged = [
        b"{}\n".to_vec(),
        index[..middle].to_vec(),
        flipped,
        [&index[..], b"\0"].concat(),
        vec![0xff; 1 << 16],
    ];
    for (at, damaged) in damaged.into_iter().enumerate() {
        let extra = damaged.len() == index.len() + 1;
        yard.file("site.index", damaged);
        let (code, told, err) = yard.build("site", &[&bundle], &[]);
        assert_eq!(code, 0, "{at}: {told}{err}");
        // What follows the end of a whole index says nothing of it.
        assert!(
            extra || (err.contains("opnieuw gecontroleerd") && told.contains("Gecontroleerd 1 nieuw")),
            "{at}: {told}{err}"
        );
        assert!(yard.site("site") == before, "{at}: another site");
    }
}

/// A write that fails, as on a full disk: the shell allows files of so many blocks.
#[cfg(unix)]
#[test]
fn a_write_that_fails_leaves_the_old_site_whole() {
    let yard = Yard::new();
    let bundles: Vec<String> = history().bundles.iter().map(|path| path.display().to_string()).collect();
    yard.built("site", &[&bundles[0]], &[]);
    let before = yard.site("site");
    for blocks in ["0", "2", "24"] {
        let limited = format!("trap '' XFSZ; ulimit -f {blocks}; exec \"$@\"");
        let mut command = Command::new("sh");
        command.args([
            "-c",
            &limited,
            "sh",
            env!("CARGO_BIN_EXE_keur"),
            "observatory",
            "build",
            "--out",
            &yard.path("site"),
        ]);
        let (code, out, err) = told(command.args(&history().trust).args(&bundles));
        assert!(
            code == 2 && err.contains("help: controleer de rechten en de ruimte"),
            "{blocks}: {code} {out}{err}"
        );
        assert!(yard.site("site") == before, "{blocks}: the old site changed");
        assert!(!yard.0.path().join("site.versies/nieuw-deel").exists(), "{blocks}: half a site is left");
    }
    let told = yard.built("site", &bundles.iter().map(String::as_str).collect::<Vec<_>>(), &[]);
    assert!(yard.site("site") != before && told.contains("tellen mee"), "{told}");
}

#[test]
fn of_builds_at_once_each_publishes_a_whole_site_or_says_that_it_is_not_its_turn() {
    let yard = Yard::new();
    let bundles = &history().bundles;
    let alone = |at: usize| {
        let bundle = bundles[at].display().to_string();
        yard.built(&format!("alleen-{at}"), &[&bundle], &[]);
        yard.site(&format!("alleen-{at}"))
    };
    let whole = [alone(0), alone(1)];
    let start = |at: usize| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_keur"));
        command.args(["observatory", "build", "--quiet", "--out", &yard.path("site")]).args(&history().trust);
        command.arg(&bundles[at % 2]).env("NO_COLOR", "1").spawn().unwrap()
    };
    let running: Vec<_> = (0..6).map(start).collect();
    let mut published = 0;
    for child in running {
        let output = child.wait_with_output().unwrap();
        match output.status.code().unwrap() {
            0 => published += 1,
            code => assert_eq!(code, 2),
        }
    }
    assert!(published > 0, "nobody published");
    let site = yard.site("site");
    assert!(whole.contains(&site), "half of each");
}
