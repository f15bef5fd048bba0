//! OAuth profiles as data: where the profiles of the field contradict each other, what each demands.

use serde::{Deserialize, Serialize};

use crate::Text;

/// What the file says it is.
pub(crate) const FORMAT: &str = "keur/oauth";
/// The profile of a variant that names none.
pub const DEFAULT: &str = "gisa";

/// One OAuth profile. The default says nothing beyond what every profile has in common.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OAuthProfile {
    /// `fapi2`, ….
    pub id: String,
    /// For readers.
    pub title: Text,
    /// The documents it is taken from.
    pub source: String,
    /// A token that is bound to no key and no certificate may not be issued.
    pub sender_constrained: bool,
    /// Longest life of an access token, when the profile sets one.
    #[serde(default)]
    pub token_lifetime_max_s: Option<i64>,
    /// Claims of an access token in the form of a JWT.
    #[serde(default)]
    pub token_claims: Vec<String>,
    /// Signing algorithms of a client assertion.
    #[serde(default)]
    pub algorithm: Demand,
    /// Audience of a client assertion: `token-endpoint`, `issuer`, `list` (both in an array).
    #[serde(default)]
    pub audience: Demand,
    /// Times of a client assertion: `ahead` (iat and nbf a little in the future), `far-ahead`, `long-lived`.
    #[serde(default)]
    pub times: Demand,
}

/// What must be accepted and what must be refused; about the rest the profile is silent.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demand {
    /// Must be accepted.
    #[serde(default)]
    pub accept: Vec<String>,
    /// Must be refused.
    #[serde(default)]
    pub refuse: Vec<String>,
}

impl Demand {
    /// Whether this must be accepted (`true`) or refused (`false`), if the profile says so.
    #[must_use]
    pub fn of(&self, value: &str) -> Option<bool> {
        let among = |all: &[String]| all.iter().any(|one| one == value);
        if among(&self.accept) { Some(true) } else { among(&self.refuse).then_some(false) }
    }

    fn contradicts_itself(&self) -> bool {
        self.accept.iter().any(|one| self.refuse.contains(one))
    }
}

impl OAuthProfile {
    /// What is wrong with it.
    pub(crate) fn fault(&self) -> Option<&'static str> {
        let demands = [&self.algorithm, &self.audience, &self.times];
        if demands.into_iter().any(Demand::contradicts_itself) {
            return Some("something is both accepted and refused");
        }
        (self.token_lifetime_max_s.is_some_and(|seconds| seconds <= 0)).then_some("a lifetime is positive")
    }
}

impl Default for OAuthProfile {
    fn default() -> Self {
        Self {
            id: DEFAULT.to_owned(),
            title: Text { nl: DEFAULT.to_owned(), en: DEFAULT.to_owned() },
            source: String::new(),
            sender_constrained: true,
            token_lifetime_max_s: None,
            token_claims: Vec::new(),
            algorithm: Demand::default(),
            audience: Demand::default(),
            times: Demand::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Catalogue, Profile, embedded};

    fn load(text: &str) -> Result<Catalogue, crate::Problems> {
        Catalogue::load(&[("profiles/eisen/oauth-profielen.toml".to_owned(), text.to_owned())])
    }

    #[test]
    fn a_demand_accepts_refuses_or_is_silent() {
        let demand = Demand { accept: vec!["ES256".to_owned()], refuse: vec!["RS256".to_owned()] };
        assert_eq!(
            ["ES256", "RS256", "PS256"].map(|value| demand.of(value)),
            [Some(true), Some(false), None]
        );
    }

    #[test]
    fn a_profile_that_contradicts_itself_stands_twice_or_has_an_unknown_key_is_a_problem() {
        let head = "format = \"keur/oauth\"\nversion = \"1.0\"\n";
        let one = "[[profile]]\nid = \"x\"\ntitle = { nl = \"x\", en = \"x\" }\nsource = \"y\"\nsender_constrained = true\n";
        assert!(load(&format!("{head}{one}")).is_ok());
        assert!(load(&format!("{head}{one}{one}")).is_err());
        assert!(
            load(&format!("{head}{one}audience = {{ accept = [\"list\"], refuse = [\"list\"] }}\n")).is_err()
        );
        assert!(load(&format!("{head}{one}skew = 3\n")).is_err());
    }

    #[test]
    fn a_variant_names_a_profile_that_is_there() {
        let catalogue = Catalogue::load(&embedded::catalogue_files()).expect("a sound catalogue");
        let files = embedded::profile_files();
        let (path, text) =
            files.iter().find(|(path, _)| path.ends_with("/nen7512.toml")).expect("the profile");
        let profile = Profile::parse(path, text, &catalogue).expect("a sound profile");
        assert_eq!(catalogue.oauth_of(&profile, "fapi2").id, "fapi2");
        assert_eq!(catalogue.oauth_of(&profile, &profile.default_variant).id, DEFAULT);
        let wrong = text.replace("oauth = \"fapi2\"", "oauth = \"fapi9\"");
        assert!(Profile::parse(path, &wrong, &catalogue).is_err());
    }
}
