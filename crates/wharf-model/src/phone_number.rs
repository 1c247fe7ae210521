//! Phone numbers in international form.

use std::fmt;
use std::str::FromStr;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::ids::WaId;

const MIN_DIGITS: usize = 5;
const MAX_DIGITS: usize = 15;

/// A phone number with its country code, kept as `+` and digits (E.164).
///
/// `+`, spaces, `-`, `.`, `(` and `)` are accepted and dropped. Digits without a `+` are taken to
/// begin with the country code, as a `wa_id` does; Meta itself would put the sender's country code
/// in front of them, which is why the `+` is always written.
///
/// ```
/// use wharf_model::PhoneNumber;
///
/// let number: PhoneNumber = "+1 (631) 555-1234".parse()?;
/// assert_eq!(number.as_str(), "+16315551234");
/// assert_eq!(number.digits(), "16315551234");
/// # Ok::<(), wharf_model::InvalidPhoneNumber>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

/// Why a text is not a phone number in international form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidPhoneNumber {
    /// The text holds something else than digits and the marks between them.
    #[error("phone number holds a character that is neither a digit nor one of `+ -.()`")]
    Character,
    /// A number has five to fifteen digits.
    #[error("phone number has {digits} digits instead of 5 to 15")]
    Length {
        /// How many digits were found.
        digits: usize,
    },
    /// No country code begins with zero.
    #[error("phone number begins with 0 instead of a country code")]
    NoCountryCode,
}

impl PhoneNumber {
    /// `+` and digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The digits alone, as in a `wa_id`.
    pub fn digits(&self) -> &str {
        self.0.strip_prefix('+').unwrap_or(&self.0)
    }
}

impl FromStr for PhoneNumber {
    type Err = InvalidPhoneNumber;

    fn from_str(text: &str) -> Result<Self, InvalidPhoneNumber> {
        let text = text.trim();
        let rest = text.strip_prefix('+').unwrap_or(text);
        let mut number = String::with_capacity(rest.len() + 1);
        number.push('+');
        for character in rest.chars() {
            match character {
                '0'..='9' => number.push(character),
                ' ' | '-' | '.' | '(' | ')' | '\u{a0}' => {}
                _ => return Err(InvalidPhoneNumber::Character),
            }
        }
        let digits = number.len() - 1;
        if !(MIN_DIGITS..=MAX_DIGITS).contains(&digits) {
            return Err(InvalidPhoneNumber::Length { digits });
        }
        if number.starts_with("+0") {
            return Err(InvalidPhoneNumber::NoCountryCode);
        }
        Ok(Self(number))
    }
}

impl TryFrom<String> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(text: String) -> Result<Self, InvalidPhoneNumber> {
        text.parse()
    }
}

impl TryFrom<&WaId> for PhoneNumber {
    type Error = InvalidPhoneNumber;

    fn try_from(wa_id: &WaId) -> Result<Self, InvalidPhoneNumber> {
        wa_id.as_str().parse()
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl Serialize for PhoneNumber {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for PhoneNumber {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // A `wa_id` has the same shape on the wire, numbers included.
        let text = WaId::deserialize(deserializer)?;
        Self::try_from(&text).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_dropped_and_the_plus_is_written() {
        for text in [
            "+16505551234",
            "16505551234",
            "+1 (650) 555-1234",
            " 1.650.555.1234 ",
        ] {
            assert_eq!(
                text.parse::<PhoneNumber>().unwrap().as_str(),
                "+16505551234",
                "{text}"
            );
        }
        assert_eq!(
            "+".parse::<PhoneNumber>(),
            Err(InvalidPhoneNumber::Length { digits: 0 })
        );
        assert_eq!(
            "+91xxxxxxxxxx".parse::<PhoneNumber>(),
            Err(InvalidPhoneNumber::Character)
        );
        assert_eq!(
            "++16505551234".parse::<PhoneNumber>(),
            Err(InvalidPhoneNumber::Character)
        );
        assert_eq!(
            "0650555123".parse::<PhoneNumber>(),
            Err(InvalidPhoneNumber::NoCountryCode)
        );
    }
}
