//! The judgement on what issuers say of a server certificate.

use keur_evidence::{Check, event::Reason};

use super::{PkiError, Status};

/// No source says that the certificate was revoked, and at least one says that it was not.
#[must_use]
pub fn not_revoked(found: &[(String, Result<Status, PkiError>)]) -> Check {
    let expected = "een certificaat dat de uitgever niet heeft ingetrokken";
    let words: Vec<String> = found
        .iter()
        .map(|(address, said)| match said {
            Ok(Status::Good) => format!("{address}: niet ingetrokken"),
            Ok(Status::Revoked(since)) => format!("{address}: ingetrokken sinds {since}"),
            Err(error) => format!("{address}: {error}"),
        })
        .collect();
    let observed = words.join("; ");
    if found.iter().any(|(_, said)| matches!(said, Ok(Status::Revoked(_)))) {
        Check::that(false, expected, observed)
    } else if found.iter().any(|(_, said)| said.is_ok()) {
        Check::that(true, expected, observed)
    } else {
        Check::undecided(Reason::Environment, expected, observed)
    }
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;
    use time::OffsetDateTime;

    use super::*;

    #[test]
    fn one_revocation_is_enough_and_silence_is_no_answer() {
        let said = |all: &[Result<Status, PkiError>]| {
            let found: Vec<_> = all.iter().map(|one| ("http://x".to_owned(), one.clone())).collect();
            not_revoked(&found).outcome
        };
        let (good, revoked) = (Ok(Status::Good), Ok(Status::Revoked(OffsetDateTime::UNIX_EPOCH)));
        assert_eq!(said(&[good.clone(), Err(PkiError::Signature)]), CheckOutcome::Holds);
        assert_eq!(said(&[good, revoked]), CheckOutcome::Violated);
        let silent = CheckOutcome::NotEvaluable(Reason::Environment);
        assert_eq!(said(&[Err(PkiError::Signature)]), silent);
        assert_eq!(said(&[]), silent);
    }
}
