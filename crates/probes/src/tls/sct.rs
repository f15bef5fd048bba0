//! Signed certificate timestamps (RFC 6962), as far as their form goes: only who has the keys of the logs can verify them.

use time::OffsetDateTime;

use super::wire::Reader;

const OCTETS: u8 = 4;
/// The one version there is.
const V1: u8 = 0;

/// The promise of a log that the certificate will be in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timestamp {
    /// The log, by the digest of its key.
    pub log: [u8; 32],
    /// When it was promised.
    pub at: OffsetDateTime,
}

impl Timestamp {
    /// Reads the content of the extension of a certificate: a list inside an OCTET STRING; `None` when it is none.
    #[must_use]
    pub fn list(extension: &[u8]) -> Option<Vec<Self>> {
        let mut outer = Reader(extension);
        (outer.byte()? == OCTETS).then_some(())?;
        let length = match outer.byte()? {
            short @ 0..=0x7F => usize::from(short),
            0x81 => usize::from(outer.byte()?),
            0x82 => usize::from(outer.word()?),
            _ => return None,
        };
        let mut inner = Reader(outer.take(length)?);
        let mut list = Reader(inner.prefixed16()?);
        (outer.0.is_empty() && inner.0.is_empty()).then_some(())?;
        let mut all = Vec::new();
        while !list.0.is_empty() {
            all.push(Self::read(Reader(list.prefixed16()?))?);
        }
        (!all.is_empty()).then_some(all)
    }

    fn read(mut one: Reader<'_>) -> Option<Self> {
        (one.byte()? == V1).then_some(())?;
        let log = one.take(32)?.try_into().ok()?;
        let millis = u64::from_be_bytes(one.take(8)?.try_into().ok()?);
        let at = OffsetDateTime::from_unix_timestamp(i64::try_from(millis / 1000).ok()?).ok()?;
        one.prefixed16()?;
        // The algorithm, and the signature itself.
        one.word()?;
        one.prefixed16()?;
        one.0.is_empty().then_some(Self { log, at })
    }
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn extension(count: usize) -> Vec<u8> {
        let mut one = vec![V1];
        one.extend([7; 32]);
        one.extend(1_767_225_600_000_u64.to_be_bytes());
        one.extend([0, 0, 4, 3, 0, 2, 9, 9]);
        let entry = [&[0, one.len() as u8][..], &one].concat();
        let list = entry.repeat(count);
        let inner = [&(list.len() as u16).to_be_bytes()[..], &list].concat();
        [&[OCTETS, 0x82][..], &(inner.len() as u16).to_be_bytes(), &inner].concat()
    }

    #[test]
    fn a_list_is_read_whole_or_not_at_all() {
        let whole = extension(2);
        let all = Timestamp::list(&whole).expect("readable");
        assert_eq!(all.len(), 2);
        assert_eq!((all[0].log, all[0].at), ([7; 32], datetime!(2026-01-01 0:00 UTC)));
        assert_eq!(Timestamp::list(&extension(0)), None, "an empty list promises nothing");
        for length in 0..whole.len() {
            assert_eq!(Timestamp::list(&whole[..length]), None);
        }
        assert_eq!(Timestamp::list(&[whole, vec![0]].concat()), None);
    }
}
