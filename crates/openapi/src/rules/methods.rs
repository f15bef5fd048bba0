//! The methods that are documented.

use super::Found;
use crate::{document::Document, operations::operations};

/// HEAD is not named by the rule's test, but its text says that servers must support it, so it may be documented.
const FINE: [&str; 6] = ["get", "post", "put", "patch", "delete", "head"];

pub(super) fn standard(document: &Document, found: &mut Found) {
    for operation in operations(document).iter().filter(|operation| !FINE.contains(&operation.method)) {
        found.at(&operation.node, format!("{} is geen methode die een API mag aanbieden", operation.name()));
    }
}
