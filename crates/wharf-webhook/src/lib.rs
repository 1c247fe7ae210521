//! Webhooks of the WhatsApp Cloud API: signature, challenge, parse and normalise. Pure functions over bytes.
//!
//! ```
//! use wharf_model::AppSecret;
//! use wharf_webhook::{UpdateKind, parse, sign, verify};
//!
//! let secret = AppSecret::new("app secret")?;
//! let body = br#"{"object":"whatsapp_business_account","entry":[{"id":"1","changes":[
//!     {"field":"messages","value":{"messaging_product":"whatsapp","messages":[
//!         {"from":"16505551234","id":"wamid.A","type":"text","text":{"body":"Hello"}}]}}]}]}"#;
//! let header = sign(&secret, body);
//! verify(&[secret], Some(header.as_bytes()), body)?;
//!
//! let notification = parse(body)?;
//! assert_eq!(notification.updates.len(), 1);
//! let update = &notification.updates[0];
//! assert!(matches!(&update.kind, UpdateKind::Message(message) if message.kind == "text"));
//! assert_eq!(update.identity(), "message:wamid.A");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
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
