//! The demo's page: the user's phone, and beside it the events as they reach the subscriber.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures_util::Stream;
use futures_util::stream::unfold;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

use crate::demo::stage::USER;
use crate::event_line;

/// Events that a page which comes late still gets.
const KEPT: usize = 200;

/// The last events, and word of the next ones.
#[derive(Debug, Clone)]
pub(crate) struct Tape {
    kept: Arc<Mutex<VecDeque<Shown>>>,
    next: broadcast::Sender<String>,
    stopping: CancellationToken,
}

/// An event on the tape.
#[derive(Debug, Clone)]
struct Shown {
    /// The event's id, if it was taken.
    taken: Option<String>,
    /// For the page.
    json: String,
}

impl Tape {
    pub(crate) fn new(stopping: CancellationToken) -> Self {
        Self {
            kept: Arc::default(),
            next: broadcast::Sender::new(KEPT),
            stopping,
        }
    }

    /// Shows an event that has arrived; tells whether it was taken before.
    pub(crate) fn add(&self, envelope: &Value, is_refused: bool) -> bool {
        let event = envelope["event"].as_str().unwrap_or_default();
        let id = envelope["id"].as_str().unwrap_or_default();
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let is_again = kept.iter().any(|shown| shown.taken.as_deref() == Some(id));
        let json = json!({
            // A page that connects again gets what it has shown already.
            "arrival": format!("{:032x}", rand::random::<u128>()),
            "event": event,
            "facts": event_line::facts(event, &envelope["data"]),
            "mark": if is_refused { "answered 500" } else if is_again { "again" } else { "" },
            "envelope": envelope,
        });
        let json = json.to_string();
        // Still under the lock, so that a page gets each event once.
        let _ = self.next.send(json.clone());
        let taken = (!is_refused).then(|| id.to_owned());
        kept.push_back(Shown { taken, json });
        if kept.len() > KEPT {
            kept.pop_front();
        }
        is_again
    }

    /// What is kept, and then what comes.
    fn play(&self) -> impl Stream<Item = Result<Event, Infallible>> + use<> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let reel = (kept.clone(), self.next.subscribe(), self.stopping.clone());
        unfold(reel, async |(mut kept, mut next, stopping)| {
            let shown = if let Some(shown) = kept.pop_front() {
                shown.json
            } else {
                // A page that lags behind connects again, and gets what is kept.
                tokio::select! {
                    shown = next.recv() => shown.ok()?,
                    () = stopping.cancelled() => return None,
                }
            };
            let event = Event::default().data(shown);
            Some((Ok(event), (kept, next, stopping)))
        })
    }
}

/// The page at `/`, for the phone that the simulator at `simulator` serves and the console of `gateway`.
pub(crate) fn router(tape: Tape, simulator: &str, gateway: &str) -> Router {
    // Loopback under one name, whatever the simulator listens on.
    let phone = format!("{simulator}/handsets?user={USER}&embed");
    let html = include_str!("page/page.html")
        .replace("{phone}", &phone.replace('&', "&amp;"))
        .replace("{console}", &format!("{gateway}/console/"));
    let policy = format!(
        "default-src 'self'; img-src 'self' data:; frame-src {simulator}; object-src 'none'; base-uri 'none'; \
         form-action 'none'; frame-ancestors 'none'"
    );
    let page = move || async move { file("text/html; charset=utf-8", html, &policy) };
    Router::new()
        .route("/", get(page))
        .route(
            "/page.css",
            get(|| async { text("text/css", include_str!("page/page.css")) }),
        )
        .route(
            "/page.js",
            get(|| async { text("text/javascript", include_str!("page/page.js")) }),
        )
        .route("/tail", get(tail))
        .with_state(tape)
}

async fn tail(State(tape): State<Tape>) -> impl IntoResponse {
    Sse::new(tape.play()).keep_alive(KeepAlive::default())
}

fn text(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind)], text).into_response()
}

fn file(kind: &'static str, text: String, policy: &str) -> Response {
    let headers = [
        (header::CONTENT_TYPE, kind),
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, text).into_response()
}

/// Opens the page in the person's browser; tells whether that was possible.
pub(crate) fn open(url: &str) -> bool {
    let (program, before): (&str, &[&str]) = if cfg!(target_os = "macos") {
        ("open", &[])
    } else if cfg!(windows) {
        ("cmd", &["/C", "start", ""])
    } else {
        ("xdg-open", &[])
    };
    let mut command = std::process::Command::new(program);
    command
        .args(before)
        .arg(url)
        .stdin(std::process::Stdio::null())
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null());
    command.spawn().is_ok()
}
