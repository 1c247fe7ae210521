//! How an answer leaves: whole, slowly, in part, or never.

use std::io;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::{HeaderValue, header};
use axum::response::Response;
use bytes::Bytes;
use futures_util::stream;

use crate::server::Wire;

/// What a fault does to the answer of a call that took effect.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Ending {
    #[default]
    Whole,
    /// The connection is closed instead.
    Cut,
    /// The connection is closed in the middle.
    CutInside,
    /// The connection is closed while the request comes in.
    CutRequest,
    /// It never comes.
    Hang,
    /// So many bytes a second.
    Slow(u64),
}

impl Ending {
    /// Lets the answer leave as ordered; a refusal leaves whole, unless it is slow.
    pub(crate) async fn finish(self, wire: &Wire, response: Response) -> Response {
        if !response.status().is_success() && !matches!(self, Self::Slow(_)) {
            return response;
        }
        match self {
            Self::Whole => response,
            Self::Cut | Self::CutRequest => wire.cut().await,
            Self::Hang => std::future::pending().await,
            Self::CutInside => {
                let wire = wire.clone();
                with_body(response, |bytes| {
                    let half = bytes.slice(..bytes.len() / 2);
                    // The first half is on its way when more is asked for.
                    Body::from_stream(stream::unfold(Some(half), move |half| {
                        let wire = wire.clone();
                        async move {
                            let Some(half) = half else {
                                wire.close();
                                return std::future::pending().await;
                            };
                            Some((Ok::<_, io::Error>(half), None))
                        }
                    }))
                })
                .await
            }
            Self::Slow(rate) => {
                with_body(response, |bytes| {
                    Body::from_stream(stream::unfold(bytes, move |mut rest| async move {
                        if rest.is_empty() {
                            return None;
                        }
                        tokio::time::sleep(TICK).await;
                        let piece = usize::try_from(rate / TICKS).unwrap_or(usize::MAX).max(1);
                        let piece = rest.split_to(piece.min(rest.len()));
                        Some((Ok::<_, io::Error>(piece), rest))
                    }))
                })
                .await
            }
        }
    }

    /// Waits as long as so many bytes of the request take.
    pub(crate) async fn received(self, wire: &Wire, bytes: usize) {
        match self {
            Self::CutRequest => {
                wire.cut().await;
            }
            Self::Slow(rate) => {
                let millis = (bytes as u64).saturating_mul(1000) / rate.max(1);
                tokio::time::sleep(Duration::from_millis(millis)).await;
            }
            Self::Whole | Self::Cut | Self::CutInside | Self::Hang => {}
        }
    }
}

const TICKS: u64 = 20;
const TICK: Duration = Duration::from_millis(1000 / TICKS);

/// The same answer, with the length it would have and another body.
async fn with_body(response: Response, make: impl FnOnce(Bytes) -> Body) -> Response {
    let (mut parts, body) = response.into_parts();
    // Bodies are made here, and a file is at most 100 MB.
    let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
    parts
        .headers
        .insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    Response::from_parts(parts, make(bytes))
}
