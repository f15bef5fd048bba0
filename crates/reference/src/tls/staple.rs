//! Stapled OCSP answers that prove nothing: the server's own certificate is revoked, or nobody signed the answer.

use time::{Duration, OffsetDateTime};

const SEQUENCE: u8 = 0x30;
const INTEGER: u8 = 0x02;
const BIT_STRING: u8 = 0x03;
const OCTETS: u8 = 0x04;
const OBJECT: u8 = 0x06;
const ENUMERATED: u8 = 0x0A;
const TIME: u8 = 0x18;
const CONTEXT_0: u8 = 0xA0;
/// The status good: a tag without content.
const GOOD: [u8; 2] = [0x80, 0];
const CONTEXT_1: u8 = 0xA1;
const CONTEXT_2: u8 = 0xA2;
/// The basic answer, and ECDSA with SHA-256.
const BASIC: [u8; 9] = [0x2B, 6, 1, 5, 5, 7, 48, 1, 1];
const ECDSA: [u8; 8] = [0x2A, 0x86, 0x48, 0xCE, 0x3D, 4, 3, 2];

/// The answer about the certificate with this serial number, DER. Its signature is none.
pub(super) fn answer(serial: u8, revoked: bool, now: OffsetDateTime) -> Vec<u8> {
    let moment = |at: OffsetDateTime| der(TIME, &[stamp(at).as_bytes()]);
    let id = der(
        SEQUENCE,
        &[
            &der(SEQUENCE, &[&der(OBJECT, &[&[0x2B, 14, 3, 2, 26]])]),
            &der(OCTETS, &[&[1; 20]]),
            &der(OCTETS, &[&[2; 20]]),
            &der(INTEGER, &[&[serial]]),
        ],
    );
    let status = if revoked { der(CONTEXT_1, &[&moment(now - Duration::DAY)]) } else { GOOD.to_vec() };
    let next = der(CONTEXT_0, &[&moment(now + Duration::DAY)]);
    let single = der(SEQUENCE, &[&id, &status, &moment(now - Duration::HOUR), &next]);
    let responder = der(CONTEXT_2, &[&der(OCTETS, &[&[3; 20]])]);
    let data = der(SEQUENCE, &[&responder, &moment(now - Duration::HOUR), &der(SEQUENCE, &[&single])]);
    let algorithm = der(SEQUENCE, &[&der(OBJECT, &[&ECDSA])]);
    let basic = der(SEQUENCE, &[&data, &algorithm, &der(BIT_STRING, &[&[0; 65]])]);
    let bytes = der(SEQUENCE, &[&der(OBJECT, &[&BASIC]), &der(OCTETS, &[&basic])]);
    der(SEQUENCE, &[&der(ENUMERATED, &[&[0]]), &der(CONTEXT_0, &[&bytes])])
}

/// `YYYYMMDDhhmmssZ`.
fn stamp(at: OffsetDateTime) -> String {
    let at = at.to_offset(time::UtcOffset::UTC);
    let (date, time) = (at.date(), at.time());
    let (year, month, day) = (date.year(), u8::from(date.month()), date.day());
    format!("{year:04}{month:02}{day:02}{:02}{:02}{:02}Z", time.hour(), time.minute(), time.second())
}

fn der(tag: u8, parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let mut bytes = vec![tag];
    match u8::try_from(content.len()) {
        Ok(short @ 0..=0x7F) => bytes.push(short),
        Ok(long) => bytes.extend([0x81, long]),
        Err(_) => {
            bytes.push(0x82);
            bytes.extend(u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes());
        }
    }
    bytes.extend(content);
    bytes
}
