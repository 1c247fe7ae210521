//! Many calls in few requests.

use std::fmt;
use std::future::IntoFuture;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use http::Method;
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use url::form_urlencoded;

use crate::call::{Batched, Body, Call, Reply, decode_json};
use crate::client::Client;
use crate::error::{Error, RequestError};
use crate::retry::{After, Repeats, RetryPolicy};

/// Most calls that Graph takes in one request.
const LIMIT: usize = 50;

/// Calls that go out together, up to 50 in one request, one request after the other.
///
/// Awaiting it gives the result of each call, in the order in which the calls were added. Each
/// call counts in the budgets as if it were made alone; what is saved is round trips. Graph
/// makes the calls of one request side by side, in no order to rely on. A call that it did not
/// finish in time is an [`Error::Unknown`], and so is each call of a request that broke off.
///
/// Calls with files cannot go in a batch, nor can calls of another client or token. Time limit,
/// policy and cancellation are the batch's; those of its calls do not count. A policy repeats
/// whole requests: one with a call that changes something, only where no connection was made.
/// Repeating a call that was refused alone is the caller's.
///
/// See [Graph API/Batch requests].
///
/// ```
/// # async fn example(client: wharf_client::Client) -> Result<(), wharf_client::Error> {
/// use wharf_model::PhoneNumberId;
///
/// let numbers: Vec<PhoneNumberId> = vec!["106540352242922".parse().unwrap()];
/// let calls = numbers.iter().map(|id| client.number(id).info());
/// for info in client.batch().calls(calls).await {
///     println!("{:?}", info?.status());
/// }
/// # Ok(())
/// # }
/// ```
#[must_use = "a batch sends nothing until it is awaited"]
pub struct Batch<T> {
    client: Client,
    calls: Vec<Call<T>>,
    timeout: Duration,
    retry: RetryPolicy,
    stop: Option<CancellationToken>,
}

impl<T> Batch<T> {
    pub(crate) fn new(client: &Client) -> Self {
        Self {
            client: client.clone(),
            calls: Vec::new(),
            timeout: client.timeouts().call,
            retry: client.retry(),
            stop: None,
        }
    }

    /// Adds a call. Calls with different results are brought to one type by [`Call::map`].
    pub fn call(mut self, call: Call<T>) -> Self {
        self.calls.push(call);
        self
    }

    /// Adds calls.
    pub fn calls(mut self, calls: impl IntoIterator<Item = Call<T>>) -> Self {
        self.calls.extend(calls);
        self
    }

    /// Waits at most this long for each attempt of each request, instead of the client's limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Repeats requests as this policy allows, instead of the client's.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Ends the batch once `token` is cancelled: calls that have no result by then are
    /// [`Error::Cancelled`].
    pub fn cancel_on(mut self, token: &CancellationToken) -> Self {
        self.stop = Some(token.clone());
        self
    }

    async fn send(mut self) -> Vec<Result<T, Error>> {
        let calls = std::mem::take(&mut self.calls);
        let mut results: Vec<Option<Result<T, Error>>> = Vec::with_capacity(calls.len());
        let mut waiting = Vec::new();
        for call in calls {
            match call.into_batched(&self.client) {
                Ok(call) => {
                    waiting.push((results.len(), call));
                    results.push(None);
                }
                Err(error) => results.push(Some(Err(error.into()))),
            }
        }
        while !waiting.is_empty() {
            let rest = waiting.split_off(waiting.len().min(LIMIT));
            let group = std::mem::replace(&mut waiting, rest);
            self.send_group(group, &mut results).await;
        }
        results.into_iter().flatten().collect()
    }

    /// Sends one request, and writes the result of each of its calls into its place.
    async fn send_group(
        &self,
        group: Vec<(usize, Batched<T>)>,
        results: &mut [Option<Result<T, Error>>],
    ) {
        let elements: Vec<_> = group.iter().map(|(_, call)| &call.element).collect();
        let repeats = together(group.iter().map(|(_, call)| call.repeats));
        let request = self.request(&elements, repeats);
        let mut put = |place: usize, result| {
            if let Some(slot) = results.get_mut(place) {
                *slot = Some(result);
            }
        };
        match request.await {
            Ok(replies) => {
                let mut replies = replies.into_iter();
                for (place, call) in group {
                    let reply = replies.next().and_then(Reply::read);
                    put(place, call.finish(reply, &self.client));
                }
            }
            Err(error) => {
                let error = Arc::new(error);
                for (place, _) in group {
                    put(place, Err(of_one(&error)));
                }
            }
        }
    }

    fn request(&self, elements: &[&Value], repeats: Repeats) -> Call<Vec<Value>> {
        let mut url = self.client.versioned();
        url.set_path(&format!("{}/", url.path()));
        let body = serde_json::to_string(elements)
            .map_err(|error| RequestError::new("the batch cannot be written as JSON", error))
            .map(|elements| {
                let mut pairs = form_urlencoded::Serializer::new(String::new());
                Body::Urlencoded(pairs.append_pair("batch", &elements).finish())
            });
        let call = Call::new(
            &self.client,
            "batch",
            Method::POST,
            Ok(url),
            body,
            decode_json,
        );
        let call = call.repeating(repeats).timeout(self.timeout);
        let call = call.retry(self.retry);
        match &self.stop {
            Some(stop) => call.cancel_on(stop),
            None => call,
        }
    }
}

/// What a request may be repeated after that makes all these calls.
///
/// A refusal of the whole says that no call was made only if it came before the first one,
/// which nobody can tell.
fn together(calls: impl Iterator<Item = Repeats>) -> Repeats {
    let all = Repeats {
        is_send: false,
        after: After::Anything,
    };
    calls.fold(all, |all, one| Repeats {
        is_send: all.is_send || one.is_send,
        after: match one.after {
            After::Anything => all.after,
            After::Refused => all.after.min(After::NotSent),
            other => all.after.min(other),
        },
    })
}

/// What the failure of a whole request is to one of its calls.
fn of_one(error: &Arc<Error>) -> Error {
    let shared = || Box::new(Arc::clone(error));
    match &**error {
        // A server that failed may have made some of the calls first.
        Error::Graph(graph) if graph.status >= 500 => Error::Unknown(shared()),
        Error::Graph(graph) => Error::Graph(graph.clone()),
        Error::NotSent(_) => Error::NotSent(shared()),
        Error::Unknown(_) => Error::Unknown(shared()),
        Error::Timeout { maybe_sent, .. } => Error::Timeout {
            maybe_sent: *maybe_sent,
            source: shared(),
        },
        Error::Cancelled { maybe_sent } => Error::Cancelled {
            maybe_sent: *maybe_sent,
        },
        Error::Response(response) => Error::Response(response.clone()),
        Error::Media(_) | Error::Request(_) => Error::Request(RequestError::new(
            "the batch could not be built",
            Arc::clone(error),
        )),
    }
}

impl<T: Send + 'static> IntoFuture for Batch<T> {
    type Output = Vec<Result<T, Error>>;
    type IntoFuture = Pin<Box<dyn Future<Output = Self::Output> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.send())
    }
}

impl<T> fmt::Debug for Batch<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Batch")
            .field("calls", &self.calls)
            .field("timeout", &self.timeout)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}
