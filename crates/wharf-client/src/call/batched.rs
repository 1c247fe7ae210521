//! A call as an element of a batch: how it is written down, and how its answer is read.

use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};
use url::{Url, form_urlencoded};

use super::answer::read_inner;
use super::{Body, Call, Parts, Read};
use crate::bearer::Bearer;
use crate::client::Client;
use crate::error::{Error, RequestError};
use crate::fields::Fields;
use crate::retry::Repeats;
use crate::usage::Usage;

/// A call that goes out within a batch.
pub(crate) struct Batched<T> {
    /// `{"method":…,"relative_url":…,"body":…}`.
    pub(crate) element: Value,
    pub(crate) repeats: Repeats,
    /// The batch's token, and the secrets of this call.
    pub(crate) bearer: Bearer,
    read: Read<T>,
}

/// The answer to one call, within the answer to a batch: `{"code":…,"headers":[…],"body":"…"}`.
pub(crate) struct Reply {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
}

impl<T> Call<T> {
    /// Writes the call down as an element of a batch of `client`.
    pub(crate) fn into_batched(self, client: &Client) -> Result<Batched<T>, RequestError> {
        let repeats = self.repeats();
        let Parts { method, url, body } = self.parts?;
        // The whole batch goes to one place with one token.
        let relative = relative(&url, &client.versioned());
        let relative = relative.filter(|_| self.client.bearer().is_same(client.bearer()));
        let mut relative = relative.ok_or(RequestError::plain(
            "a batch takes calls of its own client and token only",
        ))?;
        let pairs = match body {
            Body::Empty => String::new(),
            Body::Urlencoded(pairs) => pairs,
            Body::Json(json) => pairs_of(&json)?,
            Body::Form(_) | Body::Stream { .. } => {
                return Err(RequestError::plain("a batch takes no files"));
            }
        };
        let mut element = Map::new();
        element.insert("method".into(), method.as_str().into());
        if matches!(method, Method::POST | Method::PUT) {
            element.insert("body".into(), pairs.into());
        } else if !pairs.is_empty() {
            // Other methods have no body in a batch.
            relative.push(if relative.contains('?') { '&' } else { '?' });
            relative.push_str(&pairs);
        }
        element.insert("relative_url".into(), relative.into());
        Ok(Batched {
            element: element.into(),
            repeats,
            bearer: self.client.bearer().clone(),
            read: self.read,
        })
    }

    /// Says what the call may be repeated after, where its method and URL do not tell.
    pub(crate) fn repeating(mut self, repeats: Repeats) -> Self {
        self.repeats = Some(repeats);
        self
    }
}

impl<T> Batched<T> {
    /// The result of the call; without a reply nobody knows what became of it.
    pub(crate) fn finish(self, reply: Option<Reply>, client: &Client) -> Result<T, Error> {
        let reply = reply
            .ok_or_else(|| Error::Unknown("the batch was answered without this call".into()))?;
        client.note(&Usage::read(&reply.headers));
        let answer = (reply.status, &reply.headers, reply.body.as_slice());
        read_inner(answer, &self.bearer, &self.read)
    }
}

impl Reply {
    /// Reads an element of the answer; `None` if it is `null`, for a call that was not
    /// finished in time, or not what is documented.
    pub(crate) fn read(element: Value) -> Option<Self> {
        let Value::Object(element) = element else {
            return None;
        };
        let element = Fields::from(element);
        let status = u16::try_from(element.count("code")?).ok()?;
        let mut headers = HeaderMap::new();
        for header in element.list::<Fields>("headers") {
            let name = header
                .text("name")
                .and_then(|name| name.parse::<HeaderName>().ok());
            let value = header
                .text("value")
                .and_then(|value| value.parse::<HeaderValue>().ok());
            if let (Some(name), Some(value)) = (name, value) {
                headers.insert(name, value);
            }
        }
        let body = match element.value("body") {
            None => Vec::new(),
            Some(Value::String(text)) => text.clone().into_bytes(),
            Some(other) => other.to_string().into_bytes(),
        };
        Some(Self {
            status: StatusCode::from_u16(status).ok()?,
            headers,
            body,
        })
    }
}

/// The part of a URL after the version, with its query; `None` if it lies elsewhere.
fn relative(url: &Url, versioned: &Url) -> Option<String> {
    if url.origin() != versioned.origin() {
        return None;
    }
    let path = url.path().strip_prefix(versioned.path())?;
    let path = path.strip_prefix('/')?;
    Some(match url.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    })
}

/// The fields of a JSON object as pairs of a form, as Graph takes them: texts as they are, all
/// else as JSON.
fn pairs_of(json: &[u8]) -> Result<String, RequestError> {
    let fields: Map<String, Value> = serde_json::from_slice(json)
        .map_err(|_| RequestError::plain("a batch takes JSON objects only"))?;
    let mut pairs = form_urlencoded::Serializer::new(String::new());
    for (key, value) in &fields {
        match value {
            Value::String(text) => pairs.append_pair(key, text),
            other => pairs.append_pair(key, &other.to_string()),
        };
    }
    Ok(pairs.finish())
}
