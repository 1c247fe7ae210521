//! Whether a user may be called.

use serde::{Deserialize, Serialize};

use crate::fields::Fields;

/// Whether a user may be called, and what may be done about it; see
/// [Cloud API/User call permissions].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallPermissions(Fields);

impl CallPermissions {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What the user permits.
    pub fn status(&self) -> Option<CallPermission> {
        self.permission()?.text("status").map(CallPermission::from)
    }

    /// Until when, in seconds since 1970; absent if it is for good.
    pub fn expiration_time(&self) -> Option<u64> {
        self.permission()?.count("expiration_time")
    }

    /// What may be done now, such as `start_call`.
    pub fn actions(&self) -> Vec<CallAction> {
        self.0.list("actions")
    }

    fn permission(&self) -> Option<Fields> {
        self.0.get("permission")
    }
}

/// What a user permits.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum CallPermission {
    /// `no_permission`.
    None,
    /// `temporary`.
    Temporary,
    /// `permanent`.
    Permanent,
    /// One that this version does not know.
    Unknown(String),
}

impl CallPermission {
    /// The value as Meta writes it.
    pub fn as_str(&self) -> &str {
        match self {
            Self::None => "no_permission",
            Self::Temporary => "temporary",
            Self::Permanent => "permanent",
            Self::Unknown(value) => value,
        }
    }
}

impl From<&str> for CallPermission {
    fn from(value: &str) -> Self {
        match value {
            "no_permission" => Self::None,
            "temporary" => Self::Temporary,
            "permanent" => Self::Permanent,
            other => Self::Unknown(other.to_owned()),
        }
    }
}

/// Something that may or may not be done now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallAction(Fields);

impl CallAction {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// What: `start_call` or `send_call_permission_request`.
    pub fn name(&self) -> Option<&str> {
        self.0.text("action_name")
    }

    /// Whether it may be done.
    pub fn can_perform(&self) -> Option<bool> {
        self.0.flag("can_perform_action")
    }

    /// How often.
    pub fn limits(&self) -> Vec<CallLimit> {
        self.0.list("limits")
    }
}

/// How often something may be done in a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CallLimit(Fields);

impl CallLimit {
    /// All fields as Meta sent them, known or not.
    pub fn fields(&self) -> &Fields {
        &self.0
    }

    /// In which time: an ISO 8601 duration such as `PT24H`.
    pub fn time_period(&self) -> Option<&str> {
        self.0.text("time_period")
    }

    /// How often.
    pub fn max_allowed(&self) -> Option<u64> {
        self.0.count("max_allowed")
    }

    /// How often it was done.
    pub fn current_usage(&self) -> Option<u64> {
        self.0.count("current_usage")
    }

    /// When it may be done again, in seconds since 1970, if the limit is reached.
    pub fn limit_expiration_time(&self) -> Option<u64> {
        self.0.count("limit_expiration_time")
    }
}
