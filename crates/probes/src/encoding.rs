//! Checks on `Content-Encoding`.

use keur_evidence::{Check, http::Answer};

use crate::{fhir::canonical, http};

/// Below this many bytes servers rightly do not compress.
pub const WORTH_COMPRESSING: usize = 1500;

/// The answer is compressed as asked, and unpacks to what the uncompressed answer holds.
#[must_use]
pub fn compressed(plain: &Answer, packed: &Answer, wanted: &str) -> Vec<Check> {
    let expected = format!("Content-Encoding: {wanted}, en een inhoud die zo is uit te pakken");
    let Ok(response) = &packed.reply else {
        let reason = packed
            .reply
            .as_ref()
            .err()
            .map_or(keur_evidence::event::Reason::Environment, |failure| http::reason(failure.failure));
        return vec![Check::undecided(reason, expected, packed.describe()).on([packed.id.clone()])];
    };
    let named = response.header("content-encoding").map(|value| value.trim().to_ascii_lowercase());
    let right = named.as_deref().is_some_and(|name| name == wanted || name == format!("x-{wanted}"));
    let label = named.as_deref().map_or_else(
        || "geen Content-Encoding: niet gecomprimeerd".to_owned(),
        |name| format!("Content-Encoding: {name}"),
    );
    let (unpacks, observed) = match &response.body {
        Ok(body) => {
            (true, format!("{label}, {} bytes over de lijn, {} uitgepakt", response.wire_bytes, body.len()))
        }
        Err(_) => (false, format!("{label}, maar de inhoud is niet zo gecomprimeerd")),
    };
    let check = Check::that(right && unpacks, expected, observed).on([packed.id.clone()]);
    let mut checks = vec![check];
    if unpacks {
        let expected = "uitgepakt dezelfde inhoud als zonder compressie";
        checks.push(canonical::same(
            expected,
            ("het gewone antwoord", plain),
            ("het gecomprimeerde", packed),
        ));
    }
    checks
}

/// The answer is not compressed.
#[must_use]
pub fn plain(answer: &Answer) -> Check {
    let expected = "geen compressie als de client daar niet om vraagt";
    let Ok(response) = &answer.reply else {
        let reason = answer
            .reply
            .as_ref()
            .err()
            .map_or(keur_evidence::event::Reason::Environment, |failure| http::reason(failure.failure));
        return Check::undecided(reason, expected, answer.describe()).on([answer.id.clone()]);
    };
    let named = response.header("content-encoding").unwrap_or("identity");
    let fine = named.trim().eq_ignore_ascii_case("identity") && !response.bytes().starts_with(&[0x1f, 0x8b]);
    Check::that(fine, expected, format!("Content-Encoding: {named}")).on([answer.id.clone()])
}

#[cfg(test)]
mod tests {
    use keur_evidence::{
        decode::decode,
        event::{CheckOutcome, Failure},
    };

    use super::*;
    use crate::test_support::{silent, text as answer, with_headers};

    const BODY: &str = r#"{"resourceType":"Flag","id":"1"}"#;

    fn sent(encoding: Option<&str>, wire: &[u8]) -> Answer {
        let headers: Vec<(&str, &str)> = encoding.iter().map(|name| ("content-encoding", *name)).collect();
        let mut answer = with_headers(200, &headers, wire);
        if let Ok(response) = &mut answer.reply {
            response.body = decode(encoding, wire, 1 << 20);
        }
        answer
    }

    fn zlib(text: &str) -> Vec<u8> {
        use std::io::Write;
        let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text.as_bytes()).expect("memory");
        encoder.finish().expect("memory")
    }

    #[test]
    fn the_label_and_the_content_must_fit() {
        let plain = answer(200, "application/fhir+json", BODY);
        let holds = |packed: &Answer| compressed(&plain, packed, "deflate").iter().all(Check::holds);
        assert!(holds(&sent(Some("deflate"), &zlib(BODY))));
        assert!(!holds(&sent(None, BODY.as_bytes())), "not compressed");
        assert!(!holds(&sent(Some("gzip"), &zlib(BODY))), "mislabelled");
        assert!(!holds(&sent(Some("deflate"), BODY.as_bytes())), "not compressed but labelled");
        assert!(!holds(&sent(Some("deflate"), &zlib(&BODY.replace('1', "2")))), "other content");
        assert!(matches!(
            compressed(&plain, &silent(Failure::Connect), "gzip")[0].outcome,
            CheckOutcome::NotEvaluable(_)
        ));
    }

    #[test]
    fn unasked_compression_shows() {
        assert!(plain(&sent(None, BODY.as_bytes())).holds());
        assert!(!plain(&sent(Some("deflate"), &zlib(BODY))).holds());
        assert!(matches!(plain(&silent(Failure::Connect)).outcome, CheckOutcome::NotEvaluable(_)));
    }
}
