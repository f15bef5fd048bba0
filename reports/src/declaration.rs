//! A declaration of conformity in the form of the API library: what was measured, with its evidence, and for the rest what
//! the vendor declared. It goes back in as `declaration_of_conformity`.

use std::collections::BTreeMap;

use keur_catalogue::conformity::{ConformityType, Extent, Key, REMARKS};
use keur_verdict::{DeclarationRow, Outcome};
use serde::Serialize;

use crate::{Format, RenderError, Report, pretty, text::cut, view::View};

/// The declaration of conformity.
#[derive(Debug, Clone, Copy)]
pub struct Declaration;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    requirements_version: &'a str,
    /// A list of pairs, so that the keys keep the order of the library.
    #[serde(serialize_with = "as_map")]
    requirements: Vec<(&'a str, Said)>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Said {
    conformity_type: ConformityType,
    #[serde(skip_serializing_if = "Option::is_none")]
    remarks: Option<String>,
}

fn as_map<S: serde::Serializer>(pairs: &[(&str, Said)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().map(|(key, said)| (key, said)))
}

impl Format for Declaration {
    fn name(&self) -> &'static str {
        "declaration"
    }

    fn file_name(&self) -> &'static str {
        "conformiteit.json"
    }

    fn render(&self, report: &Report<'_>) -> Result<Vec<u8>, RenderError> {
        let view = View::new(report);
        let declared = report.result.declaration.iter().flat_map(|table| &table.rows);
        let declared: BTreeMap<&str, &DeclarationRow> = declared.map(|row| (row.key.as_str(), row)).collect();
        let keys = report.conformity.keys.iter();
        let requirements =
            keys.map(|key| (key.id.as_str(), said(&view, key, declared.get(key.id.as_str()).copied())));
        pretty(&Document {
            requirements_version: &report.conformity.version,
            requirements: requirements.collect(),
        })
    }
}

fn said(view: &View<'_>, key: &Key, declared: Option<&DeclarationRow>) -> Said {
    let result = view.report.result;
    let measured: Vec<_> =
        result.requirements.iter().filter(|known| key.measured_by.contains(&known.id)).collect();
    let ids = |wanted: &dyn Fn(Outcome) -> bool| {
        let ids = measured.iter().filter(|known| wanted(known.outcome)).map(|known| known.id.as_str());
        ids.collect::<Vec<_>>().join(", ")
    };
    let run = format!("Keur, run {}, journaal {}", result.run.id, result.run.journal_head);
    let practice = if result.run.mode == "practice" { " Oefenrun." } else { "" };
    let failing = ids(&|outcome| outcome == Outcome::NotSatisfied);
    if !failing.is_empty() {
        return Said {
            conformity_type: ConformityType::NotConformant,
            remarks: remark(view, format!("Gemeten, niet voldaan: {failing} ({run}).{practice}")),
        };
    }
    let whole = key.measured == Some(Extent::Whole) && measured.len() == key.measured_by.len();
    let holds = ids(&|outcome| outcome == Outcome::Satisfied);
    let all = measured.iter().all(|known| known.outcome == Outcome::Satisfied);
    if whole && all {
        return Said {
            conformity_type: ConformityType::Conformant,
            remarks: remark(view, format!("Gemeten, voldaan: {holds} ({run}).{practice}")),
        };
    }
    let extent = if holds.is_empty() {
        "Niet gemeten.".to_owned()
    } else {
        format!("Deels gemeten, voldaan: {holds} ({run}).{practice}")
    };
    // What this very export said before is not the vendor's.
    let own =
        |text: &&String| !["Gemeten,", "Deels gemeten,", "Niet gemeten."].iter().any(|p| text.starts_with(p));
    let vendor = declared.and_then(|row| row.remarks.as_ref()).filter(own);
    let vendor = vendor.map(|text| format!(" Leverancier: {text}")).unwrap_or_default();
    Said {
        conformity_type: declared.and_then(|row| row.declared).unwrap_or(ConformityType::NotEvaluated),
        remarks: remark(view, format!("{extent}{vendor}")),
    }
}

fn remark(view: &View<'_>, text: String) -> Option<String> {
    let shown = view.shown(&text, REMARKS - 40);
    Some(cut(&shown, REMARKS).0.to_owned())
}
