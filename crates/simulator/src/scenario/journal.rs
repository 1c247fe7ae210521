//! Every Graph call of the bot during a scenario: what it asked, what it was answered.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use jiff::Timestamp;
use serde_json::Value;

use crate::clock::Clock;
use crate::core::lock;
use crate::scenario::time::Activity;

/// Calls that are remembered; the oldest is forgotten.
const MOST: usize = 20_000;
/// JSON up to this size is looked into.
const JSON: usize = 1 << 20;

/// One call.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Counts from 1.
    pub(crate) id: u64,
    /// When it came, by the simulator's clock.
    pub(crate) at: Timestamp,
    pub(crate) method: String,
    pub(crate) path: String,
    /// The JSON body; null for none.
    pub(crate) request: Value,
    /// Nothing when the connection was cut.
    pub(crate) status: Option<u16>,
    /// The JSON answer; null for none.
    pub(crate) answer: Value,
}

impl Call {
    /// Whether it sends a message, or tried to.
    pub(crate) fn is_send(&self) -> bool {
        self.path.ends_with("/messages") && !self.request["type"].is_null()
            || self.request.get("to").is_some()
    }

    /// Meta's code, or 0 for an answer that is no Graph error; nothing for success.
    pub(crate) fn refused(&self) -> Option<i64> {
        let status = self.status?;
        (status >= 400).then(|| {
            self.answer
                .pointer("/error/code")
                .and_then(Value::as_i64)
                .unwrap_or(0)
        })
    }
}

/// The calls so far.
#[derive(Debug)]
pub(crate) struct Journal {
    calls: Mutex<(u64, VecDeque<Call>)>,
    under_way: AtomicUsize,
    clock: Clock,
    activity: Activity,
}

impl Journal {
    pub(crate) fn new(clock: Clock, activity: Activity) -> Arc<Self> {
        Arc::new(Self {
            calls: Mutex::default(),
            under_way: AtomicUsize::new(0),
            clock,
            activity,
        })
    }

    /// Puts itself around every call.
    pub(crate) fn around(self: &Arc<Self>, graph: Router) -> Router {
        graph.layer(axum::middleware::from_fn_with_state(
            Arc::clone(self),
            watch,
        ))
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        lock(&self.calls).1.iter().cloned().collect()
    }

    /// Calls that were not answered yet.
    pub(crate) fn under_way(&self) -> usize {
        self.under_way.load(Ordering::Acquire)
    }

    fn add(&self, mut call: Call) {
        let mut calls = lock(&self.calls);
        calls.0 += 1;
        call.id = calls.0;
        calls.1.push_back(call);
        while calls.1.len() > MOST {
            calls.1.pop_front();
        }
    }
}

/// A call under way; dropped without an answer when its connection is cut.
struct UnderWay {
    journal: Arc<Journal>,
    call: Option<Call>,
}

impl UnderWay {
    fn answered(mut self, status: u16, answer: Value) {
        if let Some(mut call) = self.call.take() {
            call.status = Some(status);
            call.answer = answer;
            self.journal.add(call);
        }
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(call) = self.call.take() {
            self.journal.add(call);
        }
        self.journal.under_way.fetch_sub(1, Ordering::AcqRel);
        self.journal.activity.happened();
    }
}

async fn watch(State(journal): State<Arc<Journal>>, request: Request, next: Next) -> Response {
    journal.under_way.fetch_add(1, Ordering::AcqRel);
    journal.activity.happened();
    let mut under_way = UnderWay {
        call: Some(Call {
            id: 0,
            at: journal.clock.now(),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            request: Value::Null,
            status: None,
            answer: Value::Null,
        }),
        journal,
    };
    let (parts, body) = request.into_parts();
    let (body, request) = match look(is_json(parts.headers.get(header::CONTENT_TYPE)), body).await {
        Ok(looked) => looked,
        Err(refused) => {
            under_way.answered(413, Value::Null);
            return refused;
        }
    };
    if let Some(call) = &mut under_way.call {
        call.request = request;
    }
    let (parts, body) = next
        .run(Request::from_parts(parts, body))
        .await
        .into_parts();
    let status = parts.status.as_u16();
    match look(is_json(parts.headers.get(header::CONTENT_TYPE)), body).await {
        Ok((body, answer)) => {
            under_way.answered(status, answer);
            Response::from_parts(parts, body)
        }
        Err(response) => response,
    }
}

fn is_json(kind: Option<&header::HeaderValue>) -> bool {
    kind.and_then(|kind| kind.to_str().ok())
        .is_some_and(|kind| kind.starts_with("application/json"))
}

/// Reads a JSON body and gives it back whole.
async fn look(json: bool, body: Body) -> Result<(Body, Value), Response> {
    if !json {
        return Ok((body, Value::Null));
    }
    let bytes: Bytes = to_bytes(body, JSON)
        .await
        .map_err(|_| axum::http::StatusCode::PAYLOAD_TOO_LARGE.into_response())?;
    let value = serde_json::from_slice(&bytes).unwrap_or_default();
    Ok((Body::from(bytes), value))
}
