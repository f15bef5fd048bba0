//! A small picture made by hand, for tests: two exchanges, three profiles, three periods, two named products, and every
//! kind of count.

use keur_catalogue::{
    Text,
    profile::{Legal, LegalStatus},
    requirement::{Level, Method, Spoor},
};
use keur_dossier::statement::predicate::DecisionOutcome;
use keur_verdict::{Modality, Outcome, Verdict};

use super::*;
use Count::{Few, Number, Withheld};

/// The picture.
#[must_use]
pub fn picture() -> Picture {
    let (one, two) = (standing(40), standing(25));
    Picture {
        format: FORMAT.to_owned(),
        version: "1.0".to_owned(),
        as_of: "2026-09-14T10:00:00.000Z".to_owned(),
        harness: "0.1.0".to_owned(),
        generated: true,
        disclosure: Disclosure { threshold: 10, named: Named::Listed, note: None },
        periods: vec![
            period("2024-Q4", 2024, "2024-12-31", true),
            period("2025-Q4", 2025, "2025-12-31", true),
            period("2026-Q3", 2026, "2026-09-14", true),
        ],
        sources: Sources {
            files: Number(113),
            counted: Number(105),
            practice: 2,
            repeated: 2,
            refused: 3,
            other: 1,
        },
        products_now: Number(61),
        total: vec![standing(0), standing(40), standing(65)],
        exchanges: vec![
            exchange("bgz-msz", "BgZ MSZ", &["bgz-beschikbaarstellen", "bgz-raadplegen"], &one),
            exchange("eoverdracht", "eOverdracht", &["eoverdracht-verzenden"], &two),
        ],
        profiles: vec![
            profile("bgz-beschikbaarstellen", "BgZ beschikbaarstellen", "bgz-msz", "bron", 40),
            profile("bgz-raadplegen", "BgZ raadplegen", "bgz-msz", "raadpleger", 3),
            profile(
                "eoverdracht-verzenden",
                "Verpleegkundige overdracht verzenden",
                "eoverdracht",
                "zender",
                25,
            ),
        ],
        products: vec![
            product("zorgsoft-inzage", "ZorgSoft <B.V.>", "Inzage & Meer"),
            product("medix", "Medix", "Kern"),
        ],
        set_aside: vec![
            aside(Some('a'), Reason::Refused, Some("V9"), 1),
            aside(Some('b'), Reason::Refused, Some("V4"), 2),
            aside(Some('c'), Reason::Practice, None, 2),
            aside(Some('d'), Reason::SameRun, None, 2),
            aside(None, Reason::Unreadable, None, 1),
        ],
    }
}

fn text(nl: &str) -> Text {
    Text { nl: nl.to_owned(), en: format!("{nl} (en)") }
}

fn period(id: &str, year: i32, day: &str, yearly: bool) -> Period {
    Period { id: id.to_owned(), year, day: day.to_owned(), yearly }
}

/// Where `products` products stand; few of them are not conform.
fn standing(products: u64) -> Standing {
    let total = if products > 0 && products < 10 { Few } else { Number(products) };
    let track = match products {
        0 => Track::default(),
        1..10 => Track { total, conform: Few, not_conform: Few, ..Track::default() },
        _ => Track {
            total,
            conform: Number(products - 15),
            conform_with_waiver: Number(0),
            not_conform: Few,
            incomplete: Withheld,
            expired: Number(0),
        },
    };
    let certificates = match products {
        0 => Certificates::default(),
        1..10 => Certificates { none: Few, ..Certificates::default() },
        _ => Certificates { granted: Number(products - 12), none: Number(12), ..Certificates::default() },
    };
    Standing { products: total, whole: track, spoor_1: Some(track), spoor_2: None, certificates }
}

fn exchange(id: &str, title: &str, profiles: &[&str], now: &Standing) -> Exchange {
    let profiles = profiles.iter().map(|&id| id.to_owned()).collect();
    Exchange {
        id: id.to_owned(),
        title: title.to_owned(),
        profiles,
        standing: vec![standing(0), standing(20), *now],
    }
}

