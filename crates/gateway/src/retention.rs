//! How long things are kept, and people who are erased.
//!
//! Both work in small batches with a pause between, on one node, and go on where they were after a
//! restart. [docs/retention.md](../../../docs/retention.md) says what goes and what stays.

mod erase;
mod subject;
mod sweep;

use std::sync::Arc;
use std::time::Duration;

use crate::app::App;

pub(crate) use erase::{Begun, begin};
pub(crate) use subject::Subject;

/// Rows of one transaction at most.
const BATCH: i64 = 250;

/// Between two transactions, so that others come in between.
const PAUSE: Duration = Duration::from_millis(10);

/// Starts what removes.
pub(crate) fn start(app: &Arc<App>) {
    app.spawn(sweep::run(Arc::clone(app)));
    app.spawn(erase::run(Arc::clone(app)));
}
