//! Webhooks of the WhatsApp Cloud API: signature, challenge, parse and normalise.
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![warn(clippy::indexing_slicing, clippy::expect_used)]

mod challenge;
mod contacts;
mod envelope;
#[cfg(feature = "flow")]
pub mod flow;
mod identity;
mod notification;
mod parse;
mod probe;
#[cfg(feature = "axum")]
pub mod serve;
mod signature;
mod split;
mod value;

pub use challenge::{ChallengeError, challenge};
pub use notification::{CallUpdate, Notification, Unrecognised, Update, UpdateContact, UpdateKind};
pub use parse::parse;
pub use probe::{MAX_DEPTH, ParseError, probe};
pub use signature::{SignatureError, sign, verify};
