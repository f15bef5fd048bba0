//! The report against the model: its figures, where they lead, and what it says of what is withheld.

use super::*;
use crate::model::sample;

fn report(year: i32) -> String {
    html(&sample::picture(), year).expect("the picture knows the year")
}

#[test]
fn a_year_the_picture_does_not_know_has_no_report() {
    assert!(html(&sample::picture(), 2023).is_none() && csv(&sample::picture(), 2023).is_none());
}

#[test]
fn every_figure_leads_to_dossiers_in_the_appendix() {
    let report = report(2026);
    let figures = report.split("<td class=\"f\"><a href=\"#").skip(1);
    let targets: Vec<_> = figures.filter_map(|rest| rest.split('"').next()).collect();
    assert!(targets.len() > 20, "{}", targets.len());
    let (before, appendix) = report.split_once("id=\"bijlage\"").expect("the appendix");
    for target in targets {
        assert!(target == "bijlage" || appendix.contains(&format!("id=\"{target}\"")), "{target}");
    }
    assert!(appendix.contains(&"e".repeat(64)) && !before.contains(&"e".repeat(64)));
}

#[test]
fn what_is_withheld_is_said_and_its_dossiers_are_not_listed() {
    let mut picture = sample::picture();
    picture.profiles.retain(|profile| profile.id == "bgz-raadplegen");
    let report = html(&picture, 2026).expect("the picture knows the year");
    assert!(report.contains("minder dan 10") && report.contains(&words().appendix_hidden));
    assert!(!report.contains(&"e".repeat(64)), "the number of dossiers would tell the number of products");
}

#[test]
fn the_first_year_compares_with_nothing_and_a_running_year_says_so() {
    assert!(report(2024).contains("Over 2023 zijn er geen cijfers."));
    assert!(report(2026).contains("Het jaar 2026 was toen nog niet voorbij."));
    assert!(!report(2025).contains("nog niet voorbij"));
}

#[test]
fn a_movement_is_told_only_when_both_figures_are() {
    let picture = sample::picture();
    let report = Report {
        picture: &picture,
        year: Year::of(&picture, 2026).expect("known"),
        voice: Voice::new(Lang::Nl, 10),
        words: words(),
    };
    let told = |then, now| report.difference(Some(then), Some(now));
    assert_eq!(told(Count::Number(12), Count::Number(17)), "+5");
    assert_eq!(told(Count::Number(17), Count::Number(12)), "−5");
    assert_eq!(told(Count::Number(17), Count::Number(17)), "geen");
    assert_eq!(told(Count::Few, Count::Number(17)), "niet te berekenen");
    assert_eq!(told(Count::Number(17), Count::Withheld), "niet te berekenen");
}

#[test]
fn figures_of_the_csv_are_those_of_the_model() {
    let picture = sample::picture();
    let csv = csv(&picture, 2026).expect("the picture knows the year");
    let now = picture.profiles[0].standing[2];
    let then = picture.profiles[0].standing[1];
    let track = |one: Standing| one.spoor_1.expect("it has a spoor 1").conform;
    let difference = track(now).since(track(then)).expect("both are told");
    let row = format!(
        "2026,2026-09-14,profile,bgz-beschikbaarstellen,spoor_1_conform,{},{},{difference}\n",
        track(then),
        track(now)
    );
    assert!(csv.contains(&row), "{row}{csv}");
    assert!(csv.lines().all(|line| line.split(',').count() == 8), "{csv}");
}

#[test]
fn the_small_report() {
    let report = report(2026);
    let main = report.split_once("<main").map_or("", |(_, rest)| rest);
    let main = main.split("<footer").next().unwrap_or_default();
    insta::assert_snapshot!("report", format!("<main{main}").replace("><", ">\n<"));
    insta::assert_snapshot!("csv", csv(&sample::picture(), 2026).expect("known"));
}
