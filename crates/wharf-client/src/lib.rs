//! Client of the WhatsApp Cloud API: messages, media, typed errors, and a raw call for the rest.
//!
//! # Example
//!
//! ```
//! use wharf_client::{AccessToken, Client};
//! use wharf_model::outgoing::Text;
//! use wharf_model::{OutgoingMessage, PhoneNumber, PhoneNumberId};
//!
//! # async fn example(token: AccessToken) -> Result<(), Box<dyn std::error::Error>> {
//! let client = Client::new(token)?;
//! let number: PhoneNumberId = "106540352242922".parse()?;
//! let to: PhoneNumber = "+1 650 555 1234".parse()?;
//! let message = OutgoingMessage::new(to, Text::new("Hello")?)?;
//!
//! match client.number(&number).send(&message).await {
//!     Ok(response) => println!("accepted: {:?}", response.id()),
//!     // Meta may have it: wait for a status before sending it again.
//!     Err(error) if error.outcome_unknown() => println!("uncertain: {error}"),
//!     Err(error) => println!("not accepted: {error}, to do: {:?}", error.class()),
//! }
//! # Ok(())
//! # }
//! ```
//!
//! # What it does and does not do
//!
//! A call is a value ([`Call`]): build it, look at it, await it. Awaiting makes one attempt;
//! nothing is retried here, because only the caller knows whether a second send would be a
//! second message. The [`Error`] says what is certain: refused, not sent, or unknown.
//!
//! Files are streamed in both directions, never held whole.
//!
//! No token, URL, number or text appears in `Debug`, in errors or in log lines.

#![warn(missing_docs)]

mod bearer;
mod business;
mod call;
mod client;
mod error;
mod fields;
pub mod flow;
mod graph;
mod health;
mod media;
pub mod number;
mod pages;
mod transport;
mod version;
pub mod waba;

pub use business::{Business, CreditLine, SharedCredit};
pub use call::Call;
pub use client::{Client, ClientBuilder, GRAPH_URL};
pub use error::{Error, GraphError, Problem, RequestError, ResponseError};
pub use fields::Fields;
pub use flow::Flow;
pub use health::{Availability, HealthEntity, HealthError, HealthStatus};
pub use http::Method;
pub use media::{
    ChecksumError, DownloadLimits, Downloaded, Media, MediaError, MediaInfo, MediaUpload, Sha256Sum,
};
pub use number::Number;
pub use pages::Pages;
pub use transport::{Timeouts, http_builder};
pub use version::ApiVersion;
pub use waba::Waba;
pub use wharf_model::{AccessToken, ErrorClass};
