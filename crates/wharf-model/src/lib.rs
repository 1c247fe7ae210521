//! Vocabulary of the WhatsApp Cloud API: ids, outgoing messages, incoming updates, error codes.
//!
//! What goes out is exact: a message that breaks one of Meta's limits cannot be built.
//! What comes in is tolerant: unknown kinds and values are kept under their own names.
//!
//! ```
//! use wharf_model::{OutgoingMessage, PhoneNumber, Recipient, outgoing::Text};
//!
//! let to: PhoneNumber = "+1 650 555 1234".parse()?;
//! let message = OutgoingMessage::new(Recipient::Phone(to), Text::new("Hello")?)?;
//! assert_eq!(serde_json::to_value(&message)?["to"], "+16505551234");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
#![warn(missing_docs)]
#![warn(clippy::indexing_slicing, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::expect_used))]

pub mod error;
pub mod flow;
pub mod ids;
pub mod incoming;
pub mod outgoing;
mod phone_number;
mod read_receipt;
mod recipient;
mod secrets;
mod send_response;
pub mod template;

pub use error::{ErrorClass, ErrorCode, GraphErrorBody};
pub use ids::{
    AdAccountId, AppId, Bsuid, BusinessId, CallId, CatalogId, EntityId, FlowId, GroupId, InvalidId,
    MediaId, PhoneNumberId, ProductRetailerId, RecipientId, SolutionId, TemplateId, WaId, WabaId,
    Wamid,
};
pub use incoming::{Contact, Field, IncomingContent, IncomingMessage, MessageStatus, Status};
pub use outgoing::{Content, InvalidMessage, OutgoingMessage};
pub use phone_number::{InvalidPhoneNumber, PhoneNumber};
pub use read_receipt::ReadReceipt;
pub use recipient::Recipient;
pub use secrets::{AccessToken, AppSecret, VerifyToken};
pub use send_response::{MessagePacing, SendContact, SendResponse, SentMessage};
