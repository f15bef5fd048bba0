//! What whoever made a report must say of how it was used: told beside the caveats, and no part of the result.

use keur_catalogue::Lang;
use keur_reports::{FORMATS, Report};

use crate::every::every_outcome;

#[test]
fn a_stamp_is_told_with_the_caveats_and_never_in_the_result() {
    let fixture = every_outcome();
    let stamps = ["Niet voor certificering.".to_owned()];
    let plain = fixture.report(Lang::Nl);
    let stamped = Report { stamps: &stamps, ..plain };
    let text = |report: &Report<'_>, name: &str| {
        let bytes = keur_reports::format(name).unwrap().render(report).unwrap();
        String::from_utf8(bytes).unwrap()
    };
    for format in FORMATS {
        let name = format.name();
        let tells = text(&stamped, name).contains("Niet voor certificering.");
        // JUnit has a place for caveats only beside a verdict that no test shows.
        assert_eq!(tells, !matches!(name, "json" | "junit"), "{name}");
        assert!(!text(&plain, name).contains("Niet voor certificering."), "{name}");
    }
    assert_eq!(text(&stamped, "json"), text(&plain, "json"));
}
