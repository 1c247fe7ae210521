//! Takes known keys out of a JSON object and puts them back; what is not known stays as it came.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// A JSON object whose known keys become fields one by one.
pub(super) type Fields = Map<String, Value>;

/// Takes a value out if it has the wanted form; one of another form stays where it is.
pub(super) fn take<T: DeserializeOwned>(map: &mut Fields, key: &str) -> Option<T> {
    let found = T::deserialize(map.get(key)?).ok()?;
    map.remove(key);
    Some(found)
}

/// Takes a text that is not empty.
pub(super) fn take_word(map: &mut Fields, key: &str) -> Option<String> {
    let word = map.get(key)?.as_str().filter(|word| !word.is_empty())?;
    let word = word.to_owned();
    map.remove(key);
    Some(word)
}

/// Takes a text, or the only text of a list: Meta writes some examples either way.
pub(super) fn take_one(map: &mut Fields, key: &str) -> Option<String> {
    if let Some([text]) = take::<[String; 1]>(map, key) {
        return Some(text);
    }
    take(map, key)
}

/// Takes a number that stands as a number or as text.
pub(super) fn take_number<T>(map: &mut Fields, key: &str) -> Option<T>
where
    T: DeserializeOwned + std::str::FromStr,
{
    if let Some(number) = take(map, key) {
        return Some(number);
    }
    let number = map.get(key)?.as_str()?.parse().ok()?;
    map.remove(key);
    Some(number)
}

/// Takes the `type`, whose case varies in Meta's pages, if it is `wanted`.
pub(super) fn take_type(map: &mut Fields, wanted: &str) -> bool {
    let found = map
        .get("type")
        .and_then(Value::as_str)
        .is_some_and(|kind| kind.eq_ignore_ascii_case(wanted));
    if found {
        map.remove("type");
    }
    found
}

/// Puts a value in; what cannot be written as JSON, which is no value of ours, is left out.
pub(super) fn put(map: &mut Fields, key: &str, value: impl Serialize) {
    if let Ok(value) = serde_json::to_value(value) {
        map.insert(key.to_owned(), value);
    }
}

/// Puts a value in if there is one.
pub(super) fn put_some(map: &mut Fields, key: &str, value: Option<impl Serialize>) {
    if let Some(value) = value {
        put(map, key, value);
    }
}
