//! JSON Patch (RFC 6902): test, add, replace and remove, all of them or none.

use serde_json::Value;

use super::definitions::Kind;
use super::store::{Store, text};
use super::{Ask, Content, Reply, Sandbox, input};
use crate::fhir::outcome::Refusal;

const MOST: usize = 100;

impl Sandbox {
    pub(super) fn patch(
        &self,
        store: &mut Store,
        on: &Kind,
        id: &str,
        ask: &Ask<'_>,
    ) -> Result<Reply, Refusal> {
        let Content::Bytes(bytes) = &ask.content else {
            return Err(Refusal::new(400, "not-supported", "Een patch in een batch kent deze server niet."));
        };
        self.matched(store, ask)?;
        let before = store.read(on.name, id)?.clone();
        let operations = input::json(bytes, false)?;
        let list = operations.as_array().filter(|list| list.len() <= MOST);
        let list = list.ok_or_else(|| Refusal::invalid("Stuur een lijst van bewerkingen."))?;
        let mut after = before.clone();
        for operation in list {
            if let Err(refusal) = apply(&mut after, operation) {
                if self.defects.has("patch-in-parts") && after != before {
                    store.write("PATCH", id, after)?;
                }
                return Err(refusal);
            }
        }
        if text(&after, "id") != id {
            return Err(Refusal::new(422, "business-rule", "Het id van een resource verandert niet."));
        }
        input::resource(&after, on.name)?;
        let written = store.write("PATCH", id, after)?;
        Ok(self.saved(store, 200, written))
    }
}

fn apply(resource: &mut Value, operation: &Value) -> Result<(), Refusal> {
    let failed = |text: &str| Refusal::new(422, "processing", text);
    let path = operation["path"].as_str().ok_or_else(|| Refusal::invalid("Een bewerking heeft een path."))?;
    match operation["op"].as_str() {
        Some("test") => match resource.pointer(path) {
            Some(found) if *found == operation["value"] => Ok(()),
            _ => Err(failed("De test in de patch gaat niet op.")),
        },
        Some("replace") => {
            let place = resource.pointer_mut(path).ok_or_else(|| failed("Dit pad is er niet."))?;
            *place = operation["value"].clone();
            Ok(())
        }
        Some(op @ ("add" | "remove")) => {
            let (parent, name) = path.rsplit_once('/').ok_or_else(|| failed("Dit pad is er niet."))?;
            let parent = resource.pointer_mut(parent).ok_or_else(|| failed("Dit pad is er niet."))?;
            match (parent, op) {
                (Value::Object(fields), "add") => {
                    fields.insert(name.to_owned(), operation["value"].clone());
                    Ok(())
                }
                (Value::Object(fields), _) => {
                    fields.shift_remove(name).map(drop).ok_or_else(|| failed("Dit pad is er niet."))
                }
                (Value::Array(items), "add") if name == "-" => {
                    items.push(operation["value"].clone());
                    Ok(())
                }
                (Value::Array(items), "remove") => {
                    let at = name.parse::<usize>().ok().filter(|at| *at < items.len());
                    at.map(|at| drop(items.remove(at))).ok_or_else(|| failed("Dit pad is er niet."))
                }
                _ => Err(failed("Deze bewerking kan hier niet.")),
            }
        }
        _ => Err(Refusal::invalid("Deze bewerking kent deze server niet.")),
    }
}
