//! Graph's refusal: its error body, the class that decides what to do, and the wait it asks for.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use wharf_model::{ErrorClass, ErrorCode, GraphErrorBody};

use crate::bearer::Bearer;

/// Longest raw error body that is kept, in bytes.
const KEPT: usize = 64 * 1024;

/// An error as Graph reports it.
///
/// Branch on [`class`](Self::class) or [`code`](Self::code), never on a text. `Display` and
/// `Debug` show numbers and the trace id only, because Meta's texts can repeat what was sent.
/// See [Cloud API/Error codes] and [Graph API/Handle errors].
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct GraphError {
    /// The HTTP status; not a base for decisions.
    pub status: u16,
    /// What a sender should do, by code.
    pub class: ErrorClass,
    /// Code, subcode, details, trace id and texts.
    pub body: GraphErrorBody,
    /// The wait that the answer's headers ask for.
    pub retry_after: Option<Duration>,
    /// The answer's body as it came, at most 64 KiB of it. Only the access token is cut out of
    /// it and of `body`, because Graph repeats a malformed one.
    pub raw: String,
}

impl GraphError {
    /// Meta's error code.
    pub fn code(&self) -> ErrorCode {
        self.body.code
    }

    /// Reads the envelope `{"error":{"code":…}}`; `None` if the body is something else.
    pub(crate) fn read(
        status: u16,
        body: &[u8],
        retry_after: Option<Duration>,
        bearer: &Bearer,
    ) -> Option<Self> {
        let mut raw = bearer.cut_out_of(&String::from_utf8_lossy(body));
        let envelope: Value = serde_json::from_str(&raw).ok()?;
        // A proxy's own `{"code":502}` is not Graph speaking.
        let body = GraphErrorBody::from_json(envelope.get("error")?)?;
        raw.truncate(raw.floor_char_boundary(KEPT));
        Some(Self {
            status,
            class: class(&body),
            body,
            retry_after,
            raw,
        })
    }
}

/// A code that the table does not name is worth a retry if Meta calls it transient.
fn class(body: &GraphErrorBody) -> ErrorClass {
    match body.code.class() {
        ErrorClass::FixRequest if body.is_transient == Some(true) => ErrorClass::Retry,
        class => class,
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error code {}", self.body.code)?;
        if let Some(subcode) = self.body.subcode {
            write!(f, " subcode {subcode}")?;
        }
        write!(f, ", HTTP {}", self.status)?;
        if let Some(trace) = &self.body.fbtrace_id {
            write!(f, ", trace {trace}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphError")
            .field("status", &self.status)
            .field("class", &self.class)
            .field("code", &self.body.code)
            .field("subcode", &self.body.subcode)
            .field("is_transient", &self.body.is_transient)
            .field("fbtrace_id", &self.body.fbtrace_id)
            .field("retry_after", &self.retry_after)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for GraphError {}
