//! A JSON object whose values stay verbatim until one is asked for.

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

/// A JSON object whose values stay verbatim until one is asked for.
///
/// A value of an unexpected form costs only itself, and nothing is dropped: keys that stand twice
/// are kept twice.
///
/// ```
/// use wharf_model::incoming::RawObject;
///
/// let object = RawObject::parse(r#"{"id": 7, "text": {"body": "Hi"}}"#).unwrap();
/// assert_eq!(object.get::<u8>("id"), Some(7));
/// assert_eq!(object.get::<u8>("text"), None);
/// assert_eq!(object.raw("text").unwrap().get(), r#"{"body": "Hi"}"#);
/// ```
#[derive(Debug)]
pub struct RawObject<'a> {
    pairs: Vec<(Cow<'a, str>, &'a RawValue)>,
}

impl<'a> RawObject<'a> {
    /// Splits an object; `None` if the text is no JSON object.
    pub fn parse(json: &'a str) -> Option<Self> {
        serde_json::from_str(json).ok()
    }

    /// The value of a key, verbatim; `null` counts as absent.
    pub fn raw(&self, key: &str) -> Option<&'a RawValue> {
        let (_, value) = self.pairs.iter().find(|(name, _)| name == key)?;
        Some(*value).filter(|value| value.get() != "null")
    }

    /// The value of a key, if it is there and of the wanted form.
    pub fn get<T: Deserialize<'a>>(&self, key: &str) -> Option<T> {
        self.raw(key)
            .and_then(|value| serde_json::from_str(value.get()).ok())
    }

    /// The value of a key, if it is an object of the wanted form; serde would take a list for one.
    pub fn body<T: Deserialize<'a>>(&self, key: &str) -> Option<T> {
        let value = self.raw(key).filter(|value| value.get().starts_with('{'))?;
        serde_json::from_str(value.get()).ok()
    }

    /// All keys and values in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.pairs
            .iter()
            .map(|(name, value)| (name.as_ref(), *value))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for RawObject<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(PairsVisitor)
    }
}

struct PairsVisitor;

impl<'de> Visitor<'de> for PairsVisitor {
    type Value = RawObject<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<RawObject<'de>, A::Error> {
        let mut pairs = Vec::with_capacity(8);
        while let Some((Key(key), value)) = map.next_entry()? {
            pairs.push((key, value));
        }
        Ok(RawObject { pairs })
    }
}

struct Key<'a>(Cow<'a, str>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_str(KeyVisitor)
    }
}

struct KeyVisitor;

impl<'de> Visitor<'de> for KeyVisitor {
    type Value = Key<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_borrowed_str<E: de::Error>(self, key: &'de str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Borrowed(key)))
    }

    fn visit_str<E: de::Error>(self, key: &str) -> Result<Key<'de>, E> {
        Ok(Key(Cow::Owned(key.to_owned())))
    }
}
