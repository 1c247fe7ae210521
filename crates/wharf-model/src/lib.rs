//! Vocabulary of the WhatsApp Cloud API: ids, outgoing messages, incoming updates, error codes.
#![doc = include_str!("../README.md")]
#![warn(missing_docs)]
#![warn(clippy::indexing_slicing, clippy::expect_used)]
#![cfg_attr(test, allow(clippy::indexing_slicing, clippy::expect_used))]

pub mod callback;
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
