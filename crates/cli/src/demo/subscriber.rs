//! The demo's subscriber: a small server such as a user of Wharf would write.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};

use anyhow::Context;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::mpsc;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::demo::page::{self, Tape};
use crate::environment;
use crate::signature::SigningSecret;

/// What a broken subscriber answers, such as a program with a fault would.
const BROKEN: &str = "TypeError: cannot read 'order' of undefined\n    at handle (orders.js:42)";

/// An event that arrived with a good signature.
#[derive(Debug)]
pub(crate) struct Arrived {
    pub(crate) envelope: Value,
    pub(crate) at: Instant,
    /// It was answered with 500, because somebody has broken the subscriber.
    pub(crate) is_refused: bool,
    /// It was taken before.
    pub(crate) is_again: bool,
}

#[derive(Debug)]
pub(crate) struct Subscriber {
    url: String,
    page: String,
    secret: Arc<OnceLock<SigningSecret>>,
    pub(crate) arrived: mpsc::UnboundedReceiver<Result<Arrived, &'static str>>,
}

#[derive(Debug, Clone)]
struct Shared {
    secret: Arc<OnceLock<SigningSecret>>,
    arrived: mpsc::UnboundedSender<Result<Arrived, &'static str>>,
    tape: Tape,
    /// Somebody tries out what happens when a subscriber fails.
    broken: Arc<AtomicBool>,
}

impl Subscriber {
    /// Listens on a free port. What comes before it has its secret is refused. Its page shows the
    /// phone that the simulator at `simulator` serves, and links to the console of the gateway.
    pub(crate) async fn start(
        tasks: &TaskTracker,
        stopping: CancellationToken,
        simulator: &str,
        gateway: &str,
    ) -> anyhow::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))
            .await
            .context("the demo's subscriber finds no free port")?;
        let page = format!("http://{}/", listener.local_addr()?);
        let tape = Tape::new(stopping.clone());
        let secret = Arc::new(OnceLock::new());
        let (sender, arrived) = mpsc::unbounded_channel();
        let shared = Shared {
            secret: Arc::clone(&secret),
            arrived: sender,
            tape: tape.clone(),
            broken: Arc::default(),
        };
        let routes = Router::new()
            .route("/events", post(receive))
            .route("/broken", get(is_broken).post(set_broken))
            .with_state(shared)
            .merge(page::router(tape, simulator, gateway));
        tasks.spawn(async move {
            let serving = axum::serve(listener, routes)
                .with_graceful_shutdown(stopping.cancelled_owned())
                .await;
            if let Err(error) = serving {
                tracing::error!(%error, "the demo's subscriber ended");
            }
        });
        Ok(Self {
            url: format!("{page}events"),
            page,
            secret,
            arrived,
        })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Where its page is.
    pub(crate) fn page(&self) -> &str {
        &self.page
    }

    /// Sets the key of the endpoint's signatures, once.
    pub(crate) fn set_secret(&self, secret: SigningSecret) {
        // A second secret does not happen: the stage is set once.
        let _ = self.secret.set(secret);
    }
}

async fn is_broken(State(shared): State<Shared>) -> axum::Json<bool> {
    axum::Json(shared.broken.load(Ordering::Relaxed))
}

/// Breaks the subscriber (`true`) or mends it (`false`).
async fn set_broken(
    State(shared): State<Shared>,
    axum::Json(broken): axum::Json<bool>,
) -> StatusCode {
    shared.broken.store(broken, Ordering::Relaxed);
    StatusCode::NO_CONTENT
}

async fn receive(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let at = Instant::now();
    let Some(secret) = shared.secret.get() else {
        // It comes in a moment, and so will the delivery again.
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    };
    let arrived = check(secret, &headers, &body)
        .and_then(|()| serde_json::from_slice::<Value>(&body).map_err(|_| "the body is not JSON"));
    let is_refused = shared.broken.load(Ordering::Relaxed);
    let answer = match &arrived {
        Ok(_) if is_refused => (StatusCode::INTERNAL_SERVER_ERROR, BROKEN).into_response(),
        Ok(_) => StatusCode::NO_CONTENT.into_response(),
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
    };
    let arrived = arrived.map(|envelope| Arrived {
        is_again: shared.tape.add(&envelope, is_refused),
        envelope,
        at,
        is_refused,
    });
    // Nobody listens any more once the demo ends.
    let _ = shared.arrived.send(arrived);
    answer
}

fn check(secret: &SigningSecret, headers: &HeaderMap, body: &[u8]) -> Result<(), &'static str> {
    let header = |name| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or("")
    };
    secret.verify(
        header("webhook-id"),
        header("webhook-timestamp"),
        header("webhook-signature"),
        body,
        environment::now() / 1000,
    )
}
