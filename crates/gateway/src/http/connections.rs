//! The connections of the server: HTTP/1.1, with a limit on how long a client may keep one without asking.

use std::net::SocketAddr;
use std::pin::pin;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use axum::serve::Listener;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::Service as _;

/// How long a client may take for the head of a request, and rest between two. Load balancers give up
/// an idle connection before that, most after 60 s, so that none asks through one that just closes.
pub(super) const PATIENCE: Duration = Duration::from_secs(75);

/// Serves until `stopping`; then takes no more connections, and finishes the requests under way.
pub(super) async fn serve(
    mut listener: TcpListener,
    routes: Router,
    patience: Duration,
    stopping: CancellationToken,
) {
    let open = TaskTracker::new();
    // Where no more files can be opened, this waits and tries again.
    while let Some((stream, peer)) = stopping
        .run_until_cancelled(Listener::accept(&mut listener))
        .await
    {
        open.spawn(answer(
            stream,
            peer,
            routes.clone(),
            patience,
            stopping.clone(),
        ));
    }
    drop(listener);
    open.close();
    open.wait().await;
}

/// Answers what comes on one connection.
async fn answer(
    stream: TcpStream,
    peer: SocketAddr,
    routes: Router,
    patience: Duration,
    stopping: CancellationToken,
) {
    // Small parts of a stream go out at once.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        routes.clone().call(request.map(Body::new))
    });
    let mut connection = pin!(
        http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(patience)
            .serve_connection(TokioIo::new(stream), service)
    );
    // That a client breaks off, or asks what is no HTTP, is nobody's fault here.
    tokio::select! {
        _ = connection.as_mut() => {}
        () = stopping.cancelled() => {
            connection.as_mut().graceful_shutdown();
            let _ = connection.await;
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::routing::{get, post};
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    /// A server on a free port, and what stops it.
    async fn house(patience: Duration) -> (SocketAddr, CancellationToken, TaskTracker) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let at = listener.local_addr().unwrap();
        let routes = Router::new()
            .route(
                "/who",
                get(|ConnectInfo(peer): ConnectInfo<SocketAddr>| async move { peer.to_string() }),
            )
            .route(
                "/count",
                post(|body: String| async move { body.len().to_string() }),
            );
        let (stopping, tasks) = (CancellationToken::new(), TaskTracker::new());
        tasks.spawn(serve(listener, routes, patience, stopping.clone()));
        tasks.close();
        (at, stopping, tasks)
    }

    /// What the server says until it closes the connection.
    async fn rest(stream: &mut TcpStream) -> String {
        let mut said = Vec::new();
        let read = stream.read_to_end(&mut said);
        tokio::time::timeout(Duration::from_secs(20), read)
            .await
            .expect("the connection is closed")
            .unwrap();
        String::from_utf8(said).unwrap()
    }

    #[tokio::test]
    async fn a_head_that_does_not_end_and_a_rest_that_does_not_end_close_the_connection() {
        let (at, ..) = house(Duration::from_millis(300)).await;
        let mut slow = TcpStream::connect(at).await.unwrap();
        slow.write_all(b"GET /who HTTP/1.1\r\nhost: x\r\nx-slow: ")
            .await
            .unwrap();
        rest(&mut slow).await;
        let mut silent = TcpStream::connect(at).await.unwrap();
        assert_eq!(rest(&mut silent).await, "");
        let mut idle = TcpStream::connect(at).await.unwrap();
        idle.write_all(b"GET /who HTTP/1.1\r\nhost: x\r\n\r\n")
            .await
            .unwrap();
        let said = rest(&mut idle).await;
        assert!(said.starts_with("HTTP/1.1 200 OK"), "{said}");
        let own = idle.local_addr().unwrap().to_string();
        assert!(said.ends_with(&own), "{said}");
    }

    #[tokio::test]
    async fn a_stop_finishes_what_is_under_way_and_closes_what_rests() {
        let (at, stopping, tasks) = house(PATIENCE).await;
        let mut idle = TcpStream::connect(at).await.unwrap();
        let mut under_way = TcpStream::connect(at).await.unwrap();
        let head =
            "POST /count HTTP/1.1\r\nhost: x\r\ncontent-length: 4\r\nexpect: 100-continue\r\n\r\n";
        under_way.write_all(head.as_bytes()).await.unwrap();
        // "100 Continue" says that the handler waits for the body.
        let mut asked = [0; 25];
        under_way.read_exact(&mut asked).await.unwrap();
        stopping.cancel();
        assert_eq!(rest(&mut idle).await, "");
        assert!(!tasks.is_empty());
        under_way.write_all(b"four").await.unwrap();
        let said = rest(&mut under_way).await;
        assert!(said.starts_with("HTTP/1.1 200 OK"), "{said}");
        assert!(said.ends_with("\r\n\r\n4"), "{said}");
        tokio::time::timeout(Duration::from_secs(20), tasks.wait())
            .await
            .expect("the server ends");
        assert!(TcpStream::connect(at).await.is_err());
    }
}
