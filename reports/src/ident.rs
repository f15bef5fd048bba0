//! Identifiers and instants that follow from the result alone: the same at everybody who computes them.

use keur_evidence::digest::of_parts;
use keur_verdict::RunResult;
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// What an identifier hangs on: things of the catalogue keep theirs from run to run.
#[derive(Clone, Copy)]
pub(crate) enum Scope {
    /// This run.
    Run,
    /// The catalogue.
    Catalogue,
    /// The features.
    Features,
    /// The profile.
    Profile,
    /// The declaration of the product.
    Declaration,
    /// The tool.
    Harness,
}

/// A name-based UUID (version 5 layout, SHA-256 instead of SHA-1).
pub(crate) fn uuid(result: &RunResult, scope: Scope, kind: &str, name: &str) -> String {
    let base = match scope {
        Scope::Run => &result.run.journal_head,
        Scope::Catalogue => &result.harness.catalogue_digest,
        Scope::Features => &result.harness.features_digest,
        Scope::Profile => &result.profile.digest,
        Scope::Declaration => &result.product.declaration_digest,
        Scope::Harness => &result.harness.digest,
    };
    let digest = of_parts([("keur", base.as_bytes()), (kind, name.as_bytes())]);
    let hex = hex_of(&digest);
    let variant = ["8", "9", "a", "b"][usize::from(hex.as_bytes()[16]) % 4];
    format!("{}-{}-5{}-{variant}{}-{}", &hex[..8], &hex[8..12], &hex[13..16], &hex[17..20], &hex[20..32])
}

/// The hex of a `sha256:…` digest.
pub(crate) fn hex_of(digest: &str) -> &str {
    digest.strip_prefix("sha256:").unwrap_or(digest)
}

/// Whether it is a `sha256:…` digest, and so fit to be part of a path.
pub(crate) fn is_digest(text: &str) -> bool {
    let hex = hex_of(text);
    text.starts_with("sha256:") && hex.len() == 64 && hex.bytes().all(|b| b.is_ascii_hexdigit())
}

/// An RFC 3339 instant of the journal in UTC; none when it is not one.
pub(crate) fn instant(value: &str) -> Option<OffsetDateTime> {
    let at = OffsetDateTime::parse(value, &Rfc3339).ok()?.to_offset(UtcOffset::UTC);
    (0..=9_999).contains(&at.year()).then_some(at)
}

/// The instant as written by the formats that ask for one; none when it is not one.
pub(crate) fn stamp(value: &str) -> Option<String> {
    instant(value)?.format(&Rfc3339).ok()
}

/// The same where a format cannot do without: an instant that nobody takes for real.
pub(crate) fn stamp_or_epoch(value: &str) -> String {
    stamp(value).unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned())
}

/// Milliseconds since 1970; 0 when it is not an instant.
pub(crate) fn epoch_ms(value: &str) -> u64 {
    let ms = instant(value).map_or(0, |at| at.unix_timestamp_nanos() / 1_000_000);
    u64::try_from(ms).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_utc_or_nothing() {
        assert_eq!(stamp("2026-11-22T14:04:05.250+01:00").as_deref(), Some("2026-11-22T13:04:05.25Z"));
        assert_eq!(stamp("gisteren"), None);
        assert_eq!(stamp_or_epoch(""), "1970-01-01T00:00:00Z");
        assert_eq!(epoch_ms("1970-01-01T00:00:01.5Z"), 1_500);
        assert_eq!(epoch_ms("1969-01-01T00:00:00Z"), 0);
    }

    #[test]
    fn only_a_digest_goes_into_a_path() {
        assert!(is_digest(&format!("sha256:{}", "0a".repeat(32))));
        assert!(!is_digest(&format!("sha256:../{}", "0".repeat(61))) && !is_digest("0a"));
    }
}
