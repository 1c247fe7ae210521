//! A cheap load generator: keep-alive connections that write prepared HTTP/1.1 requests.
//!
//! It parses no more of an answer than its status and length, so that what it measures is the
//! server. One thread drives all connections.
#![expect(
    clippy::cast_precision_loss,
    reason = "counts of connections are small"
)]

use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context, bail, ensure};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// What to send, and for how long.
#[derive(Clone, Debug)]
pub(crate) struct Load {
    pub(crate) address: SocketAddr,
    pub(crate) connections: usize,
    /// Not measured: caches fill, branches learn.
    pub(crate) warm_up: Duration,
    pub(crate) measured: Duration,
    /// Requests a second over all connections; as fast as they are answered if none.
    pub(crate) rate: Option<u32>,
    /// Whole requests with their heads; connections take turns through them.
    pub(crate) requests: Arc<[Vec<u8>]>,
}

/// What came back.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    /// Any other answer.
    pub(crate) other: usize,
    /// Answers of success, the warm-up's too.
    pub(crate) all: u64,
    pub(crate) per_second: f64,
    pub(crate) p50: Duration,
    pub(crate) p99: Duration,
}

/// A request as it goes over the wire.
pub(crate) fn request(path: &str, headers: &[(&str, &str)], body: &[u8]) -> Vec<u8> {
    let mut head = format!("POST {path} HTTP/1.1\r\nhost: bench\r\n");
    for (name, value) in headers {
        let _ = write!(head, "{name}: {value}\r\n");
    }
    let _ = write!(head, "content-length: {}\r\n\r\n", body.len());
    let mut request = head.into_bytes();
    request.extend_from_slice(body);
    request
}

impl Load {
    /// Runs to the end of the measured time. Blocking.
    pub(crate) fn run(&self) -> anyhow::Result<Outcome> {
        ensure!(!self.requests.is_empty(), "no requests to send");
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(self.drive())
    }

    /// Sends each request once, as fast as they are answered; how many were a success. Blocking.
    pub(crate) fn once(&self) -> anyhow::Result<usize> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        runtime.block_on(async {
            let mut connections = JoinSet::new();
            for first in 0..self.connections {
                let (load, mut buffer) = (self.clone(), vec![0; 16 * 1024]);
                connections.spawn(async move {
                    let mut stream = TcpStream::connect(load.address).await?;
                    stream.set_nodelay(true)?;
                    let mut sent = 0;
                    for request in load.requests.iter().skip(first).step_by(load.connections) {
                        stream.write_all(request).await?;
                        sent += usize::from(answer(&mut stream, &mut buffer).await?);
                    }
                    anyhow::Ok(sent)
                });
            }
            let mut sent = 0;
            while let Some(done) = connections.join_next().await {
                sent += done??;
            }
            Ok(sent)
        })
    }

    async fn drive(&self) -> anyhow::Result<Outcome> {
        let start = Instant::now() + self.warm_up;
        let end = start + self.measured;
        let mut connections = JoinSet::new();
        for number in 0..self.connections {
            let stream = TcpStream::connect(self.address).await.context("connect")?;
            stream.set_nodelay(true)?;
            let first = number * self.requests.len() / self.connections;
            let pace = self.rate.map(|rate| Pace {
                begin: Instant::now(),
                every: Duration::from_secs_f64(self.connections as f64 / f64::from(rate)),
                offset: number as f64 / f64::from(rate),
            });
            let requests = Arc::clone(&self.requests);
            connections.spawn(connection(stream, requests, first, start, end, pace));
        }
        let mut latencies = Vec::new();
        let mut other = 0;
        let mut all = 0;
        while let Some(done) = connections.join_next().await {
            let (of_connection, others, warm) = done??;
            all += warm + u64::try_from(of_connection.len())?;
            latencies.extend(of_connection);
            other += others;
        }
        latencies.sort_unstable();
        let percentile = |percent: usize| {
            latencies
                .get(latencies.len() * percent / 100)
                .copied()
                .unwrap_or_default()
        };
        let ok = u32::try_from(latencies.len())?;
        Ok(Outcome {
            other,
            all,
            per_second: f64::from(ok) / self.measured.as_secs_f64(),
            p50: percentile(50),
            p99: percentile(99),
        })
    }
}

/// When a connection of a paced load sends: each in its own slot, so that they do not bunch.
#[derive(Clone, Copy, Debug)]
struct Pace {
    begin: Instant,
    every: Duration,
    offset: f64,
}

impl Pace {
    fn slot(&self, number: u32) -> Instant {
        self.begin + Duration::from_secs_f64(self.offset) + self.every * number
    }
}

async fn connection(
    mut stream: TcpStream,
    requests: Arc<[Vec<u8>]>,
    mut next: usize,
    start: Instant,
    end: Instant,
    pace: Option<Pace>,
) -> anyhow::Result<(Vec<Duration>, usize, u64)> {
    let mut latencies = Vec::new();
    let mut other = 0;
    let mut warm = 0;
    let mut buffer = vec![0; 16 * 1024];
    for number in 0.. {
        // Latency counts from the slot, so that a server that stalls is not spared its queue.
        let sent = match pace {
            Some(pace) => {
                let slot = pace.slot(number);
                tokio::time::sleep_until(slot.into()).await;
                slot
            }
            None => Instant::now(),
        };
        if sent >= end {
            return Ok((latencies, other, warm));
        }
        let request = requests
            .get(next % requests.len())
            .map(Vec::as_slice)
            .unwrap_or_default();
        next += 1;
        stream.write_all(request).await?;
        let ok = answer(&mut stream, &mut buffer).await?;
        if sent >= start {
            if ok {
                latencies.push(sent.elapsed());
            } else {
                other += 1;
            }
        } else if ok {
            warm += 1;
        }
    }
    Ok((latencies, other, warm))
}

/// Reads one answer to its end; whether it is a success.
async fn answer(stream: &mut TcpStream, buffer: &mut [u8]) -> anyhow::Result<bool> {
    let mut filled = 0;
    loop {
        let read = stream.read(&mut buffer[filled..]).await?;
        ensure!(
            read > 0,
            "the server hung up, or its answer is too long for the load generator"
        );
        filled += read;
        let answer = &buffer[..filled];
        let Some(head) = answer.windows(4).position(|four| four == b"\r\n\r\n") else {
            continue;
        };
        let head_text = std::str::from_utf8(&answer[..head]).context("the answer's head")?;
        let mut length = 0;
        for line in head_text.lines().skip(1) {
            if let Some((name, value)) = line.split_once(':')
                && name.eq_ignore_ascii_case("content-length")
            {
                length = value.trim().parse().context("the answer's length")?;
            }
        }
        if filled >= head + 4 + length {
            if !answer.starts_with(b"HTTP/1.1 ") {
                bail!("not an HTTP/1.1 answer");
            }
            return Ok(answer[9..].starts_with(b"2"));
        }
    }
}
