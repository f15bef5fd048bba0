//! Every trap of the parser is an error with its line; what is official Dutch Gherkin passes with true positions.

use super::*;
use crate::features::Features;

const HEAD: &str =
    "# language: nl\n@norm:NEN7512\nFunctionaliteit: proef\n\n  @eis:WGZ-SEC-010\n  Regel: een\n";
const CASE: &str = "    Scenario: x\n      Als a\n      Dan b\n";

/// The problems of a file, one a line.
fn problems(text: &str) -> String {
    match parse("p.feature", text) {
        Ok(_) => "geen".to_owned(),
        Err(problems) => problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"),
    }
}

/// The same for what stands under a Regel; its first line is line 7.
fn under(text: &str) -> String {
    problems(&format!("{HEAD}{text}"))
}

#[test]
fn official_dutch_gherkin_passes_with_true_positions() {
    for text in [format!("{HEAD}{CASE}"), format!("{HEAD}{CASE}").replace('\n', "\r\n")] {
        let feature = parse("p.feature", &text).unwrap();
        let rule = &feature.rules[0];
        assert_eq!((rule.name.as_str(), rule.position.line), ("een", 6));
        assert_eq!(rule.tags, ["eis:WGZ-SEC-010"]);
        let scenario = &rule.scenarios[0];
        assert_eq!((scenario.position.line, scenario.steps[1].position.line), (7, 9));
    }
    for text in [
        "    > uitleg bij de regel\n    Scenario: x\n      > uitleg\n      Gegeven a\n      En b\n      Als c\n      Maar d\n      Dan e\n",
        "    Achtergrond:\n      Stel a\n\n    Scenario: x\n      Wanneer a\n      Dan b\n        | een | \\| |\n        | c   | d  |\n",
        "    @traag @alleen @variant:x @rol:bron @handmatig\n    Scenario: x\n      # een opmerking\n      Dan b\n",
        "    Abstract Scenario: x <n>\n      Dan <n>\n\n      Voorbeelden:\n        | n |\n        | 1 |\n        | 2 |\n",
    ] {
        assert_eq!(under(text), "geen", "{text}");
    }
}

