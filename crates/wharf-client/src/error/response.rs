//! An answer that is not what the call is documented to answer.

use std::time::Duration;

/// An answer that is neither the documented one nor Graph's error envelope.
///
/// The body is not kept: nobody knows what it contains.
#[derive(Debug, Clone, thiserror::Error)]
#[error("HTTP {status} with {length} bytes: {problem}")]
#[non_exhaustive]
pub struct ResponseError {
    /// The HTTP status.
    pub status: u16,
    /// Bytes of the body that were read.
    pub length: usize,
    /// What was wrong with the body.
    pub problem: Problem,
    /// `Retry-After`, if it was given in seconds.
    pub retry_after: Option<Duration>,
}

/// What is wrong with an answer's body.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Problem {
    /// An error status whose body is not Graph's error envelope, often a proxy's page.
    #[error("no error envelope")]
    NoEnvelope,
    /// A success whose body is not the documented one; where the parser stopped, from 1.
    #[error("unexpected body at line {line} column {column}")]
    UnexpectedBody {
        /// Line of the first difference.
        line: usize,
        /// Column of the first difference.
        column: usize,
    },
    /// The call was answered, but not with `"success": true`.
    #[error("no success in the body")]
    NoSuccess,
    /// The body is longer than this client reads.
    #[error("body too long")]
    TooLong,
    /// The connection ended, or the time was up, before the body did.
    #[error("body cut short")]
    Cut,
    /// A redirect, which this client does not follow.
    #[error("unexpected redirect")]
    Redirect,
}

impl From<serde_json::Error> for Problem {
    /// Keeps the place only: the parser's own text may quote the body.
    fn from(error: serde_json::Error) -> Self {
        Self::UnexpectedBody {
            line: error.line(),
            column: error.column(),
        }
    }
}
