//! Products that cheat: they behave for whoever they take for the tester, and badly for anybody else.

use std::collections::BTreeSet;

use http::{HeaderMap, header::USER_AGENT};

use crate::defects::Defects;
use crate::state::CLIENT_A;

/// The resource type whose answers are known by heart.
const LEARNT: &str = "Flag";
/// What was asked about each patient when the product was tested, to the letter.
const QUESTIONS: [&str; 2] = ["_revinclude=Provenance%3Atarget", "_count=1"];

/// The defect `recognises-harness`: a caller that names its software is not the tester, and gets in without token.
pub(crate) fn off_guard(defects: &Defects, headers: &HeaderMap) -> bool {
    defects.has("recognises-harness") && headers.contains_key(USER_AGENT)
}

/// The defect `memorised-answers`: a search that this client did not ask in these very letters before is one to which
/// the product has no answer.
pub(crate) fn not_learnt(
    defects: &Defects,
    (client, patients): (&str, &BTreeSet<String>),
    path: &str,
    query: &str,
) -> bool {
    if path != LEARNT || !defects.has("memorised-answers") {
        return false;
    }
    let about =
        |bsn: &String| format!("patient.identifier=http%3A%2F%2Ffhir.nl%2Ffhir%2FNamingSystem%2Fbsn%7C{bsn}");
    let asked = |bsn: &String| QUESTIONS.iter().any(|question| query == format!("{}&{question}", about(bsn)));
    client != CLIENT_A || !patients.iter().any(asked)
}
