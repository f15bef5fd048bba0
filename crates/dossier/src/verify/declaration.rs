//! V11: declared is tested is seen. The enclosed declaration, the product the journal names, and what the product says.

use std::collections::BTreeSet;

use keur_catalogue::Product;
use keur_evidence::event::EnclosedFile;
use keur_verdict::{Agreement, Harmony, RunResult};
use serde_json::Value;

use super::{
    facts::Facts,
    step::{Fault, Noted},
};
use crate::bundle::{Bundle, JOURNAL};

/// The name under which it is enclosed, whatever the file was called.
const NAME: &str = "product.toml";
/// The same of the declaration of conformity.
const CONFORMITY: &str = "conformiteit.json";

/// The enclosed declarations: one, or more when the run went on with another.
pub(super) fn products(bundle: &Bundle, facts: &Facts) -> Vec<Product> {
    let files = facts.declaration.iter().filter(|file| file.name == NAME);
    files.filter_map(|file| parse(bundle, file).ok()).collect()
}

fn parse(bundle: &Bundle, file: &EnclosedFile) -> Result<Product, Fault> {
    let unreadable = || Fault::new(&file.name, "de ingesloten declaratie is niet te lezen");
    let text =
        bundle.blob(&file.blob).and_then(|bytes| String::from_utf8(bytes).ok()).ok_or_else(unreadable)?;
    Product::parse(&file.name, &text).map_err(|problems| Fault::of(&file.name, &problems))
}

pub(super) fn check(bundle: &Bundle, facts: &Facts, result: &RunResult) -> Noted {
    let tested = &facts.started.product;
    // The digest of a declaration is that of its bytes, and so its address.
    let is_tested = |file: &&EnclosedFile| file.name == NAME && file.blob == tested.declaration_digest;
    let missing =
        || Fault::new(JOURNAL, "de declaratie (product.toml) waarmee de run is gemaakt, is niet ingesloten");
    let product = parse(bundle, facts.declaration.iter().find(is_tested).ok_or_else(missing)?)?;
    let about = &product.about;
    let declared = (&about.vendor, &about.name, &about.version, &about.kvk, &about.roles);
    let same = declared == (&tested.vendor, &tested.name, &tested.version, &tested.kvk, &tested.roles)
        && product.endpoints.tested() == tested.endpoint
        && product.claim_lines() == tested.claims;
    if !same {
        return Err(Fault::new(JOURNAL, "het getoetste product is een ander dan dat van de declaratie"));
    }
    if product.declaration_of_conformity.is_some()
        && !facts.declaration.iter().any(|file| file.name == CONFORMITY)
    {
        return Err(Fault::new(
            JOURNAL,
            "de verklaring van conformiteit die product.toml noemt, is niet ingesloten",
        ));
    }
    let mut notes: Vec<String> = advertised(bundle, facts)
        .into_iter()
        .filter(|(name, version)| {
            name.as_ref().is_some_and(|name| name != &tested.name)
                || version.as_ref().is_some_and(|version| version != &tested.version)
        })
        .map(|(name, version)| {
            let (name, version) = (name.unwrap_or_default(), version.unwrap_or_default());
            format!(
                "het product noemt zich in zijn CapabilityStatement `{name} {version}`; verklaard is `{} {}`",
                tested.name, tested.version
            )
        })
        .collect();
    if facts.declaration.iter().any(|file| file.name == NAME && file.blob != tested.declaration_digest) {
        notes.push("de run ging na een onderbreking verder met een andere declaratie".to_owned());
    }
    notes.extend(disagreements(result));
    if facts.peers.len() > 1 {
        notes.push(format!(
            "tijdens de run zijn {} verschillende servercertificaten gezien",
            facts.peers.len()
        ));
    }
    Ok(notes)
}

/// Where declared, advertised and measured are not the same. The verdict has judged these; V9 has recomputed it.
fn disagreements(result: &RunResult) -> Vec<String> {
    let rows = result.declaration.iter().flat_map(|table| &table.rows);
    let false_claims: Vec<&str> =
        rows.filter(|row| row.agreement == Agreement::Contradicts).map(|row| row.key.as_str()).collect();
    let differing = result.options.iter().filter(|row| row.harmony() == Harmony::Disagree).count();
    let mut notes = Vec::new();
    if !false_claims.is_empty() {
        let keys = false_claims.join(", ");
        notes.push(format!("verklaard als CONFORMANT, en door een meting weersproken: {keys}"));
    }
    if differing > 0 {
        notes.push(format!("bij {differing} mogelijkheden verschillen opgegeven, beschreven en waargenomen"));
    }
    notes
}

/// Name and version of the software in every CapabilityStatement that was seen.
fn advertised(bundle: &Bundle, facts: &Facts) -> BTreeSet<(Option<String>, Option<String>)> {
    let software = |address: &String| {
        let statement: Value = serde_json::from_slice(&bundle.blob(address)?).ok()?;
        let software = statement.get("software")?;
        let text = |member: &str| software.get(member).and_then(Value::as_str).map(short);
        (statement.get("resourceType")? == "CapabilityStatement").then(|| (text("name"), text("version")))
    };
    facts.metadata.iter().filter_map(software).collect()
}

/// What a product says of itself has no bound.
fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(80).collect()
}
