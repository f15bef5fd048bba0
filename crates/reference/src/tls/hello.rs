//! The first bytes of a connection: what the client offers, and the old handshakes that defects answer. The harness reads
//! hellos with code of its own (`tls` of the probes), on purpose: one reader for both would agree with its own mistakes.

use rustls::pki_types::CertificateDer;

use super::flight::{Exchange, Flight};
use crate::defects::Defects;

/// TLS_RSA_WITH_AES_128_CBC_SHA: no forward secrecy, CBC.
const WEAK_SUITE: u16 = 0x002F;
/// TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256: CBC.
const FADING_SUITE: u16 = 0xC023;
/// TLS_DHE_RSA_WITH_AES_128_GCM_SHA256.
const PRIME_SUITE: u16 = 0x009E;
/// secp192r1.
const WEAK_CURVE: u16 = 0x0013;
const ECDSA_SHA1: u16 = 0x0203;
/// What the certificate's key signs with.
const ECDSA_SHA256: u16 = 0x0403;
/// x25519, secp256r1, secp384r1.
const CURVES: [u16; 3] = [0x001D, 0x0017, 0x0018];
/// Signalling values that are not suites: secure renegotiation, and coming back with a lower version.
const SIGNALS: [u16; 2] = [0x00FF, 0x5600];
const GROUPS: u16 = 10;
const SCHEMES: u16 = 13;
const MASTER_SECRET: u16 = 23;
const SUPPORTED_VERSIONS: u16 = 43;
const RENEGOTIATION_INFO: u16 = 0xFF01;

/// The parts of a ClientHello that decide which handshake follows.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Hello {
    highest_version: u16,
    /// A client that names its versions one by one; one of before TLS 1.3 does not.
    names_versions: bool,
    suites: Vec<u16>,
    deflate: bool,
    groups: Vec<u16>,
    schemes: Vec<u16>,
    master_secret: bool,
    renegotiation_info: bool,
}

impl Hello {
    /// Reads a ClientHello from the first TLS record, header included.
    pub(crate) fn parse(record: &[u8]) -> Option<Self> {
        let mut reader = Reader(record);
        (reader.byte()? == 22).then_some(())?;
        reader.take(4)?;
        (reader.byte()? == 1).then_some(())?;
        reader.take(3)?;
        let highest_version = reader.word()?;
        reader.take(32)?;
        let session = reader.byte()?;
        reader.take(session.into())?;
        let suites = reader.word()?;
        let suites = words(reader.take(suites.into())?);
        let methods = reader.byte()?;
        let deflate = reader.take(methods.into())?.contains(&1);
        let renegotiation_info = suites.contains(&SIGNALS[0]);
        let mut hello = Self { highest_version, suites, deflate, renegotiation_info, ..Self::default() };
        // A client of old sends no extensions, and what cannot be read of them is not there.
        let _ = hello.extensions(&mut reader);
        Some(hello)
    }

    fn extensions(&mut self, reader: &mut Reader<'_>) -> Option<()> {
        let length = reader.word()?;
        let mut extensions = Reader(reader.take(length.into())?);
        while let Some(kind) = extensions.word() {
            let length = extensions.word()?;
            let content = extensions.take(length.into())?;
            match kind {
                GROUPS => self.groups = words(content.get(2..)?),
                SCHEMES => self.schemes = words(content.get(2..)?),
                MASTER_SECRET => self.master_secret = true,
                RENEGOTIATION_INFO => self.renegotiation_info = true,
                SUPPORTED_VERSIONS => {
                    self.names_versions = true;
                    // Values of the form 0x?a?a are noise a client adds to keep servers tolerant.
                    let versions = words(content.get(1..)?);
                    let real = versions.into_iter().filter(|version| version & 0x0F0F != 0x0A0A);
                    self.highest_version = real.max().unwrap_or(self.highest_version);
                }
                _ => {}
            }
        }
        Some(())
    }

