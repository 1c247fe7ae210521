//! What a Flow asks its endpoint.

use std::fmt;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use wharf_model::incoming::{RawJson, RawObject};

use super::response::FlowResponse;

/// What a Flow asks its endpoint.
///
/// `Debug` shows no data and no token, for they are the user's.
#[derive(Clone, PartialEq)]
pub struct FlowRequest {
    /// Version of the exchange: `3.0`.
    pub version: Option<String>,
    /// What is asked.
    pub action: FlowAction,
    /// The screen that asks; absent or empty where there is none.
    pub screen: Option<String>,
    /// What the screen sends.
    pub data: Option<RawJson>,
    /// What the business gave the Flow when it sent it.
    pub flow_token: Option<String>,
    /// The token, signed: see [`super::verify_flow_token`].
    pub flow_token_signature: Option<String>,
    /// The whole request, verbatim.
    pub raw: RawJson,
}

/// What a Flow asks.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
#[non_exhaustive]
pub enum FlowAction {
    /// Whether the endpoint is there.
    Ping,
    /// The first screen.
    Init,
    /// The user went back.
    Back,
    /// The user sent a screen.
    DataExchange,
    /// A value that is not in Meta's list.
    Unknown(String),
}

/// An error that Meta tells the endpoint of.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct FlowErrorNotice {
    /// Meta's name of it.
    pub error: String,
    /// What is wrong, for a person.
    pub error_message: Option<String>,
}

impl FlowRequest {
    /// Reads a decrypted request; `None` without an action.
    pub fn from_json(json: &[u8]) -> Option<Self> {
        let raw: RawJson = serde_json::from_slice(json).ok()?;
        let object = RawObject::parse(raw.get())?;
        Some(Self {
            version: object.get("version"),
            action: object.get("action")?,
            screen: object.get("screen"),
            data: object.raw("data").map(RawJson::from),
            flow_token: object.get("flow_token"),
            flow_token_signature: object.get("flow_token_signature"),
            raw: raw.clone(),
        })
    }

    /// What the screen sends, as the type that it is known to have.
    pub fn data<T: DeserializeOwned>(&self) -> Result<T, serde_json::Error> {
        serde_json::from_str(self.data.as_ref().map_or("null", RawJson::get))
    }

    /// The error that Meta tells of, if it does.
    pub fn error(&self) -> Option<FlowErrorNotice> {
        let data = self.data.as_ref()?;
        serde_json::from_str(data.get()).ok()
    }

    /// The answer that Meta prescribes: to a ping, and to the notice of an error.
    pub fn prescribed(&self) -> Option<FlowResponse> {
        match self.action {
            FlowAction::Ping => Some(FlowResponse::active()),
            _ => self.error().map(|_| FlowResponse::acknowledged()),
        }
    }
}

impl fmt::Debug for FlowRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FlowRequest")
            .field("version", &self.version)
            .field("action", &self.action)
            .field("screen", &self.screen)
            .finish_non_exhaustive()
    }
}

impl FlowAction {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Ping => "ping",
            Self::Init => "INIT",
            Self::Back => "BACK",
            Self::DataExchange => "data_exchange",
            Self::Unknown(text) => text,
        }
    }
}

impl From<String> for FlowAction {
    fn from(text: String) -> Self {
        match text.as_str() {
            "ping" => Self::Ping,
            "INIT" => Self::Init,
            "BACK" => Self::Back,
            "data_exchange" => Self::DataExchange,
            _ => Self::Unknown(text),
        }
    }
}

impl From<FlowAction> for String {
    fn from(action: FlowAction) -> String {
        match action {
            FlowAction::Unknown(text) => text,
            known => known.as_str().to_owned(),
        }
    }
}
