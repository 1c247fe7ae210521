//! Delivering: event → endpoint, signed, retried on a published schedule.

use std::sync::Arc;

use crate::app::App;

/// Starts the workers.
pub(crate) fn start(_app: &Arc<App>) {}
