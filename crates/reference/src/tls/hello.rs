//! The first bytes of a connection: what the client offers, and the old handshakes that defects answer.

use rustls::pki_types::CertificateDer;

use crate::defects::Defects;

/// TLS_RSA_WITH_AES_128_CBC_SHA: no forward secrecy, CBC.
const WEAK_SUITE: u16 = 0x002F;
/// Signalling values that are not suites.
const SIGNALS: [u16; 2] = [0x00FF, 0x5600];
const SUPPORTED_VERSIONS: u16 = 43;

/// The parts of a ClientHello that decide which handshake follows.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Hello {
    highest_version: u16,
    suites: Vec<u16>,
    deflate: bool,
}

impl Hello {
    /// Reads a ClientHello from the first TLS record, header included.
    pub(crate) fn parse(record: &[u8]) -> Option<Self> {
        let mut reader = Reader(record);
        (reader.byte()? == 22).then_some(())?;
        reader.take(4)?;
        (reader.byte()? == 1).then_some(())?;
        reader.take(3)?;
        let legacy_version = reader.word()?;
        reader.take(32)?;
        let session = reader.byte()?;
        reader.take(session.into())?;
        let suites = reader.word()?;
        let suites = words(reader.take(suites.into())?);
        let methods = reader.byte()?;
        let deflate = reader.take(methods.into())?.contains(&1);
        let highest_version = supported_versions(&mut reader).unwrap_or(legacy_version);
        Some(Self { highest_version, suites, deflate })
    }

    /// The old or weak handshake a defective product goes along with, as the bytes of its first flight.
    pub(crate) fn defective_answer(
        &self,
        defects: &Defects,
        certificate: &CertificateDer<'_>,
    ) -> Option<Vec<u8>> {
        let real = |suite: &&u16| !SIGNALS.contains(suite);
        let first = *self.suites.iter().find(real)?;
        let (version, suite, compression) = match self.highest_version {
            version @ (0x0301 | 0x0302) if defects.has("tls-1-0-accepted") => (version, first, 0),
            0x0303 if defects.has("tls-compression") && self.deflate => (0x0303, first, 1),
            0x0303 if defects.has("weak-suite") && self.only_weak() => (0x0303, WEAK_SUITE, 0),
            _ => return None,
        };
        Some(first_flight(version, suite, compression, certificate))
    }

    fn only_weak(&self) -> bool {
        let good = super::provider();
        let offers = |suite: u16| self.suites.contains(&suite);
        offers(WEAK_SUITE) && !good.cipher_suites.iter().any(|suite| offers(suite.suite().into()))
    }
}

/// The highest real version in the supported_versions extension, if the client sent one.
fn supported_versions(reader: &mut Reader<'_>) -> Option<u16> {
    let length = reader.word()?;
    let mut extensions = Reader(reader.take(length.into())?);
    while let Some(kind) = extensions.word() {
        let length = extensions.word()?;
        let content = extensions.take(length.into())?;
        if kind == SUPPORTED_VERSIONS {
            // Values of the form 0x?a?a are noise a client adds to keep servers tolerant.
            let versions = words(content.get(1..)?);
            return versions.into_iter().filter(|version| version & 0x0F0F != 0x0A0A).max();
        }
    }
    None
}

fn words(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
}

/// ServerHello, Certificate and ServerHelloDone in one record.
fn first_flight(version: u16, suite: u16, compression: u8, certificate: &CertificateDer<'_>) -> Vec<u8> {
    let mut hello = version.to_be_bytes().to_vec();
    hello.extend_from_slice(&random());
    hello.push(0);
    hello.extend_from_slice(&suite.to_be_bytes());
    hello.push(compression);

    let mut chain = length24(certificate.len() + 3);
    chain.extend(length24(certificate.len()));
    chain.extend_from_slice(certificate);

    let mut messages = message(2, &hello);
    messages.extend(message(11, &chain));
    messages.extend(message(14, &[]));

    let mut record = vec![22];
    record.extend_from_slice(&version.to_be_bytes());
    record.extend(length24(messages.len()).split_off(1));
    record.extend(messages);
    record
}

fn message(kind: u8, body: &[u8]) -> Vec<u8> {
    let mut message = vec![kind];
    message.extend(length24(body.len()));
    message.extend_from_slice(body);
    message
}

fn length24(length: usize) -> Vec<u8> {
    u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes()[1..].to_vec()
}

fn random() -> [u8; 32] {
    crate::random::bytes()
}

/// A cursor that never runs past the end.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(count)?;
        self.0 = tail;
        Some(head)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take(1).map(|bytes| bytes[0])
    }

    fn word(&mut self) -> Option<u16> {
        self.take(2).map(|bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(version: u16, suites: &[u16], methods: &[u8]) -> Vec<u8> {
        let mut hello = version.to_be_bytes().to_vec();
        hello.extend([7; 32]);
        hello.push(0);
        let bytes: Vec<u8> = suites.iter().flat_map(|suite| suite.to_be_bytes()).collect();
        hello.extend(u16::try_from(bytes.len()).unwrap_or(0).to_be_bytes());
        hello.extend(bytes);
        hello.push(u8::try_from(methods.len()).unwrap_or(0));
        hello.extend_from_slice(methods);
        let message = message(1, &hello);
        let mut record = vec![22, 3, 1];
        record.extend(u16::try_from(message.len()).unwrap_or(0).to_be_bytes());
        record.extend(message);
        record
    }

    fn defects(name: &str) -> Defects {
        Defects::new([name.to_owned()]).expect("known")
    }

    #[test]
    fn only_the_defect_answers_an_old_hello() {
        let hello = Hello::parse(&record(0x0301, &[0x00FF, 0x002F], &[0])).expect("parses");
        let certificate = CertificateDer::from(vec![1, 2, 3]);
        assert_eq!(hello.defective_answer(&Defects::default(), &certificate), None);
        assert_eq!(hello.defective_answer(&defects("weak-suite"), &certificate), None);
        let answer = hello.defective_answer(&defects("tls-1-0-accepted"), &certificate).expect("answers");
        assert_eq!(&answer[..3], [22, 3, 1]);
        assert_eq!(answer.len(), 5 + usize::from(u16::from_be_bytes([answer[3], answer[4]])));
        assert_eq!(&answer[5 + 4 + 2 + 32..][..4], [0, 0x00, 0x2F, 0]);
    }

    #[test]
    fn a_weak_suite_is_chosen_only_when_nothing_better_is_offered() {
        let certificate = CertificateDer::from(vec![1, 2, 3]);
        let weak = Hello::parse(&record(0x0303, &[0x000A, 0x002F], &[0])).expect("parses");
        let mixed = Hello::parse(&record(0x0303, &[0x002F, 0xC02B], &[0])).expect("parses");
        assert!(weak.defective_answer(&defects("weak-suite"), &certificate).is_some());
        assert_eq!(mixed.defective_answer(&defects("weak-suite"), &certificate), None);
    }

    #[test]
    fn broken_hellos_are_not_understood() {
        let whole = record(0x0303, &[0x002F], &[1, 0]);
        assert!(Hello::parse(&whole).is_some_and(|hello| hello.deflate));
        for length in 0..whole.len() {
            assert_eq!(Hello::parse(&whole[..length]), None);
        }
    }
}
