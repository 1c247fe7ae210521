//! What a worker waits for; each of these may be dropped and asked again without loss.

use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::oneshot;
use tokio::time::{Instant, sleep_until};

use super::super::feed::Fed;
use super::super::record::Made;
use crate::store::StoreError;

/// A look for work that is under way.
pub(super) type Feeding = Pin<Box<dyn Future<Output = Result<Fed, StoreError>> + Send>>;

/// A batch on its way through the store's writer.
#[derive(Debug)]
pub(super) struct Recording {
    pub(super) batch: Arc<Vec<Made>>,
    pub(super) answer: oneshot::Receiver<Result<bool, StoreError>>,
}

/// Waits for the commit of the batch that is being recorded; for ever if there is none.
pub(super) async fn recorded(
    recording: &mut Option<Recording>,
) -> (Arc<Vec<Made>>, Result<bool, StoreError>) {
    let result = match recording {
        Some(recording) => (&mut recording.answer).await,
        None => pending().await,
    };
    match recording.take() {
        Some(recording) => (recording.batch, result.unwrap_or(Err(StoreError::Closed))),
        None => pending().await,
    }
}

/// Waits for the work that is being looked for; for ever if none is.
pub(super) async fn fed(feeding: &mut Option<Feeding>) -> Result<Fed, StoreError> {
    let fed = match feeding {
        Some(future) => future.await,
        None => pending().await,
    };
    *feeding = None;
    fed
}

/// Waits for a time; for ever if there is none.
pub(super) async fn at(wake: Option<Instant>) {
    match wake {
        Some(instant) => sleep_until(instant).await,
        None => pending().await,
    }
}
