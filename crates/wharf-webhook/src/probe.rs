//! The cheapest complete check of a notification's bytes, made before it is acknowledged.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};

/// Objects and arrays inside one another, the outermost counted: the deepest that is taken.
///
/// The JSON parser refuses one level more.
pub const MAX_DEPTH: usize = 127;

/// The `object` of every notification that is for us.
pub(crate) const OBJECT: &str = "whatsapp_business_account";

/// Why bytes are no notification.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// There is nothing but white space.
    #[error("body is empty")]
    Empty,
    /// The bytes are not JSON in UTF-8.
    #[error("body is not JSON")]
    NotJson,
    /// Objects and arrays stand in one another more than [`MAX_DEPTH`] deep.
    #[error("body is nested more than {MAX_DEPTH} deep")]
    TooDeep,
    /// The bytes are JSON, but no object.
    #[error("body is not a JSON object")]
    NotAnObject,
    /// `object` is absent or not `whatsapp_business_account`.
    #[error("`object` is not `whatsapp_business_account`")]
    WrongObject,
}

/// Checks that bytes are JSON, not too deep, and an object that says it is for WhatsApp.
///
/// What passes is never refused by [`crate::parse`].
///
/// ```
/// use wharf_webhook::{ParseError, probe};
///
/// assert_eq!(probe(br#"{"object":"whatsapp_business_account","entry":[]}"#), Ok(()));
/// assert_eq!(probe(br#"{"object":"page","entry":[]}"#), Err(ParseError::WrongObject));
/// assert_eq!(probe(b"<html>"), Err(ParseError::NotJson));
/// ```
pub fn probe(body: &[u8]) -> Result<(), ParseError> {
    let text = text(body)?;
    let mut json = serde_json::Deserializer::from_str(text);
    let object = json
        .deserialize_map(ObjectVisitor)
        .map_err(|_| ParseError::NotJson)?;
    json.end().map_err(|_| ParseError::NotJson)?;
    match object {
        Some(object) if object == OBJECT => Ok(()),
        _ => Err(ParseError::WrongObject),
    }
}

/// The body as text that begins like an object and is not too deep.
pub(crate) fn text(body: &[u8]) -> Result<&str, ParseError> {
    let text = std::str::from_utf8(body).map_err(|_| ParseError::NotJson)?;
    match text
        .trim_start_matches([' ', '\n', '\r', '\t'])
        .as_bytes()
        .first()
    {
        None => return Err(ParseError::Empty),
        Some(b'{') => {}
        Some(_) => {
            // Only the whole text tells broken JSON from JSON of another kind.
            return Err(match serde_json::from_str::<IgnoredAny>(text) {
                Ok(_) => ParseError::NotAnObject,
                Err(_) => ParseError::NotJson,
            });
        }
    }
    if too_deep(body) {
        Err(ParseError::TooDeep)
    } else {
        Ok(text)
    }
}

fn too_deep(body: &[u8]) -> bool {
    // Nearly every body has too few brackets to be deep, wherever they stand.
    let brackets: usize = body
        .chunks(128)
        .map(|part| {
            part.iter()
                .map(|byte| u8::from(matches!(byte, b'{' | b'[')))
                .sum::<u8>()
        })
        .map(usize::from)
        .sum();
    brackets > MAX_DEPTH && depth(body) > MAX_DEPTH
}

/// The greatest depth; of broken JSON a guess.
fn depth(body: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut quoted, mut escaped) = (false, false);
    for byte in body {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'{' | b'[' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b'}' | b']' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

/// Reads through an object and keeps its first `object`, if that is a text.
struct ObjectVisitor;

impl<'de> Visitor<'de> for ObjectVisitor {
    type Value = Option<Cow<'de, str>>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut object = None;
        while let Some(key) = map.next_key::<Name<'de>>()? {
            if key.0 == "object" && object.is_none() {
                let raw: &serde_json::value::RawValue = map.next_value()?;
                object = Some(serde_json::from_str::<Name<'de>>(raw.get()).ok());
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(object.flatten().map(|name| name.0))
    }
}

#[derive(serde::Deserialize)]
struct Name<'a>(#[serde(borrow)] Cow<'a, str>);
