//! The tables.

use serde::Serialize;

use super::Table;
use crate::model::{Count, Picture, Standing};

/// Every table there is.
pub(super) const TABLES: &[Table] = &[
    Table {
        file: "aggregates",
        title: [
            "Producten per uitwisseling, rol, spoor en uitkomst",
            "Products by exchange, role, track and outcome",
        ],
        columns: &[
            "period",
            "day",
            "level",
            "exchange",
            "profile",
            "role",
            "partition",
            "part",
            "products",
            "told",
        ],
        rows: aggregates,
    },
    Table {
        file: "requirements",
        title: ["Producten per eis en uitkomst", "Products by requirement and outcome"],
        columns: &[
            "period",
            "day",
            "exchange",
            "profile",
            "requirement",
            "spoor",
            "level",
            "gates",
            "outcome",
            "products",
            "told",
        ],
        rows: requirements,
    },
    Table {
        file: "results",
        title: [
            "Uitkomst per genoemd product, profiel en eis",
            "Outcome by named product, profile and requirement",
        ],
        columns: &[
            "product",
            "vendor",
            "name",
            "exchange",
            "profile",
            "requirement",
            "spoor",
            "gates",
            "outcome",
            "modality",
            "waived",
            "run",
            "bundle_sha256",
            "day",
        ],
        rows: results,
    },
    Table {
        file: "runs",
        title: ["Toetsen van genoemde producten", "Runs of named products"],
        columns: &[
            "product",
            "vendor",
            "name",
            "version",
            "exchange",
            "profile",
            "release",
            "variant",
            "run",
            "started",
            "verdict",
            "spoor_1",
            "spoor_2",
            "bundle_sha256",
        ],
        rows: runs,
    },
    Table {
        file: "products",
        title: ["Stand van genoemde producten", "Standing of named products"],
        columns: &[
            "product",
            "vendor",
            "name",
            "kvk",
            "exchange",
            "profile",
            "whole",
            "spoor_1",
            "spoor_2",
            "since",
            "valid_until",
            "certificate",
            "certificate_number",
            "certificate_valid_until",
        ],
        rows: products,
    },
    Table {
        file: "set-aside",
        title: ["Bundels en bestanden die niet meetellen", "Bundles and files that do not count"],
        columns: &["sha256", "reason", "step", "files"],
        rows: set_aside,
    },
];

/// A value as JSON writes it, without its quotes.
fn word(value: &impl Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(text)) => text,
        Ok(other) => other.to_string(),
        Err(_) => String::new(),
    }
}

/// The number, empty when it is not told, and how it is told.
fn count(count: Count) -> [String; 2] {
    [count.number().map(|number| number.to_string()).unwrap_or_default(), count.word().to_owned()]
}

pub(super) fn aggregates(picture: &Picture) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    let mut group = |place: [&str; 4], standings: &[Standing]| {
        for (period, standing) in picture.periods.iter().zip(standings) {
            let mut row = |partition: &str, part: &str, told: Count| {
                let place = place.iter().map(|&text| text.to_owned());
                let mut row = vec![period.id.clone(), period.day.clone()];
                row.extend(place);
                row.extend([partition.to_owned(), part.to_owned()]);
                row.extend(count(told));
                rows.push(row);
            };
            row("products", "total", standing.products);
            let tracks = [
                ("whole", Some(standing.whole)),
                ("spoor_1", standing.spoor_1),
                ("spoor_2", standing.spoor_2),
            ];
            for (name, track) in tracks {
                let Some(track) = track else { continue };
                row(name, "total", track.total);
                track.parts().into_iter().for_each(|(part, told)| row(name, part, told));
            }
            standing
                .certificates
                .parts()
                .into_iter()
                .for_each(|(part, told)| row("certificates", part, told));
        }
    };
    group(["total", "", "", ""], &picture.total);
    for exchange in &picture.exchanges {
        group(["exchange", &exchange.id, "", ""], &exchange.standing);
    }
    for profile in &picture.profiles {
        group(["profile", &profile.exchange, &profile.id, &profile.role], &profile.standing);
    }
    rows
}

