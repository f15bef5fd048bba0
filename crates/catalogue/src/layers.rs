//! The layers of trust and the attacks on them, as data: what each attack breaks and what it changes in a right request.

use serde::{Deserialize, Serialize};

use crate::Text;

/// What the file says it is.
pub(crate) const FORMAT: &str = "keur/layers";

/// The layers and the attacks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Layers {
    /// From the outside in.
    pub layers: Vec<Layer>,
    /// In the order of the file.
    pub attacks: Vec<Attack>,
}

/// One layer that has to protect the data when another breaks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Layer {
    /// `transport`, `party`, ….
    pub id: String,
    /// For readers.
    pub title: Text,
}

/// One attack: a right request that is wrong in what `change` names, and in nothing else.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Attack {
    /// `revoked-certificate`, ….
    pub id: String,
    /// The layers it breaks.
    pub layers: Vec<String>,
    /// What is sent, for readers; a feature names the attack by its Dutch title.
    pub title: Text,
    /// What differs from a right request.
    pub change: Change,
}

/// The aspects of a request that attacks change. Attacks that change different aspects go together in one request.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The client certificate of the connection.
    pub certificate: Option<Certificate>,
    /// The access token of the request.
    pub token: Option<Forgery>,
    /// The proof of possession that goes with the token.
    pub proof: Option<BadProof>,
    /// The signed assertion of the token request.
    pub assertion: Option<BadAssertion>,
    /// The authorization details of the token request.
    pub details: Option<BadDetails>,
    /// Whom or what is asked for.
    pub content: Option<Content>,
}

/// Another client certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certificate {
    /// None at all.
    Absent,
    /// The same organisation, by an issuer nobody trusts.
    ForeignCa,
    /// Revoked.
    Revoked,
    /// Expired.
    Expired,
    /// Not valid yet.
    NotYetValid,
    /// Sound, and of another organisation.
    OtherParty,
}

/// Another access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Forgery {
    /// None at all.
    Absent,
    /// `alg: none`.
    AlgNone,
    /// HS256 with the public key of the issuer as its secret.
    Hs256PublicKey,
    /// One bit of the signature changed.
    FlippedSignature,
    /// Other claims under the same signature.
    AlteredClaims,
    /// Signed by a key of our own under the id of the issuer's.
    ForeignKey,
}

/// Another proof of possession.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BadProof {
    /// None at all.
    Absent,
    /// The one of the positive control, once more.
    Replayed,
    /// Sound, and by a key the token is not bound to.
    ForeignKey,
    /// The right key in its header and somebody else's signature under it.
    WrongSignature,
    /// About another address.
    OtherAddress,
    /// About another token.
    OtherToken,
}

/// Another client assertion.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BadAssertion {
    /// `alg: none`.
    AlgNone,
    /// Changed after it was signed.
    Altered,
    /// For another audience.
    OtherAudience,
    /// By another issuer.
    OtherIssuer,
    /// Expired.
    Expired,
    /// Without an identifier.
    NoIdentifier,
    /// Used before.
    Replayed,
}

/// Other authorization details.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BadDetails {
    /// Without a purpose of use.
    NoPurpose,
    /// In the name of another organisation.
    OtherOrganisation,
}

/// Something else is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Content {
    /// A patient who gave no consent.
    OtherPatient,
    /// The same patient at another organisation of the same product.
    OtherTenant,
}

impl Change {
    /// Both changes in one request; none when they are about the same aspect.
    #[must_use]
    pub fn with(self, other: Self) -> Option<Self> {
        fn one<T>(a: Option<T>, b: Option<T>) -> Option<Option<T>> {
            match (a, b) {
                (Some(_), Some(_)) => None,
                (a, b) => Some(a.or(b)),
            }
        }
        Some(Self {
            certificate: one(self.certificate, other.certificate)?,
            token: one(self.token, other.token)?,
            proof: one(self.proof, other.proof)?,
            assertion: one(self.assertion, other.assertion)?,
            details: one(self.details, other.details)?,
            content: one(self.content, other.content)?,
        })
    }

    /// Whether the token must be asked for in a wrong way.
    #[must_use]
    pub fn asks_wrongly(self) -> bool {
        self.assertion.is_some() || self.details.is_some()
    }
}

impl Layers {
    /// The attack with this Dutch title.
    #[must_use]
    pub fn attack(&self, title: &str) -> Option<&Attack> {
        self.attacks.iter().find(|attack| attack.title.nl == title)
    }

    /// What is wrong with an attack beside its shape.
    pub(crate) fn faults(&self, attack: &Attack) -> Vec<String> {
        let mut faults = Vec::new();
        if attack.layers.is_empty() {
            faults.push("name at least one layer".to_owned());
        }
        for id in &attack.layers {
            if !self.layers.iter().any(|layer| layer.id == *id) {
                let known: Vec<&str> = self.layers.iter().map(|layer| layer.id.as_str()).collect();
                faults.push(format!("unknown layer `{id}`; there are: {}", known.join(", ")));
            }
        }
        if attack.change == Change::default() {
            faults.push("`change` changes nothing".to_owned());
        }
        if attack.title.nl.trim().is_empty() || attack.title.en.trim().is_empty() {
            faults.push("a title is empty".to_owned());
        }
        faults
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, embedded::catalogue_files};

    #[test]
    fn attacks_on_different_aspects_go_together_and_others_do_not() {
        let absent = Change { certificate: Some(Certificate::Absent), ..Change::default() };
        let none = Change { token: Some(Forgery::AlgNone), ..Change::default() };
        let both = absent.with(none);
        assert_eq!(both.and_then(|both| both.certificate), Some(Certificate::Absent));
        assert_eq!(both.and_then(|both| both.token), Some(Forgery::AlgNone));
        assert_eq!(absent.with(absent), None);
    }

    #[test]
    fn every_layer_has_an_attack() {
        let layers = Catalogue::load(&catalogue_files()).expect("embedded").layers;
        for layer in &layers.layers {
            assert!(layers.attacks.iter().any(|attack| attack.layers.contains(&layer.id)), "{}", layer.id);
        }
        let stolen = layers.attacks.iter().find(|attack| attack.id == "stolen-token").expect("there");
        assert_eq!(layers.attack(&stolen.title.nl), Some(stolen));
    }

    #[test]
    fn a_wrong_file_names_the_place() {
        let text = "format = \"keur/layers\"\nversion = \"1.0\"\n[[layer]]\nid = \"a\"\ntitle = { nl = \"A\", en = \"A\" }\n\
            [[attack]]\nid = \"x\"\nlayers = [\"b\"]\ntitle = { nl = \"X\", en = \"X\" }\nchange = {}\n\
            [[attack]]\nid = \"x\"\nlayers = [\"a\"]\ntitle = { nl = \"X\", en = \"X\" }\nchange = { token = \"absent\" }\n";
        let load = |text: &str| Catalogue::load(&[("profiles/eisen/lagen.toml".to_owned(), text.to_owned())]);
        let problems = load(text).expect_err("wrong").0;
        let messages: Vec<String> =
            problems.iter().map(|one| format!("{}: {}", one.line, one.message)).collect();
        assert!(messages.iter().any(|m| m == "6: x: unknown layer `b`; there are: a"), "{messages:?}");
        assert!(messages.iter().any(|m| m == "6: x: `change` changes nothing"), "{messages:?}");
        assert!(messages.iter().any(|m| m == "11: attack `x` stands twice"), "{messages:?}");
        let unknown = text.replace("absent", "absend");
        assert_eq!(load(&unknown).expect_err("wrong").0[0].line, 15);
    }
}
