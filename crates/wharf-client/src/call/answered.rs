//! A result with what its answer told beside it.

use http::HeaderMap;

use crate::usage::Usage;

/// A result, and what Meta told beside it; see [`Call::answered`](crate::Call::answered).
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Answered<T> {
    /// The result.
    pub value: T,
    /// How much of the budgets is used, as far as this answer told.
    pub usage: Usage,
    /// Meta's id of this call, to name when writing to their support.
    pub trace_id: Option<String>,
    /// How often the request was sent, or tried to be: 1 unless it was repeated.
    pub attempts: u32,
}

/// What Meta's servers call the request.
pub(super) fn trace_id(headers: &HeaderMap) -> Option<String> {
    let mut values = ["x-fb-trace-id", "x-fb-request-id"]
        .iter()
        .filter_map(|name| headers.get(*name)?.to_str().ok());
    values.find(|value| !value.is_empty()).map(str::to_owned)
}
