//! Cipher suites by the reason they are strong or weak (IANA TLS parameters).

use super::ncsc::{self, Kind};

/// A suite's number and its IANA name without the prefix `TLS_`.
pub type Suite = (u16, &'static str);

/// Signals support of secure renegotiation (RFC 5746); not a suite.
pub const RENEGOTIATION_INFO: u16 = 0x00FF;

/// Ephemeral keys and authenticated encryption, TLS 1.2.
pub const STRONG: &[Suite] = &[
    (0xC02B, "ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"),
    (0xC02C, "ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"),
    (0xC02F, "ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0xC030, "ECDHE_RSA_WITH_AES_256_GCM_SHA384"),
    (0xCCA9, "ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0xCCA8, "ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"),
    (0x009E, "DHE_RSA_WITH_AES_128_GCM_SHA256"),
    (0x009F, "DHE_RSA_WITH_AES_256_GCM_SHA384"),
];

/// The key exchange has no forward secrecy.
const STATIC_RSA: &[Suite] = &[
    (0x002F, "RSA_WITH_AES_128_CBC_SHA"),
    (0x0035, "RSA_WITH_AES_256_CBC_SHA"),
    (0x003C, "RSA_WITH_AES_128_CBC_SHA256"),
    (0x003D, "RSA_WITH_AES_256_CBC_SHA256"),
    (0x009C, "RSA_WITH_AES_128_GCM_SHA256"),
    (0x009D, "RSA_WITH_AES_256_GCM_SHA384"),
    (0xC09C, "RSA_WITH_AES_128_CCM"),
    (0xC09D, "RSA_WITH_AES_256_CCM"),
    (0x0041, "RSA_WITH_CAMELLIA_128_CBC_SHA"),
    (0x0084, "RSA_WITH_CAMELLIA_256_CBC_SHA"),
    (0x0096, "RSA_WITH_SEED_CBC_SHA"),
];

/// Encryption without authentication in the same step.
const CBC: &[Suite] = &[
    (0xC009, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA"),
    (0xC00A, "ECDHE_ECDSA_WITH_AES_256_CBC_SHA"),
    (0xC013, "ECDHE_RSA_WITH_AES_128_CBC_SHA"),
    (0xC014, "ECDHE_RSA_WITH_AES_256_CBC_SHA"),
    (0xC023, "ECDHE_ECDSA_WITH_AES_128_CBC_SHA256"),
    (0xC024, "ECDHE_ECDSA_WITH_AES_256_CBC_SHA384"),
    (0xC027, "ECDHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0xC028, "ECDHE_RSA_WITH_AES_256_CBC_SHA384"),
    (0x0033, "DHE_RSA_WITH_AES_128_CBC_SHA"),
    (0x0039, "DHE_RSA_WITH_AES_256_CBC_SHA"),
    (0x0067, "DHE_RSA_WITH_AES_128_CBC_SHA256"),
    (0x006B, "DHE_RSA_WITH_AES_256_CBC_SHA256"),
    (0x0032, "DHE_DSS_WITH_AES_128_CBC_SHA"),
    (0x0038, "DHE_DSS_WITH_AES_256_CBC_SHA"),
];

const TRIPLE_DES: &[Suite] = &[
    (0x000A, "RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0013, "DHE_DSS_WITH_3DES_EDE_CBC_SHA"),
    (0x0016, "DHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0xC008, "ECDHE_ECDSA_WITH_3DES_EDE_CBC_SHA"),
    (0xC012, "ECDHE_RSA_WITH_3DES_EDE_CBC_SHA"),
    (0x0009, "RSA_WITH_DES_CBC_SHA"),
    (0x0015, "DHE_RSA_WITH_DES_CBC_SHA"),
];

const RC4: &[Suite] = &[
    (0x0004, "RSA_WITH_RC4_128_MD5"),
    (0x0005, "RSA_WITH_RC4_128_SHA"),
    (0xC007, "ECDHE_ECDSA_WITH_RC4_128_SHA"),
    (0xC011, "ECDHE_RSA_WITH_RC4_128_SHA"),
];

const NULL: &[Suite] = &[
    (0x0001, "RSA_WITH_NULL_MD5"),
    (0x0002, "RSA_WITH_NULL_SHA"),
    (0x003B, "RSA_WITH_NULL_SHA256"),
    (0xC006, "ECDHE_ECDSA_WITH_NULL_SHA"),
    (0xC010, "ECDHE_RSA_WITH_NULL_SHA"),
];

/// The server shows no certificate.
const ANONYMOUS: &[Suite] = &[
    (0x0018, "DH_anon_WITH_RC4_128_MD5"),
    (0x001B, "DH_anon_WITH_3DES_EDE_CBC_SHA"),
    (0x0034, "DH_anon_WITH_AES_128_CBC_SHA"),
    (0x003A, "DH_anon_WITH_AES_256_CBC_SHA"),
    (0x006C, "DH_anon_WITH_AES_128_CBC_SHA256"),
    (0x006D, "DH_anon_WITH_AES_256_CBC_SHA256"),
    (0x00A6, "DH_anon_WITH_AES_128_GCM_SHA256"),
    (0x00A7, "DH_anon_WITH_AES_256_GCM_SHA384"),
    (0xC015, "ECDH_anon_WITH_NULL_SHA"),
    (0xC016, "ECDH_anon_WITH_RC4_128_SHA"),
    (0xC017, "ECDH_anon_WITH_3DES_EDE_CBC_SHA"),
    (0xC018, "ECDH_anon_WITH_AES_128_CBC_SHA"),
    (0xC019, "ECDH_anon_WITH_AES_256_CBC_SHA"),
];

const EXPORT: &[Suite] = &[
    (0x0003, "RSA_EXPORT_WITH_RC4_40_MD5"),
    (0x0006, "RSA_EXPORT_WITH_RC2_CBC_40_MD5"),
    (0x0008, "RSA_EXPORT_WITH_DES40_CBC_SHA"),
    (0x0011, "DHE_DSS_EXPORT_WITH_DES40_CBC_SHA"),
    (0x0014, "DHE_RSA_EXPORT_WITH_DES40_CBC_SHA"),
    (0x0017, "DH_anon_EXPORT_WITH_RC4_40_MD5"),
    (0x0019, "DH_anon_EXPORT_WITH_DES40_CBC_SHA"),
];

/// The families of weak suites by their name in the features.
const FAMILIES: &[(&str, &[Suite])] = &[
    ("vaste RSA", STATIC_RSA),
    ("CBC", CBC),
    ("3DES", TRIPLE_DES),
    ("RC4", RC4),
    ("NULL", NULL),
    ("anoniem", ANONYMOUS),
    ("export", EXPORT),
];

/// The numbers of a family of weak suites.
#[must_use]
pub fn weak(family: &str) -> Option<Vec<u16>> {
    let (_, suites) = FAMILIES.iter().find(|(name, _)| *name == family)?;
    Some(suites.iter().map(|(id, _)| *id).collect())
}

/// The numbers of the strong suites.
#[must_use]
pub fn strong() -> Vec<u16> {
    STRONG.iter().map(|(id, _)| *id).collect()
}

/// Suites that exist in SSL 3.0, TLS 1.0 and TLS 1.1.
#[must_use]
pub fn old() -> Vec<u16> {
    let families = [CBC, STATIC_RSA, TRIPLE_DES, RC4].concat();
    // GCM, CCM and SHA-2 came with TLS 1.2.
    let early = |name: &str| !["GCM", "CCM", "SHA256", "SHA384"].iter().any(|modern| name.contains(modern));
    families.into_iter().filter(|(_, name)| early(name)).map(|(id, _)| id).collect()
}

/// The IANA name, or the number when it is not in the table.
#[must_use]
pub fn name(id: u16) -> String {
    ncsc::row(Kind::Suite, id).map_or_else(|| format!("suite 0x{id:04X}"), |row| row.name.to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_suite_is_in_two_tables() {
        let all: Vec<u16> =
            FAMILIES.iter().flat_map(|(_, suites)| suites.iter()).chain(STRONG).map(|(id, _)| *id).collect();
        assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
    }

    #[test]
    fn every_suite_of_a_family_has_its_iana_name() {
        for (id, own) in FAMILIES.iter().flat_map(|(_, suites)| suites.iter()).chain(STRONG) {
            assert_eq!(name(*id), format!("TLS_{own}"));
        }
    }

    #[test]
    fn names_and_families() {
        assert_eq!(name(0x002F), "TLS_RSA_WITH_AES_128_CBC_SHA");
        assert_eq!(name(0xFEFE), "suite 0xFEFE");
        assert!(weak("RC4").is_some_and(|suites| suites.contains(&0x0005)));
        assert_eq!(weak("rc4"), None);
        assert!(old().contains(&0xC009) && !old().contains(&0xC023) && !old().contains(&0x009C));
    }
}
