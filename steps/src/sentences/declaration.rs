//! The vendor's declaration of conformity. What was measured is laid beside it by the verdict, not here.

use cucumber::{then, when};
use keur_evidence::{Check, Step, Stop, event::CONFORMITY};
use serde_json::{Value, json};

use crate::{World, doctor::some};

#[when("de verklaring van conformiteit wordt gelezen")]
async fn read(w: &mut World) -> Result<(), Stop> {
    let known = &w.run.conformity;
    let declaration =
        w.run.declaration.as_ref().ok_or_else(|| w.recorder.not_declared("declaration_of_conformity"))?;
    let of = |key: &keur_catalogue::conformity::Key| {
        let declared = declaration.keys.get(&key.id);
        json!({
            "key": key.id,
            "declared": declared.map(|declared| declared.conformity),
            "remarks": declared.and_then(|declared| declared.remarks.clone()),
            "extent": key.measured,
            "measured_by": key.measured_by,
        })
    };
    let keys: Vec<Value> = known.keys.iter().map(of).collect();
    let facts = json!({ "version": known.version, "keys": keys });
    let seen = w.recorder.observe(CONFORMITY, "verklaring van conformiteit", facts)?;
    w.facts.insert("declaration", Value::from(seen));
    Ok(())
}

#[then("geeft de verklaring over elke eis een oordeel")]
async fn complete(w: &mut World) -> Step {
    let (known, declaration) = (&w.run.conformity, w.run.declaration.as_ref());
    let seen = w.facts.get("declaration").and_then(Value::as_str);
    let (Some(declaration), Some(seen)) = (declaration, seen) else {
        return Err(w.recorder.broken("er is nog geen verklaring van conformiteit gelezen"));
    };
    let missing = declaration.missing(known);
    let expected = format!("een oordeel over alle {} eisen van versie {}", known.keys.len(), known.version);
    let observed = match missing.as_slice() {
        [] => format!("een oordeel over {} eisen", declaration.keys.len()),
        missing => format!("geen oordeel over {} eisen: {}", missing.len(), some(missing)),
    };
    w.recorder.expect(Check::that(missing.is_empty(), expected, observed).on([seen.to_owned()]))
}
