//! Reads JSON in Meta's shape, naming the place of every fault.

use std::borrow::Cow;
use std::str::FromStr;

use serde_json::{Map, Value};

use super::invalid::InvalidMessage;

/// A JSON object, with its place in the message and the keys it may have.
pub(crate) struct Object<'a> {
    map: &'a Map<String, Value>,
    at: Cow<'static, str>,
}

impl<'a> Object<'a> {
    /// Refuses what is no object, and an object with a key that is not `known`.
    pub(crate) fn new(
        value: &'a Value,
        at: impl Into<Cow<'static, str>>,
        known: &[&str],
    ) -> Result<Self, InvalidMessage> {
        let at = at.into();
        let Value::Object(map) = value else {
            return Err(InvalidMessage::invalid(at, "not an object"));
        };
        if let Some(key) = map.keys().find(|key| !known.contains(&key.as_str())) {
            let key = key.replace('~', "~0").replace('/', "~1");
            return Err(InvalidMessage::invalid(
                format!("{at}/{key}"),
                "unknown key",
            ));
        }
        Ok(Self { map, at })
    }

    /// Where this object stands in the message.
    pub(crate) fn at(&self) -> &str {
        &self.at
    }

    /// Refuses all keys but `allowed`, once it is known which belong here.
    pub(crate) fn allow(&self, allowed: &[&str]) -> Result<(), InvalidMessage> {
        match self.map.keys().find(|key| !allowed.contains(&key.as_str())) {
            Some(key) => Err(self.invalid(key, "does not belong beside the other keys")),
            None => Ok(()),
        }
    }

    /// JSON pointer to a key of this object.
    pub(crate) fn pointer(&self, key: &str) -> String {
        format!("{}/{key}", self.at)
    }

    /// A value that is present and not null.
    pub(crate) fn get(&self, key: &str) -> Option<&'a Value> {
        self.map.get(key).filter(|value| !value.is_null())
    }

    pub(crate) fn require(&self, key: &str) -> Result<&'a Value, InvalidMessage> {
        self.get(key)
            .ok_or_else(|| InvalidMessage::missing(self.pointer(key)))
    }

    pub(crate) fn invalid(&self, key: &str, reason: &'static str) -> InvalidMessage {
        InvalidMessage::invalid(self.pointer(key), reason)
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, InvalidMessage> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.invalid(key, "not a text")),
        }
    }

    pub(crate) fn owned(&self, key: &str) -> Result<Option<String>, InvalidMessage> {
        Ok(self.text(key)?.map(str::to_owned))
    }

    pub(crate) fn require_text(&self, key: &str) -> Result<&'a str, InvalidMessage> {
        self.text(key)?
            .ok_or_else(|| InvalidMessage::missing(self.pointer(key)))
    }

    /// An id or number that may stand as text or as a number.
    pub(crate) fn text_or_number(&self, key: &str) -> Result<Option<Cow<'a, str>>, InvalidMessage> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(Cow::Borrowed(text))),
            Some(Value::Number(number)) => Ok(Some(Cow::Owned(number.to_string()))),
            Some(_) => Err(self.invalid(key, "neither a text nor a number")),
        }
    }

    pub(crate) fn flag(&self, key: &str) -> Result<Option<bool>, InvalidMessage> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(_) => Err(self.invalid(key, "neither true nor false")),
        }
    }

    /// A whole number, which may stand as text.
    pub(crate) fn number<T: FromStr>(&self, key: &str) -> Result<Option<T>, InvalidMessage> {
        let Some(text) = self.text_or_number(key)? else {
            return Ok(None);
        };
        text.parse()
            .map(Some)
            .map_err(|_| self.invalid(key, "not a whole number of the size that is allowed"))
    }

    pub(crate) fn require_number<T: FromStr>(&self, key: &str) -> Result<T, InvalidMessage> {
        self.number(key)?
            .ok_or_else(|| InvalidMessage::missing(self.pointer(key)))
    }

    /// An object that is passed on as it is.
    pub(crate) fn map(&self, key: &str) -> Result<Option<&'a Map<String, Value>>, InvalidMessage> {
        match self.get(key) {
            None => Ok(None),
            Some(Value::Object(map)) => Ok(Some(map)),
            Some(_) => Err(self.invalid(key, "not an object")),
        }
    }

    /// Checks that a number, if it is there, is this object's place in its list.
    pub(crate) fn check_index(&self, key: &str) -> Result<(), InvalidMessage> {
        let place = self.at.rsplit('/').next().unwrap_or_default();
        match self.text_or_number(key)? {
            Some(found) if found != place => Err(self.invalid(key, "not its place in the list")),
            _ => Ok(()),
        }
    }

    /// An id: text or number, checked by its type.
    pub(crate) fn id<T: TryFrom<String>>(&self, key: &str) -> Result<Option<T>, InvalidMessage> {
        let Some(text) = self.text_or_number(key)? else {
            return Ok(None);
        };
        T::try_from(text.into_owned())
            .map(Some)
            .map_err(|_| self.invalid(key, "empty, too long, or with control characters"))
    }

    pub(crate) fn require_id<T: TryFrom<String>>(&self, key: &str) -> Result<T, InvalidMessage> {
        self.id(key)?
            .ok_or_else(|| InvalidMessage::missing(self.pointer(key)))
    }

    /// The object at `key`, which may have only the `known` keys.
    pub(crate) fn child(
        &self,
        key: &str,
        known: &[&str],
    ) -> Result<Option<Object<'a>>, InvalidMessage> {
        self.get(key)
            .map(|value| Object::new(value, self.pointer(key), known))
            .transpose()
    }

    pub(crate) fn require_child(
        &self,
        key: &str,
        known: &[&str],
    ) -> Result<Object<'a>, InvalidMessage> {
        Object::new(self.require(key)?, self.pointer(key), known)
    }

    /// Builds each item of the list at `key`; an absent list is an empty one.
    pub(crate) fn each<T>(
        &self,
        key: &str,
        known: &[&str],
        build: impl Fn(&Object<'a>) -> Result<T, InvalidMessage>,
    ) -> Result<Vec<T>, InvalidMessage> {
        let items = match self.get(key) {
            None => return Ok(Vec::new()),
            Some(Value::Array(items)) => items,
            Some(_) => return Err(self.invalid(key, "not a list")),
        };
        items
            .iter()
            .enumerate()
            .map(|(index, item)| {
                build(&Object::new(
                    item,
                    format!("{}/{key}/{index}", self.at),
                    known,
                )?)
            })
            .collect()
    }

    /// The only item of the list at `key`, once `check` has nothing against it.
    pub(crate) fn only(
        &self,
        key: &str,
        known: &[&str],
        check: impl Fn(&Object<'a>) -> Result<(), InvalidMessage>,
    ) -> Result<Object<'a>, InvalidMessage> {
        match self.require(key)? {
            Value::Array(items) => match items.as_slice() {
                [] => Err(InvalidMessage::missing(self.pointer(key))),
                [item] => {
                    let object = Object::new(item, format!("{}/{key}/0", self.at), known)?;
                    check(&object)?;
                    Ok(object)
                }
                more => Err(InvalidMessage::TooMany {
                    field: self.pointer(key),
                    limit: 1,
                    count: more.len(),
                }),
            },
            _ => Err(self.invalid(key, "not a list")),
        }
    }
}
