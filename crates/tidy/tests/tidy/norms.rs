//! Catalogue, profiles, features, sentences and defects agree.

use keur_catalogue::{Catalogue, Profile, embedded};
use keur_reference::defects;
use keur_steps::{
    features::Features,
    lint::{DefectRow, Norms, check},
};

#[test]
fn catalogue_features_and_defects_agree() {
    let catalogue = Catalogue::load(&embedded::catalogue_files()).unwrap();
    let parse = |(path, text): &(String, String)| Profile::parse(path, text, &catalogue).unwrap();
    let profiles: Vec<Profile> = embedded::profile_files().iter().map(parse).collect();
    let features = Features::embedded().unwrap();
    let row = |d: defects::Defect| DefectRow {
        name: d.name,
        breaks: d.breaks,
        reason: d.reason,
        variant: d.variant,
    };
    let defects: Vec<DefectRow> = defects::all().into_iter().map(row).collect();
    let norms = Norms {
        catalogue: &catalogue,
        profiles: &profiles,
        features: &features,
        defects: &defects,
        coverage: Features::embedded_coverage(),
    };
    let problems = check(&norms);
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}
