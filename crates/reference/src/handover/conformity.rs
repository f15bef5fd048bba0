//! The vendor's declaration of conformity with the Nictiz API requirements: true, whatever the product's defects.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use crate::defects::{self, Defects};

/// Every requirement of version 1.2.0 that a REST specification is declared about.
const KEYS: &str = "\
SD001 SD001.001 SD001.002 SD001.003 SD001.004 SD001.005 SD001.006 SD001.007 SD001.008 SD001.009 SD001.010 SD001.011 \
SD001.012 SD001.013 SD001.014 SD001.015 SD001.016 SD001.017 SD002 SD002.001 SD002.002 SD002.003 SD003 SD003.001 \
SD003.002 SD004 SD004.001 SD004.002 SD004.003 SD004.004 SD005 SD005.001 SD005.002 SD009 SD009.001 SD009.002 SD009.003 \
SD010 SD011 SD012 SD013 SD014 DI001 DI001.001 DI001.002 DI001.003 LM001 LM001.001 LM001.002 LM001.003 LM001.004 LM002 \
LM002.001 LM002.002 LM002.003 LM008 DR001 DR012 DR-R001 DR-R002 SC001 SC006 SC007 SC008 SC009 SC-R001 SC-R002 SC-R003 \
IS001 IS003.001 IS003.002 IS003";

/// What the product claims, and the requirements it would have to break for the claim to be untrue.
const CLAIMS: [(&str, &[&str]); 9] = [
    ("SD001.010", &["WGZ-API-014", "WGZ-CON-003", "WGZ-CON-004"]),
    ("SD003.001", &["WGZ-CON-002"]),
    ("LM008", &["WGZ-ADR-012"]),
    ("SC007", &["WGZ-IDN-002", "WGZ-ATN-001"]),
    ("SC008", &["WGZ-SEC-018"]),
    ("SC-R001", &["WGZ-SEC-016", "WGZ-SEC-018"]),
    ("SC-R003", &["WGZ-SEC-015", "WGZ-OAU-001"]),
    ("IS003.002", &["WGZ-BGZ-003"]),
    ("IS003", &["WGZ-BGZ-003"]),
];

/// The declaration. An honest vendor knows the faults of his product and declares them.
pub(super) fn text(defects: &Defects) -> String {
    let broken: BTreeSet<String> = if defects.has("false-declaration") {
        BTreeSet::new()
    } else {
        let known = defects::all().into_iter().filter(|defect| defects.has(&defect.name));
        known.flat_map(|defect| defect.breaks).collect()
    };
    let mut requirements = Map::new();
    for key in KEYS.split(' ') {
        let claim = CLAIMS.iter().find(|(claimed, _)| *claimed == key);
        let said = match claim {
            None => json!({ "conformityType": "NOT_EVALUATED" }),
            Some((_, rests_on)) if rests_on.iter().any(|id| broken.contains(*id)) => {
                json!({ "conformityType": "NOT_CONFORMANT", "remarks": "Deze proefuitvoering heeft hier een fout." })
            }
            Some(_) => json!({ "conformityType": "CONFORMANT" }),
        };
        requirements.insert(key.to_owned(), said);
    }
    if defects.has("incomplete-declaration") {
        requirements.shift_remove("SD014");
    }
    format!(
        "{:#}\n",
        Value::from_iter([("requirementsVersion", json!("1.2.0")), ("requirements", requirements.into())])
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn declared(names: &[&str]) -> Value {
        let defects = Defects::new(names.iter().map(|name| (*name).to_owned())).expect("known defects");
        serde_json::from_str(&text(&defects)).expect("it is JSON")
    }

    #[test]
    fn it_is_about_every_key_and_true() {
        let sound = declared(&[]);
        assert_eq!(sound["requirements"].as_object().expect("an object").len(), 72);
        assert_eq!(sound["requirements"]["SC008"]["conformityType"], "CONFORMANT");
        let faulty = declared(&["client-secret-accepted"]);
        assert_eq!(faulty["requirements"]["SC008"]["conformityType"], "NOT_CONFORMANT");
        assert_eq!(faulty["requirements"]["LM008"]["conformityType"], "CONFORMANT");
    }

    #[test]
    fn the_defects_show() {
        assert_eq!(declared(&["false-declaration"])["requirements"]["SC008"]["conformityType"], "CONFORMANT");
        assert!(declared(&["incomplete-declaration"])["requirements"].get("SD014").is_none());
    }
}
