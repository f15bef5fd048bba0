//! The table of searches in the feature is the table the other BgZ requirements rest on.

use keur_probes::fhir::query::SECTIONS;
use keur_steps::features::Features;

#[test]
fn the_feature_asks_every_search_of_the_table() {
    let features = Features::embedded().expect("the features have no faults");
    let cases = &features.rule("WGZ-BGZ-001").expect("there is a rule").cases;
    for section in SECTIONS {
        let asked = format!("Als de zoekvraag \"{}\" wordt gedaan", section.search);
        let found = cases.iter().find(|case| case.planned.steps.iter().any(|step| step.text == asked));
        let found = found.unwrap_or_else(|| panic!("no row asks {}", section.search));
        assert!(found.planned.title.ends_with(section.name), "{}", found.planned.title);
        let soort = format!("van de soort {}", section.resource_type());
        assert!(found.planned.steps.iter().any(|step| step.text.ends_with(&soort)), "{}", section.name);
    }
    // One more case: the patient without clinical data.
    assert_eq!(cases.len(), SECTIONS.len() + 1);
}
