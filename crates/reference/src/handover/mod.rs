//! What the product hands over to whoever tests it: the declaration and the files it names.

mod attestations;
mod declaration;
mod write;

use std::collections::BTreeMap;
use std::net::SocketAddr;

use rcgen::{KeyPair, PKCS_ECDSA_P384_SHA384};

use crate::options::StartError;
use crate::pki::{Credential, Pki};
use crate::state::Product;
pub use write::write_product;

/// Name of the file with example attestations.
pub(crate) const ATTESTATIONS: &str = "attestaties.toml";

/// Name of the file with the public keys of the product as a client.
pub(crate) const CLIENT_KEYS: &str = "client.jwks.json";

/// A key of the client, the same for everybody: it opens nothing but a sample product on this machine. The other keys
/// are new at each start; an RSA key cannot be made here.
const RSA_KEY: &str = include_str!("../../data/rsa-test.key");

/// Where whoever tests the product as a client can play the other party.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Desk {
    pub(crate) main: SocketAddr,
    /// Shows wrong certificates.
    pub(crate) second: SocketAddr,
}

impl Desk {
    /// The address of the first as a client reaches it.
    pub(crate) fn base(&self) -> String {
        format!("https://{}", self.main)
    }
}

/// The declaration, still without folder names, and its files.
#[derive(Debug)]
pub(crate) struct Handover {
    pub(crate) files: BTreeMap<String, Vec<u8>>,
    declaration: String,
}

impl Handover {
    pub(crate) fn new(
        product: &Product,
        pki: &Pki,
        jwks_listen: SocketAddr,
        desk: &Desk,
        from_folder: bool,
    ) -> Result<Self, StartError> {
        Ok(Self {
            files: files(product, pki)?,
            declaration: declaration::text(product, jwks_listen, desk, from_folder),
        })
    }

    /// The declaration with every file name below the given folder (empty, or ending in a slash).
    pub(crate) fn product_toml(&self, folder: &str) -> String {
        self.declaration.replace(declaration::FOLDER, folder)
    }
}

fn files(product: &Product, pki: &Pki) -> Result<BTreeMap<String, Vec<u8>>, StartError> {
    let mut files = BTreeMap::new();
    let mut add = |name: &str, content: &str| files.insert(name.to_owned(), content.as_bytes().to_vec());
    add("ca.pem", &pki.ca_pem);
    add("hook.token", &product.hook_token);
    add(ATTESTATIONS, &attestations::text());
    let credentials: [(&str, &Credential); 8] = [
        ("party-a", &pki.party_a),
        ("party-b", &pki.party_b),
        ("unregistered", &pki.unregistered),
        ("foreign-ca", &pki.foreign_ca),
        ("expired", &pki.expired),
        ("not-yet-valid", &pki.not_yet_valid),
        ("revoked", &pki.revoked),
        ("revocable", &pki.revocable),
    ];
    for (name, credential) in credentials {
        add(&format!("{name}.pem"), &credential.certificate);
        add(&format!("{name}.key"), &credential.key);
    }
    let keys = serde_json::json!({ "keys": [product.caller.signing.jwk(false)] });
    add(CLIENT_KEYS, &keys.to_string());
    let wrong = pki.desk.wrong.iter().map(|(name, credential)| (name.replace('_', "-"), credential));
    for (name, credential) in wrong.chain([("right".to_owned(), &pki.desk.right)]) {
        add(&format!("desk-{name}.pem"), &credential.certificate);
        add(&format!("desk-{name}.key"), &credential.key);
    }
    for name in ["party-a-signing", "party-b-signing", "unregistered-signing", "rotating-1", "rotating-2"] {
        let key = if product.variant.algorithms().contains(&"ES256") {
            KeyPair::generate()?
        } else {
            KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384)?
        };
        add(&format!("{name}.key"), &key.serialize_pem());
    }
    add("rotating-rsa.key", RSA_KEY);
    Ok(files)
}