    /// The old or weak handshake a defective product goes along with, as the bytes of its first flight.
    pub(crate) fn defective_answer(
        &self,
        defects: &Defects,
        certificate: &CertificateDer<'_>,
    ) -> Option<Vec<u8>> {
        let flight = match self.highest_version {
            version @ (0x0301 | 0x0302) if defects.has("tls-1-0-accepted") => {
                Flight { version, ..self.flight(self.first()?) }
            }
            0x0303 => self.weak_answer(defects)?,
            _ => return None,
        };
        Some(flight.record(certificate))
    }

    /// The weak answers to a client of TLS 1.2. What a library would refuse is told apart from what it would do well.
    fn weak_answer(&self, defects: &Defects) -> Option<Flight> {
        let first = self.first()?;
        let good = self.good_suite();
        let curve = CURVES.into_iter().find(|curve| self.groups.contains(curve));
        let signs = self.schemes.contains(&ECDSA_SHA256);
        let fading = || Flight {
            exchange: Exchange::Curve { group: CURVES[1], scheme: ECDSA_SHA256 },
            ..self.flight(FADING_SUITE)
        };
        if defects.has("tls-compression") && self.deflate {
            return Some(Flight { compression: 1, ..self.flight(first) });
        }
        if defects.has("weak-suite") && good.is_none() && self.suites.contains(&WEAK_SUITE) {
            return Some(self.flight(WEAK_SUITE));
        }
        if defects.has("phase-out-suite") && good.is_none() && self.suites.contains(&FADING_SUITE) {
            return Some(fading());
        }
        if defects.has("client-order") && self.prefers_fading() {
            return Some(fading());
        }
        if defects.has("weak-dh") && good.is_none() && self.suites.contains(&PRIME_SUITE) {
            let exchange = Exchange::Prime { bytes: 128, scheme: 0x0401 };
            return Some(Flight { exchange, ..self.flight(PRIME_SUITE) });
        }
        if defects.has("weak-curve") && curve.is_none() && self.groups.contains(&WEAK_CURVE) {
            let exchange = Exchange::Curve { group: WEAK_CURVE, scheme: ECDSA_SHA256 };
            return Some(Flight { exchange, ..self.flight(good?) });
        }
        if defects.has("sha1-handshake") && !signs && self.schemes.contains(&ECDSA_SHA1) {
            let exchange = Exchange::Curve { group: curve?, scheme: ECDSA_SHA1 };
            return Some(Flight { exchange, ..self.flight(good?) });
        }
        let forgets_secret = defects.has("no-master-secret");
        if (forgets_secret || defects.has("no-renegotiation-info")) && !self.names_versions && signs {
            let exchange = Exchange::Curve { group: curve?, scheme: ECDSA_SHA256 };
            let sound = Flight { exchange, ..self.flight(good?) };
            return Some(if forgets_secret {
                Flight { master_secret: false, ..sound }
            } else {
                Flight { renegotiation_info: false, ..sound }
            });
        }
        None
    }

    /// A flight that is as sound as its suite.
    fn flight(&self, suite: u16) -> Flight {
        Flight {
            version: 0x0303,
            suite,
            compression: 0,
            renegotiation_info: self.renegotiation_info,
            master_secret: self.master_secret,
            exchange: Exchange::None,
        }
    }

    fn first(&self) -> Option<u16> {
        self.suites.iter().copied().find(|suite| !SIGNALS.contains(suite))
    }

    /// The best suite both know.
    fn good_suite(&self) -> Option<u16> {
        good().into_iter().find(|suite| self.suites.contains(suite))
    }

    /// Of the suites a server with CBC knows, the client puts that one first.
    fn prefers_fading(&self) -> bool {
        let good = good();
        let mut known = self.suites.iter().filter(|suite| **suite == FADING_SUITE || good.contains(suite));
        known.next() == Some(&FADING_SUITE)
    }
}

/// The suites of the sound server.
fn good() -> Vec<u16> {
    super::provider().cipher_suites.iter().map(|suite| suite.suite().into()).collect()
}

fn words(bytes: &[u8]) -> Vec<u16> {
    bytes.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]])).collect()
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
    use super::super::flight::message;
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
