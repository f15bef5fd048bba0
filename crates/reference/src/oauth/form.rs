//! A form-encoded request body.

use std::collections::BTreeMap;

use crate::defects::Defects;
use crate::oauth::OauthError;

/// The fields of a form, each at most once.
#[derive(Debug, Default)]
pub(crate) struct Form(BTreeMap<String, String>);

impl Form {
    pub(crate) fn parse(body: &[u8], defects: &Defects) -> Result<Self, OauthError> {
        let mut fields = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            let again = fields.insert(name.into_owned(), value.into_owned()).is_some();
            if again && !defects.has("field-twice-accepted") {
                // The name came from outside; naming only known ones keeps the answer free of it.
                return Err(OauthError::new("invalid_request", "a parameter occurs more than once"));
            }
        }
        Ok(Self(fields))
    }

    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }
}
