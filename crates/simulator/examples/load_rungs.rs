//! The processes that `cargo xtask bench simulator` measures: bare, sink and simulator.
//!
//! `load_rungs <rung>` prints its address and serves until it is killed.
#![expect(
    clippy::print_stdout,
    reason = "the address is what the caller waits for"
)]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::routing::{get, post};
use serde_json::{Value, json};
use simulator::{Delays, History, Limits, Settings, Simulator};
use tokio::net::TcpListener;

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let rung = std::env::args().nth(1).ok_or("which rung?")?;
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    match rung.as_str() {
        "bare" => {
            let routes = axum::Router::new().route("/{version}/{id}/messages", post(bare));
            println!("{}", listener.local_addr()?);
            axum::serve(listener, routes).await?;
        }
        "sink" => {
            let routes = axum::Router::new()
                .route("/hook", get(challenge).post(take))
                .route("/counts", get(counts))
                .layer(axum::extract::DefaultBodyLimit::max(4 << 20))
                .with_state(Arc::new(Counts::default()));
            println!("{}", listener.local_addr()?);
            axum::serve(listener, routes).await?;
        }
        "simulator" => {
            let mut settings = settings();
            // What is remembered follows from the arguments: accepted sends.
            if let Some(accepted) = std::env::args().nth(2) {
                settings.history.accepted = accepted.parse()?;
                settings.delays = Delays::NONE;
            }
            let running = Simulator::start(settings, listener)?;
            println!("{}", running.addr);
            std::future::pending::<()>().await;
        }
        other => return Err(format!("no rung {other}").into()),
    }
    Ok(())
}

fn settings() -> Settings {
    let mut settings = Settings {
        auto_read: true,
        limits: Limits::NONE,
        history: History::default(),
        ..Settings::default()
    };
    settings.webhooks.max_updates_per_post = 1000;
    settings.webhooks.concurrency = 4;
    settings
}

/// What a send costs before anything is checked or done: JSON in, JSON out.
async fn bare(body: Bytes) -> Result<Json<Value>, axum::http::StatusCode> {
    let body: Value =
        serde_json::from_slice(&body).map_err(|_| axum::http::StatusCode::BAD_REQUEST)?;
    Ok(Json(json!({
        "messaging_product": "whatsapp",
        "contacts": [{"input": body["to"], "wa_id": body["to"]}],
        "messages": [{"id": "wamid.HBgLMTY1MDU1NTEyMzQVAgARGBI5QTNDQTVCM0Q0Q0Q2RTY3RTcA"}],
    })))
}

#[derive(Default)]
struct Counts {
    posts: AtomicU64,
    updates: AtomicU64,
    largest: AtomicU64,
}

async fn challenge(Query(query): Query<Vec<(String, String)>>) -> String {
    let mut challenge = query
        .into_iter()
        .filter(|(name, _)| name == "hub.challenge");
    challenge.next().map(|(_, value)| value).unwrap_or_default()
}

async fn take(State(counts): State<Arc<Counts>>, body: Bytes) {
    // Each change names its field behind its value; no text of the load holds these bytes.
    let needle = br#","field":""#;
    let mut updates = 0;
    let mut rest = &body[..];
    while let Some(at) = rest.iter().position(|byte| *byte == b'f') {
        updates += u64::from(at >= 2 && rest[at - 2..].starts_with(needle));
        rest = &rest[at + 1..];
    }
    counts.posts.fetch_add(1, Ordering::Relaxed);
    counts.updates.fetch_add(updates, Ordering::Relaxed);
    counts.largest.fetch_max(updates, Ordering::Relaxed);
}

async fn counts(State(counts): State<Arc<Counts>>) -> Json<Value> {
    Json(json!({
        "posts": counts.posts.load(Ordering::Relaxed),
        "updates": counts.updates.load(Ordering::Relaxed),
        "largest": counts.largest.load(Ordering::Relaxed),
    }))
}
