//! The file itself. That it is PDF/A-3a and PDF/UA-1 is checked by the typesetter: it refuses to write another.

use keur_catalogue::Lang;
use keur_pdf::{Attachment, PdfError, render};
use keur_verdict::{CaseOutcome, Outcome, Verdict};

use crate::{
    build::{Fixture, case, check, empty, requirement, result},
    every::every_outcome,
};

const NASTY: [&str; 8] = [
    "#import \"@preview/x:1.0.0\": *",
    "$ x^2 $ *bold* _it_ `raw` <label> @ref #{ 1/0 }",
    "\\u{1F600} \\ // /* */ [x](y) = kop",
    "\u{202e}nepo\u{2066} שלום العربية नमस्ते 漢字",
    "😀👩‍⚕️🇳🇱 e\u{301}\u{20dd} \u{e000}\u{fffe}\u{0}\u{1b}[31m",
    "{page} {n} {file} ](#set page(width: 1pt))",
    "%PDF-1.7 endobj >> stream (x) \\) <</JS (x)>>",
    "regel één\r\nregel twee\ttab",
];

/// A run in which one text stands everywhere a product, a declaration or a person can put one.
fn everywhere(text: &str) -> Fixture {
    let own = || text.to_owned();
    let mut f = every_outcome();
    let product = &mut f.result.product;
    for field in [&mut product.vendor, &mut product.name, &mut product.version, &mut product.endpoint] {
        *field = own();
    }
    (product.claims, product.roles, product.kvk) = (vec![own()], vec![own()], Some(own()));
    f.result.caveats = vec![own()];
    (f.result.run.id, f.result.run.seed, f.result.run.started) = (own(), own(), own());
    (f.result.run.mode, f.result.profile.variant) = (own(), own());
    for requirement in &mut f.result.requirements {
        for case in &mut requirement.cases {
            (case.id, case.title, case.detail) = (format!("{text}#{text}"), own(), Some(own()));
            for check in &mut case.checks {
                (check.step, check.expected, check.observed) = (own(), own(), own());
            }
        }
        if let Some(attested) = &mut requirement.attestation {
            (attested.statement, attested.by, attested.artefact) = (own(), own(), own());
            (attested.date, attested.basis) = (own(), own());
        }
    }
    f
}

fn pdf(f: &Fixture, lang: Lang) -> Vec<u8> {
    let attachments = [
        Attachment::new("result.json", b"{}"),
        Attachment::new("run.dsse.json", b"{\"payload\":\"bm90IGEgc2VjcmV0\"}"),
    ];
    render(&f.report(lang), &attachments).expect("it renders")
}

fn has(pdf: &[u8], text: &str) -> bool {
    pdf.windows(text.len()).any(|window| window == text.as_bytes())
}

fn pages(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    let count = text.split("/Type/Pages").nth(1).and_then(|rest| rest.split("/Count ").nth(1));
    let digits: String = count.unwrap_or_default().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().expect("a page tree with a count")
}

#[test]
fn both_languages_are_archival_tagged_and_carry_the_file() {
    let f = every_outcome();
    for (lang, tag) in [(Lang::Nl, "nl"), (Lang::En, "en")] {
        let bytes = pdf(&f, lang);
        assert!(bytes.starts_with(b"%PDF-1.7"));
        for mark in [
            "pdfaid:part>3<",
            "pdfaid:conformance>A<",
            "pdfuaid:part>1<",
            "/StructTreeRoot",
            "/AFRelationship/Source",
        ] {
            assert!(has(&bytes, mark), "{mark}");
        }
        assert!(has(&bytes, "result.json") && has(&bytes, "run.dsse.json") && has(&bytes, "/EmbeddedFile"));
        assert!(has(&bytes, &format!("/Lang({tag})")), "{tag}");
        assert_eq!(bytes, pdf(&f, lang), "the same input gives the same bytes");
    }
    assert_ne!(pdf(&f, Lang::Nl), pdf(&f, Lang::En));
}

#[test]
fn an_exam_and_an_empty_run_are_set() {
    for verdict in [Verdict::Conform, Verdict::NotConform, Verdict::Incomplete] {
        let mut f = empty(verdict);
        f.result.run.mode = "exam".into();
        assert!(pages(&pdf(&f, Lang::Nl)) >= 2);
    }
}

#[test]
fn nasty_texts_stay_texts() {
    for text in NASTY {
        pdf(&everywhere(text), Lang::Nl);
    }
    pdf(&everywhere(&NASTY.concat()), Lang::En);
    pdf(&everywhere(""), Lang::Nl);
    // Bookmarks are not compressed, so what became of a title can be read.
    for (text, kept) in [(NASTY[0], "#import"), (NASTY[1], "$ x^2 $ *bold* _it_ `raw`")] {
        assert!(has(&pdf(&everywhere(text), Lang::Nl), kept), "{kept}");
    }
}

#[test]
fn a_hundred_kilobytes_are_cut() {
    let ordinary = pages(&pdf(&every_outcome(), Lang::Nl));
    for filling in ["x", "é ", "<\u{202e}😀", "漢"] {
        let bytes = pdf(&everywhere(&filling.repeat(100_000 / filling.len())), Lang::Nl);
        assert!(pages(&bytes) < 20 * ordinary, "{} pages", pages(&bytes));
        assert!(bytes.len() < 2_000_000, "{} bytes", bytes.len());
    }
}

#[test]
fn a_product_that_fails_everywhere_gets_its_paper() {
    let mut f = empty(Verdict::NotConform);
    for n in 0..40 {
        let id = format!("WGZ-SEC-{n:03}");
        let checks =
            vec![check("Dan komt er een fout", "status 401", "status 200", Some(false), "x-000001"); 3];
        let cases = vec![case("geval", "het product weigert", CaseOutcome::Failed, checks); 2];
        f.push(
            requirement(&id, "Geen gegevens zonder token", "No data without a token"),
            result(&id, Outcome::NotSatisfied, cases),
        );
    }
    assert!(pages(&pdf(&f, Lang::Nl)) > 10);
}

#[test]
fn a_date_or_a_name_is_not_made_up() {
    let mut f = every_outcome();
    let attachments = [Attachment::new("result.json", b"{}"), Attachment::new("../x.json", b"{}")];
    assert!(matches!(render(&f.report(Lang::Nl), &attachments), Err(PdfError::Name(_))));
    f.result.run.finished = "gisteren".into();
    let attachments = [Attachment::new("result.json", b"{}")];
    assert!(matches!(render(&f.report(Lang::Nl), &attachments), Err(PdfError::Date(_))));
}
