//! The matrix of layers: what a product with one layer left exposes, and that the evidence says so again.

#![expect(clippy::unwrap_used, reason = "in a test, what is missing is a failure")]

mod common;

use std::{fs, path::Path};

use keur_catalogue::{
    Catalogue,
    embedded::catalogue_files,
    layers::{Change, Layers},
};
use keur_verdict::{LayerCell, LayerMatrix, LayerOutcome, RunResult};

use crate::common::run_folder;

fn keur(args: &[&str]) -> (Option<i32>, String) {
    let output = common::keur(args);
    (output.status.code(), common::text(&output))
}

/// The matrix of the only run in a folder.
fn matrix(out: &Path) -> LayerMatrix {
    let bytes = fs::read(run_folder(out).join("result.json")).unwrap();
    serde_json::from_slice::<RunResult>(&bytes).unwrap().layers.unwrap()
}

fn layers() -> Layers {
    Catalogue::load(&catalogue_files()).unwrap().layers
}

/// Whether the attacks touch certificate and proof alone.
fn beside_the_token(layers: &Layers, cell: &LayerCell) -> bool {
    let attacks = layers.attacks.iter().filter(|attack| cell.attacks.contains(&attack.id));
    attacks
        .map(|attack| Change { certificate: None, proof: None, ..attack.change })
        .all(|rest| rest == Change::default())
}

#[test]
fn a_sound_product_holds_in_every_combination() {
    let out = tempfile::tempdir().unwrap();
    let (code, text) = keur(&["run", "nen7512", "--out", out.path().to_str().unwrap()]);
    assert_eq!(code, Some(0), "{text}");
    let matrix = matrix(out.path());
    assert!(matrix.cells.iter().filter(|cell| cell.layers.len() > 1).count() >= 40);
    assert_eq!((matrix.depth, matrix.smallest.len()), (3, 0));
    let open: Vec<_> = matrix.cells.iter().filter(|cell| cell.outcome != LayerOutcome::Holds).collect();
    assert!(open.is_empty(), "{open:?}");
    // Every attack of the list is made alone.
    for attack in &layers().attacks {
        assert!(matrix.cells.iter().any(|cell| cell.attacks == [attack.id.clone()]), "{}", attack.id);
    }
}

#[test]
fn the_sample_product_conforms_by_every_oauth_profile() {
    let place = tempfile::tempdir().unwrap();
    for variant in ["nlgov", "fapi2", "smart-backend", "nl-gf"] {
        let out = place.path().join(variant);
        let (code, text) = keur(&["run", "nen7512", "--variant", variant, "--out", out.to_str().unwrap()]);
        assert_eq!(code, Some(0), "{variant}: {text}");
    }
}

#[test]
fn where_the_token_is_the_only_layer_exactly_what_leaves_it_alone_is_exposed() {
    let place = tempfile::tempdir().unwrap();
    let out = place.path().join("out");
    let defect = ["--defect", "single-layer-token"];
    let (code, text) = keur(&[&["run", "nen7512", "--out", out.to_str().unwrap()], &defect[..]].concat());
    assert_eq!(code, Some(1), "{text}");
    let (matrix, layers) = (matrix(&out), layers());
    for cell in &matrix.cells {
        let expected =
            if beside_the_token(&layers, cell) { LayerOutcome::Exposed } else { LayerOutcome::Holds };
        assert_eq!(cell.outcome, expected, "{cell:?}");
    }
    assert_eq!(matrix.smallest, [["binding"], ["party"], ["transport"]]);

    let run = run_folder(&out);
    let bundle = place.path().join("run.keur");
    let (code, text) = keur(&["bundle", run.to_str().unwrap(), "--out", bundle.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{text}");
    let (code, text) = keur(&["verify", bundle.to_str().unwrap()]);
    assert_eq!(code, Some(0), "{text}");
}

#[test]
fn a_pair_that_only_falls_together_is_the_smallest_set() {
    let out = tempfile::tempdir().unwrap();
    let folder = out.path().to_str().unwrap();
    let (code, text) = keur(&["run", "nen7512", "--defect", "gateway-trusted", "--out", folder]);
    // Measured, and not gating.
    assert_eq!(code, Some(0), "{text}");
    assert_eq!(matrix(out.path()).smallest, [["binding", "party"]]);
}
