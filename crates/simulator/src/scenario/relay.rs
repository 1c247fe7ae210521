//! The way from the platform to the bot's webhook: it passes everything on, unless trouble is ordered.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Request, State};
use axum::http::{HeaderName, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::core::lock;
use crate::error::SimulatorError;
use crate::scenario::step::Loss;
use crate::scenario::time::Activity;

/// Headers of one connection only.
const OWN: [HeaderName; 4] = [
    axum::http::header::HOST,
    axum::http::header::CONNECTION,
    axum::http::header::TRANSFER_ENCODING,
    axum::http::header::CONTENT_LENGTH,
];
/// A webhook is far smaller.
const MOST: usize = 8 << 20;

/// A running relay.
#[derive(Debug)]
pub(crate) struct Relay {
    /// Where the platform posts to.
    pub(crate) url: String,
    inner: Arc<Inner>,
    tasks: TaskTracker,
    stop: CancellationToken,
}

#[derive(Debug)]
struct Inner {
    bot: String,
    client: reqwest::Client,
    trouble: Mutex<VecDeque<(Loss, u16)>>,
    tally: Mutex<Tally>,
    activity: Activity,
}

/// How the bot answered its webhooks.
#[derive(Clone, Copy, Debug, Default, serde::Serialize)]
pub(crate) struct Tally {
    /// POSTs that the bot got.
    pub(crate) posts: u64,
    /// Those that it did not answer with 200.
    pub(crate) refused: u64,
    /// Those that it did not answer at all.
    pub(crate) unanswered: u64,
}

impl Relay {
    pub(crate) async fn start(
        bot: &str,
        client: reqwest::Client,
        activity: Activity,
    ) -> Result<Self, SimulatorError> {
        let start = |error: std::io::Error| SimulatorError::Start(Box::new(error));
        let listener = TcpListener::bind("127.0.0.1:0").await.map_err(start)?;
        let url = format!("http://{}/", listener.local_addr().map_err(start)?);
        let inner = Arc::new(Inner {
            bot: bot.to_owned(),
            client,
            trouble: Mutex::default(),
            tally: Mutex::default(),
            activity,
        });
        let router = Router::new().fallback(pass).with_state(Arc::clone(&inner));
        let (tasks, stop) = (TaskTracker::new(), CancellationToken::new());
        let ended = stop.clone();
        tasks.spawn(async move {
            tokio::select! {
                _ = axum::serve(listener, router).into_future() => {}
                () = ended.cancelled() => {}
            }
        });
        Ok(Self {
            url,
            inner,
            tasks,
            stop,
        })
    }

    /// The next `times` POSTs go wrong.
    pub(crate) fn trouble(&self, loss: Loss, status: u16, times: u32) {
        lock(&self.inner.trouble).extend((0..times).map(|_| (loss, status)));
    }

    pub(crate) fn tally(&self) -> Tally {
        *lock(&self.inner.tally)
    }

    pub(crate) async fn end(self) {
        self.stop.cancel();
        self.tasks.close();
        self.tasks.wait().await;
    }
}

async fn pass(State(relay): State<Arc<Inner>>, request: Request) -> Response {
    relay.activity.happened();
    let post = request.method() == axum::http::Method::POST;
    let trouble = post.then(|| lock(&relay.trouble).pop_front()).flatten();
    let answer = match trouble {
        Some((Loss::Lost, status)) => failed(status),
        Some((Loss::AnswerLost, status)) => {
            forward(&relay, request, post).await;
            failed(status)
        }
        None => forward(&relay, request, post).await,
    };
    relay.activity.happened();
    answer
}

fn failed(status: u16) -> Response {
    StatusCode::from_u16(status)
        .unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
        .into_response()
}

async fn forward(relay: &Inner, request: Request, post: bool) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, MOST).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let url = match parts.uri.query() {
        Some(query) if relay.bot.contains('?') => format!("{}&{query}", relay.bot),
        Some(query) => format!("{}?{query}", relay.bot),
        None => relay.bot.clone(),
    };
    let mut headers = parts.headers;
    for name in &OWN {
        headers.remove(name);
    }
    let sent = relay
        .client
        .request(parts.method, url)
        .headers(headers)
        .body(body)
        .timeout(Duration::from_secs(30))
        .send()
        .await;
    let answer = match sent {
        Ok(answer) => {
            let status = answer.status();
            let body: Bytes = answer.bytes().await.unwrap_or_default();
            Some((status, body))
        }
        Err(_) => None,
    };
    if post {
        let mut tally = lock(&relay.tally);
        tally.posts += 1;
        match &answer {
            Some((status, _)) => tally.refused += u64::from(status.as_u16() != 200),
            None => tally.unanswered += 1,
        }
    }
    match answer {
        Some((status, body)) => (status, body).into_response(),
        None => StatusCode::BAD_GATEWAY.into_response(),
    }
}