fn profile(id: &str, title: &str, exchange: &str, role: &str, products: u64) -> ProfilePicture {
    let digests = (products >= 10).then(|| vec!["e".repeat(64), "f".repeat(64)]);
    ProfilePicture {
        id: id.to_owned(),
        release: "2026.1".to_owned(),
        title: text(title),
        summary: text("Toetst een product."),
        exchange: exchange.to_owned(),
        role: role.to_owned(),
        legal: Legal {
            status: LegalStatus::Prioritised,
            date: "2026-09-01".to_owned(),
            source: "Meerjarenagenda Wegiz".to_owned(),
            note: text("Geprioriteerd, nog niet aangewezen."),
        },
        releases: vec!["2025.2".to_owned(), "2026.1".to_owned()],
        standing: vec![standing(0), standing(products / 2), standing(products)],
        requirements: vec![
            requirement("WGZ-SEC-010", "Een geldig certificaat zonder token geeft geen gegevens", products),
            requirement("WGZ-LOG-001", "Het product legt elke inzage vast", products),
        ],
        coverage: Coverage {
            requirements: 3,
            tested: 2,
            attested: 0,
            not_tested: 1,
            gating: 2,
            spoor_1: 3,
            spoor_2: 0,
        },
        not_tested: vec![NotTested {
            id: "WGZ-SEC-020".to_owned(),
            title: text("De sleutel staat in een beveiligde module"),
            why: text("Dat is van buiten niet te zien."),
        }],
        digests: vec![None, digests.clone(), digests],
    }
}

fn requirement(id: &str, title: &str, products: u64) -> RequirementPicture {
    let counts = match products {
        0 => Outcomes::default(),
        1..10 => Outcomes { satisfied: Few, not_satisfied: Few, ..Outcomes::default() },
        _ => Outcomes { satisfied: Number(products - 15), not_satisfied: Number(15), ..Outcomes::default() },
    };
    RequirementPicture {
        id: id.to_owned(),
        title: text(title),
        why: text("Anders krijgt iemand zonder recht gegevens."),
        fix: text("Weiger elk verzoek zonder token."),
        level: Level::Must,
        spoor: Spoor::One,
        method: Method::Test,
        gates: true,
        counts: vec![Some(Outcomes::default()), Some(counts), Some(counts)],
    }
}

fn product(id: &str, vendor: &str, name: &str) -> ProductPicture {
    let run = |digest: &str, run: &str, started: &str, verdict| RunLine {
        digest: digest.repeat(64),
        run: run.to_owned(),
        started: started.to_owned(),
        version: "5.0".to_owned(),
        release: "2026.1".to_owned(),
        variant: "gisa-2026-b".to_owned(),
        verdict,
        spoor_1: verdict,
        spoor_2: Verdict::Incomplete,
    };
    let line = |id: &str, outcome, waived| RequirementLine {
        id: id.to_owned(),
        outcome,
        modality: Modality::Automatic,
        waived,
    };
    ProductPicture {
        id: id.to_owned(),
        vendor: vendor.to_owned(),
        name: name.to_owned(),
        kvk: Some("00000000".to_owned()),
        profiles: vec![ProductProfile {
            profile: "bgz-beschikbaarstellen".to_owned(),
            whole: State::ConformWithWaiver,
            spoor_1: Some(State::ConformWithWaiver),
            spoor_2: None,
            since: "2026-06-01".to_owned(),
            valid_until: Some("2026-12-31".to_owned()),
            certificates: vec![Certificate {
                outcome: DecisionOutcome::Conditional,
                number: Some("C-2026-001".to_owned()),
                by: "Voorbeeldkeur".to_owned(),
                decided: "2026-06-10".to_owned(),
                valid_until: "2027-06-10".to_owned(),
                conditions: vec!["Herstel WGZ-LOG-001 voor 2027.".to_owned()],
                expired: false,
                run: "20260601-0002".to_owned(),
            }],
            waivers: vec![WaiverLine {
                requirement: "WGZ-LOG-001".to_owned(),
                reason: "De leverancier vervangt het logboek.".to_owned(),
                granted: "2026-06-01".to_owned(),
                expires: "2026-12-31".to_owned(),
            }],
            runs: vec![
                run("2", "20260601-0002", "2026-06-01T09:00:00.000Z", Verdict::Conform),
                run("1", "20250301-0001", "2025-03-01T09:00:00.000Z", Verdict::NotConform),
            ],
            requirements: vec![
                line("WGZ-SEC-010", Outcome::Satisfied, false),
                line("WGZ-LOG-001", Outcome::NotSatisfied, true),
            ],
        }],
    }
}

fn aside(digest: Option<char>, reason: Reason, step: Option<&str>, files: usize) -> SetAside {
    SetAside {
        digest: digest.map(|digit| digit.to_string().repeat(64)),
        reason,
        step: step.map(str::to_owned),
        files,
    }
}

#[test]
fn a_picture_survives_json() {
    let json = serde_json::to_string(&picture()).expect("a picture is JSON");
    assert_eq!(serde_json::from_str::<Picture>(&json).expect("and back"), picture());
}

#[test]
fn the_year_still_running_ends_now() {
    assert_eq!(picture().year_end(2026), Some(2));
    assert_eq!(picture().year_end(2023), None);
}
