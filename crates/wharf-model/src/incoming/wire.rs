//! How parts of a body are read, so that an odd one costs only itself, and written as Meta does.

use serde::de::{DeserializeOwned, Deserializer};
use serde::{Deserialize, Serialize, Serializer};
use serde_json::Value;

/// Whether a part is left out.
#[expect(clippy::ref_option, reason = "serde hands over the field")]
pub(super) fn absent<T>(part: &Option<T>) -> bool {
    part.is_none()
}

/// A part that counts as absent if it is not of the wanted form.
///
/// No such part is a list, and serde would take one for an object.
pub(super) fn lenient<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Value::deserialize(deserializer).map(part)
}

/// The elements of a list that are of the wanted form.
pub(super) fn elements<'de, D: Deserializer<'de>, T: DeserializeOwned>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Array(items) => items.into_iter().filter_map(part).collect(),
        _ => Vec::new(),
    })
}

fn part<T: DeserializeOwned>(value: Value) -> Option<T> {
    if value.is_array() {
        return None;
    }
    T::deserialize(value).ok()
}

/// A body whose tag has been read; `None` if it is of another form.
pub(super) fn body<T: DeserializeOwned, E>(value: &Value, wrap: fn(T) -> E) -> Option<E> {
    T::deserialize(value).ok().map(wrap)
}

/// A list, of which Meta writes a single element without brackets.
pub(super) mod one_or_many {
    use super::{
        Deserialize, DeserializeOwned, Deserializer, Serialize, Serializer, Value, elements, part,
    };

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: DeserializeOwned>(
        deserializer: D,
    ) -> Result<Vec<T>, D::Error> {
        match Value::deserialize(deserializer)? {
            list @ Value::Array(_) => elements(list).map_err(serde::de::Error::custom),
            one => Ok(part(one).into_iter().collect()),
        }
    }

    pub(crate) fn serialize<S: Serializer, T: Serialize>(
        items: &[T],
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match items {
            [one] => one.serialize(serializer),
            many => many.serialize(serializer),
        }
    }
}

/// A time that Meta writes as text.
pub(super) mod text_seconds {
    use jiff::Timestamp;

    use super::{Serializer, number_seconds};

    pub(crate) use number_seconds::deserialize;

    #[expect(clippy::ref_option, reason = "serde hands over the field")]
    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.collect_str(&time.as_second()),
            None => serializer.serialize_none(),
        }
    }
}

/// A time that Meta writes as a number.
pub(super) mod number_seconds {
    use jiff::Timestamp;

    use super::{Deserialize, Deserializer, Serializer, Value};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Timestamp>, D::Error> {
        let seconds = match Value::deserialize(deserializer)? {
            Value::String(text) => text.parse().ok(),
            value => value.as_i64(),
        };
        Ok(seconds.and_then(|seconds| Timestamp::from_second(seconds).ok()))
    }

    #[expect(clippy::ref_option, reason = "serde hands over the field")]
    pub(crate) fn serialize<S: Serializer>(
        time: &Option<Timestamp>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        match time {
            Some(time) => serializer.serialize_i64(time.as_second()),
            None => serializer.serialize_none(),
        }
    }
}

/// An id that Meta writes as a number.
pub(super) mod number_id {
    use super::{DeserializeOwned, Deserializer, Serializer, lenient};

    pub(crate) fn deserialize<'de, D: Deserializer<'de>, T: DeserializeOwned>(
        deserializer: D,
    ) -> Result<Option<T>, D::Error> {
        lenient(deserializer)
    }

    #[expect(clippy::ref_option, reason = "serde hands over the field")]
    pub(crate) fn serialize<S: Serializer, T: AsRef<str>>(
        id: &Option<T>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let Some(id) = id else {
            return serializer.serialize_none();
        };
        match id.as_ref().parse::<u64>() {
            // Only a number that reads back as the same text.
            Ok(number) if number.to_string() == id.as_ref() => serializer.serialize_u64(number),
            _ => serializer.serialize_str(id.as_ref()),
        }
    }
}
