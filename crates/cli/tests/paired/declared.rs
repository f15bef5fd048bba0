//! What the two runs of a notified pull are told of each other, as `product.toml`.

use std::{fmt::Display, fs, path::Path};

/// One of the two organisations.
pub struct Party {
    file: &'static str,
    client: &'static str,
    pub ura: &'static str,
}

pub const RECEIVER: Party = Party { file: "party-a", client: "keur-ontvanger", ura: "90000111" };
pub const SENDER: Party = Party { file: "party-b", client: "keur-verzender", ura: "90000222" };

/// What a run is told of the other one.
pub struct Declared<'d> {
    /// As whom it asks, and who asks it.
    pub parties: [&'d Party; 2],
    /// Where it listens.
    pub desk: &'d str,
    /// `[endpoints]` and the patients.
    pub more: String,
    /// The token endpoint of the other one.
    pub token: &'d str,
    pub trigger: &'d str,
}

impl Declared<'_> {
    pub fn write(&self, folder: &Path, product: &Path) {
        let Self { parties: [own, other], desk, more, token, trigger } = self;
        let file = |name: &dyn Display| format!("{{ file = {:?} }}", folder.join(name.to_string()));
        let text = format!(
            r#"format = "keur/product"
version = "1.0"
environment = "test"
[product]
vendor = "Keur"
name = "Keur als {client}"
version = "1"
roles = ["tegenpartij"]
[trust]
ca = [{ca}]
[oauth]
audience = "{token}"
sender_constraint = "none"
scope = "system/*.rs"
[identity.party_a]
client_id = "{own_client}"
ura = "{own_ura}"
certificate = {certificate}
key = {key}
signing_key = {signing}
[counterparty]
listen = "{desk}"
base = "https://{desk}"
certificate = {desk_certificate}
key = {desk_key}
client_id = "{client}"
client_ura = "{ura}"
client_jwks = {jwks:?}
wait_s = 600
[hooks]
trigger = "{trigger}"
[endpoints]
token_endpoint = "{token}"
{more}"#,
            ca = file(&"ca.pem"),
            own_client = own.client,
            own_ura = own.ura,
            certificate = file(&format_args!("{}.pem", own.file)),
            key = file(&format_args!("{}.key", own.file)),
            signing = file(&format_args!("{}-signing.key", own.file)),
            desk_certificate = file(&"desk-right.pem"),
            desk_key = file(&"desk-right.key"),
            client = other.client,
            ura = other.ura,
            jwks = folder.join(format!("{}.jwks.json", other.file)),
        );
        fs::write(product, text).unwrap();
    }
}
