//! What a call carries, and what its answer is read with.

use bytes::Bytes;
use reqwest::multipart::Form;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::{Problem, RequestError};

/// Turns the body of a 2xx answer into the result.
pub(crate) type Decode<T> = fn(&[u8]) -> Result<T, Problem>;

/// A decoder that captured something.
type Turn<T> = Box<dyn Fn(&[u8]) -> Result<T, Problem> + Send + Sync>;

/// How the body of a 2xx answer becomes the result.
pub(crate) enum Read<T> {
    Plain(Decode<T>),
    /// Decoded, and then turned into something else by the caller.
    Turned(Turn<T>),
}

impl<T> Read<T> {
    pub(super) fn read(&self, body: &[u8]) -> Result<T, Problem> {
        match self {
            Self::Plain(decode) => decode(body),
            Self::Turned(turn) => turn(body),
        }
    }
}

/// What a call carries.
pub(crate) enum Body {
    /// Nothing.
    Empty,
    /// A JSON text.
    Json(Bytes),
    /// Pairs of a form, as a query string.
    Urlencoded(String),
    /// Parts of a form, among them a file that may be a stream.
    Form(Form),
    /// Bytes of this content type and, if it is known, of this length, passed on as they come.
    Stream {
        content_type: http::HeaderValue,
        length: Option<u64>,
        body: reqwest::Body,
    },
}

impl Body {
    pub(crate) fn json<V: Serialize + ?Sized>(value: &V) -> Result<Self, RequestError> {
        match serde_json::to_vec(value) {
            Ok(bytes) => Ok(Self::Json(bytes.into())),
            Err(error) => Err(RequestError::new(
                "the body cannot be written as JSON",
                error,
            )),
        }
    }

    /// Whether it can be sent once only.
    pub(super) fn is_spent_by_sending(&self) -> bool {
        matches!(self, Self::Form(_) | Self::Stream { .. })
    }

    /// The body for an attempt. A form or a stream can be taken once only.
    pub(super) fn take(&mut self) -> Self {
        match self {
            Self::Empty => Self::Empty,
            Self::Json(bytes) => Self::Json(bytes.clone()),
            Self::Urlencoded(pairs) => Self::Urlencoded(pairs.clone()),
            Self::Form(_) | Self::Stream { .. } => std::mem::replace(self, Self::Empty),
        }
    }
}

/// The body as `T`.
pub(crate) fn decode_json<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    Ok(serde_json::from_slice(body)?)
}

/// A body that says `"success": true` and nothing else worth keeping.
pub(crate) fn decode_success(body: &[u8]) -> Result<(), Problem> {
    let answer: serde_json::Value = serde_json::from_slice(body)?;
    match answer.get("success").and_then(serde_json::Value::as_bool) {
        Some(true) => Ok(()),
        _ => Err(Problem::NoSuccess),
    }
}
