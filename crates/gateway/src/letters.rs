//! Dead letters: what to do about one, and the settling of it, by hand or by a job over many.
//!
//! A letter is settled in one transaction with everything that follows: the message is queued, the
//! delivery due, the command done; and the audit knows who asked for it.

mod fix;
mod job;
mod reason;
mod settle;

pub(crate) use fix::{Action as FixAction, propose};
pub(crate) use job::{Order, Preview, cancel, preview, start, start_job};
pub(crate) use reason::Reason;
pub(crate) use settle::{SettleError, Wish, settle};
