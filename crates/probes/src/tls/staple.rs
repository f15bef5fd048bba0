//! A stapled OCSP answer, as far as its meaning goes. Who signed it is not verified.

use time::{Date, Month, OffsetDateTime, Time};

use super::wire::Reader;

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const ENUMERATED: u8 = 0x0A;
const GENERALIZED_TIME: u8 = 0x18;
const CONTEXT_0: u8 = 0xA0;

/// What the answer says of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// It is good.
    Good,
    /// It is revoked.
    Revoked,
    /// The responder does not know it.
    Unknown,
}

/// The first statement in an answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Staple {
    /// What it says.
    pub status: Status,
    /// Serial number of the certificate it is about.
    pub serial: Vec<u8>,
    /// From when.
    pub this_update: OffsetDateTime,
    /// Until when.
    pub next_update: Option<OffsetDateTime>,
}

impl Staple {
    /// Reads DER; `None` when it is no successful answer.
    #[must_use]
    pub fn parse(der: &[u8]) -> Option<Self> {
        let mut response = Reader(element(&mut Reader(der), SEQUENCE)?);
        (element(&mut response, ENUMERATED)? == [0]).then_some(())?;
        let mut bytes = Reader(element(&mut Reader(element(&mut response, CONTEXT_0)?), SEQUENCE)?);
        any(&mut bytes)?;
        let mut basic = Reader(element(&mut Reader(element(&mut bytes, OCTETS)?), SEQUENCE)?);
        let mut data = Reader(element(&mut basic, SEQUENCE)?);
        // A version, then the responder by name or by key, then the moment it was made.
        while any(&mut data)?.0 != GENERALIZED_TIME {}
        let mut single = Reader(element(&mut Reader(element(&mut data, SEQUENCE)?), SEQUENCE)?);
        let mut id = Reader(element(&mut single, SEQUENCE)?);
        while id.0.first()? != &INTEGER {
            any(&mut id)?;
        }
        let serial = element(&mut id, INTEGER)?.to_vec();
        let status = match any(&mut single)?.0 & 0x1F {
            0 => Status::Good,
            1 => Status::Revoked,
            _ => Status::Unknown,
        };
        let this_update = moment(element(&mut single, GENERALIZED_TIME)?)?;
        let next = element(&mut single, CONTEXT_0);
        let next_update = next.and_then(|next| moment(element(&mut Reader(next), GENERALIZED_TIME)?));
        Some(Self { status, serial, this_update, next_update })
    }

    /// What is wrong with it as proof about the certificate with this serial number.
    #[must_use]
    pub fn fault(&self, serial: &[u8], now: OffsetDateTime) -> Option<&'static str> {
        let same = |a: &[u8], b: &[u8]| {
            a.iter().skip_while(|byte| **byte == 0).eq(b.iter().skip_while(|byte| **byte == 0))
        };
        if self.status == Status::Revoked {
            Some("het certificaat is ingetrokken")
        } else if self.status == Status::Unknown {
            Some("de CA kent het certificaat niet")
        } else if !same(&self.serial, serial) {
            Some("het gaat over een ander certificaat")
        } else if self.this_update > now || self.next_update.is_some_and(|next| next < now) {
            Some("het is verlopen of nog niet geldig")
        } else {
            None
        }
    }
}

/// The next element: its tag and content.
fn any<'a>(reader: &mut Reader<'a>) -> Option<(u8, &'a [u8])> {
    let (tag, first) = (reader.byte()?, reader.byte()?);
    let length = match first {
        0..=0x7F => usize::from(first),
        0x81..=0x83 => {
            let bytes = reader.take(usize::from(first & 0x0F))?;
            bytes.iter().fold(0, |length, byte| length << 8 | usize::from(*byte))
        }
        _ => return None,
    };
    Some((tag, reader.take(length)?))
}

/// The content of the next element, when it has this tag.
fn element<'a>(reader: &mut Reader<'a>, tag: u8) -> Option<&'a [u8]> {
    (reader.0.first() == Some(&tag)).then(|| any(reader)).flatten().map(|(_, content)| content)
}

/// `YYYYMMDDhhmmssZ`.
fn moment(text: &[u8]) -> Option<OffsetDateTime> {
    let number = |range: std::ops::Range<usize>| -> Option<u16> {
        std::str::from_utf8(text.get(range)?).ok()?.parse().ok()
    };
    let small = |range| number(range).and_then(|value| u8::try_from(value).ok());
    let month = Month::try_from(small(4..6)?).ok()?;
    let date = Date::from_calendar_date(number(0..4)?.into(), month, small(6..8)?).ok()?;
    let time = Time::from_hms(small(8..10)?, small(10..12)?, small(12..14)?).ok()?;
    Some(date.with_time(time).assume_utc())
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;

    fn der(tag: u8, content: &[u8]) -> Vec<u8> {
        let mut bytes = vec![tag];
        match content.len() {
            short @ 0..=0x7F => bytes.push(short as u8),
            long => bytes.extend([0x82, (long >> 8) as u8, long as u8]),
        }
        bytes.extend(content);
        bytes
    }

    fn response(status: &[u8], next: &str) -> Vec<u8> {
        let id = [der(SEQUENCE, &[]), der(OCTETS, &[1; 20]), der(OCTETS, &[2; 20]), der(INTEGER, &[0x64])];
        let next = der(CONTEXT_0, &der(GENERALIZED_TIME, next.as_bytes()));
        let this = der(GENERALIZED_TIME, b"20260101000000Z");
        let single =
            der(SEQUENCE, &[der(SEQUENCE, &id.concat()), status.to_vec(), this.clone(), next].concat());
        let data = der(SEQUENCE, &[der(0xA2, &der(OCTETS, &[3; 20])), this, der(SEQUENCE, &single)].concat());
        let basic = der(SEQUENCE, &[data, der(SEQUENCE, &[]), der(3, &[0])].concat());
        let bytes = der(SEQUENCE, &[der(6, &[0x2B]), der(OCTETS, &basic)].concat());
        der(SEQUENCE, &[der(ENUMERATED, &[0]), der(CONTEXT_0, &bytes)].concat())
    }

    #[test]
    fn an_answer_is_read_and_weighed() {
        let now = datetime!(2026-02-01 0:00 UTC);
        let good = Staple::parse(&response(&[0x80, 0], "20260301000000Z")).expect("readable");
        assert_eq!((good.status, good.serial.as_slice()), (Status::Good, [0x64].as_slice()));
        assert_eq!(good.fault(&[0, 0x64], now), None);
        assert!(good.fault(&[0x65], now).is_some());
        assert!(good.fault(&[0x64], datetime!(2026-03-02 0:00 UTC)).is_some());
        let revoked = response(&der(0xA1, &der(GENERALIZED_TIME, b"20251201000000Z")), "20260301000000Z");
        assert_eq!(Staple::parse(&revoked).expect("readable").status, Status::Revoked);
        assert_eq!(
            Staple::parse(&response(&[0x82, 0], "20260301000000Z")).expect("readable").status,
            Status::Unknown
        );
    }

    #[test]
    fn a_broken_answer_is_none() {
        let whole = response(&[0x80, 0], "20260301000000Z");
        for length in 0..whole.len() {
            assert_eq!(Staple::parse(&whole[..length]), None);
        }
        assert_eq!(Staple::parse(&[0x30, 3, 0x0A, 1, 3]), None);
    }
}
