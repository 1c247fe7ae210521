//! Resumable upload: begin, send, look where it stands. See [Graph API/Resumable upload].

use axum::body::Body;
use axum::http::{HeaderMap, Method, Uri};
use futures_util::StreamExt as _;
use serde_json::json;

use crate::core::Core;
use crate::graph::GraphError;
use crate::graph::call::{Answer, Call};
use crate::graph::gate::query;
use crate::graph::params::must_be;

/// The types that a handle can be made of.
const TYPES: [&str; 5] = [
    "application/pdf",
    "image/jpeg",
    "image/jpg",
    "image/png",
    "video/mp4",
];
const MOST: i64 = 100 << 20;

/// `POST /{app}/uploads`.
pub(super) fn begin(call: &Call) -> Answer {
    let name = call.params.text("file_name")?.unwrap_or_default();
    let kind = call.params.required_text("file_type")?;
    if !TYPES.contains(&kind.as_str()) {
        return Err(must_be(
            "file_type",
            &format!("one of {}", TYPES.join(", ")),
        ));
    }
    let length = call
        .params
        .integer("file_length")?
        .ok_or_else(|| super::params::required("file_length"))?;
    if !(1..=MOST).contains(&length) {
        return Err(must_be(
            "file_length",
            &format!("between 1 and {MOST} bytes"),
        ));
    }
    let app = &call.core.settings.app.id;
    let length = length.unsigned_abs();
    let id = call.core.uploads.begin(&name, &kind, length, app.as_str());
    Ok(json!({ "id": id }))
}

/// The session that a path names; its signature stands in the query, as the id itself has it.
pub(super) fn session(core: &Core, id: &str, uri: &Uri) -> Option<String> {
    let id = match query(uri, "sig") {
        Some(signature) if !id.contains('?') => format!("{id}?sig={signature}"),
        _ => id.to_owned(),
    };
    core.uploads.progress(&id).map(|_| id)
}

/// Takes the bytes of `POST /upload:{session}` as they come, so that a cut upload can be resumed.
pub(super) async fn receive(
    core: &Core,
    session: &str,
    headers: &HeaderMap,
    body: Body,
) -> Result<(), GraphError> {
    let offset = headers
        .get("file_offset")
        .and_then(|value| value.to_str().ok()?.trim().parse::<u64>().ok())
        .ok_or_else(|| {
            GraphError::plain(
                400,
                100,
                "(#100) The header file_offset is required: send 0, or \
                 the offset that a GET of the session answers",
            )
        })?;
    let kept = core.uploads.progress(session).map_or(0, |at| at.offset);
    if offset == 0 {
        core.uploads.restart(session);
    } else if offset != kept {
        return Err(GraphError::plain(
            400,
            100,
            format!("(#100) The header file_offset is {offset}, but the session stands at {kept}"),
        ));
    }
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk
            .map_err(|_| GraphError::plain(400, 100, "(#100) The upload broke off: resume it"))?;
        if !core.uploads.push(session, chunk) {
            return Err(GraphError::plain(
                400,
                100,
                "(#100) The upload is larger than the file_length it was begun with",
            ));
        }
    }
    Ok(())
}

/// `GET /upload:{session}` and the end of its POST.
pub(super) fn answer(call: &Call, session: &str) -> Answer {
    let at = call.core.uploads.progress(session);
    let at = at.ok_or_else(|| call.no_object())?;
    match call.method {
        Method::GET => Ok(json!({"id": session, "file_offset": at.offset})),
        Method::POST => match call.core.uploads.finish(session) {
            Some(handle) => Ok(json!({ "h": handle })),
            None => Err(GraphError::plain(
                400,
                100,
                format!(
                    "(#100) Partial upload: {} of {} bytes have come; send the rest with \
                     file_offset {}",
                    at.offset, at.length, at.offset
                ),
            )),
        },
        _ => Err(call.not_simulated()),
    }
}
