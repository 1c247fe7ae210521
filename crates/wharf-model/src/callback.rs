//! A struct packed into the id of a button or row, and unpacked from the reply.

mod base64;
mod checksum;

use std::marker::PhantomData;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::outgoing::limits;

/// A kind of callback data: a name, a version, and the struct that it carries.
///
/// The id reads `name.version.payload.check`, of letters, digits, `-`, `_` and `.` only; the payload
/// is the struct's JSON in base64url. The check tells a foreign or shortened id, not one that
/// somebody forged: what a user may do is for the business to look up.
///
/// ```
/// use serde::{Deserialize, Serialize};
/// use wharf_model::callback::Callback;
/// use wharf_model::outgoing::ReplyButton;
///
/// #[derive(Debug, PartialEq, Serialize, Deserialize)]
/// struct Choice {
///     order: u32,
///     keep: bool,
/// }
///
/// const CHOICE: Callback<Choice> = Callback::new("choice", 1);
///
/// let button = ReplyButton::new(CHOICE.button_id(&Choice { order: 7, keep: true })?, "Keep it")?;
/// assert_eq!(CHOICE.unpack(button.id())?, Choice { order: 7, keep: true });
/// assert!(CHOICE.unpack("somebody-elses-id").is_err());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Callback<T> {
    name: &'static str,
    version: u16,
    carries: PhantomData<fn(T) -> T>,
}

/// Why callback data cannot be packed or unpacked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CallbackError {
    /// The name is empty, or holds something else than letters, digits, `-` and `_`.
    #[error("name of the callback is empty, or not of letters, digits, `-` and `_` only")]
    Name,
    /// The packed data has too many characters: shorten the names of its fields, or store it and
    /// pack its key.
    #[error("callback data has {length} characters, at most {limit} are allowed")]
    TooLong {
        /// The most characters allowed.
        limit: usize,
        /// The characters that it has.
        length: usize,
    },
    /// The id is no callback data of this name.
    #[error("id is none of this callback")]
    Foreign,
    /// The id is of this name, and shortened or changed.
    #[error("id is damaged")]
    Damaged,
    /// The id is of another version of this callback.
    #[error("id is of version {found}, not {expected}")]
    Version {
        /// The version that this callback has.
        expected: u16,
        /// The version that the id has.
        found: u16,
    },
    /// The struct cannot be written as JSON, or the JSON is no such struct.
    #[error("callback data does not fit its type")]
    Data(#[source] serde_json::Error),
}

impl<T> Callback<T> {
    /// A kind of callback data: raise the version whenever the struct changes.
    pub const fn new(name: &'static str, version: u16) -> Self {
        Self {
            name,
            version,
            carries: PhantomData,
        }
    }

    /// The version of an id of this name, to unpack each with the struct of its time.
    pub fn version_of(&self, id: &str) -> Result<u16, CallbackError> {
        self.split(id).map(|(version, _)| version)
    }

    /// Version and payload of an id of this name that is whole.
    fn split<'a>(&self, id: &'a str) -> Result<(u16, &'a str), CallbackError> {
        let rest = id
            .strip_prefix(self.name)
            .and_then(|rest| rest.strip_prefix('.'))
            .ok_or(CallbackError::Foreign)?;
        let (signed, check) = id.rsplit_once('.').ok_or(CallbackError::Damaged)?;
        if checksum::text(signed) != check {
            return Err(CallbackError::Damaged);
        }
        let mut parts = rest.split('.');
        let (Some(version), Some(payload), Some(_), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(CallbackError::Damaged);
        };
        let version = version.parse().map_err(|_| CallbackError::Damaged)?;
        Ok((version, payload))
    }
}

impl<T: Serialize> Callback<T> {
    /// Packs a struct into the id of a reply button, at most 256 characters; the payload of a
    /// template's quick reply takes as many.
    pub fn button_id(&self, data: &T) -> Result<String, CallbackError> {
        self.pack(data, limits::REPLY_BUTTON_ID)
    }

    /// Packs a struct into the id of a list row, at most 200 characters.
    pub fn row_id(&self, data: &T) -> Result<String, CallbackError> {
        self.pack(data, limits::LIST_ROW_ID)
    }

    /// Packs a struct into at most `limit` characters, such as a flow's token or a call's payload.
    pub fn pack(&self, data: &T, limit: usize) -> Result<String, CallbackError> {
        let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if self.name.is_empty() || !self.name.bytes().all(allowed) {
            return Err(CallbackError::Name);
        }
        let json = serde_json::to_vec(data).map_err(CallbackError::Data)?;
        let payload = base64::encode(&json);
        let signed = format!("{}.{}.{payload}", self.name, self.version);
        let id = format!("{signed}.{}", checksum::text(&signed));
        if id.len() > limit {
            let length = id.len();
            return Err(CallbackError::TooLong { limit, length });
        }
        Ok(id)
    }
}

impl<T: DeserializeOwned> Callback<T> {
    /// Unpacks a struct from the id that a reply brings back.
    pub fn unpack(&self, id: &str) -> Result<T, CallbackError> {
        let (found, payload) = self.split(id)?;
        if found != self.version {
            let expected = self.version;
            return Err(CallbackError::Version { expected, found });
        }
        let json = base64::decode(payload).ok_or(CallbackError::Damaged)?;
        serde_json::from_slice(&json).map_err(CallbackError::Data)
    }
}

impl<T> Clone for Callback<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Callback<T> {}

impl<T> std::fmt::Debug for Callback<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Callback({}.{})", self.name, self.version)
    }
}
