//! Ids as newtypes, so that one cannot stand where another is meant.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer, Visitor};
use serde::ser::{Serialize, Serializer};

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidId {
    /// The text has no characters.
    #[error("id is empty")]
    Empty,
    /// The text has more characters than any id of this kind.
    #[error("id has more than {limit} characters")]
    TooLong {
        /// The most characters that an id of this kind may have.
        limit: usize,
    },
    /// The text holds a control character, such as a line break.
    #[error("id holds a control character")]
    ControlCharacter,
}

pub(crate) fn check(text: &str, limit: usize) -> Result<(), InvalidId> {
    if text.is_empty() {
        return Err(InvalidId::Empty);
    }
    if text.len() > limit && text.chars().count() > limit {
        return Err(InvalidId::TooLong { limit });
    }
    if text.chars().any(char::is_control) {
        return Err(InvalidId::ControlCharacter);
    }
    Ok(())
}

struct IdVisitor;

impl Visitor<'_> for IdVisitor {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an id as text or as a whole number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_string<E: de::Error>(self, text: String) -> Result<String, E> {
        Ok(text)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])+ $name:ident <= $limit:literal;)+) => {$(
        $(#[$doc])+
        ///
        /// Opaque text: not empty, of bounded length, without control characters.
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// The most characters that such an id may have.
            pub const MAX_LENGTH: usize = $limit;

            /// The id as text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                check(&text, $limit)?;
                Ok(Self(text))
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                Self::try_from(text.to_owned())
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> String {
                id.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = deserializer.deserialize_any(IdVisitor)?;
                Self::try_from(text).map_err(de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// A business phone number's id: the address of Meta's sending identity.
    PhoneNumberId <= 128;
    /// A WhatsApp Business Account.
    WabaId <= 128;
    /// A business portfolio, owner of WABAs.
    BusinessId <= 128;
    /// A Meta app.
    AppId <= 128;
    /// An uploaded or received media file.
    MediaId <= 256;
    /// Meta's id of a message (`wamid.…`), case-sensitive and of variable length.
    Wamid <= 1024;
    /// A call (`wacid.…`).
    CallId <= 1024;
    /// A user's WhatsApp id: as a rule the digits of the phone number.
    WaId <= 256;
    /// A business-scoped user id (`US.1349…`) or a parent one (`US.ENT.…`).
    Bsuid <= 256;
    /// A group.
    GroupId <= 512;
    /// A template, in one language.
    TemplateId <= 128;
    /// A group of templates that are measured together.
    TemplateGroupId <= 128;
    /// A flow.
    FlowId <= 128;
    /// An in-app signup: a link by which users agree to marketing messages.
    SignupId <= 128;
    /// A solution that several partners share.
    SolutionId <= 128;
    /// An advertising account.
    AdAccountId <= 128;
    /// Whatever a warning is about: a portfolio, a number.
    EntityId <= 128;
    /// A catalogue of products.
    CatalogId <= 128;
    /// A product, by the id that the business gave it in the catalogue.
    ProductRetailerId <= 512;
    /// Whom a message status names as recipient: a `wa_id`, or the id of a group.
    RecipientId <= 512;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_numbers_are_read_and_text_is_written() {
        let from_text: MediaId = serde_json::from_str("\"42\"").unwrap();
        let from_number: MediaId = serde_json::from_str("42").unwrap();
        assert_eq!(from_text, from_number);
        assert_eq!(serde_json::to_string(&from_number).unwrap(), "\"42\"");
    }

    #[test]
    fn what_is_no_id_is_refused() {
        assert_eq!("".parse::<Wamid>(), Err(InvalidId::Empty));
        assert_eq!("a\nb".parse::<Wamid>(), Err(InvalidId::ControlCharacter));
        let long = "é".repeat(AppId::MAX_LENGTH);
        assert!(long.parse::<AppId>().is_ok());
        let longer = format!("{long}é");
        assert_eq!(
            longer.parse::<AppId>(),
            Err(InvalidId::TooLong { limit: 128 })
        );
        for json in ["1.5", "true", "null", "[]", "{}"] {
            assert!(serde_json::from_str::<WaId>(json).is_err(), "{json}");
        }
    }
}
