//! Pages against the model: the same figures, every kind of count told apart, nothing from outside comes alive, and every page is closed
//! and bounded.

use std::collections::{BTreeMap, BTreeSet};

use keur_catalogue::Lang;
use keur_dossier::statement::predicate::DecisionOutcome;
use keur_verdict::{Modality, Outcome, Verdict};

use super::*;
use crate::model::{
    Certificate, Count, ProductPicture, ProductProfile, Reason, RequirementLine, RunLine, SetAside, State,
    WaiverLine, sample,
};

type Files = BTreeMap<String, Vec<u8>>;

fn site(picture: &Picture) -> BTreeMap<String, String> {
    let mut files = Files::new();
    write(picture, &[Lang::Nl, Lang::En], &mut files).expect("memory takes it");
    files.into_iter().map(|(path, bytes)| (path, String::from_utf8(bytes).expect("UTF-8"))).collect()
}

/// What a reader sees of a fragment of HTML.
fn words(html: &str) -> String {
    let mut out = String::new();
    for piece in html.split('<') {
        out.push_str(piece.split_once('>').map_or(piece, |(_, text)| text));
        out.push(' ');
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The cells of the row whose heading begins so.
fn row(html: &str, heading: &str) -> Vec<String> {
    let row = html.split("<tr>").find(|row| words(row).starts_with(heading)).expect("the row is there");
    let row = row.split("</tr>").next().unwrap_or_default();
    row.split("<td").skip(1).map(|cell| words(&format!("<td{cell}"))).collect()
}

#[test]
fn figures_of_the_overview_are_those_of_the_model() {
    let picture = sample::picture();
    let site = site(&picture);
    let voice = Voice::new(Lang::Nl, 10);
    for profile in &picture.profiles {
        let now = profile.standing.last().copied().expect("a period");
        let told = |count: Option<Count>| count.map_or("geen eisen".to_owned(), |count| voice.count(count));
        let expected = [
            told(Some(now.products)),
            told(now.spoor_1.map(|track| track.conform)),
            told(now.spoor_2.map(|track| track.conform)),
            told(Some(now.whole.not_conform)),
            told(Some(now.whole.incomplete)),
            told(Some(now.whole.expired)),
        ];
        assert_eq!(row(&site["nl/index.html"], &profile.title.nl), expected, "{}", profile.id);
        for requirement in &profile.requirements {
            let counts = requirement.counts.last().copied().flatten().expect("now");
            let expected = counts.parts().map(|(_, count)| voice.count(count));
            let page = &site[&format!("nl/profile/{}.html", profile.id)];
            let all = page.split("id=\"requirements\"").nth(1).expect("all requirements");
            assert_eq!(row(all, &requirement.id)[4..], expected, "{} {}", profile.id, requirement.id);
        }
    }
}

#[test]
fn zero_few_and_withheld_are_told_apart_in_words() {
    let voice = Voice::new(Lang::Nl, 10);
    let told =
        [Count::Number(0), Count::Few, Count::Withheld, Count::Number(12)].map(|count| voice.count(count));
    assert_eq!(told, ["nul", "minder dan 10", "niet getoond", "12"]);
}

#[test]
fn what_is_generated_says_so_on_every_page_and_what_is_not_never() {
    let mut picture = sample::picture();
    for (path, page) in site(&picture) {
        let mark = if path.starts_with("en/") { "Demonstration" } else { "Voorbeeld" };
        assert!(page.contains(mark), "{path}");
    }
    picture.generated = false;
    for (path, page) in site(&picture) {
        assert!(!page.contains("class=\"demo\"") && !page.contains("Voorbeeldgegevens"), "{path}");
    }
}

#[test]
fn the_same_picture_gives_the_same_bytes() {
    assert_eq!(site(&sample::picture()), site(&sample::picture()));
}

#[test]
fn every_link_leads_somewhere_and_every_page_is_closed() {
    let site = site(&sample::picture());
    for (path, page) in site.iter().filter(|(path, _)| path.ends_with(".html")) {
        closed(path, page);
        for target in page.split(" href=\"").skip(1).filter_map(|rest| rest.split('"').next()) {
            if let Some(id) = target.strip_prefix('#') {
                assert!(page.contains(&format!("id=\"{id}\"")), "{path}: #{id}");
                continue;
            }
            let target = resolve(path, target);
            assert!(target.starts_with("data/") || site.contains_key(&target), "{path} leads to {target}");
        }
    }
}

fn resolve(page: &str, target: &str) -> String {
    let mut at: Vec<&str> = page.split('/').collect();
    at.pop();
    for step in target.split('/') {
        match step {
            ".." => assert!(at.pop().is_some(), "{page}: {target} leaves the site"),
            step => at.push(step),
        }
    }
    at.join("/")
}

/// Every tag is closed in order, every id stands once, nothing is fetched, and no attribute holds code.
fn closed(path: &str, html: &str) {
    const VOID: [&str; 3] = ["meta", "input", "br"];
    let (head, rest) = html.split_once("<main").expect("a page has a main part");
    assert!(head.contains("default-src 'none'"), "{path}");
    let mut html = format!("<main{rest}");
    if let Some((before, script)) = html.split_once("<script type=\"application/json\"") {
        let (data, code) = script.split_once("</script>").expect("the data end");
        assert!(!data.contains('<'), "{path}: the data could end early");
        let (code, after) = code.split_once("</script>").expect("the script ends");
        assert!(code.ends_with(include_str!("search.js")), "{path}");
        html = format!("{before}{after}");
    }
    let mut open: Vec<String> = ["html", "body", "div"].map(str::to_owned).into();
    let mut ids = BTreeSet::new();
    for piece in html.split('<').skip(1) {
        let (tag, _) = piece.split_once('>').expect("every < begins a tag");
        let outside: String = tag.split('"').step_by(2).collect();
        for attribute in [" src=", " style=", " on", "script"] {
            assert!(
                tag.ends_with("script") && attribute == "script" || !outside.contains(attribute),
                "{path}: <{tag}>"
            );
        }
        assert!(!tag.contains("javascript:") && !tag.contains("href=\"http"), "{path}: <{tag}>");
        if let Some(id) = tag.split(" id=\"").nth(1).and_then(|rest| rest.split('"').next()) {
            assert!(ids.insert(id.to_owned()), "{path}: the id {id} stands twice");
        }
        let name = tag.trim_start_matches('/').split([' ', '/']).next().unwrap_or_default().to_owned();
        if let Some(end) = tag.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(end), "{path}");
        } else if !VOID.contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{path}: {open:?}");
}

const NASTY: [&str; 8] = [
    "<script>alert(1)</script>",
    "\"'><img src=https://example.org/x onerror=1>",
    "</script></style></table></main>",
    "]]>&amp;<!-- -->&#0;",
    "\u{0}\u{1}\u{8}\u{1b}[31m\u{7f}\u{85}\u{fffe}",
    "\u{202e}nepo\u{2066}\u{200f}\u{feff}\u{ad}",
    "{product} {n} {title}",
    "javascript:alert(1)",
];

/// A picture in which one text stands everywhere a bundle can put one.
fn everywhere(text: &str) -> Picture {
    let own = || text.to_owned();
    let mut picture = sample::picture();
    for product in &mut picture.products {
        (product.vendor, product.name, product.kvk) = (own(), own(), Some(own()));
        for under in &mut product.profiles {
            (under.since, under.valid_until) = (own(), Some(own()));
            for one in &mut under.certificates {
                (one.number, one.by, one.decided, one.valid_until) = (Some(own()), own(), own(), own());
                one.conditions = vec![own()];
            }
            for one in &mut under.waivers {
                (one.requirement, one.reason, one.granted, one.expires) = (own(), own(), own(), own());
            }
            for one in &mut under.runs {
                (one.run, one.started, one.version) = (own(), own(), own());
                (one.release, one.variant) = (own(), own());
            }
            for one in &mut under.requirements {
                one.outcome = Outcome::Undetermined;
            }
            under.requirements.push(RequirementLine {
                id: own(),
                outcome: Outcome::NotSatisfied,
                modality: Modality::Attested,
                waived: true,
            });
        }
    }
    picture
}

#[test]
fn hostile_texts_stay_texts() {
    for text in NASTY {
        let site = site(&everywhere(text));
        for (path, page) in &site {
            if path.ends_with(".html") {
                closed(path, page);
            }
            assert!(!page.contains("<img") && !page.contains("alert(1)</script><"), "{path}");
            assert!(
                page.chars().all(|c| c == '\n' || c == '\t' || !c.is_control()),
                "{path}: a control character"
            );
        }
        let badge = site.iter().find(|(path, _)| path.ends_with(".svg")).expect("a badge").1;
        assert_eq!(badge.matches('<').count(), badge.matches('>').count(), "{badge}");
    }
}

/// As large as a country: every page stays below 300 kB.
#[test]
fn two_thousand_named_products_fit() {
    let mut picture = sample::picture();
    let product = picture.products.remove(0);
    let profile = picture.profiles.remove(0);
    let requirement = profile.requirements[0].clone();
    picture.profiles = (0..20)
        .map(|n| {
            let mut one = profile.clone();
            one.id = format!("{}-{n}", profile.id);
            one.exchange = picture.exchanges[n % 2].id.clone();
            one.requirements = (0..110)
                .map(|n| {
                    let mut one = requirement.clone();
                    one.id = format!("WGZ-SEC-{n:03}");
                    one
                })
                .collect();
            one
        })
        .collect();
    for (n, exchange) in picture.exchanges.iter_mut().enumerate() {
        exchange.profiles = picture.profiles.iter().skip(n).step_by(2).map(|one| one.id.clone()).collect();
    }
    let outcomes = [Outcome::Satisfied, Outcome::NotSatisfied, Outcome::Undetermined];
    picture.products = (0..2_000)
        .map(|n| {
            let mut one = product.clone();
            one.id = format!("product-{n}");
            one.name = format!("Product {n} met een naam die zo lang is als namen in de praktijk soms zijn");
            let under = &mut one.profiles[0];
            // All in one profile: the worst case for its lists.
            under.profile = picture.profiles[n % 2].id.clone();
            under.requirements = (0..110)
                .map(|r| RequirementLine {
                    id: format!("WGZ-SEC-{r:03}"),
                    outcome: outcomes[(r * 7 + n) % 3],
                    modality: Modality::Automatic,
                    waived: false,
                })
                .collect();
            one
        })
        .collect();
    let aside = |n: usize| SetAside {
        digest: Some(format!("{n:064x}")),
        reason: Reason::NoBundle,
        step: None,
        files: 1,
    };
    picture.set_aside = (0..10_000).map(aside).collect();
    let mut files = Files::new();
    write(&picture, &[Lang::Nl], &mut files).expect("memory takes it");
    for (path, bytes) in &files {
        assert!(bytes.len() < 300_000, "{path} has {} bytes", bytes.len());
    }
    assert!(files.contains_key("nl/search-2.html") && files.contains_key("nl/refused-2.html"));
    let search = files.iter().filter(|(path, _)| path.starts_with("nl/search"));
    let told: usize =
        search.map(|(_, page)| String::from_utf8_lossy(page).matches("\"h\":\"product/").count()).sum();
    assert_eq!(told, 2_000, "every product can be found, once");
}

#[test]
fn nobody_is_named_whom_the_policy_does_not_name() {
    let mut picture = sample::picture();
    picture.products.clear();
    let site = site(&picture);
    assert!(!site.keys().any(|path| path.contains("/product/") || path.starts_with("badges/")));
    assert!(site.values().all(|page| !page.contains("Medix") && !page.contains("ZorgSoft")));
}

#[test]
fn a_product_page_tells_all() {
    let mut picture = sample::picture();
    let run = RunLine {
        digest: "3".repeat(64),
        run: "r".into(),
        started: "2026-01-02T03:04:05Z".into(),
        version: "1".into(),
        release: "2026.1".into(),
        variant: "v".into(),
        verdict: Verdict::Conform,
        spoor_1: Verdict::Conform,
        spoor_2: Verdict::Incomplete,
    };
    picture.products.push(ProductPicture {
        id: "vol".into(),
        vendor: "V".into(),
        name: "N".into(),
        kvk: None,
        profiles: vec![ProductProfile {
            profile: "bgz-raadplegen".into(),
            whole: State::Expired,
            spoor_1: None,
            spoor_2: Some(State::NotConform),
            since: "2026-01-02".into(),
            valid_until: None,
            certificates: vec![Certificate {
                outcome: DecisionOutcome::Suspended,
                number: None,
                by: "Instelling".into(),
                decided: "2026-01-03".into(),
                valid_until: "2026-02-03".into(),
                conditions: vec!["Voorwaarde.".into()],
                expired: true,
                run: "r".into(),
            }],
            waivers: vec![WaiverLine {
                requirement: "WGZ-LOG-001".into(),
                reason: "Reden.".into(),
                granted: "2026-01-01".into(),
                expires: "2026-12-31".into(),
            }],
            runs: vec![run; 70],
            requirements: vec![],
        }],
    });
    let page = words(&site(&picture)["nl/product/vol.html"]);
    for told in [
        "verlopen",
        "geschorst, verlopen",
        "3 februari 2026",
        "Voorwaarde.",
        "Reden.",
        "En nog 10;",
        "voldoet niet",
        "geen eisen",
    ] {
        assert!(page.contains(told), "{told} is not on the page:\n{page}");
    }
}

#[test]
fn the_badge_of_a_product() {
    let site = site(&sample::picture());
    insta::assert_snapshot!("badge", site["badges/medix/bgz-beschikbaarstellen.svg"]);
}

/// Only what is between the frame's parts: the style sheet is not the page.
fn body(page: &str) -> String {
    let main = page.split_once("<main").map_or("", |(_, rest)| rest);
    format!("<main{}", main.split("<footer").next().unwrap_or_default()).replace("><", ">\n<")
}

#[test]
fn small_pages() {
    let site = site(&sample::picture());
    for path in [
        "nl/index.html",
        "nl/profile/bgz-raadplegen.html",
        "nl/product/medix.html",
        "en/refused.html",
        "nl/law.html",
    ] {
        insta::assert_snapshot!(path.replace(['/', '.'], "_"), body(&site[path]));
    }
}
