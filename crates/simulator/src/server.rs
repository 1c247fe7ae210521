//! The listener: one tracked task per connection, which a fault may cut at any moment.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use crate::core::Core;

/// The connection that a request came over.
#[derive(Clone, Debug)]
pub(crate) struct Wire(CancellationToken);

impl Wire {
    /// Closes the connection with what was written so far.
    pub(crate) fn close(&self) {
        self.0.cancel();
    }

    /// Closes the connection without an answer. The caller is dropped while it waits here.
    pub(crate) async fn cut(&self) -> Response {
        self.0.cancel();
        std::future::pending().await
    }
}

/// Accepts connections until the simulator stops.
pub(crate) async fn serve(core: Arc<Core>, listener: TcpListener, router: Router) {
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = core.stop.cancelled() => return,
        };
        match accepted {
            Ok((stream, _)) => {
                core.tasks
                    .spawn(connection(Arc::clone(&core), stream, router.clone()));
            }
            Err(error) => {
                tracing::warn!(error = %error, "cannot accept a connection");
                // Out of file descriptors, most likely: others have to close first.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    }
}

async fn connection(core: Arc<Core>, stream: TcpStream, router: Router) {
    // Answers are small and written at once, so that Nagle's algorithm would only delay them.
    let _ = stream.set_nodelay(true);
    let cut = CancellationToken::new();
    let wire = Wire(cut.clone());
    let service = hyper::service::service_fn(move |mut request: hyper::Request<Incoming>| {
        request.extensions_mut().insert(wire.clone());
        let answer = router.clone().oneshot(request);
        async move { answer.await.map_err(|never: Infallible| never) }
    });
    let mut connection =
        std::pin::pin!(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // An error here is the peer's business: it went away or spoke no HTTP.
        _ = connection.as_mut() => return,
        () = cut.cancelled() => return,
        () = core.stop.cancelled() => connection.as_mut().graceful_shutdown(),
    }
    // What was being answered when the stop came may end, within a second.
    let _ = tokio::time::timeout(Duration::from_secs(1), connection).await;
}
