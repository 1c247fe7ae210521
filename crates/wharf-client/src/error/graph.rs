//! Graph's refusal: its error body, the class that decides what to do, and the wait it asks for.

use std::fmt;
use std::time::Duration;

use serde_json::Value;
use wharf_model::{ErrorClass, ErrorCode, GraphErrorBody};

use super::Budget;
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
    /// Meta's error code.
    pub code: ErrorCode,
    /// What a sender should do, by code.
    pub class: ErrorClass,
    /// A finer code, on some families of errors.
    pub subcode: Option<i64>,
    /// `(#code) title`; may change without notice.
    pub message: Option<String>,
    /// What exactly is wrong.
    pub details: Option<String>,
    /// A title for a person, from management calls.
    pub user_title: Option<String>,
    /// A text for a person, from management calls, and there the useful one.
    pub user_message: Option<String>,
    /// Meta's own opinion on whether a retry may help.
    pub is_transient: Option<bool>,
    /// Meta's id of the failed call, to name when writing to their support.
    pub fbtrace_id: Option<String>,
    /// The wait that the answer's headers ask for.
    pub retry_after: Option<Duration>,
    /// The answer's body as it came, at most 64 KiB of it. Only the access token and other secrets
    /// of the call are cut out, here and in the texts above, because Graph repeats a malformed one.
    pub body: String,
}

impl GraphError {
    /// The budget that is spent, if that is why; its own wait is [`retry_after`](Self::retry_after).
    pub fn budget(&self) -> Option<Budget> {
        Budget::of(self.code)
    }

    /// Reads the envelope `{"error":{"code":…}}`; `None` if the body is something else.
    pub(crate) fn read(
        status: u16,
        body: &[u8],
        retry_after: Option<Duration>,
        bearer: &Bearer,
    ) -> Option<Self> {
        let mut body = bearer.cut_out_of(&String::from_utf8_lossy(body));
        let envelope: Value = serde_json::from_str(&body).ok()?;
        // A proxy's own `{"code":502}` is not Graph speaking.
        // Blocking users answers with `errors`, an object, on Meta's page.
        let error = envelope.get("error").or_else(|| envelope.get("errors"))?;
        let error = GraphErrorBody::from_json(error)?;
        body.truncate(body.floor_char_boundary(KEPT));
        Some(Self {
            status,
            code: error.code,
            class: error.class(Some(status)),
            subcode: error.subcode,
            message: Some(error.message).filter(|message| !message.is_empty()),
            details: error.details,
            user_title: error.user_title,
            user_message: error.user_message,
            is_transient: error.is_transient,
            fbtrace_id: error.fbtrace_id,
            retry_after,
            body,
        })
    }
}

impl fmt::Display for GraphError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "error code {}", self.code)?;
        if let Some(subcode) = self.subcode {
            write!(f, " subcode {subcode}")?;
        }
        write!(f, ", HTTP {}", self.status)?;
        if let Some(trace) = &self.fbtrace_id {
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
            .field("code", &self.code)
            .field("subcode", &self.subcode)
            .field("is_transient", &self.is_transient)
            .field("fbtrace_id", &self.fbtrace_id)
            .field("retry_after", &self.retry_after)
            .finish_non_exhaustive()
    }
}

impl std::error::Error for GraphError {}
