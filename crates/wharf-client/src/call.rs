//! A call as a value: inspect it, change its patience, await it.

mod answer;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use http::{Method, header};
use reqwest::multipart::Form;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::client::Client;
use crate::error::{Error, Problem, RequestError};

pub(crate) use answer::read_refusal;

/// A call that was built and not yet sent; `.await` sends it.
///
/// What it will send can be looked at first, and nothing is sent if it is dropped. Awaiting it
/// makes exactly one attempt. Dropping the future while it waits leaves the outcome unknown.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T> {
    client: Client,
    operation: &'static str,
    parts: Result<Parts, RequestError>,
    timeout: Duration,
    decode: Decode<T>,
}

/// Turns the body of a 2xx answer into the result.
pub(crate) type Decode<T> = fn(&[u8]) -> Result<T, Problem>;

struct Parts {
    method: Method,
    url: Url,
    body: Body,
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

impl<T> Call<T> {
    pub(crate) fn new(
        client: &Client,
        operation: &'static str,
        method: Method,
        url: Result<Url, RequestError>,
        body: Result<Body, RequestError>,
        decode: Decode<T>,
    ) -> Self {
        let parts = url.and_then(|url| {
            Ok(Parts {
                method,
                url,
                body: body?,
            })
        });
        let timeout = client.timeouts().call;
        Self {
            client: client.clone(),
            operation,
            parts,
            timeout,
            decode,
        }
    }

    /// Waits at most this long for the whole call, instead of the client's limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The HTTP method; `None` if the call could not be built and awaiting it will say why.
    pub fn method(&self) -> Option<&Method> {
        self.parts.as_ref().ok().map(|parts| &parts.method)
    }

    /// The whole URL; it holds ids, but never the client's token. Calls that ask for a token, or
    /// about one, hold other secrets in it, as Meta documents them.
    pub fn url(&self) -> Option<&Url> {
        self.parts.as_ref().ok().map(|parts| &parts.url)
    }

    /// The JSON text that will be sent, if the call sends JSON.
    pub fn json(&self) -> Option<&[u8]> {
        match self.parts.as_ref().ok()?.body {
            Body::Json(ref bytes) => Some(bytes),
            Body::Empty | Body::Urlencoded(_) | Body::Form(_) => None,
        }
    }

    async fn send(self) -> Result<T, Error> {
        let Parts { method, url, body } = self.parts?;
        let request = self
            .client
            .http()
            .request(method, url)
            .headers(self.client.bearer().headers())
            .timeout(self.timeout);
        let request = match body {
            Body::Empty => request,
            Body::Json(bytes) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(bytes),
            Body::Urlencoded(pairs) => request
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
                .body(pairs),
            Body::Form(form) => request.multipart(form),
        };
        let response = request.send().await.map_err(Error::from_http)?;
        let status = response.status();
        tracing::debug!(
            operation = self.operation,
            status = status.as_u16(),
            "graph answered"
        );
        if !status.is_success() {
            return Err(read_refusal(response, self.client.bearer()).await);
        }
        let headers = response.headers().clone();
        let body = answer::read_body(response).await?;
        (self.decode)(&body).map_err(|problem| {
            answer::not_understood(status, &headers, &body, problem, self.client.bearer())
        })
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<T> fmt::Debug for Call<T> {
    /// Without URL and body, which hold ids and texts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Call")
            .field("operation", &self.operation)
            .field("method", &self.method())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
