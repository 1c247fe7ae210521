//! Times as Meta writes them: seconds since 1970, as text or as a number.

use std::fmt;

use jiff::Timestamp;
use serde::de::{self, Deserializer, Visitor};

/// Reads seconds since 1970, as text or as a number; anything else is no time.
///
/// For use with `#[serde(default, deserialize_with = "…")]`.
pub fn timestamp<'de, D: Deserializer<'de>>(d: D) -> Result<Option<Timestamp>, D::Error> {
    Ok(d.deserialize_any(SecondsVisitor)?
        .and_then(|seconds| Timestamp::from_second(seconds).ok()))
}

/// The JSON text of a time.
pub(crate) fn parse(json: &str) -> Option<Timestamp> {
    timestamp(&mut serde_json::Deserializer::from_str(json))
        .ok()
        .flatten()
}

struct SecondsVisitor;

impl Visitor<'_> for SecondsVisitor {
    type Value = Option<i64>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("seconds since 1970 as text or number")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(text.parse().ok())
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Self::Value, E> {
        Ok(Some(seconds))
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Self::Value, E> {
        Ok(i64::try_from(seconds).ok())
    }

    fn visit_f64<E: de::Error>(self, _: f64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_none<E: de::Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}
