//! A socket that answers with given bytes, for what the simulator is too well-behaved to do.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use url::Url;

/// A listener that answers every connection alike, and counts them.
pub(crate) struct Wire {
    port: u16,
    seen: tokio::sync::watch::Receiver<usize>,
    /// Ends with the wire.
    _tasks: JoinSet<io::Result<()>>,
}

/// What the wire does once a whole request has come.
#[derive(Clone, Copy)]
pub(crate) enum Then {
    /// Closes the connection.
    Close,
    /// Says no more, and keeps the connection.
    FallSilent,
}

impl Wire {
    /// Answers each request with `bytes`, and `then` does that.
    pub(crate) async fn answer(bytes: impl Into<Vec<u8>>, then: Then) -> Self {
        let bytes = bytes.into();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (count, seen) = tokio::sync::watch::channel(0);
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            loop {
                let (mut socket, _) = listener.accept().await?;
                count.send_modify(|count| *count += 1);
                let bytes = bytes.clone();
                connections.spawn(async move {
                    read_request(&mut socket).await?;
                    socket.write_all(&bytes).await?;
                    socket.flush().await?;
                    match then {
                        Then::Close => socket.shutdown().await,
                        Then::FallSilent => std::future::pending().await,
                    }
                });
            }
        });
        Self {
            port,
            seen,
            _tasks: tasks,
        }
    }

    /// `http://` and the address.
    pub(crate) fn url(&self) -> Url {
        Url::parse(&format!("http://127.0.0.1:{}", self.port)).unwrap()
    }

    /// Waits until a connection has come.
    pub(crate) async fn reached(&self) {
        let mut seen = self.seen.clone();
        seen.wait_for(|count| *count > 0).await.unwrap();
    }

    /// How many connections came so far.
    pub(crate) fn connections(&self) -> usize {
        *self.seen.borrow()
    }
}

/// Reads a head and the body that its `Content-Length` announces, or whatever comes first of
/// something that is no HTTP.
pub(crate) async fn read_request(socket: &mut tokio::net::TcpStream) -> io::Result<()> {
    let mut request = Vec::new();
    loop {
        if socket.read_buf(&mut request).await? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&request).to_lowercase();
        let Some((head, body)) = text.split_once("\r\n\r\n") else {
            if request.first().is_some_and(u8::is_ascii_alphabetic) {
                continue;
            }
            return Ok(());
        };
        let length = head
            .lines()
            .find_map(|line| line.strip_prefix("content-length:"));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        if body.len() >= length {
            return Ok(());
        }
    }
}

/// The port of a listener that is gone, so that nobody answers there.
pub(crate) async fn nobody() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    Url::parse(&format!("http://{}", listener.local_addr().unwrap())).unwrap()
}

/// Long enough for a loaded machine, short enough for a test that waits for it to pass.
pub(crate) const SOON: Duration = Duration::from_secs(1);