#[test]
fn every_trap_is_an_error_with_its_line() {
    let outline =
        |examples: &str| format!("    Abstract Scenario: x <n>\n      Als <n>\n      Dan b\n{examples}");
    let table = |rows: &str| format!("    Scenario: x\n      Dan b\n{rows}");
    let cases = [
        ("byte order mark", problems(&format!("\u{feff}{HEAD}{CASE}"))),
        ("no language header", problems(&format!("{HEAD}{CASE}")["# language: nl\n".len()..])),
        ("comment before the header", problems(&format!("# eerst\n{HEAD}{CASE}"))),
        ("Rule", problems(&format!("{HEAD}{CASE}").replace("Regel:", "Rule:"))),
        ("English keyword", under("    Scenario: x\n      Given a\n      Dan b\n")),
        (
            "English keyword in a background",
            under("    Achtergrond:\n      Given a\n\n    Scenario: x\n      Dan b\n"),
        ),
        ("misspelt first keyword", under("    Scenario: x\n      Alsik a\n      Dan b\n")),
        ("misspelt later keyword", under("    Scenario: x\n      Als a\n      Dann b\n")),
        ("misspelt Scenario", under(&format!("    Scenari: w\n      Als a\n      Dan b\n{CASE}"))),
        ("misspelt Regel", problems(&format!("{HEAD}{CASE}").replace("Regel:", "Regell:"))),
        ("a star step", under("    Scenario: x\n      Dan a\n      * b\n")),
        ("Voorbeeld", under("    Voorbeeld: x\n      Dan b\n")),
        (
            "doc string",
            under("    Scenario: x\n      Dan b\n        \"\"\"json\n        {}\n        \"\"\"\n"),
        ),
        ("row with too many cells", under(&table("        | a | b |\n        | 1 | 2 | 3 |\n"))),
        ("row with too few cells", under(&table("        | a | b |\n        | 1 |\n"))),
        ("comment behind a step", under("    Scenario: x\n      Als a # noot\n      Dan b\n")),
        ("outline with header only", under(&outline("      Voorbeelden:\n        | n |\n"))),
        (
            "outline with one empty table",
            under(&outline(
                "      Voorbeelden:\n        | n |\n        | 1 |\n      Voorbeelden: leeg\n        | n |\n",
            )),
        ),
        ("outline without examples", under(&outline(""))),
        ("unknown placeholder", under(&outline("      Voorbeelden:\n        | m |\n        | 1 |\n"))),
        (
            "scenario with examples",
            under("    Scenario: x\n      Dan b\n\n      Voorbeelden:\n        | n |\n        | 1 |\n"),
        ),
        (
            "unknown tag on examples",
            under(&outline("      @wip\n      Voorbeelden:\n        | n |\n        | 1 |\n")),
        ),
        ("no steps", under("    Scenario: x\n")),
        ("nothing expected", under("    Scenario: x\n      Als a\n")),
        ("unknown tag", under("    @wip\n    Scenario: x\n      Dan b\n")),
        ("scenario outside a Regel", problems(&format!("# language: nl\nFunctionaliteit: f\n\n{CASE}"))),
        ("no Regel", problems("# language: nl\nFunctionaliteit: f\n")),
        ("Regel without scenarios", under("")),
        ("Regel without eis", problems(&format!("{HEAD}{CASE}").replace("  @eis:WGZ-SEC-010\n", ""))),
        ("Regel with two", problems(&format!("{HEAD}{CASE}").replace("SEC-010", "SEC-010 @eis:WGZ-SEC-011"))),
        ("two names alike", under(&format!("{CASE}\n{}", CASE.replace(": x", ": X!")))),
        ("not Gherkin", problems("# language: nl\nhallo\n")),
        ("empty", problems("")),
    ];
    let text = cases.map(|(trap, problems)| {
        assert_ne!(problems, "geen", "{trap} passes");
        format!("{trap}\n{}", problems.lines().map(|line| format!("    {line}\n")).collect::<String>())
    });
    insta::assert_snapshot!(text.concat());
}

#[test]
fn rows_of_an_outline_have_ids_of_their_own() {
    let rows = "    Abstract Scenario: status <n>\n      Dan <n>\n\n      Voorbeelden:\n        | n |\n        | 1 |\n        | 2 |\n\n    Abstract Scenario: zelfde\n      Dan <n>\n\n      Voorbeelden:\n        | n |\n        | 1 |\n        | 2 |\n";
    let features = Features::from_files(vec![("p.feature".to_owned(), format!("{HEAD}{rows}"))]).unwrap();
    let ids: Vec<&str> = features.rules[0].cases.iter().map(|case| case.planned.case.as_str()).collect();
    assert_eq!(
        ids,
        ["p.feature#status-1@1", "p.feature#status-2@1", "p.feature#zelfde@1", "p.feature#zelfde@2"]
    );
    let lines: Vec<usize> = features.rules[0].cases.iter().map(|case| case.planned.line).collect();
    assert_eq!(lines, [12, 13, 20, 21]);
}

#[test]
fn two_rules_of_a_file_cannot_share_a_case_id() {
    let second = format!("{HEAD}{CASE}\n  @eis:WGZ-SEC-011\n  Regel: twee\n{CASE}");
    let error = Features::from_files(vec![("p.feature".to_owned(), second)]).unwrap_err().to_string();
    assert!(error.starts_with("p.feature:13: scenario \"x\""), "{error}");
}

#[test]
fn a_requirement_has_one_rule_in_all_files() {
    let file = |name: &str| (format!("{name}.feature"), format!("{HEAD}{CASE}"));
    let error = Features::from_files(vec![file("a"), file("b")]).unwrap_err().to_string();
    assert!(error.starts_with("b.feature:6: WGZ-SEC-010 has a Regel already"), "{error}");
}

#[test]
fn slugs_are_anchors() {
    for (name, expected) in
        [("Één patiënt, twéé!", "een-patient-twee"), ("  a__b  ", "a-b"), ("§§", ""), ("<n> 401", "n-401")]
    {
        assert_eq!(slug(name), expected);
    }
}
