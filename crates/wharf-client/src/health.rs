//! Whether messages can be sent, and what stands in the way.

use serde::{Deserialize, Serialize};

use crate::fields::Fields;

/// Whether messages can be sent, by each thing that takes part; see [Cloud API/Messaging health status].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HealthStatus(Fields);

impl HealthStatus {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// The least of all entities.
    pub fn can_send_message(&self) -> Option<Availability> {
        self.0.text("can_send_message").map(Availability::from)
    }

    /// Number, WABA, portfolio, app, template and Flow, as far as they take part.
    pub fn entities(&self) -> Vec<HealthEntity> {
        self.0.list("entities")
    }
}

/// One thing that takes part in sending.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HealthEntity(Fields);

impl HealthEntity {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What it is: `PHONE_NUMBER`, `WABA`, `BUSINESS`, `APP`, `MESSAGE_TEMPLATE`, `FLOW`.
    pub fn entity_type(&self) -> Option<&str> {
        self.0.text("entity_type")
    }

    /// Its id.
    pub fn id(&self) -> Option<&str> {
        self.0.text("id")
    }

    /// Whether it lets messages be sent.
    pub fn can_send_message(&self) -> Option<Availability> {
        self.0.text("can_send_message").map(Availability::from)
    }

    /// Whether it lets calls in over SIP.
    pub fn can_receive_call_sip(&self) -> Option<Availability> {
        self.0.text("can_receive_call_sip").map(Availability::from)
    }

    /// What to know, in Meta's words.
    pub fn additional_info(&self) -> Vec<&str> {
        self.0.texts("additional_info")
    }

    /// What stands in the way.
    pub fn errors(&self) -> Vec<HealthError> {
        self.0.list("errors")
    }
}

/// A reason why something cannot send.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct HealthError(Fields);

impl HealthError {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// Meta's code.
    pub fn error_code(&self) -> Option<u64> {
        self.0.count("error_code")
    }

    /// What is wrong.
    pub fn error_description(&self) -> Option<&str> {
        self.0.text("error_description")
    }

    /// What to do.
    pub fn possible_solution(&self) -> Option<&str> {
        self.0.text("possible_solution")
    }
}

/// Whether something can be done.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Availability {
    /// `AVAILABLE`.
    Available,
    /// `LIMITED`.
    Limited,
    /// `BLOCKED`.
    Blocked,
    /// One that this version does not know.
    Unknown(String),
}

impl Availability {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Available => "AVAILABLE",
            Self::Limited => "LIMITED",
            Self::Blocked => "BLOCKED",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for Availability {
    fn from(value: &str) -> Self {
        match value {
            "AVAILABLE" => Self::Available,
            "LIMITED" => Self::Limited,
            "BLOCKED" => Self::Blocked,
            other => Self::Unknown(other.to_owned()),
        }
    }
}
