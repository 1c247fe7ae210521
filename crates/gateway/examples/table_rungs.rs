//! What `cargo xtask bench cluster` holds the inbox on PostgreSQL against: the same rows in a table of
//! the same shape, by one thread that stores all that waits in one statement, and nothing else.
//!
//! ```text
//! table_rungs serve URL                       a webhook that stores what it gets; prints its address
//! table_rungs loop URL FILE WRITERS MILLIS    the lines of a file, each writer one after the other
//! ```
#![expect(
    clippy::print_stdout,
    reason = "the address, or the figures, are what the caller waits for"
)]

use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc;
use std::time::{Duration, Instant};

use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::post;
use serde_json::json;
use tokio::sync::oneshot;
use tokio_postgres::{Client, NoTls};

/// As the gateway's.
const GROUP: usize = 1024;
const GROUP_BYTES: usize = 4 << 20;

type Failure = Box<dyn std::error::Error + Send + Sync>;
type Waiting = (Bytes, oneshot::Sender<()>);

#[tokio::main]
async fn main() -> Result<(), Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["serve", url] => serve(url).await,
        ["loop", url, file, writers, millis] => {
            let measured = Duration::from_millis(millis.parse()?);
            drive(url, Path::new(file), writers.parse()?, measured).await
        }
        _ => Err("serve URL | loop URL FILE WRITERS MILLIS".into()),
    }
}

/// No signature, no limit, no parsing: HTTP and the table.
async fn serve(url: &str) -> Result<(), Failure> {
    let routes = axum::Router::new()
        .route("/webhooks/whatsapp", post(receive))
        .with_state(table(url)?);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    println!("{}", listener.local_addr()?);
    Ok(axum::serve(listener, routes).await?)
}

async fn receive(State(table): State<mpsc::Sender<Waiting>>, body: Bytes) -> StatusCode {
    let (done, stored) = oneshot::channel();
    if table.send((body, done)).is_ok() && stored.await.is_ok() {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    }
}

/// `writers` tasks, each of which waits for its row before it hands in the next.
async fn drive(url: &str, file: &Path, writers: usize, measured: Duration) -> Result<(), Failure> {
    let text = std::fs::read_to_string(file)?;
    let bodies: Arc<[Bytes]> = text
        .lines()
        .map(|line| Bytes::copy_from_slice(line.as_bytes()))
        .collect();
    let table = table(url)?;
    let start = Instant::now() + measured / 4;
    let end = start + measured;
    let mut tasks = tokio::task::JoinSet::new();
    for writer in 0..writers {
        let (table, bodies) = (table.clone(), Arc::clone(&bodies));
        tasks.spawn(async move {
            let mut took = Vec::new();
            let mut next = writer * bodies.len() / writers;
            loop {
                let begun = Instant::now();
                if begun >= end {
                    return Ok::<_, Failure>(took);
                }
                let body = bodies[next % bodies.len()].clone();
                next += 1;
                let (done, stored) = oneshot::channel();
                table.send((body, done)).map_err(|_| "the table is gone")?;
                stored.await?;
                if begun >= start {
                    took.push(begun.elapsed());
                }
            }
        });
    }
    let mut took = Vec::new();
    while let Some(done) = tasks.join_next().await {
        took.extend(done??);
    }
    took.sort_unstable();
    let at = |percent: usize| {
        let place = took.get(took.len() * percent / 100).copied();
        place.unwrap_or_default().as_secs_f64() * 1e3
    };
    let count = f64::from(u32::try_from(took.len())?);
    let report = json!({
        "per_second": count / measured.as_secs_f64(), "p50_ms": at(50), "p99_ms": at(99),
    });
    println!("{report}");
    Ok(())
}

/// Starts the thread that stores; what it is sent is answered once it is committed.
fn table(url: &str) -> Result<mpsc::Sender<Waiting>, Failure> {
    let (table, waiting) = mpsc::channel::<Waiting>();
    let url = url.to_owned();
    let (ready, opened) = mpsc::channel();
    std::thread::spawn(move || -> Result<(), Failure> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&url, NoTls).await?;
            tokio::spawn(connection);
            client.batch_execute(TABLE).await?;
            ready.send(())?;
            store(&client, &waiting).await
        })
    });
    opened.recv()?;
    Ok(table)
}

async fn store(client: &Client, waiting: &mpsc::Receiver<Waiting>) -> Result<(), Failure> {
    let insert = client.prepare(INSERT).await?;
    while let Ok(first) = waiting.recv() {
        let mut bytes = first.0.len();
        let mut group = vec![first];
        while group.len() < GROUP
            && bytes < GROUP_BYTES
            && let Ok(next) = waiting.try_recv()
        {
            bytes += next.0.len();
            group.push(next);
        }
        let count = i64::try_from(group.len())?;
        let times = vec![1_700_000_000_000_i64; group.len()];
        let sources = vec!["app:bench"; group.len()];
        let bodies: Vec<&[u8]> = group.iter().map(|(body, _)| &body[..]).collect();
        client
            .query(&insert, &[&count, &times, &sources, &bodies])
            .await?;
        for (_, done) in group {
            let _ = done.send(());
        }
    }
    Ok(())
}

const TABLE: &str = "
    CREATE TABLE bare_counters (name TEXT PRIMARY KEY, value BIGINT NOT NULL);
    INSERT INTO bare_counters VALUES ('inbox', 0);
    CREATE TABLE bare_inbox (
        segment BIGINT NOT NULL,
        byte_offset BIGINT NOT NULL,
        received_at BIGINT NOT NULL,
        source TEXT NOT NULL,
        body BYTEA NOT NULL,
        PRIMARY KEY (segment, byte_offset)
    )";

const INSERT: &str = "
    WITH numbered AS (UPDATE bare_counters SET value = value + $1 WHERE name = 'inbox'
        RETURNING value),
    added AS (INSERT INTO bare_inbox (segment, byte_offset, received_at, source, body)
        SELECT 1, numbered.value - $1 + new.nth, new.received_at, new.source, new.body
        FROM numbered, UNNEST($2::bigint[], $3::text[], $4::bytea[])
        WITH ORDINALITY AS new(received_at, source, body, nth))
    SELECT value FROM numbered";
