//! What can go wrong with a call, sorted by what the caller may do next.

mod budget;
mod graph;
mod request;
mod response;

use std::time::Duration;

use wharf_model::ErrorClass;

pub use budget::Budget;
pub use graph::GraphError;
pub use request::RequestError;
pub use response::{Problem, ResponseError};

use crate::media::MediaError;

pub(crate) type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// A failed call.
///
/// The variants answer the question a sender has to ask before it tries again: did the request
/// reach Meta? [`NotSent`](Error::NotSent) and [`Request`](Error::Request) say no,
/// [`Graph`](Error::Graph) says that Meta refused it, [`Unknown`](Error::Unknown) says that
/// nobody can tell. The Cloud API has no idempotency key, so an `Unknown` send must not be
/// repeated blindly.
///
/// Neither `Display` nor `Debug` shows a token, a URL, a phone number or a message text; the
/// texts that Meta wrote are fields of [`GraphError`] for those who store them safely.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Graph answered with its error envelope: the call was refused for the reason in it.
    ///
    /// See [Cloud API/Error codes].
    #[error("graph refused the call")]
    Graph(#[source] Box<GraphError>),

    /// No connection was made (refused, unknown host, TLS): not one byte of the request left, so
    /// repeating it cannot do anything twice.
    #[error("no connection could be made")]
    NotSent(#[source] BoxError),

    /// The request may have left, and no whole answer came: whether Meta acted on it is unknown.
    ///
    /// Everything that is not certainly [`NotSent`](Error::NotSent) ends here.
    #[error("the connection ended without an answer")]
    Unknown(#[source] BoxError),

    /// A time limit ended the call.
    #[error("no answer came in time")]
    Timeout {
        /// Whether the request may have left. If so Meta may have acted on it; if not, the
        /// limit was the one for making a connection.
        maybe_sent: bool,
        /// What waited.
        #[source]
        source: BoxError,
    },

    /// The caller's [`CancellationToken`](crate::CancellationToken) ended the call.
    #[error("the call was cancelled")]
    Cancelled {
        /// Whether the request may have left: Meta may have acted on it, and may still do so.
        maybe_sent: bool,
    },

    /// An answer came that is not what this call is documented to answer.
    #[error("the answer was not understood")]
    Response(#[source] Box<ResponseError>),

    /// A file could not be downloaded whole and unchanged.
    #[error("the media could not be transferred")]
    Media(#[source] MediaError),

    /// The request could not be built: nothing was sent, and repeating it will not help.
    #[error("the request could not be built")]
    Request(#[source] RequestError),
}

impl Error {
    /// True if a time limit ended the call, be it while connecting or while waiting.
    pub fn is_timeout(&self) -> bool {
        match self {
            Self::Timeout { .. } => true,
            Self::NotSent(source)
            | Self::Unknown(source)
            | Self::Media(MediaError::Interrupted { source, .. }) => is_timeout(source.as_ref()),
            _ => false,
        }
    }

    /// True if it is certain that Meta has not seen the request.
    pub fn was_not_sent(&self) -> bool {
        match self {
            Self::NotSent(_) | Self::Request(_) => true,
            Self::Timeout { maybe_sent, .. } | Self::Cancelled { maybe_sent } => !maybe_sent,
            _ => false,
        }
    }

    /// True if Meta may have acted on the request although no usable answer came.
    ///
    /// That is a lost connection, a time-out or a cancellation after the request may have left,
    /// and a 2xx answer whose body is not understood: the message was most likely accepted, but its wamid
    /// is lost. See also [`is_edge_error`](Self::is_edge_error).
    pub fn outcome_unknown(&self) -> bool {
        match self {
            Self::Unknown(_) => true,
            Self::Timeout { maybe_sent, .. } | Self::Cancelled { maybe_sent } => *maybe_sent,
            Self::Response(response) => (200..300).contains(&response.status),
            _ => false,
        }
    }

    /// True for a 5xx answer without Graph's error envelope, such as a proxy's 502 or 504.
    ///
    /// The error table says to retry it, and so does [`class`](Self::class). But a proxy
    /// cannot tell whether Graph behind it had accepted the message: a sender that must never
    /// send twice treats this as an unknown outcome.
    pub fn is_edge_error(&self) -> bool {
        matches!(self, Self::Response(response) if response.status >= 500)
    }

    /// What a sender should do about it, by Meta's error code.
    ///
    /// An answer without a code is [`ErrorClass::Retry`] when its status is 5xx or 429, as is a
    /// connection that was not made; `None` where no code and no status speaks.
    pub fn class(&self) -> Option<ErrorClass> {
        match self {
            Self::Graph(graph) => Some(graph.class),
            Self::NotSent(_)
            | Self::Timeout {
                maybe_sent: false, ..
            } => Some(ErrorClass::Retry),
            Self::Response(response) if response.status >= 500 || response.status == 429 => {
                Some(ErrorClass::Retry)
            }
            _ => None,
        }
    }

    /// How long the answer asks to wait: its `Retry-After` in seconds, or the time that Meta's
    /// usage headers give to regain access.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Graph(graph) => graph.retry_after,
            Self::Response(response) => response.retry_after,
            _ => None,
        }
    }

    /// Meta's error, if this is one.
    pub fn graph(&self) -> Option<&GraphError> {
        match self {
            Self::Graph(graph) => Some(graph),
            _ => None,
        }
    }

    /// The budget that is spent, if Graph refused the call for that.
    pub fn budget(&self) -> Option<Budget> {
        self.graph().and_then(GraphError::budget)
    }

    /// Sorts a failure of the HTTP client by whether the request can have left.
    ///
    /// Only an error of the connector proves that it did not; anything later is unknown.
    pub(crate) fn from_http(error: reqwest::Error) -> Self {
        // The URL may carry ids and, on raw calls, a caller's own secrets.
        let error = error.without_url();
        if error.is_builder() {
            return Self::Request(RequestError::new("the HTTP request is invalid", error));
        }
        let maybe_sent = !error.is_connect();
        if is_timeout(&error) {
            Self::Timeout {
                maybe_sent,
                source: Box::new(error),
            }
        } else if !maybe_sent {
            Self::NotSent(Box::new(error))
        } else {
            Self::Unknown(Box::new(error))
        }
    }
}

impl From<RequestError> for Error {
    fn from(error: RequestError) -> Self {
        Self::Request(error)
    }
}

impl From<MediaError> for Error {
    fn from(error: MediaError) -> Self {
        Self::Media(error)
    }
}

fn is_timeout(error: &(dyn std::error::Error + 'static)) -> bool {
    let mut next = Some(error);
    while let Some(error) = next {
        if error.is::<tokio::time::error::Elapsed>()
            || error
                .downcast_ref::<reqwest::Error>()
                .is_some_and(reqwest::Error::is_timeout)
        {
            return true;
        }
        next = error.source();
    }
    false
}
