//! The servers that `cargo xtask bench inbox` compares: bare, hmac, journal or sqlite.
//!
//! `inbox_rungs <rung> <folder>` prints its address and serves until it is killed.
#![expect(
    clippy::print_stdout,
    reason = "the address is what the caller waits for"
)]

use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use gateway::journal::{Journal, Options};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use tokio::sync::{mpsc, oneshot};

const SECRET: &[u8] = b"bench-app-secret";

type Failure = Box<dyn std::error::Error + Send + Sync>;

#[derive(Clone)]
enum Rung {
    Bare,
    Hmac(Arc<Hmac<Sha256>>),
    Journal(Arc<Hmac<Sha256>>, Journal),
    Sqlite(
        Arc<Hmac<Sha256>>,
        mpsc::UnboundedSender<(Bytes, oneshot::Sender<()>)>,
    ),
}

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let mut arguments = std::env::args().skip(1);
    let rung = arguments.next().ok_or("which rung?")?;
    let dir = PathBuf::from(arguments.next().ok_or("which folder?")?);
    let mac = Arc::new(<Hmac<Sha256> as KeyInit>::new_from_slice(SECRET)?);
    let rung = match rung.as_str() {
        "bare" => Rung::Bare,
        "hmac" => Rung::Hmac(mac),
        "journal" => Rung::Journal(mac, Journal::open(&dir, &Options::default())?.0),
        "sqlite" => Rung::Sqlite(mac, sqlite(&dir)?),
        other => return Err(format!("no rung {other}").into()),
    };
    let routes = axum::Router::new()
        .route("/webhooks/whatsapp", post(receive))
        .with_state(rung);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, routes).await?)
}

async fn receive(State(rung): State<Rung>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let mac = match &rung {
        Rung::Bare => return StatusCode::OK,
        Rung::Hmac(mac) | Rung::Journal(mac, _) | Rung::Sqlite(mac, _) => mac,
    };
    if !signed(mac, &headers, &body) {
        return StatusCode::UNAUTHORIZED;
    }
    let stored = match rung {
        Rung::Bare | Rung::Hmac(_) => true,
        Rung::Journal(_, journal) => journal
            .append(1_700_000_000_000, "app:bench", body)
            .await
            .is_ok(),
        Rung::Sqlite(_, writer) => {
            let (done, wait) = oneshot::channel();
            writer.send((body, done)).is_ok() && wait.await.is_ok()
        }
    };
    if stored {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

fn signed(mac: &Hmac<Sha256>, headers: &HeaderMap, body: &[u8]) -> bool {
    let Some(hex) = headers
        .get("x-hub-signature-256")
        .and_then(|value| value.as_bytes().strip_prefix(b"sha256="))
    else {
        return false;
    };
    let digits: Vec<u32> = hex
        .iter()
        .filter_map(|d| char::from(*d).to_digit(16))
        .collect();
    let signature: Vec<u8> = digits
        .chunks_exact(2)
        .filter_map(|pair| u8::try_from(pair[0] << 4 | pair[1]).ok())
        .collect();
    let mut mac = mac.clone();
    mac.update(body);
    mac.verify_slice(&signature).is_ok()
}

/// One inbox table, FULL, a writer thread that commits all that waits at once.
fn sqlite(dir: &Path) -> Result<mpsc::UnboundedSender<(Bytes, oneshot::Sender<()>)>, Failure> {
    let mut database = rusqlite::Connection::open(dir.join("inbox.db"))?;
    database.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
         CREATE TABLE inbox (id INTEGER PRIMARY KEY, received_at BIGINT, source TEXT, body BLOB);",
    )?;
    let (writer, mut waiting) = mpsc::unbounded_channel::<(Bytes, oneshot::Sender<()>)>();
    std::thread::spawn(move || -> rusqlite::Result<()> {
        while let Some(first) = waiting.blocking_recv() {
            let mut answers = Vec::new();
            let transaction = database.transaction()?;
            {
                let mut insert = transaction.prepare_cached(
                    "INSERT INTO inbox (received_at, source, body) VALUES ($1, $2, $3)",
                )?;
                let mut next = Some(first);
                while let Some((body, answer)) = next {
                    insert.execute((1_700_000_000_000_i64, "app:bench", &body[..]))?;
                    answers.push(answer);
                    next = waiting.try_recv().ok();
                }
            }
            transaction.commit()?;
            for answer in answers {
                let _ = answer.send(());
            }
        }
        Ok(())
    });
    Ok(writer)
}
