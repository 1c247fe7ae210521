//! The endpoint of a Flow: decrypt a request, answer it, decrypt the media in it.
//!
//! See [Cloud API/Implementing endpoints for Flows].

mod answer;
mod cipher;
mod key;
mod media;
mod request;
mod response;
mod token;

pub use answer::{FlowAnswer, FlowEndpoint, FlowExchange};
pub use cipher::{FlowError, FlowSession, decrypt};
pub use key::{FlowKey, FlowKeyError};
pub use media::{EncryptionMetadata, FlowMedia, FlowMediaError};
pub use request::{FlowAction, FlowErrorNotice, FlowRequest};
pub use response::{FlowResponse, NotAnObject};
pub use token::{FlowTokenError, verify_flow_token};
