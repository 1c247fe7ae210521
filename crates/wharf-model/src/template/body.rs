//! The body, the footer and the offer of a template.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::example::Examples;
use super::fields::{Fields, put_some, take, take_number};

/// The body of a template: a text of at most 1024 characters with any number of variables.
///
/// See [Cloud API/Template components]; of an authentication template Meta writes the text itself,
/// see [Cloud API/Authentication templates].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body {
    /// The text, with `{{…}}` for the variables.
    pub text: Option<String>,
    /// Sample values of the variables.
    pub examples: Option<Examples>,
    /// Adds "do not share this code" (authentication only).
    pub add_security_recommendation: Option<bool>,
    /// Whatever else Meta said, as it came.
    pub other: Map<String, Value>,
}

/// The footer of a template: at most 60 characters without variables.
///
/// See [Cloud API/Template components].
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Footer {
    /// The text.
    pub text: Option<String>,
    /// Says after how many minutes the code expires, 1 to 90 (authentication only).
    pub code_expiration_minutes: Option<u32>,
    /// Whatever else Meta said, as it came.
    pub other: Map<String, Value>,
}

/// The heading of a limited-time offer.
///
/// See [Cloud API/Limited-time offer templates].
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "Fields", into = "Fields")]
pub struct LimitedTimeOffer {
    /// At most 16 characters.
    pub text: Option<String>,
    /// Shows how long the offer still holds; the time comes with the message.
    pub has_expiration: Option<bool>,
    /// Whatever else Meta said, as it came.
    pub other: Map<String, Value>,
}

impl Body {
    /// A text without variables.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }

    /// A text with variables and their sample values.
    pub fn text_with(text: impl Into<String>, examples: Examples) -> Self {
        Self {
            examples: Some(examples),
            ..Self::text(text)
        }
    }

    pub(super) fn read(mut map: Fields) -> Self {
        Self {
            examples: Examples::take_body(&mut map),
            text: take(&mut map, "text"),
            add_security_recommendation: take(&mut map, "add_security_recommendation"),
            other: map,
        }
    }

    pub(super) fn write(self) -> Fields {
        let mut map = self.other;
        put_some(&mut map, "text", self.text);
        let security = self.add_security_recommendation;
        put_some(&mut map, "add_security_recommendation", security);
        if let Some(examples) = self.examples {
            examples.put_body(&mut map);
        }
        map
    }
}

impl Footer {
    /// A text of 1 to 60 characters.
    pub fn text(text: impl Into<String>) -> Self {
        Self {
            text: Some(text.into()),
            ..Self::default()
        }
    }

    pub(super) fn read(mut map: Fields) -> Self {
        Self {
            text: take(&mut map, "text"),
            code_expiration_minutes: take_number(&mut map, "code_expiration_minutes"),
            other: map,
        }
    }

    pub(super) fn write(self) -> Fields {
        let mut map = self.other;
        put_some(&mut map, "text", self.text);
        let minutes = self.code_expiration_minutes;
        put_some(&mut map, "code_expiration_minutes", minutes);
        map
    }
}

impl LimitedTimeOffer {
    /// A heading of at most 16 characters, with or without the time that is left.
    pub fn new(text: impl Into<String>, has_expiration: bool) -> Self {
        Self {
            text: Some(text.into()),
            has_expiration: Some(has_expiration),
            ..Self::default()
        }
    }
}

impl From<Fields> for LimitedTimeOffer {
    fn from(mut map: Fields) -> Self {
        Self {
            text: take(&mut map, "text"),
            has_expiration: take(&mut map, "has_expiration"),
            other: map,
        }
    }
}

impl From<LimitedTimeOffer> for Fields {
    fn from(offer: LimitedTimeOffer) -> Fields {
        let mut map = offer.other;
        put_some(&mut map, "text", offer.text);
        put_some(&mut map, "has_expiration", offer.has_expiration);
        map
    }
}
