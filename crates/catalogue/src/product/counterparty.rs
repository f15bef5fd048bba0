//! Reads `[counterparty]`: where keur plays the other party, and what it must know of the product as a client.

use super::{
    Secret,
    identity::{is_address, secret, ura},
    parse::url,
};
use crate::reader::{Reader, Section};

/// How long keur waits for a product that has to do something, unless declared otherwise, in seconds.
const WAIT_S: u64 = 60;
/// The wrong certificates keur can show.
const HOSTILE: [&str; 3] = ["expired", "foreign_ca", "foreign_name"];

/// Where keur plays the other party.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counterparty {
    /// The address every case has a place at.
    pub desk: Desk,
    /// The address that shows wrong certificates.
    pub hostile: Option<Desk>,
    /// Those certificates: the key in product.toml, the PEM chain and its key.
    pub wrong: Vec<(&'static str, Secret, Secret)>,
    /// The PEM chain keur shows.
    pub certificate: Secret,
    /// The PKCS#8 PEM of its key.
    pub key: Secret,
    /// As which client the product asks for tokens.
    pub client_id: Option<String>,
    /// The organisation in the product's client certificate.
    pub client_ura: Option<String>,
    /// The file with the product's public keys as a client, a JWK Set.
    pub client_jwks: Option<String>,
    /// How long keur waits for the product, in seconds.
    pub wait_s: u64,
}

/// One address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Desk {
    /// Where keur listens, `host:port`.
    pub listen: String,
    /// How the product reaches it.
    pub base: String,
}

/// `[counterparty]`.
pub(super) fn counterparty(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Counterparty> {
    let section = reader.section(root, "counterparty")?;
    let keys = [
        "listen",
        "base",
        "certificate",
        "key",
        "hostile_listen",
        "hostile_base",
        "hostile",
        "client_id",
        "client_ura",
        "client_jwks",
        "wait_s",
    ];
    reader.only_keys(&section, &keys);
    for key in ["listen", "base", "certificate", "key"] {
        if !section.has(key) {
            reader.missing(&section, key);
        }
    }
    if section.has("hostile_listen") != section.has("hostile_base") {
        let help = "keur luistert op `hostile_listen`; het product bereikt dat via `hostile_base`";
        reader.problem(&section.span(), "`hostile_listen` en `hostile_base` horen bij elkaar", Some(help));
    }
    let main = desk(reader, &section, "listen", "base");
    let hostile = desk(reader, &section, "hostile_listen", "hostile_base");
    let wrong = wrong(reader, &section);
    let wait_s = reader.count(&section, "wait_s").unwrap_or(WAIT_S);
    if !(1..=3600).contains(&wait_s) {
        reader.problem(
            &section.span(),
            "`wait_s` in [counterparty] is niet bruikbaar",
            Some("kies een aantal seconden van 1 tot en met 3600"),
        );
    }
    Some(Counterparty {
        certificate: secret(reader, &section, "certificate")?,
        key: secret(reader, &section, "key")?,
        desk: main?,
        hostile,
        wrong,
        client_id: reader.text(&section, "client_id").map(|found| found.text),
        client_ura: ura(reader, &section, "client_ura"),
        client_jwks: reader.text(&section, "client_jwks").map(|found| found.text),
        wait_s,
    })
}

fn desk(reader: &mut Reader<'_>, section: &Section<'_>, listen: &str, base: &str) -> Option<Desk> {
    let found = reader.text(section, listen)?;
    if !is_address(&found.text) {
        let help = "schrijf een adres en poort als \"0.0.0.0:8443\"";
        reader.problem(&found.span, format!("`{listen}` is geen adres"), Some(help));
    }
    let base_url = url(reader, section, base)?;
    if !base_url.starts_with("https://") {
        let help = "keur speelt de andere partij alleen via https";
        reader.problem(&section.span(), format!("`{base}` begint niet met https"), Some(help));
    }
    Some(Desk { listen: found.text, base: base_url })
}

fn wrong(reader: &mut Reader<'_>, parent: &Section<'_>) -> Vec<(&'static str, Secret, Secret)> {
    let Some(section) = reader.section(parent, "hostile") else { return Vec::new() };
    reader.only_keys(&section, &HOSTILE);
    let mut found = Vec::new();
    for kind in HOSTILE {
        let Some(table) = reader.section(&section, kind) else { continue };
        reader.only_keys(&table, &["certificate", "key"]);
        for key in ["certificate", "key"] {
            if !table.has(key) {
                reader.missing(&table, key);
            }
        }
        let pair = (secret(reader, &table, "certificate"), secret(reader, &table, "key"));
        if let (Some(certificate), Some(key)) = pair {
            found.push((kind, certificate, key));
        }
    }
    found
}
