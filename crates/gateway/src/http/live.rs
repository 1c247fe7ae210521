//! The live stream as server-sent events.

use std::fmt::Write;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::State;
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use futures_util::stream;
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::Instant;
use utoipa::IntoParams;

use super::Gate;
use super::authenticate::Caller;
use super::events::{check_parameter, seq_of};
use super::problem::{Invalid, Problem};
use super::query::Query;
use crate::envelope;
use crate::store::scope::Scope;
use crate::store::{StoreError, events};
use crate::stream::{Follower, Heard, KEEP_ALIVE, Wanted};

/// Live streams at once; each costs at most one page of events.
pub(super) const STREAMS: usize = 1024;

/// Sent first: the line is open, and after a break the client waits a second.
const HELLO: &str = "retry: 1000\n\n";

#[derive(Debug, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct StreamQuery {
    /// Event names, separated by commas; all if absent.
    #[param(example = "message,status")]
    types: Option<String>,
    /// Only of this channel.
    channel: Option<String>,
    /// `now` (the default), `start` (the oldest event that is kept), the id of the event after
    /// which to begin, or a time: what was stored then or later. The header `Last-Event-ID` goes
    /// before it.
    since: Option<String>,
}

/// Follow events live
///
/// Server-sent events: `id` is the event's id, `event` its name, `data` the envelope. After a break,
/// send the last id as `Last-Event-ID`: the stream goes on exactly after that event, without gaps or
/// repeats. A comment is sent every 15 seconds when there is nothing else.
#[utoipa::path(get, path = "/api/v1/events/stream", tag = "Events", operation_id = "stream_events",
    params(StreamQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event seen")),
    responses(
        (status = 200, description = "Events, until the caller or the gateway ends it",
            body = String, content_type = "text/event-stream", example = json!(
                "id: evt_01hf7yat00c5k9m2t8w3x6q4vz\nevent: message\ndata: {\"id\":\"evt_01hf7yat00c5k9m2t8w3x6q4vz\",\"session_id\":\"support\",\"event\":\"message\",\"timestamp\":1700000000,\"data\":{}}\n\n"
            )),
        (status = 400, description = "`invalid_query`, `invalid_header`"),
        (status = 410, description = "`event_gone`"),
        (status = 503, description = "`too_many_streams`"),
    ))]
pub(super) async fn stream(
    State(gate): State<Gate>,
    caller: Arc<Caller>,
    Query(query): Query<StreamQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let names = query
        .types
        .as_deref()
        .unwrap_or_default()
        .split(',')
        .map(str::trim);
    let names = names.filter(|name| !name.is_empty());
    let names = names.map(|name| check_parameter("types", name).map(|()| name.to_owned()));
    let wanted = Wanted {
        events: names.collect::<Result<_, _>>()?,
        channel: query.channel,
        scope: caller.scope(),
    };
    let permit = gate
        .streams
        .clone()
        .try_acquire_owned()
        .map_err(|_| Problem::TooManyStreams)?;
    let seq = begin(&gate, &headers, query.since.as_deref(), &wanted.scope).await?;
    let follower = Follower::new(&gate.app, seq, wanted);
    let lines = stream::unfold(
        Some(Line {
            follower,
            _permit: permit,
            said: false,
            caller,
            checked: gate.keys.changes(),
            checked_at: Instant::now(),
            gate,
        }),
        more,
    );
    Ok((
        [(header::CONTENT_TYPE, "text/event-stream")],
        Body::from_stream(lines),
    )
        .into_response())
}

/// An open line to one client.
struct Line {
    follower: Follower,
    _permit: OwnedSemaphorePermit,
    said: bool,
    caller: Arc<Caller>,
    /// When it was looked last whether the caller may still listen: after how many changes of keys and
    /// sessions, and at what time.
    checked: u64,
    checked_at: Instant,
    gate: Gate,
}

impl Line {
    /// Whether the secret or the session by which the line was opened is still good. Its end by time, or
    /// over another node, is seen when it is looked at again.
    async fn is_allowed(&mut self) -> Result<bool, StoreError> {
        let changes = self.gate.keys.changes();
        if changes == self.checked && self.checked_at.elapsed() < KEEP_ALIVE {
            return Ok(true);
        }
        (self.checked, self.checked_at) = (changes, Instant::now());
        let (proof, now) = (self.caller.proof.clone(), self.gate.app.clock.now());
        let key = self.gate.app.store.read(move |tx| proof.key(tx, now));
        Ok(key.await?.is_some())
    }
}

/// The next bytes of the stream; an error breaks the line, so that the client comes back.
async fn more(line: Option<Line>) -> Option<(Result<Bytes, StoreError>, Option<Line>)> {
    let mut line = line?;
    if !line.said {
        line.said = true;
        return Some((Ok(Bytes::from_static(HELLO.as_bytes())), Some(line)));
    }
    let heard = line.follower.next().await;
    let text = match (line.is_allowed().await, heard) {
        (Ok(false), _) | (Ok(true), Ok(Heard::End)) => return None,
        (Ok(true), Ok(Heard::Events(events))) => render(&events, line.caller.shows_texts),
        (Ok(true), Ok(Heard::Silence)) => Ok(":\n\n".to_owned()),
        (Err(error), _) | (_, Err(error)) => Err(error),
    };
    match text {
        Ok(text) => Some((Ok(text.into()), Some(line))),
        Err(error) => {
            tracing::error!(%error, "a live stream broke");
            Some((Err(error), None))
        }
    }
}

fn render(events: &[events::Event], shows_texts: bool) -> Result<String, StoreError> {
    let mut text = String::new();
    for event in events {
        let envelope = if shows_texts {
            envelope::render(event)?
        } else {
            envelope::render_without_texts(event)?
        };
        // Writing to a string does not fail.
        let _ = write!(
            text,
            "id: {}\nevent: {}\ndata: {envelope}\n\n",
            event.id, event.kind
        );
    }
    Ok(text)
}

/// The number of the event after which the stream begins.
async fn begin(
    gate: &Gate,
    headers: &HeaderMap,
    since: Option<&str>,
    scope: &Scope,
) -> Result<i64, Problem> {
    if let Some(last) = headers.get("last-event-id").filter(|last| !last.is_empty()) {
        let wrong = || Problem::InvalidHeader {
            name: "Last-Event-ID",
            detail: "must be the id of an event (evt_…)",
        };
        let last = last.to_str().map_err(|_| wrong())?;
        return seq_of(gate, last, scope, wrong).await;
    }
    match since.unwrap_or("now") {
        "now" => Ok(gate.app.store.read(events::last_seq).await?),
        "start" => Ok(0),
        id => {
            let detail = "must be now, start, a time, or the id of an event (evt_…)";
            let wrong = || Problem::InvalidQuery(vec![Invalid::parameter("since", detail)]);
            seq_of(gate, id, scope, wrong).await
        }
    }
}