pub(super) fn requirements(picture: &Picture) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for (profile, one) in
        picture.profiles.iter().flat_map(|profile| profile.requirements.iter().map(move |one| (profile, one)))
    {
        for (period, outcomes) in picture.periods.iter().zip(&one.counts) {
            for (outcome, told) in outcomes.iter().flat_map(crate::model::Outcomes::parts) {
                let mut row = vec![
                    period.id.clone(),
                    period.day.clone(),
                    profile.exchange.clone(),
                    profile.id.clone(),
                    one.id.clone(),
                    word(&one.spoor),
                    word(&one.level),
                    one.gates.to_string(),
                    outcome.to_owned(),
                ];
                row.extend(count(told));
                rows.push(row);
            }
        }
    }
    rows
}

fn results(picture: &Picture) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for product in &picture.products {
        for under in &product.profiles {
            let profile = picture.profile(&under.profile);
            let exchange = profile.map(|profile| profile.exchange.clone()).unwrap_or_default();
            let Some(run) = under.runs.first() else { continue };
            for line in &under.requirements {
                let about =
                    profile.and_then(|profile| profile.requirements.iter().find(|one| one.id == line.id));
                rows.push(vec![
                    product.id.clone(),
                    product.vendor.clone(),
                    product.name.clone(),
                    exchange.clone(),
                    under.profile.clone(),
                    line.id.clone(),
                    about.map(|one| word(&one.spoor)).unwrap_or_default(),
                    about.map(|one| one.gates.to_string()).unwrap_or_default(),
                    word(&line.outcome),
                    word(&line.modality),
                    line.waived.to_string(),
                    run.run.clone(),
                    run.digest.clone(),
                    under.since.clone(),
                ]);
            }
        }
    }
    rows
}

fn runs(picture: &Picture) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for product in &picture.products {
        for under in &product.profiles {
            let exchange = picture.profile(&under.profile).map(|profile| profile.exchange.clone());
            let exchange = exchange.unwrap_or_default();
            rows.extend(under.runs.iter().map(|run| {
                vec![
                    product.id.clone(),
                    product.vendor.clone(),
                    product.name.clone(),
                    run.version.clone(),
                    exchange.clone(),
                    under.profile.clone(),
                    run.release.clone(),
                    run.variant.clone(),
                    run.run.clone(),
                    run.started.clone(),
                    word(&run.verdict),
                    word(&run.spoor_1),
                    word(&run.spoor_2),
                    run.digest.clone(),
                ]
            }));
        }
    }
    rows
}

fn products(picture: &Picture) -> Vec<Vec<String>> {
    let mut rows = Vec::new();
    for product in &picture.products {
        for under in &product.profiles {
            let exchange = picture.profile(&under.profile).map(|profile| profile.exchange.clone());
            let state = |state: Option<crate::model::State>| {
                state.map(|state| state.word().to_owned()).unwrap_or_default()
            };
            let certificate = under.certificates.first();
            rows.push(vec![
                product.id.clone(),
                product.vendor.clone(),
                product.name.clone(),
                product.kvk.clone().unwrap_or_default(),
                exchange.unwrap_or_default(),
                under.profile.clone(),
                under.whole.word().to_owned(),
                state(under.spoor_1),
                state(under.spoor_2),
                under.since.clone(),
                under.valid_until.clone().unwrap_or_default(),
                certificate.map(|one| word(&one.outcome)).unwrap_or_default(),
                certificate.and_then(|one| one.number.clone()).unwrap_or_default(),
                certificate.map(|one| one.valid_until.clone()).unwrap_or_default(),
            ]);
        }
    }
    rows
}

fn set_aside(picture: &Picture) -> Vec<Vec<String>> {
    let row = |one: &crate::model::SetAside| {
        vec![
            one.digest.clone().unwrap_or_default(),
            word(&one.reason),
            one.step.clone().unwrap_or_default(),
            one.files.to_string(),
        ]
    };
    picture.set_aside.iter().map(row).collect()
}
