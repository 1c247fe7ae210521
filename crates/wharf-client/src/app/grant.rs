//! A token that was granted.

use std::time::Duration;

use serde_json::{Map, Value};
use wharf_model::AccessToken;

use crate::fields::Fields;

/// A token that was granted; see [Facebook Login/Access tokens].
///
/// It is not written back as JSON, so that the token does not end up in a file by accident.
#[derive(Debug, Clone, PartialEq)]
pub struct Grant {
    token: AccessToken,
    fields: Fields,
}

impl Grant {
    /// Nothing but a token makes it a grant.
    pub(super) fn read(answer: &[u8]) -> Option<Self> {
        let mut fields: Map<String, Value> = serde_json::from_slice(answer).ok()?;
        let Some(Value::String(token)) = fields.remove("access_token") else {
            return None;
        };
        Some(Self {
            token: AccessToken::new(token).ok()?,
            fields: fields.into(),
        })
    }

    /// The token.
    pub fn token(&self) -> &AccessToken {
        &self.token
    }

    /// The token, to keep.
    pub fn into_token(self) -> AccessToken {
        self.token
    }

    /// All other fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.fields
    }

    /// How it is shown: `bearer`.
    pub fn token_type(&self) -> Option<&str> {
        self.fields.text("token_type")
    }

    /// How long it holds; a token without it holds until it is taken back.
    pub fn expires_in(&self) -> Option<Duration> {
        self.fields.count("expires_in").map(Duration::from_secs)
    }
}
