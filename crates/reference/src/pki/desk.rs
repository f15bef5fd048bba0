//! Certificates for whoever plays the other party towards the product as a client, and the product's own as a client.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rcgen::{Error, ExtendedKeyUsagePurpose, KeyPair, SanType};
use time::{Duration, OffsetDateTime};

use super::{Ca, Credential, URA_PARTY_A, URA_SOURCE, leaf, party, subject, uzi_name};

/// The certificates.
#[derive(Debug)]
pub(crate) struct DeskPki {
    /// What the product shows as a client.
    pub(crate) client: Credential,
    /// What the other party shows.
    pub(crate) right: Credential,
    /// Wrong ones, by the key in `product.toml`.
    pub(crate) wrong: [(&'static str, Credential); 3],
}

impl DeskPki {
    pub(super) fn generate(ca: &Ca, foreign: &Ca, now: OffsetDateTime) -> Result<Self, Error> {
        let day = Duration::DAY;
        let current = (now - day, now + 365 * day);
        let over = (now - 60 * day, now - day);
        Ok(Self {
            client: party(ca, 110, "99999998", URA_SOURCE, current)?,
            right: server(ca, 111, current, "localhost", true)?,
            wrong: [
                ("expired", server(ca, 112, over, "localhost", true)?),
                ("foreign_ca", server(foreign, 111, current, "localhost", true)?),
                ("foreign_name", server(ca, 113, current, "elders.example", false)?),
            ],
        })
    }
}

fn server(
    ca: &Ca,
    serial: u64,
    validity: (OffsetDateTime, OffsetDateTime),
    name: &str,
    here: bool,
) -> Result<Credential, Error> {
    let mut params = leaf(serial, validity, vec![name.to_owned()])?;
    params.distinguished_name = subject(name, Some(URA_PARTY_A));
    if here {
        let addresses = [IpAddr::V4(Ipv4Addr::LOCALHOST), IpAddr::V6(Ipv6Addr::LOCALHOST)];
        params.subject_alt_names.extend(addresses.map(SanType::IpAddress));
    }
    params.subject_alt_names.push(uzi_name("11111112", URA_PARTY_A));
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    let key = KeyPair::generate()?;
    let certificate = params.signed_by(&key, ca)?;
    Ok(Credential { certificate: certificate.pem(), key: key.serialize_pem() })
}
