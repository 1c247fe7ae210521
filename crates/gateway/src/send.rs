//! Sending: accept → queued → the channel's sender → carrier → outcome.

use std::sync::Arc;

use crate::StoreError;
use crate::app::App;

/// Resumes what a former run left, and starts a sender for each channel.
pub(crate) async fn start(_app: &Arc<App>) -> Result<(), StoreError> {
    Ok(())
}
