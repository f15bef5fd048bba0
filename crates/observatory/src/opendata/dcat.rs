//! A description of the data set in the vocabulary of data catalogues (DCAT), as JSON-LD.

use serde_json::{Value, json};

use super::tables::TABLES;
use crate::model::Picture;

/// Describes the data set and its files. Addresses are relative: where the site stands is for who publishes it.
pub(super) fn describe(picture: &Picture) -> Value {
    let text = |nl: &str, en: &str| json!([{ "@value": nl, "@language": "nl" }, { "@value": en, "@language": "en" }]);
    let (nl, en) = if picture.generated {
        (
            "Demonstratie met gegenereerde gegevens: zegt niets over bestaande producten.",
            "Demonstration with generated data: says nothing of existing products.",
        )
    } else {
        (
            "Uitkomsten van conformiteitstoetsen, opnieuw berekend uit ondertekende bundels met bewijs.",
            "Outcomes of conformance tests, computed again from signed bundles of evidence.",
        )
    };
    let file = |path: String, media: &str, title: Value| {
        json!({
            "@type": "dcat:Distribution",
            "dct:title": title,
            "dcat:downloadURL": { "@id": path },
            "dcat:mediaType": { "@id": format!("https://www.iana.org/assignments/media-types/{media}") },
        })
    };
    let mut files: Vec<Value> = Vec::new();
    for table in TABLES {
        let [nl, en] = table.title;
        files.push(file(format!("{}.csv", table.file), "text/csv", text(nl, en)));
        files.push(file(format!("{}.json", table.file), "application/json", text(nl, en)));
    }
    files.push(file(
        "picture.json".to_owned(),
        "application/json",
        text("Alles in één bestand", "All in one file"),
    ));
    let first = picture.periods.first().map_or("", |period| period.day.as_str());
    json!({
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@type": "dcat:Dataset",
        "dct:title": text("Stand van de elektronische gegevensuitwisseling in de zorg", "State of electronic data exchange in healthcare"),
        "dct:description": text(nl, en),
        "dct:modified": { "@value": picture.as_of, "@type": "xsd:dateTime" },
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": { "@value": first, "@type": "xsd:date" },
            "dcat:endDate": { "@value": picture.as_of.get(..10).unwrap_or_default(), "@type": "xsd:date" },
        },
        "dct:language": ["nl", "en"],
        "dcat:distribution": files,
    })
}
