//! A call as a value: inspect it, change its patience, await it.

mod answer;
mod answered;
mod batched;
mod body;
mod send;
mod stop;

use std::fmt;
use std::future::{Future, IntoFuture};
use std::pin::Pin;
use std::time::Duration;

use http::Method;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::client::Client;
use crate::error::{Error, RequestError};
use crate::retry::{Repeats, RetryPolicy};

pub(crate) use answer::read_refusal;
pub use answered::Answered;
pub(crate) use batched::{Batched, Reply};
use body::Read;
pub(crate) use body::{Body, Decode, decode_json, decode_success};

/// A call that was built and not yet sent; `.await` sends it.
///
/// What it will send can be looked at first, and nothing is sent if it is dropped. Awaiting it
/// makes one attempt, and more only as a [`RetryPolicy`] allows. Dropping the future while it
/// waits leaves the outcome unknown.
#[must_use = "a call does nothing until it is awaited"]
pub struct Call<T> {
    client: Client,
    operation: &'static str,
    parts: Result<Parts, RequestError>,
    timeout: Duration,
    retry: RetryPolicy,
    /// What it may be repeated after, if its method and URL do not tell.
    repeats: Option<Repeats>,
    stop: Option<CancellationToken>,
    read: Read<T>,
}

struct Parts {
    method: Method,
    url: Url,
    body: Body,
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
        Self {
            client: client.clone(),
            operation,
            parts,
            timeout: client.timeouts().call,
            retry: client.retry(),
            repeats: None,
            stop: None,
            read: Read::Plain(decode),
        }
    }

    /// Waits at most this long for each attempt, instead of the client's limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Repeats the call as this policy allows, instead of the client's.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Ends the call as [`Error::Cancelled`] once `token` is cancelled.
    ///
    /// A request that may have left by then may still be acted on. The client's own token, if
    /// it has one, ends the call too.
    pub fn cancel_on(mut self, token: &CancellationToken) -> Self {
        self.stop = Some(token.clone());
        self
    }

    /// The same call with its result turned into another one, such as a variant of an enum, so
    /// that calls of different kinds fit into one [`Batch`](crate::Batch).
    pub fn map<U>(self, turn: impl Fn(T) -> U + Send + Sync + 'static) -> Call<U>
    where
        T: 'static,
    {
        let read = self.read;
        Call {
            client: self.client,
            operation: self.operation,
            parts: self.parts,
            timeout: self.timeout,
            retry: self.retry,
            repeats: self.repeats,
            stop: self.stop,
            read: Read::Turned(Box::new(move |body| read.read(body).map(&turn))),
        }
    }

    /// Sends the call, and keeps what Meta tells beside the result: usage and trace id.
    pub async fn answered(self) -> Result<Answered<T>, Error> {
        // On the heap, as when it is awaited: a call is too large for the futures around it.
        Box::pin(self.send()).await
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
            Body::Empty | Body::Urlencoded(_) | Body::Form(_) | Body::Stream { .. } => None,
        }
    }

    /// What this call may be repeated after.
    fn repeats(&self) -> Repeats {
        match &self.parts {
            Ok(parts) if !parts.body.is_spent_by_sending() => self
                .repeats
                .unwrap_or_else(|| Repeats::of(&parts.method, parts.url.path(), self.operation)),
            _ => Repeats::NEVER,
        }
    }
}

impl<T: Send + 'static> IntoFuture for Call<T> {
    type Output = Result<T, Error>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async move { Ok(self.send().await?.value) })
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
